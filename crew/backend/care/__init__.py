"""Keeps a city's records through disasters: back up, restore, check. Backend layer; stands beside the server."""
