"""What an equation says of a submission: holds, fails, or holds for a reason that is worth a 提示.

Equations of the form are expanded into instances (one per row or column) of resolved cells; each is judged with intervals of
whole 分 under both conventions, then under the reliefs: typed zeros, 平尾差, the 100 元 grid. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from typing import NamedTuple

from jixiao_xlsx.form.spec import EquationSpec, Template
from jixiao_xlsx.values.amounts import (
    ZERO,
    Convention,
    Figure,
    Interval,
    atoms_per,
    grid_of,
    printable,
    total,
    vote,
)
from jixiao_xlsx.values.cells import Cell, Place, Submission, Table
from jixiao_xlsx.values.equations import ALL_ROWS, Ref, Scope, Side, Term
from jixiao_xlsx.values.operands import Operand, Operands, find
from jixiao_xlsx.values.typed_numbers import State

NO_TOTAL = "其中的合计未填"
HUNDRED_YUAN = 10_000  # 分: the grid of a 万元 figure with two decimals


class Outcome(StrEnum):
    """How an instance was judged."""

    HOLDS = "holds"
    OTHER_CONVENTION = "other convention"
    TYPED_ZERO = "typed zero"
    LAST_DIGIT = "last digit"
    COARSE = "100 yuan"
    BLANK_TOTAL = "blank total"
    FAILS = "fails"
    SKIPPED = "skipped"


_NO_NUMBERS = {State.UNCALCULATED: "的公式未计算", State.TEXT: "不是数字", State.ERROR: "不是数字"}


class Instance(NamedTuple):
    """An equation at one row or column, its terms resolved to cells; `_instance` makes it.

    `missing` says what could not be found, `odd` which cell is no number. `cells` are all it touches, in order; `filled` the sides
    on which there is any number, and `sums` what these come to as they stand, in atoms.
    """

    spec: EquationSpec
    label: str
    sides: tuple[Operands, ...] = ()
    missing: str = ""
    odd: str = ""
    cells: tuple[Cell, ...] = ()
    filled: tuple[Operands, ...] = ()
    sums: tuple[Decimal, ...] = ()

    @property
    def obstacle(self) -> str:
        """Why it cannot be calculated; "" if it can."""
        return self.missing or self.odd

    @property
    def reach(self) -> int:
        """How many atoms the figures can be from what they stand for, all together, at most."""
        return sum(grid_of(cell.unit, cell.decimals) for cell in self.cells)

    @property
    def comparable(self) -> bool:
        """Whether it can be judged at all: no obstacle, and figures on two sides."""
        return not self.obstacle and len(self.filled) > 1

    @property
    def column(self) -> str:
        """The column it is about, when its scope is a column."""
        return self.label if self.spec.relation.scope is Scope.COLUMN else ""


class Verdict(NamedTuple):
    """The judgement of one instance.

    `anchor` is the cell a finding points at; `low`, `high` the figures that would have been right there (in its unit),
    None where the relation is ≤; `others` the plain value of the rest, in the anchor's unit.
    """

    instance: Instance
    outcome: Outcome
    anchor: Cell | None = None
    reason: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    others: Decimal | None = None


# ------------------------------------------------------------------------------------------------------ instances


def instances(spec: EquationSpec, submission: Submission, template: Template) -> Iterator[Instance]:
    """Every place where the equation applies, in the order of the sheet."""
    table = submission.get(spec.table)
    if spec.relation.scope is not Scope.SHEET and table is None:
        yield Instance(spec, "", missing=f"缺少“{spec.table}”")
    elif spec.relation.scope is Scope.ROW and table is not None:
        fixed = _fixed_rows(template)[spec.code]
        for row in table.rows:
            if row.title in fixed or (
                row.kind != "fixed" and (not spec.rows or row.title in spec.rows)
            ):
                yield _resolve_row(spec, table, row.title, row.cells)
    else:
        for label, sides in _addressed(template)[spec.code]:
            yield _resolve(spec, submission, label, sides)


@lru_cache(maxsize=8)
def _fixed_rows(template: Template) -> Mapping[str, frozenset[str]]:
    """For each equation along the rows of a table, the fixed rows in which the form has every cell it names."""
    found = {}
    for spec in template.equations:
        if spec.relation.scope is Scope.ROW:
            form = template.table[spec.table]
            columns = [
                form.column[term.ref.column] for side in spec.relation.sides for term in side
            ]
            titles = [row.title for row in form.rows if not spec.rows or row.title in spec.rows]
            found[spec.code] = frozenset(
                t for t in titles if all(form.exists(t, column) for column in columns)
            )
    return found


@lru_cache(maxsize=8)
def _addressed(template: Template) -> Mapping[str, tuple[tuple[str, tuple[Side, ...]], ...]]:
    """Each equation between cells with its full addresses, once for every column in which the form has all of them."""
    found: dict[str, tuple[tuple[str, tuple[Side, ...]], ...]] = {}
    for spec in template.equations:
        sides = spec.relation.sides
        if spec.relation.scope is Scope.SHEET:
            found[spec.code] = (("", sides),)
        elif spec.relation.scope is Scope.COLUMN:
            form = template.table[spec.table]
            rows = [term.ref.row for side in sides for term in side if term.ref.row != ALL_ROWS]
            wanted = [
                c
                for c in form.columns
                if (c.title in spec.columns if spec.columns else c.numeric and c.type != "percent")
            ]
            columns = [
                column.title for column in wanted if all(form.exists(row, column) for row in rows)
            ]
            found[spec.code] = tuple(
                (title, tuple(_in_column(side, title) for side in sides)) for title in columns
            )
    return found


def _in_column(side: Side, title: str) -> Side:
    return tuple(
        Term(term.sign, Ref(term.ref.table, term.ref.row, term.ref.column or title))
        for term in side
    )


def _resolve_row(
    spec: EquationSpec, table: Table, title: str, cells: Mapping[str, Cell]
) -> Instance:
    try:
        sides = [
            tuple([Operand(term.sign, cells[term.ref.column]) for term in side])
            for side in spec.relation.sides
        ]
    except KeyError as absent:
        return Instance(spec, title, missing=f"“{table.name}”缺少“{absent.args[0]}”列")
    return _instance(spec, title, tuple(sides))


def _resolve(
    spec: EquationSpec, submission: Submission, label: str, sides: tuple[Side, ...]
) -> Instance:
    found = []
    for side in sides:
        operands: list[Operand] = []
        for term in side:
            cells = find(submission, term.ref)
            if cells is None:
                return Instance(spec, label, missing=f"缺少“{term.ref}”")
            operands += [Operand(term.sign, cell) for cell in cells]
        found.append(tuple(operands))
    return _instance(spec, label, tuple(found))


def _instance(spec: EquationSpec, label: str, sides: tuple[Operands, ...]) -> Instance:
    """An instance with all that its judgement asks first, from one walk over its cells."""
    cells: list[Cell] = []
    filled: list[Operands] = []
    sums: list[Decimal] = []
    odd = ""
    for side in sides:
        amounts = []
        for sign, cell in side:
            cells.append(cell)
            if isinstance(cell.value, Decimal):
                amounts.append(sign * cell.value * atoms_per(cell.unit))
            elif cell.state is not State.BLANK and cell.state in _NO_NUMBERS and not odd:
                odd = f"{cell.place} {_NO_NUMBERS[cell.state]}"
        if amounts:
            filled.append(side)
            sums.append(sum(amounts, Decimal(0)))
    return Instance(spec, label, sides, "", odd, tuple(cells), tuple(filled), tuple(sums))


# ------------------------------------------------------------------------------------------------------ judging


@dataclass(frozen=True)
class Judge:
    """All verdicts on one submission. Evaluates every equation of the form once."""

    submission: Submission
    template: Template
    lenses: Lenses = field(default_factory=lambda: Lenses())
    conventions: Mapping[str, Convention] = field(default_factory=dict)
    proofs: Mapping[str, tuple[Verdict, ...]] = field(default_factory=dict)
    verdicts: tuple[Verdict, ...] = ()
    by_code: Mapping[str, tuple[Verdict, ...]] = field(default_factory=dict)
    row_totals: bool = False

    @cached_property
    def added_up(self) -> Judge:
        """The same verdicts with the totals of rows that add up read as worked out from their parts, typed or not."""
        return replace(self, row_totals=True)

    @cached_property
    def cells(self) -> Mapping[Place, Cell]:
        """The cells that equations use."""
        return {cell.place: cell for verdict in self.verdicts for cell in verdict.instance.cells}

    @cached_property
    def by_place(self) -> Mapping[Place, tuple[Instance, ...]]:
        """The equations that use a cell; only failures ask."""
        found: dict[Place, list[Instance]] = {}
        for verdict in self.verdicts:
            for cell in verdict.instance.cells:
                found.setdefault(cell.place, []).append(verdict.instance)
        return {place: tuple(instances_) for place, instances_ in found.items()}

    @cached_property
    def failures(self) -> Mapping[Place, frozenset[int]]:
        """The identities of the failed instances in which a cell stands."""
        found: dict[Place, set[int]] = {}
        for verdict in self.verdicts:
            if verdict.outcome is Outcome.FAILS:
                for cell in verdict.instance.cells:
                    found.setdefault(cell.place, set()).add(id(verdict.instance))
        return {place: frozenset(ids) for place, ids in found.items()}

    @cached_property
    def failed(self) -> frozenset[int]:
        """The identities of the instances that fail."""
        return frozenset().union(*self.failures.values())

    @cached_property
    def formulas(self) -> Mapping[Place, Operands]:
        """Totals that are formulas over the parts of their equation: they follow when a part is corrected.

        With `row_totals`, those of a row that were typed as well.
        """
        found: dict[Place, Operands] = {}
        for verdict in self.verdicts:
            instance = verdict.instance
            if (
                instance.spec.across
                or instance.missing
                or instance.spec.relation.op != "="
                or len(instance.sides) != 2
            ):
                continue
            left, right = instance.sides
            worked_out = left[0].cell.formula or (
                self.row_totals and instance.spec.relation.scope is Scope.ROW
            )
            if len(left) == 1 and worked_out and _balanced(instance):
                found.setdefault(left[0].cell.place, right)
        return found

    @cached_property
    def followers(self) -> Mapping[Place, tuple[Place, ...]]:
        """The formula totals straight above a cell."""
        found: dict[Place, list[Place]] = {}
        for place, parts in self.formulas.items():
            for part in parts:
                found.setdefault(part.cell.place, []).append(place)
        return {place: tuple(totals) for place, totals in found.items()}


Figures = Sequence[tuple[Cell, Decimal]]


@dataclass(frozen=True, slots=True)
class Lens:
    """One way of reading figures: the convention, whether typed zeros are loose, coarse sheets, and replaced figures."""

    how: Convention
    loose_zero: bool = False
    coarse: frozenset[str] = frozenset()
    swapped: Mapping[int, Interval] = field(default_factory=dict)
    seen: dict[int, Interval] = field(default_factory=dict)

    def swapping(self, figures: Figures) -> Lens:
        """The same way of reading with other figures in some cells; what is known of the rest stays known."""
        swapped = {
            id(cell): self._believed(Figure(value, cell.unit, cell.decimals), cell)
            for cell, value in figures
        }
        return Lens(self.how, self.loose_zero, self.coarse, swapped, self.seen)

    def interval(self, cell: Cell) -> Interval:
        """The true amounts the cell can stand for; a blank or not applicable part is nothing. Worked out once per cell."""
        known = self.swapped.get(id(cell)) or self.seen.get(id(cell))
        if known is None:
            figure = cell.figure
            known = self.seen[id(cell)] = ZERO if figure is None else self._believed(figure, cell)
        return known

    def _believed(self, figure: Figure, cell: Cell) -> Interval:
        if cell.sheet in self.coarse and figure.grid == 1 and cell.unit == "元":
            return figure.believed(self.how, grid=HUNDRED_YUAN)
        return figure.believed(self.how, loose_zero=self.loose_zero)

    def side(self, side: Operands) -> Interval:
        """The true amounts a whole side can stand for."""
        return total((operand.sign, self.interval(operand.cell)) for operand in side)


@dataclass(frozen=True, slots=True)
class Lenses:
    """The ways of reading that one submission is judged with; they remember its cells, so they live no longer than it."""

    exact: tuple[Lens, ...] = field(default_factory=lambda: tuple(Lens(how) for how in Convention))
    loose: tuple[Lens, ...] = field(
        default_factory=lambda: tuple(Lens(how, loose_zero=True) for how in Convention)
    )


def holds(instance: Instance, lens: Lens) -> bool:
    """Whether some true amounts behind the figures satisfy the relation."""
    sides = [lens.side(side) for side in instance.filled]
    if instance.spec.relation.op == "=":
        return max(s.lo for s in sides) <= min(s.hi for s in sides)
    return all(a.lo <= b.hi for i, a in enumerate(sides) for b in sides[i + 1 :])


def out_of_reach(instance: Instance, figures: Figures) -> bool:
    """A cheap look at whether these figures can satisfy the relation at all: no two sides are further apart than its reach."""
    moved = {id(cell): value - (cell.number or 0) for cell, value in figures}
    sums = [
        amount
        + sum(
            sign * moved[id(cell)] * atoms_per(cell.unit)
            for sign, cell in side
            if id(cell) in moved
        )
        for side, amount in zip(instance.filled, instance.sums, strict=True)
    ]
    gaps = [a - b for i, a in enumerate(sums) for b in sums[i + 1 :]]
    return (
        max(abs(gap) if instance.spec.relation.op == "=" else gap for gap in gaps) > instance.reach
    )


def holds_somehow(instance: Instance, figures: Figures, lenses: Lenses) -> bool:
    """Whether the relation would hold, in either convention, with these figures in their cells."""
    return any(holds(instance, lens.swapping(figures)) for lens in lenses.exact)


def judge(submission: Submission, template: Template) -> Judge:
    """Evaluate every equation of the form on a submission."""
    found = [one for spec in template.equations for one in instances(spec, submission, template)]
    derived = _derived([instance for instance in found if not instance.spec.across])
    known = _without_unknown(found)  # a formula over a blank total is its sum all the same
    within = [instance for instance in known if not instance.spec.across]
    across = [_expand(instance, derived) for instance in known if instance.spec.across]
    lenses = Lenses()
    proofs = _proofs(across, lenses.exact[0])
    conventions = {sheet: _chosen(votes) for sheet, votes in proofs.items()}
    inner = [_judge_within(instance, conventions, lenses, derived) for instance in within]
    broken = {
        cell.place
        for verdict in inner
        if verdict.outcome is Outcome.FAILS
        for cell in verdict.instance.cells
    }
    coarse = cache(lambda: _coarse_sheets(submission))
    outer = [_judge_across(instance, conventions, lenses, broken, coarse) for instance in across]
    pairs = {sheet: tuple(verdict for _, verdict in votes) for sheet, votes in proofs.items()}
    by_code: dict[str, list[Verdict]] = {}
    for verdict in inner + outer:
        by_code.setdefault(verdict.instance.spec.code, []).append(verdict)
    return Judge(
        submission,
        template,
        lenses,
        conventions,
        pairs,
        tuple(inner + outer),
        {code: tuple(verdicts) for code, verdicts in by_code.items()},
    )


def _without_unknown(found: list[Instance]) -> list[Instance]:
    """A total left blank over parts that are filled is not 0: relations that add it up are not judged."""
    totals = (_total_over(one, one.filled[0]) for one in found if len(one.filled) == 1)
    unknown = {cell.place for cell in totals if cell is not None}
    if not unknown:
        return found
    return [
        one._replace(missing=one.missing or NO_TOTAL)
        if any(operand.cell.place in unknown for side in one.filled for operand in side)
        else one
        for one in found
    ]


def _judge_within(
    instance: Instance,
    conventions: Mapping[str, Convention],
    lenses: Lenses,
    derived: Mapping[Place, Operands],
) -> Verdict:
    return (
        _not_comparable(instance)
        or _as_printed(instance)
        or _by_convention(instance, conventions, lenses)
        or _by_formula(instance, conventions, lenses, derived)
        or _by_typed_zero(_expand(instance, derived), lenses)
        or _failed(instance, lenses)
    )


def _judge_across(
    instance: Instance,
    conventions: Mapping[str, Convention],
    lenses: Lenses,
    broken: set[Place],
    coarse: Callable[[], frozenset[str]],
) -> Verdict:
    return (
        _not_comparable(instance)
        or _as_printed(instance)
        or _by_convention(instance, conventions, lenses)
        or _by_typed_zero(instance, lenses)
        or _by_last_digit(instance, lenses, broken)
        or _by_coarse(instance, coarse())
        or _failed(instance, lenses)
    )


def _not_comparable(instance: Instance) -> Verdict | None:
    if instance.obstacle:
        return Verdict(instance, Outcome.SKIPPED, reason=instance.obstacle)
    if len(instance.filled) > 1:
        return None
    if instance.filled and (blank := _blank_total(instance, instance.filled[0])):
        return blank
    return Verdict(instance, Outcome.SKIPPED, reason="未填")


def _blank_total(instance: Instance, parts: Operands) -> Verdict | None:
    """A total left blank over parts that are filled: never compared, but said."""
    anchor = _total_over(instance, parts)
    if anchor is None:
        return None
    plain = sum((part.cell.number or Decimal(0) for part in parts), Decimal(0))
    return Verdict(instance, Outcome.BLANK_TOTAL, anchor, "合计未填", others=plain)


def _total_over(instance: Instance, parts: Operands) -> Cell | None:
    """The blank cell that these parts should add to, where the relation is a sum inside a table."""
    empty = [side for side in instance.sides if side is not parts]
    is_sum = len(instance.spec.relation.sides) == 2 and all(part.sign > 0 for part in parts)
    if instance.spec.relation.op != "=" or instance.spec.across or not is_sum or len(empty[0]) != 1:
        return None
    return empty[0][0].cell if _sums_up(instance, empty[0]) and empty[0][0].cell.blank else None


def _sums_up(instance: Instance, blank: Operands) -> bool:
    """Whether the other side is a list of parts, not one counterpart."""
    other = next(
        side
        for side, ops in zip(instance.spec.relation.sides, instance.sides, strict=True)
        if ops is not blank
    )
    return len(other) > 1 or other[0].ref.row == ALL_ROWS


def _as_printed(instance: Instance) -> Verdict | None:
    """Figures that agree as they stand agree under every convention: each may stand for just what is printed."""
    sums = instance.sums
    agree = (
        sums.count(sums[0]) == len(sums)
        if instance.spec.relation.op == "="
        else sorted(sums) == list(sums)
    )
    return Verdict(instance, Outcome.HOLDS) if agree else None


def _by_convention(
    instance: Instance, conventions: Mapping[str, Convention], lenses: Lenses
) -> Verdict | None:
    gridded = next((cell for cell in instance.cells if cell.gridded), None)
    chosen = conventions.get(gridded.sheet, Convention.ROUND) if gridded else Convention.ROUND
    ranked = sorted(lenses.exact, key=lambda lens: lens.how is not chosen)
    for lens in ranked if gridded else ranked[:1]:
        if holds(instance, lens):
            outcome = Outcome.HOLDS if lens.how is chosen else Outcome.OTHER_CONVENTION
            return Verdict(
                instance,
                outcome,
                _anchor(instance) if outcome is Outcome.OTHER_CONVENTION else None,
                lens.how.value,
            )
    return None


def _by_formula(
    instance: Instance,
    conventions: Mapping[str, Convention],
    lenses: Lenses,
    derived: Mapping[Place, Operands],
) -> Verdict | None:
    """Held by what its formulas add up: a subtotal computed from printed parts is no rounded figure."""
    expanded = _expand(instance, derived)
    return None if expanded is instance else _by_convention(expanded, conventions, lenses)


def _by_typed_zero(instance: Instance, lenses: Lenses) -> Verdict | None:
    if any(holds(instance, lens) for lens in lenses.loose):
        zero = next(cell for cell in instance.cells if cell.number == 0)
        return Verdict(instance, Outcome.TYPED_ZERO, zero)
    return None


def _by_last_digit(instance: Instance, lenses: Lenses, broken: set[Place]) -> Verdict | None:
    """平尾差: one 万元 figure is off by its last digit while its own sheet balances."""
    gridded = [cell for cell in instance.cells if cell.gridded]
    if (
        len(gridded) != 1
        or instance.spec.relation.op != "="
        or any(cell.place in broken for cell in instance.cells)
    ):
        return None
    cell = gridded[0]
    assert cell.number is not None
    step = Decimal(1).scaleb(-cell.decimals)
    if any(
        holds_somehow(instance, [(cell, cell.number + shift)], lenses) for shift in (step, -step)
    ):
        return Verdict(instance, Outcome.LAST_DIGIT, cell)
    return None


def _by_coarse(instance: Instance, coarse: frozenset[str]) -> Verdict | None:
    touched = [
        cell
        for cell in instance.cells
        if cell.sheet in coarse and cell.unit == "元" and cell.number
    ]
    if touched and any(holds(instance, Lens(how, coarse=coarse)) for how in Convention):
        return Verdict(instance, Outcome.COARSE, touched[0])
    return None


def _coarse_sheets(submission: Submission) -> frozenset[str]:
    """Sheets whose every 元 figure is a multiple of 100 元: 万元 × 10000 typed as 元."""
    seen: dict[str, bool] = {}
    for table in submission.tables.values():
        for cell in table.cells():
            if cell.unit == "元" and seen.get(cell.sheet, True) and (number := cell.number):
                seen[cell.sheet] = number % 100 == 0
    return frozenset(sheet for sheet, coarse in seen.items() if coarse)


# ------------------------------------------------------------------------------------------------------ failures


def _failed(instance: Instance, lenses: Lenses) -> Verdict:
    anchor_side, anchor = _anchor_of(instance)
    if instance.spec.relation.op != "=":
        return Verdict(instance, Outcome.FAILS, anchor, others=_bound(instance, anchor))
    rest = [side for side in instance.filled if side is not anchor_side]
    bounds = []
    for lens in lenses.exact:
        wanted = _target(lens, anchor_side, anchor, rest[0])
        bounds.append(printable(wanted, lens.how, anchor.unit, anchor.decimals))
    others = _plain(anchor_side, anchor, rest[0])
    return Verdict(
        instance,
        Outcome.FAILS,
        anchor,
        "",
        min(b[0] for b in bounds),
        max(b[1] for b in bounds),
        others,
    )


def _target(lens: Lens, side: Operands, anchor: Cell, rest: Operands) -> Interval:
    """What the anchor alone would have to stand for."""
    beside = tuple(operand for operand in side if operand.cell is not anchor)
    wanted = lens.side(rest) + -lens.side(beside)
    sign = next(operand.sign for operand in side if operand.cell is anchor)
    return wanted if sign > 0 else -wanted


def _plain(side: Operands, anchor: Cell, rest: Operands) -> Decimal:
    """The same with plain figures, in the anchor's unit."""
    beside = [
        Operand(-operand.sign, operand.cell) for operand in side if operand.cell is not anchor
    ]
    atoms = sum(
        (
            o.sign * o.cell.number * atoms_per(o.cell.unit)
            for o in (*rest, *beside)
            if o.cell.number is not None
        ),
        Decimal(0),
    )
    sign = next(operand.sign for operand in side if operand.cell is anchor)
    return sign * atoms / atoms_per(anchor.unit)


def _bound(instance: Instance, anchor: Cell) -> Decimal:
    """The plain value of the side that the anchor's side must not exceed, in the anchor's unit."""
    place = next(
        i
        for i, side in enumerate(instance.filled)
        if any(operand.cell is anchor for operand in side)
    )
    return min(instance.sums[place + 1 :]) / atoms_per(anchor.unit)


def _balanced(instance: Instance) -> bool:
    """Whether both sides come to the same as they stand; blank ones come to 0."""
    sums = instance.sums
    return sums[0] == sums[1] if len(sums) > 1 else not any(sums)


def _anchor(instance: Instance) -> Cell:
    return _anchor_of(instance)[1]


def _anchor_of(instance: Instance) -> tuple[Operands, Cell]:
    """The side and cell to point at: in a chain the odd one out, otherwise the side that is a single cell, left first."""
    filled = instance.filled
    if instance.spec.relation.op == "≤":
        side = _exceeding(instance)
    elif len(filled) > 2:
        side = _odd_one_out(filled)
    else:
        side = next((side for side in filled if len(side) == 1), filled[0])
    shown = next(
        (operand.cell for operand in side if operand.cell.number is not None), side[0].cell
    )
    return side, shown


def _exceeding(instance: Instance) -> Operands:
    """The first side that is larger than a later one."""
    filled, sums = instance.filled, instance.sums
    return next(
        (side for i, side in enumerate(filled[:-1]) if sums[i] > min(sums[i + 1 :])), filled[0]
    )


def _odd_one_out(filled: tuple[Operands, ...]) -> Operands:
    lens = Lens(Convention.ROUND)
    ends = [lens.side(side) for side in filled]
    friends = [sum(end.meets(other) for other in ends) for end in ends]
    return filled[friends.index(min(friends))]


# ------------------------------------------------------------------------------------------------------ conventions


def _proofs(across: list[Instance], exact: Lens) -> dict[str, list[tuple[Convention, Verdict]]]:
    """Per sheet, the pairs of a 万元 figure and exact amounts that can only be one convention."""
    votes: dict[str, list[tuple[Convention, Verdict]]] = {}
    for instance in across:
        if instance.spec.relation.op != "=" or instance.obstacle:
            continue
        filled = instance.filled
        gridded = [o.cell for side in filled for o in side if o.cell.gridded]
        if len(filled) != 2 or len(gridded) != 1 or not gridded[0].number:
            continue
        cell = gridded[0]
        figure = cell.figure
        assert figure is not None
        side = next(s for s in filled if any(o.cell is cell for o in s))
        rest = filled[1] if filled[0] is side else filled[0]
        how = vote(_target(exact, side, cell, rest), figure)
        if how is not None:
            verdict = Verdict(
                instance, Outcome.HOLDS, cell, how.value, others=_plain(side, cell, rest)
            )
            votes.setdefault(cell.sheet, []).append((how, verdict))
    return votes


def _chosen(votes: list[tuple[Convention, Verdict]]) -> Convention:
    """The convention of a sheet: unanimous, or a clear majority; otherwise rounding, as exports do."""
    truncated = sum(how is Convention.TRUNCATE for how, _ in votes)
    if truncated == len(votes) or (truncated >= 5 and (len(votes) - truncated) * 10 <= len(votes)):
        return Convention.TRUNCATE
    return Convention.ROUND


def _derived(within: list[Instance]) -> dict[Place, Operands]:
    """Printed totals that are formulas over their own parts: they stand for the sum of the parts, not for a rounded figure."""
    found: dict[Place, Operands] = {}
    for instance in within:
        if instance.missing or instance.spec.relation.op != "=" or len(instance.sides) != 2:
            continue
        left, right = instance.sides
        cell = left[0].cell
        if len(left) > 1 or not cell.formula or not cell.gridded or instance.obstacle:
            continue
        if _balanced(instance):
            found.setdefault(cell.place, right)
    return {place: tuple(_leaves(place, found, frozenset())) for place in found}


def _leaves(
    place: Place, derived: Mapping[Place, Operands], above: frozenset[Place]
) -> Iterator[Operand]:
    """The typed figures at the bottom of a formula over formulas."""
    for operand in derived[place]:
        here = operand.cell.place
        if here in derived and here not in above:
            for leaf in _leaves(here, derived, above | {place}):
                yield Operand(operand.sign * leaf.sign, leaf.cell)
        else:
            yield operand


def _expand(instance: Instance, derived: Mapping[Place, Operands]) -> Instance:
    if not derived or not any(cell.place in derived for cell in instance.cells):
        return instance
    sides = tuple(
        tuple(
            Operand(operand.sign * part.sign, part.cell)
            for operand in side
            for part in derived.get(operand.cell.place, (Operand(1, operand.cell),))
        )
        for side in instance.sides
    )
    return _instance(instance.spec, instance.label, sides)._replace(missing=instance.missing)
