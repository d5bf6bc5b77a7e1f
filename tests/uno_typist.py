"""Types values into a workbook inside LibreOffice and saves it in several formats. Run by a Python
that has `uno`:

python3 uno_typist.py JOB.json        {"blank": …, "cells": [[sheet, ref, value], …], "targets":
{path: filter}, "profile": …}
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SOFFICE = "soffice"


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with office_desktop(job["profile"]) as desktop:
        _type(desktop, job)


@contextmanager
def office_desktop(profile: str) -> Iterator[Any]:
    """LibreOffice with a profile of its own, until the block ends."""
    import uno  # type: ignore[import-not-found, unused-ignore]

    pipe = f"typist{abs(hash(profile)) % 10**8}"
    own = f"-env:UserInstallation={Path(profile).resolve().as_uri()}"
    office = subprocess.Popen(
        [SOFFICE, "--headless", "--norestore", own, f"--accept=pipe,name={pipe};urp;"]
    )
    try:
        yield _desktop(uno, pipe)
    finally:
        office.terminate()
        office.wait(timeout=30)


def _desktop(uno: Any, pipe: str) -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    for _ in range(120):
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext(
                "com.sun.star.frame.Desktop", context
            )
        except Exception:  # not up yet; UNO has an exception of its own for it
            time.sleep(0.5)
    raise SystemExit("LibreOffice does not answer")


def _type(desktop: Any, job: Any) -> None:
    book = desktop.loadComponentFromURL(
        Path(job["blank"]).resolve().as_uri(), "_blank", 0, (with_property("Hidden", True),)
    )
    for sheet, ref, value in job["cells"]:
        cell = book.Sheets.getByName(sheet).getCellRangeByName(ref)
        if isinstance(value, str):
            cell.setString(value)
        else:
            cell.setValue(value)
    book.calculateAll()
    for target, kind in job["targets"].items():
        book.storeToURL(Path(target).resolve().as_uri(), (with_property("FilterName", kind),))
    book.close(True)


def with_property(name: str, value: object) -> Any:
    from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found, unused-ignore]

    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


if __name__ == "__main__":
    main()
