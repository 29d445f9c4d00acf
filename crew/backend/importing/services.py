"""Which service a record is of; types that the catalogue lacks become services of their own. Backend layer."""

import re
from typing import TYPE_CHECKING, Final

from crew.domain.plain_text import clean_line

if TYPE_CHECKING:
    from crew.backend.catalogue import Catalogue

_NO_LETTER: Final = re.compile(r"[\W_]+")
_CODE_LIMIT: Final = 200
_OTHER: Final = "other"


class ServiceFinder:
    """Finds the code of a record's service."""

    def __init__(self, catalogue: "Catalogue") -> None:
        self._catalogue = catalogue
        self._new: dict[str, str] = {}

    def take_new(self) -> dict[str, str]:
        """The types met since the last call that stand in no catalogue, name by code."""
        new, self._new = self._new, {}
        return new

    def code(self, type_code: str, type_name: str) -> str:
        """The code of the service that goes by this code or name."""
        type_code, type_name = clean_line(type_code, _CODE_LIMIT), clean_line(type_name, _CODE_LIMIT)
        for name in (type_name, type_code):
            service = self._catalogue.service_named(name) if name else None
            if service:
                return service.code
        code = type_code or _NO_LETTER.sub("-", type_name.casefold()).strip("-")
        if not code:
            return _OTHER
        if code not in self._catalogue.services:
            name = type_name or code
            self._catalogue.add_imported(code, name)
            self._new[code] = name
        return code
