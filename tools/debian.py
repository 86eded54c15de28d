"""Install a Debian package where the person who runs the command may do so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys


def may_install() -> bool:
    """Whether apt-get is here and may be used without asking for a password."""
    return _apt_get() is not None


def install(*packages: str) -> bool:
    """Install the packages with apt-get; return whether it ended well.

    False without a word when the user may not install: the caller knows what to say then.
    """
    apt_get = _apt_get()
    if apt_get is None:
        return False
    print(f"Installing from Debian's packages: {' '.join(packages)} ...", file=sys.stderr, flush=True)
    # The lists of a fresh machine are empty or old, so they are read again first.
    for arguments in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(
            [*apt_get, *arguments],
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode and arguments[0] == "install":
            print(done.stdout[-2000:], file=sys.stderr)
            return False
    return True


def _apt_get() -> list[str] | None:
    """The command that runs apt-get with the right to install, if there is one."""
    apt_get = shutil.which("apt-get")
    if apt_get is None:
        return None
    if os.geteuid() == 0:
        return [apt_get]
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    asked = subprocess.run([sudo, "-n", "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return [sudo, "-n", "--preserve-env=DEBIAN_FRONTEND", apt_get] if asked.returncode == 0 else None
