"""The demo city: made-up orders and drawn pictures for trying Crew out. Never part of a real city's records."""
