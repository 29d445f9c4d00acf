"""The backend's settings: config/backend.toml and the administrator's own file over it. Backend layer.

Reads; decides nothing. The passwords themselves never stand in a settings file.
"""

import os
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import platformdirs

from crew.backend.languages import known_languages, language_of
from crew.backend.notice_settings import NoticeSettings, check_notice_settings
from crew.backend.post_settings import PostSettings, check_posts
from crew.domain.errors import CorrectSettings
from crew.domain.this_machine import is_this_machine
from crew.settings import read_own, read_toml, shipped_path, to_shape

_SETTINGS_FILE: Final = "backend.toml"


class MailSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How messages to citizens leave: over a mail server, or into a folder."""

    from_address: str = "311@localhost"
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password_file: str = ""
    folder: str = ""


class SignInSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long people stay signed in on their devices."""

    days: int = 180


class PublicSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the public may do and see without an account."""

    report_form: bool = True
    list: bool = True
    feeds: bool = False
    feed_photos: bool = False
    words: bool = True
    photos: bool = True
    languages: tuple[str, ...] = ("en", "es", "pt", "ht")
    reports_an_hour: int = 30


class GeoreportSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How exactly Open311 tells everybody where something is."""

    precision: Literal["block", "exact"] = "block"


class PlaceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place in the city's work: role, crew and district by name."""

    role: str
    crew: str = ""
    district: str = ""


class IdentitySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The city's own identity provider, with which people may sign in instead of by a code."""

    issuer: str = ""
    client_id: str = ""
    client_secret_file: str = ""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    account_claim: str = "email"
    name_claim: str = "name"
    role_claim: str = ""
    roles: dict[str, PlaceSettings] = {}


class PrivacySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long it is known who reported."""

    contact_days: int = 90


class RecognitionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What reports are worth to those who send them, where a city wants that."""

    on: bool = True
    points_done: int = 10
    points_closed: int = 0
    most_a_day: int = 50
    repeat_metres: int = 40
    repeat_days: int = 30
    neighbourhood: Literal["district", "grid"] = "district"
    grid_metres: int = 800


class Badge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is earned with so many of something; `least` 0 takes it away."""

    words: str = ""
    of: Literal["reports", "weeks", "neighbourhood", "neighbourhoods"] = "reports"
    least: int = 0


class BackendSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an administrator can set; config/backend.toml says each key's meaning in one line."""

    city_name: str = "Crew City"
    time_zone: str = "America/New_York"
    public_url: str = ""
    database: str = ""
    api_keys: tuple[str, ...] = ()
    photo_limit_mb: int = 10
    page_size: int = 500
    mail: MailSettings = MailSettings()
    notices: NoticeSettings = NoticeSettings()
    sign_in: SignInSettings = SignInSettings()
    identity: IdentitySettings = IdentitySettings()
    privacy: PrivacySettings = PrivacySettings()
    recognition: RecognitionSettings = RecognitionSettings()
    badges: dict[str, Badge] = {}
    reactions: dict[str, str] = {}
    public: PublicSettings = PublicSettings()
    georeport: GeoreportSettings = GeoreportSettings()
    posts: tuple[PostSettings, ...] = ()
    thankful: tuple[str, ...] = ("thanks", "great")

    @property
    def photo_limit_bytes(self) -> int:
        """The largest photo that is taken in."""
        return self.photo_limit_mb * 1_000_000


def backend_settings_path() -> Path:
    """The administrator's own file: CREW_BACKEND_CONFIG, or backend.toml in the user's configuration folder."""
    named = os.environ.get("CREW_BACKEND_CONFIG")
    return Path(named) if named else platformdirs.user_config_path("crew") / _SETTINGS_FILE


def read_backend_settings() -> BackendSettings:
    """The shipped settings, with what the administrator's own file changes.

    Raises:
        CorrectSettings: A file is broken, or a key or value does not fit; the sentence names both.
    """
    shipped = read_toml(shipped_path(_SETTINGS_FILE))
    path = backend_settings_path()
    own = read_own(path, "CREW_BACKEND_CONFIG")
    if own is None:
        return _checked(shipped, _SETTINGS_FILE)
    to_shape(own, BackendSettings, str(path))
    tables = {name: {**table, **own.get(name, {})} for name, table in shipped.items() if isinstance(table, dict)}
    return _checked({**shipped, **own, **tables}, str(path))


def _checked(values: dict[str, Any], origin: str) -> BackendSettings:
    settings = to_shape(values, BackendSettings, origin)
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CorrectSettings(
            f'In {origin}: time_zone = "{settings.time_zone}" is unknown; write it like America/New_York.'
        ) from error
    for name in ("photo_limit_mb", "page_size"):
        if getattr(settings, name) < 1:
            raise CorrectSettings(f"In {origin}: {name} must be at least 1.")
    check_notice_settings(settings.notices, origin)
    if settings.sign_in.days < 1:
        raise CorrectSettings(f"In {origin}: days of [sign_in] must be at least 1.")
    _check_identity(settings.identity, origin)
    if settings.privacy.contact_days < 0:
        raise CorrectSettings(f"In {origin}: contact_days of [privacy] is 0 or more.")
    if settings.recognition.grid_metres < 1:
        raise CorrectSettings(f"In {origin}: grid_metres of [recognition] must be at least 1.")
    _check_public(settings.public, origin)
    if settings.public.feeds:
        need_public_url(settings.public_url, "feeds of [public]", origin)
    if settings.posts:
        check_posts(settings.posts, origin)
        need_public_url(settings.public_url, "[[posts]]", origin)
        if not settings.public.list:
            raise CorrectSettings(f"In {origin}: [[posts]] lead to the public pages, which list = false turns off.")
    return settings


def need_public_url(public_url: str, what: str, origin: str) -> None:
    """Refuse what is read elsewhere and links back, where the city has no address.

    Raises:
        CorrectSettings: There is no public_url that could be opened.
    """
    try:
        parts = urlsplit(public_url)
        opens = parts.scheme in {"https", "http"} and bool(parts.hostname)
    except ValueError:
        opens = False
    if not opens:
        raise CorrectSettings(
            f"In {origin}: {what} need public_url, such as https://311.example.gov: they are read elsewhere."
        )


def _check_public(public: PublicSettings, origin: str) -> None:
    known = known_languages()
    if not public.languages or (unknown := [code for code in public.languages if code not in known]):
        named = f'"{unknown[0]}" is none' if public.languages else "there must be one"
        raise CorrectSettings(f"In {origin}: languages of [public]: {named}; the pages know {', '.join(known)}.")
    for code in public.languages:
        language_of(code)
    if public.reports_an_hour < 1:
        raise CorrectSettings(f"In {origin}: reports_an_hour of [public] must be at least 1.")
    if public.feed_photos and not public.feeds:
        raise CorrectSettings(f"In {origin}: feed_photos of [public] needs feeds = true.")


def _check_identity(identity: IdentitySettings, origin: str) -> None:
    if not identity.issuer:
        return
    try:
        parts = urlsplit(identity.issuer)
        safe = parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(parts.hostname or ""))
    except ValueError:
        safe = False
    if not safe:
        raise CorrectSettings(f"In {origin}: issuer of [identity] must be an https address, as the provider names it.")
    if not identity.client_id or "openid" not in identity.scopes:
        raise CorrectSettings(f'In {origin}: [identity] needs a client_id, and "openid" among its scopes.')
    if identity.roles and not identity.role_claim:
        raise CorrectSettings(f"In {origin}: [identity.roles] needs role_claim, the claim whose values it names.")
