"""Broken quoting, encodings and packing cost the records that they touch, never the rest of the file."""

import gzip
import itertools
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from crew.backend.city import City
from crew.backend.importing import ImportSummary
from crew.backend.importing.csv_records import SPAN_LIMIT, CsvRecords
from crew.backend.importing.lines import LINE_LIMIT
from crew.backend.importing.run import BATCH
from crew.domain.errors import CorrectInput
from tests.backend.importing.files import csv_text, order, request_ids, row, run


def lines_of(*rows: dict[str, str]) -> list[str]:
    return csv_text(*rows).splitlines(keepends=True)


def open_quote(line: str) -> str:
    """The line with a quotation mark before its title that is never closed."""
    return line.replace("Deep one", '"Deep one')


def taken(city: City) -> set[int]:
    return {int(number) for number in request_ids(city)}


def test_an_unclosed_quote_costs_one_record_of_a_thousand(city: City, tmp_path: Path) -> None:
    lines = lines_of(*(row(number) for number in range(1, 1001)))
    lines[500] = open_quote(lines[500])
    summary = run(city, tmp_path, "".join(lines))
    assert taken(city) == set(range(1, 1001)) - {500}
    assert summary.skipped == [(501, "its quotation marks do not match")]


def test_an_unclosed_quote_that_a_later_quote_closes_costs_one_record(city: City, tmp_path: Path) -> None:
    lines = lines_of(row(1), row(2), row(3, location="5 Elm St, rear"), row(4))
    lines[2] = open_quote(lines[2])
    summary = run(city, tmp_path, "".join(lines))
    assert taken(city) == {1, 3, 4}
    assert [line for line, _ in summary.skipped] == [3]


def test_an_unclosed_quote_in_the_last_record_costs_that_record(city: City, tmp_path: Path) -> None:
    lines = lines_of(row(1), row(2))
    lines[2] = open_quote(lines[2])
    summary = run(city, tmp_path, "".join(lines))
    assert taken(city) == {1}
    assert summary.skipped[0][0] == 3


def test_many_unclosed_quotes_cost_one_record_each(city: City, tmp_path: Path) -> None:
    lines = lines_of(*(row(number) for number in range(1, 301)))
    broken = set(random.Random(311).sample(range(1, 301), 40))
    for number in broken:
        lines[number] = open_quote(lines[number])
    summary = run(city, tmp_path, "".join(lines))
    assert taken(city) == set(range(1, 301)) - broken
    assert {line - 1 for line, _ in summary.skipped} == broken


def test_a_description_of_many_lines_is_one_record(city: City, tmp_path: Path) -> None:
    story = 'Line one, with comma\nline "two"\n\nline four'
    summary = run(city, tmp_path, csv_text(row(1, case_title=story), row(2, case_status="")))
    assert summary.imported == 2
    assert order(city, "1").description == story


def test_lines_are_counted_across_descriptions_of_many_lines(city: City, tmp_path: Path) -> None:
    summary = run(city, tmp_path, csv_text(row(1, case_title="a\nb\nc"), row(2, open_dt="never")))
    assert summary.skipped[0][0] == 5


def test_a_record_of_endless_lines_is_given_up_and_the_next_is_taken(city: City, tmp_path: Path) -> None:
    lines = lines_of(row(1), row(2), row(3), row(4, open_dt="never"))
    lines[2] = open_quote(lines[2]) + "chatter\n" * (SPAN_LIMIT - 3)
    summary = run(city, tmp_path, "".join(lines))
    assert taken(city) == {1, 3}
    assert [line for line, _ in summary.skipped] == [3, SPAN_LIMIT + 2]


def test_no_more_than_one_records_lines_are_held_for_a_quote_that_is_never_closed() -> None:
    asked: list[int] = []

    def endless() -> Iterator[str]:
        for number in itertools.count(1):
            asked.append(number)
            yield '1,"never closed\n' if number == 1 else "chatter\n"

    skipped: list[int] = []

    def skip(line: int, reason: str) -> None:
        skipped.append(line)
        if len(skipped) == 3:
            raise EOFError

    records = CsvRecords(
        endless(), first_line=2, delimiter=",", width=2, begins_record=lambda fields: len(fields) == 2, skip=skip
    )
    with pytest.raises(EOFError):
        next(iter(records))
    assert skipped[0] == 2
    assert len(asked) <= SPAN_LIMIT + 5


def test_a_row_with_too_few_or_too_many_fields_is_named(city: City, tmp_path: Path) -> None:
    lines = lines_of(row(1), row(2), row(3), row(4))
    lines[2] = "2,2011-07-01 08:00:00\n"
    lines[3] = "x," + lines[3]
    summary = run(city, tmp_path, "".join(lines))
    assert taken(city) == {1, 4}
    assert [line for line, _ in summary.skipped] == [3, 4]
    assert "2 columns" in summary.skipped[0][1]


def test_blank_lines_are_no_records(city: City, tmp_path: Path) -> None:
    text = "\n".join(lines_of(row(1), row(2)))
    summary = run(city, tmp_path, text)
    assert (summary.read, summary.imported) == (2, 2)


def test_a_line_longer_than_memory_allows_costs_itself_alone(city: City, tmp_path: Path) -> None:
    lines = lines_of(row(1), row(2), row(3))
    lines[2] = "x" * (2 * LINE_LIMIT + 17) + "\n"
    summary = run(city, tmp_path, "".join(lines))
    assert (summary.read, summary.skipped[0][0]) == (3, 3)
    assert taken(city) == {1, 3}


def test_a_field_longer_than_the_reader_allows_costs_its_record_alone(city: City, tmp_path: Path) -> None:
    text = csv_text(row(1), row(2, case_title="y" * 500_000), row(3))
    assert run(city, tmp_path, text).skipped_count == 1
    assert taken(city) == {1, 3}


def test_stray_carriage_returns_and_zero_bytes_never_end_an_import(city: City, tmp_path: Path) -> None:
    lines = lines_of(row(1), row(2), row(3), row(4))
    lines[2] = lines[2].replace("Deep", "Deep\r")
    lines[3] = lines[3].replace("Deep", "De\0ep")
    run(city, tmp_path, "".join(lines))
    assert {1, 4} <= taken(city)


@pytest.mark.parametrize("seed", range(30))
def test_no_damage_to_the_text_ends_an_import_or_loses_count(city: City, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    text = list(csv_text(*(row(number, case_title='say "hi", twice') for number in range(1, 60))))
    header = len(lines_of(row(1))[0])
    for _ in range(dice.randint(1, 12)):
        text[dice.randrange(header, len(text))] = dice.choice('",\n\r\x00\u00e9x')
    summary = run(city, tmp_path, "".join(text))
    assert summary.imported >= 59 - 3 * 12


def test_utf8_with_a_mark_and_the_encoding_of_windows_are_read(city: City, tmp_path: Path) -> None:
    text = csv_text(row(1, case_title="José €5 café"))
    run(city, tmp_path, b"\xef\xbb\xbf" + text.encode())
    run(city, tmp_path, csv_text(row(2, case_title="José €5 café")).encode("cp1252"))
    assert order(city, "1").description == order(city, "2").description == "José €5 café"


def test_a_file_glued_together_from_two_encodings_is_read_line_by_line(city: City, tmp_path: Path) -> None:
    first, second, third = lines_of(row(1, case_title="José"), row(2, case_title="José"))
    run(city, tmp_path, first.encode() + second.encode() + third.encode("cp1252"))
    assert order(city, "1").description == order(city, "2").description == "José"


def test_bytes_of_no_encoding_are_replaced(city: City, tmp_path: Path) -> None:
    assert run(city, tmp_path, csv_text(row(1)).encode().replace(b"Deep", b"D\x81\xffp")).imported == 1


def test_a_packed_file_cut_in_the_middle_keeps_what_came_before_and_can_be_imported_again(
    city: City, tmp_path: Path
) -> None:
    dice = random.Random(311)
    text = csv_text(*(row(number, case_title=dice.randbytes(40).hex()) for number in range(1, 2001)))
    packed = gzip.compress(text.encode())
    with pytest.raises(CorrectInput, match="damaged"):
        run(city, tmp_path, packed[: len(packed) // 2])
    before = len(taken(city))
    assert 100 < before < 2000
    summary = run(city, tmp_path, packed)
    assert (summary.imported, summary.already_there) == (2000 - before, before)


def test_only_the_first_thousand_skipped_records_are_named_and_all_are_counted() -> None:
    summary = ImportSummary()
    for line in range(1500):
        summary.skip(line, "no id")
    assert (summary.read, summary.skipped_count, len(summary.skipped)) == (1500, 1500, 1000)


def test_more_records_than_one_batch_are_all_written(city: City, tmp_path: Path) -> None:
    count = BATCH + 3
    summary = run(city, tmp_path, csv_text(*(row(number) for number in range(1, count + 1)), row(1)))
    assert (summary.imported, summary.already_there) == (count, 1)
