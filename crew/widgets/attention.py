"""The line on the day that says that something needs a person. Widget layer; told what to say, blocks nothing."""

from crew.widgets.top_row import Lamp


class Attention(Lamp):
    """One line over the list, there only while it has something to say. A tap asks for the outbox, as on the lamp."""

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
