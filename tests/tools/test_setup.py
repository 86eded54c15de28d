"""Set-up: it does nothing twice, and never overwrites a person's settings."""

import stat
from pathlib import Path

from tools import setup


def test_the_secret_is_written_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    assert setup.write_env(path) is True
    first = path.read_text()
    assert "WBL_PROFILE=embedded\n" in first
    assert len(first.split("SECRET_KEY=")[1].strip()) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert setup.write_env(path) is False
    assert path.read_text() == first


def test_two_checkouts_have_two_secrets(tmp_path: Path) -> None:
    for name in ("one", "two"):
        setup.write_env(tmp_path / name)
    assert (tmp_path / "one").read_text() != (tmp_path / "two").read_text()


def test_a_changed_requirements_file_is_installed_again(tmp_path: Path) -> None:
    path = tmp_path / "requirements.txt"
    path.write_text("a==1")
    before = setup.fingerprint(path)
    assert setup.fingerprint(path) == before
    path.write_text("a==2")
    assert setup.fingerprint(path) != before
