"""LibreOffice for tests: render a workbook, recalculate it, and compare what it shows with what was
written.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest

_SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
_PDFTOPPM = shutil.which("pdftoppm")
_MISSING = [
    name
    for name, found in (("LibreOffice（soffice）", _SOFFICE), ("poppler（pdftoppm）", _PDFTOPPM))
    if not found
]
_ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""
_TIMEOUT = 240

Values = Mapping[tuple[str, str], object]


def office(test: object) -> pytest.MarkDecorator:
    """Mark a test that needs LibreOffice. Without it the test is skipped; on CI it runs, and
    fails.
    """
    skip = pytest.mark.skipif(
        bool(_MISSING) and not os.environ.get("CI"), reason=f"本机没有 {'、'.join(_MISSING)}"
    )
    return pytest.mark.office(skip(test))


def recalculated(workbooks: Sequence[Path]) -> dict[Path, Values]:
    """The values of each workbook after LibreOffice has worked out every formula anew."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        _convert(
            "xlsx:Calc MS Excel 2007 XML",
            workbooks,
            out,
            Path(folder) / "profile",
            recalculate=True,
        )
        return {path: values(out / path.name) for path in workbooks}


def resaved(
    workbooks: Sequence[Path], folder: Path, kind: str = "xlsx:Calc MS Excel 2007 XML"
) -> list[Path]:
    """The workbooks as LibreOffice saves them into `folder`, every formula worked out anew."""
    with tempfile.TemporaryDirectory() as profile:
        _convert(kind, workbooks, folder, Path(profile), recalculate=True)
    return [folder / f"{path.stem}.{kind.partition(':')[0]}" for path in workbooks]


def converted(kind: str, workbooks: Sequence[Path], out: Path) -> None:
    """Save `workbooks` in another format into `out`; `kind` is the suffix, or suffix and filter as
    soffice calls them.

    With every formula worked out anew: otherwise its .xls says 0 for every formula that gives text.
    """
    with tempfile.TemporaryDirectory() as profile:
        _convert(kind, workbooks, out, Path(profile), recalculate=True)


def values(workbook: Path) -> Values:
    """Cached values by (sheet, cell); blanks and empty texts are left out."""
    book = openpyxl.load_workbook(workbook, data_only=True)
    found = {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
    }
    return {place: value for place, value in found.items() if value not in (None, "")}


def differences(written: Values, calculated: Values) -> Iterator[str]:
    """Cells whose values differ by more than binary dust."""
    for sheet, ref in sorted(written.keys() | calculated.keys()):
        before, after = written.get((sheet, ref)), calculated.get((sheet, ref))
        if not _same(before, after):
            yield f"{sheet}!{ref}: {before!r} → {after!r}"


def _same(before: object, after: object) -> bool:
    if isinstance(before, int | float) and isinstance(after, int | float):
        return abs(before - after) <= 1e-12 * max(1.0, abs(before), abs(after))
    return before == after


def rendered(workbook: Path, folder: Path, *, dpi: int = 70) -> list[Path]:
    """The pages of a workbook as PNG files in `folder`, by way of PDF."""
    with tempfile.TemporaryDirectory() as profile:
        _convert("pdf", [workbook], folder, Path(profile), recalculate=False)
    assert _PDFTOPPM, "pdftoppm is missing"
    pdf = folder / f"{workbook.stem}.pdf"
    subprocess.run(
        [_PDFTOPPM, "-r", str(dpi), "-png", str(pdf), str(folder / workbook.stem)],
        check=True,
        timeout=_TIMEOUT,
    )
    return sorted(folder.glob(f"{workbook.stem}-*.png"))


def as_pdf(document: Path, folder: Path) -> Path:
    """A document printed into `folder`."""
    return _document("pdf", document, folder)


def as_doc(document: Path, folder: Path) -> Path:
    """A document saved into `folder` as an old Word does."""
    return _document("doc", document, folder)


def _document(kind: str, document: Path, folder: Path) -> Path:
    with tempfile.TemporaryDirectory() as profile:
        _convert(kind, [document], folder, Path(profile), recalculate=False)
    return folder / f"{document.stem}.{kind}"


def colours(workbook: Path, folder: Path) -> list[set[bytes]]:
    """The colours (three bytes each) of every page of a workbook."""
    rendered(workbook, folder, dpi=30)
    assert _PDFTOPPM, "pdftoppm is missing"
    pdf = folder / f"{workbook.stem}.pdf"
    subprocess.run(
        [_PDFTOPPM, "-r", "30", str(pdf), str(folder / workbook.stem)], check=True, timeout=_TIMEOUT
    )
    pages = [
        path.read_bytes().split(b"\n", 3)[3]
        for path in sorted(folder.glob(f"{workbook.stem}-*.ppm"))
    ]
    return [{page[at : at + 3] for at in range(0, len(page), 3)} for page in pages]


def _convert(
    kind: str, workbooks: Sequence[Path], out: Path, profile: Path, *, recalculate: bool
) -> None:
    assert _SOFFICE, "soffice is missing"
    if recalculate:
        (profile / "user").mkdir(parents=True, exist_ok=True)
        (profile / "user" / "registrymodifications.xcu").write_text(
            _ALWAYS_RECALCULATE, encoding="utf-8"
        )
    command = [
        _SOFFICE,
        "--headless",
        "--norestore",
        f"-env:UserInstallation={profile.resolve().as_uri()}",
    ]
    command += ["--convert-to", kind, "--outdir", str(out), *(str(path) for path in workbooks)]
    subprocess.run(command, check=True, capture_output=True, timeout=_TIMEOUT)
    wanted = kind.partition(":")[0]
    absent = [path.name for path in workbooks if not (out / f"{path.stem}.{wanted}").is_file()]
    assert not absent, f"LibreOffice wrote nothing for {absent}"
