"""What the screens are built of. Widgets are given values and send messages; they read no store and no network."""
