"""Pictures as codes of sixel and kitty: each line alone, in its own cells, and nothing to the terminal itself."""

import re
from base64 import b64decode
from io import BytesIO

import pytest
from PIL import Image
from rich.segment import Segment

from crew.photos.cells import cell_picture
from crew.picture_codes import CodedPicture, Overlay, coded_picture
from crew.pictures import Graphics
from tests.terminal.test_photo_view import a_jpeg, plain


def coded(content: bytes, graphics: Graphics, cell: tuple[int, int], room: tuple[int, int] = (30, 10)) -> CodedPicture:
    """A picture as large as it fits into so many cells of so many pixels."""
    columns, rows = room
    return coded_picture(cell_picture(content, columns * cell[0], rows * cell[1] // 2), graphics, columns, rows, cell)


def test_sixel_lines_are_as_wide_as_the_picture_and_can_each_be_drawn_alone() -> None:
    picture = coded(a_jpeg("red", "blue"), Graphics.SIXEL, (10, 20))
    assert (picture.columns, len(picture.lines), picture.before) == (27, 10, "")
    for line in picture.lines:
        codes = "".join(part.text for part in line if part.control)
        assert "\x1bP" in codes
        assert f'"1;1;{picture.columns * 10};20' in codes
        assert plain(line) == picture.columns


def test_a_sixel_line_has_its_colours_first_and_never_reaches_into_the_line_below() -> None:
    picture = coded(a_jpeg("red", "blue"), Graphics.SIXEL, (8, 17))
    for line in picture.lines:
        pixels = line[-1].text.partition('"')[2].partition("\x1b")[0]
        first_pixel = re.search(r"[?-~]", pixels)
        assert first_pixel is not None
        assert ";2;" not in pixels[first_pixel.start() :]
        last_band = re.sub(r"#\d+|!\d+|[$-]", "", pixels.rpartition("-")[2])
        assert all(ord(six) - ord("?") < 2**5 for six in last_band)


def test_kitty_pictures_are_sent_once_and_then_stand_as_characters() -> None:
    picture = coded(a_jpeg("red", "blue"), Graphics.KITTY, (10, 20))
    assert picture.before.startswith("\x1b_G")
    assert picture.before.endswith("\x1b\\")
    assert all(plain(line) == picture.columns for line in picture.lines)
    assert not any("\x1b" in part.text for line in picture.lines for part in line)


def test_a_kitty_picture_has_the_shape_of_its_cells() -> None:
    picture = coded(a_jpeg("red", size=(800, 600)), Graphics.KITTY, (6, 13), (60, 20))
    pieces = re.findall(r"\x1b_Gi=\d+,f=100[^;]*;([^\x1b]*)", picture.before)
    with Image.open(BytesIO(b64decode("".join(pieces)))) as sent:
        assert sent.size == (picture.columns * 6, len(picture.lines) * 13)


def test_a_kitty_picture_is_not_wider_than_there_are_marks_for_its_columns() -> None:
    picture = coded(a_jpeg("red", size=(4000, 40)), Graphics.KITTY, (10, 20), (400, 20))
    assert picture.columns < 300
    assert {plain(line) for line in picture.lines} == {picture.columns}


def test_the_encoders_never_write_to_the_terminal_themselves(capfd: pytest.CaptureFixture[str]) -> None:
    for graphics in (Graphics.SIXEL, Graphics.KITTY):
        coded(a_jpeg("red"), graphics, (10, 20))
    assert capfd.readouterr().out == ""


def test_a_decoded_picture_is_never_larger_than_its_room() -> None:
    for size in ((4000, 100), (100, 4000), (1, 1)):
        picture = coded(a_jpeg("red", size=size), Graphics.KITTY, (7, 15))
        assert picture.columns <= 30
        assert len(picture.lines) <= 10


@pytest.mark.parametrize("graphics", [Graphics.SIXEL, Graphics.KITTY])
def test_words_on_a_picture_stay_text_in_their_cells(graphics: Graphics) -> None:
    pixels = cell_picture(a_jpeg("red", "blue"), 300, 100)
    words = {0: [(0, Segment("ab"))], 2: [(4, Segment("c")), (25, Segment("de"))]}
    picture = coded_picture(pixels, graphics, 30, 10, (10, 20), Overlay(words))
    assert all(plain(line) == picture.columns for line in picture.lines)
    blank = re.compile(r" |\U0010eeee..")
    text = [blank.sub(".", "".join(part.text for part in line if not part.control)) for line in picture.lines]
    assert text[0] == "ab" + "." * (picture.columns - 2)
    assert text[2][:6] == "....c."
    assert text[2][25:27] == "de"
    assert set(text[1]) == {"."}


def test_dots_are_seen_on_any_ground() -> None:
    for colour in ("black", "white"):
        pixels = cell_picture(a_jpeg(colour, size=(300, 200)), 300, 100)
        picture = coded_picture(pixels, Graphics.KITTY, 30, 10, (10, 20), Overlay(dots=[(10.25, 5.125)]))
        pieces = re.findall(r"\x1b_Gi=\d+,f=100[^;]*;([^\x1b]*)", picture.before)
        with Image.open(BytesIO(b64decode("".join(pieces)))) as sent:
            around = sent.convert("L").crop((96, 96, 110, 110)).getextrema()
        assert around == (0, 255)
