"""Photos: what is taken in comes out small, upright and anonymous, or is refused with the way out."""

import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms, ImageDraw, ImageOps, PngImagePlugin, TiffImagePlugin

from crew.domain.errors import CorrectInput
from crew.domain.likeness import NEARLY_THE_SAME_BITS, likeness
from crew.domain.picture_area import Area
from crew.photos.cells import cell_picture
from crew.photos.intake import black_out, prepare, prepare_file
from crew.photos.prepared import LONG_EDGE_PIXELS, PreparedPhoto

RED, GREEN, BLUE, YELLOW = (200, 30, 30), (30, 160, 60), (30, 60, 200), (230, 210, 40)


def corners(width: int = 120, height: int = 80) -> Image.Image:
    """A picture whose four quarters tell which way is up."""
    image = Image.new("RGB", (width, height), RED)
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 2, 0, width, height // 2 - 1), fill=GREEN)
    draw.rectangle((0, height // 2, width // 2 - 1, height), fill=BLUE)
    draw.rectangle((width // 2, height // 2, width, height), fill=YELLOW)
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def exif(
    main: dict[int, Any] | None = None, photo: dict[int, Any] | None = None, gps: dict[int, Any] | None = None
) -> Image.Exif:
    fields = Image.Exif()
    fields.update(main or {})
    fields.get_ifd(ExifTags.IFD.Exif).update(photo or {})
    fields.get_ifd(ExifTags.IFD.GPSInfo).update(gps or {})
    return fields


def decoded(photo: PreparedPhoto) -> Image.Image:
    image = Image.open(BytesIO(photo.content))
    image.load()
    return image


def close(seen: Any, wanted: tuple[int, int, int], by: int = 25) -> bool:
    return all(abs(a - b) <= by for a, b in zip(seen, wanted, strict=True))


def shows_corners(image: Image.Image) -> bool:
    width, height = image.size
    places = ((0.25, 0.25, RED), (0.75, 0.25, GREEN), (0.25, 0.75, BLUE), (0.75, 0.75, YELLOW))
    return all(close(image.getpixel((int(width * x), int(height * y))), colour) for x, y, colour in places)


def stored_as(orientation: int) -> Image.Image:
    """The corners picture as a camera with this EXIF orientation stores it."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    return corners().transpose(undo[orientation]) if orientation in undo else corners()


def refusal(raw: bytes, name: str = "photo.jpg", **limits: Any) -> str:
    with pytest.raises(CorrectInput) as caught:
        prepare(raw, name, **limits)
    return caught.value.sentence


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_comes_out_upright(orientation: int) -> None:
    raw = encoded(stored_as(orientation), exif=exif({ExifTags.Base.Orientation: orientation}), quality=95)
    photo = prepare(raw)
    assert (photo.width, photo.height) == (120, 80)
    assert shows_corners(decoded(photo))


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_an_orientation_that_does_not_exist_is_ignored(orientation: int) -> None:
    assert shows_corners(decoded(prepare(encoded(corners(), exif=exif({ExifTags.Base.Orientation: orientation})))))


def test_real_photos_of_all_orientations_look_alike(shared_data: Path) -> None:
    small = [
        cell_picture(prepare_file(path).content, 12, 9)
        for path in sorted((shared_data / "photos" / "orientation").glob("*.jpg"))
    ]
    first = small[0]
    assert len(small) == 9
    for other in small[1:]:
        difference = sum(abs(a - b) for a, b in zip(first.pixels, other.pixels, strict=True)) / len(first.pixels)
        assert difference < 6


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_no_metadata_survives(kind: str) -> None:
    secret = b"SECRET-SERIAL-4711"
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", secret.decode())
    options: dict[str, Any] = {
        "exif": exif({ExifTags.Base.Make: secret.decode()}, gps={1: "N", 2: (42.0, 21.0, 0.0)}),
        "icc_profile": secret + bytes(200),
        "xmp": b"<x:xmpmeta>" + secret + b"</x:xmpmeta>",
    }
    options |= {"comment": secret} if kind == "JPEG" else {"pnginfo": text} if kind == "PNG" else {}
    raw = encoded(corners(), kind, **options) + secret
    assert raw.count(secret) >= 3
    photo = prepare(raw)
    image = decoded(photo)
    assert secret not in photo.content
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}


def test_the_result_is_a_plain_jpeg_named_by_its_bytes() -> None:
    photo = prepare(encoded(corners(), "PNG"))
    image = decoded(photo)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (photo.width, photo.height))
    assert photo.sha256 == hashlib.sha256(photo.content).hexdigest()


@pytest.mark.parametrize("orientation", [1, 6])
def test_what_is_blacked_out_is_gone_and_the_rest_stays(orientation: int) -> None:
    where = exif(gps={1: "N", 2: (42.0, 18.0, 0.0), 3: "W", 4: (71.0, 6.0, 0.0)})
    where[ExifTags.Base.Orientation] = orientation
    photo = prepare(encoded(stored_as(orientation), exif=where))

    public = black_out(photo, [Area(0, 0, 0.5, 0.5), Area(0.9, 0.9, 1, 1)])

    image = decoded(public)
    assert close(image.getpixel((30, 20)), (0, 0, 0))
    assert close(image.getpixel((118, 78)), (0, 0, 0))
    assert close(image.getpixel((90, 20)), GREEN)
    assert (public.lat, public.long, image.size) == (photo.lat, photo.long, (photo.width, photo.height))
    assert public.sha256 == hashlib.sha256(public.content).hexdigest() != photo.sha256
    assert not image.getexif()


def test_a_picture_is_known_again_whatever_its_file(shared_data: Path) -> None:
    files = [path for path in sorted((shared_data / "photos" / "orientation").iterdir()) if "portrait" in path.name]
    looks = [prepare_file(path).near_hash for path in files]
    for path, look in zip(files, looks, strict=True):
        with Image.open(path) as opened:
            image = ImageOps.exif_transpose(opened).convert("RGB")
        width, height = image.size
        others = (
            encoded(image, quality=40),
            encoded(image.resize((width // 3, height // 3)), "PNG"),
            encoded(image.crop((width // 40, height // 40, width - width // 40, height - height // 40))),
        )
        assert all(likeness(look, prepare(other).near_hash) <= NEARLY_THE_SAME_BITS for other in others)


def test_pictures_of_different_things_are_told_apart(shared_data: Path) -> None:
    files = [
        *(shared_data / "photos" / "gps").iterdir(),
        *(shared_data / "photos" / "plain").iterdir(),
    ]
    looks = [prepare_file(path).near_hash for path in sorted(files) if path.suffix == ".jpg"]
    assert len(looks) > 1
    for place, look in enumerate(looks):
        assert all(likeness(look, other) > NEARLY_THE_SAME_BITS for other in looks[place + 1 :])


def test_pictures_with_nothing_on_them_are_not_alike() -> None:
    grey, brown = (prepare(encoded(Image.new("RGB", (64, 48), colour))).near_hash for colour in ("gray", "sienna"))
    assert likeness(grey, brown) > NEARLY_THE_SAME_BITS


def test_a_large_photo_is_shrunk_and_a_small_one_is_never_enlarged() -> None:
    large = prepare(encoded(corners(4000, 3000)))
    small = prepare(encoded(corners(31, 17)))
    assert (large.width, large.height) == (LONG_EDGE_PIXELS, 1200)
    assert (small.width, small.height) == (31, 17)


def test_a_long_thin_picture_keeps_at_least_one_pixel() -> None:
    photo = prepare(encoded(Image.new("RGB", (9000, 1), RED), "PNG"))
    assert (photo.width, photo.height) == (LONG_EDGE_PIXELS, 1)


def test_a_busy_photo_gives_up_quality_to_stay_small() -> None:
    noise = Image.frombytes("L", (200, 150), Random(4).randbytes(200 * 150)).resize((1600, 1200))
    assert len(encoded(noise, quality=82)) > 250 * 1024
    assert len(prepare(encoded(noise, quality=95)).content) < 250 * 1024


def test_a_real_phone_photo_says_when_and_where_and_becomes_small(shared_data: Path) -> None:
    photo = prepare_file(shared_data / "photos" / "large" / "samsung_s7edge_12mp_gps.jpg")
    assert len(photo.content) < 256 * 1024
    assert photo.taken_at == datetime(2017, 2, 9, 19, 51, 38, tzinfo=UTC)
    assert photo.lat == pytest.approx(48.8925)
    assert photo.long == pytest.approx(2.2363889)


def test_every_good_real_photo_is_taken_and_every_bad_one_refused(shared_data: Path) -> None:
    bad = {
        "bomb_900mp_1bit.png", "html_named.jpg", "truncated_half.jpg", "truncated_header_only.jpg", "zero_bytes.jpg",
        "pillow_broken.png", "pillow_broken_data_stream.png", "pillow_decompression_bomb.gif",
        "malformed_drew_processBoxes.heif",
    }  # fmt: skip
    refused = set()
    for path in (path for path in (shared_data / "photos").rglob("*") if path.is_file()):
        try:
            prepare_file(path)
        except CorrectInput as error:
            refused.add(path.name)
            assert path.name in error.sentence
    assert refused == bad


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("L", "JPEG"), ("CMYK", "JPEG"), ("1", "PNG"), ("P", "PNG"), ("LA", "PNG"), ("P", "GIF"), ("RGBA", "WEBP")],
)
def test_every_colour_mode_is_understood(mode: str, kind: str) -> None:
    image = decoded(prepare(encoded(Image.new("RGB", (40, 40), "white").convert(mode), kind)))
    assert close(image.getpixel((20, 20)), (255, 255, 255), by=4)


def test_sixteen_bit_greys_keep_their_tone() -> None:
    image = decoded(prepare(encoded(Image.new("I;16", (40, 40), 128 * 256), "PNG")))
    assert close(image.getpixel((20, 20)), (128, 128, 128), by=3)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparency_lies_over_white(kind: str) -> None:
    image = decoded(prepare(encoded(Image.new("RGBA", (40, 40), (0, 0, 0, 0)), kind)))
    assert close(image.getpixel((20, 20)), (255, 255, 255), by=3)


def test_a_transparent_palette_colour_lies_over_white() -> None:
    palette = Image.new("P", (40, 40), 0)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    image = decoded(prepare(encoded(palette, "PNG", transparency=0)))
    assert close(image.getpixel((20, 20)), (255, 255, 255), by=3)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_gives_its_first_frame(kind: str) -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in (GREEN, RED, BLUE)]
    raw = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    assert close(decoded(prepare(raw)).getpixel((20, 20)), GREEN)


def test_a_camera_pair_in_one_file_gives_its_first_picture() -> None:
    raw = encoded(corners(), "MPO", save_all=True, append_images=[Image.new("RGB", (120, 80))])
    assert shows_corners(decoded(prepare(raw)))


def test_the_time_of_the_photo_follows_its_own_offset() -> None:
    fields = exif(
        photo={
            ExifTags.Base.DateTimeOriginal: "2026:11:20 08:30:00",
            ExifTags.Base.OffsetTimeOriginal: "-05:00",
        }
    )
    photo = prepare(encoded(corners(), exif=fields), zone=ZoneInfo("Asia/Tokyo"))
    assert photo.taken_at == datetime(2026, 11, 20, 13, 30, tzinfo=UTC)


def test_a_photo_without_an_offset_was_taken_in_the_zone_of_the_city() -> None:
    fields = exif(photo={ExifTags.Base.DateTimeOriginal: "2026:11:20 08:30:00"})
    photo = prepare(encoded(corners(), exif=fields), zone=ZoneInfo("America/New_York"))
    assert photo.taken_at == datetime(2026, 11, 20, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "nonsense", ["0000:00:00 00:00:00", "1970:01:01 00:00:00", "2026:13:40 99:00:00", "", "today", "\x1b[2J"]
)
def test_a_time_that_cannot_be_is_no_time(nonsense: str) -> None:
    raw = encoded(corners(), exif=exif({ExifTags.Base.DateTime: nonsense}))
    assert prepare(raw).taken_at is None


def test_south_and_west_are_negative() -> None:
    gps = {1: "S", 2: (33.0, 52.0, 10.56), 3: "W", 4: (70.0, 30.0, 0.0)}
    photo = prepare(encoded(corners(), exif=exif(gps=gps)))
    assert photo.lat == pytest.approx(-33.8696)
    assert photo.long == pytest.approx(-70.5)


@pytest.mark.parametrize(
    "gps",
    [
        {},
        {1: "N", 2: (42.0, 21.0, 0.0)},
        {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},
        {1: "N", 2: (95.0, 0.0, 0.0), 3: "E", 4: (10.0, 0.0, 0.0)},
        {1: "N", 2: (42.0, 0.0), 3: "E", 4: (10.0, 0.0, 0.0)},
        {1: "X", 2: (42.0, 0.0, 0.0), 3: "E", 4: (10.0, 0.0, 0.0)},
        {1: "N", 2: (TiffImagePlugin.IFDRational(1, 0),) * 3, 3: "E", 4: (10.0, 0.0, 0.0)},
    ],
)
def test_a_place_that_cannot_be_is_no_place(gps: dict[int, Any]) -> None:
    photo = prepare(encoded(corners(), exif=exif(gps=gps)))
    assert (photo.lat, photo.long) == (None, None)


@given(st.binary(max_size=200))
def test_broken_exif_never_costs_a_good_photo(rubbish: bytes) -> None:
    for start in (b"", b"Exif\0\0", b"Exif\0\0II*\0\x08\0\0\0", b"Exif\0\0MM\0*\0\0\0\x08"):
        assert prepare(encoded(corners(8, 8), exif=start + rubbish)).width == 8


def test_the_bomb_is_refused_before_it_takes_memory(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.png"
    Image.new("1", (30_000, 30_000)).save(bomb)
    program = (
        "import resource, sys, pathlib\n"
        "from crew.photos.intake import prepare_file\n"
        "from crew.domain.errors import CorrectInput\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n"
        "    prepare_file(pathlib.Path(sys.argv[1]))\n"
        "except CorrectInput as error:\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, error)\n"
    )
    answer = subprocess.run([sys.executable, "-c", program, bomb], capture_output=True, text=True, check=True)
    grown_kib, sentence = answer.stdout.split(" ", 1)
    assert int(grown_kib) < 20_000
    assert "50 million pixels" in sentence


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_too_many_pixels_are_refused_in_every_format(kind: str) -> None:
    sentence = refusal(encoded(corners(100, 101), kind), pixel_limit=10_000)
    assert "pixels" in sentence
    assert prepare(encoded(corners(100, 100), kind), pixel_limit=10_000).width == 100


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_photo_is_refused(kind: str, part: float) -> None:
    raw = encoded(Image.frombytes("RGB", (80, 80), Random(1).randbytes(80 * 80 * 3)), kind)
    assert "photo.jpg" in refusal(raw[: int(len(raw) * part)])


def test_what_is_no_picture_is_refused_whatever_its_name() -> None:
    assert "choose one that is" in refusal(b"<!doctype html><script>alert(1)</script>", "nice.jpg")
    assert "0 bytes" in refusal(b"")


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO", "PPM"])
def test_other_formats_are_refused(kind: str) -> None:
    assert "choose one that is" in refusal(encoded(corners(), kind))


def test_a_phones_heic_is_taken(shared_data: Path) -> None:
    photo = prepare_file(shared_data / "photos" / "heic" / "drew_iphone_12mp_IMG_2927.heic")
    assert max(photo.width, photo.height) == 1600
    assert photo.taken_at is not None
    assert decoded(photo).format == "JPEG"


def test_an_avif_is_taken(shared_data: Path) -> None:
    assert prepare_file(shared_data / "photos" / "plain" / "pillow_exif.avif").width > 0


def test_colours_become_those_of_every_screen() -> None:
    """A profile whose red is blue shows whether anybody looks at it."""
    ordinary = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = ordinary.replace(b"rXYZ", b"-XYZ").replace(b"bXYZ", b"rXYZ").replace(b"-XYZ", b"bXYZ")
    assert shows_corners(decoded(prepare(encoded(corners(), icc_profile=ordinary))))
    image = decoded(prepare(encoded(corners(), icc_profile=swapped)))
    assert close(image.getpixel((30, 20)), RED[::-1], by=45)
    assert "icc_profile" not in image.info


@pytest.mark.parametrize("profile", [b"", b"not a profile", bytes(200)])
def test_a_broken_profile_never_costs_a_good_photo(profile: bytes) -> None:
    assert shows_corners(decoded(prepare(encoded(corners(), icc_profile=profile))))


def test_heic_is_refused_with_the_setting_that_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    assert "set the camera to JPEG" in refusal(b"\0\0\0\x18ftypheic" + bytes(60), "IMG_0001.HEIC")


def test_too_many_bytes_are_refused_before_the_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.jpg"
    with path.open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(CorrectInput, match=r"huge.jpg has 1000000.0 MB; the most is 31.5 MB"):
        prepare_file(path)


def test_bytes_have_the_same_limit_as_files() -> None:
    assert "the most is 0.0 MB" in refusal(bytes(1001), size_limit_bytes=1000)


def test_what_is_no_file_is_refused_with_its_reason(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    for name, words in (
        (".", "is a folder"),
        ("none.jpg", "no file"),
        ("pipe.jpg", "no file"),
        ("x" * 400, "too long"),
    ):
        with pytest.raises(CorrectInput, match=words):
            prepare_file(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_of_somebody_else_is_refused_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "locked.jpg"
    path.write_bytes(encoded(corners()))
    path.chmod(0)
    with pytest.raises(CorrectInput, match=r"may not be read"):
        prepare_file(path)


def test_a_hostile_file_name_is_harmless_in_the_sentence(tmp_path: Path) -> None:
    sentence = refusal(b"", "a\x1b]0;owned\x07\u202e\n.jpg" + "x" * 300)
    assert sentence.isprintable()
    assert len(sentence) < 200
    with pytest.raises(CorrectInput) as caught:
        prepare_file(tmp_path / "\x1b[2Jgone.jpg")
    assert caught.value.sentence.isprintable()


@given(st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF"]))
def test_random_bytes_are_refused_and_nothing_else(rubbish: bytes, magic: bytes) -> None:
    try:
        prepare(magic + rubbish)
        cell_picture(magic + rubbish, 10, 10)
    except CorrectInput as error:
        assert error.sentence.isprintable()


@settings(max_examples=60)
@given(st.data(), st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]))
def test_damaged_photos_are_read_or_refused_and_nothing_else(data: st.DataObject, kind: str) -> None:
    raw = bytearray(encoded(corners(24, 16), kind))
    for place in data.draw(st.lists(st.integers(0, len(raw) - 1), max_size=6)):
        raw[place] = data.draw(st.integers(0, 255))
    try:
        photo = prepare(bytes(raw), pixel_limit=1_000_000)
    except CorrectInput as error:
        assert error.sentence.isprintable()
    else:
        assert decoded(photo).format == "JPEG"


@pytest.mark.parametrize(
    ("size", "box", "cells"),
    [
        ((800, 600), (40, 20), (40, 15)),
        ((600, 800), (40, 20), (30, 20)),
        ((800, 600), (200, 100), (200, 75)),
        ((9000, 1), (40, 20), (40, 1)),
        ((1, 9000), (40, 20), (1, 20)),
        ((800, 600), (0, 0), (1, 1)),
    ],
)
def test_a_cell_picture_fits_and_keeps_its_aspect(
    size: tuple[int, int], box: tuple[int, int], cells: tuple[int, int]
) -> None:
    picture = cell_picture(encoded(Image.new("RGB", size, RED)), *box)
    assert (picture.columns, picture.rows) == cells
    assert len(picture.pixels) == picture.columns * picture.rows * 2 * 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_cell_picture_is_upright(orientation: int) -> None:
    raw = encoded(stored_as(orientation), exif=exif({ExifTags.Base.Orientation: orientation}), quality=95)
    picture = cell_picture(raw, 24, 8)
    assert shows_corners(Image.frombytes("RGB", (picture.columns, picture.rows * 2), picture.pixels))


def test_a_cell_picture_of_no_picture_is_refused() -> None:
    with pytest.raises(CorrectInput):
        cell_picture(b"no picture", 10, 10)
