"""What a backend does while it is killed or its disk breaks, each act in a process of its own (stage.py).

`settled` is what comes afterwards: a fresh process opens the folder, the device sends the same again, and everything
that must hold is looked at.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from crew.backend import schema
from crew.backend.backend_settings import BackendSettings, MailSettings
from crew.backend.care.backup import back_up
from crew.backend.care.checking import check
from crew.backend.care.restore import restore
from crew.backend.changes import take_changes
from crew.backend.city import City, open_city
from crew.backend.notice_settings import NoticeSettings, WebhookSettings
from crew.backend.notices import delivery
from crew.backend.photo_intake import take_photo
from crew.backend.serve import serve
from crew.domain.change import Act, Change, ChangeId, Note, StatusChange
from crew.domain.errors import CrewError
from crew.domain.work_order import OrderId, WorkStatus
from tests.backend.citizens import Hands, with_settings
from tests.backend.crews import jpeg, photo_of
from tests.backend.living_city import CREW
from tests.builders import NOON

PICTURE: Final = jpeg("sienna")
PHOTO: Final = photo_of(PICTURE)
LATER: Final = NOON + timedelta(hours=3)
FIRST_ORDER: Final = "311000000001"
SECOND_ORDER: Final = "311000000002"


def batch() -> list[Change]:
    """What a device sends: a note, the end of the work with its photo, and something about another order."""
    acts: list[tuple[str, int, Act]] = [
        (FIRST_ORDER, 1, Note("gate code is 4411")),
        (FIRST_ORDER, 1, StatusChange(WorkStatus.DONE, photos=(PHOTO,))),
        (SECOND_ORDER, 1, StatusChange(WorkStatus.WORKING)),
    ]
    return [
        Change(
            id=ChangeId(f"sent-{number}"),
            device_id=CREW.device_id,
            sequence=number,
            order_id=OrderId(order_id),
            base_version=version,
            made_at=LATER,
            person="Ana",
            act=act,
        )
        for number, (order_id, version, act) in enumerate(acts, 1)
    ]


def play(act: str, folder: str, *words: str) -> int:
    """Play one act; a `CrewError` ends it with its sentence and its code, as it ends a command."""
    try:
        return _ACTS[act](Path(folder), *words)
    except CrewError as error:
        _say(error.sentence)
        return error.exit_code


@contextmanager
def opened(folder: Path, mail_port: str = "", now: datetime = LATER) -> Iterator[City]:
    """The city in a folder, some hours later, until the block ends."""
    mail = MailSettings(smtp_host="127.0.0.1", smtp_port=int(mail_port)) if mail_port else MailSettings()
    city = open_city(folder, BackendSettings(photo_limit_mb=1, mail=mail), Hands(now))
    try:
        yield city
    finally:
        city.database.close()


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _silent(done: int, total: int) -> None:
    """Nobody looks at the progress."""


def _found(folder: Path) -> int:
    with opened(folder):
        _say("founded")
    return 0


def _work(folder: Path) -> int:
    """Take in a photo and what a device has done, and say so as the API would: after the commit."""
    with opened(folder) as city:
        _take_all(city)
    return 0


def _work_on(folder: Path) -> int:
    """The same, by a backend that goes on after an error: the device sends again what was not answered."""
    with opened(folder) as city:
        try:
            _take_all(city)
        except CrewError as error:
            _say(error.sentence)
            _take_all(city)
    return 0


def _take_all(city: City) -> None:
    take_photo(city, CREW, PHOTO.sha256, PICTURE)
    _say("photo")
    _say(answers_of(city))


def answers_of(city: City) -> str:
    """The answers to the batch, without the orders, which are told as they stand whenever they are told."""
    answers = take_changes(city, CREW, batch()).answers
    return json.dumps([[answer.id, answer.outcome, answer.sentence] for answer in answers])


def _mail(folder: Path, port: str) -> int:
    """Deliver what is due."""
    return _deliver(folder, port, LATER)


def _mail_tomorrow(folder: Path, port: str) -> int:
    """Deliver what is due when every pause after a failure has passed."""
    return _deliver(folder, port, LATER + timedelta(days=1))


def _deliver(folder: Path, port: str, now: datetime) -> int:
    with opened(folder, port, now) as city:
        _say(f"delivered {delivery.deliver_due(city)}")
    return 0


def _tell(folder: Path, mail_port: str, hook: str, secret: str) -> int:
    """Deliver what is due by mail and to a webhook."""
    return _tell_at(LATER, folder, mail_port, hook, secret)


def _tell_tomorrow(folder: Path, mail_port: str, hook: str, secret: str) -> int:
    """The same when every pause after a failure has passed, and every worker's hold."""
    return _tell_at(LATER + timedelta(days=1), folder, mail_port, hook, secret)


def _tell_at(now: datetime, folder: Path, mail_port: str, hook: str, secret: str) -> int:
    with opened(folder, mail_port, now) as city:
        told = hooked(city, hook, Path(secret))
        _say(f"delivered {delivery.deliver_due(told)}")
    return 0


def hooked(city: City, hook: str, secret: Path) -> City:
    """The city with a webhook beside its mails."""
    webhook = WebhookSettings("dashboard", hook, str(secret), allow_private=True)
    return with_settings(city, notices=NoticeSettings(digest_over=0, webhook=(webhook,)))


def _backup(folder: Path, file: str) -> int:
    with opened(folder) as city:
        back_up(city, Path(file), _silent)
    _say("backed up")
    return 0


def _restore(folder: Path, file: str) -> int:
    restore(Path(file), folder, LATER, timedelta(hours=1), _silent)
    _say("restored")
    return 0


def _serve(folder: Path) -> int:
    serve(folder, "127.0.0.1", 0, _say, Hands(LATER))
    return 0


def _settled(folder: Path) -> int:
    """Say what is there, send all of it again, and say what is there then."""
    with opened(folder) as city:
        with city.database.reading() as connection:
            remembered = list(connection.scalars(select(schema.applied_changes.c.change_id)))
            photos = list(connection.scalars(select(schema.photos.c.sha256)))
        take_photo(city, CREW, PHOTO.sha256, PICTURE)
        answers, again = answers_of(city), answers_of(city)
        assert answers == again
        _say(json.dumps({"remembered": remembered, "photos": photos, "answers": answers, **_standing(city)}))
    return 0


def _look(folder: Path) -> int:
    """Say what is there."""
    with opened(folder) as city:
        _say(json.dumps(_standing(city)))
    return 0


def _standing(city: City) -> dict[str, object]:
    entries, waiting = schema.history, schema.notices
    with city.database.reading() as connection:
        counted = connection.execute(select(entries.c.change_id, func.count()).group_by(entries.c.change_id)).all()
        effects = {change_id: count for change_id, count in counted if change_id}
        told = list(connection.scalars(select(waiting.c.request_id)))
        unsent = list(connection.scalars(select(waiting.c.request_id).where(waiting.c.state != "sent")))
        feed = connection.scalar(select(func.count()).select_from(schema.feed))
        orders = list(connection.scalars(select(schema.work_orders.c.id)))
    faults = [finding.sentence for finding in check(city, _silent).faults]
    found = {"effects": effects, "notices": told, "unsent": unsent, "feed": feed, "orders": orders}
    return {**found, "faults": faults}


_ACTS: Final[dict[str, Callable[..., int]]] = {
    "found": _found,
    "work": _work,
    "work on": _work_on,
    "mail": _mail,
    "mail tomorrow": _mail_tomorrow,
    "tell": _tell,
    "tell tomorrow": _tell_tomorrow,
    "backup": _backup,
    "restore": _restore,
    "serve": _serve,
    "settled": _settled,
    "look": _look,
}
