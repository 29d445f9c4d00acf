"""The quiet line that says that citizens thanked the crew. Widget layer; told what to say."""

from typing import TYPE_CHECKING

from crew.widgets.literal_text import LiteralText

if TYPE_CHECKING:
    from textual import events


class Thanks(LiteralText):
    """One line, there only while it has something to say. A tap does what its key does."""

    async def on_click(self, event: "events.Click") -> None:
        """Show what citizens said."""
        event.stop()
        await self.run_action("app.week")
