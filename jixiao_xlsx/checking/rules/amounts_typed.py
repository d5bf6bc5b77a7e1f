"""AMT105–AMT109, AMT111, AMT113: how figures were typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from jixiao_xlsx.checking.bases import NUMBERS_ONLY
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, cell_name, flag, rule
from jixiao_xlsx.form.spec import TableSpec
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.cells import Cell, Table
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain
from jixiao_xlsx.values.typed_numbers import State


def _by_sheet(cells: Iterable[Cell]) -> dict[str, list[Cell]]:
    groups: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[cell.sheet].append(cell)
    return groups


def _group(cells: list[Cell], text: str) -> Flag:
    more = f"（本表共 {len(cells)} 处）" if len(cells) > 1 else ""
    return flag(
        cells[0],
        text.format(cell=cells[0], more=more),
        related=tuple(c.place for c in cells),
        count=len(cells),
    )


def _excess(cell: Cell) -> bool:
    """Return whether a number has more digits than the form prints."""
    number = cell.number or Decimal(0)
    return cell.unit != "%" and atoms_per(cell.unit) > 1 and round(number, cell.decimals) != number


@rule("AMT105", "位数多于表内小数位", severity=Severity.NOTE, basis=NUMBERS_ONLY)
def excess_digits(evidence: Evidence) -> Iterator[Observation]:
    """单元格里的数比表上显示的位数多，打印出来的表可能不平。核对时按实际存放的数。

    改法：按表上的小数位重新录入，或在公式外套 ROUND。
    """
    groups = _by_sheet(filter(_excess, evidence.numbers))
    yield Looked(sum(map(len, groups.values())))
    for cells in groups.values():
        first = cells[0]
        number = first.number or Decimal(0)
        stored, printed = plain(number), plain(number, first.decimals)
        text = (
            f"“{{cell.row}}”的“{{cell.column}}”实际存放 {stored}，表上只显示 {printed} {first.unit}"
        )
        yield _group(cells, text + "{more}。请按显示位数录入。")


@rule("AMT106", "数字不是按数字格式录入", severity=Severity.NOTE, basis=NUMBERS_ONLY)
def read_anyway(evidence: Evidence) -> Iterator[Observation]:
    """文本型数字、全角数字、带千分位或单位的数，已按原意读出；公式求和会漏掉它们，请改成数字。

    改法：删去文字、单位和空格，只留数字；前面有单引号的也删去。
    """
    ticked = next((table.tick for table in evidence.template.tables if table.tick), "")
    groups = _by_sheet(
        cell for cell in evidence.numbers if cell.note and cell.note not in {"%", ticked}
    )
    for cells in groups.values():
        yield Looked(len(cells))
        first = cells[0]
        number = first.number or Decimal(0)
        value = f"{plain(number * 100)}%" if first.unit == "%" else f"{plain(number)} {first.unit}"
        kind = "百分数" if first.unit == "%" else "数字"
        yield _group(
            cells,
            (
                f"“{{cell.row}}”的“{{cell.column}}”填“{first.text}”（{first.note}），"
                f"已读作 {value}{{more}}。请改成{kind}。"
            ),
        )


@rule("AMT107", "数字单元格里是文字", severity=Severity.ERROR, basis=NUMBERS_ONLY)
def refused_text(evidence: Evidence) -> Iterator[Observation]:
    """应填数字的地方填了读不出数字的文字，有关等式不能核对。

    改法：改填数字；确实没有的填“—”，文字写到说明栏。
    """
    yield Looked(sum(1 for cell in evidence.cells if cell.unit))
    for cell in evidence.by_state[State.TEXT]:
        if cell.unit:
            wanted = "百分数" if cell.unit == "%" else f"数字（{cell.unit}）"
            yield flag(
                cell,
                (
                    f"{cell_name(cell, evidence.template)}填“{cell.text}”，{cell.note or '读不出数字'}。"
                    f"请填{wanted}。"
                ),
                expected="数字",
            )


@rule("AMT108", "公式出错", severity=Severity.ERROR, basis=NUMBERS_ONLY)
def error_value(evidence: Evidence) -> Iterator[Observation]:
    """单元格显示 #REF!、#DIV/0! 等错误值，有关等式不能核对。

    改法：重新填数，或恢复空白表里的公式。
    """
    for cells in _by_sheet(evidence.by_state[State.ERROR]).values():
        for cell in cells:
            yield Looked(1)
            yield flag(
                cell,
                f"“{cell.row}”的“{cell.column}”显示 {cell.text}，公式已坏。请重新填写。",
                expected="数字",
            )


@rule("AMT109", "公式未计算", severity=Severity.WARNING, basis=NUMBERS_ONLY)
def uncalculated(evidence: Evidence) -> Iterator[Observation]:
    """文件保存时没有带上公式的结果，这些格不能核对。用 WPS 或 Excel 打开再保存一次即可。

    改法：用 WPS 或 Excel 打开，等它算出结果，保存后再报。
    """
    for cells in _by_sheet(evidence.by_state[State.UNCALCULATED]).values():
        yield Looked(len(cells))
        yield _group(
            cells,
            "“{cell.row}”的“{cell.column}”只有公式没有结果{more}。请用 WPS 或 Excel 打开，保存后再报。",
        )


@rule("AMT111", "金额合并单元格", severity=Severity.NOTE, basis=NUMBERS_ONLY)
def merged_amount(evidence: Evidence) -> Iterator[Observation]:
    """金额跨行合并时，只算在最上一行。

    改法：取消合并，把金额逐行填写。
    """
    for note in evidence.submission.notes:
        if note.kind == "merged_amount":
            yield Looked(1)
            item, _, column = note.item.partition("·")
            yield Flag(note.place, item, column, "", f"{note.text}。请取消合并，逐行填写。")


@rule("AMT113", "人数、份数、件数为负或不是整数", severity=Severity.ERROR, basis=NUMBERS_ONLY)
def whole_counts(evidence: Evidence) -> Iterator[Observation]:
    """数得出来的东西（人、份、辆、件）不会是负数。不是整数的只作提示：房屋常按面积填。

    改法：填不小于 0 的整数。
    """
    for name, table in evidence.submission.tables.items():
        cells = list(_counts(evidence.template.table[name], table))
        yield Looked(len(cells))
        for cell in cells:
            number = cell.number or Decimal(0)
            if number < 0 or number % 1:
                wrong = "不会是负数" if number < 0 else "应是整数"
                what = cell_name(cell, evidence.template)
                yield flag(
                    cell,
                    f"{what}填 {plain(number)} {cell.unit}，{wrong}。请核对后改正。",
                    expected=f"不小于 0 的整数（{cell.unit}）",
                    severity=None if number < 0 else Severity.NOTE,
                )


def _counts(form: TableSpec, table: Table) -> Iterator[Cell]:
    """Yield the cells with a number of things that are counted."""
    by_row = any(row.type == "count" for row in form.rows)
    columns = [column for column in form.columns if column.type == "count" or by_row]
    for row in table.rows:
        for column in columns:
            cell = row.get(column.title) if form.kind(row.title, column) == "count" else None
            if cell is not None and cell.number is not None:
                yield cell
