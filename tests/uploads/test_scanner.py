"""Asking the virus scanner."""

import socket
from io import BytesIO
from pathlib import Path

import pytest

from tests.uploads.scanners import EICAR, scanner
from uploads.scanner import CHUNK_BYTES, ScannerUnavailable, finds_something

LARGE = b"a" * (CHUNK_BYTES + 1)


@pytest.mark.parametrize(
    ("content", "expected"), [(b"notes", False), (EICAR, True), (LARGE, False), (LARGE + EICAR, True)]
)
def test_finds_something_over_a_port(content: bytes, expected: bool) -> None:
    with scanner() as address:
        assert finds_something(BytesIO(content), address=address) is expected


def test_finds_something_over_a_unix_socket(tmp_path: Path) -> None:
    with scanner(str(tmp_path / "s")) as address:
        assert finds_something(BytesIO(EICAR), address=address) is True


def test_file_is_read_from_its_start() -> None:
    file = BytesIO(EICAR)
    file.read()
    with scanner() as address:
        assert finds_something(file, address=address) is True


@pytest.mark.parametrize(
    "answer", [b"stream: Can't allocate memory ERROR\0", b"\0", b"nonsense", b"UNKNOWN COMMAND\0"]
)
def test_answer_that_is_neither_yes_nor_no_is_no_answer(answer: bytes) -> None:
    with scanner(answer=answer) as address, pytest.raises(ScannerUnavailable):
        finds_something(BytesIO(b"notes"), address=address)


def test_scanner_that_stops_listening_at_its_limit_is_no_answer() -> None:
    with scanner(max_bytes=1000) as address, pytest.raises(ScannerUnavailable):
        finds_something(BytesIO(LARGE * 8), address=address)


@pytest.mark.parametrize(
    "address", ["127.0.0.1:1", "/nowhere/clamd.sock", "no-port", "127.0.0.1:http", "[::1]:1"]
)
def test_scanner_that_is_not_there_is_no_answer(address: str) -> None:
    with pytest.raises(ScannerUnavailable):
        finds_something(BytesIO(b"notes"), address=address)


def test_scanner_that_hangs_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uploads.scanner.TIMEOUT_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(ScannerUnavailable):
        finds_something(BytesIO(b"notes"), address=f"127.0.0.1:{silent.getsockname()[1]}")
