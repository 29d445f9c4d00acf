"""Accounts of citizens: a proven mail address and no more, of which only a hash is kept. Backend layer.

An account is made by using a link that was mailed. Its reports are those that came with its address; before a contact
is forgotten in its time, its report is tied to the account, and goes with it.
"""

import hashlib
import math
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select, update

from crew.backend.recognition.rules import Deed, Standing, standing
from crew.backend.schema import (
    account_reports,
    account_sessions,
    accounts,
    contacts,
    service_requests,
    sign_in_links,
    work_orders,
)
from crew.domain.place import place_of
from crew.domain.value import Value
from crew.domain.work_order import WorkStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from crew.backend.city import City

SESSION_DAYS: Final = 30
_MOST_REPORTS: Final = 500
_MOST_SHOWN: Final = 100
_METRES_A_DEGREE: Final = 111_195.0


class Account(Value):
    """A citizen's account.

    Attributes:
        id: Names it, and nobody.
        nickname: What others may call them; empty while they have chosen none.
        shown: Whether others may see nickname and points.
    """

    id: str
    nickname: str
    shown: bool


def account_for(connection: "Connection", city: "City", mail_hash: str) -> str:
    """The account of an address that was proven, made where there is none."""
    found = connection.scalar(select(accounts.c.id).where(accounts.c.mail_hash == mail_hash))
    if found is None:
        found = secrets.token_hex(16)
        row = {"id": found, "mail_hash": mail_hash, "made_at": city.clock(), "nickname": "", "shown": False}
        connection.execute(insert(accounts), row)
    return str(found)


def keep_reports(connection: "Connection") -> None:
    """Tie reports to the accounts of their addresses, before contacts are forgotten."""
    there = select(account_reports.c.request_id)
    new = (
        select(contacts.c.request_id, accounts.c.id)
        .join(accounts, accounts.c.mail_hash == contacts.c.mail_hash)
        .where(contacts.c.request_id.not_in(there))
    )
    connection.execute(insert(account_reports).from_select(["request_id", "account_id"], new))


def begin_session(connection: "Connection", city: "City", account_id: str) -> str:
    """Sign an account in, and return what its browser has to show."""
    token = secrets.token_urlsafe(32)
    expires_at = city.clock() + timedelta(days=SESSION_DAYS)
    connection.execute(delete(account_sessions).where(account_sessions.c.expires_at <= city.clock()))
    row = {"token_hash": _hashed(token), "account_id": account_id, "expires_at": expires_at}
    connection.execute(insert(account_sessions), row)
    return token


def account_of(connection: "Connection", city: "City", token: str) -> Account | None:
    """The account that a browser's token is signed in to; None for none."""
    question = (
        select(accounts.c.id, accounts.c.nickname, accounts.c.shown)
        .join(account_sessions, account_sessions.c.account_id == accounts.c.id)
        .where(account_sessions.c.token_hash == _hashed(token), account_sessions.c.expires_at > city.clock())
    )
    row = connection.execute(question).first()
    return None if row is None else Account(row.id, row.nickname, row.shown)


def end_session(connection: "Connection", token: str) -> None:
    """Sign a browser out."""
    connection.execute(delete(account_sessions).where(account_sessions.c.token_hash == _hashed(token)))


def choose(connection: "Connection", account_id: str, nickname: str, *, shown: bool) -> None:
    """Set what others may see."""
    values = {"nickname": nickname, "shown": shown and bool(nickname)}
    connection.execute(update(accounts).where(accounts.c.id == account_id).values(values))


def erase(connection: "Connection", account_id: str) -> None:
    """Delete an account, its sign-ins and what ties reports to it; the reports stay, and are nobody's."""
    for table in (account_sessions, account_reports):
        connection.execute(delete(table).where(table.c.account_id == account_id))
    connection.execute(delete(accounts).where(accounts.c.id == account_id))


def has_account(connection: "Connection", mail_hash: str) -> bool:
    """Whether an address has an account."""
    return connection.scalar(select(accounts.c.id).where(accounts.c.mail_hash == mail_hash)) is not None


def erase_of(connection: "Connection", mail_hash: str) -> None:
    """Delete the account of an address, where there is one, and the links that it asked for."""
    connection.execute(delete(sign_in_links).where(sign_in_links.c.mail_hash == mail_hash))
    found = connection.scalar(select(accounts.c.id).where(accounts.c.mail_hash == mail_hash))
    if found is not None:
        erase(connection, found)


def part(connection: "Connection", request_id: str) -> None:
    """Let a report be nobody's."""
    connection.execute(delete(account_reports).where(account_reports.c.request_id == request_id))


def erase_all(connection: "Connection") -> None:
    """Delete every account: none can be found again once addresses are hashed under another secret."""
    for table in (sign_in_links, account_sessions, account_reports, accounts):
        connection.execute(delete(table))


def reports_of(connection: "Connection", account_id: str) -> "list[Row[Any]]":
    """An account's reports, each with the order that answers it, newest first."""
    kept = select(account_reports.c.request_id).where(account_reports.c.account_id == account_id)
    by_address = (
        select(contacts.c.request_id)
        .join(accounts, accounts.c.mail_hash == contacts.c.mail_hash)
        .where(accounts.c.id == account_id)
    )
    orders = work_orders.c
    columns = (orders.crew, orders.work_status, orders.lat, orders.long, orders.requested_at.label("ordered_at"))
    question = (
        select(service_requests, *columns, orders.service_code.label("order_service"))
        .join(work_orders, work_orders.c.id == service_requests.c.order_id)
        .where(service_requests.c.id.in_(kept.union(by_address)))
        .order_by(service_requests.c.requested_at.desc(), service_requests.c.id)
        .limit(_MOST_REPORTS)
    )
    return list(connection.execute(question))


def standing_of(city: "City", rows: "list[Row[Any]]") -> Standing:
    """What an account's reports are worth now."""
    today = city.clock().astimezone(ZoneInfo(city.settings.time_zone)).date()
    deeds = [_deed(city, row) for row in rows]
    return standing(deeds, city.settings.recognition, city.settings.badges, today)


def shown_accounts(connection: "Connection", city: "City") -> list[tuple[str, Standing]]:
    """Nickname and standing of those who want to be seen, the most points first."""
    columns = (accounts.c.id, accounts.c.nickname)
    rows = connection.execute(select(*columns).where(accounts.c.shown).order_by(accounts.c.made_at)).all()
    found = [(row.nickname, standing_of(city, reports_of(connection, row.id))) for row in rows]
    return sorted(found, key=lambda one: (-one[1].points, one[0]))[:_MOST_SHOWN]


def _deed(city: "City", row: "Row[Any]") -> Deed:
    rules = city.settings.recognition
    worth = {WorkStatus.DONE.value: rules.points_done, WorkStatus.CANT_DO.value: rules.points_closed}
    day = row.ordered_at.astimezone(ZoneInfo(city.settings.time_zone)).date()
    points = worth.get(row.work_status, 0) if row.crew else 0
    return Deed(row.order_id, row.order_service, day, points, place_of(row), _neighbourhood(city, row))


def _neighbourhood(city: "City", row: "Row[Any]") -> str:
    rules, place = city.settings.recognition, place_of(row)
    if rules.neighbourhood == "district":
        return next((name for name, crews in city.catalogue.districts.items() if row.crew in crews), "")
    if place is None:
        return ""
    north = math.floor(place[0] * _METRES_A_DEGREE / rules.grid_metres)
    middle = (north + 0.5) * rules.grid_metres / _METRES_A_DEGREE  # one width for the whole row of squares
    east = math.floor(place[1] * _METRES_A_DEGREE * math.cos(math.radians(middle)) / rules.grid_metres)
    return f"{north} {east}"


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
