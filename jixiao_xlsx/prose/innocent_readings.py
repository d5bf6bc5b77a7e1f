"""Other readings of a statement that does not hold: does it hold with other figures nearby?

A statement is reported only if it has no other reading. These functions search the numbers of the
same paragraph and the cells near the compared one; rules call them only before they report.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from jixiao_xlsx.prose.language.clauses import Mention
from jixiao_xlsx.prose.language.vocabulary import fold
from jixiao_xlsx.prose.statements import Fact, Listing, ReportStatements
from jixiao_xlsx.prose.table_figures import TableFigure, TableFigures
from jixiao_xlsx.values.amounts import Interval, atoms_per, rate_holds
from jixiao_xlsx.values.cells import Cell, Place, Submission, Table

_SIGNIFICANT = 2  # letters of 上级下达, 上年结转, by which a text names them
_NEAREST = 8  # figures on either side that may add up: of more, some would by chance
_STOPS = "。!?\n"
LIST_SEPARATORS = {"、", "，", "和", "及", "与", ";", ",", "，和", "以及"}
_ALL = {"合计", "总计", "小计"}


def nearby_numbers(statements: ReportStatements, mention: Mention) -> list[Mention]:
    """Return the other numbers of its kind (money, people, …) in the same paragraph."""
    text = mention.passage.folded
    start, end = text.rfind("\n", 0, mention.start) + 1, text.find("\n", mention.end)
    return [
        one
        for one in statements.mentions.get(id(mention.passage), ())
        if start <= one.start
        and (end < 0 or one.start < end)
        and one is not mention
        and one.kind == mention.kind
    ]


def adds_up(statements: ReportStatements, listing: Listing) -> bool:
    """Return whether some of the figures on the side of the list add up to its total: as many as
    the words count, where they do.
    """
    whole, first = listing.whole.mention, listing.parts[0].mention
    near = [one for one in nearby_numbers(statements, whole) if 0 < _atoms(one) < _atoms(whole)]
    if first.start < whole.start:
        side = [one for one in near if one.start < whole.start][-_NEAREST:]
    else:
        side = [one for one in near if one.start > whole.start][:_NEAREST]
    return _some_make(whole, side, len(listing.parts) if listing.sure else 0)


def _some_make(whole: Mention, parts: Sequence[Mention], count: int) -> bool:
    target, last = _atoms(whole), min((_last(one) for one in (*parts, whole)), default=1)
    amounts = [_atoms(one) for one in parts]
    sizes = (count,) if count else range(2, len(parts) + 1)
    return any(
        abs(sum(chosen) - target) <= size * last
        for size in sizes
        if 1 < size <= len(parts)
        for chosen in combinations(amounts, size)
    )


def _atoms(mention: Mention) -> Fraction:
    return Fraction(mention.value * atoms_per(mention.unit))


def _last(mention: Mention) -> Fraction:
    """Return half of the last digit of an amount; a whole number of 万元 is exact to a hundredth, and
    so are people.
    """
    return (
        Fraction(atoms_per(mention.unit), 2 * 10 ** max(mention.decimals, 2))
        if mention.money
        else Fraction(0)
    )


def _span(mention: Mention) -> Interval:
    atoms, last = _atoms(mention), _last(mention)
    return Interval(math.floor(atoms - last), math.ceil(atoms + last))


def differs_by(statements: ReportStatements, step: Mention) -> bool:
    """Return whether two figures of the paragraph differ by `step`."""
    span = _span(step)
    return any((one + -other).meets(span) for one, other in _pairs(statements, step))


def grows_by(statements: ReportStatements, rate: Mention, like: Mention, *, up: bool) -> bool:
    """Return whether two figures of the kind of `like` in the paragraph give the rate of growth, or
    of decline.
    """
    stated, step = Fraction(abs(rate.value)) / 100, Fraction(1, 10 ** (rate.decimals + 2))
    for more, less in _pairs(statements, like, itself=True):
        base = less if up else more
        if base.lo > 0 and rate_holds(stated, step, more + -less, base):
            return True
    return False


def _pairs(
    statements: ReportStatements, mention: Mention, *, itself: bool = False
) -> Iterator[tuple[Interval, Interval]]:
    """Yield every two figures of the paragraph, the greater first."""
    near = [*nearby_numbers(statements, mention), *([mention] if itself else [])]
    spans = sorted({_span(one) for one in near}, key=lambda one: (one.lo, one.hi), reverse=True)
    return combinations(spans, 2)


def is_share(statements: ReportStatements, rate: Mention, part: Mention) -> bool:
    """Return whether the part has that share in some figure of the paragraph."""
    stated, step = Fraction(rate.value) / 100, Fraction(1, 10 ** (rate.decimals + 2))
    wholes = (_span(one) for one in nearby_numbers(statements, part))
    return any(whole.lo > 0 and rate_holds(stated, step, _span(part), whole) for whole in wholes)


def has_share(statements: ReportStatements, rate: Mention, whole: Mention) -> bool:
    """Return whether some figure of the paragraph has that share in the whole."""
    stated, step = Fraction(rate.value) / 100, Fraction(1, 10 ** (rate.decimals + 2))
    base = _span(whole)
    parts = (_span(one) for one in nearby_numbers(statements, whole))
    return base.lo > 0 and any(rate_holds(stated, step, part, base) for part in parts)


def is_quotient(statements: ReportStatements, rate: Mention, like: Mention) -> bool:
    """Return whether one of two figures of the kind of `like` in the paragraph is that share of the
    other.
    """
    stated, step = Fraction(rate.value) / 100, Fraction(1, 10 ** (rate.decimals + 2))
    return any(
        whole.lo > 0 and rate_holds(stated, step, part, whole)
        for one, other in _pairs(statements, like, itself=True)
        for part, whole in ((one, other), (other, one))
    )


def of_sentence(statements: ReportStatements, mention: Mention) -> Iterator[Fact]:
    """Yield the other facts of its sentence."""
    text = mention.passage.folded
    start = max(text.rfind(stop, 0, mention.start) for stop in _STOPS)
    end = min(
        matches if (matches := text.find(stop, mention.end)) >= 0 else len(text) for stop in _STOPS
    )
    for fact in statements.facts:
        if (
            fact.mention.passage is mention.passage
            and start < fact.mention.start < end
            and fact.mention is not mention
        ):
            yield fact


def before(statements: ReportStatements, mention: Mention) -> Mention | None:
    """Return the number before it in its sentence."""
    mentions = [
        one for one in statements.mentions.get(id(mention.passage), ()) if one.start < mention.start
    ]
    return mentions[-1] if mentions and follows(statements, mention, mentions[-1]) else None


def follows(statements: ReportStatements, mention: Mention, *parts: Mention | None) -> bool:
    """Return whether the numbers right before it in its sentence are these, in any order: then it
    cannot be of others.
    """
    wanted = {id(one) for one in parts if one is not None}
    mentions = statements.mentions.get(id(mention.passage), [])
    near = [one for one in mentions if one.start < mention.start][-len(wanted) :]
    between = mention.passage.folded[near[0].end : mention.start] if near else "。"
    return bool(wanted) and {id(one) for one in near} == wanted and not set(_STOPS) & set(between)


# -------------------------------------------------------------------------------------------- cells


def is_of_another_cell(
    fact: Fact,
    figures: Sequence[TableFigure],
    tables: TableFigures,
    taken: Collection[Place] = (),
) -> bool:
    """Return whether the figure is that of a cell beside the compared ones whose title the
    paragraph names first: “一般公共服务支出……由基本支出 535.93 万元”.

    If the words right before the figure name the compared row, the figure belongs to another row by
    mistake, unless the other row is a part by name: after “财政拨款”, 年末结转和结余 is 财政拨款年末结转和结余.
    """
    text = fact.mention.passage.folded
    before = text[text.rfind("\n", 0, fact.mention.start) + 1 : fact.mention.start]
    named = fact.mention.has("item", "subject")
    return any(
        cell.row != other.row
        and other.place not in taken
        and (
            _part_by_name(cell.row, other.row, before)
            or ((not named or cell.row in _ALL) and _title(other.row) in before)
        )
        and TableFigure((other,)).meets(fact.believed)
        for figure in figures
        for cell in figure.cells
        for other in _column_of(tables.submission, cell)
    )


def _part_by_name(row: str, other: str, before: str) -> bool:
    own, name = _title(row), _title(other)
    return name != own and name.endswith(own) and name.removesuffix(own) in before


def _title(row: str) -> str:
    return fold(row.removeprefix("其中："))


def _column_of(submission: Submission, cell: Cell) -> Iterator[Cell]:
    """Yield the filled cells of the column that the cell stands in."""
    for table in submission.tables.values():
        if _holds(table, cell):
            yield from (
                one
                for row in table.rows
                if (one := row.get(cell.column)) is not None and one.number is not None
            )


def _holds(table: Table, cell: Cell) -> bool:
    return table.sheet == cell.sheet and any(
        cell.place == one.place for row in table.rows if (one := row.get(cell.column))
    )


def is_of_another_subject(statements: ReportStatements, fact: Fact, tables: TableFigures) -> bool:
    """Return whether a figure that names nothing is that of something else the sentence names."""
    listed = fact.mention.words == () and fact.mention.gap.strip() in LIST_SEPARATORS
    first = before(statements, fact.mention) is None and fact.mention.has("spent", "earned")
    if listed or first or fact.mention.has("item", "subject"):
        return False
    named = {item for one in of_sentence(statements, fact.mention) for item in one.items}
    roles = (fact.role,) if fact.role else ("execution", "budget", "original")
    return any(
        figure.meets(fact.believed)
        for item in named - {*fact.items}
        for role in roles
        for figure in tables.of(item, role)
    )


def is_what_is_left(fact: Fact, tables: TableFigures) -> bool:
    """Return whether the figure is the difference of two of its item's: “项目支出有 23.76 万元没有执行”."""
    figures = tables.of(fact.item, "")
    return any(
        one is not other and (one.span + -other.span).meets(fact.believed)
        for one in figures
        for other in figures
    )


def is_what_was_granted(fact: Fact, tables: TableFigures) -> bool:
    """Return whether it is the amount granted, not spent: “上级下达资金 659.01 万元，支出 543.13 万元”."""
    return fact.role in {"", "budget", "plan"} and any(
        figure.meets(fact.believed) for figure in tables.of(fact.item, "granted")
    )


def is_of_one_source(fact: Fact, figures: Sequence[TableFigure], tables: TableFigures) -> bool:
    """Return whether the figure is one row of a subject with several rows, and the 资金来源 of that row
    is named before it: “上级下达资金……，其中卫生健康支出 950.78 万元”.
    """
    text = fact.mention.passage.folded
    before = text[text.rfind("\n", 0, fact.mention.start) + 1 : fact.mention.start]
    rows = (
        cell
        for figure in figures
        if len(figure.cells) > 1
        for cell in figure.cells
        if TableFigure((cell,)).meets(fact.believed)
    )
    return any(
        (source := tables.source_of(cell)) and source[:_SIGNIFICANT] in before for cell in rows
    )


def is_stale(fact: Fact, tables: TableFigures) -> bool:
    """Return whether the figure is the same item's of another column (年初, 全年, 决算, 上年): then it was
    taken from the wrong one.
    """
    roles = ("execution", "budget", "original", "previous")
    return any(
        figure.atoms and figure.meets(fact.believed)
        for role in roles
        for figure in tables.of(fact.item, role)
    )
