"""RAT: rates, their denominators, and the score of 预算执行率."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from jixiao_xlsx.checking.bases import EVALUATION_MEASURES
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, Rule, flag, rule
from jixiao_xlsx.form.spec import RateSpec, Template
from jixiao_xlsx.values.amounts import Convention, Interval, interval_sum, rate_holds
from jixiao_xlsx.values.cells import Cell, Row
from jixiao_xlsx.values.digit_slips import slip_hint
from jixiao_xlsx.values.equations import Side
from jixiao_xlsx.values.findings import Expected, Skipped
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import decimals_of, percent, plain, rounded
from jixiao_xlsx.values.typed_numbers import State

_UNUSABLE = frozenset({State.TEXT, State.ERROR, State.UNCALCULATED})


def rate_rules(template: Template) -> Iterator[Rule]:
    """Yield one rule for every rate of the form."""
    for spec in template.rates:
        page = (
            f"“{spec.table}”内应有：{spec.ratio.text}。按金额区间判断：只要有一对真实金额能得出所填比率，就不算错。\n\n"
            "改法：按两边的数改正比率；两边的数填错的，改填错的一格。"
        )
        yield Rule(
            spec.code, spec.title, spec.severity, spec.basis, page, _checker(spec), spec.relations
        )


def _checker(spec: RateSpec) -> Callable[[Evidence], Iterator[Observation]]:
    def check(evidence: Evidence) -> Iterator[Observation]:
        table = evidence.submission.get(spec.table)
        if table is None:
            yield Skipped(f"缺少“{spec.table}”")
            return
        for row in table.rows:
            yield from _check_row(spec, row)

    return check


def _check_row(spec: RateSpec, row: Row) -> Iterator[Observation]:
    cells = _cells_of_rate(spec, row)
    if cells is None:
        yield Skipped(f"缺少“{spec.ratio.text}”所需的列")
        return
    if cells.unusable:
        yield Skipped("有格不是数字", subject=row.title)
        return
    if cells.rate.number is None or not _any_number(cells.above) or not _any_number(cells.below):
        yield Skipped("未填")
        return
    pairs = [
        (
            _interval(spec.ratio.numerator, cells.above, how),
            _interval(spec.ratio.denominator, cells.below, how),
        )
        for how in Convention
    ]
    if any(whole.lo <= 0 for _, whole in pairs):
        yield Skipped("分母不大于 0，另行核对", subject=row.title)
        return
    yield Looked(len(cells.all))
    typed, step = Fraction(cells.rate.number), Fraction(1, 10 ** (cells.rate.decimals + 2))
    if not any(rate_holds(typed, step, part, whole) for part, whole in pairs):
        impossible = spec.share and pairs[0][0].lo > pairs[0][1].hi
        yield _contradictory(cells) if impossible else _wrong(cells, pairs[0], typed)


class _RateCells(NamedTuple):
    """The cells of a rate in one row: the rate as typed, its numerator and its denominator."""

    rate: Cell
    above: tuple[Cell, ...]
    below: tuple[Cell, ...]

    @property
    def all(self) -> tuple[Cell, ...]:
        return (self.rate, *self.above, *self.below)

    @property
    def unusable(self) -> bool:
        """Whether one of them holds something that is no number."""
        return any(cell.state in _UNUSABLE for cell in self.all)


def _cells_of_rate(spec: RateSpec, row: Row) -> _RateCells | None:
    """Return the cells of a rate, or None where the table lacks one of the columns."""
    assert spec.ratio.shown is not None
    rate = row.get(spec.ratio.shown.column)
    above, below = _cells(row, spec.ratio.numerator), _cells(row, spec.ratio.denominator)
    if rate is None or above is None or below is None:
        return None
    return _RateCells(rate, above, below)


def _any_number(cells: tuple[Cell, ...]) -> bool:
    return any(cell.number is not None for cell in cells)


def _sum(cells: tuple[Cell, ...]) -> Decimal:
    return sum((cell.number for cell in cells if cell.number is not None), Decimal(0))


def _wrong(cells: _RateCells, pair: tuple[Interval, Interval], typed: Fraction) -> Flag:
    part, whole = pair
    rate, sources = cells.rate, [cell for cell in cells.all[1:] if cell.number is not None]
    low, high = Fraction(part.lo, whole.hi), Fraction(part.hi, whole.lo)
    short = _typed_short(rate, part, whole)
    lowest, highest = percent(low, rate.decimals), percent(high, rate.decimals)
    right = lowest if lowest == highest else f"{lowest}–{highest}"
    numbers = "、".join(f"“{cell.column}”{cell.text} {cell.unit}" for cell in sources)
    demand = (
        "位数不足，请填到两位小数。"
        if short
        else f"请核对 {'、'.join(cell.ref for cell in sources)} 和本格，改正填错的一处。"
    )
    expected = Expected(Decimal(lowest[:-1]), Decimal(highest[:-1]), "%")
    return flag(
        rate,
        f"“{rate.row}”的“{rate.column}”填 {percent(typed, rate.decimals)}，"
        f"按{numbers}计算应为 {right}。",
        demand,
        expected=expected,
        hint="" if short else slip_hint(rate.place, rate.text, expected),
        difference=f"{plain((typed - low) * 100, rate.decimals)} 个百分点",
        related=tuple(cell.place for cell in cells.all[1:]),
        severity=Severity.NOTE if short else None,
    )


def _contradictory(cells: _RateCells) -> Flag:
    """Return the flag on a share whose part exceeds the whole: no rate is right for these."""
    sources = [cell for cell in cells.all[1:] if cell.number is not None]
    numbers = "、".join(f"“{cell.column}”{cell.text} {cell.unit}" for cell in sources)
    return flag(
        cells.rate,
        f"“{cells.rate.row}”的“{cells.rate.column}”填 {cells.rate.text}，按{numbers}计算会超过 100%。",
        f"请先核对 {'、'.join(cell.ref for cell in sources)}，再算本格。",
        related=tuple(cell.place for cell in sources),
    )


def _typed_short(rate: Cell, part: Interval, whole: Interval) -> bool:
    """Return whether a right rate was typed with fewer digits than the form prints.

    96.85% may well be shortened to 96.9%.
    """
    assert rate.number is not None
    digits = max(decimals_of(rate.number), 2)
    ends = ((part.lo, whole.hi), (part.hi, whole.lo))
    printed = [rounded(Fraction(*pair), rate.decimals + 2) for pair in ends]
    return digits < rate.decimals + 2 and (
        rate.number in {rounded(value, digits) for value in printed}
        or rate_holds(Fraction(rate.number), Fraction(1, 10**digits), part, whole)
    )


def _cells(row: Row, side: Side) -> tuple[Cell, ...] | None:
    cells = [row.get(term.ref.column) for term in side]
    return tuple(cell for cell in cells if cell) if all(cells) else None


def _interval(side: Side, cells: tuple[Cell, ...], how: Convention) -> Interval:
    figures = [(term.sign, cell.figure) for term, cell in zip(side, cells, strict=True)]
    return interval_sum(
        (sign, figure.believed(how)) for sign, figure in figures if figure is not None
    )


@rule(
    "RAT103",
    "分母为零不得计算比率",
    severity=Severity.ERROR,
    basis=EVALUATION_MEASURES,
    relations=("C29",),
)
def zero_base(evidence: Evidence) -> Iterator[Observation]:
    """预算数为 0 而有执行数的，多半漏填了预算数；分母为 0 仍填比率的，应改填“—”。0÷0 写作 0.00% 只作提示。

    改法：补填漏填的预算数；分母确为 0 的，比率填“—”。
    """
    for spec in evidence.template.rates:
        table = evidence.submission.get(spec.table)
        for row in table.rows if table else ():
            yield from _zero_row(spec, row)


def _zero_row(spec: RateSpec, row: Row) -> Iterator[Observation]:
    cells = _cells_of_rate(spec, row)
    if cells is None or cells.unusable:
        return
    yield Looked(len(cells.all))
    if not _any_number(cells.below) or _sum(cells.below):
        return
    rate, base, part = cells.rate, cells.below[0], cells.above[0]
    if _sum(cells.above) > 0:
        text = (
            f"“{base.row}”的“{base.column}”为 0，“{part.column}”有 {part.text} {base.unit}，"
            "疑似未填预算数。"
        )
        yield flag(base, text, "请核实，漏填的补上。", related=(part.place, rate.place))
    elif rate.number is not None:
        yield flag(
            rate,
            f"“{rate.row}”的“{base.column}”为 0，不得计算“{rate.column}”。",
            "请改填“—”。",
            expected="—",
            related=tuple(cell.place for cell in cells.all[1:]),
            severity=None if rate.number else Severity.NOTE,
        )


@rule(
    "RAT104",
    "执行率偏低未说明",
    severity=Severity.WARNING,
    basis=EVALUATION_MEASURES,
    relations=("C32",),
)
def low_execution(evidence: Evidence) -> Iterator[Observation]:
    """预算执行率低于规定比例（默认 90%）的，须在“未达说明”里写明原因。

    改法：在“未达说明”里写明执行率低的原因。
    """
    rate, floor = (
        evidence.card.execution.rate,
        evidence.template.thresholds.get("low_execution", Fraction(0)),
    )
    cell = evidence.execution("rate") or evidence.execution("spent")
    if rate is None or cell is None:
        return
    yield Looked(1)
    table = evidence.submission.get(evidence.template.execution_table)
    title = evidence.template.execution_columns.get("explanation", "")
    reason = table.extras.get(title) if table else None
    if rate < floor and title and (reason is None or reason.blank):
        related = (reason.place,) if reason else ()
        text = f"预算执行率 {percent(rate)}，低于 {percent(floor, 0)}，“{title}”未填。"
        yield flag(
            cell,
            text,
            f"请在“{title}”里写明原因。",
            expected=f"不低于 {percent(floor, 0)}，或填写说明",
            related=related,
        )


@rule(
    "RAT105",
    "预算调整幅度较大",
    severity=Severity.NOTE,
    basis=EVALUATION_MEASURES,
    relations=("C31",),
)
def large_adjustment(evidence: Evidence) -> Iterator[Observation]:
    """全年预算数与年初预算数相差超过一半的，请备好批复文件。上级专款常在年中下达，所以只作提示。

    改法：核对两个预算数；没有错的，备好批复文件。
    """
    original, budget = evidence.execution("original"), evidence.execution("budget")
    if original is None or budget is None or not original.number or budget.number is None:
        return
    yield Looked(2)
    share = abs(Fraction(budget.number) - Fraction(original.number)) / abs(
        Fraction(original.number)
    )
    if share > evidence.template.thresholds.get("large_adjustment", Fraction(1)):
        cell = evidence.execution("adjustment")
        anchor = cell if cell and not cell.blank else budget
        text = f"全年预算比年初预算变动 {percent(share)}（年初 {original.text} 元，全年 {budget.text} 元）。"
        yield flag(anchor, text, "请备好批复文件。", related=(original.place, budget.place))


@rule(
    "RAT106",
    "预算执行率得分与执行率不符",
    severity=Severity.ERROR,
    basis=EVALUATION_MEASURES,
    relations=("C40",),
)
def execution_score(evidence: Evidence) -> Iterator[Observation]:
    """预算执行率得分 = 分值 × 执行率，最高得满分。

    改法：按“分值 × 执行率”改正得分。
    """
    cell, execution = evidence.execution("score"), evidence.card.execution
    if cell is None or cell.number is None or execution.score is None:
        return
    yield Looked(1)
    digits = max(decimals_of(cell.number), 2)
    if abs(Fraction(cell.number) - execution.score) >= Fraction(1, 10**digits):
        right = Decimal(plain(execution.score, 2))
        text = (
            f"预算执行率得分填 {cell.text} 分，应为 {plain(right)} 分（{execution.arithmetic}）。"
        )
        related = tuple(
            c.place for c in (evidence.execution("budget"), evidence.execution("spent")) if c
        )
        expected = Expected(right, right, "分")
        hint = slip_hint(cell.place, cell.text, expected)
        yield flag(
            cell,
            text,
            "请改正。",
            expected=expected,
            difference=f"{plain(cell.number - right)} 分",
            hint=hint,
            related=related,
        )
