"""The day as a PDF: numbered stops in the order of driving, each with a box to tick. CLI layer.

Names must print in every script, so a font of the system is put in; without one the letters that the PDF's own font
lacks become question marks, and the caller is told which.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from crew.domain.errors import CallForHelp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from fpdf import FPDF

    from crew.cli.day_lines import StopLines

_FONTS: Final = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "C:/Windows/Fonts/arial.ttf",
)
"""Where systems keep a font with many scripts; of the first that is there, the letters that are used are put in."""

_MARGIN_MM: Final = 15.0
_LINE_MM: Final = 5.0
_BOX_MM: Final = 4.5
_INDENT_MM: Final = 16.0
_GAP_MM: Final = 3.0
_STYLES: Final = ("", "B")


def day_pdf(
    stops: "Sequence[StopLines]", who: str, now: "datetime", paper: str, fonts: "Sequence[str]" = _FONTS
) -> tuple[bytes, str]:
    """The day as a PDF, and the letters that no font here has.

    Args:
        stops: As they are listed.
        who: Whose day it is.
        now: The current time, in the zone of the reader.
        paper: "a4" or "letter".
        fonts: Font files to look for.

    Raises:
        CallForHelp: What makes PDFs is not installed.
    """
    try:
        from fpdf import FPDF
    except ImportError as error:
        raise CallForHelp(
            'What makes PDFs is not installed here: pip install "crew[print]". As text: crew day | lpr.'
        ) from error
    pdf = FPDF(format=paper)
    page = _Page(pdf, next((font for font in fonts if Path(font).exists()), ""))
    pdf.set_title(f"{who}, {now:%A} {now.day} {now:%B %Y}")
    pdf.set_creation_date(now)
    pdf.set_margins(_MARGIN_MM, _MARGIN_MM)
    pdf.set_auto_page_break(auto=False)
    title = f"{who}, {now:%A} {now.day} {now:%B %Y}"
    counts = f"{len(stops)} stop{'' if len(stops) == 1 else 's'}, printed {now:%H:%M}"
    page.begin(title, counts)
    for number, stop in enumerate(stops, start=1):
        page.put(number, stop, title, counts)
    return bytes(pdf.output()), "".join(sorted(page.lacking))


class _Page:
    """Where the next stop goes; one that does not fit begins a new page."""

    def __init__(self, pdf: "FPDF", font: str) -> None:
        self._pdf: Final = pdf
        self._family: Final = "day" if font else "helvetica"
        self.lacking: set[str] = set()
        if font:
            bold = font.replace("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
            for style, file in zip(_STYLES, (font, bold if Path(bold).exists() else font), strict=True):
                pdf.add_font("day", style, file)

    def begin(self, title: str, counts: str) -> None:
        """A new page with its heading."""
        pdf = self._pdf
        pdf.add_page()
        self._font(13, bold=True)
        pdf.cell(pdf.epw - 40, 7, self._printable(title))
        self._font(9)
        pdf.cell(40, 7, f"page {pdf.page_no()}", align="R", new_x="LMARGIN", new_y="NEXT")
        pdf.cell(0, 5, self._printable(counts), new_x="LMARGIN", new_y="NEXT")
        pdf.ln(_GAP_MM)

    def put(self, number: int, lines: "StopLines", title: str, counts: str) -> None:
        """A stop: its box, its number, what, where, until when, the citizen's words."""
        pdf = self._pdf
        parts = [(11.0, True, lines.service), (10.0, False, lines.where), (9.0, False, lines.facts)]
        if lines.words:
            parts.append((9.0, False, lines.words))
        if pdf.y + sum(self._height(*part) for part in parts) + _GAP_MM > pdf.h - _MARGIN_MM:
            self.begin(title, counts)
        self._font(11, bold=True)
        top = pdf.y
        pdf.rect(pdf.l_margin, top + 0.3, _BOX_MM, _BOX_MM)
        pdf.set_xy(pdf.l_margin + _BOX_MM, top)
        pdf.cell(_INDENT_MM - _BOX_MM - 2, _LINE_MM, str(number), align="R")
        for size, bold, text in parts:
            self._font(size, bold=bold)
            pdf.set_x(pdf.l_margin + _INDENT_MM)
            pdf.multi_cell(
                pdf.epw - _INDENT_MM, _LINE_MM, self._printable(text), align="L", new_x="LMARGIN", new_y="NEXT"
            )
        pdf.ln(_GAP_MM)

    def _height(self, size: float, bold: bool, text: str) -> float:
        self._font(size, bold=bold)
        width = self._pdf.epw - _INDENT_MM
        height = self._pdf.multi_cell(width, _LINE_MM, self._printable(text), align="L", dry_run=True, output="HEIGHT")
        return float(str(height))

    def _font(self, size: float, *, bold: bool = False) -> None:
        self._pdf.set_font(self._family, "B" if bold else "", size)

    def _printable(self, text: str) -> str:
        """The text with question marks for what the font lacks, which is remembered."""
        cmap = getattr(self._pdf.current_font, "cmap", None)
        missing = {
            letter
            for letter in text
            if not letter.isspace() and (ord(letter) not in cmap if cmap else letter.encode("latin-1", "ignore") == b"")
        }
        self.lacking |= missing
        return "".join("?" if letter in missing else letter for letter in text)
