"""Reads a report from the city's own form: what was typed, what is wrong with it, and what comes of it. Backend layer.

Every word that was typed is kept for the next look, also where the report cannot be taken as it is.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from crew.backend.georeport.attributes import checked_answers
from crew.backend.georeport.refusals import CorrectParameters
from crew.backend.notices.mail_address import read_mail_address
from crew.backend.orders import NewRequest
from crew.domain.errors import CorrectInput
from crew.domain.place import believable
from crew.domain.plain_text import LINE_LIMIT, TEXT_LIMIT, clean_text
from crew.domain.value import Value, field
from crew.photos.intake import prepare

if TYPE_CHECKING:
    from crew.backend.catalogue import Attribute, Service
    from crew.backend.citizens.photo_shelf import PhotoShelf
    from crew.backend.city import City
    from crew.backend.georeport.forms import Form
    from crew.domain.place import Point
    from crew.photos.prepared import PreparedPhoto

MOST_PHOTOS: Final = 3
_KINDS: Final = {"number": "wrong_number", "datetime": "wrong_day"}
_MAIL_LIMIT: Final = 320

Problems = dict[str, str]
"""What is wrong, by the name of the field: the key of a sentence. "form" is about the form as a whole."""


class Typed(Value):
    """What a person typed and ticked, cleaned, and no better than it is.

    Attributes:
        description: What they see.
        address: Where it is, in their words.
        email: Where they want to hear of it.
        use_place: Whether the place that a photo carries may be used.
        answers: To the service's own questions, by their code.
        joins: The number of the open order that it belongs to, "none", or empty where that was not asked yet.
        trap: What stands in the field that people do not see.
        stamp: Of the form.
        lang: In which language the form was.
    """

    description: str = ""
    address: str = ""
    email: str = ""
    use_place: bool = True
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    joins: str = ""
    trap: str = ""
    stamp: str = ""
    lang: str = ""


def read_typed(form: "Form") -> tuple[Typed, Problems]:
    """What stands in a form that was sent."""
    words, problems = form.parameters, Problems()
    try:
        description = words.text("description")
    except CorrectParameters:
        description = clean_text(words.raw("description"), 2 * TEXT_LIMIT)
        problems["description"] = "wrong_words_long"
    typed = Typed(
        description=description,
        address=words.line("address_string", LINE_LIMIT),
        email=words.line("email", _MAIL_LIMIT),
        use_place=bool(words.line("use_place", 10)),
        answers=words.attributes(),
        joins=words.line("joins", 64),
        trap=words.line("website", 200),
        stamp=words.line("stamp", 200),
        lang=words.line("lang", 20),
    )
    return typed, problems


def read_photos(city: "City", shelf: "PhotoShelf", form: "Form") -> tuple[list["PreparedPhoto"], Problems]:
    """The photos of a form, those before of this one among them; each is put on the shelf for another look."""
    problems = Problems()
    kept = [shelf.find(sha256) for sha256 in form.parameters.all_lines("kept", MOST_PHOTOS)]
    if None in kept:
        problems["media"] = "wrong_photo_lost"
    photos = {photo.sha256: photo for photo in kept if photo is not None}
    for raw in form.photos:
        try:
            photo = prepare(raw, size_limit_bytes=city.settings.photo_limit_bytes)
        except CorrectInput:
            problems["media"] = "wrong_photo"
        else:
            photos[photo.sha256] = photo
    if len(photos) > MOST_PHOTOS:
        problems["media"] = "wrong_photo_count"
    chosen = list(photos.values())[:MOST_PHOTOS]
    for photo in chosen:
        shelf.put(photo)
    return chosen, problems


def place_of_photos(typed: Typed, photos: list["PreparedPhoto"]) -> "Point | None":
    """Where the first photo that knows it was taken, if that may be used."""
    places = ((photo.lat, photo.long) for photo in photos if believable(photo.lat, photo.long))
    place = next(places, None) if typed.use_place else None
    return None if place is None or place[0] is None or place[1] is None else (place[0], place[1])


def problems_of(service: "Service", typed: Typed, photos: list["PreparedPhoto"]) -> Problems:
    """What has to be said about a report before it can be taken."""
    problems = Problems()
    if not typed.address and place_of_photos(typed, photos) is None:
        problems["address_string"] = "wrong_where_photo" if photos and typed.use_place else "wrong_where"
    problems.update(_wrong_answers(service, typed))
    if typed.email and not _is_mail_address(typed.email):
        problems["email"] = "wrong_mail"
    return problems


def new_request(service: "Service", typed: Typed, photos: list["PreparedPhoto"], language: str) -> NewRequest:
    """The request that a form without problems makes; `language` is the code of the form's."""
    lat, long = place_of_photos(typed, photos) or (None, None)
    return NewRequest(
        service_code=service.code,
        description=typed.description,
        address=typed.address,
        lat=lat,
        long=long,
        attributes=checked_answers(service, typed.answers),
        email=mail_address(typed),
        language=language,
        photos=tuple(photos),
    )


def mail_address(typed: Typed) -> str:
    """The mail address that was typed, as it is written to; empty where none was.

    Raises:
        CorrectInput: It is none.
    """
    return str(read_mail_address(typed.email).addr_spec) if typed.email else ""


def _is_mail_address(email: str) -> bool:
    try:
        read_mail_address(email)
    except CorrectInput:
        return False
    return True


def _wrong_answers(service: "Service", typed: Typed) -> Problems:
    return {
        f"attribute[{question.code}]": key
        for question in service.attributes
        if question.variable and (key := _wrong_answer(service, question, typed))
    }


def _wrong_answer(service: "Service", question: "Attribute", typed: Typed) -> str:
    given = typed.answers.get(question.code, ())
    if question.required and not given:
        return "wrong_required"
    try:
        checked_answers(service, {question.code: given} if given else {})
    except CorrectParameters as error:
        named = f"attribute[{question.code}]"
        if any(sentence.startswith(named) for sentence in error.sentences):
            return _KINDS.get(question.datatype, "wrong_choice")
    return ""
