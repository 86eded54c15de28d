"""Draws and stores the main sample learner's evidence: two pictures and a text, through the check for uploads."""

import uuid
from collections.abc import Iterator
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from PIL import Image, ImageDraw

from programmes.management.commands._demo.content import read, templates
from programmes.models import ActivityEntry, EvidenceFile
from uploads.checks import check_upload
from uploads.models import FileState
from uploads.storage import storage_name

CANVAS, INK, BRAND, SOFT, GOLD = "#f4f6f7", "#14252b", "#0b5d6c", "#d3e9ec", "#b8830f"
SIZE = (960, 640)


def write_evidence(entries: QuerySet[ActivityEntry], *, language: str, seed: int) -> Iterator[EvidenceFile]:
    """Store the sample files with the latest entry that was made from the template they belong to.

    Yields each file once its bytes are on the disk, so that the caller can take them back when the rest fails.
    """
    texts = read("evidence.json")
    files = [
        ("picture", texts["picture_name"], _photo_station(), True),
        ("picture", texts["notes_name"], texts["notes"][language].encode(), False),
        ("chart", texts["chart_name"], _chart(), True),
    ]
    for kind, names, content, is_shared in files:
        title = next(template.title for template in templates() if template.evidence == kind)
        entry = entries.filter(title__startswith=title[language]).select_related("enrolment__learner").first()
        if entry is None:
            continue
        checked = check_upload(SimpleUploadedFile(names[language], content))
        row = EvidenceFile(
            id=uuid.uuid5(uuid.NAMESPACE_URL, f"sample/{seed}/{checked.original_name}"),
            entry=entry,
            original_name=checked.original_name,
            content_type=checked.content_type,
            size=checked.size,
            sha256=checked.sha256,
            is_shared=is_shared,
            uploaded_by=entry.enrolment.learner,
            status=FileState.CLEAN,
            checked_at=entry.created_at,
        )
        row.file.save(storage_name(row.id, checked.extension), ContentFile(checked.content), save=False)
        if checked.thumbnail:
            name = storage_name(uuid.uuid5(row.id, "thumbnail"), "webp")
            row.thumbnail.save(name, ContentFile(checked.thumbnail), save=False)
        yield row
        row.save(force_insert=True)
        EvidenceFile.objects.filter(pk=row.pk).update(uploaded_at=entry.created_at)


def _photo_station() -> bytes:
    """A lamp, a camera and a box on a table, as plain shapes."""
    picture = Image.new("RGB", SIZE, CANVAS)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((80, 470, 880, 500), fill=INK)
    draw.rectangle((330, 120, 720, 470), fill="#ffffff", outline=SOFT, width=4)
    draw.rectangle((450, 330, 610, 470), fill=GOLD)
    draw.line((450, 380, 610, 380), fill=INK, width=4)
    draw.line((160, 470, 160, 200), fill=INK, width=10)
    draw.polygon(((120, 200), (240, 150), (260, 230), (150, 250)), fill=BRAND)
    draw.polygon(((250, 190), (450, 330), (450, 420), (240, 240)), fill="#fbf3de")
    draw.rounded_rectangle((740, 380, 850, 460), radius=12, fill=BRAND)
    draw.ellipse((720, 395, 770, 445), fill=INK)
    return _bytes(picture, "JPEG")


def _chart() -> bytes:
    """Six bars that get shorter, with a dashed line for the aim."""
    picture = Image.new("RGB", SIZE, CANVAS)
    draw = ImageDraw.Draw(picture)
    draw.line((100, 80, 100, 540), fill=INK, width=4)
    draw.line((100, 540, 880, 540), fill=INK, width=4)
    for place, height in enumerate((400, 380, 300, 320, 210, 150)):
        left = 140 + place * 120
        draw.rectangle((left, 540 - height, left + 70, 538), fill=BRAND)
    for left in range(100, 880, 40):
        draw.line((left, 360, left + 20, 360), fill=GOLD, width=4)
    return _bytes(picture, "PNG")


def _bytes(picture: Image.Image, form: str) -> bytes:
    written = BytesIO()
    picture.save(written, form)
    return written.getvalue()
