"""What a workbook closes a year with and the next year opens with; which is data ([[carry]])."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.text import plain
from jixiao_xlsx.values.work import Record


def carried(submission: Submission, template: Template) -> Iterator[tuple[Ref, Decimal]]:
    """Yield the next year's opening figures, in the units of the cells they open."""
    for carry in template.carries:
        cell = submission.cell(carry.source.table, carry.source.row, carry.source.column)
        if cell is not None and cell.number is not None:
            yield carry.target, converted(cell.number, cell.unit, template.unit_of(carry.target))


def converted(value: Decimal, unit: str, wanted: str) -> Decimal:
    """Return an amount in another unit of money."""
    return value if unit == wanted else value * atoms_per(unit) / atoms_per(wanted)


def closing_record(submission: Submission, template: Template) -> Mapping[str, str]:
    """Return the next year's opening figures as a Record keeps them, by address."""
    return {str(ref): plain(value) for ref, value in carried(submission, template)}


def opening_of(record: Record | None, template: Template) -> Mapping[Ref, Decimal]:
    """Return the opening figures that last year's record of a department gives; {} without one."""
    kept = record.closing if record else {}
    found = {carry.target: _amount(kept.get(str(carry.target))) for carry in template.carries}
    return {ref: value for ref, value in found.items() if value is not None}


def _amount(text: object) -> Decimal | None:
    try:
        return Decimal(text) if isinstance(text, str) else None
    except InvalidOperation:
        return None
