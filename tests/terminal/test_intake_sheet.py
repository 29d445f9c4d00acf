"""A call is taken in while the caller talks: keys alone, in seconds, and nothing of it is lost."""

import pytest

from crew.domain.change import Contact, Intake, SendingStatus
from crew.domain.value import replace
from crew.wire import ServiceOffer
from tests.terminal.camera_card import press, said, tap, write
from tests.terminal.frames import reads_as, screen_text
from tests.terminal.truck import A_DISPATCHER, Truck, a_days_work
from tests.terminal.waiting import until

pytestmark = pytest.mark.anyio

POTHOLE = a_days_work()[0]
SERVICES = (
    ServiceOffer("pothole", "Pothole", "Streets", ("road", "hole")),
    ServiceOffer("street-light", "Street light out", "Lights", ("dark",)),
    ServiceOffer("sign-repair", "Broken sign", "Signs"),
)
SIZES = ((60, 20), (80, 24), (120, 40))


@pytest.fixture
def truck(truck: Truck) -> Truck:
    truck.sign_in(A_DISPATCHER)
    truck.store.device.keep_services(SERVICES)
    return truck


def acts(truck: Truck) -> list[object]:
    return [entry.change.act for entry in truck.store.outbox.unsettled()]


async def test_a_call_is_taken_in_by_keys_alone(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "f2")
        for words in ("pot", "412 cen", "deep hole", "Ada", "Quiet", "617 555 0100", "ada@example.org"):
            await write(pilot, words)
            await press(pilot, "enter")
        await until(pilot, lambda: "Taken in: Pothole, 412 Centre St" in screen_text(pilot.app))
    contact = Contact("Ada", "Quiet", "617 555 0100", "ada@example.org")
    place = (POTHOLE.address, POTHOLE.lat, POTHOLE.long)
    assert acts(truck) == [Intake("pothole", "Pothole", "deep hole", *place, contact=contact)]
    assert truck.field_work.draft("intake", "intake") == ""


async def test_one_key_adds_the_caller_to_what_is_there(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "f2")
        await write(pilot, "hole")
        await press(pilot, "enter")
        await write(pilot, "412")
        await press(pilot, "enter")
        await until(pilot, lambda: f"{POTHOLE.id} · 0 m" in screen_text(pilot.app), "the order there is listed")
        await write(pilot, "the same hole")
        await press(pilot, "f4")
    (act,) = acts(truck)
    assert isinstance(act, Intake)
    assert (act.joins, act.description) == (POTHOLE.id, "the same hole")
    assert len(truck.field_work.order(POTHOLE.id).requests) == len(POTHOLE.requests) + 1


async def test_an_address_that_nobody_knows_is_taken_as_it_is(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "f2")
        await write(pilot, "dark")
        await press(pilot, "enter")
        await write(pilot, "99 Nowhere Ln")
        await press(pilot, "enter", "f2")
    (act,) = acts(truck)
    assert isinstance(act, Intake)
    assert (act.service_code, act.address, act.lat) == ("street-light", "99 Nowhere Ln", None)


async def test_what_is_missing_is_said_and_what_was_typed_stays(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "f2")
        await write(pilot, "zzz")
        await press(pilot, "f2")
        assert "Choose a type of request" in said(pilot)
        await press(pilot, "f4")
        assert "No order is listed here" in said(pilot)
        await press(pilot, "escape")
        assert len(pilot.app.screen_stack) == 1
        await press(pilot, "f2")
        await until(pilot, lambda: "zzz" in screen_text(pilot.app), "it is there again")
    assert acts(truck) == []


async def test_half_a_call_outlives_a_crash(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "f2")
        await write(pilot, "pot")
        await press(pilot, "enter")
        await write(pilot, "412")
        await until(pilot, lambda: "412" in truck.field_work.draft("intake", "intake"), "kept while it is typed")
    async with truck.running() as pilot:
        await press(pilot, "f2")
        await until(pilot, lambda: "Pothole" in screen_text(pilot.app) and "412" in screen_text(pilot.app))


async def test_a_tap_takes_a_suggestion_and_the_button_the_call(truck: Truck) -> None:
    async with truck.running() as pilot:
        await press(pilot, "f2")
        await write(pilot, "sign")
        await press(pilot, "enter")
        await write(pilot, "8 moss")
        await press(pilot, "enter")
        await tap(pilot, "Take in")
    (act,) = acts(truck)
    assert isinstance(act, Intake)
    assert (act.service_code, act.address) == ("sign-repair", "8 Moss Hill Rd")


async def test_without_the_citys_types_it_says_what_to_do(truck: Truck) -> None:
    truck.store.device.keep_services(())
    async with truck.running() as pilot:
        await press(pilot, "f2")
        await until(pilot, lambda: "come with the next sync" in said(pilot))


async def test_a_refused_call_is_mended_on_the_sheet_it_was_taken_in_on(truck: Truck) -> None:
    place = (POTHOLE.address, POTHOLE.lat, POTHOLE.long)
    call = Intake("pothole", "Pothole", "deep hole", *place, contact=Contact("Ada", email="ada@example.org"))
    change = truck.field_work.take_in(call)
    truck.store.outbox.settle(change.id, SendingStatus.REFUSED, truck.now, reason="The mail address is none.")
    async with truck.running() as pilot:
        await press(pilot, "o", "e")
        await until(pilot, lambda: "ada@example.org" in screen_text(pilot.app))
        await press(pilot, "f2")
    assert acts(truck) == [call]
    assert len(truck.field_work.day().stops) == len(a_days_work()) + 1


async def test_a_new_order_says_that_it_was_not_sent(truck: Truck) -> None:
    truck.field_work.take_in(Intake("pothole", "Pothole", "x", POTHOLE.address, POTHOLE.lat, POTHOLE.long))
    async with truck.running((120, 40)) as pilot:
        await press(pilot, "end")
        await until(pilot, lambda: "new, not sent" in screen_text(pilot.app))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_sheet_reads_as_its_frame(truck: Truck, size: tuple[int, int]) -> None:
    near = replace(POTHOLE, id=type(POTHOLE.id)("311000000555"), service_name="Broken sign")
    truck.receive([near])
    async with truck.running(size) as pilot:
        await press(pilot, "f2")
        await write(pilot, "pot")
        await press(pilot, "enter")
        await write(pilot, "412")
        await press(pilot, "enter")
        await write(pilot, "deep")
        await until(pilot, lambda: POTHOLE.id in screen_text(pilot.app))
        await reads_as(pilot, f"intake-{size[0]}x{size[1]}")
