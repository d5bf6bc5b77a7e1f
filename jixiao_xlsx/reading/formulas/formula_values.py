"""What a formula gives from the cells it names: the sums and rates of the form, nothing else.

A formula with anything unknown in it (another function, a text among its figures, an error, a cell
of a sheet that is not read) gives None: it is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from math import floor, fsum
from typing import Any, NamedTuple

from jixiao_xlsx.values.addresses import Area, Position, position

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)
    |(?P<string>"(?:[^"]|"")*")
    |(?P<ref>(?:'(?:[^']|'')+'!|[\w.]+!)?\$?[A-Z]{1,3}\$?\d+(?![\w(]))
    |(?P<name>[A-Z][A-Z.]*)(?=\()
    |(?P<sign><>|<=|>=|[-+*/^=<>(),:&%])
    )""",
    re.VERBOSE,
)
_REF = re.compile(
    r"(?:(?P<sheet>.+)!)?(?P<column>\$?)(?P<letters>[A-Z]+)(?P<row>\$?)(?P<digits>\d+)"
)
_LONGEST, _DEEPEST, _MOST_CELLS = 500, 40, 5000
_TOTAL = 'IF(COUNT()=0,"",ROUND(SUM()))'
_LAST_BIT = 4e-16  # of a float, as a part of it
_STRENGTH = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "+": 3, "-": 3, "*": 4, "/": 4}
Value = float | str | bool | None


class UnknownFormula(Exception):
    """A formula, or a cell it needs, of which nothing is known."""


class _Ref(NamedTuple):
    """A cell in a formula; what is not fixed by $ moves with the formula."""

    sheet: str
    place: Position
    fixed: tuple[bool, bool]

    def at(self, move: Position) -> Position:
        row, column = self.place
        return (
            row if self.fixed[0] else row + move[0],
            column if self.fixed[1] else column + move[1],
        )


class _Area(NamedTuple):
    first: _Ref
    last: _Ref


class _Call(NamedTuple):
    """A function or an operator (by its sign) with its arguments; "-1" is the sign before."""

    name: str
    arguments: tuple[Any, ...]


ValuesIn = Callable[[str, Area], list[Value]]


def formula_value(text: str, cells: ValuesIn, sheet: str, move: Position = (0, 0)) -> Value:
    """Return what a formula on `sheet` gives; `move` is how far from its own cell it stands.

    `cells` gives the values of an area by sheet. Raises UnknownFormula.
    """
    if len(text) > _LONGEST:
        raise UnknownFormula
    tree = _parsed(text)
    if tree is None:
        raise UnknownFormula
    return _Evaluation(cells, sheet, move).value(tree)


# ------------------------------------------------------------------------------------------ reading


@lru_cache(maxsize=1 << 13)  # the files of a season share their formulas
def _parsed(text: str) -> Any:
    """Return the tree of a formula; None where something in it is not known."""
    try:
        tokens = list(_tokens(text))
        parser = _Parser(tokens)
        tree = parser.expression(0)
    except UnknownFormula:
        return None
    return _as_total(tree) if parser.at == len(tokens) else None


def _as_total(tree: Any) -> Any:
    """Return the sums of our own forms, blank over blanks, as one step: most formulas are such."""
    match tree:
        case _Call(
            "IF",
            (
                _Call("=", (_Call("COUNT", counted), 0.0)),
                "",
                _Call("ROUND", (_Call("SUM", summed), float(decimals))),
            ),
        ) if counted == summed:
            return _Call(_TOTAL, (summed, decimals))
    return tree


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    text = text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise UnknownFormula
        yield match.lastgroup, match[match.lastgroup]
        at = match.end()


def _ref(text: str) -> _Ref:
    match = _REF.fullmatch(text)
    if match is None:
        raise UnknownFormula
    name = match["sheet"] or ""
    if name.startswith("'"):
        name = name[1:-1].replace("''", "'")
    fixed = bool(match["row"]), bool(match["column"])
    return _Ref(name, position(match["letters"] + match["digits"]), fixed)


def _moved(call: _Call) -> Any:
    """Return the cell that OFFSET gives, so many rows and columns away; other calls as they are."""
    match call:
        case _Call("OFFSET", (_Ref(sheet, (row, column), fixed), down, right)):
            return _Ref(sheet, (row + _whole(down), column + _whole(right)), fixed)
    return call


def _whole(tree: Any) -> int:
    match tree:
        case float(number) if number == int(number):
            return int(number)
        case _Call("-1", (float(number),)) if number == int(number):
            return -int(number)
    raise UnknownFormula


class _Parser:
    """Reads tokens by the strength of their operators."""

    def __init__(self, tokens: Sequence[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.at = self.depth = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("", "")

    def take(self, sign: str) -> None:
        if self.peek() != ("sign", sign):
            raise UnknownFormula
        self.at += 1

    def expression(self, strength: int) -> Any:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise UnknownFormula
        tree = self.operand()
        while (kind := self.peek())[0] == "sign" and _STRENGTH.get(kind[1], 0) > strength:
            self.at += 1
            tree = _Call(kind[1], (tree, self.expression(_STRENGTH[kind[1]])))
        self.depth -= 1
        return tree

    def operand(self) -> Any:
        kind, text = self.peek()
        self.at += 1
        if kind == "number":
            tree: Any = float(text)
        elif kind == "string":
            tree = text[1:-1].replace('""', '"')
        elif kind == "ref":
            tree = _ref(text)
        elif kind == "name":
            self.take("(")
            tree = _moved(_Call(text, tuple(self.arguments())))
        elif text == "(":
            tree = self.expression(0)
            self.take(")")
        elif text in {"-", "+"}:
            tree = _Call("-1" if text == "-" else "+1", (self.expression(5),))
        else:
            raise UnknownFormula
        if self.peek() == ("sign", ":"):
            self.at += 1
            tree = self.area(tree)
        if self.peek() == ("sign", "%"):
            self.at += 1
            tree = _Call("/", (tree, 100.0))
        return tree

    def area(self, first: Any) -> _Area:
        """Return the area from a cell to the operand that follows."""
        last = self.operand()
        if not isinstance(first, _Ref) or not isinstance(last, _Ref):
            raise UnknownFormula
        return _Area(first, last)

    def arguments(self) -> Iterator[Any]:
        while self.peek() not in {("sign", ")"), ("", "")}:
            yield self.expression(0)
            if self.peek() == ("sign", ","):
                self.at += 1
        self.take(")")


# -------------------------------------------------------------------------------------- evaluating


class _Evaluation:
    """The values of one formula."""

    def __init__(self, values_in: ValuesIn, sheet: str, move: Position) -> None:
        self.values_in, self.sheet, self.move = values_in, sheet, move

    def value(self, tree: Any) -> Value:
        """Return the value of a tree. Raises UnknownFormula."""
        if isinstance(tree, _Ref):
            return self.cells(tree)[0]
        if isinstance(tree, _Call):
            return self.call(tree)
        if isinstance(tree, _Area):
            raise UnknownFormula
        return tree  # type: ignore[no-any-return]

    def number(self, tree: Any) -> float:
        """Return the value as a number; a blank cell is 0."""
        value = self.value(tree)
        if isinstance(value, str):
            raise UnknownFormula
        return float(value or 0)

    def numbers(self, trees: Sequence[Any]) -> list[float]:
        """Return the numbers of cells and areas, without blanks."""
        found: list[float] = []
        for tree in trees:
            if isinstance(tree, _Ref | _Area):
                for value in self.cells(tree):
                    if value is None or value == "":
                        continue
                    if isinstance(value, str | bool):
                        raise UnknownFormula  # a sum passes it by, a person may mean it
                    found.append(value)
            else:
                found.append(self.number(tree))
        return found

    def cells(self, tree: _Ref | _Area) -> list[Value]:
        """Return the values of a cell or an area. Raises UnknownFormula."""
        first, last = (tree, tree) if isinstance(tree, _Ref) else tree
        area = (*first.at(self.move), *last.at(self.move))
        if (area[2] - area[0] + 1) * (area[3] - area[1] + 1) > _MOST_CELLS:
            raise UnknownFormula
        return self.values_in(first.sheet or self.sheet, area)

    def call(self, call: _Call) -> Value:
        """Return what a function or an operator gives. Raises UnknownFormula."""
        if call.name == _TOTAL:
            summed, decimals = call.arguments
            numbers = self.numbers(summed)
            return _rounded(fsum(numbers), decimals) if numbers else ""
        if call.name in _ARITHMETIC:
            return _ARITHMETIC[call.name](*map(self.number, call.arguments))
        if call.name in _COMPARISONS:
            return _compared(call.name, *map(self.value, call.arguments))
        if call.name in _OF_NUMBERS:
            return _OF_NUMBERS[call.name](self.numbers(call.arguments))
        if call.name in {"AND", "OR"}:
            truths = [bool(self.value(one)) for one in call.arguments]
            return all(truths) if call.name == "AND" else any(truths)
        if call.name == "IF" and len(call.arguments) == 3:
            return self.value(call.arguments[1 if self.value(call.arguments[0]) else 2])
        raise UnknownFormula


def _rounded(number: float, decimals: float) -> float:
    """Return a number rounded half away from zero, as one of 15 digits."""
    scale = 10.0 ** int(decimals)
    size = abs(number) * scale
    whole = floor(size + 0.5 + size * _LAST_BIT)
    return (whole if number >= 0 else -whole) / scale


def _divided(above: float, below: float) -> float:
    if not below:
        raise UnknownFormula
    return above / below


def _compared(sign: str, left: Value, right: Value) -> bool:
    if isinstance(left, str) or isinstance(right, str):
        equal = (left or "") == (right or "")
        if sign not in {"=", "<>"}:
            raise UnknownFormula
        return equal is (sign == "=")
    return _COMPARISONS[sign](float(left or 0), float(right or 0))


_ARITHMETIC: Mapping[str, Callable[..., float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": _divided,
    "-1": lambda number: -number,
    "+1": lambda number: number,
    "ROUND": _rounded,
    "ABS": abs,
}
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}
_OF_NUMBERS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "SUM": fsum,
    "COUNT": lambda numbers: float(len(numbers)),
    "MAX": lambda numbers: max(numbers, default=0.0),
    "MIN": lambda numbers: min(numbers, default=0.0),
}
