"""The runner of `make run`: it stops what it started, and says why it cannot start."""

import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tools import run, valkey


@pytest.fixture
def children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> run.Children:
    monkeypatch.setattr(run, "LOGS", tmp_path)
    return run.Children()


def start(children: run.Children, name: str, code: str) -> subprocess.Popen[bytes]:
    children.start(name, [sys.executable, "-c", code], {"PYTHONUNBUFFERED": "1"})
    return children.running[-1][1]


def wait_for(path: Path, text: str) -> None:
    end = time.monotonic() + 10
    while text not in path.read_text():
        assert time.monotonic() < end, path.read_text()
        time.sleep(0.01)


def test_a_child_that_ends_is_named_with_the_end_of_its_log(children: run.Children, tmp_path: Path) -> None:
    process = start(children, "worker", "print('the reason'); raise SystemExit(7)")
    process.wait(10)
    with pytest.raises(run.Stop) as raised:
        children.check()
    assert str(raised.value).splitlines()[0].startswith("worker ended with status 7.")
    assert str(raised.value).splitlines()[-1] == "the reason"


def test_children_are_stopped_politely_the_last_first(children: run.Children, tmp_path: Path) -> None:
    code = (
        "import signal, sys, time\n"
        "def end(*_):\n print('ended', time.monotonic()); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end); print('ready'); time.sleep(60)"
    )
    for name in ("first", "second"):
        start(children, name, code)
        wait_for(tmp_path / f"{name}.log", "ready")
    children.check()
    children.stop()
    times = [float((tmp_path / f"{name}.log").read_text().split()[-1]) for name in ("first", "second")]
    assert times[0] > times[1]
    assert [process.returncode for _name, process, _log in children.running] == [0, 0]


def state_of(stat: Path) -> str:
    """The letter of the process's state, or nothing once it is gone."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return stat.read_text().split()[2]
    return ""


def test_a_deaf_child_and_what_it_started_are_killed(
    children: run.Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "POLITE_SECONDS", 0.1)
    code = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(f'ready {child.pid}'); time.sleep(60)"  # in one piece: who waits may read at any moment
    )
    process = start(children, "deaf", code)
    wait_for(tmp_path / "deaf.log", "ready ")
    grandchild = Path("/proc") / (tmp_path / "deaf.log").read_text().split()[1] / "stat"
    children.stop()
    assert process.returncode == -9
    end = time.monotonic() + 10
    while state_of(grandchild) not in ("", "Z"):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_busy_port_is_a_clear_line() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with pytest.raises(run.Stop, match=f"Port {port} is not free"):
            run.ensure_free(port)
    run.ensure_free(port)


@pytest.mark.parametrize("text", ["", "http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_a_clear_line(text: str) -> None:
    with pytest.raises(run.Stop, match="is no port"):
        run.read_port(text)


def test_another_profile_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setenv("WBL_PROFILE", "production")
    with pytest.raises(run.Stop, match="embedded profile alone"):
        run.read_environment(8000)


def test_the_address_follows_the_port_and_the_real_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setenv("WBL_PROFILE", "embedded")
    monkeypatch.delenv("SITE_URL")
    assert run.read_environment(8123)["SITE_URL"] == "http://127.0.0.1:8123"
    monkeypatch.setenv("SITE_URL", "http://portal.sample.example")
    assert run.read_environment(8123)["SITE_URL"] == "http://portal.sample.example"


def test_a_missing_server_for_this_machine_is_a_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey.platform, "machine", lambda: "pdp11")
    with pytest.raises(RuntimeError, match=r"no server for .* on pdp11: start a Redis"):
        valkey.binary()
