"""The place of the device: which counts, what outlasts a restart, and that it never leaves."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest
from httpx import ASGITransport

from crew.domain.position import Position, PositionSource
from crew.domain.work_order import Photo, PhotoHash, PhotoRole
from crew.position.receiver import Heard, NoPosition, Quiet
from crew.store.store import Store, open_store
from crew.whereabouts import Whereabouts
from tests.builders import NOON
