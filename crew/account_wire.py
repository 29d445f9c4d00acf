"""What device and backend say to each other while somebody signs in with the city's account: shapes. Pure.

The device speaks to the backend alone; the backend speaks to the city's identity provider (RFC 8628).
"""

import msgspec

from crew.wire import SignedIn


class SignInWays(msgspec.Struct, frozen=True):
    """How people can sign in, besides with a one-time code."""

    account: str = ""
    """Who keeps the city's accounts, such as `login.example.gov`; empty where there are none."""


class BeginSignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A device wants somebody to sign in with an account."""

    device_id: str
    device_name: str = ""


class AccountCode(msgspec.Struct, frozen=True):
    """What the person opens and types on a phone or a computer."""

    sign_in: str
    """The secret by which the device asks how it went."""
    code: str
    address: str
    address_with_code: str = ""
    """The same address with the code in it; empty where the provider has none."""
    interval_seconds: float = 5.0
    """How long to wait between two questions."""
    expires_seconds: float = 600.0


class AskSignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Has the person signed in by now?"""

    sign_in: str
    device_id: str


class SignInStanding(msgspec.Struct, frozen=True):
    """How it went so far; `signed_in` is None as long as the person has not finished."""

    interval_seconds: float
    signed_in: SignedIn | None = None
