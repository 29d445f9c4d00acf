"""Chooses photo files with few keys: the newest picture of all likely places is under the cursor. Screen layer.

Letters narrow the list, a path is typed or pasted in the same line. Looking and taking happen off the event loop.
"""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input

from crew.commands import Command
from crew.domain.errors import CrewError
from crew.picture_files import PictureFile, Places, completions, is_path, typed_path
from crew.picture_watch import PictureWatch
from crew.screens.sheet import BACK, Sheet, sheet_bindings, titled
from crew.widgets.literal_text import LiteralText
from crew.widgets.photo_view import PhotoSource, PhotoView
from crew.widgets.photo_words import moment_words, size_words
from crew.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from textual import events
    from textual.app import ComposeResult
    from textual.content import Content

    from crew.look import Look
    from crew.photo_work import PhotoWork, Shot
    from crew.photos.prepared import Seen

_TAKE: Final = Command(name="take", key="enter", label="Take it", help="Take the marked pictures, or the one shown.")
_MARK: Final = Command(name="mark", key="space", label="Mark", help="Mark several photos, then take them together.")
_PREVIEW_COLUMNS: Final = 88
_WATCH_SECONDS: Final = 2.0
_LOOKING: Final = "Looking for pictures ..."
_NOTHING: Final = "No picture was found here. Put in the camera's card, or type the path of a photo."
_NO_MATCH: Final = "No picture has these letters. Delete some, or type a path such as ~/Pictures/."


class FileLine(Input):
    """Where letters or a path are typed: space marks a file, and is a letter in a path alone."""

    async def _on_key(self, event: "events.Key") -> None:
        if event.key == "space" and not is_path(self.value):
            event.stop()
            event.prevent_default()
            await self.run_action("screen.mark")
            return
        await super()._on_key(event)


class ChooseFile(Sheet[tuple["Shot", ...]]):
    """Gives back the pictures that were chosen; nothing is kept yet."""

    CSS_PATH = ["sheet.tcss", "choose_file.tcss"]
    AUTO_FOCUS = "FileLine"
    full: ClassVar[bool] = True
    BINDINGS = [
        *sheet_bindings(_TAKE, BACK),
        Binding("tab", "complete", show=False),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]
    buttons: ClassVar[tuple[Command, ...]] = (_TAKE, _MARK, BACK)

    def __init__(self, photos: "PhotoWork", places: Places, look: "Look", now: "datetime") -> None:
        """Choose files.

        Args:
            photos: Looks at the pictures.
            places: Where pictures may lie.
            look: The look.
            now: The current time, aware, in the person's zone.
        """
        super().__init__()
        self._photos: Final = photos
        self._places: Final = places
        self._watch: Final = PictureWatch(places)
        self._look: Final = look
        self._now: Final = now
        self._found: list[PictureFile] | None = None
        self._files: dict[Path, PictureFile] = {}
        self._marked: dict[Path, None] = {}
        self._taken: list[Shot] = []

    def title_words(self) -> "Content":
        """What to do."""
        return titled("Choose photos", "newest first")

    def body(self) -> "ComposeResult":
        """The line to type, the list with the picture beside it."""
        yield FileLine(placeholder="letters of a name, or a path")
        with Horizontal(classes="files"):
            yield RowList(self._look.marks)
            yield PhotoView(plain=self._look.symbols == "ascii")
        yield LiteralText(_LOOKING, classes="hint")

    def on_mount(self) -> None:
        """Begin to look, and go on: a camera may still be writing, a card may just be put in."""
        self._look_around()
        self.set_interval(_WATCH_SECONDS, self._look_around)

    def on_resize(self, event: "events.Resize") -> None:
        """Show the picture beside the list where there is room."""
        self.set_class(event.size.width >= _PREVIEW_COLUMNS, "-with-preview")
        self._preview()

    # Looking

    @property
    def _list(self) -> RowList:
        return self.query_one(RowList)

    @property
    def _file(self) -> PictureFile | None:
        row = self._list.chosen
        return next((file for path, file in self._files.items() if path == row.key), None) if row else None

    @property
    def _typed(self) -> str:
        return self.query_one(Input).value

    @work(group="look", exclusive=True)
    async def _look_around(self) -> None:
        """Show what there is; a picture that has just come is under the cursor, unless that was moved."""
        found = await asyncio.to_thread(self._watch.look)
        if found != self._found:
            at_newest = not self._marked and self._found is not None and self._list.at_top
            self._found = found
            await self._show_files()
            if at_newest:
                self._list.move(-len(found))

    @on(Input.Changed)
    def _narrow(self) -> None:
        self.refuse("")
        self._show_again()

    @work(group="show", exclusive=True)
    async def _show_again(self) -> None:
        await self._show_files()

    async def _show_files(self) -> None:
        typed = self._typed
        if is_path(typed):
            files = await asyncio.to_thread(completions, typed, self._places)
        else:
            files = [file for file in self._found or () if _has(file, typed)]
        self._files = {file.path: file for file in files}
        self._list.show([Row(file.path, file.name, self._facts(file)) for file in files], frozenset(self._marked))
        self._say_hint(files, typed)

    def _facts(self, file: PictureFile) -> str:
        if file.changed_at is None:
            return "folder"
        facts = (moment_words(file.changed_at, self._now), size_words(file.byte_count), file.place)
        return f" {self._look.marks.dot} ".join(facts)

    def _say_hint(self, files: list[PictureFile], typed: str) -> None:
        if self._marked:
            words = f"{len(self._marked)} marked. Enter takes them."
        elif files:
            words = "Space marks several, tab completes a path."
        elif self._found is None:
            words = _LOOKING
        else:
            words = _NO_MATCH if typed else _NOTHING
        self.query_one(".hint", LiteralText).show(words)

    @on(RowList.Moved)
    def _preview(self) -> None:
        file = self._file
        if not self.has_class("-with-preview") or file is None or file.is_folder:
            self.query_one(PhotoView).show(None)
        else:
            self.query_one(PhotoView).show(PhotoSource(str(file.path), partial(self._see, file.path), file.name))

    def _see(self, path: "Path", columns: int, rows: int) -> "Seen":
        """What would be kept of a file, which may be no picture at all; raises `CorrectInput` then."""
        return self._photos.see_shot(self._photos.look_at(path), columns, rows)

    # Moving and marking

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self._list.move(by)

    def action_page(self, by: int) -> None:
        """Move the cursor by what can be seen."""
        self._list.move(by * self._list.page)

    @on(RowList.Tapped)
    async def action_mark(self) -> None:
        """Mark the file under the cursor, or take its mark away; a folder is entered."""
        file = self._file
        if file is None:
            return
        if file.is_folder:
            self.action_complete()
            return
        if file.path in self._marked:
            del self._marked[file.path]
        else:
            self._marked[file.path] = None
        await self._show_files()

    def action_complete(self) -> None:
        """Write the path under the cursor into the line."""
        file = self._file
        if file is None or not is_path(self._typed):
            return
        line = self.query_one(Input)
        line.value = f"{file.path}/" if file.is_folder else str(file.path)
        line.cursor_position = len(line.value)

    # Taking

    @on(Input.Submitted)
    def action_take(self) -> None:
        """Take the marked files, or the one under the cursor; enter a folder."""
        file = self._file
        paths = list(self._marked)
        if not paths and file is not None and file.is_folder:
            self.action_complete()
            return
        if not paths and file is not None:
            paths = [file.path]
        if not paths and is_path(self._typed):
            paths = [typed_path(self._typed, self._places)]
        if not paths:
            self.refuse("Choose a photo first: put the cursor on it, or type its path.")
            return
        self._look_at(paths)

    @work(group="take", exclusive=True)
    async def _look_at(self, paths: "list[Path]") -> None:
        self.refuse("")
        for path in paths:
            try:
                self._taken.append(await asyncio.to_thread(self._photos.look_at, path))
            except CrewError as error:
                self.refuse(error.sentence)
                await self._show_files()
                return
            self._marked.pop(path, None)
        self.dismiss(tuple(self._taken))

    async def action_leave(self) -> None:
        """Close; what was taken before a refusal stays taken."""
        self.dismiss(tuple(self._taken) or None)


def _has(file: PictureFile, typed: str) -> bool:
    text = f"{file.name} {file.place}".casefold()
    return all(word in text for word in typed.casefold().split())
