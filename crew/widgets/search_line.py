"""A line to type in what is looked for. Widget layer."""

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input


class SearchLine(Input):
    """As wide as it is, whatever is typed: a key repaints it, and lays nothing else out anew."""

    virtual_size = Reactive(Size(0, 0))

    def __init__(self, placeholder: str) -> None:
        super().__init__(placeholder=placeholder, select_on_focus=False, compact=True, validate_on=())
