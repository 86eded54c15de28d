"""Prepare everything that `make run` and the checks need, from Python 3.11 and the package index alone.

Makes .venv and installs the locked requirements with their hashes checked (`--dev`: with the tools of the tests),
writes a .env for the embedded profile when there is none, and generates what git ignores: Bootstrap's files and the
compiled messages. What is already there is left as it is, so a second call takes a fraction of a second.
Runs on the system's Python, before anything is installed: the standard library only.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PLAIN, DEV, INSTALLER = "requirements.txt", "requirements-dev.txt", "requirements-uv.txt"


def main(arguments: list[str] | None = None) -> int:
    """Set up; the exit status of the first step that failed, after it said why."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dev", action="store_true", help="also what the tests and checks need")
    parser.add_argument(
        "--env", action="store_true", help="write .env for the embedded profile if there is none"
    )
    options = parser.parse_args(arguments)
    try:
        make_venv()
        install(DEV if options.dev else PLAIN)
        if options.env:
            write_env(ROOT / ".env")
        (ROOT / "staticfiles").mkdir(exist_ok=True)  # whitenoise warns when it is not there
        for step in (["-m", "tools.vendor"], ["-m", "tools.messages", "compile"]):
            subprocess.run([PYTHON, *step], cwd=ROOT, check=True)
    except subprocess.CalledProcessError as error:
        print(f"Set-up stopped: {error}", file=sys.stderr)
        return 1
    return 0


def make_venv() -> None:
    """Make .venv, with the Debian package that this needs on Debian's own Python."""
    works = PYTHON.exists() and subprocess.run([PYTHON, "-c", "import pip"], check=False).returncode == 0
    if not works:
        print("Making the virtual environment .venv ...", flush=True)
        command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            from tools import debian

            name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
            if not debian.install(name):
                print(f"Python's venv module is missing: install {name}.", file=sys.stderr)
            subprocess.run(command, check=True)
    # So that .venv/bin/pytest finds `tools` and `tests` as `python -m pytest` does.
    for site in VENV.glob("lib/python*/site-packages"):
        path_file = site / "wbl_portal_checkout.pth"
        if not path_file.exists() or path_file.read_text() != f"{ROOT}\n":
            path_file.write_text(f"{ROOT}\n")


def install(name: str) -> None:
    """Install a requirements file unless its stamp says that exactly this was installed."""
    wanted = fingerprint(ROOT / name)
    if (VENV / f"{name}.stamp").exists() and (VENV / f"{name}.stamp").read_text() == wanted:
        return
    print(f"Installing {name} ...", flush=True)
    if not _install_with_uv(name):
        print("uv is not to be had, so pip installs (slower).", flush=True)
        subprocess.run(_pip(name), cwd=ROOT, check=True)
    # What the tests need holds what the portal needs, version for version.
    for done in (PLAIN, DEV) if name == DEV else (PLAIN,):
        (VENV / f"{done}.stamp").write_text(fingerprint(ROOT / done))


def fingerprint(path: Path) -> str:
    """The hash of a requirements file together with the Python that it is installed for."""
    return hashlib.sha256(path.read_bytes() + sys.version.encode()).hexdigest()


def _pip(name: str) -> list[str | Path]:
    return [PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", name]


def _install_with_uv(name: str) -> bool:
    """Install with uv, itself installed into .venv first; False when any of it failed."""
    uv = VENV / "bin" / "uv"
    if (
        not uv.exists()
        and subprocess.run(_pip(INSTALLER), cwd=ROOT, check=False, stderr=subprocess.DEVNULL).returncode
    ):
        return False
    command: list[str | Path] = [
        uv,
        "pip",
        "install",
        "--quiet",
        "--python",
        PYTHON,
        "--require-hashes",
        "--requirement",
        name,
    ]
    environment = os.environ | {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
    return subprocess.run(command, cwd=ROOT, check=False, env=environment).returncode == 0


def write_env(path: Path) -> bool:
    """Write a .env for the embedded profile with a secret of its own; False when there is one already."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w") as file:
        file.write("# Written by `make run`; .env.example lists all settings.\n")
        file.write(f"WBL_PROFILE=embedded\nSECRET_KEY={secrets.token_urlsafe(50)}\n")
    return True


if __name__ == "__main__":
    sys.exit(main())
