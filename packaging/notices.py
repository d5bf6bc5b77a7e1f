"""The licences of what is handed on: one list and each package's own licence files."""

from __future__ import annotations

import re
import shutil
from importlib import metadata
from pathlib import Path

_FILES = re.compile(r"(?:licen[cs]e|copying|notice|authors)", re.IGNORECASE)
_GPL = re.compile(r"(?<!L)(?<!Lesser )\bA?GPL|(?<!Lesser )General Public License")
# Packages whose metadata do not name a licence in words, by name.
KNOWN = {"jixiao-xlsx": "MIT"}


class NotToBeHandedOn(SystemExit):
    """A package is under the GPL, or nobody knows under what."""


def write_notices(site: Path, target: Path, python_licence: Path) -> None:
    """Write 清单.txt and the licence files of every package in `site` into `target`.

    Raises NotToBeHandedOn.
    """
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(python_licence, target / "Python-LICENSE.txt")
    lines = ["CPython: Python Software Foundation License"]
    for one in sorted(metadata.distributions(path=[str(site)]), key=lambda d: d.name.lower()):
        licence = licence_of(one)
        lines.append(f"{one.name} {one.version}: {licence}")
        for file in one.files or ():
            if ".dist-info" in file.parts[0] and _FILES.match(file.name):
                place = target / f"{one.name}-{file.name}"
                shutil.copy(Path(str(one.locate_file(file))), place)
    lines.append("LGPL packages are unchanged and can be replaced; their sources are on PyPI.")
    (target / "清单.txt").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")


def licence_of(package: metadata.Distribution) -> str:
    """Return the licence of a package as its metadata name it. Raises NotToBeHandedOn."""
    about = package.metadata
    classifiers = [
        text.rpartition(" :: ")[2]
        for text in about.get_all("Classifier") or ()
        if text.startswith("License ::") and not text.endswith("OSI Approved")
    ]
    written = about.get("License-Expression") or " / ".join(classifiers) or about.get("License")
    licence = (written or KNOWN.get(package.name, "")).strip().split("\n")[0]
    if not licence:
        raise NotToBeHandedOn(f"{package.name}: no licence is named")
    if _GPL.search(licence):
        raise NotToBeHandedOn(f"{package.name}: {licence}")
    return licence
