"""Chooses the words of the form on which citizens report, and of the pages around it. Backend layer, pure."""

from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from crew.backend.citizens.form_reading import MOST_PHOTOS, Problems, Typed
from crew.backend.citizens.page_words import public_place
from crew.domain.contacts import without_contacts
from crew.domain.plain_text import TEXT_LIMIT
from crew.domain.public_places import without_house_numbers
from crew.domain.street_address import folded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crew.backend.catalogue import Attribute, Catalogue, Service
    from crew.backend.citizens.page_frame import Reader
    from crew.backend.city import City
    from crew.backend.languages import Language
    from crew.backend.public.likely_same import Alike
    from crew.photos.prepared import PreparedPhoto

_KINDS: Final[dict[str, str]] = {
    "singlevaluelist": "one",
    "multivaluelist": "many",
    "text": "text",
    "number": "number",
    "datetime": "moment",
}
_OTHER: Final = "other"


def choose_filling(reader: "Reader", catalogue: "Catalogue", find: str) -> dict[str, object]:
    """The words of the page on which a type is chosen.

    Args:
        reader: In whose language.
        catalogue: The types.
        find: Words that a person looks for; empty for all types.
    """
    language = reader.language
    found = [one for one in reportable(catalogue) if _is_called(language, one, find)]
    nothing = ""
    if not found:
        other = catalogue.service(_OTHER)
        nothing = language.words["form_found_none"].format(other=language.service(other.code, other.name))
    groups = grouped(language, found or reportable(catalogue))
    return {
        "find": find,
        "nothing": nothing,
        "groups": [
            {
                "name": name,
                "services": [
                    {"name": shown, "address": reader.link("report", service=one.code)} for shown, one in services
                ],
            }
            for name, services in groups.items()
        ],
    }


def grouped(language: "Language", services: "Sequence[Service]") -> "dict[str, list[tuple[str, Service]]]":
    """Services with their names in a language, by their groups; one without a group is something else."""
    groups: dict[str, list[tuple[str, Service]]] = {}
    for one in services:
        name = language.group(one.group or "Other")
        groups.setdefault(name, []).append((language.service(one.code, one.name), one))
    return groups


def reportable(catalogue: "Catalogue") -> "list[Service]":
    """The services that the city offers itself; types that came with an import alone are not for citizens."""
    return [one for one in catalogue.services.values() if one.group]


def form_filling(
    city: "City", language: "Language", service: "Service", typed: Typed, problems: Problems, stamp: str
) -> dict[str, object]:
    """The words of the form, with what was typed and what is wrong.

    Args:
        city: Says how large a photo may be.
        language: In which they are.
        service: What is reported.
        typed: What was typed.
        problems: Keys of sentences, or whole sentences, by field.
        stamp: Of the form.
    """
    numbers = {"count": TEXT_LIMIT, "size": city.settings.photo_limit_mb}
    photo_numbers = numbers | {"count": MOST_PHOTOS}
    return {
        "service": language.service(service.code, service.name),
        "about": service.description if language.code == "en" else "",
        "code": service.code,
        "stamp": stamp,
        "typed": typed,
        "problems": {
            name: language.words.get(key, key).format(**photo_numbers if name == "media" else numbers)
            for name, key in problems.items()
        },
        "questions": [_question(language, question, typed) for question in service.attributes],
        "most_letters": TEXT_LIMIT,
        "most_photos": MOST_PHOTOS,
    }


def kept_filling(language: "Language", photos: "Sequence[PreparedPhoto]") -> dict[str, object]:
    """The words about photos that are on the shelf."""
    words = language.counted("form_kept", len(photos)) if photos else ""
    return {"kept": [photo.sha256 for photo in photos], "kept_words": words}


def same_filling(
    city: "City",
    language: "Language",
    service: "Service",
    alike: "Sequence[Alike]",
    photos: "Mapping[str, Mapping[str, object]]",
) -> dict[str, object]:
    """The words of the page that asks whether something was reported already.

    Args:
        city: Gives the time zone, and says whether a reporter's words are shown.
        language: In which they are.
        service: What is reported.
        alike: What it may be.
        photos: The photo to show of an order, by its number.
    """
    zone, name = ZoneInfo(city.settings.time_zone), language.service(service.code, service.name)
    shows_words = city.settings.public.words
    shown: list[dict[str, object]] = []
    for one in alike:
        away = "" if one.metres is None else language.words["away"].format(metres=max(10, round(one.metres / 10) * 10))
        said = without_house_numbers(without_contacts(one.description), one.address) if shows_words else ""
        shown.append(
            {
                "number": one.number,
                "service": name,
                "place": public_place(language, one.address, one.lat, one.long),
                "reported": language.words["reported_on"].format(moment=language.moment(one.requested_at, zone)),
                "away": away,
                "description": said,
                "photo": photos.get(one.number),
            }
        )
    return {"alike": shown}


def carried(code: str, typed: Typed, photos: "Sequence[PreparedPhoto]") -> list[tuple[str, str]]:
    """Everything that was typed, as the hidden fields of the next form."""
    answers = [(f"attribute[{code}]", value) for code, values in typed.answers.items() for value in values]
    return [
        ("service_code", code),
        ("description", typed.description),
        ("address_string", typed.address),
        ("email", typed.email),
        ("use_place", "yes" if typed.use_place else ""),
        *answers,
        *(("kept", photo.sha256) for photo in photos),
    ]


def _question(language: "Language", question: "Attribute", typed: Typed) -> dict[str, Any]:
    given = typed.answers.get(question.code, ())
    return {
        "name": f"attribute[{question.code}]",
        "words": language.phrase(question.description),
        "hint": language.phrase(question.datatype_description),
        "kind": _KINDS.get(question.datatype, "line") if question.variable else "note",
        "value": given[0] if given else "",
        "choices": [
            {"key": key, "name": language.phrase(name), "chosen": key in given} for key, name in question.values
        ],
    }


def _is_called(language: "Language", service: "Service", find: str) -> bool:
    """Whether every word that a person looks for begins a word of a type, in their language or in English."""
    names = (language.service(service.code, service.name), service.name, *service.keywords, *service.aliases)
    known = [word for name in names for word in folded(name)]
    return all(any(word.startswith(one) for word in known) for one in folded(find))
