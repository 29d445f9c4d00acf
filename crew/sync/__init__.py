"""Carries changes out and orders in, and says how the link stands. Above store and client; knows no screen."""

from crew.sync.events import LinkState, Round, StoreChanged, SyncEvent
from crew.sync.sync import Sync
from crew.sync.world import World

__all__ = ["LinkState", "Round", "StoreChanged", "Sync", "SyncEvent", "World"]
