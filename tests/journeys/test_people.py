"""Somebody leaves the city in the middle of a day offline: the programs themselves, over a real socket."""

import re
from pathlib import Path

from tests.backend.living_city import LivingCity
from tests.running import crew, served


def test_the_work_of_somebody_revoked_reaches_a_supervisor_and_changes_nothing(tmp_path: Path) -> None:
    living = LivingCity.founded(tmp_path / "city")
    order_id = living.reported()
    living.close()
    city, truck, desk = tmp_path / "city", tmp_path / "truck", tmp_path / "desk"

    def ask(*words: str, data: Path) -> str:
        answered = crew(*words, "--data", data, home=tmp_path)
        assert answered.code == 0, answered.err
        return answered.out

    def code_of(name: str, *role: str) -> str:
        return ask("backend", "add-person", name, "--role", *role, data=city).split()[-1]

    with served(city, tmp_path) as url:
        for name in ("Ana", "Ben"):
            ask("sign-in", url, code_of(name, "crew", "--crew", "roads"), data=truck)
            if name == "Ana":
                ask("sync", data=truck)
                ask("status", order_id, "done", "--note", "the gate code is 4711", data=truck)
                ask("backend", "people", "revoke", "Ana", data=city)
                out = crew("sync", "--data", truck, home=tmp_path)
                assert (out.code, "was ended by an administrator" in out.err) == (3, True)
                ask("note", order_id, "and another word", data=truck)
        assert re.match(r"Sent 2 changes", ask("sync", data=truck))

        ask("sign-in", url, code_of("Sam", "supervisor"), data=desk)
        ask("sync", data=desk)
        shown = crew("show", order_id, "--json", "--data", desk, home=tmp_path).json

    assert (shown["work_status"], shown["needs_look"]) == ("assigned", True)
    assert [(line["person"], line["text"], line["note"]) for line in shown["history"][-2:]] == [
        ("Ana", "done, by somebody whose sign-in had ended; sent by Ben", "the gate code is 4711"),
        ("Ana", "note: and another word, by somebody whose sign-in had ended; sent by Ben", ""),
    ]
    tokens = [path.stat().st_mode & 0o777 for path in (truck / "sign-ins").iterdir()]
    assert tokens == [0o600] * 2
