"""The process in which one file is checked: `python -I checker.py EXTENSION MEMORY CPU WRITTEN CONTENT THUMBNAIL`.

The file comes in on standard input; the answer goes out on standard output as JSON; what is to be stored goes into
the two open files whose numbers are the last arguments. Whatever else happens here, the parent only sees an exit.
"""

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any


def limit(memory: int, cpu: int, written: int) -> None:
    """Take away what a check does not need. Before any parser is loaded, and for good: soft and hard alike."""
    for what, amount in (
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, written),
        (resource.RLIMIT_CORE, 0),  # a core file would hold what somebody sent
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_NPROC, 0),  # it starts nothing, so there is nothing left behind when it is ended
        (resource.RLIMIT_AS, memory),
    ):
        try:
            resource.setrlimit(what, (amount, amount))
        except (OSError, ValueError):
            # macOS knows no limit of memory; the others and the clock still hold there.
            if sys.platform == "linux":
                raise


def check(sent: bytes, extension: str, content: int, thumbnail: int) -> dict[str, Any]:
    """The answer: a `code` with `params` when it is refused, else how many bytes were written where."""
    from uploads.checks import check_content
    from uploads.kinds import UploadRejected

    try:
        checked = check_content(sent, extension)
        is_new = checked.content != sent
        return {
            "content": write(content, checked.content) if is_new else 0,
            "thumbnail": write(thumbnail, checked.thumbnail),
        }
    except UploadRejected as refused:
        return {"code": refused.code, "params": refused.params or {}}
    except (MemoryError, OSError):  # OSError: more to be written than the limit
        return {"code": "bomb", "params": {}}


def write(descriptor: int, content: bytes) -> int:
    """Write all of it into an open file; returns the number of bytes."""
    with os.fdopen(os.dup(descriptor), "wb") as file:
        return file.write(content)


def peak_memory() -> int:
    """The most memory that this process had, in bytes; 0 where the system does not say."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def main() -> None:
    """Check what comes in, with the limits given as arguments."""
    extension, *numbers = sys.argv[1:]
    memory, cpu, written, content, thumbnail = map(int, numbers)
    limit(memory, cpu, written)
    # -I leaves out the folder of this file and PYTHONPATH: nothing is found but the library and the portal.
    sys.path.append(str(Path(__file__).resolve().parent.parent))
    answer = check(sys.stdin.buffer.read(), extension, content, thumbnail)
    json.dump(answer | {"peak": peak_memory()}, sys.stdout)


if __name__ == "__main__":
    main()
