"""What the formulas of a workbook give today, whatever results were saved with them."""

from __future__ import annotations

from collections.abc import Mapping

from jixiao_xlsx.reading.formulas.formula_values import UnknownFormula, Value, formula_value
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Area, Position

_LONGEST_CHAIN = 40  # formulas over formulas


class Recalculation:
    """The values of formulas from the typed cells up, each calculated once."""

    def __init__(self, sheets: Mapping[str, Worksheet]) -> None:
        self.sheets = sheets
        self.results: dict[tuple[str, Position], Value] = {}
        self.unknown: set[tuple[str, Position]] = set()
        self.depth = 0

    def result(self, sheet: str, place: Position) -> Value:
        """Return what the formula there gives, "" for a text of nothing. Raises UnknownFormula."""
        key = sheet, place
        if key in self.results:
            return self.results[key]
        if key in self.unknown or self.depth > _LONGEST_CHAIN:
            raise UnknownFormula
        self.unknown.add(
            key
        )  # while it is calculated too: a formula that needs itself has no value
        flags = self.sheets[sheet].flags
        first = flags.origins.get(place, place)
        move = place[0] - first[0], place[1] - first[1]
        self.depth += 1
        try:
            value = formula_value(flags.formulas[place], self._values, sheet, move)
        finally:
            self.depth -= 1
        self.unknown.discard(key)
        self.results[key] = value
        return value

    def _values(self, name: str, area: Area) -> list[Value]:
        """Return the values of an area of a sheet. Raises UnknownFormula."""
        sheet = self.sheets.get(name)
        if sheet is None:
            raise UnknownFormula
        top, left, bottom, right = area
        formulas, errors = sheet.flags.formulas, sheet.flags.errors
        values: list[Value] = [None]
        for row, line in enumerate(sheet.rows[top : bottom + 1], top):
            for column, raw in enumerate(line[left : right + 1], left):
                if (row, column) in formulas:
                    values.append(self._formula(sheet, (row, column), raw))
                elif errors and (row, column) in errors:
                    raise UnknownFormula
                elif raw != "":
                    values.append(raw if type(raw) is float else _plain(raw))
        return values[1:] or values

    def _formula(self, sheet: Worksheet, place: Position, raw: object) -> Value:
        """Return what a formula gives, or else what was saved with it. Raises UnknownFormula."""
        if place in sheet.flags.errors:
            raise UnknownFormula
        try:
            return self.result(sheet.name, place)
        except UnknownFormula:
            if place in sheet.flags.uncalculated:
                raise
        return _plain(raw)

    def number(self, sheet: str, place: Position) -> float | None:
        """Return what the formula there gives: a number, None for nothing. Raises UnknownFormula.

        Raised too where it gives a text, a truth or an error.
        """
        try:
            value = self.result(sheet, place)
        except (ArithmeticError, ValueError) as error:
            raise UnknownFormula from error
        if isinstance(value, bool) or (isinstance(value, str) and value):
            raise UnknownFormula
        return None if value is None or value == "" else float(value)


def _plain(raw: object) -> Value:
    """Return a typed value; what is no number, text or truth (a date) raises UnknownFormula."""
    if raw == "":
        return None
    if isinstance(raw, float | int | str | bool):
        return raw
    raise UnknownFormula
