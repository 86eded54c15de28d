"""Files for the tests of uploads, built in memory: small, valid ones of every type, and what attackers send."""

import struct
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pikepdf
from PIL import Image

OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
MAIN_PARTS = {
    "docx": ("word/document.xml", "wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation"),
}
ODF_TYPES = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}

Parts = dict[str, bytes]


# Pictures


def picture(form: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    return saved(image.convert(mode), form, **options)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def exif(*, orientation: int = 1) -> Image.Exif:
    """Metadata as a phone writes it: how it was held, where (GPS) and with what camera."""
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F] = "SecretCamera"
    data.get_ifd(0x8825).update({1: "N", 2: (52.0, 13.0, 47.0), 3: "E", 4: (21.0, 0.0, 42.0)})
    return data


def moving_picture(form: str) -> bytes:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    return saved(frames[0], form, save_all=True, append_images=frames[1:], duration=100)


def photo_with_depth_map() -> bytes:
    """A JPEG of two frames (MPO), as many phones write."""
    depth = Image.new("RGB", (40, 20), "black")
    return saved(Image.open(BytesIO(picture("JPEG"))), "MPO", save_all=True, append_images=[depth])


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it has that many pixels and holds hardly any."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


# PDF


def pdf(
    *,
    catalogue: dict[str, object] | None = None,
    annotation: dict[str, object] | None = None,
    **saving: object,
) -> bytes:
    """A PDF of one empty page, with additions to its catalogue or one annotation on the page."""
    document = pikepdf.new()
    page = document.add_blank_page()
    for key, value in (catalogue or {}).items():
        document.Root[key] = value
    if annotation is not None:
        page.obj["/Annots"] = pikepdf.Array([document.make_indirect(pikepdf.Dictionary(annotation))])
    file = BytesIO()
    document.save(file, **saving)
    return file.getvalue()


def script_action() -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def pdf_with_attachment() -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    document.attachments["payload.exe"] = b"MZ"
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def pdf_with_stray_file() -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    document.Root["/Extra"] = pikepdf.Stream(document, b"MZ", Type=pikepdf.Name.EmbeddedFile)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def pdf_bomb(unpacked: int) -> bytes:
    """A PDF whose catalogue lies in an object stream that unpacks to that many bytes."""
    index = b"1 0 2 40 3 80 "
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R>>",
    ]
    packed = zlib.compress(index + b"".join(o.ljust(40) for o in objects) + b" " * unpacked, 9)
    start = b"%PDF-1.5\n"
    stream = b"4 0 obj\n<</Type/ObjStm/N 3/First %d/Filter/FlateDecode/Length %d>>stream\n" % (
        len(index),
        len(packed),
    )
    body = start + stream + packed + b"\nendstream\nendobj\n"
    rows = [(0, 0, 0), (2, 4, 0), (2, 4, 1), (2, 4, 2), (1, len(start), 0), (1, len(body), 0)]
    table = b"".join(struct.pack(">BIB", *row) for row in rows)
    xref = b"5 0 obj\n<</Type/XRef/Size 6/W[1 4 1]/Root 1 0 R/Length %d>>stream\n" % len(table)
    return body + xref + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(body)


# Office documents


def archive(parts: Parts, *, stored: tuple[str, ...] = (), method: int = ZIP_DEFLATED) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as writer:
        for name, content in parts.items():
            writer.writestr(name, content, ZIP_STORED if name in stored else method)
    return file.getvalue()


def ooxml_parts(extension: str, *, main_type: str = "", overrides: str = "", relations: str = "") -> Parts:
    """The parts of a minimal docx, xlsx or pptx; `overrides` and `relations` are further XML."""
    main, kind = MAIN_PARTS[extension]
    content_type = main_type or f"{OOXML}{kind}.main+xml"
    folder, _slash, name = main.rpartition("/")
    return {
        "[Content_Types].xml": (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/{main}" ContentType="{content_type}"/>{overrides}</Types>'
        ).encode(),
        "_rels/.rels": relationships(relation("officeDocument", main, mode="Internal")),
        main: b"<?xml version='1.0' encoding='UTF-8'?><main>Zapis / registro</main>",
        f"{folder}/_rels/{name}.rels": relationships(relations),
    }


def relationships(inside: str) -> bytes:
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<?xml version="1.0"?><Relationships xmlns="{namespace}">{inside}</Relationships>'.encode()


def relation(kind: str, target: str, *, mode: str = "External") -> str:
    return f'<Relationship Id="r1" Type="{RELATIONS}{kind}" Target="{target}" TargetMode="{mode}"/>'


def ooxml(extension: str, extra: Parts | None = None, **xml: str) -> bytes:
    return archive({**ooxml_parts(extension, **xml), **(extra or {})})


def odf(
    extension: str, extra: Parts | None = None, *, inside: str = "", manifest: str = "", declared: str = ""
) -> bytes:
    """A minimal odt, ods or odp; `inside` goes into its content, `manifest` into its manifest."""
    content_type = declared or ODF + ODF_TYPES[extension]
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0" '
        'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
        'xmlns:xlink="http://www.w3.org/1999/xlink"'
    )
    text = f"<?xml version='1.0'?><office:document-content {names}>{inside}</office:document-content>"
    listing = f"<manifest xmlns='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'>{manifest}</manifest>"
    parts = {
        "mimetype": content_type.encode(),
        "content.xml": text.encode(),
        "Configurations2/accelerator/current.xml": b"",  # LibreOffice writes it empty
        **(extra or {}),
        "META-INF/manifest.xml": listing.encode(),
    }
    return archive(parts, stored=("mimetype",))


def with_flag(content: bytes, flag: int) -> bytes:
    """The same archive with a general-purpose flag set in its directory: bit 0 says encrypted."""
    at = content.index(b"PK\x01\x02") + 8
    return content[:at] + struct.pack("<H", flag) + content[at + 2 :]


def with_declared_size(content: bytes, size: int) -> bytes:
    """The same archive, whose directory says that its first entry unpacks to `size` bytes."""
    at = content.index(b"PK\x01\x02") + 24
    return content[:at] + struct.pack("<I", size) + content[at + 4 :]


def with_renamed_part(content: bytes, old: str, new: str) -> bytes:
    """The same archive with a part's name replaced by one of the same length that a zip library would not write."""
    assert len(old) == len(new)
    assert content.count(old.encode()) == 2
    return content.replace(old.encode(), new.encode())


def password_protected_docx() -> bytes:
    """What Word writes for a password: no zip but an OLE file with an encrypted package inside."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 1000
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 1000
    )


def good_files() -> dict[str, bytes]:
    """One good file of every type that is accepted, by extension."""
    return {
        "jpg": picture("JPEG"),
        "jpeg": picture("JPEG"),
        "png": picture("PNG"),
        "webp": picture("WEBP"),
        "pdf": pdf(),
        "docx": ooxml("docx"),
        "xlsx": ooxml("xlsx"),
        "pptx": ooxml("pptx"),
        "odt": odf("odt"),
        "ods": odf("ods"),
        "odp": odf("odp"),
        "txt": "Zażółć gęślą jaźń\n".encode(),
        "md": b"# Notes\n\n- one <b>bold</b> word\n",
        "csv": "día,horas\nmartes,3\n".encode(),
    }
