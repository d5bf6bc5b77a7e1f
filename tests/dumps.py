"""A written workbook as text: one line per cell, so that a change of an output can be read in a
diff.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import openpyxl

GOLDEN = Path(__file__).parent / "golden"


def dump(data: bytes) -> str:
    """Sheet by sheet: merged areas, links and validations, then `cell | value | formula`."""
    results, written = (
        openpyxl.load_workbook(BytesIO(data), data_only=True),
        openpyxl.load_workbook(BytesIO(data)),
    )
    lines = []
    for sheet in written:
        lines.append(f"== {sheet.title}")
        lines += [
            f"merged {area}" for area in sorted(str(area) for area in sheet.merged_cells.ranges)
        ]
        lines += [
            f"valid {rule.sqref} {rule.type} {rule.formula1}..{rule.formula2}"
            for rule in sorted(
                sheet.data_validations.dataValidation, key=lambda rule: str(rule.sqref)
            )
        ]
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is None and cell.hyperlink is None:
                    continue
                parts = [cell.coordinate, _text(results[sheet.title][cell.coordinate].value)]
                if cell.data_type == "f":
                    parts.append(str(cell.value))
                if cell.hyperlink:
                    parts.append(f"-> {cell.hyperlink.location or cell.hyperlink.target}")
                lines.append(" | ".join(parts))
    return "\n".join(lines) + "\n"


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    return "" if value is None else str(value).replace("\n", "⏎")


def check_golden(name: str, data: bytes) -> None:
    """Compare with tests/golden/<name>.txt; UPDATE_GOLDEN=1 rewrites it."""
    text, path = dump(data), GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8"), (
        f"{path.name} differs; read the diff, then UPDATE_GOLDEN=1"
    )
