"""Closure reasons and the sentences made from them: languages, templates, what is asked for, what is warned of."""

from datetime import datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crew import wire
from crew.backend.catalogue import load_catalogue
from crew.domain.change import Demand, StatusChange, Waiver
from crew.domain.demands import lacking
from crew.domain.errors import NotAllowed
from crew.domain.person import Role
from crew.domain.public_warnings import warnings
from crew.domain.reasons import CANT_DO_REASONS
from crew.domain.rules import apply, check
from crew.domain.value import replace
from crew.domain.wording import STANDARD_WORDING, ClosureReason, Language, Wording, sentence
from crew.domain.work_order import PhotoRole, WorkOrder, WorkStatus
from tests.builders import a_change, a_person, a_photo, an_order

S = WorkStatus
WHEN = datetime(2026, 5, 5, 14, 32, tzinfo=ZoneInfo("America/New_York"))
CATALOGUE = load_catalogue({})
SHIPPED = CATALOGUE.wording
ON_A_DEVICE = wire.decode(wire.encode(SHIPPED.for_devices()), Wording)
"""The shipped wording as it arrives on a truck."""

ANYBODYS = st.text(st.sampled_from("ab {}{when}{words}ñ\\%0"), max_size=30)
PIECES = st.lists(
    st.one_of(
        st.sampled_from(["{address}", "{service}", "{when}", "{agency}", "{words}"]),
        st.text(st.sampled_from("ab .,{é%"), max_size=6),
    ),
    min_size=1,
    max_size=8,
)


def worded(text: dict[str, str], *languages: Language) -> Wording:
    return Wording(languages or (Language(),), (ClosureReason("why", S.CANT_DO, "Why", text, agency="the {when}"),))


@given(PIECES, ANYBODYS, ANYBODYS, ANYBODYS)
def test_a_template_is_filled_once_and_what_people_wrote_is_never_one(
    pieces: list[str], address: str, service: str, note: str
) -> None:
    order = an_order(address=address, service_name=service)
    act = StatusChange(S.CANT_DO, reason="why", public_note=note)
    values = {
        "{address}": address or "the place you reported",
        "{service}": service,
        "{when}": "on 5 May at 14:32",
        "{agency}": "the {when}",
        "{words}": note,
    }
    pieces = ["It", *pieces]
    template = "|".join(pieces)  # so that no piece closes another one's brace
    expected = "|".join(values.get(piece, piece) for piece in pieces).strip()
    if "{words}" not in pieces and note:
        expected += f" {note}"

    assert sentence(worded({"en": template}), order, act, WHEN) == expected


def test_the_sentence_of_a_service_names_place_and_time() -> None:
    order = an_order(done_text="We filled the pothole at {address} {when}.")
    assert sentence(STANDARD_WORDING, order, StatusChange(S.DONE), WHEN) == (
        "We filled the pothole at 412 Centre St, Jamaica Plain on 5 May at 14:32."
    )
    assert sentence(STANDARD_WORDING, order, StatusChange(S.WORKING), WHEN) == ""
    assert set(CANT_DO_REASONS) == {one.code for one in STANDARD_WORDING.reasons}


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("es", "Cerrado el 5 de mayo a las 14:32."),
        ("es-MX", "Cerrado el 5 de mayo a las 14:32."),
        ("ES_mx", "Cerrado el 5 de mayo a las 14:32."),
        ("pt", "Closed on 5 May at 14:32."),  # the language is there, its text is not: the whole sentence is English
        ("xx", "Closed on 5 May at 14:32."),
        ("", "Closed on 5 May at 14:32."),
    ],
)
def test_a_language_that_lacks_is_the_first_one_as_a_whole(asked: str, read: str) -> None:
    wording = worded({"en": "Closed {when}.", "es": "Cerrado {when}."}, *SHIPPED.languages)
    assert sentence(wording, an_order(), StatusChange(S.CANT_DO, reason="why"), WHEN, asked) == read


def endings() -> list[tuple[WorkOrder, StatusChange]]:
    """Every shipped ending of every shipped service."""
    found = []
    for service in CATALOGUE.services.values():
        order = an_order(service_code=service.code, service_name=service.name, done_text=service.done_text)
        codes = [(S.DONE, ""), *((one.status, one.code) for one in SHIPPED.reasons)]
        found += [(order, StatusChange(status, reason=code, public_note="By hand.")) for status, code in codes]
    return found


def test_every_shipped_ending_makes_sense_in_every_language() -> None:
    for (order, act), language in product(endings(), SHIPPED.languages):
        text = sentence(SHIPPED, order, act, WHEN, language.code)
        assert "{" not in text
        assert len(text) > len("By hand.") or "words" in SHIPPED.reason(act.status, act.reason).text["en"]  # type: ignore[union-attr]  # no reason without a text
        assert text.endswith("By hand.")
        assert "412 Centre St" in text or "address" not in text
        assert language.code == "en" or act.reason.endswith("otherwise") or text != sentence(SHIPPED, order, act, WHEN)


def test_what_is_dated_is_told_as_past() -> None:
    """English has no "has been swept on 5 May at 14:32"."""
    for order, act in endings():
        dated = [one for one in sentence(SHIPPED, order, act, WHEN).split(".") if "on 5 May" in one]
        assert not [one for one in dated if " has been " in one or " have been " in one]


def test_the_device_previews_what_the_backend_says() -> None:
    for order, act in endings():
        assert sentence(ON_A_DEVICE, order, act, WHEN) == sentence(SHIPPED, order, act, WHEN)
    assert [one.words for one in ON_A_DEVICE.offered(S.DONE, "graffiti")] == [
        "Cleared away",
        "Cleared after the storm",
        "Done, in your own words",
    ]


def test_what_is_asked_for_is_the_same_on_both_sides() -> None:
    """Each ending against a table written for this test, on the device's wording and on the city's."""
    photos = {"none": (), "before": (a_photo(role=PhotoRole.BEFORE),), "after": (a_photo(),)}
    codes = [("", S.DONE), ("nonsense", S.DONE), *((one.code, one.status) for one in SHIPPED.reasons)]
    waivers = (None, Waiver((Demand.PHOTO, Demand.NOTE), "supervisor"))
    combinations = product(codes, photos, ("", "inside"), ("", "outside"), waivers, Role, (False, True))
    for (code, status), shown, note, words, waiver, role, photo_required in combinations:
        order = an_order(photo_required=photo_required)
        act = StatusChange(status, code, note, "", photos[shown], words, waiver)
        said = [refusal(order, act, role, wording) for wording in (SHIPPED, ON_A_DEVICE)]
        assert said[0] == said[1]
        assert bool(said[0]) is not fits(code, status, shown, note, words, waiver, role, photo_required), (act, said)


def fits(
    code: str,
    status: WorkStatus,
    shown: str,
    note: str,
    words: str,
    waiver: Waiver | None,
    role: Role,
    photo_required: bool,
) -> bool:
    if code == "nonsense" or (role is Role.DISPATCHER and status is S.DONE):
        return False
    if waiver and role not in (Role.SUPERVISOR, Role.ADMINISTRATOR):
        return False
    if code in ("done_otherwise", "otherwise") and not words:
        return False
    if waiver:
        return True
    if status is S.DONE and photo_required and shown != "after":
        return False
    if code == "unsafe" and shown == "none":
        return False
    return not (code in ("private", "of_a_utility") and not note)


def refusal(order: WorkOrder, act: StatusChange, role: Role, wording: Wording) -> str:
    try:
        check(order, a_change(act), a_person(role), wording)
    except NotAllowed as error:
        assert len(error.sentence) > 20
        return error.sentence
    return ""


def test_a_refusal_says_why_a_photo_is_asked_for() -> None:
    act = StatusChange(S.CANT_DO, reason="unsafe")
    assert lacking(an_order(), act, SHIPPED)[Demand.PHOTO] == (
        '"Unsafe for the crew" asks for a photo: it shows the danger to whoever goes there next. Add one, then it ends.'
    )


def test_the_history_says_without_what_an_order_was_closed_and_by_whom() -> None:
    waiver = Waiver((Demand.PHOTO, Demand.NOTE), "supervisor")
    act = StatusChange(S.DONE, reason="after_storm", public_text="Cleared.", public_note="x", waiver=waiver)
    after = apply(an_order(photo_required=True), a_change(act))
    assert after.history[-1].text == (
        "done: after storm, without the photo and the note that Pothole asks for, by a supervisor"
    )
    assert (after.closure_reason, after.public_note) == ("after_storm", "x")


def test_an_ending_that_says_nothing_new_travels_as_it_always_did() -> None:
    old = wire.change_to_wire(a_change(StatusChange(S.DONE, public_text="Filled.")))["payload"]
    assert list(old) == ["status", "reason", "note", "public_text", "photos"]
    act = StatusChange(S.DONE, "filled", public_note="Mind the edge.", waiver=Waiver((Demand.PHOTO,), "foreman"))
    [there] = wire.decode_changes(wire.encode_changes((a_change(act),))).changes
    assert there.act == act


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Ring Maria Lopez at the corner house", "name of a person"),
        ("as Mr. Okafor asked", "name of a person"),
        ("officer Jones was there", "name of a person"),
        ("La señora Reyes abrió el portón", "name of a person"),
        ("badge 4471", "name of a person"),
        ("call 617-555-0101", "phone number"),
        ("write to me@example.org", "mail address"),
        ("a grey van, 123 ABC, was in the way", "licence plate"),
        ("1ABC 23", "licence plate"),
        ("M-AB 1234", "licence plate"),
        ("ABC1D23 estava na vaga", "licence plate"),
        ("license plate 9xy 771", "licence plate"),
        ("The idiots parked on it", "no word"),
        ("pendejo", "no word"),
        ("que MERDA", "no word"),
    ],
)
def test_what_should_not_be_public_is_warned_of(text: str, about: str) -> None:
    assert any(about in one for one in warnings(text, ON_A_DEVICE)), warnings(text, ON_A_DEVICE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "We filled 3 holes; the last at 412B Centre St, by US 101 and MA 28.",
        "Please mind the edge until 5 PM. Thank You, Public Works D3",
        "The pole by Paul St and St. John Park stands again, 40 FT further on, near I-93.",
        "The owner's class of Essex Hall passed the assistant's crapshoot",
        "Volveremos el 5 de mayo a las 14:32. Gracias por avisar.",
        "Order 311000000001 answers it.",
    ],
)
def test_ordinary_words_are_not_warned_of(text: str) -> None:
    assert warnings(text, ON_A_DEVICE) == ()


@given(st.text(st.sampled_from("aA1 .-@+()ñÁ"), max_size=4000))
def test_looking_for_warnings_ends_soon_whatever_was_typed(text: str) -> None:
    assert len(warnings(text, ON_A_DEVICE)) <= 5


def test_a_retired_reason_is_known_and_offered_no_more() -> None:
    reasons = tuple(replace(one, retired=one.code == "not_found") for one in SHIPPED.reasons)
    wording = replace(SHIPPED, reasons=reasons)
    assert "not_found" not in [one.code for one in wording.offered(S.CANT_DO)]
    assert not refusal(an_order(), StatusChange(S.CANT_DO, reason="not_found"), Role.CREW, wording)
