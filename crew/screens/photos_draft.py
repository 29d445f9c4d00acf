"""What a sheet keeps while it is half done: words, a reason, and photos that are on disk already. Pure."""

from typing import TYPE_CHECKING

import msgspec

from crew.domain.change import SendingStatus, StatusChange
from crew.domain.value import Value, replace
from crew.domain.work_order import Photo, WorkStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crew.field_work import OutboxEntry


class PhotosDraft(Value):
    """A half-done sheet."""

    note: str = ""
    photos: tuple[Photo, ...] = ()
    reason: str | None = None
    """The code that was chosen; None before anything was."""
    words: str = ""
    """For the citizen, behind the sentence of the reason."""

    def body(self) -> str:
        """As it is kept; empty where there is nothing to keep."""
        begun = self.note.strip() or self.photos or self.reason is not None or self.words.strip()
        return msgspec.json.encode(self).decode() if begun else ""

    def with_photos(self, more: "Iterable[Photo]") -> "PhotosDraft":
        """With more photos, each once."""
        return replace(self, photos=tuple(dict.fromkeys((*self.photos, *more))))

    def without(self, photo: Photo) -> "PhotosDraft":
        """With one photo less."""
        return replace(self, photos=tuple(kept for kept in self.photos if kept != photo))


def read_draft(body: str) -> PhotosDraft:
    """A kept draft; one that an older version wrote in another way is as good as none."""
    try:
        return msgspec.json.decode(body, type=PhotosDraft) if body else PhotosDraft()
    except msgspec.DecodeError:
        return PhotosDraft(note=body)


def draft_of(act: StatusChange) -> PhotosDraft:
    """An ending as the sheet that it was made on keeps it."""
    return PhotosDraft(act.note, act.photos, act.reason, act.public_note)


def undone_completion(order_id: str, settled: "Iterable[OutboxEntry]") -> PhotosDraft:
    """Note and photos of a completion that was taken back last, so that nobody has to give them twice."""
    mine = [entry for entry in settled if entry.change.order_id == order_id]
    if not mine or mine[-1].sending_status is not SendingStatus.SET_ASIDE or mine[-1].reason != "undone":
        return PhotosDraft()
    match mine[-1].change.act:
        case StatusChange(status=WorkStatus.DONE) as ending:
            return draft_of(ending)
        case _:
            return PhotosDraft()
