"""情况说明 turns a 警告 into 已说明 and never touches a 错误; a waived finding stays visible; idle waivers are
told.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import office
import pytest

from jixiao_xlsx.checking.explained import mark_explained
from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.intake.reference import read_reference, read_waivers
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.output.xlsx.blank.book import write_workbook
from jixiao_xlsx.output.xlsx.blank.layout import TableFilling
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.season.assign import assign
from jixiao_xlsx.season.bureau_files import BureauFiles
from jixiao_xlsx.season.waivers import idle_waivers, live_waivers, waived
from jixiao_xlsx.values.cells import Place, Remark
from jixiao_xlsx.values.findings import Finding, FindingState, Report, Result
from jixiao_xlsx.values.people import Waiver
from jixiao_xlsx.values.season import Entry, FileStatus
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.work import FileKind, Identity

TODAY = dt.date(2024, 3, 31)


def finding(
    code: str = "BAL503",
    severity: Severity = Severity.WARNING,
    item: str = "会议费",
    field: str = "决算数",
) -> Finding:
    return Finding(code, severity, Place("三公经费", "D9"), item, field, "2", "超预算")


def entry(*findings: Finding) -> Entry:
    report = Report("a.xlsx", "", "教育局", "101", 2023, findings, {}, ())
    return Entry("a.xlsx", FileStatus.SUBMITTED, department="教育局", report=report)


def waiver(**changes: object) -> Waiver:
    fields: dict[str, object] = {
        "department": "教育局",
        "code": "BAL503",
        "item": "会议费",
        "reason": "会议由省里举办",
        "approver": "李局长",
        "until": dt.date(2024, 12, 31),
        "source": "waivers.csv 第 2 行",
    }
    return Waiver(**(fields | changes))  # type: ignore[arg-type]


def test_a_warning_is_explained_by_rule_and_item() -> None:
    (got,) = mark_explained([finding()], [Remark("BAL503", "会 议费", "省里的会")])
    assert (got.state, got.explanation) == (FindingState.EXPLAINED, "省里的会")


@pytest.mark.parametrize(
    ("one", "remark"),
    [
        (finding(severity=Severity.ERROR), Remark("BAL503", "会议费", "省里的会")),
        (finding(), Remark("BAL504", "会议费", "省里的会")),
        (finding(), Remark("BAL503", "培训费", "省里的会")),
        (finding(), Remark("BAL503", "会议费", "")),
    ],
)
def test_other_remarks_change_nothing(one: Finding, remark: Remark) -> None:
    assert mark_explained([one], [remark]) == [one]


def test_an_explained_warning_lets_a_workbook_pass() -> None:
    report = entry(*mark_explained([finding()], [Remark("BAL503", "会议费", "省里的会")])).report
    assert report and report.result is Result.PASS


def test_a_waived_error_stays_visible_and_no_longer_counts() -> None:
    (got,), used = waived([finding(severity=Severity.ERROR)], [waiver()])
    assert got.state is FindingState.WAIVED and "李局长" in got.explanation
    report = entry(got).report
    assert report and report.result is Result.PASS
    assert not list(idle_waivers([waiver()], used, TODAY))


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"until": dt.date(2024, 3, 30)}, "WAV102"), ({"item": "培训费"}, "WAV101")],
)
def test_idle_waivers_are_reported(changes: dict[str, object], code: str) -> None:
    one = waiver(**changes)
    (got,), used = waived([finding()], live_waivers([one], TODAY))
    assert got.state is FindingState.OPEN
    assert [idle.code for idle in idle_waivers([one], used, TODAY)] == [code]


def test_a_waiver_goes_along_with_its_own_department_only() -> None:
    book = Identity("a.xlsx", FileKind.WORKBOOK, FileStatus.SUBMITTED, department="教育局")
    bureau = BureauFiles(TODAY, waivers=(waiver(), waiver(department="民政局")))
    work = assign([book], bureau, ()).works["a.xlsx"]
    assert [one.department for one in work.waivers] == ["教育局"]


def test_files_of_the_bureau_name_every_mistake(tmp_path: Path) -> None:
    path = tmp_path / "waivers.csv"
    path.write_text(
        "部门,规则,项目,理由,批准人,到期\n教育局,BAL503,,,李局长,明天\n", encoding="utf-8"
    )
    with pytest.raises(InputError) as notes:
        read_waivers(path)
    assert len(notes.value.mistakes) == 2
    path = tmp_path / "批复决算.csv"
    path.write_bytes(
        "部门编码,项目,年初预算,全年预算,决算\n101,基本支出,1,一百,2\n,项目支出,1,1,1\n".encode(
            "gb18030"
        )
    )
    with pytest.raises(InputError) as notes:
        read_reference(path)
    assert [mistake[:6] for mistake in notes.value.mistakes] == ["第 2 行：", "第 3 行："]


def test_reference_figures_keep_their_line(tmp_path: Path) -> None:
    path = tmp_path / "批复决算.csv"
    path.write_text(
        "部门编码,项目,年初预算,全年预算,决算\n101,基本支出,1.5,,“2”\n".replace("“2”", '"2,000"'),
        encoding="utf-8-sig",
    )
    (line,) = read_reference(path)
    assert {kind: float(amount) for kind, amount in line.amounts.items()} == {
        "年初预算": 1.5,
        "决算": 2000,
    }
    assert line.source == "批复决算.csv 第 2 行"


FILLED = {"三公经费": TableFilling(rows={"会议费": {"预算数（全年）": 100, "决算数": 200}})}


def meeting(path: Path) -> Finding:
    template = find_template()
    report = check(workbook.read(path, template), template)
    return next(f for f in report.findings if f.code == "BAL504")


def test_a_remark_in_the_returned_list_is_read(tmp_path: Path) -> None:
    remark = {"编号": "BAL504", "项目": "会议费", "情况说明": "会议由省里举办"}
    path = tmp_path / "a.xlsx"
    write_workbook(
        find_template(),
        path,
        filling=FILLED | {"核实说明": TableFilling(open_rows=[remark])},
        year=2023,
    )
    assert meeting(path).state is FindingState.EXPLAINED


@office.office
def test_a_remark_beside_a_line_of_the_selfcheck_is_read(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = tmp_path / "a.xlsx"
    write_workbook(find_template(), path, filling=FILLED, year=2023)
    assert meeting(path).state is FindingState.OPEN
    book = load_workbook(path)
    sheet = book["自检"]
    header = next(row for row in sheet.iter_rows() if "情况说明" in [cell.value for cell in row])
    columns = {cell.value: cell.column for cell in header}
    line = next(
        number
        for number in range(header[0].row, sheet.max_row + 1)
        if (sheet.cell(number, columns["编号"]).value, sheet.cell(number, columns["行 / 列"]).value)
        == ("BAL504", "会议费")
    )
    sheet.cell(line, columns["情况说明"]).value = "会议由省里举办"
    book.save(path)
    (saved,) = office.resaved([path], tmp_path / "saved")
    found = meeting(saved)
    assert (found.state, found.explanation) == (FindingState.EXPLAINED, "会议由省里举办")
