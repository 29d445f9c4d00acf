"""A city's own roles: what they are called, whose desk they have, what they may do. Backend layer; only reads a file.

roles.toml changes the table of `crew.domain.permissions` and adds to it. It never makes possible what the rules of a
work order forbid.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from crew.domain.errors import CorrectSettings
from crew.domain.permissions import STANDARD, Grant, Scope, Verb
from crew.domain.person import Role
from crew.domain.value import Value
from crew.domain.work_order import WorkStatus
from crew.settings import read_settings

_NAME_LIMIT: Final = 20
"""What the database keeps of a role's name."""


class CityRole(Value):
    """What somebody may be in a city.

    Attributes:
        name: As people's records have it.
        title: What the city calls it; empty for a standard role.
        desk: The standard role whose screens it has.
        may: What it may do; None for what the standard role may.
    """

    name: str
    title: str
    desk: Role
    may: tuple[Grant, ...] | None = None

    @property
    def grants(self) -> tuple[Grant, ...]:
        """What it may do, line by line."""
        return STANDARD[self.desk.value] if self.may is None else self.may


class _HowFar(StrEnum):
    NO = "no"
    OWN = "own"
    DISTRICT = "district"
    CITY = "city"


class _Limited(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    scope: Scope
    states: tuple[WorkStatus, ...] = ()


class _RoleTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str = ""
    desk: Role | None = None
    may: dict[Verb, _HowFar | _Limited] = {}


class _RolesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    role: dict[str, _RoleTable] = {}


def load_roles(path: Path) -> Mapping[str, CityRole]:
    """The standard roles with what a city changes, then its own, by name.

    Raises:
        CorrectSettings: The file does not fit, or a role has no desk; the sentence names the role.
    """
    roles = {role.value: CityRole(role.value, "", role) for role in Role}
    for name, table in read_settings(path, _RolesFile).role.items():
        roles[name] = _role(name, table, path)
    return roles


def _role(name: str, table: _RoleTable, path: Path) -> CityRole:
    standard = name in STANDARD
    if not 0 < len(name) <= _NAME_LIMIT:
        raise CorrectSettings(f'In {path}: the role "{name}" needs a name of 1 to {_NAME_LIMIT} letters.')
    if standard and table.desk not in (None, Role(name)):
        raise CorrectSettings(f'In {path}: "{name}" has a desk of its own. Give your role another name.')
    if not standard and table.desk is None:
        raise CorrectSettings(f'In {path}: the role "{name}" needs a desk, which is one of {", ".join(Role)}.')
    desk = table.desk or Role(name)
    may = {grant.verb: grant for grant in STANDARD[desk.value]}
    for verb, far in table.may.items():
        if isinstance(far, _Limited):
            may[verb] = Grant(verb, far.scope, far.states)
        elif far is _HowFar.NO:
            may.pop(verb, None)
        else:
            may[verb] = Grant(verb, Scope(far.value))
    title = table.title or ("" if standard else name)
    return CityRole(name, title, desk, tuple(may[verb] for verb in Verb if verb in may) if table.may else None)
