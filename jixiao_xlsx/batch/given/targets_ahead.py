"""The indicators of a department as handed out: the form's own lines, and its approved ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from jixiao_xlsx.form.spec import IndicatorSpec, Template
from jixiao_xlsx.output.xlsx.blank.layout import Filling, TableFilling
from jixiao_xlsx.scoring.directions import direction_word
from jixiao_xlsx.values.people import ApprovedTarget
from jixiao_xlsx.values.text import tidy
from jixiao_xlsx.values.typed_numbers import read_number

_SIGNS = "≥≤=＞＜<>"


def targets_ahead(targets: Sequence[ApprovedTarget], template: Template) -> Filling:
    """Return the approved targets as they are typed ahead, in place of the form's 个性 ones.

    {} without targets, and for a form with a sheet per project: its sheets have no names yet.
    """
    whole = [one for one in targets if not one.project and not one.item]
    if not whole or not template.indicator_table or template.repeated or template.blank:
        return {}
    common = {name for name, spec in template.library.items() if spec.common}
    own = [one for one in whole if tidy(one.name) not in common]
    rows: list[dict[str, object]] = []
    for spec in _with_places(template.indicators):
        if spec is None:
            rows += [_row(one, template) for one in own]
        else:
            rows.append({template.indicator_columns["name"]: spec.name})
    return {template.indicator_table: TableFilling(open_rows=rows)}


def _with_places(indicators: Iterable[IndicatorSpec]) -> list[IndicatorSpec | None]:
    """Return the 共性 indicators, and None where a department's own come: once."""
    found: list[IndicatorSpec | None] = []
    for spec in indicators:
        if spec.common:
            found.append(spec)
        elif None not in found:
            found.append(None)
    return found if None in found else [*found, None]


def _row(one: ApprovedTarget, template: Template) -> dict[str, object]:
    sign = direction_word(one.sign) or (one.value[:1] if one.value[:1] in _SIGNS else "")
    weight = None
    if one.weight is not None:
        weight = Decimal(one.weight.numerator) / Decimal(one.weight.denominator)
    cells: dict[str, object] = {
        "level1": one.level1,
        "level2": one.level2,
        "name": one.name,
        "direction": sign,
        "unit": one.unit,
        "weight": weight,
        "target": _value(one, with_sign="direction" not in template.indicator_columns),
    }
    columns = template.indicator_columns
    return {
        columns[key]: cell
        for key, cell in cells.items()
        if key in columns and cell not in ("", None)
    }


def _value(one: ApprovedTarget, *, with_sign: bool) -> object:
    """Return the target that holds now, as the cell takes it: a number, a percentage, words."""
    if with_sign:
        return one.in_force
    typed = (one.adjusted or one.value).lstrip(_SIGNS)
    number = read_number(typed).value
    if number is None:
        return typed
    return f"{typed}%" if one.unit == "%" and not typed.endswith("%") else number
