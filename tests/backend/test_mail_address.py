"""One plain mail address, and nothing that reaches a second person or a header."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew.backend.notices.mail_address import read_mail_address
from crew.domain.errors import CorrectInput


@pytest.mark.parametrize("raw", ["ada@example.org", "a.b+311@mail.example.co.uk", "o'hara_1@xn--bcher-kva.example"])
def test_a_plain_address_is_taken_as_it_is(raw: str) -> None:
    assert read_mail_address(raw).addr_spec == raw


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@example",
        "ada@localhost",
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@example.org\n",
        "ada@example.org, eve@example.org",
        "ada@example.org;eve@example.org",
        "Ada <ada@example.org>",
        "<ada@example.org>",
        '"ada eve"@example.org',
        "ada@eve@example.org",
        "ada..eve@example.org",
        ".ada@example.org",
        "ada@-example.org",
        "ada@[127.0.0.1]",
        "ada@127.0.0.1",
        "ada@exämple.org",
        "ådå@example.org",
        "ada@example.org\x00",
        "a" * 65 + "@example.org",
        "a@" + "b." * 130 + "org",
    ],
)
def test_anything_else_is_refused(raw: str) -> None:
    with pytest.raises(CorrectInput, match="not one that can be written to"):
        read_mail_address(raw)


@given(st.text(max_size=40))
def test_no_text_passes_that_could_start_another_header(raw: str) -> None:
    try:
        address = read_mail_address(f"ada{raw}@example.org")
    except CorrectInput:
        return
    assert not set(address.addr_spec) & set("\r\n\0 ,;<>")
    assert address.addr_spec.count("@") == 1
