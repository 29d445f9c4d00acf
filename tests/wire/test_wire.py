"""What leaves one side arrives on the other, clean; anything else is refused in one way."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.domain.change import (
    Acknowledgement,
    Act,
    Assignment,
    Change,
    Contact,
    Escalation,
    Intake,
    Link,
    Note,
    PhotosAdded,
    StatusChange,
    Triage,
    Unlink,
)
from crew.domain.plain_text import clean_text
from crew.domain.work_order import (
    HistoryEntry,
    LinkedRequest,
    OrderId,
    Photo,
    PhotoHash,
    PhotoRole,
    Priority,
    PublicStatus,
    Raised,
    WorkOrder,
    WorkStatus,
)
from crew.wire import (
    Answers,
    Batch,
    FeedPage,
    Malformed,
    change_from_wire,
    change_to_wire,
    decode,
    decode_changes,
    encode,
    encode_changes,
)
from tests.builders import a_change, a_photo, an_order
from tests.hostile import FORBIDDEN, HOSTILE

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)

WORDS = st.text(max_size=60).map(clean_text)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - made aware
PLACES = st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180))
PHOTOS = st.lists(
    st.builds(
        lambda *fields: Photo(*fields[:-1], *(fields[-1] or (None, None))),
        st.text("0123456789abcdef", min_size=64, max_size=64).map(PhotoHash),
        st.sampled_from(PhotoRole),
        st.integers(0, 2**40),
        st.integers(1, 9000),
        st.integers(1, 9000),
        st.none() | MOMENTS,
        PLACES,
    ),
    max_size=3,
).map(tuple)
COORDINATES = st.none() | st.floats(-90, 90)
CONTACTS = st.builds(Contact, WORDS, WORDS, WORDS, WORDS)
REQUESTS = st.lists(st.builds(LinkedRequest, WORDS, WORDS, MOMENTS), max_size=3).map(tuple)
EVERY_ACT: st.SearchStrategy[Act] = st.one_of(
    st.builds(StatusChange, st.sampled_from(WorkStatus), WORDS, WORDS, WORDS, PHOTOS),
    st.builds(Note, WORDS),
    st.builds(PhotosAdded, PHOTOS),
    st.builds(Assignment, WORDS),
    st.builds(Escalation, WORDS, WORDS, WORDS, st.none() | MOMENTS),
    st.builds(Acknowledgement, WORDS, st.none() | MOMENTS),
    st.builds(Link, WORDS.map(OrderId), REQUESTS),
    st.builds(Unlink, WORDS),
    st.builds(Triage, WORDS, WORDS, st.none() | st.sampled_from(Priority), WORDS),
    st.builds(Intake, WORDS, WORDS, WORDS, WORDS, COORDINATES, COORDINATES, WORDS, CONTACTS),
)
EVERY_CHANGE = st.builds(
    a_change, EVERY_ACT, sequence=st.integers(1, 2**53), base_version=st.integers(0, 2**53), made_at=MOMENTS
)
EVERY_ORDER = st.builds(
    an_order,
    description=WORDS,
    lat=st.none() | st.floats(-90, 90),
    work_status=st.sampled_from(WorkStatus),
    public_status=st.sampled_from(PublicStatus),
    due_at=st.none() | MOMENTS,
    paused_at=st.none() | MOMENTS,
    raised=st.none() | st.builds(Raised, MOMENTS, WORDS, WORDS, WORDS, st.none() | MOMENTS, WORDS, st.none() | MOMENTS),
    needs_look=st.booleans(),
    photos=PHOTOS,
    history=st.lists(st.builds(HistoryEntry, MOMENTS, WORDS, WORDS, WORDS, WORDS), max_size=3).map(tuple),
    requests=REQUESTS,
    linked_to=WORDS,
    priority=st.sampled_from(Priority),
)


@given(st.lists(EVERY_CHANGE, max_size=3).map(tuple))
def test_changes_arrive_as_they_left(changes: tuple[Change, ...]) -> None:
    assert decode_changes(encode_changes(changes, "cursor")) == Batch(changes, "cursor")


@given(EVERY_ORDER)
def test_an_order_arrives_as_it_left(order: WorkOrder) -> None:
    assert decode(encode(order), WorkOrder) == order


@pytest.mark.parametrize("hostile", HOSTILE)
def test_every_string_is_clean_behind_the_door(hostile: str) -> None:
    raw = msgspec.json.encode({**msgspec.to_builtins(an_order()), "description": hostile, "address": hostile})
    order = decode(raw, WorkOrder)
    assert not set(order.description + order.address) & set(FORBIDDEN)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_message_are_malformed(raw: bytes) -> None:
    for shape in (WorkOrder, FeedPage, Answers):
        with pytest.raises(Malformed):
            decode(raw, shape)


@given(JSON)
def test_json_of_another_shape_is_malformed(value: Any) -> None:
    with pytest.raises(Malformed):
        decode(msgspec.json.encode(value), WorkOrder)


@given(st.dictionaries(st.sampled_from(["id", "kind", "payload", "sequence", "made_at", "person"]), JSON))
def test_a_change_of_another_shape_is_malformed(value: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        change_from_wire(value)


def test_an_unknown_kind_and_an_unknown_field_are_malformed() -> None:
    good = msgspec.to_builtins(change_to_wire(a_change()))
    assert change_from_wire(good) == a_change()
    for bad in ({**good, "kind": "explode"}, {**good, "crew": "D5"}, {**good, "sequence": "one"}):
        with pytest.raises(Malformed):
            change_from_wire(bad)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("due_at", "2026-11-23T17:00:00"),
        ("updated_at", "9999-12-31T23:59:59Z"),
        ("photos", [{**msgspec.to_builtins(a_photo()), "sha256": "../../etc/passwd"}]),
        ("photos", [{**msgspec.to_builtins(a_photo()), "taken_at": "2026-11-23T17:00:00"}]),
        ("history", [{"at": "2026-11-23T17:00:00", "person": "Ana", "text": "working"}]),
        ("requests", [{"request_id": "1", "description": "", "requested_at": "2026-11-23T17:00:00"}]),
    ],
)
def test_a_time_without_zone_and_a_photo_without_hash_are_malformed(field: str, value: Any) -> None:
    order = {**msgspec.to_builtins(an_order()), field: value}
    with pytest.raises(Malformed):
        decode(msgspec.json.encode(order), WorkOrder)


@pytest.mark.parametrize(
    "place", [{"lat": 42.3}, {"long": -71.1}, {"lat": 90.1, "long": 0.0}, {"lat": 0, "long": -181}]
)
def test_a_photo_from_nowhere_on_earth_is_malformed(place: dict[str, float]) -> None:
    raw = change_to_wire(a_change(PhotosAdded((a_photo(),))))
    raw["payload"]["photos"][0].update(place)
    with pytest.raises(Malformed):
        change_from_wire(raw)


def test_a_change_without_places_is_written_as_before_there_were_any() -> None:
    """Its bytes are what the backend knows it by, when it comes a second time after an update."""
    [photo] = change_to_wire(a_change(PhotosAdded((a_photo(),))))["payload"]["photos"]
    assert list(photo) == ["sha256", "role", "byte_count", "width", "height", "taken_at"]


def test_a_change_made_at_no_certain_time_is_malformed() -> None:
    change = {**msgspec.to_builtins(change_to_wire(a_change())), "made_at": "2026-11-23T17:00:00"}
    with pytest.raises(Malformed):
        change_from_wire(change)


def test_json_nested_without_end_is_malformed() -> None:
    with pytest.raises(Malformed):
        decode(b"[" * 100_000 + b"]" * 100_000, WorkOrder)
