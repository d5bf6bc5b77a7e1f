"""Rates that the words name, against the cell that shows them or what they are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.checking.rule import Observation
from jixiao_xlsx.prose import innocent_readings
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.language.clauses import Mention
from jixiao_xlsx.prose.language.vocabulary import RateItem, fold
from jixiao_xlsx.prose.rules.completed import MAYBE_ANOTHER_ITEM, miscalculated
from jixiao_xlsx.prose.rules.figures import (
    flag_mention,
    quote_of,
)
from jixiao_xlsx.prose.statements import (
    CompletionRate,
    StatedRate,
    believed,
)
from jixiao_xlsx.prose.table_figures import TableFigure
from jixiao_xlsx.scoring.measures import read_measure
from jixiao_xlsx.values.amounts import (
    rate_holds,
)
from jixiao_xlsx.values.cells import Cell, Place
from jixiao_xlsx.values.digit_slips import is_slip
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain


def _rate(evidence: ProseEvidence, rate: StatedRate) -> Iterator[Observation]:
    vocabulary = evidence.vocabulary
    rate_item = vocabulary.rates[rate.name] if vocabulary else None
    if vocabulary is None or rate_item is None:
        return
    mention = rate.mention
    stated, step = Fraction(mention.value) / 100, Fraction(1, 10 ** (mention.decimals + 2))
    size = any(word in mention.quote for word in vocabulary.sizes)
    meant = (stated, -stated) if size else (stated,)
    cell = evidence.table_figures.cell(rate_item.display_ref) if rate_item.display_ref else None
    part, whole = (
        evidence.table_figures.cell(rate_item.part),
        evidence.table_figures.cell(rate_item.whole),
    )
    right: list[Fraction] = []
    places: list[Place] = []
    if cell is not None and cell.number is not None:
        near = max(step, Fraction(1, 10 ** (cell.decimals + 2)))
        if any(abs(Fraction(cell.number) - one) < near for one in meant):
            return
        right, places = [Fraction(cell.number)], [cell.place]
    if part and whole and part.figure and whole.figure and whole.figure.value > 0:
        spans = TableFigure((part,)).span, TableFigure((whole,)).span
        if any(rate_holds(one, step, *spans) for one in meant):
            return
        right, places = (
            [*right, Fraction(part.figure.atoms) / Fraction(whole.figure.atoms)],
            [*places, part.place, whole.place],
        )
    if right and not _is_of_another_row(evidence, rate_item, mention):
        sure = (
            bool(re.search(f"{rate.name}|部门|整体|全年", mention.lead))
            or _stands_behind(evidence, mention, (part, whole))
            or any(is_slip(mention.value, one * 100, mention.decimals) for one in right)
        )
        value = f"{plain(right[0] * 100, 2)}%"
        words = f"正文写“{quote_of(mention)}”，表内“{rate.name}”是 {value}。"
        difference = f"{plain((stated - right[0]) * 100, 2)} 个百分点"
        severity = None if sure else Severity.NOTE
        yield flag_mention(
            mention,
            rate.name,
            words,
            "请核对后改成一致。" if sure else MAYBE_ANOTHER_ITEM,
            expected=value,
            difference=difference,
            related=tuple(places),
            severity=severity,
        )


def _is_of_another_row(evidence: ProseEvidence, rate_item: RateItem, mention: Mention) -> bool:
    """Return whether the rate is that of another row named before it, as in “当年财政拨款……，执行率 88.98%”,
    or of the two figures before it.
    """
    text = mention.passage.folded
    before = text[text.rfind("\n", 0, mention.start) + 1 : mention.start]
    table = evidence.submission.get(rate_item.display_ref.table) if rate_item.display_ref else None
    stated, step = Fraction(mention.value) / 100, Fraction(1, 10 ** (mention.decimals + 2))
    named = (
        [
            row
            for row in table.rows
            if row.title != rate_item.display_ref.row and row.title in before
        ]
        if table and rate_item.display_ref
        else []
    )
    cells = [
        cell
        for row in named
        if rate_item.display_ref
        and (cell := row.get(rate_item.display_ref.column))
        and cell.number is not None
    ]
    if any(
        abs(Fraction(cell.number or 0) - stated) < max(step, Fraction(1, 10 ** (cell.decimals + 2)))
        for cell in cells
    ):
        return True
    statements = evidence.statements
    near = innocent_readings.before(statements, mention) if statements else None
    plainly = re.search("部门|整体|全年", mention.lead)
    return bool(
        statements
        and near
        and near.money
        and not plainly
        and innocent_readings.is_quotient(statements, mention, near)
    )


def _groups(evidence: ProseEvidence) -> Iterator[tuple[str, Cell, Decimal]]:
    """Yield the groups of respondents, each with its 满意度."""
    name, label, column = (evidence.vocabulary.respondents if evidence.vocabulary else None) or (
        "",
        "",
        "",
    )
    table = evidence.submission.get(name)
    for row in table.open_rows if table else ():
        who, cell = row.get(label), row.get(column)
        if who is not None and cell is not None and cell.number is not None:
            yield who.text, cell, cell.number


def _off(mention: Mention, cell: Cell, number: Decimal) -> Fraction:
    """Return by how much a percentage is more than that of a cell; 0 where both are the same to the
    last digit of the coarser.
    """
    gap = Fraction(mention.value) / 100 - Fraction(number)
    return (
        gap
        if abs(gap) >= Fraction(1, 10 ** (min(mention.decimals, cell.decimals) + 2))
        else Fraction(0)
    )


def _groups_before(evidence: ProseEvidence, rate: StatedRate) -> list[str]:
    """Return the groups that the sentence names before a bare 满意度, the last first: “受援人问卷 166 份，满意度
    97.59%”.
    """
    mention = rate.mention
    if (
        rate.name
        != ((evidence.vocabulary.respondents if evidence.vocabulary else None) or ("",))[-1]
    ):
        return []
    text = mention.passage.folded
    before = text[max(text.rfind(stop, 0, mention.start) for stop in "。\n") + 1 : mention.start]
    named = [(before.rfind(fold(who)), who) for who, *_ in _groups(evidence)]
    return [who for at, who in sorted(named, reverse=True) if at >= 0]


def _satisfied(evidence: ProseEvidence, rate: StatedRate) -> Iterator[Observation]:
    """Yield a 满意度 of one group that differs from its row of the table."""
    mention = rate.mention
    for who, cell, number in _groups(evidence):
        if who != rate.name or not (gap := _off(mention, cell, number)):
            continue
        sure = mention.has("indicator") or is_slip(mention.value, number * 100, mention.decimals)
        right = f"{plain(number * 100, 2)}%"
        words = f"正文写“{quote_of(mention)}”，《{cell.sheet}》“{rate.name}”的“{cell.column}”是 {right}。"
        yield flag_mention(
            mention,
            f"{rate.name}{cell.column}",
            words,
            "请核对后改成一致。" if sure else MAYBE_ANOTHER_ITEM,
            expected=right,
            difference=f"{plain(gap * 100, 2)} 个百分点",
            related=(cell.place,),
            severity=None if sure else Severity.NOTE,
        )


def _stands_behind(evidence: ProseEvidence, mention: Mention, cells: Sequence[Cell | None]) -> bool:
    """Return whether the number right before the rate is a figure that the table makes the rate
    of.
    """
    near = innocent_readings.before(evidence.statements, mention) if evidence.statements else None
    return near is not None and any(
        TableFigure((cell,)).meets(believed(near))
        for cell in cells
        if cell is not None and near.money
    )


def _indicator(evidence: ProseEvidence, rate: StatedRate) -> Iterator[Observation]:
    line = next(
        (
            line
            for line in evidence.lines
            if rate.name in {line.name, line.spec.name if line.spec else ""}
        ),
        None,
    )
    actual = (
        line.actual
        if line is not None and read_measure(line.cell("actual")).number is not None
        else None
    )
    if line is None or actual is None or actual.number is None or not actual.rate:
        item = rate.name.removesuffix("预算执行率")
        if evidence.vocabulary and item in evidence.vocabulary.items:
            yield from miscalculated(
                evidence, CompletionRate(rate.mention, item, "budget", None, None)
            )
        return
    mention = rate.mention
    step = max(Fraction(1, 10 ** (mention.decimals + 2)), actual.step * actual.factor)
    stated = Fraction(mention.value) / 100
    if abs(actual.number - stated) >= step and (named := _groups_before(evidence, rate)):
        told = [list(_satisfied(evidence, replace(rate, name=who))) for who in named]
        yield from told[0] if all(told) else ()
    elif abs(actual.number - stated) >= step:
        value = f"{plain(actual.number * 100, 2)}%"
        words = (
            f"正文写“{quote_of(mention)}”，《{line.cell('actual').sheet}》“{line.name}”的业绩值是 "
            f"{line.actual.text}。"
        )
        yield flag_mention(
            mention,
            line.name,
            words,
            "请核对后改成一致。",
            expected=value,
            difference=f"{plain((stated - actual.number) * 100, 2)} 个百分点",
            related=(line.cell("actual").place,),
        )


RATES = {"rate": _rate, "indicator": _indicator, "respondent": _satisfied}
