"""What a route of the backend is: who may use it, what it reads, what it answers. Backend layer; pure declarations.

There is no default: a route that does not say who may use it cannot be written.
"""

from enum import Enum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from crew.domain.person import Person, Role
from crew.domain.value import Value

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from crew.backend.city import City


class Access(Enum):
    """Who may use a route without a role."""

    PUBLIC = "public"
    """Anybody; the handler does its own checking."""


HTML: Final = "text/html"
"""What a page for citizens is; one that was posted to may lead to another."""

EVERY_ROLE: Final = frozenset(Role)
"""Everybody who has signed in."""


class Endpoint(Value):
    """One route.

    Attributes:
        method: `GET` (which answers `HEAD` too), `POST`, `HEAD` or `PATCH`.
        path: With parameters in braces, as Starlette writes them.
        handle: Answers the request; may raise any `CrewError`.
        who: `Access.PUBLIC`, or the roles that may use it.
        summary: One line for the description of the API.
        reads: The shape of the body; the media type of raw bytes, None where there is no body.
        answers: The shape of the answer; `bytes` for a photo, a media type for a page or a stream, several where the
            address chooses one, None where there is none.
        query: Name and meaning of each parameter of the address that it looks at.
        headers: Name and meaning of each header of its own that it looks at.
        status: The status of its answer, where that is not the usual one.
    """

    method: str
    path: str
    handle: "Callable[[Request], Awaitable[Response]]"
    who: Access | frozenset[Role]
    summary: str
    reads: Any = None
    answers: Any = None
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    status: HTTPStatus | None = None


class Caller(Value):
    """The signed-in device behind a request; nothing in a body can change it."""

    person: Person
    device_id: str
    person_id: int = 0
    """The person's number in the database."""

    @property
    def audience(self) -> str:
        """Whose feed the caller reads."""
        return audience_of(self.person)


def audience_of(person: Person) -> str:
    """Whose feed a person reads."""
    return "*" if person.role.sees_whole_city else person.crew


def city_of(request: "Request") -> "City":
    """The city that a request is about."""
    city: City = request.app.state.city
    return city


def caller_of(request: "Request") -> Caller:
    """Who is behind a request to a route that is not public."""
    caller: Caller = request.state.caller
    return caller
