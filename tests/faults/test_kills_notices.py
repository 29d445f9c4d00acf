"""The worker that tells people is killed at its system calls, and there are two of it: each hears each thing once.

A mail server can take a mail and die with the answer; there, and nowhere else, one more copy may come, under the same
id. CREW_ALL_FAULTS=1 tries every call instead of a sample.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select

from crew.backend.notices.states import State
from crew.backend.orders import NewRequest, link_request
from crew.backend.schema import notices
from crew.domain.change import StatusChange
from crew.domain.work_order import WorkStatus
from tests.backend.citizens import SECRET_MAIL
from tests.backend.letters import EVE
from tests.backend.living_city import LivingCity
from tests.backend.mail_server import Mailbox, mail_server
from tests.backend.web_server import Listener, web_server
from tests.faults import strace
from tests.faults.backend_acts import hooked, opened
from tests.faults.stage import FAULT_IN_CREW, Stage, stage
from tests.faults.strace import BROKEN_DISK, KILL
from tests.faults.tally import Tally

_MANY: Final = 12


@dataclass
class World:
    """A stage, a city with news, and the servers that hear of it."""

    stage: Stage
    folder: Path
    news: Path
    much_news: Path
    secret: Path
    _count: int = field(default=0)

    def copy(self, of: Path) -> Path:
        """A city of its own for one try."""
        self._count += 1
        return Path(shutil.copytree(of, self.folder / f"{self._count}"))


def city_with_news(folder: Path, secret: Path, orders: int) -> Path:
    """Finished orders, each reported by Ada, by Ada again and by Eve, of which nobody has heard."""
    living = LivingCity.founded(folder)
    city = hooked(living.city, "http://127.0.0.1:1", secret)
    here = LivingCity(city, living.clock)
    for _ in range(orders):
        order_id = here.reported()
        with city.database.writing() as connection:
            for address in (SECRET_MAIL, EVE):
                new = NewRequest(service_code="pothole", description="again", email=address)
                link_request(connection, city, new, order_id)
        assert here.does(order_id, StatusChange(WorkStatus.DONE)).outcome == "applied"
    living.close()
    return folder


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    secret = folder / "secret"
    secret.touch(0o600)
    secret.write_text("open sesame", encoding="utf-8")
    (folder / "acts").mkdir()
    news = city_with_news(folder / "news", secret, 1)
    much = city_with_news(folder / "much", secret, _MANY)
    with stage("tests.faults.backend_acts", folder / "acts") as opened_stage:
        made = World(opened_stage, folder, news, much, secret)
        with mail_server(Mailbox()) as port, web_server(Listener()) as hook:
            assert made.stage.rehearse("tell", made.copy(news), str(port), hook, secret) == 0
        yield made


def states(folder: Path) -> set[str]:
    with opened(folder) as city, city.database.reading() as connection:
        return set(connection.scalars(select(notices.c.state)))


def assert_heard_once(mailbox: Mailbox, listener: Listener, orders: int, most_copies: int) -> None:
    """Each person and the webhook heard of each order under one id, and at most so many copies of it came."""
    mails = Counter((str(message["To"]), str(message["Message-ID"])) for message in mailbox.received)
    assert Counter(to for to, _ in mails) == {SECRET_MAIL: orders, EVE: orders}
    assert max(mails.values()) <= most_copies
    assert sum(count - 1 for count in mails.values()) <= most_copies - 1, "one death, one copy"
    assert len({posted.headers["Crew-Event"] for posted in listener.received}) == orders


def test_wherever_the_worker_dies_each_person_hears_once_and_a_copy_more_at_most(world: World, tally: Tally) -> None:
    with mail_server(Mailbox()) as port, web_server(Listener()) as hook:
        counted = world.stage.counted("tell", world.copy(world.news), str(port), hook, world.secret)
    samples = {
        KILL: {"connect": 3, "sendto": 9, "pwrite64": 4, "fdatasync": 4, "unlink": 2},
        BROKEN_DISK: {"connect": 1, "sendto": 2, "fdatasync": 2},
    }

    for effect, sample in samples.items():
        for fault in strace.sample(counted, effect, sample):
            folder, mailbox, listener = world.copy(world.news), Mailbox(), Listener()
            with mail_server(mailbox) as port, web_server(listener) as hook:
                ended = world.stage.play("tell", folder, str(port), hook, world.secret, fault=fault)
                with tally.tries(
                    "A notice reaches each person once, and one copy more at most",
                    "the worker is killed, or its disk or its way breaks, at its system calls",
                ):
                    assert ended.code != FAULT_IN_CREW, f"{fault}: {ended.err}"
                    again = world.stage.play("tell tomorrow", folder, str(port), hook, world.secret)
                    assert again.code == 0, again.err
                    assert states(folder) == {State.SENT}, str(fault)
                    assert_heard_once(mailbox, listener, 1, 2)


def test_two_workers_at_once_send_nothing_twice(world: World) -> None:
    folder, mailbox, listener = world.copy(world.much_news), Mailbox(), Listener()
    with mail_server(mailbox) as port, web_server(listener) as hook:
        acts = [world.stage.begin("tell", folder, str(port), hook, world.secret) for _ in range(2)]
        for act in acts:
            act.go()
        ended = [act.end() for act in acts]
    assert [one.code for one in ended] == [0, 0], ended
    delivered = [int(one.out.split()[-1]) for one in ended]
    assert sum(delivered) == 3 * _MANY
    assert min(delivered) > 0, "both have had a share"
    assert_heard_once(mailbox, listener, _MANY, 1)
    assert len(listener.received) == _MANY
