"""The place of the device on the screen, from a real gpsd server to the words."""

from functools import partial

import pytest

from crew.app import CrewApp
from crew.position.gpsd import Gpsd
from crew.screens.navigate_sheet import NavigateSheet
from tests.position.receivers import TPV, TPV_NO_FIX, gpsd_that_says
from tests.terminal.camera_card import press, said
from tests.terminal.frames import screen_text
from tests.terminal.truck import Truck
from tests.terminal.waiting import until

pytestmark = pytest.mark.anyio


async def test_the_way_is_told_from_the_receiver(truck: Truck) -> None:
    whereabouts = truck.field_work.whereabouts
    async with gpsd_that_says(TPV) as port, truck.running() as pilot:
        app = pilot.app
        assert isinstance(app, CrewApp)
        app.follow_position = partial(whereabouts.follow, Gpsd(lambda: truck.now, port=port))
        app._listen()
        await until(pilot, lambda: whereabouts.you, "the place is known")
        await press(pilot, "down", "enter")
        await until(pilot, lambda: "1.4 km south of you" in said(pilot), "the way is told from here")


async def test_a_receiver_without_a_fix_is_told_once_and_on_the_sheet(truck: Truck) -> None:
    whereabouts = truck.field_work.whereabouts
    async with gpsd_that_says(TPV_NO_FIX, TPV_NO_FIX) as port, truck.running((120, 40)) as pilot:
        app = pilot.app
        assert isinstance(app, CrewApp)
        app.follow_position = partial(whereabouts.follow, Gpsd(lambda: truck.now, port=port))
        app._listen()
        await until(pilot, lambda: "gpsd does not" in screen_text(app), "it is said in passing")
        assert len(app._notifications) == 1
        await press(pilot, "v")
        assert isinstance(app.screen, NavigateSheet)
        assert "gpsd does not know the place yet" in said(pilot)
