"""A photo in the terminal: half blocks, finer graphics, and sentences where there is nothing to show."""

import threading
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from rich.cells import cell_len
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.strip import Strip as TextualStrip

from crew.domain.work_order import Photo, PhotoHash, PhotoRole
from crew.look import UNICODE
from crew.photos.cells import cell_picture
from crew.photos.prepared import Seen
from crew.pictures import Graphics
from crew.widgets.half_blocks import picture_lines
from crew.widgets.photo_strip import PhotoStrip
from crew.widgets.photo_view import NOT_FETCHED, NOT_SHOWN, PhotoSource, PhotoView
from crew.widgets.photo_words import caption, picture_words, size_words
from tests.terminal.frames import screen_text, segments
from tests.terminal.truck import BOSTON, NOW
from tests.terminal.waiting import settled, until

pytestmark = pytest.mark.anyio

KITTY_CELL = "\U0010eeee"
"""The character that stands for one cell of a picture."""


def a_jpeg(*colours: str, size: tuple[int, int] = (80, 60)) -> bytes:
    """Stripes of colours, from left to right."""
    picture = Image.new("RGB", size)
    width = size[0] // len(colours)
    for place, colour in enumerate(colours):
        picture.paste(colour, (place * width, 0, (place + 1) * width, size[1]))
    written = BytesIO()
    picture.save(written, "JPEG", quality=95)
    return written.getvalue()


def seeing(read: Callable[[], bytes | None], *, whole: bool = True) -> Callable[[int, int], Seen | None]:
    """Sees a photo through its bytes."""

    def see(columns: int, rows: int) -> Seen | None:
        content = read()
        return None if content is None else Seen(cell_picture(content, columns, rows), whole)

    return see


class OnePhoto(App[None]):
    """A terminal with nothing but a photo."""

    def __init__(self, graphics: Graphics = Graphics.HALF, *, plain: bool = False) -> None:
        super().__init__()
        self.graphics = graphics
        self.view = PhotoView(plain=plain)
        self.not_fetched: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.view

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {"muted": "#888888"}

    def on_photo_view_not_fetched(self, message: PhotoView.NotFetched) -> None:
        self.not_fetched.append(message.key)


async def shown(app: OnePhoto, read: Callable[[], bytes | None], size: tuple[int, int] = (40, 12)) -> str:
    async with app.run_test(size=size) as pilot:
        app.view.show(PhotoSource("one", seeing(read), "Photo, 80 by 60"))
        await settled(pilot)
        return screen_text(app)


async def test_a_photo_is_drawn_in_half_blocks_with_its_own_colours() -> None:
    app = OnePhoto()
    async with app.run_test(size=(40, 12)) as pilot:
        app.view.show(PhotoSource("one", seeing(lambda: a_jpeg("red", "blue"))))
        await until(pilot, lambda: app.view.drawn, "the photo is drawn")
        blocks = [part for line in segments(app) for part in line if "▀" in part.text]
        colours = [part.style.color.triplet for part in blocks if part.style and part.style.color]
        reddest = max(colours, key=lambda colour: colour.red - colour.blue if colour else 0)
        bluest = max(colours, key=lambda colour: colour.blue - colour.red if colour else 0)
        assert reddest is not None
        assert bluest is not None
        assert reddest.red > 200
        assert bluest.blue > 200
        assert max(len(line) for line in screen_text(app).split("\n")) <= 40


async def test_a_photo_keeps_its_shape_and_follows_the_window() -> None:
    app = OnePhoto()
    async with app.run_test(size=(40, 12)) as pilot:
        app.view.show(PhotoSource("one", seeing(lambda: a_jpeg("green", size=(800, 400)))))
        await settled(pilot)
        small = screen_text(app).count("▀")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: screen_text(app).count("▀") > small, "the photo has grown")
        await settled(pilot)
        rows = [line for line in screen_text(app).split("\n") if "▀" in line]
        assert (len(rows[0].strip()), len(rows)) == (80, 20)


async def test_a_thumbnail_stands_in_until_the_photo_is_here_and_the_photo_is_asked_for() -> None:
    app, here = OnePhoto(), False

    def see(columns: int, rows: int) -> Seen:
        return Seen(cell_picture(a_jpeg("red" if here else "blue"), columns, rows), whole=here)

    def is_drawn_in(red: int, blue: int) -> bool:
        blocks = [part for line in segments(app) for part in line if "▀" in part.text]
        colours = {part.style.color.triplet for part in blocks if part.style and part.style.color}
        return bool(colours) and all(one is not None and one.red >= red and one.blue >= blue for one in colours)

    async with app.run_test(size=(40, 12)) as pilot:
        source = PhotoSource("one", see)
        app.view.show(source)
        await until(pilot, lambda: is_drawn_in(0, 200), "the thumbnail is drawn")
        assert app.not_fetched == ["one"]
        here = True
        app.view.show(source)
        assert app.view.drawn, "the thumbnail stays until then"
        await until(pilot, lambda: is_drawn_in(200, 0), "the photo is drawn")
        assert app.not_fetched == ["one"]


async def test_broken_bytes_become_a_sentence() -> None:
    for broken in (b"", b"no picture", a_jpeg("red")[:100]):
        assert NOT_SHOWN in await shown(OnePhoto(), lambda broken=broken: broken)  # type: ignore[misc]  # bound now


async def test_a_photo_that_is_not_on_the_device_is_said_and_asked_for() -> None:
    app = OnePhoto()
    assert NOT_FETCHED in await shown(app, lambda: None)
    assert app.not_fetched
    assert set(app.not_fetched) == {"one"}


async def test_with_pictures_off_words_stand_in_their_place_and_nothing_is_read() -> None:
    def read() -> bytes:
        raise AssertionError("nothing is to be read")

    assert "Photo, 80 by 60" in await shown(OnePhoto(Graphics.OFF), read)


async def test_a_sentence_is_whole_in_a_narrow_window() -> None:
    app = OnePhoto(Graphics.OFF)
    words = picture_words(photos(PhotoRole.AFTER)[0], NOW.astimezone(BOSTON))
    async with app.run_test(size=(20, 6)) as pilot:
        app.view.show(PhotoSource("one", seeing(lambda: None), words))
        await settled(pilot)
        assert " ".join(screen_text(app).split()) == words


@pytest.mark.parametrize("width", [1, 2, 9])
async def test_words_in_wide_letters_stay_inside_the_window(width: int) -> None:
    app = OnePhoto(Graphics.OFF)
    async with app.run_test(size=(width, 6)) as pilot:
        app.view.show(PhotoSource("one", seeing(lambda: None), "写真の説明.jpg"))
        await settled(pilot)
        assert max(cell_len(line) for line in screen_text(app).split("\n")) <= width


async def test_without_colours_a_photo_is_drawn_in_shades(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    text = await shown(OnePhoto(), lambda: a_jpeg("black", "white"))
    assert "█" in text
    assert "▀" not in text


async def test_a_poor_font_gets_no_block_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await shown(OnePhoto(plain=True), lambda: a_jpeg("red"))).isascii()
    monkeypatch.setenv("NO_COLOR", "1")
    text = await shown(OnePhoto(plain=True), lambda: a_jpeg("black", "white"))
    assert text.isascii()
    assert "@" in text


def test_the_same_photo_gives_the_same_lines() -> None:
    content = a_jpeg("red", "white", "navy")
    first, second = (picture_lines(cell_picture(content, 20, 10), "blocks") for _ in range(2))
    assert first == second
    assert {sum(len(part.text) for part in line) for line in first} == {20}


# Finer graphics


def plain(line: tuple[Segment, ...]) -> int:
    return sum(part.cell_length for part in line)


async def test_finer_lines_replace_half_blocks_and_give_way_under_another_screen() -> None:
    app = OnePhoto(Graphics.KITTY)
    async with app.run_test(size=(40, 12)) as pilot:
        app.view.show(PhotoSource("one", seeing(lambda: a_jpeg("red", "blue"))))
        await settled(pilot)
        assert KITTY_CELL in screen_text(app)
        assert "▀" not in screen_text(app)
        app.push_screen(ModalScreen())
        await settled(pilot)
        assert "▀" in screen_text(app)
        assert KITTY_CELL not in screen_text(app)


class Measured(PhotoView):
    """Remembers how wide each drawn line was, and how wide it had room."""

    def __init__(self) -> None:
        super().__init__()
        self.widths: list[tuple[int, int]] = []

    def render_lines(self, crop: Region) -> list[TextualStrip]:
        strips = super().render_lines(crop)
        self.widths += [(plain(tuple(strip)), crop.width) for strip in strips]
        return strips


@pytest.mark.parametrize("graphics", [Graphics.HALF, Graphics.KITTY])
async def test_a_picture_never_reaches_out_of_a_view_that_has_become_smaller(graphics: Graphics) -> None:
    app = OnePhoto(graphics)
    app.view = view = Measured()
    ready = threading.Event()
    ready.set()

    def read() -> bytes:
        assert ready.wait(20)
        return a_jpeg("red", "blue", size=(800, 100))

    async with app.run_test(size=(40, 12)) as pilot:
        view.show(PhotoSource("one", seeing(read)))
        await settled(pilot)
        ready.clear()  # the picture for the new size is still on its way
        view.styles.width = 30
        await until(pilot, lambda: view.widths[-1][1] == 30, "the smaller view is drawn")
        ready.set()
        assert {width for width, room in view.widths if room == 30} == {30}


async def test_the_pixels_of_a_kitty_picture_leave_once() -> None:
    app = OnePhoto(Graphics.KITTY)
    async with app.run_test(size=(40, 12)) as pilot:
        app.view.show(PhotoSource("one", seeing(lambda: a_jpeg("red", "blue"))))
        await settled(pilot)
        whole = app.view.size.region
        later = "".join(part.text for strip in app.view.render_lines(whole) for part in strip)
        assert KITTY_CELL in later
        assert "\x1b_G" not in later


# Before and after


class Strip(App[None]):
    """A terminal with the photos of one order."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes = {"b": a_jpeg("red"), "a": a_jpeg("green")}
        self.strip = PhotoStrip(self.see, UNICODE)

    def see(self, sha256: PhotoHash, columns: int, rows: int) -> Seen:
        return Seen(cell_picture(self.bytes[sha256[0]], columns, rows), whole=True)

    def compose(self) -> ComposeResult:
        yield self.strip

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {"muted": "#888888"}


def photos(*roles: PhotoRole) -> list[Photo]:
    taken_at = NOW.replace(hour=12, minute=12)
    return [
        Photo(PhotoHash(f"{role.value[0]}{place:063}"), role, 240_000, 80, 60, taken_at)
        for place, role in enumerate(roles)
    ]


async def test_before_stands_beside_after_where_there_is_room() -> None:
    app = Strip()
    async with app.run_test(size=(80, 20)) as pilot:
        app.strip.show(photos(PhotoRole.BEFORE, PhotoRole.AFTER, PhotoRole.AFTER), NOW.astimezone(BOSTON))
        await settled(pilot)
        text = screen_text(app)
        assert "before · 08:12" in text
        assert "after · 08:12 · 1 of 2" in text
        app.strip.move(1)
        await settled(pilot)
        assert "after · 08:12 · 2 of 2" in screen_text(app)


async def test_in_a_narrow_window_photos_come_one_after_the_other() -> None:
    app = Strip()
    async with app.run_test(size=(50, 20)) as pilot:
        app.strip.show(photos(PhotoRole.BEFORE, PhotoRole.AFTER), NOW.astimezone(BOSTON))
        await settled(pilot)
        assert "after" not in screen_text(app)
        app.strip.move(1)
        await settled(pilot)
        assert "after" in screen_text(app)


def test_a_caption_says_side_time_and_place_in_the_row() -> None:
    photo = photos(PhotoRole.BEFORE)[0]
    long_after = NOW.replace(year=2027).astimezone(BOSTON)
    assert caption(photo, 0, 2, long_after, "·") == "before · 4 May 2026 08:12 · 1 of 2"


@pytest.mark.parametrize(
    ("role", "side"), [(PhotoRole.BEFORE, "from before the work"), (PhotoRole.AFTER, "of the finished work")]
)
def test_the_sentence_for_a_photo_says_of_what_how_large_and_when(role: PhotoRole, side: str) -> None:
    words = picture_words(photos(role)[0], NOW.astimezone(BOSTON))
    assert words == f"Photo {side}, 80 by 60, 240 KB, taken 08:12."


@pytest.mark.parametrize(("count", "words"), [(0, "0 B"), (999, "999 B"), (240_000, "240 KB"), (3_100_000, "3.1 MB")])
def test_sizes_are_told_roundly(count: int, words: str) -> None:
    assert size_words(count) == words
