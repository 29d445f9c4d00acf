"""Where approved photos go, as the backend last told it. Store layer."""

from typing import TYPE_CHECKING, Final

from crew.store.values import Values

if TYPE_CHECKING:
    from crew.domain.posting import Posting

_NAME: Final = "posting"


class PostingTable(Values):
    """Keeps it."""

    def keep(self, posting: "Posting | None") -> None:
        """Remember it; None says that it is as it was."""
        if posting is not None:
            self._write(_NAME, self._encoded(posting))

    def mark(self) -> str:
        """What tells whether the backend knows it otherwise; empty where nothing is known."""
        from crew.wire import mark_of

        return mark_of(self.known()) if self._read(_NAME) else ""

    def known(self) -> "Posting":
        """What was told; nothing is asked for before."""
        from crew.domain.posting import Posting  # no start needs it

        return self._decoded(_NAME, Posting) or Posting()
