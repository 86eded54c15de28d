"""A stand-in for the ClamAV daemon on this machine: it knows one virus, the harmless one that all scanners know."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# In two parts, so that no scanner takes this file for one.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Handler(socketserver.StreamRequestHandler):
    """INSTREAM as its manual says: the command, pieces behind their length, a length of nothing."""

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
            if len(content) > self.server.max_bytes:  # type: ignore[attr-defined]
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        found = b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK"
        self.wfile.write(self.server.answer or found + b"\0")  # type: ignore[attr-defined]


@contextmanager
def scanner(path: str = "", answer: bytes = b"", max_bytes: int = 100_000_000) -> Iterator[str]:
    """The address of a running scanner: on the unix socket `path`, else on a port. It may always say `answer`."""
    server: Any = (
        socketserver.ThreadingUnixStreamServer(path, Handler)
        if path
        else socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    )
    server.daemon_threads, server.answer, server.max_bytes = True, answer, max_bytes
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield path or f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
