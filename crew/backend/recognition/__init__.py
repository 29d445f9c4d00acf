"""What reports have led to, for those who sent them; for others only where they want it. Backend layer."""
