"""One parsed Equation, used by the checker, 自检, comments and rule pages alike.

Auditors write `基本支出小计 = 人员经费 + 公用经费`. A term is `表.行.列`; with scope "row" a name is
a column, with scope "column" a row; `各行` are the open rows and `合计` the total row. Names that
hold `. + - / = ≤` or spaces stand in 「」. Linear, with = or ≤, possibly chained; a ratio is two
linear sides around /.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

ALL_ROWS = "各行"
# In a table of 类/款/项: those whose code is three digits long; each line with parts, and its parts.
_OF_LENGTH = re.compile(rf"{ALL_ROWS}\[编码长=(\d+)\]")
PARENT_ROWS, CHILD_ROWS = "上级科目", "下级科目"
_TOKEN = re.compile(r"\s*(?:(?P<op>[-+/=≤−])|(?P<name>(?:「[^」]*」|[^-+/=≤−\s「」])+))")
_PART = re.compile(r"「([^」]*)」|([^.「」]+)")


class EquationError(ValueError):
    """The text is not an equation; the message says where."""


class Scope(StrEnum):
    """What a bare name means: an address, a column of each row, or a row of each column."""

    SHEET = "sheet"
    ROW = "row"
    COLUMN = "column"


@dataclass(frozen=True, slots=True)
class Ref:
    """An address by titles. `row` or `column` is "" where the scope supplies it."""

    table: str
    row: str
    column: str

    def __str__(self) -> str:
        return ".".join(part for part in (self.table, self.row, self.column) if part)


@dataclass(frozen=True, slots=True)
class Term:
    """A signed reference."""

    sign: int
    ref: Ref


Side = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """Two or more sides with one operator: `a = b = c`, `a ≤ b ≤ c`."""

    text: str
    scope: Scope
    op: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Ratio:
    """`numerator / denominator`, and the place where the rate is shown, if any."""

    text: str
    numerator: Side
    denominator: Side
    shown: Ref | None = None


def names_rows(row: str) -> bool:
    """Return whether a name stands for lines that the department names, not for one row."""
    return row in {ALL_ROWS, PARENT_ROWS, CHILD_ROWS} or code_length(row) is not None


def code_length(row: str) -> int | None:
    """Return the length of the codes that a name of lines asks for; None where it asks for none."""
    found = _OF_LENGTH.fullmatch(row)
    return int(found[1]) if found else None


def parse_relation(text: str, scope: Scope, table: str = "") -> Relation:
    """Parse `… = …` or `… ≤ …`. Raises EquationError."""
    sides: list[list[Term]] = [[]]
    operators: list[str] = []
    for sign_or_op, term in _terms(text, scope, table):
        if sign_or_op in {"=", "≤"}:
            operators.append(sign_or_op)
            sides.append([])
        elif sign_or_op == "/":
            raise EquationError(f"等式里不能有除法：{text}")
        elif term is not None:
            sides[-1].append(term)
    if not operators or any(not side for side in sides):
        raise EquationError(f"缺少“=”或“≤”，或有一边是空的：{text}")
    if len(set(operators)) > 1:
        raise EquationError(f"一个等式里“=”与“≤”不能混用：{text}")
    return Relation(text, scope, operators[0], tuple(tuple(side) for side in sides))


def parse_ratio(text: str, scope: Scope = Scope.SHEET, table: str = "") -> Ratio:
    """Parse `比率 = 分子 / 分母`, or `分子 / 分母` alone; a side may stand in ().

    Raises EquationError.
    """
    left, equals, rest = text.rpartition("=")
    halves = rest.split("/")
    if len(halves) != 2:
        raise EquationError(f"比率应写成“分子 / 分母”：{text}")
    numerator, denominator = (_side(half, scope, table) for half in halves)
    return Ratio(text, numerator, denominator, _ref(left.strip(), scope, table) if equals else None)


def _side(text: str, scope: Scope, table: str) -> Side:
    body = text.strip()
    if body.startswith("(") and body.endswith(")"):
        body = body[1:-1]
    terms = [term for op, term in _terms(body, scope, table) if not op and term is not None]
    return tuple(terms)


def _terms(text: str, scope: Scope, table: str) -> list[tuple[str, Term | None]]:
    """Return operators (= ≤ /) and signed terms, in order. Raises EquationError."""
    text = _OF_LENGTH.sub(r"「\g<0>」", text)
    terms: list[tuple[str, Term | None]] = []
    sign = 1
    position = 0
    expect_name = True
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if not match:
            raise EquationError(f"第 {position + 1} 个字读不懂：{text}")
        position = match.end()
        op, name = match["op"], match["name"]
        if name:
            if not expect_name:
                raise EquationError(f"“{name}”前缺少运算符：{text}")
            terms.append(("", Term(sign, _ref(name, scope, table))))
            sign, expect_name = 1, False
        elif op in {"-", "−"}:
            sign, expect_name = -sign if expect_name else -1, True
        elif op == "+":
            expect_name = True
        else:
            if expect_name:
                raise EquationError(f"“{op}”前缺少项：{text}")
            terms.append((op, None))
            sign, expect_name = 1, True
    if expect_name:
        raise EquationError(f"末尾缺少项：{text}")
    return terms


def _ref(name: str, scope: Scope, table: str) -> Ref:
    parts = [quoted or bare for quoted, bare in _PART.findall(name)]
    if not all(parts):
        raise EquationError(f"“{name}”里有空的名称")
    if len(parts) == 3:
        return Ref(*parts)
    if len(parts) == 1 and scope is Scope.ROW:
        return Ref(table, "", parts[0])
    if len(parts) == 1 and scope is Scope.COLUMN:
        return Ref(table, parts[0], "")
    raise EquationError(
        f"“{name}”应写成“表.行.列”" if scope is Scope.SHEET else f"“{name}”应是一个名称或“表.行.列”"
    )
