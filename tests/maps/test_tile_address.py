"""The address of a tile server: what is one, what is refused with a sentence, and which tile it asks for."""

import pytest

from crew.domain.errors import CorrectSettings
from crew.maps.tile_address import Tile, TileAddress


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("https://tiles.example.city/{z}/{x}/{y}.png", "12/1238/1515.png"),
        (" https://tiles.example.city/base/{z}/{y}/{x}@2x.webp ", "base/12/1515/1238@2x.webp"),
        ("https://tiles.example.city/{z}/{x}/{-y}.jpg", "12/1238/2580.jpg"),
        (
            "https://tiles.example.city:8443/?l=base&z={z}&x={x}&y={y}&key=%7B1%7D",
            "?l=base&z=12&x=1238&y=1515&key=%7B1%7D",
        ),
        ("http://127.0.0.1:8080/{z}/{x}/{y}.png", "12/1238/1515.png"),
        ("http://localhost/{z}/{x}/{y}", "12/1238/1515"),
    ],
)
def test_a_tile_is_asked_for_where_the_city_says(template: str, path: str) -> None:
    address = TileAddress.read(template)
    assert address.path_of(Tile(12, 1238, 1515)) == path
    assert template.strip().startswith(f"{address.origin}/")


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("tiles.example.city/{z}/{x}/{y}.png", "no web address"),
        ("ftp://tiles.example.city/{z}/{x}/{y}.png", "no web address"),
        ("https:///{z}/{x}/{y}.png", "no web address"),
        ("https://tiles.example.city:0/{z}/{x}/{y}.png", "no web address"),
        ("https://tiles.example.city:99999/{z}/{x}/{y}.png", "no web address"),
        ("https://[::1/{z}/{x}/{y}.png", "no web address"),
        ("https://somebody:secret@tiles.example.city/{z}/{x}/{y}.png", "no web address"),
        ("https://tiles.example.city/a b/{z}/{x}/{y}.png", "no web address"),
        ("https://tiles.example.city/{z}/{x}/{y}.png\x1b[2J", "no web address"),
        ("https://tiles.example.city/{z}/{x}/{y}.png" + "a" * 3000, "no web address"),
        ("https://tiles.example.city/{z}/{x}.png", "once each"),
        ("https://tiles.example.city/{z}/{x}/{y}/{-y}.png", "once each"),
        ("https://tiles.example.city/{z}/{x}/{y}/{y}.png", "once each"),
        ("https://tiles.example.city/{z}/{x}/{y}{r}.png", "once each"),
        ("https://{x}.example.city/{z}/{y}.png", "once each"),
        ("http://tiles.example.city/{z}/{x}/{y}.png", "over plain http"),
        ("http://127.0.0.1.example.city/{z}/{x}/{y}.png", "over plain http"),
    ],
)
def test_what_is_no_address_of_tiles_is_refused_with_a_sentence(template: str, why: str) -> None:
    with pytest.raises(CorrectSettings, match=why) as refused:
        TileAddress.read(template)
    assert refused.value.sentence.startswith("The setting tiles under [map] is ")
    assert refused.value.sentence.isprintable()
    assert len(refused.value.sentence) < 400


def test_tiles_of_two_servers_never_share_a_name() -> None:
    keys = {
        TileAddress.read(f"https://{host}/{style}/{{z}}/{{x}}/{{y}}.png").key
        for host in ("a.example.city", "b.example.city")
        for style in ("light", "dark")
    }
    assert len(keys) == 4
