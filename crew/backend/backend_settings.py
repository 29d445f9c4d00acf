"""The backend's settings: config/backend.toml and the administrator's own file over it. Backend layer.

Reads; decides nothing. The passwords themselves never stand in a settings file.
"""

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from crew.domain.errors import CorrectSettings
from crew.settings import read_toml, shipped_path, to_shape


class MailSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How messages to citizens leave: over a mail server, or into a folder."""

    from_address: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password_file: str = ""
    folder: str = ""


class BackendSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an administrator can set; config/backend.toml says each key's meaning in one line."""

    city_name: str = "Crew City"
    time_zone: str = "America/New_York"
    public_url: str = ""
    api_keys: tuple[str, ...] = ()
    photo_limit_mb: int = 10
    page_size: int = 500
    mail: MailSettings = MailSettings()

    @property
    def photo_limit_bytes(self) -> int:
        """The largest photo that is taken in."""
        return self.photo_limit_mb * 1_000_000


def load_backend_settings(own_path: Path | None = None) -> BackendSettings:
    """Read the shipped settings, and lay the administrator's own file over them where there is one.

    Raises:
        CorrectSettings: A file cannot be read, or a key or value does not fit; the sentence names it.
    """
    shipped = shipped_path("backend.toml")
    values = read_toml(shipped)
    origin = str(shipped)
    if own_path is not None and own_path.exists():
        own = read_toml(own_path)
        to_shape(own, BackendSettings, str(own_path))
        origin = str(own_path)
        values = {**values, **own, "mail": {**values["mail"], **own.get("mail", {})}}
    settings = to_shape(values, BackendSettings, origin)
    _check(settings, origin)
    return settings


def _check(settings: BackendSettings, origin: str) -> None:
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CorrectSettings(
            f'In {origin}: time_zone = "{settings.time_zone}" is unknown; write it like America/New_York.'
        ) from error
    for name in ("photo_limit_mb", "page_size"):
        if getattr(settings, name) < 1:
            raise CorrectSettings(f"In {origin}: {name} must be at least 1.")
