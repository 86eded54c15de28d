"""Copy Bootstrap's two files out of the installed package into static/vendor/ (ignored by git).

The package is not among INSTALLED_APPS, because it brings templates of its own. The files are checked against the
hashes of Bootstrap 5.3.8, then cleaned: source maps are not served, so the manifest storage would stumble over
their names; pictures in data: addresses would be refused by the content security policy (static/css/theme.css draws
its own).
"""

from __future__ import annotations

import hashlib
import re
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = {
    "css/bootstrap.min.css": "d85327d99c7a3ee1f9b5d0500d1370acea3ad2db39c163c2f51f232baedbdede",
    "js/bootstrap.bundle.min.js": "e4fd49181388c48ec5040bd3fe66f57c29c8e67fcd8502b3354b96ec7ab47cc7",
}
SOURCE_MAP = re.compile(r"\s*(?:/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*)\s*")
DATA_PICTURE = re.compile(r"""url\((["'])data:.*?\1\)""")


def main() -> int:
    """Copy what changed; 1 when a file is missing or is not the one that was reviewed."""
    spec = find_spec("django_include_bootstrap")
    if spec is None or spec.origin is None:
        print("django-include-bootstrap is not installed: run `make setup`.", file=sys.stderr)
        return 1
    try:
        copy(Path(spec.origin).parent / "static", ROOT / "static" / "vendor", FILES)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def copy(source: Path, target: Path, files: dict[str, str]) -> list[Path]:
    """Copy `files` (path below `source`, sha256) cleaned into the folder `target`; return what was written anew.

    Raises ValueError, before anything is written, for a file that is not the one that was reviewed.
    """
    ready: dict[Path, str] = {}
    for name, expected in files.items():
        content = (source / name).read_bytes()
        found = hashlib.sha256(content).hexdigest()
        if found != expected:
            raise ValueError(f"{name} is not the reviewed file: sha256 {found}, expected {expected}.")
        ready[target / Path(name).name] = clean(content.decode())
    target.mkdir(parents=True, exist_ok=True)
    changed = [path for path, text in ready.items() if not path.exists() or path.read_text() != text]
    for path in changed:
        path.write_text(ready[path])
    return changed


def clean(text: str) -> str:
    """The file without its source map and without pictures in data: addresses."""
    return DATA_PICTURE.sub("none", SOURCE_MAP.sub("\n", text))


if __name__ == "__main__":
    sys.exit(main())
