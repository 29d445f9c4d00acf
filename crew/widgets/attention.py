"""The line on the day that says that something needs a person. Widget layer; told what to say, blocks nothing."""

from typing import TYPE_CHECKING

from crew.widgets.literal_text import LiteralText

if TYPE_CHECKING:
    from textual import events


class Attention(LiteralText):
    """Lines over the list, there only while they have something to say. A tap leads to where it is settled."""

    DEFAULT_CSS = """
    Attention {
        height: auto;
        max-height: 3;
        padding: 0 1;
        margin-bottom: 1;
        background: $panel;
        color: $late;
        text-style: bold;
    }
    """

    def __init__(self, words: str, *, to_decide: bool) -> None:
        """Say something.

        Args:
            words: A line each.
            to_decide: Whether a tap leads to the decisions; to the outbox where not.
        """
        super().__init__(words)
        self.to_decide = to_decide

    async def on_click(self, event: "events.Click") -> None:
        """Show what is behind the words."""
        event.stop()
        await self.run_action("app.decide" if self.to_decide else "app.outbox")
