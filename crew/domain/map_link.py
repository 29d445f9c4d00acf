"""Links that a map program or a phone opens: `geo:` after RFC 5870. Domain layer; pure.

Words from outside are percent-encoded to the last sign: nothing of an address can end the link or begin another part.
"""

from urllib.parse import quote

from crew.domain.plain_text import clean_line


def geo_link(lat: float, long: float) -> str:
    """A place to 10 cm, such as `geo:42.315100,-71.113900`."""
    return f"geo:{lat:.6f},{long:.6f}"


def geo_search_link(address: str) -> str:
    """An address to look for, where there is no place."""
    return f"geo:0,0?q={percent_encoded(address)}"


def percent_encoded(words: str) -> str:
    """Words as letters, digits, full stops, underlines and escapes; no hyphen, so that it begins no option."""
    return quote(clean_line(words), safe="").replace("-", "%2D").replace("~", "%7E")
