"""AMT105–AMT109, AMT111, AMT113, AMT114: how figures were typed, and results of formulas."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from jixiao_xlsx.checking.bases import NUMBERS_ONLY
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, cell_name, flag, rule
from jixiao_xlsx.form.spec import TableSpec
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.cells import Cell, Table
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import decimals_of, percent, plain
from jixiao_xlsx.values.typed_numbers import CALCULATED, OLD_RESULT, State

DAY_ZERO = dt.datetime(1899, 12, 30)  # of a workbook
_FIRST_DAY = 20_000  # 1954: a smaller number in a cell for a date is a year, or a year and month
_FEN_OF_WAN = 6  # decimals of 分 in 万元
_SERIALS = range(36_526, 73_051)  # the days of 2000 to 2099


def _by_sheet(cells: Iterable[Cell]) -> dict[str, list[Cell]]:
    groups: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[cell.sheet].append(cell)
    return groups


_CALCULATE = "请用 WPS 或 Excel 打开，保存后再报。"


def _group(cells: list[Cell], text: str, demand: str) -> Flag:
    more = f"（本表共 {len(cells)} 处）" if len(cells) > 1 else ""
    return flag(
        cells[0],
        text.format(cell=cells[0], more=more),
        demand,
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
    for sheet, cells in groups.items():
        first = cells[0]
        number = first.number or Decimal(0)
        stored, printed = plain(number), plain(number, first.decimals)
        text = (
            f"“{{cell.row}}”的“{{cell.column}}”实际存放 {stored}，表上只显示 {printed} {first.unit}"
        )
        unit = _probable_unit(cells, [cell for cell in evidence.numbers if cell.sheet == sheet])
        if unit:
            text += f"{{more}}；以{first.unit}为单位最多填到分，这些数疑似是按{unit}填的"
            yield _group(cells, text + "。", "请核对金额的单位；单位没有错的，按显示位数录入。")
        else:
            yield _group(cells, text + "{more}。", "请按显示位数录入。")


def _probable_unit(cells: Sequence[Cell], whole: Sequence[Cell]) -> str:
    """Return 万元 where figures in 元 have more digits than 分 and, times 10,000, none; else "".

    Most figures of the sheet must be so: what a formula divides is a figure or two.
    """
    amounts = [cell for cell in whole if cell.unit == "元" and cell.number]
    odd = [cell for cell in cells if cell.unit == "元" and _in_fen_as_wan(cell)]
    return "万元" if len(odd) == len(cells) and 2 * len(odd) > len(amounts) > 2 else ""


def _in_fen_as_wan(cell: Cell) -> bool:
    return cell.number is not None and decimals_of(cell.number) <= _FEN_OF_WAN


@rule("AMT106", "数字不是按数字格式录入", severity=Severity.NOTE, basis=NUMBERS_ONLY)
def read_anyway(evidence: Evidence) -> Iterator[Observation]:
    """文本型数字、全角数字、带千分位或单位的数，已按原意读出；公式求和会漏掉它们，请改成数字。

    改法：删去文字、单位和空格，只留数字；前面有单引号的也删去。
    """
    ticked = next((table.tick for table in evidence.template.tables if table.tick), "")
    groups = _by_sheet(
        cell
        for cell in evidence.numbers
        if cell.note and cell.note not in {"%", ticked, CALCULATED}
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
                f"{cell_name(first, evidence.template)}填“{first.text}”（{first.note}），"
                f"已读作 {value}{{more}}。"
            ),
            f"请改成{kind}。",
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
                f"{cell_name(cell, evidence.template)}填“{cell.text}”，{cell.note or '读不出数字'}。",
                f"请填{wanted}。",
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
                f"“{cell.row}”的“{cell.column}”显示 {cell.text}，公式已坏。",
                "请重新填写。",
                expected="数字",
            )


@rule("AMT109", "公式未计算", severity=Severity.WARNING, basis=NUMBERS_ONLY)
def uncalculated(evidence: Evidence) -> Iterator[Observation]:
    """文件保存时没有带上公式的结果，这些格不能核对；是表样自己的公式的，由程序按公式算出来核对，只作提示。用 WPS 或 Excel 打开再保存一次即可。

    改法：用 WPS 或 Excel 打开，等它算出结果，保存后再报。
    """
    blank = (cell for cell in evidence.by_state[State.UNCALCULATED] if not _is_old(cell))
    for cells in _by_sheet(blank).values():
        yield Looked(len(cells))
        yield _group(
            cells,
            "“{cell.row}”的“{cell.column}”只有公式没有结果{more}。",
            _CALCULATE,
        )
    ours = (cell for cell in evidence.numbers if cell.note == CALCULATED)
    for cells in _by_sheet(ours).values():
        yield Looked(len(cells))
        first = cells[0]
        number = first.number or Decimal(0)
        result = percent(number) if first.unit == "%" else f"{plain(number)} {first.unit}"
        text = (
            f"{cell_name(first, evidence.template)}只有公式没有结果{{more}}，"
            f"核对时由程序按公式算出，为 {result}。"
        )
        yield replace(_group(cells, text, _CALCULATE), severity=Severity.NOTE, reported="")


@rule("AMT114", "公式结果是旧的", severity=Severity.ERROR, basis=NUMBERS_ONLY)
def old_result(evidence: Evidence) -> Iterator[Observation]:
    """单元格里存的结果不是公式现在算得的数：改数以后没有重新计算（WPS、Excel 设成了“手动重算”），或文件由别的程序写成。用到这些格和它们的分项的等式先不核对。

    改法：按 F9 重算后保存，再报；把计算选项改回“自动”。
    """
    for cells in _by_sheet(filter(_is_old, evidence.by_state[State.UNCALCULATED])).values():
        yield Looked(len(cells))
        first = cells[0]
        now = first.note.rpartition(" ")[2]
        unit = "" if first.unit == "%" else f" {first.unit}"
        shown = _saved(first)
        text = (
            f"{cell_name(first, evidence.template)}存的是{shown}，按公式现在应为 {now}{unit}{{more}}。"
            "公式结果是旧的。"
        )
        yield _group(cells, text, "请按 F9 重算后保存。")


def _saved(cell: Cell) -> str:
    """Return the saved result of a formula, for people."""
    if not isinstance(cell.raw, int | float):
        return "空白"
    number = Decimal(f"{cell.raw:.15g}")
    return f" {percent(number)}" if cell.unit == "%" else f" {plain(number)} {cell.unit}"


def _is_old(cell: Cell) -> bool:
    """Return whether a formula's saved result is not what it gives now."""
    return cell.note.startswith(OLD_RESULT)


@rule("AMT111", "金额合并单元格", severity=Severity.NOTE, basis=NUMBERS_ONLY)
def merged_amount(evidence: Evidence) -> Iterator[Observation]:
    """金额跨行合并时，只算在最上一行。

    改法：取消合并，把金额逐行填写。
    """
    for note in evidence.submission.notes:
        if note.kind == "merged_amount":
            yield Looked(1)
            item, _, column = note.item.partition("·")
            yield Flag(
                note.place, item, column, "", f"{note.text}。", demand="请取消合并，逐行填写。"
            )


@rule("AMT115", "日期看不出原意", severity=Severity.NOTE, basis=NUMBERS_ONLY)
def odd_date(evidence: Evidence) -> Iterator[Observation]:
    """填日期的格里，把“2024.3”一类的数填进了日期格式的格，显示成 1905 年；或者只有日期的序号（如 45363），看不出是哪一天。

    改法：按“2024年3月12日”的样子重新填写。
    """
    for name, table in evidence.submission.tables.items():
        form = evidence.template.table[name]
        for row in table.rows:
            for title, cell in row.cells.items():
                if form.kind(row.title, form.column[title]) != "date" or cell.blank:
                    continue
                yield Looked(1)
                if isinstance(cell.raw, float | int) and not evidence.submission.knows_formulas:
                    continue  # nor formats: the cell may well show a date
                if meant := _meant_date(cell.raw):
                    what = cell_name(cell, evidence.template)
                    yield flag(cell, f"{what}{meant}。", "请按“2024年3月12日”的样子重新填写。")


def _meant_date(raw: object) -> str:
    """Return what an odd date shows and was; "" for any other content of a date's cell."""
    if isinstance(raw, dt.date):
        at = raw if isinstance(raw, dt.datetime) else dt.datetime.combine(raw, dt.time())
        typed = (at - DAY_ZERO) / dt.timedelta(days=1)
        if typed < _FIRST_DAY:
            number = plain(Decimal(f"{typed:.4f}"))
            return f"显示成 {at.date().isoformat()}，像是在日期格式的格里填了 {number}"
    elif isinstance(raw, int | float) and not isinstance(raw, bool) and raw in _SERIALS:
        day = (DAY_ZERO + dt.timedelta(days=int(raw))).date()
        return f"填 {int(raw)}，这是日期的序号，即 {day.year}年{day.month}月{day.day}日"
    return ""


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
                    f"{what}填 {plain(number)} {cell.unit}，{wrong}。",
                    "请核对后改正。",
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
