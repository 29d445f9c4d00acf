"""Links and codes of a place: exact for places, and nothing of an address gets out of them."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.domain.map_link import geo_link, geo_search_link, percent_encoded
from crew.domain.plain_text import clean_line
from crew.domain.plus_code import plus_code
from tests.hostile import HOSTILE

WORDS = st.text() | st.sampled_from(HOSTILE)

PUBLISHED = """
20.3700625      2.7821875       7FG49QCJ+2V
47.0000625      8.0000625       8FVC2222+22
-41.2730625     174.7859375     4VCPPQGP+Q9
-89.9999375     -179.9999375    22222222+22
90              1               CFX3X2X2+X2
20.3701135      362.78223535156 7FG49QCJ+2V
47.0000625      -711.9999375    8FVC2222+22
-41.2730625     -905.2140625    4VCPPQGP+Q9
1.2             3.4             6FH56C22+22
35.6            3.033           8F75J22M+26
-37.014         -159.936        43J2X3P7+CJ
10.734          -168.294        722HPPM4+JC
-25.798         -59.812         5862652Q+R6
59.32           -157.21         93F48QCR+22
80.0100000001   58.57           CHGW2H6C+22
80.0099999999   58.57           CHGW2H5C+X2
-80.0099999999  58.57           2HFWXHRC+22
-80.0100000001  58.57           2HFWXHQC+X2
-18.32          96.397          5MHRM9JW+2R
58.66           149.17          9RCFM56C+22
"""
"""From the test data that the Open Location Code project publishes (test_data/encoding.csv), cut to ten digits."""


@pytest.mark.parametrize("line", PUBLISHED.strip().splitlines())
def test_plus_codes_are_those_that_are_published(line: str) -> None:
    lat, long, code = line.split()
    assert plus_code(float(lat), float(long)) == code


@given(lat=st.floats(-90, 90), long=st.floats(-180, 180))
def test_a_plus_code_is_the_square_in_which_the_place_lies(lat: float, long: float) -> None:
    digits = plus_code(lat, long).replace("+", "")
    south, west = (
        sum("23456789CFGHJMPQRVWX".index(digit) * 20.0 ** (1 - place) for place, digit in enumerate(digits[axis::2]))
        for axis in (0, 1)
    )
    finest = 1 / 8000 + 1e-9
    assert -1e-9 <= min(lat, 90 - 1e-9) - (south - 90) <= finest
    assert -1e-9 <= (long + 360 if long < west - 180 - 1 else long) - (west - 180) <= finest or long == 180


def test_a_place_is_told_to_ten_centimetres() -> None:
    assert geo_link(42.3151, -71.1139) == "geo:42.315100,-71.113900"
    assert geo_link(-0.0000004, 1e-9) == "geo:-0.000000,0.000000"


@given(address=WORDS)
def test_nothing_of_an_address_gets_out_of_its_link(address: str) -> None:
    link = geo_search_link(address)
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == ("geo", "", "0,0", "")
    assert parse_qs(parts.query, keep_blank_values=True, strict_parsing=True, separator="&") == {
        "q": [clean_line(address)]
    }


@given(address=WORDS)
def test_percent_encoded_words_mean_nothing_to_anybody(address: str) -> None:
    words = percent_encoded(address)
    assert words.isascii()
    assert all(sign.isalnum() or sign in "%._" for sign in words)
