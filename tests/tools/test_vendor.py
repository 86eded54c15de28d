"""The copy of Bootstrap's files: only the reviewed ones, cleaned."""

import hashlib
from pathlib import Path

import pytest

from tools import vendor

CSS = (
    ".a{background-image:url(\"data:image/svg+xml,%3csvg d='M1 (2)'/%3e\")}"
    ".b{--x:url('data:image/png;base64,AA==')}.c{background:url(\"plain.png\")}\n"
    "/*# sourceMappingURL=x.css.map */"
)
CLEANED = '.a{background-image:none}.b{--x:none}.c{background:url("plain.png")}\n'


def source(folder: Path, text: str = CSS) -> dict[str, str]:
    """A file to copy, and its right hash."""
    (folder / "css").mkdir(parents=True)
    (folder / "css" / "x.css").write_text(text)
    return {"css/x.css": hashlib.sha256(text.encode()).hexdigest()}


def test_copy_cleans_the_file_and_leaves_it_alone_the_second_time(tmp_path: Path) -> None:
    files = source(tmp_path / "from")
    target = tmp_path / "to"
    assert vendor.copy(tmp_path / "from", target, files) == [target / "x.css"]
    assert (target / "x.css").read_text() == CLEANED
    assert vendor.copy(tmp_path / "from", target, files) == []


def test_copy_mends_a_file_that_was_changed(tmp_path: Path) -> None:
    files = source(tmp_path / "from")
    vendor.copy(tmp_path / "from", tmp_path / "to", files)
    (tmp_path / "to" / "x.css").write_text("changed")
    assert vendor.copy(tmp_path / "from", tmp_path / "to", files) == [tmp_path / "to" / "x.css"]


def test_copy_refuses_a_file_that_was_not_reviewed(tmp_path: Path) -> None:
    files = source(tmp_path / "from")
    (tmp_path / "from" / "css" / "x.css").write_text(CSS + "a{}")
    with pytest.raises(ValueError, match="not the reviewed file"):
        vendor.copy(tmp_path / "from", tmp_path / "to", files)
    assert not (tmp_path / "to").exists()


def test_javascript_loses_its_source_map_alone() -> None:
    assert vendor.clean("let a=1;\n//# sourceMappingURL=x.js.map") == "let a=1;\n"


def test_the_installed_files_are_the_reviewed_ones(tmp_path: Path) -> None:
    import django_include_bootstrap

    folder = Path(django_include_bootstrap.__file__).parent / "static"
    for path in vendor.copy(folder, tmp_path, vendor.FILES):
        assert "sourceMappingURL" not in path.read_text()
        assert "url(" not in path.read_text()
