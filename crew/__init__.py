"""Crew: the field-crew terminal of a city's 311 service."""

__version__ = "0.1.0"
