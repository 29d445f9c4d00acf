"""The whole way once, as its people go it: processes, sockets, files, mail."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image

from tests.running import crew, served
from tests.waits import eventually

CREW_NAME = "PWDx_District 02: Jamaica Plain"


def a_photo_file(path: Path, colour: str) -> Path:
    """A plain picture, large enough to be worth shrinking."""
    Image.new("RGB", (2400, 1800), colour).save(path, "JPEG")
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def backend_dir(tmp_path: Path) -> Path:
    return tmp_path / "backend"


@pytest.fixture
def url(backend_dir: Path, home: Path) -> Iterator[str]:
    with served(backend_dir, home) as address:
        yield address


def report_a_pothole(url: str, photo: Path) -> str:
    """What a citizen's Open311 client does: one POST with a photo."""
    answer = httpx.post(
        f"{url}/open311/v2/requests.json",
        data={
            "service_code": "pothole",
            "lat": "42.31020",
            "long": "-71.11460",
            "address_string": "412 Centre St, Jamaica Plain",
            "description": "Deep hole in the right lane [/] \x1b[2J",
            "email": "citizen@example.com",
        },
        files={"media": ("hole.jpg", photo.read_bytes(), "image/jpeg")},
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()[0]["service_request_id"])


def enrol(url: str, backend_dir: Path, device: Path, home: Path) -> None:
    """An administrator makes a code, somebody in the truck types it."""
    made = crew(
        "backend",
        "add-person",
        "Ana",
        "--role",
        "crew",
        "--crew",
        CREW_NAME,
        "--data",
        backend_dir,
        "--json",
        home=home,
    )
    assert made.code == 0, made.err
    signed_in = crew("sign-in", url, made.json["code"], "--data", device, home=home)
    assert signed_in.code == 0, signed_in.err


def test_a_report_becomes_work_and_the_citizen_sees_the_repair(
    url: str, backend_dir: Path, home: Path, tmp_path: Path
) -> None:
    order_id = report_a_pothole(url, a_photo_file(tmp_path / "hole.jpg", "saddlebrown"))
    device = tmp_path / "truck"
    enrol(url, backend_dir, device, home)
    assert crew("sync", "--data", device, home=home).code == 0
    orders = {order["id"]: order for order in crew("list", "--json", "--data", device, home=home).json}
    assert orders[order_id]["crew"] == CREW_NAME
    assert "\x1b" not in orders[order_id]["description"]

    for status in ("on_the_way", "working"):
        assert crew("status", order_id, status, "--data", device, home=home).code == 0
    without_photo = crew("status", order_id, "done", "--data", device, home=home)
    assert without_photo.code == 5
    assert "photo" in without_photo.err
    after = a_photo_file(tmp_path / "filled.jpg", "dimgray")
    done = crew("status", order_id, "done", "--photo", after, "--data", device, home=home)
    assert done.code == 0, done.err
    assert len(crew("outbox", "--json", "--data", device, home=home).json) == 3

    sent = crew("sync", "--json", "--data", device, home=home)
    assert (sent.code, sent.json["sent"], sent.json["photos_sent"]) == (0, 3, 1)
    assert crew("outbox", "--json", "--data", device, home=home).json == []
    public = httpx.get(f"{url}/open311/v2/requests/{order_id}.json").json()[0]
    assert public["status"] == "closed"

    mail = eventually(lambda: mail_with_photo(backend_dir / "mail"))
    assert mail["To"] == "citizen@example.com"
    page = httpx.get(local_link(mail, url))
    assert page.status_code == 200
    pictures = re.findall(r'<img[^>]+src="([^"]+)"', page.text)
    assert len(pictures) == 2
    for picture in pictures:
        shown = httpx.get(httpx.URL(str(page.url)).join(picture))
        assert shown.headers["content-type"] == "image/jpeg"


def mail_with_photo(folder: Path) -> EmailMessage | None:
    """The mail that shows the repair, once it lies in the folder; an earlier one only says "received"."""
    for path in folder.glob("*.eml"):
        parsed = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        if any(part.get_content_type() == "image/jpeg" for part in parsed.walk()):
            return parsed
    return None


def local_link(mail: EmailMessage, url: str) -> str:
    """The link of the mail's text part, at the address where the backend listens now."""
    body = mail.get_body(("plain",))
    assert body is not None
    link = re.search(r"https?://\S+", body.get_content())
    assert link is not None
    return url + urlsplit(link.group()).path


def test_without_a_link_the_work_goes_on_and_leaves_when_it_is_back(home: Path, tmp_path: Path) -> None:
    backend_dir, device = tmp_path / "backend", tmp_path / "truck"
    with served(backend_dir, home) as url:
        order_id = report_a_pothole(url, a_photo_file(tmp_path / "hole.jpg", "saddlebrown"))
        enrol(url, backend_dir, device, home)
        assert crew("sync", "--data", device, home=home).code == 0
    port = urlsplit(url).port
    assert port is not None

    assert crew("status", order_id, "working", "--data", device, home=home).code == 0
    assert crew("note", order_id, "needs two bags", "--data", device, home=home).code == 0
    assert crew("list", "--json", "--data", device, home=home).json[0]["unsent"] == 2
    failed = crew("sync", "--data", device, home=home)
    assert failed.code == 4
    assert "Traceback" not in failed.err
    waiting = crew("outbox", "--json", "--data", device, home=home).json
    assert [change["sending_status"] for change in waiting] == ["waiting", "waiting"]

    with served(backend_dir, home, port=port):
        assert crew("sync", "--json", "--data", device, home=home).json["sent"] == 2
        assert crew("sync", "--json", "--data", device, home=home).json["sent"] == 0
    history = crew("show", order_id, "--json", "--data", device, home=home).json["history"]
    assert [entry["text"] for entry in history if "needs two bags" in entry["text"]] == ["note: needs two bags"]
