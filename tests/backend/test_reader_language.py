"""The language in which somebody reported is kept, may be changed, and is that of everything they are sent."""

import re
from typing import get_args
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import httpx
import msgspec
import pytest

from crew.backend.city import City
from crew.backend.contacts import contact_of
from crew.backend.forgetting import forget_address
from crew.backend.languages import language_of
from crew.backend.notice_kinds import Kind
from crew.backend.notices.delivery import deliver_due
from crew.backend.notices.notice_mail import digest_of, message_of
from crew.backend.notices.notice_words import Told
from crew.backend.notices.recipients import Recipient, recipient_of
from crew.backend.public.page_links import QUIET, page_secret, page_token
from crew.backend.recognition.sign_in_links import mail_links
from crew.domain.change import StatusChange
from crew.domain.work_order import WorkStatus
from tests.backend.citizens import FORM, SECRET_MAIL, Hands, close_order, with_settings
from tests.backend.crews import ROADS, stored
from tests.backend.letters import EVE, mailing, messages, report, text_of
from tests.backend.living_city import LivingCity
from tests.backend.test_citizen_pages import Page
from tests.backend.test_report_form import Form, opened

pytestmark = pytest.mark.anyio

HOSTILE_TAGS = ("xx", "../../es", "es\r\nBcc: eve@example.org", "<b>es</b>", "e" * 5_000, "\x00", "{es}")
KINDS = get_args(Kind)
ENGLISH = (" report", "Your ", " crew", "This message", " city", "Friday", "March")


@pytest.fixture
def city(city: City) -> City:
    return with_settings(mailing(city), public_url="http://city")


def language_kept(city: City, number: str) -> str:
    with city.database.reading() as connection:
        return contact_of(connection, city, number).language


def choice_page(city: City, number: str) -> str:
    with city.database.reading() as connection:
        return f"/u/{page_token(page_secret(connection), number, QUIET)}"


def written_to(city: City, number: str) -> Recipient:
    with city.database.reading() as connection:
        to = recipient_of(connection, city, number)
        assert to is not None
        return to


# Kept


async def test_the_language_of_each_road_is_kept_with_the_contact_and_locked_like_it(
    client: httpx.AsyncClient, city: City, clock: Hands
) -> None:
    form = await opened(client, clock, lang="ht")
    await form.send(description="Twou", address_string="52 G St", email=SECRET_MAIL)
    me_too = Form(client, clock, (await client.get("/requests/311000000001?lang=pt")).text)
    me_too.address = "/requests/311000000001/me-too"
    await me_too.send(email=EVE)
    for accepted in ("es-419, en;q=0.5", "de", "es;q=0", *(tag.replace("\r\n", "") for tag in HOSTILE_TAGS)):
        answer = await client.post("/open311/v2/requests.json", data=FORM, headers={"Accept-Language": accepted})
        assert answer.status_code == 200

    kept = [language_kept(city, f"{311_000_000_000 + number}") for number in range(1, 13)]
    assert kept == ["ht", "pt", "es", "", "", *[""] * len(HOSTILE_TAGS)]
    for path in city.data_dir.glob("*.sqlite"):
        assert b'"ht"' not in path.read_bytes()


def test_who_says_nothing_but_a_language_leaves_no_contact(city: City) -> None:
    assert language_kept(city, report(city, email="", language="es")) == ""


# Written


@pytest.mark.parametrize("code", ["en", "es", "pt", "ht"])
def test_every_notice_is_in_the_language_of_its_reader(city: City, code: str) -> None:
    city = with_settings(city, notices=msgspec.structs.replace(city.settings.notices, elsewhere="MassDOT"))
    number = report(city, language=code)
    order, to, language = stored(city, number), written_to(city, number), language_of(code)
    told = [Told(kind, number, (number,), order, to) for kind in KINDS]
    mails = {kind: message_of(city, "1", [one]) for kind, one in zip(KINDS, told, strict=True)}
    for kind, mail in mails.items():
        assert mail["Subject"] == language.words[f"mail_{kind}_subject"].format(number=number)
        assert mail["Content-Language"] == code
        assert f'<html lang="{code}" dir="ltr">' in text_of(mail, "html")
        for part in ("plain", "html"):
            words = text_of(mail, part)
            for said in (language.words[f"mail_{kind}_greeting"], language.service("pothole", "Pothole")):
                assert said in words
            assert language.words["mail_way_out"] in words
            assert f"?lang={code}" in words
    due = order.due_at
    assert due is not None
    for kind in ("received", "scheduled"):
        assert language.day(due, ZoneInfo(city.settings.time_zone)) in text_of(mails[kind], "plain")
    assert "MassDOT" in text_of(mails["moved"], "plain")
    digest = digest_of(city, "1", told)
    assert digest["Subject"] == language.words["mail_news_one"]
    assert f'<html lang="{code}" dir="ltr">' in text_of(digest, "html")
    if code != "en":
        everything = "".join(text_of(mail, "plain") for mail in (*mails.values(), digest))
        assert not [words for words in ENGLISH if words in everything]


def test_the_city_says_how_it_ended_in_the_language_of_the_reader(living: LivingCity) -> None:
    number = report(living.city, language="es", crew=ROADS)
    act = StatusChange(WorkStatus.DONE, photos=(living.photographed("grey"),), public_text="The crew filled it.")
    living.does(number, act)
    assert deliver_due(living.city) == 1
    (mail,) = messages(living.city)
    assert mail["Subject"] == f"Su aviso {number} está hecho"
    assert "Nuestro equipo lo terminó" in text_of(mail, "plain")


@pytest.mark.parametrize(("known", "offered", "written"), [("", ("pt", "en"), "pt"), ("ht", ("es", "en"), "es")])
def test_who_said_nothing_or_what_is_no_longer_offered_reads_the_first_language_of_the_city(
    city: City, known: str, offered: tuple[str, ...], written: str
) -> None:
    public = msgspec.structs.replace(city.settings.public, languages=offered)
    city = with_settings(city, public=public)
    close_order(city, report(city, language=known))
    assert deliver_due(city) == 1
    (mail,) = messages(city)
    assert mail["Content-Language"] == written
    assert "?lang=" not in text_of(mail, "plain")


# Changed


async def test_the_reader_chooses_another_language_for_every_mail(client: httpx.AsyncClient, city: City) -> None:
    first, second = report(city, language="es"), report(city)
    path = choice_page(city, first)
    shown = Page((await client.get(f"{path}?lang=es")).text)
    assert [button["lang"] for button in shown.all("button") if "lang" in button] == ["en", "es", "pt", "ht"]
    assert "true" not in [button.get("aria-pressed") for button in shown.all("button")]

    answer = await client.post(path, data={"language": "pt"})

    assert '<html lang="pt"' in answer.text
    (pressed,) = [one for one in Page(answer.text).all("button") if one.get("aria-pressed") == "true"]
    assert pressed["value"] == "pt"
    for number in (first, second):
        assert written_to(city, number).language == "pt"
        close_order(city, number)
    assert deliver_due(city) == 2
    assert {mail["Content-Language"] for mail in messages(city)} == {"pt"}


async def test_a_hostile_tag_changes_nothing_and_ends_no_mail(client: httpx.AsyncClient, city: City) -> None:
    number = report(city, language="es")
    for tag in HOSTILE_TAGS:
        answer = await client.post(choice_page(city, number), data={"language": tag})
        assert answer.status_code == 200
    assert written_to(city, number).language == "es"
    close_order(city, number)
    assert deliver_due(city) == 1


async def test_the_language_and_how_much_mail_are_chosen_apart_and_the_language_is_forgotten_with_the_address(
    client: httpx.AsyncClient, city: City
) -> None:
    number = report(city)
    for chosen in ({"choice": "ending"}, {"language": "ht"}, {"choice": "nothing"}):
        await client.post(choice_page(city, number), data=chosen)
    assert written_to(city, number).language == "ht"

    forget_address(city, SECRET_MAIL)

    again = report(city, language="es")
    assert written_to(city, again).language == "es"
    close_order(city, again)
    assert deliver_due(city) == 0, "who wants no mail is not written to, also after they were forgotten"


# Accounts


async def test_an_account_is_in_one_language_from_the_mail_to_the_last_button(
    client: httpx.AsyncClient, city: City
) -> None:
    number, language = report(city), language_of("es")

    def reads(answer: httpx.Response, *keys: str) -> Page:
        page = Page(answer.text)
        assert page.all("html")[0]["lang"] == "es"
        for key in keys:
            assert language.words[key] in page.words
        for tag, name in (("a", "href"), ("form", "action")):
            own = [str(one[name]) for one in page.all(tag) if not str(one[name]).startswith(("#", "?", "http"))]
            assert not [address for address in own if not address.endswith("lang=es")]
        return page

    reads(await client.get("/me/start?lang=es"), "account_ask", "account_ask_button")
    reads(await client.post("/me/start?lang=es", data={"email": "nobody"}), "wrong_mail", "account_back")
    reads(await client.post("/me/start?lang=es", data={"email": SECRET_MAIL}), "account_sent")
    mail_links(city)
    mail = messages(city)[-1]
    assert mail["Subject"] == language.words["account_mail_subject"]
    (link,) = re.findall(r"http://city(/l/\S+)", mail.get_content())
    reads(await client.get(link), "account_confirm", "account_sign_in")
    answer = await client.post(link)
    assert answer.headers["Location"] == "/me/reports?lang=es"
    close_order(city, number)
    page = reads(await client.get(answer.headers["Location"]), "account_others", "account_delete_how", "account_mails")
    assert language.words["step_done"] in page.words
    assert language.service("pothole", "") in page.words
    reads(await client.post("/me/shown?lang=es", data={"nickname": "<b>"}), "answer_refused")
    assert (await client.post("/me/shown?lang=es", data={"nickname": "Ada", "shown": "yes"})).status_code == 303
    assert "0 puntos" in reads(await client.get("/board/citizens?lang=es"), "board_headline").words


# Whatever else a browser may meet


@pytest.mark.parametrize(
    ("method", "path", "status", "key"),
    [
        ("GET", "/nowhere/at/all", 404, "nothing_here"),
        ("GET", "/requests/7", 404, "gone_public"),
        ("GET", "/r/xyz", 404, "gone_headline"),
        ("GET", "/u/xyz", 404, "gone_headline"),
        ("DELETE", "/requests", 405, "wrong_form"),
        ("POST", "/l/xyz", 404, "account_ask"),
        ("POST", "/report", 413, "wrong_form"),
    ],
)
async def test_what_cannot_be_had_is_said_in_the_language_of_the_browser(
    client: httpx.AsyncClient, method: str, path: str, status: int, key: str
) -> None:
    headers = {"Accept": "text/html,*/*;q=0.8", "Accept-Language": "ht"}
    body = b"x" * 7_100_000 if status == 413 else b""
    answer = await client.request(method, path, headers=headers, content=body)
    assert answer.status_code == status
    assert '<html lang="ht"' in answer.text
    assert language_of("ht").words[key] in Page(answer.text).words
    links = [urljoin(path, str(one["href"])) for one in Page(answer.text).all("a") if one["href"] != "#main"]
    assert {"/report", "/requests"} <= set(links)
