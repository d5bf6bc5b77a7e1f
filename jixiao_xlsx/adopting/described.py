"""An understanding as plain values for `show`: cells, roles, equations, indicators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jixiao_xlsx.adopting import roles
from jixiao_xlsx.adopting.claims.equations import proposals_of
from jixiao_xlsx.adopting.claims.proposals import Proposal, Spot
from jixiao_xlsx.adopting.understanding import Field, Understanding


def described(understanding: Understanding) -> dict[str, Any]:
    """Return the JSON of a workbook understood; only cells that a person fills are listed."""
    return {
        "cells": [_cell(one) for one in understanding.fields if not one.computed],
        "roles": _roles(understanding),
        "equations": [
            {"op": claim.op, "left": left, "right": right, "ticked": claim.ticked}
            for claim in proposals_of(understanding)
            for left, right in _instances(claim)
        ],
        "indicators": list(_indicators(understanding)),
    }


def _cell(one: Field) -> dict[str, Any]:
    return {
        "sheet": one.sheet,
        "cell": one.ref,
        "table": one.table,
        "row": list(one.row),
        "column": list(one.column),
        "unit": one.unit,
        "kind": one.kind,
        "value": None,
    }


def _instances(claim: Proposal) -> Iterator[tuple[list[str], list[str]]]:
    """Yield an equation once for each line or column along which it holds, as addresses."""
    for along in claim.along or (None,):
        sides = []
        for side in (claim.left, claim.right):
            terms = [_term(sign, place, along) for sign, place in side]
            sides.append([term for term in terms if term])
        yield sides[0], sides[1]


def _term(sign: int, place: Spot, along: Any) -> str:
    line, column = place.line or along, place.column or along
    cell = place.table.at(line, column)
    address = f"{place.table.sheet}!{cell.ref}" if cell else ""
    return ("-" if sign < 0 else "") + address


def _roles(understanding: Understanding) -> dict[str, str]:
    """Return what some cells are, as “表!格”."""
    found = {
        "department": roles.department_of(understanding),
        "department_code": roles.labelled(understanding, "code"),
        "year": roles.labelled(understanding, "year"),
        "item": roles.labelled(understanding, "item"),
        "total_score": roles.total_score(understanding),
    }
    cells = {role: f"{one.sheet}!{one.ref}" for role, one in found.items() if one is not None}
    line = next(roles.year_lines(understanding.layouts), None)
    if "year" not in cells and line is not None:
        cells["year"] = f"{line.sheet}!{line.box.ref}"
    return cells


def _indicators(understanding: Understanding) -> Iterator[dict[str, Any]]:
    """Yield the indicators: where each of their parts stands."""
    for table in roles.indicator_tables(understanding):
        columns = roles.indicator_columns(table)
        for line in table.found.lines:
            if not line.total:
                boxes = {role: table.found.box(line, one).ref for role, one in columns.items()}
                yield {"sheet": table.sheet, "row": line.row + 1, **boxes}
