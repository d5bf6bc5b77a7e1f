"""Whether LibreOffice opens every annotated copy, with all that is in it: `python
tests/bench/opening.py`. A few minutes.

Copies are made of every sample, clean ones too, and of every returned sample as LibreOffice itself
saves it (.xlsx, .xls, .ods). LibreOffice opens each, works out every formula anew and saves it.
What it saved must have the same sheets in the same order, every comment at its cell, and every
value the copy shows. Where there was no result, or an error, there may be one now, and what
LibreOffice works out otherwise in the submitted workbook itself is not the copy's doing: it is
counted apart. Ends with 1 where a copy falls short.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from alike import shown_by
from office import Values, converted, differences

from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.annotated.book import annotate
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.reading.titles import OPINION_SHEET
from jixiao_xlsx.values.findings import Result

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
XLSX = "xlsx:Calc MS Excel 2007 XML"
SAVED = {"xlsx": XLSX, "xls": "xls:MS Excel 97", "ods": "ods:calc8"}


def copies(paths: Sequence[Path], form: Template, out: Path) -> dict[Path, Path]:
    """The annotated copies, written into `out`, each with the workbook it was made of."""
    out.mkdir(parents=True)
    written = {}
    for path in paths:
        submission = workbook.read(path, form)
        copy = out / f"{path.stem}.xlsx"
        copy.write_bytes(annotate(path.read_bytes(), submission, check(submission, form), form))
        written[copy] = path
    return written


def recalculated_values(path: Path) -> Values:
    sheets = shown_by(path.read_bytes()).items()
    return {
        (name, f"{get_column_letter(at[1])}{at[0]}"): value
        for name, cells in sheets
        for at, value in cells.items()
    }


def moved(before: Path, after: Path) -> list[str]:
    """Values that LibreOffice shows otherwise than the file did."""
    return [
        line
        for line in differences(recalculated_values(before), recalculated_values(after))
        if ": None →" not in line
    ]


def lost(copy: Path, opened: Path) -> Iterator[str]:
    """Sheets and comments of `copy` that are not in what LibreOffice made of it."""
    before, after = openpyxl.load_workbook(copy), openpyxl.load_workbook(opened)
    if before.sheetnames != after.sheetnames:
        yield f"工作表 {before.sheetnames} → {after.sheetnames}"
        return
    for sheet in before:
        commented, kept = (
            {cell.coordinate for row in s.iter_rows() for cell in row if cell.comment}
            for s in (sheet, after[sheet.title])
        )
        if commented != kept:
            yield f"{sheet.title} 批注 {sorted(commented ^ kept)}"


def compare(name: str, written: Mapping[Path, Path], folder: Path) -> bool:
    """Open all, print one line of figures and one per shortfall; whether there was none."""
    try:
        converted(XLSX, list(written), folder / "copies")
    except AssertionError as error:
        print(f"  {error}")
    opened = {copy: out for copy in written if (out := folder / "copies" / copy.name).is_file()}
    short = {copy: list(lost(copy, out)) for copy, out in opened.items()}
    apart, own = 0, {copy: found for copy, out in opened.items() if (found := moved(copy, out))}
    if own:
        converted(XLSX, [written[copy] for copy in own], folder / "submitted")
    for copy, found in own.items():
        same = set(moved(written[copy], folder / "submitted" / copy.name))
        short[copy] += [line for line in found if line not in same]
        apart += sum(line in same for line in found)
    falls = {copy: found for copy, found in short.items() if found}
    sheets = sum(len(openpyxl.load_workbook(copy, read_only=True).sheetnames) for copy in opened)
    print(
        f"{name}：批注副本 {len(written)}　打开 {len(opened)}　完整 {len(opened) - len(falls)}　工作表 "
        f"{sheets}　原件自身 {apart} 格"
    )
    for copy, found in falls.items():
        print(f"  {copy.stem}：{len(found)} 处，{'；'.join(found[:4])}")
    return len(opened) == len(written) and not falls


def main() -> int:
    form, projects = find_template(), find_template("xiangmu-zhichu")
    samples = sorted((SAMPLES / "inbox").glob("*.xlsx"))
    back = [
        path for path in samples if check(workbook.read(path, form), form).result is not Result.PASS
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        groups = {"样例": copies(samples, form, folder / "样例")}
        groups["项目样例"] = copies(
            sorted((SAMPLES / "xiangmu" / "inbox").glob("*.xlsx")), projects, folder / "项目样例"
        )
        for suffix, kind in SAVED.items():
            converted(kind, back, folder / suffix)
            made = sorted((folder / suffix).glob(f"*.{suffix}"))
            groups[f"LibreOffice 存的 .{suffix}"] = copies(made, form, folder / f"{suffix} 副本")
        print(f"样例 {len(samples)} 份，其中退回 {len(back)} 份；副本第一张表是“{OPINION_SHEET}”")
        whole = [
            compare(group, written, folder / f"{group} 打开") for group, written in groups.items()
        ]
    return 0 if all(whole) else 1


if __name__ == "__main__":
    sys.exit(main())
