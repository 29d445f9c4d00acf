"""What a city sets about notices: what is told, when, and by which ways beside mail. Backend layer; reads no file.

Secrets never stand here, only the names of the files that hold them.
"""

import re
from datetime import time
from typing import Final

import msgspec

from crew.backend.notice_kinds import Kind
from crew.domain.errors import CorrectSettings

_HOURS: Final = re.compile(r"(\d{2}:\d{2})-(\d{2}:\d{2})")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class WebhookSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A program of the city's that hears of events by a signed POST.

    Attributes:
        name: What it is called in lists.
        url: Where it listens; https, or http where `allow_private`.
        secret_file: Its secret, a line each while one replaces another; readable by the backend alone.
        kinds: What it hears of; empty: everything.
        services: Codes of the services that it hears of; empty: all.
        allow_private: Its address may be one of the city's own network.
    """

    name: str
    url: str
    secret_file: str
    kinds: tuple[Kind, ...] = ()
    services: tuple[str, ...] = ()
    allow_private: bool = False


class AppriseSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A channel of the city's that Apprise knows: a chat room, a gateway, an account.

    Attributes:
        name: What it is called in lists.
        url_file: One Apprise URL, which holds secrets; readable by the backend alone.
        kinds: What is told there; empty: everything.
        services: Codes of the services that it hears of; empty: all.
        quiet: Whether it keeps the quiet hours.
    """

    name: str
    url_file: str
    kinds: tuple[Kind, ...] = ()
    services: tuple[str, ...] = ()
    quiet: bool = True


class NoticeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is told and when; config/backend.toml says each key's meaning in one line."""

    kinds: tuple[Kind, ...] = ("received", "done", "cant_do", "moved", "reopened")
    oldest_days: int = 7
    quiet_hours: str = ""
    urgent_kinds: tuple[Kind, ...] = ()
    digest_over: int = 5
    digest_minutes: int = 60
    daily_at: str = "17:00"
    elsewhere: str = ""
    alarm_hours: int = 2
    alarm_address: str = ""
    alarm_channel: str = ""
    webhook: tuple[WebhookSettings, ...] = ()
    apprise: tuple[AppriseSettings, ...] = ()

    @property
    def quiet(self) -> tuple[time, time] | None:
        """From when until when nobody is written to, in the city's time; None where there is no such time."""
        if not self.quiet_hours:
            return None
        found = _HOURS.fullmatch(self.quiet_hours)
        if found is None:
            raise ValueError(self.quiet_hours)
        begin, end = (time.fromisoformat(word) for word in found.groups())
        return begin, end

    @property
    def daily(self) -> time:
        """When those hear who want one mail a day."""
        return time.fromisoformat(self.daily_at)


def check_notice_settings(settings: NoticeSettings, origin: str) -> None:
    """Refuse what cannot be meant.

    Raises:
        CorrectSettings: A value of [notices] does not fit; the sentence names it.
    """
    for name, read in (("quiet_hours", "quiet"), ("daily_at", "daily")):
        try:
            getattr(settings, read)
        except ValueError as error:
            example = "21:00-07:00" if read == "quiet" else "17:00"
            raise CorrectSettings(
                f'In {origin}: {name} = "{getattr(settings, name)}" of [notices] is no time; write it like {example}.'
            ) from error
    for name, least in (("oldest_days", 1), ("digest_over", 0), ("digest_minutes", 1), ("alarm_hours", 1)):
        if getattr(settings, name) < least:
            raise CorrectSettings(f"In {origin}: {name} of [notices] must be at least {least}.")
    for kind in ("webhook", "apprise"):
        _check_names(kind, [way.name for way in getattr(settings, kind)], origin)
    if settings.alarm_channel and settings.alarm_channel not in {way.name for way in settings.apprise}:
        raise CorrectSettings(f'In {origin}: alarm_channel = "{settings.alarm_channel}" is no [[notices.apprise]].')


def _check_names(kind: str, names: list[str], origin: str) -> None:
    for name in names:
        if not _NAME.fullmatch(name):
            raise CorrectSettings(
                f'In {origin}: name = "{name}" of [[notices.{kind}]]: use small letters, digits and "-".'
            )
        if names.count(name) > 1:
            raise CorrectSettings(f'In {origin}: two [[notices.{kind}]] are called "{name}".')
