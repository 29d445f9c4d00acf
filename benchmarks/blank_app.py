"""The least that a Textual program can be: the baseline of start, memory and idling."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class BlankApp(App[None]):
    """Shows one word."""

    def compose(self) -> ComposeResult:
        """One word."""
        yield Static("ready")


if __name__ == "__main__":
    BlankApp().run()
