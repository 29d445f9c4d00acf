"""`crew week`: seven days for scripts."""

from crew.domain.citizen_answers import CITIZEN, reaction_text
from crew.domain.value import replace
from crew.domain.work_order import HistoryEntry, WorkStatus
from crew.wiring import now
from tests.builders import an_order
from tests.running import crew
from tests.trucks import Truck


def test_a_week_is_told_with_its_answers(truck: Truck) -> None:
    moment = now()
    text = reaction_text("👍 Thank you", thanks=True, thanked=False)
    done, said = HistoryEntry(moment, "Ana", "done", change_id="1"), HistoryEntry(moment, CITIZEN, text, "at last")
    order = replace(an_order(work_status=WorkStatus.DONE, updated_at=moment, due_at=None), history=(done, said))
    truck.gets(order)
    truck.store.week.take([order], moment)

    told = crew("week", "--json", "--data", truck.folder, home=truck.folder)
    read = crew("week", "--data", truck.folder, home=truck.folder)

    assert told.json["crews"][0]["thanked"] == 1
    assert told.json["answers"][0]["words"] == "at last"
    assert "👍 Thank you  at last" in read.out
