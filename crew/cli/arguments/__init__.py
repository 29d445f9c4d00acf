"""What each command takes, as argparse wants it; no command is imported here. CLI layer."""
