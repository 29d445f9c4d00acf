"""The model is worth something only if it finds bugs: each of these is switched on, and has to be caught."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Connection

from crew import wire
from crew.api_client import CrewApi
from crew.backend import changes, crew_api
from crew.backend.city import City
from crew.backend.database import Database
from crew.backend.endpoint import Caller
from crew.backend.photo_files import PhotoFiles
from crew.domain.change import Change, ChangeId, SendingStatus
from crew.domain.value import replace
from crew.store.outbox import OutboxTable
from tests.builders import NOON
from tests.model.backend_side import Backend
from tests.model.machine import CityDay, founded

Bug = Callable[[pytest.MonkeyPatch], None]
Patience = Callable[[int], float]


def no_dedupe(patch: pytest.MonkeyPatch) -> None:
    """The backend remembers no id."""
    patch.setattr(changes._Batch, "_remembered", lambda _batch, _change: None)
    patch.setattr(changes._Batch, "_remember", lambda _batch, _change, _answer: None)


def answer_before_commit(patch: pytest.MonkeyPatch) -> None:
    """The backend answers, and commits a moment later, unless it dies."""
    take = changes.take_changes
    writing = Database.writing

    @contextmanager
    def rolled_back(database: Database) -> Iterator[Connection]:
        with writing(database) as connection:
            yield connection
            transaction = connection.get_transaction()
            assert transaction is not None
            transaction.rollback()

    def answer(city: City, caller: Caller, batch: tuple[Change, ...], cursor: str) -> wire.Answers:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(Database, "writing", rolled_back)
            answers = take(city, caller, batch, cursor)
        Backend.unfinished.append(partial(take, city, caller, batch, cursor))
        return answers

    patch.setattr(crew_api, "take_changes", answer)


def row_deleted_before_the_answer(patch: pytest.MonkeyPatch) -> None:
    """The device calls a change sent when it leaves."""
    mark_sending = OutboxTable.mark_sending

    def mark(outbox: OutboxTable, change_ids: list[ChangeId]) -> frozenset[ChangeId]:
        leaving = mark_sending(outbox, change_ids)
        for change_id in leaving:
            outbox.settle(change_id, SendingStatus.ACKNOWLEDGED, NOON)
        return leaving

    patch.setattr(OutboxTable, "mark_sending", mark)


def id_remade_on_retry(patch: pytest.MonkeyPatch) -> None:
    """The device gives a change a new id each time that it is sent."""
    push, numbers = CrewApi.push, count()

    async def remade(api: CrewApi, batch: tuple[Change, ...], cursor: str, patience: Patience) -> wire.Answers:
        fresh = tuple(replace(change, id=ChangeId(f"{change.id}-{next(numbers)}")) for change in batch)
        answers = await push(api, fresh, cursor, patience)
        named = zip(answers.answers, batch, strict=True)
        return wire.Answers(tuple(msgspec.structs.replace(answer, id=change.id) for answer, change in named))

    patch.setattr(CrewApi, "push", remade)


def base_version_lost(patch: pytest.MonkeyPatch) -> None:
    """The device says that it knew whatever there is."""
    push = CrewApi.push

    async def knowing(api: CrewApi, batch: tuple[Change, ...], cursor: str, patience: Patience) -> wire.Answers:
        return await push(api, tuple(replace(change, base_version=2**30) for change in batch), cursor, patience)

    patch.setattr(CrewApi, "push", knowing)


def order_swapped(patch: pytest.MonkeyPatch) -> None:
    """The device sends the newest first."""
    ready = OutboxTable.ready
    patch.setattr(OutboxTable, "ready", lambda outbox, now: ready(outbox, now)[::-1])


def photo_row_before_its_file(patch: pytest.MonkeyPatch) -> None:
    """The backend commits a photo's row, and writes its file a moment later, unless it dies."""
    write = PhotoFiles.write

    def later(files: PhotoFiles, sha256: str, content: bytes) -> None:
        Backend.unfinished.append(partial(write, files, sha256, content))

    patch.setattr(PhotoFiles, "write", later)


BUGS: tuple[Bug, ...] = (
    no_dedupe,
    answer_before_commit,
    row_deleted_before_the_answer,
    id_remade_on_retry,
    base_version_lost,
    order_swapped,
    photo_row_before_its_file,
)


SOON = 6
"""Days in this order meet each of the bugs early; in another order the rarest comes after a hundred days."""


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_the_model_catches(bug: Bug, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Day(CityDay):
        template = tmp_path / "template"
        orders = founded(tmp_path / "template")

    bug(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            seed(SOON)(Day),
            settings=settings(
                max_examples=400,
                stateful_step_count=30,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
