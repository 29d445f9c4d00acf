"""A city loses its backend and restores yesterday's backup: what the crews did since is there again, once."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crew.backend import schema
from crew.backend.backend_settings import BackendSettings
from crew.backend.care.backup import back_up
from crew.backend.care.checking import check
from crew.backend.care.restore import restore
from crew.backend.city import open_city
from crew.backend.notices.states import State
from crew.backend.serve import EmbeddedBackend
from crew.domain.work_order import WorkStatus
from tests.faults.conftest import BadLink

pytestmark = pytest.mark.anyio


def silent(done: int, total: int) -> None:
    """Nobody looks at the progress."""


async def test_what_crews_did_after_the_backup_is_done_again_once_and_nobody_is_mailed_twice(
    link: BadLink, tmp_path: Path
) -> None:
    before, after = link.reported(), link.reported()
    await link.sync.run_once()
    work = link.truck.field_work
    known = work.set_status(before, WorkStatus.DONE, photos=[link.keeps_photo("before")])
    await link.sync.run_once()
    await asyncio.to_thread(back_up, link.city, tmp_path / "backup.tar", silent)
    forgotten = work.set_status(after, WorkStatus.DONE, photos=[link.keeps_photo("after")])
    note = work.add_note(before, "two bags of cold patch")
    await link.sync.run_once()
    assert work.outbox().entries == ()

    now = link.city.clock() + timedelta(hours=8)
    await asyncio.to_thread(restore, tmp_path / "backup.tar", tmp_path / "new", now, timedelta(hours=1), silent)
    city = open_city(tmp_path / "new", BackendSettings(photo_limit_mb=4), lambda: now)
    with EmbeddedBackend(city) as url:
        restored = replace(link, city=city)
        link.proxy.backend_url = url
        await link.proxy.goes_away()
        await link.proxy.returns()
        await restored.comes_to_rest()

        restored.assert_nothing_is_lost_or_doubled(known, forgotten, note)
    with city.database.reading() as connection:
        states = set(connection.scalars(select(schema.notices.c.state)))
    faults = check(city, silent).faults
    city.database.close()
    assert states <= {State.UNTOLD, State.SENT}, "what had left before the backup has; nothing waits"
    assert not list((tmp_path / "new" / "mail").glob("*.eml"))
    assert faults == ()
