"""Write requirements*.txt, every version with its hashes, from requirements*.in. Keeps versions unless --upgrade."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# In this order: what comes later is held to the versions of what the portal needs.
NAMES = ("requirements-uv", "requirements", "requirements-s3", "requirements-dev")


def main(arguments: list[str]) -> int:
    """Compile them with uv; the status of the first that fails."""
    for name in NAMES:
        command: list[str | Path] = [
            ROOT / ".venv" / "bin" / "uv",
            "pip",
            "compile",
            "--quiet",
            "--universal",
            "--python-version=3.11",
            "--generate-hashes",
            # Where somebody's index is, is nobody else's business.
            "--no-emit-index-url",
            "--no-emit-find-links",
            "--custom-compile-command=make lock",
            *arguments,
            f"--output-file={name}.txt",
            f"{name}.in",
        ]
        done = subprocess.run(command, cwd=ROOT, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
