"""What citizens are told, and by what way: written with the event, delivered later. Backend layer."""
