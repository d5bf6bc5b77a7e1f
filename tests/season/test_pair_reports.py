"""Which written report goes with which workbook, however both arrive; and reports that cannot be
read.
"""

from __future__ import annotations

import datetime as dt
import io
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import docx
import openpyxl
import pytest
from click.testing import CliRunner
from parcels import letter, mbox, zipped

import jixiao_xlsx as jx
from jixiao_xlsx.batch.phases import identified_and_examined, phases_for
from jixiao_xlsx.batch.score_files import score_files
from jixiao_xlsx.batch.single_files import check_files
from jixiao_xlsx.cli import main
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.intake.roster import read_roster
from jixiao_xlsx.season.assign import assign
from jixiao_xlsx.season.bureau_files import BureauFiles
from jixiao_xlsx.season.pair_reports import CHECKED, pair_reports
from jixiao_xlsx.season.settle import entries_of
from jixiao_xlsx.values.season import Entry, FileStatus
from jixiao_xlsx.values.work import FileKind, Identity

TEMPLATE = find_template()
SAMPLES = Path(__file__).parents[2] / "samples"
ROSTER = SAMPLES / "departments.csv"
WATER = next((SAMPLES / "inbox").glob("水务局*.xlsx")).read_bytes()
PETITIONS = (SAMPLES / "inbox" / "青禾县信访局.xlsx").read_bytes()
WRONG = "2023年基本支出555.37万元。"  # 水务局 555.27, 信访局 149.52


def report(*paragraphs: str) -> bytes:
    made = docx.Document()
    for text in paragraphs:
        made.add_paragraph(text)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


TITLED = report("青禾县水务局", "2023年度部门整体支出绩效评价报告", WRONG)
NAMELESS = report("2023年度部门整体支出绩效评价报告", WRONG)


def entries(folder: Path, files: Mapping[str, bytes], *, roster: bool = True) -> dict[str, Entry]:
    """What a run says of these files, by the last part of their names."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    bureau = BureauFiles(dt.date(2024, 3, 31), read_roster(ROSTER) if roster else ())
    with phases_for([folder], TEMPLATE, jobs=1, scored=False) as phases:
        assigner = partial(assign, bureau=bureau, title_words=phases.title_words)
        assignment, examined = identified_and_examined(phases, assigner)
    done = entries_of(assignment, examined, bureau.roster)
    return {entry.file.rpartition("/")[2]: entry for entry in done}


def codes_of(entry: Entry) -> list[str]:
    """The cells of the findings about a report."""
    assert entry.report, entry.reason
    return [str(f.place) for f in entry.report.findings if f.place.sheet.endswith(".docx")]


@pytest.mark.parametrize("roster", [True, False])
@pytest.mark.parametrize(
    "files",
    [
        {"水务.xlsx": WATER, "信访.xlsx": PETITIONS, "青禾县水务局绩效报告.docx": NAMELESS},
        {"水务.xlsx": WATER, "信访.xlsx": PETITIONS, "报告.docx": TITLED},
        {"水务局/水务.xlsx": WATER, "信访局/信访.xlsx": PETITIONS, "水务局/报告.docx": NAMELESS},
        {"全县/水务.xlsx": WATER, "全县/信访.xlsx": PETITIONS, "全县/报告.docx": TITLED},
        {
            "水务局/水务.xlsx": WATER,
            "信访.xlsx": PETITIONS,
            "水务局/报告.docx": report("整体支出绩效评价的报告", "县财政局：", WRONG),
        },
        {"水务.zip": zipped({"水务.xlsx": WATER, "报告.docx": NAMELESS}), "信访.xlsx": PETITIONS},
        {
            "1.eml": letter({"水务.xlsx": WATER, "报告.docx": NAMELESS}),
            "2.eml": letter({"信访.xlsx": PETITIONS}),
        },
        {
            "箱.mbox": mbox(
                [
                    letter({"水务.xlsx": WATER, "报告.docx": NAMELESS}),
                    letter({"信访.xlsx": PETITIONS}),
                ]
            )
        },
    ],
    ids=["name", "title", "folder", "one folder", "addressed", "zip", "mail", "mbox"],
)
def test_a_report_goes_with_its_workbook(
    files: Mapping[str, bytes], roster: bool, tmp_path: Path
) -> None:
    found = entries(tmp_path, files, roster=roster)
    assert codes_of(found["水务.xlsx"]) and all(
        "docx 第" in place for place in codes_of(found["水务.xlsx"])
    )
    assert [message for _, message in found["水务.xlsx"].documents] == [CHECKED]
    assert not codes_of(found["信访.xlsx"]) and not found["信访.xlsx"].documents


@pytest.mark.parametrize(
    "files",
    [
        {"水务.xlsx": WATER, "信访.xlsx": PETITIONS, "报告.docx": NAMELESS},
        {"全县/水务.xlsx": WATER, "全县/信访.xlsx": PETITIONS, "全县/报告.docx": NAMELESS},
        {"水务局/水务.xlsx": WATER, "水务局/青禾县审计局绩效报告.docx": NAMELESS},
        {
            "水务局/水务.xlsx": WATER,
            "水务局/报告.docx": report("青禾县审计局2023年度绩效评价报告", WRONG),
        },
        {
            "水务局/水务.xlsx": WATER,
            "水务局/双岭水库管理所绩效报告.docx": report("青禾县双岭水库管理所绩效评价报告", WRONG),
        },
        {"水务局/水务.xlsx": WATER, "水务局/会议纪要.docx": report("会议纪要", WRONG)},
        {
            "水务局/水务.xlsx": WATER,
            "水务局/去年报告.docx": report(
                "2022年度部门整体支出绩效评价报告", "2022年基本支出521.00万元。"
            ),
        },
    ],
    ids=[
        "no name",
        "no name in one folder",
        "other name",
        "other title",
        "its unit",
        "no report",
        "another year",
    ],
)
def test_nothing_is_guessed(files: Mapping[str, bytes], tmp_path: Path) -> None:
    found = entries(tmp_path, files)
    assert not [place for entry in found.values() if entry.report for place in codes_of(entry)]
    assert not any(entry.documents for entry in found.values())


def test_of_several_reports_the_latest_is_read(tmp_path: Path) -> None:
    files = {
        "水务.xlsx": WATER,
        "水务局绩效报告v1.docx": TITLED,
        "水务局绩效报告v2.docx": report("青禾县水务局绩效评价报告", "2023年。"),
    }
    for name in files:
        (tmp_path / name).write_bytes(files[name])
        stamp = 1_700_000_000
        os.utime(tmp_path / name, (stamp, stamp))
    found = {a.file: a for a in check_files([tmp_path], template=TEMPLATE)}
    assert not codes_of(found["水务.xlsx"])
    assert (
        "v2.docx" in found["水务局绩效报告v1.docx"].reason
        and found["水务局绩效报告v2.docx"].reason == CHECKED
    )


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04broken", b"", b"%PDF-1.7", TITLED[: len(TITLED) // 2]],
    ids=["broken", "empty", "pdf", "cut"],
)
def test_a_report_that_cannot_be_read_is_a_line_and_the_workbook_is_judged_without(
    data: bytes, tmp_path: Path
) -> None:
    for name, content in {"水务.xlsx": WATER, "青禾县水务局绩效报告.docx": data}.items():
        (tmp_path / name).write_bytes(content)
    done = jx.run([tmp_path], tmp_path / "结果", template=TEMPLATE, roster=ROSTER)
    found = {entry.file: entry for entry in done.entries}
    book, word = found["水务.xlsx"], found["青禾县水务局绩效报告.docx"]
    assert (word.status, word.department) == (FileStatus.UNREADABLE, "青禾县水务局") and word.reason
    assert book.counts and "没有读成" in book.reason and book.report
    assert any("没有读成" in skipped.reason for skipped in book.report.skipped)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("青禾县水务局绩效报告.doc", "PDF 已损坏"),
        ("青禾县水务局绩效报告.rtf", "只读 .docx"),
        ("青禾县水务局绩效报告.pdf", "PDF 已损坏"),
    ],
)
def test_what_is_no_docx_is_kept_and_says_what_would_be_read(
    name: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "水务.xlsx").write_bytes(WATER)
    (tmp_path / name).write_bytes(b"%PDF-1.7 x")
    found = {
        a.file: a
        for a in jx.run([tmp_path], tmp_path / "结果", template=TEMPLATE, roster=ROSTER).entries
    }
    assert found[name].material and said in found[name].reason


def test_a_run_tells_the_report_in_every_list(tmp_path: Path) -> None:
    for name, content in {"水务.xlsx": WATER, "青禾县水务局绩效报告.docx": TITLED}.items():
        (tmp_path / name).write_bytes(content)
    done = jx.run([tmp_path], tmp_path / "结果", template=TEMPLATE, roster=ROSTER)
    book = next(entry for entry in done.entries if entry.report)
    assert codes_of(book) == ["青禾县水务局绩效报告.docx 第3段"]
    csv = (tmp_path / "结果" / "findings.csv").read_text(encoding="utf-8-sig")
    assert "青禾县水务局绩效报告.docx,第3段" in csv and "555.37" in csv
    material = next(entry for entry in done.entries if entry.material)
    assert (material.department, material.reason) == ("青禾县水务局", CHECKED)


def jixiao(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, [str(one) for one in arguments])
    return done.exit_code, done.stdout, done.stderr


def test_a_report_given_by_hand_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    book, word = tmp_path / "表.xlsx", tmp_path / "别处" / "文字.docx"
    word.parent.mkdir()
    book.write_bytes(WATER)
    word.write_bytes(report(WRONG))
    code, output, _ = jixiao("check", book, "--report", word)
    assert "文字.docx 第1段" in output and "555.37" in output and "随附材料 1" in output
    assert code in {0, 1}


@pytest.mark.parametrize("name", ["文字.doc", "文字.pdf"])
def test_a_report_given_by_hand_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    book, word = tmp_path / "表.xlsx", tmp_path / name
    book.write_bytes(WATER)
    word.write_bytes(b"%PDF-1.4 x")
    _, output, _ = jixiao("check", book, "--report", word, "--format", "json")
    assert f"评价报告“{name}”没有读成（PDF 已损坏" in output


def test_a_report_given_by_hand_must_be_a_docx(tmp_path: Path) -> None:
    book, word = tmp_path / "表.xlsx", tmp_path / "文字.rtf"
    book.write_bytes(WATER)
    word.write_bytes(b"x")
    code, _, message = jixiao("check", book, "--report", word)
    assert code == 2 and ".docx" in message


def test_scoring_tells_reports_too(tmp_path: Path) -> None:
    for name, content in {"水务.xlsx": WATER, "青禾县水务局绩效报告.docx": TITLED}.items():
        (tmp_path / name).write_bytes(content)
    found = {
        entry.file: entry for entry in score_files([tmp_path], tmp_path / "评分", template=TEMPLATE)
    }
    assert found["青禾县水务局绩效报告.docx"].material and found["水务.xlsx"].output


def test_a_name_like_a_formula_stays_a_name(tmp_path: Path) -> None:
    name = "=1+1 青禾县水务局绩效报告.docx"
    for file, content in {
        "水务.xlsx": WATER,
        name: report("青禾县水务局绩效评价报告", f"=CMD() {WRONG}"),
    }.items():
        (tmp_path / file).write_bytes(content)
    jx.run([tmp_path], tmp_path / "结果", template=TEMPLATE, roster=ROSTER)
    count = 0
    for path in (tmp_path / "结果").rglob("*.xlsx"):
        for sheet in openpyxl.load_workbook(path):
            for row in sheet.iter_rows():
                ours = [
                    cell
                    for cell in row
                    if isinstance(cell.value, str) and cell.value.startswith(("=1+1", "=CMD"))
                ]
                assert all(cell.data_type == "s" for cell in ours)
                count += len(ours)
    assert count
    assert "\n=1+1" not in (tmp_path / "结果" / "findings.csv").read_text(
        encoding="utf-8-sig"
    ).replace(",=", "\n=")


def test_a_season_of_reports_is_offered_to_those_it_may_belong_to() -> None:
    """Thousands of files with names: each workbook is offered its own report."""
    roster = read_roster(ROSTER)
    found = []
    for number in range(30):
        for one in roster:
            book = f"{number}/{one.name}表.xlsx"
            found.append(
                Identity(
                    book,
                    FileKind.WORKBOOK,
                    FileStatus.SUBMITTED,
                    department=one.name,
                    code=one.code,
                    beside=str(number),
                )
            )
            word = f"{one.name}绩效报告{number}.docx"
            found.append(Identity(word, FileKind.REPORT, FileStatus.UNRECOGNISED, document=True))
    pairs = pair_reports(found, roster, ("报告",))
    assert len(pairs) == 30 * len(roster)
    assert all(len(one.documents) == 30 for one in pairs.values())
