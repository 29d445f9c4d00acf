"""`crew day --pdf` and `--print`: the page for the truck, read back by another program."""

import shutil
import subprocess
from pathlib import Path

import pytest

from crew.cli.day_lines import stop_lines
from crew.cli.day_pdf import day_pdf
from crew.domain.value import replace
from crew.domain.work_order import OrderId, WorkStatus
from tests.builders import NOON, an_order
from tests.running import Ended, crew
from tests.trucks import Truck

WORDS = "Deep hole; “two cars damaged” Łódź ąę Ελλάδα кот — please hurry. " * 2


@pytest.fixture
def day(truck: Truck) -> Truck:
    """A long day, with names that are not of one script."""
    truck.gets(
        *(
            replace(an_order(address=f"{number} Zażółć St, Nguyễn Sq", description=WORDS), id=OrderId(f"3110{number}"))
            for number in range(20, 45)
        )
    )
    return truck


def run(truck: Truck, *arguments: str | Path) -> Ended:
    return crew("day", *arguments, "--data", truck.folder, home=truck.folder)


def text_of(path: Path) -> list[str]:
    """The pages as pdftotext reads them."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not here: apt install poppler-utils")
    read = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True, text=True)
    return read.stdout.rstrip("\f").split("\f")


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_every_stop_is_on_paper_once_in_order_and_none_is_torn(day: Truck, tmp_path: Path, paper: str) -> None:
    path = tmp_path / "day.pdf"
    said = run(day, "--pdf", path, "--paper", paper)
    assert (said.code, said.out) == (0, f"{path}: 25 stops.\n")
    pages = text_of(path)
    assert len(pages) >= 3
    whole = "\n".join(pages)
    numbers = [stop.order_id for stop in day.field_work.day().stops]
    places = [whole.index(f"No. {number}") for number in numbers]
    assert places == sorted(places)
    for page in pages:
        assert page.count("Zażółć St") == page.count("No. 3110") == page.count("please hurry") / 2
        assert "Public Works D2" in page
    assert said.err == ("" if "Ελλάδα" in whole else said.err), "what a font lacks is told"


def test_paper_says_what_work_waits_for(truck: Truck, tmp_path: Path) -> None:
    waiting = replace(an_order(), work_status=WorkStatus.WAITING, waiting_reason="permit")
    truck.gets(replace(waiting, id=OrderId("311011")))
    path = tmp_path / "day.pdf"
    run(truck, "--pdf", path)
    assert "waiting: a permit" in run(truck).out
    assert "waiting: a permit" in text_of(path)[0]


def test_without_a_font_of_the_system_the_letters_that_lack_are_told(day: Truck) -> None:
    stops = [stop_lines(stop, NOON, day.field_work.wording()) for stop in day.field_work.day().stops]
    content, lacking = day_pdf(stops, "Łukasz", NOON, "a4", fonts=())
    assert content.startswith(b"%PDF-")
    assert {"Ł", "ż", "λ", "к", "ễ", "“"} <= set(lacking)
    assert "é" not in lacking


def test_a_file_that_is_there_stays_and_text_goes_on_as_it_was(day: Truck, tmp_path: Path) -> None:
    path = tmp_path / "day.pdf"
    path.write_text("mine")
    assert run(day, "--pdf", path).code == 6
    assert path.read_text() == "mine"
    assert run(day, "--pdf", path, "--force").code == 0
    assert path.read_bytes().startswith(b"%PDF-")
    assert run(day).out.startswith("Public Works D2, ")


def test_the_printer_gets_the_page(day: Truck, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printer = tmp_path / "bin" / "lp"
    printer.parent.mkdir()
    printer.write_text(f'#!/bin/sh\ncat > "{tmp_path}/printed"\n')
    printer.chmod(0o700)
    monkeypatch.setenv("PATH", str(printer.parent), prepend=":")
    assert run(day, "--print").out == "Printed: 25 stops.\n"
    assert (tmp_path / "printed").read_bytes().startswith(b"%PDF-")
    printer.write_text("#!/bin/sh\nexit 3\n")
    said = run(day, "--print")
    assert (said.code, "ended with 3" in said.err) == (10, True)
