"""What is written down twice says the same: dependencies, import layers, settings, targets."""

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from tools import check, messages

ROOT = Path(__file__).resolve().parents[2]
NOT_APPS = {"tests", "tools"}


def requirements(name: str) -> list[str]:
    """The packages that a requirements*.in names."""
    lines = (line.strip() for line in (ROOT / name).read_text().splitlines())
    return [re.split(r"[\[=<>~ ;]", line)[0] for line in lines if line and line[0] not in "#-"]


def contracts() -> dict[str, dict[str, list[str]]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {contract["id"]: contract for contract in project["tool"]["importlinter"]["contracts"]}


def packages() -> set[str]:
    """The top-level Python packages of the portal itself."""
    return {path.parent.name for path in ROOT.glob("*/__init__.py")} - NOT_APPS


@pytest.mark.parametrize("name", ["requirements.in", "requirements-s3.in", "requirements-dev.in"])
def test_every_direct_dependency_is_explained(name: str) -> None:
    explained = re.findall(r"^\| ([\w-]+) \|", (ROOT / "docs" / "dependencies.md").read_text(), re.M)
    assert [package for package in requirements(name) if package not in explained] == []


def test_no_dependency_is_explained_that_is_not_there() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text().split("## Installers")[0]
    explained = set(re.findall(r"^\| ([\w-]+) \|", text, re.M)) - {"package"}
    assert explained == {
        *requirements("requirements.in"),
        *requirements("requirements-s3.in"),
        *requirements("requirements-dev.in"),
    }


@pytest.mark.parametrize("name", ["requirements", "requirements-s3", "requirements-dev", "requirements-uv"])
def test_the_lock_holds_every_direct_dependency_and_no_address(name: str) -> None:
    lock = (ROOT / f"{name}.txt").read_text()
    locked = set(re.findall(r"^([\w.-]+)==", lock, re.M))
    assert [package for package in requirements(f"{name}.in") if package.lower() not in locked] == []
    assert "://" not in lock


def test_the_tests_have_the_versions_of_the_portal() -> None:
    def versions(name: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+==[^ ]+", (ROOT / name).read_text(), re.M))

    assert versions("requirements.txt") - versions("requirements-dev.txt") == set()


def test_the_layers_of_apps_are_the_installed_apps() -> None:
    layers = contracts()["apps"]["layers"]
    assert set(layers) == packages()
    assert set(layers) - {"wbl_portal"} == {app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir()}


def test_every_app_has_its_modules_in_one_contract() -> None:
    containers = [app for contract in contracts().values() for app in contract.get("containers", [])]
    assert sorted(containers) == sorted(packages() - {"wbl_portal"})


def test_the_languages_of_the_check_are_the_languages_of_the_portal() -> None:
    assert {"en", *messages.LANGUAGES} == {code for code, _name in settings.LANGUAGES}


def test_the_example_names_every_variable_that_the_settings_read() -> None:
    source = (ROOT / "wbl_portal" / "settings.py").read_text()
    read = set(re.findall(r"""(?:env\.\w+|required)\(\s*["']([A-Z_]+)["']""", source))
    named = set(re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    assert named - read == set()
    assert read - named <= {"DEBUG", "CSRF_TRUSTED_ORIGINS"}


def test_every_step_of_the_check_is_a_target() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)
    assert [step for step in check.STEPS if step not in targets] == []


@pytest.mark.parametrize(
    ("folders", "ending", "most"),
    [
        (["templates"], "html", 120),
        (
            [
                "core",
                "uploads",
                "notifications",
                "people",
                "standards",
                "programmes",
                "dashboards",
                "wbl_portal",
                "tools",
            ],
            "py",
            450,
        ),
    ],
)
def test_no_file_outgrows_its_reader(folders: list[str], ending: str, most: int) -> None:
    """A page is split into fragments, a module into a package of the same name, by noun."""
    paths = [path for folder in folders for path in (ROOT / folder).rglob(f"*.{ending}")]
    assert paths
    long = [
        path for path in paths if len(path.read_text().splitlines()) > most and "migrations" not in path.parts
    ]
    assert long == []
