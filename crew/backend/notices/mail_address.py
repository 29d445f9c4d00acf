"""Decides what is one plain mail address. Backend layer, pure; refuses what could reach a second person or a header."""

import re
from email.errors import MessageError
from email.headerregistry import Address
from typing import Final

from crew.domain.errors import CorrectInput

_LIMIT: Final = 254  # RFC 5321 section 4.5.3.1.3, less its two brackets
_PLAIN: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)


def read_mail_address(raw: str) -> Address:
    """Read one address such as name@example.org.

    Names with quotes, comments, lists and letters outside ASCII are refused: mail servers differ about them.

    Raises:
        CorrectInput: It is not one plain address.
    """
    if len(raw) <= _LIMIT and _PLAIN.fullmatch(raw):
        try:
            return Address(addr_spec=raw)
        except (ValueError, MessageError) as error:
            raise _not_an_address() from error
    raise _not_an_address()


def _not_an_address() -> CorrectInput:
    return CorrectInput("The mail address is not one that can be written to: give one like name@example.org, or none.")
