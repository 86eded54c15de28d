"""Pictures are decoded and written anew."""

from io import BytesIO

import pytest
from PIL import Image

from tests.uploads import samples
from tests.uploads.checking import checked, refusal


def test_check_upload_photo_loses_metadata_and_stands_upright():
    sent = samples.picture("JPEG", (40, 20), exif=samples.exif(orientation=6), comment=b"secret", quality=95)
    assert b"SecretCamera" in sent
    assert dict(Image.open(BytesIO(sent)).getexif().get_ifd(0x8825)) != {}

    upload = checked("photo.jpg", sent)

    picture = Image.open(BytesIO(upload.content))
    assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (20, 40), {})
    assert dict(picture.getexif().get_ifd(0x8825)) == {}
    assert {"exif", "comment", "icc_profile"} & set(picture.info) == set()
    assert (b"SecretCamera" in upload.content, b"secret" in upload.content) == (False, False)
    top, bottom = picture.getpixel((10, 5)), picture.getpixel((10, 35))
    assert (top[0] > 200, top[2] < 50, bottom[0] < 50, bottom[2] > 200) == (True, True, True, True)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_check_upload_drawn_picture_loses_metadata_and_stands_upright(form):
    extras = {"exif": samples.exif(orientation=3), "icc_profile": b"secret profile"}
    if form == "WEBP":
        extras["xmp"] = b"<x:xmpmeta>secret</x:xmpmeta>"
    sent = samples.picture(form, **extras)
    assert (b"SecretCamera" in sent, b"EXIF" in sent or b"eXIf" in sent) == (True, True)

    upload = checked(f"a.{form.lower()}", sent)

    picture = Image.open(BytesIO(upload.content))
    assert (dict(picture.getexif()), b"SecretCamera" in upload.content) == ({}, False)
    assert {"exif", "xmp", "icc_profile"} & set(picture.info) == set()
    left = picture.convert("RGB").getpixel((5, 10))
    assert (left[0] < 50, left[2] > 200) == (True, True)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_check_upload_png_keeps_its_pixels(mode):
    image = Image.new(mode, (4, 4), 1)
    sent = samples.saved(image, "PNG")
    picture = Image.open(BytesIO(checked("a.png", sent).content))
    assert (picture.mode, picture.tobytes()) == (mode, Image.open(BytesIO(sent)).tobytes())


def test_check_upload_png_keeps_its_transparent_colour():
    sent = samples.saved(Image.new("P", (4, 4), 0), "PNG", transparency=0)
    picture = Image.open(BytesIO(checked("a.png", sent).content))
    assert picture.convert("RGBA").getpixel((0, 0))[3] == 0


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_check_upload_jpeg_in_grey_or_print_colours_passes(mode):
    picture = Image.open(BytesIO(checked("a.jpg", samples.picture("JPEG", mode=mode)).content))
    assert picture.mode == {"L": "L", "CMYK": "RGB"}[mode]


def test_check_upload_photo_with_depth_map_keeps_the_photo_only():
    sent = samples.photo_with_depth_map()
    assert Image.open(BytesIO(sent)).n_frames == 2
    picture = Image.open(BytesIO(checked("a.jpg", sent).content))
    assert (picture.format, picture.size, picture.getpixel((5, 5))[0] > 200) == ("JPEG", (40, 20), True)


@pytest.mark.parametrize(("form", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")])
def test_check_upload_page_hidden_behind_a_picture_is_gone(form, name):
    upload = checked(name, samples.picture(form) + b"<html><script>alert(1)</script></html>")
    assert b"script" not in upload.content


@pytest.mark.parametrize(("form", "name"), [("PNG", "a.png"), ("WEBP", "a.webp")])
def test_check_upload_moving_picture_is_refused(form, name):
    assert refusal(name, samples.moving_picture(form)) == "animated"


@pytest.mark.parametrize(("form", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_check_upload_truncated_picture_is_refused(form, name, share):
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    sent = samples.saved(noise, form)
    assert refusal(name, sent[: int(len(sent) * share)]) == "damaged"


def test_check_upload_png_with_a_wrong_checksum_is_refused():
    sent = samples.picture("PNG")
    at = sent.index(b"IEND") - 8  # the sum of the pixels
    assert refusal("a.png", sent[:at] + b"\0\0\0\0" + sent[at + 4 :]) == "damaged"


@pytest.mark.parametrize(
    ("width", "height"),
    [(10_000, 5_000), (10_000, 10_000), (20_000, 20_000)],  # Pillow itself is silent, warns, raises
)
def test_check_upload_picture_with_too_many_pixels_is_refused_by_its_header(width, height):
    assert refusal("a.png", samples.png_header(width, height)) == "too_many_pixels"


def test_check_upload_picture_at_the_limit_of_pixels_is_decoded():
    assert refusal("a.png", samples.png_header(8_000, 5_000)) == "damaged"


def test_check_upload_jpeg_of_very_many_scans_is_refused():
    sent = samples.picture("JPEG", progressive=True)
    scan = sent[sent.index(b"\xff\xda") : -2]
    assert checked("a.jpg", sent).size > 0
    assert refusal("a.jpg", sent[:-2] + scan * 100 + sent[-2:]) == "bomb"
