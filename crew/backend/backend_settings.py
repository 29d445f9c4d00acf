"""The backend's settings: config/backend.toml and the administrator's own file over it. Backend layer.

Reads; decides nothing. The passwords themselves never stand in a settings file.
"""

import os
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import platformdirs

from crew.backend.public.languages import known_languages
from crew.domain.errors import CorrectSettings
from crew.settings import read_toml, shipped_path, to_shape

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
    words: bool = True
    photos: bool = True
    languages: tuple[str, ...] = ("en", "es", "pt", "ht")
    reports_an_hour: int = 30


class BackendSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an administrator can set; config/backend.toml says each key's meaning in one line."""

    city_name: str = "Crew City"
    time_zone: str = "America/New_York"
    public_url: str = ""
    api_keys: tuple[str, ...] = ()
    photo_limit_mb: int = 10
    page_size: int = 500
    mail: MailSettings = MailSettings()
    sign_in: SignInSettings = SignInSettings()
    reactions: dict[str, str] = {}
    public: PublicSettings = PublicSettings()

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
    if not path.exists():
        if "CREW_BACKEND_CONFIG" in os.environ:
            raise CorrectSettings(f"CREW_BACKEND_CONFIG names {path}, which does not exist. Correct it or unset it.")
        return _checked(shipped, _SETTINGS_FILE)
    own = read_toml(path)
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
    if settings.sign_in.days < 1:
        raise CorrectSettings(f"In {origin}: days of [sign_in] must be at least 1.")
    _check_public(settings.public, origin)
    return settings


def _check_public(public: PublicSettings, origin: str) -> None:
    known = known_languages()
    if not public.languages or (unknown := [code for code in public.languages if code not in known]):
        named = f'"{unknown[0]}" is none' if public.languages else "there must be one"
        raise CorrectSettings(f"In {origin}: languages of [public]: {named}; the pages know {', '.join(known)}.")
    if public.reports_an_hour < 1:
        raise CorrectSettings(f"In {origin}: reports_an_hour of [public] must be at least 1.")
