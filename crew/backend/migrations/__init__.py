"""The steps that bring a backend's database to this version's shape. Run by database.py, never by hand."""
