"""The public API: a notebook can do all that the command line does, with the same files."""

from __future__ import annotations

import dataclasses
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

import jixiao_xlsx as jx
from jixiao_xlsx import cli
from jixiao_xlsx.batch.job import Job
from jixiao_xlsx.reading.titles import OPINION_SHEET
from jixiao_xlsx.values.findings import FindingState

SAMPLES = Path(__file__).parent.parent / "samples"
ROSTER = SAMPLES / "departments.csv"
FAULTY, FILE = "青禾县教育局", "附件2：青禾县教育局2023年部门整体支出绩效自评表.xlsx"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (folder := tmp_path / "收件箱").mkdir()
    shutil.copy2(SAMPLES / "inbox" / FILE, folder)
    return folder


def test_run_takes_all_that_the_command_takes() -> None:
    # the command takes several forms, each with the files that are of it
    options = {parameter.name for parameter in cli.run.params} - {"ask", "forms", "log"}
    fields = {field.name for field in dataclasses.fields(Job)} - {"passwords", "template", "only"}
    assert options == fields
    with pytest.raises(TypeError):
        jx.run([], "out", rooster="x")


def test_a_second_round_with_the_bureaus_files_and_the_reviewers_word(
    inbox: Path, tmp_path: Path
) -> None:
    first = jx.run([inbox], tmp_path / "一", roster=ROSTER, jobs=1)
    report = first.submitted[0].report
    assert report and report.round == 1
    code = report.findings[0].code
    (tmp_path / "豁免.csv").write_text(
        f"部门,规则,理由,批准人\n{FAULTY},{code},另有批复,王\n", encoding="utf-8"
    )
    (tmp_path / "批复.csv").write_text(
        f"部门编码,项目,决算\n{report.code},本年支出合计,1\n", encoding="utf-8"
    )
    (tmp_path / "以何为准.csv").write_text(f"部门,文件\n{FAULTY},{FILE}\n", encoding="utf-8")
    scored = tmp_path / "一" / "评分" / f"{FAULTY}.xlsx"
    book = openpyxl.load_workbook(scored)
    sheet = book["绩效评价表"]
    head = next(row for row in sheet.iter_rows() if any(cell.value == "财政复核分" for cell in row))
    columns = {cell.value: cell.column for cell in head}
    sheet.cell(head[0].row + 1, columns["财政复核分"]).value = 1
    sheet.cell(head[0].row + 1, columns["复核理由"]).value = "现场核实"
    book.save(scored)
    (copy,) = (path for path in first.submitted[0].returned if path.endswith(".xlsx"))
    shutil.copy2(tmp_path / "一" / copy, inbox / FILE)  # another file with the same figures

    done = jx.run(
        [inbox],
        tmp_path / "二",
        roster=ROSTER,
        reference=tmp_path / "批复.csv",
        waivers=tmp_path / "豁免.csv",
        choose=tmp_path / "以何为准.csv",
        previous=tmp_path / "一",
        review=tmp_path / "一",
        passwords=["不用"],
        jobs=1,
    )
    (entry,) = done.submitted
    again = entry.report
    assert again and again.round == 2
    assert {f.state for f in again.findings if f.code == code} == {FindingState.WAIVED}
    assert any("批复" in f"{f.message}{f.hint}{f.basis}" for f in again.findings if f.since == 2)
    (card,) = entry.scorecards
    assert [
        (one.reviewed.score, one.reviewed.reason) for one in card.indicators if one.reviewed
    ] == [(1, "现场核实")]
    inputs = json.loads((tmp_path / "二" / "run.json").read_text(encoding="utf-8"))["inputs"]
    assert {"批复.csv", "豁免.csv", "以何为准.csv"} <= {one["name"] for one in inputs}


def test_an_annotated_copy_and_differences_from_a_notebook(inbox: Path, tmp_path: Path) -> None:
    data = (inbox / FILE).read_bytes()
    submission = jx.read_bytes(data, FILE)
    stream = io.BytesIO()
    jx.write_annotated(stream, data, submission, jx.check(submission))
    jx.write_annotated(tmp_path / "副本.xlsx", data, submission, jx.check(submission))
    assert stream.getvalue() == (tmp_path / "副本.xlsx").read_bytes()
    assert openpyxl.load_workbook(stream).sheetnames[0] == OPINION_SHEET
    copy = jx.read(tmp_path / "副本.xlsx")
    assert {change.place.sheet for change in jx.differences(submission, copy)} <= {"核实说明"}


def test_the_command_diff_lists_each_changed_cell_on_its_line(inbox: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(inbox / FILE)
    submission = jx.read(inbox / FILE)
    cell = submission["基本信息"].cell("填报人", "填报内容")
    assert cell
    book[cell.sheet][cell.ref] = "新\n人"
    book.save(tmp_path / "新.xlsx")
    found = CliRunner().invoke(cli.main, ["diff", str(inbox / FILE), str(tmp_path / "新.xlsx")])
    assert (
        found.exit_code == 1
        and f"{cell.place}  填报人·填报内容：{cell.text} → 新 人\n" in found.stdout
    )
    assert found.stdout.count("\n") == len(
        jx.differences(submission, jx.read(tmp_path / "新.xlsx"))
    )
    same = CliRunner().invoke(cli.main, ["diff", str(inbox / FILE), str(inbox / FILE)])
    assert same.exit_code == 0 and same.stdout == ""


IMPORTED = """
import json, sys
from pathlib import Path
before = set(sys.modules)
from jixiao_xlsx import check, read, score
submission = read(Path(sys.argv[1]))
print(len(check(submission).findings), score(submission).total is not None, file=sys.stderr)
names = {name.partition(".")[0] for name in set(sys.modules) - before}
print(json.dumps(sorted(names - set(sys.stdlib_module_names))))
rooms = {name.split(".")[1] for name in sys.modules if name.startswith("jixiao_xlsx.")}
print(json.dumps(sorted(rooms)))
"""


@pytest.mark.parametrize("name", [FILE, "青禾县信访局.xlsx"])
def test_reading_checking_and_scoring_need_the_standard_library_and_calamine(name: str) -> None:
    """So that they also run in a browser; neither season nor output is loaded for one workbook."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, SAMPLES / "inbox" / name],
        check=True,
        capture_output=True,
        text=True,
    )
    modules, rooms = map(json.loads, done.stdout.splitlines())
    assert modules == ["jixiao_xlsx", "python_calamine"]
    assert not {"season", "output", "batch", "locale", "cli"} & set(rooms)
