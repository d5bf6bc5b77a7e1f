"""Every figure that stands in more than one output of a run is the same in all of them.

The outputs are read as people and programs read them; where they disagree, the test names the
department, the figure, and what each output says.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from office import as_pdf, office

import jixiao_xlsx as jx
from jixiao_xlsx.output.text.run_log import log_text
from jixiao_xlsx.values.season import Season

SAMPLES = Path(__file__).parents[2] / "samples"
SEVERITIES = {"error": "错误", "warning": "警告", "note": "提示"}
LABELS = tuple(SEVERITIES.values())


@dataclass
class Said:
    """What the outputs say: by department ("" for the season) and figure, by output."""

    figures: dict[tuple[str, str], dict[str, object]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def note(self, department: str, figure: str, output: str, value: object) -> None:
        self.figures[department, figure][output] = value

    def disagreements(self) -> Iterator[str]:
        for (department, figure), by_output in self.figures.items():
            if len({str(value) for value in by_output.values()}) > 1:
                yield f"{department} {figure}: {by_output}"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Season, Path]:
    out = tmp_path_factory.mktemp("结果")
    return jx.run(SAMPLES / "inbox", out, roster=SAMPLES / "departments.csv", jobs=2), out


@pytest.fixture(scope="module")
def said(run: tuple[Season, Path]) -> Said:
    season, out = run
    said = Said()
    names = {entry.file: entry.department for entry in season.submitted}
    for read in (_json, _csv, _run_record, _page, _letters, _parcels, _annex):
        read(said, out, names)
    for entry in season.submitted:
        _score_sheet(said, out / entry.output, entry.department)
    _summary(said, out)
    _briefing(said, out)
    _log(said, season)
    return said


def test_the_outputs_agree(said: Said) -> None:
    wrong = list(said.disagreements())
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize(
    ("figure", "outputs"),
    [
        ("复算总分", 4),
        ("自评总分", 2),
        ("差异", 2),
        ("复算等级", 3),
        ("预算执行率得分", 2),
        ("结果", 9),
        ("错误", 6),
        ("警告", 6),
        ("提示", 5),
        ("要核对的项", 2),
    ],
)
def test_so_many_outputs_were_compared_for_most_departments(
    said: Said, figure: str, outputs: int
) -> None:
    """So that a changed title does not quietly take an output out of the comparison."""
    counts = [len(by) for (name, what), by in said.figures.items() if what == figure and name]
    assert len(counts) >= 19 and sum(count >= outputs for count in counts) >= 19, counts


def test_indicator_scores_of_both_books_agree(run: tuple[Season, Path]) -> None:
    season, out = run
    matrix = openpyxl.load_workbook(out / "汇总.xlsx", data_only=True)["指标得分矩阵"]
    rows = [list(row) for row in matrix.iter_rows(values_only=True)]
    heads = next(row for row in rows if "基本支出预算执行率" in row)
    compared = 0
    for entry in season.submitted:
        line = next(row for row in rows if row[0] == entry.department)
        sheet = _table(out / entry.output)
        for title, value in zip(heads, line, strict=True):
            if title in sheet and isinstance(value, int | float):
                compared += 1
                assert _two(sheet[title]["复算分"]) == _two(value), (entry.department, title)
    assert compared > 400


@office
def test_the_printed_summary_of_forty_departments_has_at_most_fifteen_pages(
    run: tuple[Season, Path], tmp_path: Path
) -> None:
    assert pages_of(as_pdf(run[1] / "汇总.xlsx", tmp_path)) <= 15


def pages_of(pdf: Path) -> int:
    shown = subprocess.run(["pdfinfo", pdf], capture_output=True, check=True).stdout.decode()
    return int(re.search(r"Pages:\s+(\d+)", shown)[1])  # type: ignore[index]


# ------------------------------------------------------------------------- what each output says


def _two(value: Any) -> Decimal | None:
    if value in (None, "", "—"):
        return None
    return Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _json(said: Said, out: Path, names: dict[str, str]) -> None:
    document = json.loads((out / "findings.json").read_text(encoding="utf-8"))
    whole: Counter[str] = Counter()
    for file in document["files"]:
        if file["file"] in names:
            name = names[file["file"]]
            open_ = Counter(one["severity"] for one in file["findings"] if one["state"] == "open")
            said.note(name, "结果", "findings.json", file["result"])
            for severity, label in SEVERITIES.items():
                said.note(name, label, "findings.json", open_[severity])
                whole[label] += open_[severity]
    for label in LABELS:
        said.note("", label, "findings.json", whole[label])


def _csv(said: Said, out: Path, names: dict[str, str]) -> None:
    with (out / "findings.csv").open(encoding="utf-8-sig", newline="") as stream:
        lines = [one for one in csv.DictReader(stream) if one["状态"] == "待处理"]
    for name in names.values():
        counts = Counter(one["级别"] for one in lines if one["部门"] == name)
        for label in LABELS:
            said.note(name, label, "findings.csv", counts[label])


def _run_record(said: Said, out: Path, names: dict[str, str]) -> None:
    document = json.loads((out / "run.json").read_text(encoding="utf-8"))
    for file in document["files"]:
        if file["file"] in names:
            said.note(names[file["file"]], "结果", "run.json", file["result"])
    totals = document["totals"]
    said.note("", "应报", "run.json", totals["departments"]["roster"])
    said.note("", "已报", "run.json", totals["departments"]["submitted"])
    said.note("", "未报", "run.json", totals["departments"]["missing"])
    for result in ("退回修改", "待核实说明", "通过"):
        count = totals["departments"]["by_result"].get(result, 0)
        said.note("", result, "run.json", count)
    for severity, label in SEVERITIES.items():
        said.note("", label, "run.json", totals["findings"][severity]["open"])


def _page(said: Said, out: Path, names: dict[str, str]) -> None:
    text = (out / "审核.html").read_text(encoding="utf-8")
    for line in re.findall(r"<li data-at=.*?</li>", text):
        name = re.search("<b>(.*?)</b>", line)[1]  # type: ignore[index]
        result = re.search('data-result="(.*?)"', line)[1]  # type: ignore[index]
        said.note(name, "结果", "审核.html", result)
        for severity, label in SEVERITIES.items():
            found = re.search(rf'<i class="{severity}">(\d+)', line)
            said.note(name, label, "审核.html", int(found[1]) if found else 0)
        if result == "退回修改":
            asked = int(re.search(r"待看 (\d+) 条", line)[1])  # type: ignore[index]
            said.note(name, "要核对的项", "审核.html", asked)
        stake = re.search('data-stake="(.*?)"', line)[1]  # type: ignore[index]
        said.note(name, "差额（元）", "审核.html", _two(stake))
    for what, count in re.findall(r"(已报|未报|退回修改|待核实说明|通过) (\d+)", text)[:5]:
        said.note("", what, "审核.html", int(count))


def _letters(said: Said, out: Path, names: dict[str, str]) -> None:
    for path in out.glob("*/*/*通知.docx"):
        name = path.parent.name
        folder = {"退回": "退回修改", "待核实": "待核实说明", "通过": "通过"}[
            path.parent.parent.name
        ]
        said.note(name, "结果", "文件夹", folder)
        text = "\n".join(one.text for one in docx.Document(str(path)).paragraphs)
        if found := re.search(r"有 (\d+) 项需要核对（涉及错误 (\d+) 条、警告 (\d+) 条）", text):
            said.note(name, "结果", "反馈单", "退回修改")
            for figure, count in zip(("要核对的项", "错误", "警告"), found.groups(), strict=True):
                said.note(name, figure, "反馈单", int(count))


def _parcels(said: Said, out: Path, names: dict[str, str]) -> None:
    for name in names.values():
        text = (out / "下发" / f"{name}.txt").read_text(encoding="utf-8-sig")
        said.note(name, "结果", "下发", re.match("【(.*?)】", text)[1])  # type: ignore[index]
        if found := re.search(r"有 (\d+) 项需要核对", text):
            said.note(name, "要核对的项", "下发", int(found[1]))


def _annex(said: Said, out: Path, names: dict[str, str]) -> None:
    document = docx.Document(str(out / "审核情况附件（内部）.docx"))
    head, *rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    for row in rows:
        line = dict(zip(head, row, strict=True))
        if line["部门"] in names.values():
            said.note(line["部门"], "结果", "附件", line["结果"])
            said.note(line["部门"], "复算总分", "附件", _two(line["总分"]))
            said.note(line["部门"], "复算等级", "附件", line["等级"].replace("—", ""))


def _table(path: Path) -> dict[str, dict[str, Any]]:
    """The lines of 绩效评价表 of a scored workbook, by indicator and by what leads the last ones."""
    sheet = openpyxl.load_workbook(path, data_only=True)["绩效评价表"]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    at, head = next((n, row) for n, row in enumerate(rows) if "复算分" in row)
    lines = [dict(zip(head, row, strict=True)) for row in rows[at + 1 :]]
    return {str(line["三级指标"] or line["一级指标"]): line for line in lines}


def _score_sheet(said: Said, path: Path, name: str) -> None:
    lines = _table(path)
    total, execution = lines["总分（100 分）"], lines["预算执行率"]
    # A department that added up wrongly: the line has the sum, and says what was typed.
    words = " ".join(str(value) for value in total.values())
    if stated := re.search(r"自评总分是 ([\d.]+)，各项相加是 ([\d.]+)", words):
        assert _two(stated[2]) == _two(total["自评分"])
        said.note(name, "自评总分", "评分表", _two(stated[1]))
    else:
        said.note(name, "自评总分", "评分表", _two(total["自评分"]))
        said.note(name, "差异", "评分表", _two(total["差异（自评−复算）"]))
    said.note(name, "复算总分", "评分表", _two(total["复算分"]))
    said.note(name, "复算等级", "评分表", (lines["等级"]["复算分"] or "").replace("—", ""))
    said.note(name, "预算执行率得分", "评分表", _two(execution["复算分"]))
    opinion = openpyxl.load_workbook(path, data_only=True)["核对意见"]
    text = " ".join(
        str(cell.value) for row in opinion.iter_rows(max_row=3) for cell in row if cell.value
    )
    said.note(name, "结果", "核对意见", re.search(r"结论：(\S+)", text)[1])  # type: ignore[index]
    for label in LABELS:
        shown = re.search(rf"{label} (\d+) 条", text)
        assert shown, label
        said.note(name, label, "核对意见", int(shown[1]))


def _lines(sheet: Any, first: str) -> list[dict[str, Any]]:
    """The lines of a list under the titles in the row that has the title `first`."""
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    at, head = next((n, row) for n, row in enumerate(rows) if first in row)
    return [dict(zip(head, row, strict=True)) for row in rows[at + 1 :]]


def _summary(said: Said, out: Path) -> None:
    book = openpyxl.load_workbook(out / "汇总.xlsx", data_only=True)
    for line in _lines(book["部门排名"], "部门名称"):
        name = line["部门名称"]
        said.note(name, "自评总分", "部门排名", _two(line["自评总分"]))
        said.note(name, "复算总分", "部门排名", _two(line["复算总分"]))
        said.note(name, "差异", "部门排名", _two(line["差异（自评−复算）"]))
        said.note(name, "复算等级", "部门排名", line["复算等级"] or "")
        said.note(name, "结果", "部门排名", line["结果"])
        for label in LABELS:
            said.note(name, label, "部门排名", line[label])
    matrix = [list(row) for row in book["指标得分矩阵"].iter_rows(values_only=True)]
    head = next(row for row in matrix if "复算总分" in row)
    names = {name for name, figure in said.figures if figure == "自评总分"}
    for row in matrix:
        if row[0] in names:
            said.note(row[0], "复算总分", "指标得分矩阵", _two(row[head.index("复算总分")]))
            score = _two(row[head.index("预算执行率得分")])
            said.note(row[0], "预算执行率得分", "指标得分矩阵", score)
    for line in _lines(book["报送情况"], "部门名称"):
        if line["部门名称"] in names and line["状态"] == "已报":
            said.note(line["部门名称"], "结果", "报送情况", line["结果"])
    listed, stakes = Counter[tuple[str, str]](), defaultdict[str, list[Any]](list)
    for line in _lines(book["问题清单"], "级别"):
        if line["文件"] == "（部门之间）":
            continue
        listed[line["部门"], line["级别"]] += 1
        stakes[line["部门"]].append(line["差额折合元"] or 0)
    owed = Counter((line["部门"], line["级别"]) for line in _lines(book["整改台账"], "级别"))
    for name in names:
        for label in LABELS:
            said.note(name, label, "问题清单", listed[name, label])
        for label in LABELS[:2]:
            said.note(name, label, "整改台账", owed[name, label])
        said.note(name, "差额（元）", "问题清单", _two(max(stakes[name], default=0)))
    _overview(said, book)


def _overview(said: Said, book: Any) -> None:
    rows = [list(row) for row in book["总览"].iter_rows(max_row=9, values_only=True)]
    cards = {
        label: figure
        for labels, figures in ((rows[3], rows[4]), (rows[6], rows[7]))
        for label, figure in zip(labels, figures, strict=True)
        if label
    }
    for card, figure in (("应报部门", "应报"), *((name, name) for name in ("已报", "未报"))):
        said.note("", figure, "总览", cards[card])
    for result in ("通过", "待核实说明", "退回修改"):
        said.note("", result, "总览", cards[result])
    for label in LABELS:
        said.note("", label, "总览", cards[f"{label}（条）"])
    said.note("", "复算平均分", "总览", _two(cards["平均复算分"]))
    tasks = {line["要办的事"]: line["个数"] for line in _lines(book["今日要办"], "要办的事")}
    said.note("", "未报", "今日要办", tasks["催报"])
    said.note("", "退回修改", "今日要办", tasks["退回修改"])
    said.note("", "待核实说明", "今日要办", tasks["等情况说明"])


def _briefing(said: Said, out: Path) -> None:
    document = docx.Document(str(out / "审核情况汇报.docx"))
    text = "\n".join(one.text for one in document.paragraphs)
    for pattern, figures in (
        (r"应报 (\d+) 个部门，已报 (\d+) 个.*未报 (\d+) 个", ("应报", "已报", "未报")),
        (r"错误 (\d+) 条、警告 (\d+) 条", ("错误", "警告")),
        (r"部门中 (\d+) 个通过", ("通过",)),
        (r"退回修改的 (\d+) 个", ("退回修改",)),
    ):
        found = re.search(pattern, text)
        assert found, pattern
        for figure, count in zip(figures, found.groups(), strict=True):
            said.note("", figure, "汇报", int(count))
    mean = re.search(r"平均分 ([\d.]+) 分", text)[1]  # type: ignore[index]
    said.note("", "复算平均分", "汇报", _two(mean))


def _log(said: Said, season: Season) -> None:
    text = log_text("run", season.entries, [season]).decode()
    for entry in season.submitted:
        line = next(one for one in text.splitlines() if one.startswith(entry.file.lstrip("\ufeff")))
        for label in LABELS:
            shown = re.search(rf"{label} (\d+)", line)
            assert shown, label
            said.note(entry.department, label, "日志", int(shown[1]))
        if found := re.search(r"复算总分 ([\d.]+)", line):
            said.note(entry.department, "复算总分", "日志", _two(found[1]))
