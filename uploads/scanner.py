"""Asks a ClamAV daemon about a file: its INSTREAM command, over a unix socket or TCP.

Our own few lines, because the clients in the package registry have not been looked after for years.
"""

import socket
import struct
from typing import IO

from uploads.kinds import MEGABYTE

TIMEOUT_SECONDS = 30  # for each step, not for the whole
CHUNK_BYTES = MEGABYTE


class ScannerUnavailable(Exception):
    """The scanner did not say yes or no. The file stays unchecked: it is never taken for clean."""


def finds_something(file: IO[bytes], *, address: str) -> bool:
    """Whether the scanner at `address` ("/path", or "host:port") knows the file as harmful.

    Raises ScannerUnavailable when it cannot be reached, breaks off, or answers anything but OK and FOUND.
    """
    file.seek(0)
    try:
        with _connected(address) as connection:
            answer = _ask(connection, file)
    except (OSError, ValueError) as error:
        raise ScannerUnavailable(f"no answer: {error}") from error
    if answer.endswith("FOUND"):
        return True
    if answer.endswith("OK"):
        return False
    raise ScannerUnavailable(f"answered {answer!r}")


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(TIMEOUT_SECONDS)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=TIMEOUT_SECONDS)


def _ask(connection: socket.socket, file: IO[bytes]) -> str:
    """Send the file in pieces, each behind its length, and a length of nothing at the end; return the answer."""
    try:
        connection.sendall(b"zINSTREAM\0")
        while chunk := file.read(CHUNK_BYTES):
            connection.sendall(struct.pack(">I", len(chunk)) + chunk)
        connection.sendall(struct.pack(">I", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # it stopped listening, for instance at its limit of size, and may have said why
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < CHUNK_BYTES:
        more = connection.recv(4096)
        if not more:
            break
        answer += more
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")
