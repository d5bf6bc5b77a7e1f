"""Files from PyPI and npm, fetched once by their ordinary clients and kept, with pinned digests."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CACHE = Path.home() / ".cache" / "jixiao-xlsx"
_SECONDS = 900


class NotFetched(SystemExit):
    """A download failed: said in one plain line, exit code 1."""

    def __init__(self, what: str, why: str) -> None:
        last = (why.strip().splitlines() or ["no answer"])[-1]
        super().__init__(f"could not fetch {what} (is there a network?): {last}")


def fetched(name: str, sha256: str, command: Sequence[str]) -> Path:
    """Return a file of the cache, fetched by `command` (run inside the cache) where it is missing.

    Raises NotFetched, also where the file has another digest than the pinned one.
    """
    place = CACHE / name
    if not place.is_file():
        run(command, what=name)
    if not place.is_file():
        raise NotFetched(name, "the client named the file differently")
    digest = hashlib.sha256(place.read_bytes()).hexdigest()
    if digest != sha256:
        place.unlink()
        raise NotFetched(name, f"its digest is {digest}, pinned is {sha256}")
    return place


def run(command: Sequence[str], what: str) -> None:
    """Run a client inside the cache. Raises NotFetched."""
    CACHE.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(
            command, cwd=CACHE, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotFetched(what, str(error)) from error
    if done.returncode:
        raise NotFetched(what, done.stderr or done.stdout)


def pip_download(*arguments: str) -> list[str]:
    """Return the command that downloads with pip into the folder it runs in."""
    return [sys.executable, "-m", "pip", "download", "--quiet", "--dest", ".", *arguments]


def fetch_wheels(place: Path, what: str, *arguments: str) -> None:
    """Have pip put the wheels that `arguments` name into `place`: from there, else from PyPI.

    Raises NotFetched.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:"]
    command += ["--dest", str(place), "--find-links", str(place)]
    place.mkdir(parents=True, exist_ok=True)
    try:
        run([*command, "--no-index", *arguments], what)
    except NotFetched:
        run([*command, *arguments], what)


def own_wheel(root: Path, folder: Path) -> Path:
    """Return the wheel of this checkout, built into `folder`. Raises NotFetched."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    run([*command, "--wheel-dir", str(folder), str(root)], what="the build backend")
    return next(folder.glob("jixiao_xlsx-*.whl"))
