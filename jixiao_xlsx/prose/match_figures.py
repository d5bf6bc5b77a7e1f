"""Facts compared with the tables: candidate figures, agreement, and amounts to compute with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.prose.statements import Fact, believed
from jixiao_xlsx.prose.table_figures import TableFigure, TableFigures
from jixiao_xlsx.values.amounts import MONEY_UNITS, Interval, atoms_per, interval_sum

_OTHER_UNIT = {"元": ("万元", "亿元"), "万元": ("元", "亿元"), "亿元": ("万元",)}
_FAR = 10
_LONG_ENOUGH = 4  # digits that do not coincide by chance


@dataclass(frozen=True, slots=True)
class Amount:
    """True amounts that words or cells can stand for, and the figure as printed, in atoms."""

    span: Interval
    printed: Fraction

    def less(self, other: Amount) -> Amount:
        """Return the difference of the two."""
        return Amount(
            interval_sum(((1, self.span), (-1, other.span))), self.printed - other.printed
        )

    def __neg__(self) -> Amount:
        return Amount(-self.span, -self.printed)


def as_written(fact: Fact) -> Amount:
    """Return all that the words can stand for."""
    mention = fact.mention
    return Amount(fact.believed, Fraction(mention.value * atoms_per(mention.unit)))


def of_table_figure(figure: TableFigure) -> Amount:
    """Return the table's figure."""
    return Amount(figure.span, Fraction(figure.atoms))


class FigureMatcher:
    """The facts of one report compared with its submission's tables; each is looked up once."""

    def __init__(self, table_figures: TableFigures, facts: tuple[Fact, ...]) -> None:
        self.table_figures, self.facts = table_figures, facts
        self._candidates: dict[int, tuple[TableFigure, ...]] = {}
        self._agreeing: dict[int, tuple[TableFigure, ...]] = {}

    def candidates(self, fact: Fact) -> tuple[TableFigure, ...]:
        """Return the figures that the fact may be; () where that is not decided."""
        if id(fact) not in self._candidates:
            self._candidates[id(fact)] = self._look_up(fact)
        return self._candidates[id(fact)]

    def agreeing(self, fact: Fact) -> tuple[TableFigure, ...]:
        """Return the candidates that can be the same true amount, each rounded or cut."""
        if id(fact) not in self._agreeing:
            span = fact.believed
            self._agreeing[id(fact)] = tuple(
                [figure for figure in self.candidates(fact) if figure.meets(span)]
            )
        return self._agreeing[id(fact)]

    def _look_up(self, fact: Fact) -> tuple[TableFigure, ...]:
        if not fact.items or fact.role == "other":
            return ()
        sets = [_fine(self._of_item(item, fact), fact) for item in fact.items]
        if fact.either:
            sets[0] += _fine(self.table_figures.of(fact.either, "execution"), fact)
        if not all(sets):
            return ()
        figures = (
            sets[0]
            if len(sets) == 1
            else (TableFigure(tuple(cell for one in sets for cell in one[0].cells)),)
        )
        return tuple(figure for figure in figures if _same_kind(fact, figure))

    def _of_item(self, item: str, fact: Fact) -> tuple[TableFigure, ...]:
        matches = self.table_figures.of(item, fact.role)
        if fact.loose and not matches:
            return ()
        if fact.loose or (fact.inherited and not matches):
            matches += self.table_figures.of(item, "")
        return matches

    def agrees(self, fact: Fact) -> bool:
        """Return whether one of the figures is the fact's."""
        return bool(self.agreeing(fact))

    def likely_meant(self, fact: Fact) -> tuple[TableFigure, ...]:
        """Return the figures that agree; else the most likely ones: a figure without a stated role
        is mostly the outcome.
        """
        if agreeing := self.agreeing(fact):
            return agreeing
        figures = self.candidates(fact)
        usual = self.table_figures.of(fact.item, "execution") if not fact.role else ()
        return tuple(figure for figure in figures if figure in usual) or figures

    def computable(self, fact: Fact) -> tuple[Amount, ...]:
        """Return the amounts to compute with: the figure as printed and the table's; without a
        table figure, all amounts the words can stand for.

        A figure that contradicts the table is reported once; what follows from either of the two is
        not reported again.
        """
        figures = () if fact.subset else self.likely_meant(fact)
        if not figures:
            return (as_written(fact),)
        atoms = int(fact.mention.value * atoms_per(fact.mention.unit))
        return (Amount(Interval(atoms, atoms), Fraction(atoms)), *map(of_table_figure, figures))

    def known_amounts(self, item: str, role: str) -> tuple[Amount, ...]:
        """Return the tables' figure of an item, where they have one, or several that agree."""
        figures = (
            sorted(self.table_figures.of(item, role), key=lambda figure: figure.grid)
            if role and role != "other"
            else []
        )
        agreeing = figures and all(figure.meets(figures[0].span) for figure in figures)
        return (of_table_figure(figures[0]),) if agreeing else ()

    # -- units

    def right_unit(self, fact: Fact) -> str:
        """Return the unit that would have made the figure right; "" for none."""
        if not fact.mention.value or self.agrees(fact):
            return ""
        for unit in _OTHER_UNIT.get(fact.mention.unit, ()):
            if any(
                figure.meets(believed(replace(fact.mention, unit=unit)))
                for figure in self.candidates(fact)
            ):
                return unit
        return ""

    def twin(self, fact: Fact) -> Fact | None:
        """Return the same number and item stated in 万元, if any: 942.42 元 is then a slip."""
        if (
            len(fact.mention.numeral) < _LONG_ENOUGH
            or fact.mention.unit != "元"
            or self.agrees(fact)
        ):
            return None
        same = (
            one
            for one in self.facts
            if one.items == fact.items and one.mention.numeral == fact.mention.numeral
        )
        return next(
            (one for one in same if one.mention.unit == "万元" and not one.mention.approximate),
            None,
        )

    def unit_in_doubt(self, *facts: Fact | None) -> bool:
        """Return whether the unit of one of them is in doubt: nothing is computed with it."""
        money = (fact for fact in facts if fact is not None and fact.mention.money and fact.items)
        return any(self.right_unit(fact) or self.twin(fact) is not None for fact in money)

    # -- the department as a whole

    def exceeds_department(self, fact: Fact) -> bool:
        """Return whether the amount is over twice the department's spending."""
        return self._exceeds(fact, 2)

    def far_exceeds_department(self, fact: Fact) -> bool:
        """Return whether the amount is too large to be the department's."""
        return self._exceeds(fact, _FAR)

    def _exceeds(self, fact: Fact, times: int) -> bool:
        whole = (
            self.table_figures.vocabulary.subjects.whole
            if self.table_figures.vocabulary.subjects
            else ""
        )
        spent = [figure.span.hi for figure in self.table_figures.of(whole, "")]
        return (
            fact.mention.money
            and whole not in fact.items
            and bool(spent)
            and fact.believed.lo > times * max(spent)
        )


def _fine(figures: tuple[TableFigure, ...], fact: Fact) -> tuple[TableFigure, ...]:
    """Drop 万元 figures where the tables also have the 元 figure and the statement is in 元."""
    grid = fact.grid
    return tuple([figure for figure in figures if figure.grid <= grid]) or figures


def _same_kind(fact: Fact, figure: TableFigure) -> bool:
    """Return money is held against money; people in 人 or 名, papers in 份, cars in 辆; a number of
    things is not their value.
    """
    if fact.mention.money or figure.unit in MONEY_UNITS:
        return fact.mention.money and figure.unit in MONEY_UNITS
    return fact.role == "quantity" or figure.unit == {"名": "人"}.get(
        fact.mention.unit, fact.mention.unit
    )


def printed(amounts: Iterable[Amount], unit: str) -> Decimal:
    """Return the printed figure of the last amount, in a unit."""
    *_, last = amounts
    return Decimal(last.printed.numerator) / Decimal(last.printed.denominator) / atoms_per(unit)
