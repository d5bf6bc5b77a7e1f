"""Make samples/inbox, expected and sources again: `python samples/generate.py [-o DIR]`.

The same bytes on every run. The five workbooks and the written report that were made by hand are
listed and left alone.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from county import (  # noqa: E402
    clean,
    faulty,
    final_accounts,
    projects,
    roster,
    seed,
    targets,
    word,
)
from county.form import Form  # noqa: E402

from jixiao_xlsx.form.find_template import find_template  # noqa: E402
from jixiao_xlsx.form.spec import Template  # noqa: E402

HANDMADE = (
    "司法局2023年整体绩效自评表.xlsx",
    "附件：青禾县残疾人联合会部门整体支出绩效评价表.xlsx",
    "青禾县第一中学 绩效评价表(定稿)(1).xlsx",
    "县统计局整体支出绩效自评.xlsx",
    "城关镇2023年部门整体支出绩效自评表 最新.xlsx",
)
HANDMADE_REPORTS = ("县水务局绩效评价报告.docx",)


def forms(template: Template) -> Iterator[Form]:
    """Every generated workbook of the inbox."""
    county = roster.load()
    yield seed.report(county["机关事务中心"], template)
    yield from clean.clean_forms(county, template)
    yield from faulty.faulty_forms(county, template)


def expected_text(findings: list[tuple[str, str, str]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("code", "sheet", "cell"))
    writer.writerows(findings)
    return stream.getvalue()


def expected_of_report(findings: list[tuple[str, str, str, str]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("code", "sheet", "cell", "quote"))
    writer.writerows(findings)
    return stream.getvalue()


def expected_file(book: str) -> str:
    return f"{Path(book).stem}.csv"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "-o", "--output", type=Path, default=HERE, help="folder for inbox/, expected/ and sources/"
    )
    folder = parser.parse_args().output
    inbox, expected = folder / "inbox", folder / "expected"
    inbox.mkdir(parents=True, exist_ok=True)
    expected.mkdir(exist_ok=True)
    for form in forms(find_template()):
        form.write(inbox)
        (expected / expected_file(form.file)).write_text(
            expected_text(form.findings()), encoding="utf-8", newline="\n"
        )
    of_clean = {form.department: form for form in clean.clean_forms(roster.load(), find_template())}
    final_accounts.write(folder / "sources", of_clean)
    targets.write(folder / "sources", of_clean)
    projects.write(folder / "sources", of_clean)
    reports = expected / "reports"
    reports.mkdir(exist_ok=True)
    word.write(inbox)
    for file, found in ((word.FILE, word.findings()), *((name, []) for name in HANDMADE_REPORTS)):
        (reports / expected_file(file)).write_text(
            expected_of_report(found), encoding="utf-8", newline="\n"
        )
    for name in HANDMADE:
        (expected / expected_file(name)).write_text(
            expected_text([]), encoding="utf-8", newline="\n"
        )


if __name__ == "__main__":
    main()
