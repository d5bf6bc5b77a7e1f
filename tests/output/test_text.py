"""findings.csv, findings.json, run.json and what `check` prints."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.text.findings_csv import CSV_TITLES, findings_csv
from jixiao_xlsx.output.text.findings_json import as_json, findings_json
from jixiao_xlsx.output.text.run_record import run_document
from jixiao_xlsx.output.text.terminal import findings_text, score_lines
from jixiao_xlsx.values.causes import SEARCH, Cause, CauseCell, Certainty, Probable
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import BatchFinding, Expected, Finding, Report, Skipped
from jixiao_xlsx.values.people import Bureau, Department
from jixiao_xlsx.values.scores import Execution, Scorecard
from jixiao_xlsx.values.season import Entry, FileStatus, Season
from jixiao_xlsx.values.severity import Severity

TEMPLATE = find_template()
EXECUTION = Execution(Fraction(10), None, None, None, None, Fraction(10), "10 × 100% = 10")
CARD = Scorecard(
    "甲局",
    (),
    Fraction(90),
    Fraction(90),
    Fraction(8889, 100),
    "",
    EXECUTION,
    Fraction(100),
    "优",
    Fraction(9889, 100),
    "优",
)
UNBALANCED = Finding(
    "BAL201",
    Severity.ERROR,
    Place("资金预算执行表", "C9"),
    "合计",
    "基本支出小计",
    "130.62",
    "小计填 130.62 万元，人员、公用之和为 142.99 万元",
    expected=Expected(Decimal("142.99"), Decimal("143.00"), "万元"),
    difference="-12.37 万元",
    hint="人员经费可能重复计入",
    basis="某办法",
    related=(Place("资金预算执行表", "D9"), Place("收支总表", "D4")),
)
NOTE = replace(
    UNBALANCED, code="AMT101", severity=Severity.NOTE, expected="截断", hint="", related=()
)


def entry(*findings: Finding, file: str = "甲.xlsx", department: str = "甲局") -> Entry:
    report = Report(
        file,
        "s",
        department,
        "201",
        2023,
        findings,
        {"REC101": 2, "BAL201": 14},
        (Skipped("未填", 3, code="RAT101"),),
        500,
        498,
    )
    return Entry(file, FileStatus.SUBMITTED, "", "s", 10, department, report, (CARD,))


ACROSS = (
    BatchFinding(
        "XDP101",
        Severity.WARNING,
        ("甲局", "乙局"),
        "金额完全相同。",
        "请核对",
        (Place("收支总表", "D4"),),
    ),
)
UNREAD = Entry("坏.xlsx", FileStatus.UNREADABLE, "不是有效的工作簿", "t", 3)


def loaded(*entries: Entry, **options: object) -> dict[str, object]:
    return json.loads(b"".join(findings_json(entries, TEMPLATE, **options)), parse_float=Decimal)


def test_findings_json_has_the_shape_of_the_contract() -> None:
    document = loaded(entry(UNBALANCED, NOTE), UNREAD)
    assert set(document) == {"schema", "version", "template", "files"}
    assert document["template"] == {"id": "bumen-zhengti", "version": TEMPLATE.version}
    first, second = document["files"]
    assert first["file"] == "甲.xlsx" and first["department"] == "甲局" and first["year"] == 2023
    assert first["status"] == "已报" and first["result"] == "退回修改"
    assert first["checked"] == {"BAL201": 14, "REC101": 2}
    assert first["skipped"] == [{"code": "RAT101", "reason": "未填"}]
    assert list(first["findings"][0]) == [
        "id",
        "code",
        "severity",
        "state",
        "sheet",
        "cell",
        "item",
        "field",
        "reported",
        "expected",
        "difference",
        "message",
        "hint",
        "basis",
        "related",
        "count",
        "explanation",
        "decision",
    ]
    assert first["findings"][0]["related"] == [
        {"sheet": "资金预算执行表", "cell": "D9"},
        {"sheet": "收支总表", "cell": "D4"},
    ]
    assert first["findings"][1]["expected"] == "截断" and first["findings"][1]["severity"] == "note"
    assert second["status"] == "无法读取" and second["reason"] == "不是有效的工作簿"
    assert second["result"] is None and second["findings"] == []


def test_every_finding_that_asks_for_something_has_a_cause() -> None:
    (file,) = loaded(entry(replace(UNBALANCED, fingerprint="f1"), NOTE))["files"]
    (alone,) = file["causes"]
    assert alone["kind"] == "finding" and alone["explains"] == [file["findings"][0]["id"]] == ["f1"]
    here = {"sheet": UNBALANCED.place.sheet, "cell": UNBALANCED.place.cell}
    assert alone["cells"][0].items() >= here.items()
    culprit = CauseCell(
        Place("收支总表", "D4"), "项目", "决算数", "9", Probable(Decimal("90"), "元")
    )
    cause = Cause(
        "c1", "digit_missing", Severity.ERROR, (culprit,), Certainty.LIKELY, "疑似", ("f1",)
    )
    found = entry(replace(UNBALANCED, fingerprint="f1"))
    found = replace(found, report=replace(found.report, causes=(cause,)))
    (file,) = loaded(found)["files"]
    (only,) = file["causes"]
    assert only["cells"][0]["probably"] == {"value": 90, "unit": "元"}
    assert (only["id"], only["certainty"]) == ("c1", "很可能")


def test_the_record_of_a_batch_is_the_same_plus_its_own_findings() -> None:
    document = loaded(entry(UNBALANCED), across=())
    assert document.pop("batch_findings") == []
    document = loaded(entry(UNBALANCED), across=ACROSS)
    (found,) = document.pop("batch_findings")
    assert found["departments"] == ["甲局", "乙局"] and found["severity"] == "warning"
    assert document == loaded(entry(UNBALANCED))


@pytest.mark.parametrize("entries", [(), (UNREAD,), (entry(UNBALANCED), UNREAD)])
def test_the_pieces_make_one_evenly_indented_document(entries: tuple[Entry, ...]) -> None:
    whole = b"".join(findings_json(entries, TEMPLATE, across=ACROSS))
    assert whole == as_json(json.loads(whole))


def test_only_notes_pass() -> None:
    assert loaded(entry(NOTE))["files"][0]["result"] == "通过"


@pytest.mark.parametrize(
    "text", ["142.99", "0.1", "9548199.71", "-12.5", "123456789012.34", "0", "100", "1E+3"]
)
def test_expected_numbers_are_exact_json_numbers(text: str) -> None:
    expected = Expected(Decimal(text), Decimal(text), "元")
    found = loaded(entry(replace(UNBALANCED, expected=expected)))["files"][0]["findings"][0][
        "expected"
    ]
    assert found == {"low": Decimal(text), "high": Decimal(text), "unit": "元"}
    assert not isinstance(found["low"], str)


def test_digits_that_no_json_number_holds_stay_text() -> None:
    long = Decimal("1234567890123456789.25")
    found = loaded(entry(replace(UNBALANCED, expected=Expected(long, long, "元"))))["files"][0][
        "findings"
    ][0]["expected"]
    assert found["low"] == "1234567890123456789.25"


def lines(*entries: Entry) -> list[dict[str, str]]:
    data = b"".join(findings_csv(entries))
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_findings_csv_opens_in_excel() -> None:
    [line] = lines(entry(UNBALANCED), UNREAD)
    assert tuple(line) == CSV_TITLES
    assert line["编号"] == "BAL201" and line["级别"] == "错误" and line["状态"] == "待处理"
    assert line["应为"] == "142.99～143 万元"
    assert line["相关单元格"] == "资金预算执行表!D9；收支总表!D4"


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x")', "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "\t=1", "\r=1"]
)
def test_no_cell_of_the_csv_is_a_formula(text: str) -> None:
    [line] = lines(entry(replace(UNBALANCED, reported=text, problem=text), department=text))
    assert line["填报"] == line["问题"] == line["部门"] == f"“{text}”"


@pytest.mark.parametrize("text", ["-12.37", "+5", "-3%", "12"])
def test_a_plain_number_stays_a_number(text: str) -> None:
    [line] = lines(entry(replace(UNBALANCED, reported=text)))
    assert line["填报"] == text


def test_the_text_names_place_item_message_and_what_to_do() -> None:
    text = findings_text([entry(UNBALANCED, NOTE), UNREAD])
    assert "甲.xlsx  甲局  2023年度  错误 1，警告 0，提示 1" in text
    assert "  错误 BAL201 资金预算执行表!C9 合计·基本支出小计\n      小计填" in text
    assert "      建议：人员经费可能重复计入" in text
    assert "坏.xlsx  无法读取：不是有效的工作簿" in text
    assert text.endswith("共 2 个文件：已报 1，无法读取 1；错误 1，警告 0，提示 1\n")


def test_a_search_for_causes_that_was_cut_short_is_told_and_nothing_else_that_was_skipped() -> None:
    whole = entry(UNBALANCED)
    assert whole.report is not None
    cut = replace(whole.report, skipped=(*whole.report.skipped, Skipped("没试完", subject=SEARCH)))
    with_line, without = (findings_text([replace(whole, report=r)]) for r in (cut, whole.report))
    assert set(with_line.splitlines()) - set(without.splitlines()) == {"  起因：没试完。"}
    (file,) = json.loads(b"".join(findings_json([replace(whole, report=cut)], TEMPLATE)))["files"]
    assert {"code": "", "reason": "起因：没试完"} in file["skipped"]


def test_department_text_cannot_drive_a_terminal() -> None:
    text = findings_text([entry(replace(UNBALANCED, problem="\x1b[31m红\n换行", item="a\rb"))])
    assert "\x1b" not in text and "\r" not in text and "红 换行" in text


def test_the_run_record_balances_and_names_no_place_or_time() -> None:
    season = Season(
        "bumen-zhengti",
        "1.0",
        2023,
        Bureau(),
        (Department("201", "甲局"), Department("202", "乙局")),
        (entry(UNBALANCED, NOTE), UNREAD),
    )
    data = run_document(
        season, {"departments.csv": "r"}, {"汇总.xlsx": ("h", "t"), "findings.csv": ("c", "")}
    )
    document = json.loads(data)
    assert data == run_document(
        season, {"departments.csv": "r"}, {"findings.csv": ("c", ""), "汇总.xlsx": ("h", "t")}
    )
    assert document["missing"] == ["乙局"]
    totals = document["totals"]
    assert totals["files"]["seen"] == sum(totals["files"]["by_status"].values()) == 2
    assert totals["cells"] == {"read": 500, "handled": 498, "refused": 2}
    assert totals["departments"] == {
        "roster": 2,
        "submitted": 1,
        "missing": 1,
        "by_result": {"退回修改": 1},
    }
    assert totals["findings"]["error"]["open"] == 1 and totals["findings"]["note"]["open"] == 1
    assert [output["path"] for output in document["outputs"]] == ["findings.csv", "汇总.xlsx"]


def test_scores_stand_side_by_side() -> None:
    _, line, unread = score_lines([entry(), UNREAD])
    assert line == ("甲局", "甲.xlsx", "100.00", "98.89", "优", "优", "")
    assert unread[-1] == "无法读取：不是有效的工作簿"
