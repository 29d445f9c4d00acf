"""What the public reads of where an order stands. Backend layer, pure."""

from typing import Final

from crew.domain.work_order import WorkStatus

_STEP_WORDS: Final = {
    WorkStatus.NEW: "received",
    WorkStatus.ASSIGNED: "planned",
    WorkStatus.ACCEPTED: "planned",
    WorkStatus.ON_THE_WAY: "under way",
    WorkStatus.WORKING: "under way",
    WorkStatus.WAITING: "waiting",
    WorkStatus.DONE: "done",
    WorkStatus.CANT_DO: "closed",
    WorkStatus.SENT_BACK: "planned",
}


def step_words(status: WorkStatus) -> str:
    """Where the work stands, as coarse as the public reads it."""
    return _STEP_WORDS[status]
