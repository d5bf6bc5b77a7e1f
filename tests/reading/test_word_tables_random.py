"""The tables of clean workbooks as a department copies them into Word: nothing is accused; one
figure changed is found at its cell.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from jixiao_xlsx.checking.run_rules import run_rules
from jixiao_xlsx.examining.check import catalogue
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.reading.titles import titles_of
from jixiao_xlsx.reading.word.content import DocxContent, WordCell, WordTable
from jixiao_xlsx.reading.word.docx_tables import form_tables
from jixiao_xlsx.values.amounts import MONEY_UNITS, atoms_per
from jixiao_xlsx.values.cells import Cell, Document, Paragraph, Submission, Table
from jixiao_xlsx.values.findings import Finding
from jixiao_xlsx.values.text import plain, rounded

TEMPLATE = find_template()
SAMPLES = Path(__file__).parents[2] / "samples"
RULES = [rule for rule in catalogue(TEMPLATE) if rule.in_word or rule.code == "NAR120"]
FILE = "报告.docx"


def clean() -> Iterator[Path]:
    for path in sorted((SAMPLES / "inbox").glob("*.xlsx")):
        with (SAMPLES / "expected" / f"{path.stem}.csv").open(
            encoding="utf-8", newline=""
        ) as stream:
            if not list(csv.DictReader(stream)):
                yield path


CLEAN = list(clean())


@cache
def book(path: Path) -> Submission:
    return workbook.read(path, TEMPLATE)


def copied(
    table: Table, unit: str, dice: random.Random
) -> tuple[list[list[str]], dict[tuple[int, int], Cell]]:
    """The table as text, its amounts in `unit`, some rows, columns and figures left out; and which
    cell each figure came from.
    """
    spec = TEMPLATE.table[table.name]
    columns = (
        [title for title in table.columns if dice.random() > 0.1 or title in spec.label]
        if dice.random() < 0.3
        else [*table.columns]
    )
    label = [] if spec.label else [spec.label_title]
    partial = dice.random() < 0.5
    lines, origin = [label + columns], {}
    for row in table.rows:
        if partial and row.kind != "total" and dice.random() < 0.2:
            continue
        line = [row.title] if label else []
        for title in columns:
            cell = row.get(title)
            if partial and dice.random() < 0.1 and cell is not None and cell.number is not None:
                cell = None
            if cell is not None and cell.number is not None:
                origin[len(lines), len(line)] = cell
            line.append("" if cell is None else typed_text(cell, unit))
        if row.kind == "total" and not label:
            line[0] = line[0] or row.title
        lines.append(line)
    return lines, origin


def typed_text(cell: Cell, unit: str) -> str:
    if cell.number is None:
        return "" if cell.raw is None else cell.text
    if cell.unit == "%":
        return f"{plain(rounded(cell.number * 100, 2), 2)}%"
    if cell.unit not in MONEY_UNITS:
        return plain(cell.number)
    if unit == cell.unit:
        return plain(cell.number, cell.decimals if cell.unit == "万元" else None)
    return plain(rounded(cell.number * atoms_per(cell.unit) / atoms_per(unit), 2), 2)


def document(tables: list[tuple[str, str, list[list[str]]]]) -> Document:
    """A report of captions, unit lines and tables."""
    texts: list[str] = []
    made: list[WordTable] = []
    for caption, unit, lines in tables:
        texts += [caption, f"单位：{unit}"]
        rows = tuple((0, tuple(WordCell(text) for text in line)) for line in lines)
        made.append(WordTable(rows, len(texts), len(made) + 1))
    paragraphs = tuple(Paragraph(n, text) for n, text in enumerate(texts, 1))
    form_cells, figures = form_tables(
        DocxContent(paragraphs, tuple(made)), FILE, TEMPLATE, titles_of(TEMPLATE)
    )
    return Document(FILE, "0" * 64, paragraphs, form_cells, figures=figures)


def found(submission: Submission, report: Document) -> list[Finding]:
    done = run_rules(ProseEvidence(replace(submission, documents=(report,)), TEMPLATE), RULES)
    return [finding for finding in done.findings if finding.place.sheet == FILE]


def money_tables(submission: Submission) -> list[Table]:
    return [
        table
        for table in submission.tables.values()
        if any(c.unit in MONEY_UNITS and c.number for c in table.cells())
    ]


@pytest.mark.parametrize("path", CLEAN, ids=lambda path: path.stem)
def test_tables_copied_from_a_clean_workbook_draw_nothing(path: Path) -> None:
    submission, dice = book(path), random.Random(path.name)
    read = 0
    for _ in range(6):
        tables = []
        for table in submission.tables.values():
            own = TEMPLATE.table[table.name].unit
            unit = dice.choice((own, "万元")) if own == "元" else own
            caption = dice.choice(
                (
                    f"2023年度{submission.department}{table.name}",
                    table.heading.text if table.heading else table.name,
                )
            )
            tables.append((caption, unit, copied(table, unit, dice)[0]))
        report = document(tables)
        read += len(report.tables)
        assert [(f.code, str(f.place), f.message) for f in found(submission, report)] == []
    assert read > 12


def test_one_changed_figure_is_found_at_its_cell() -> None:
    """≥ 95 % of figures that were changed by more than rounding, over all clean workbooks."""
    dice, hits, missed = random.Random(7), 0, []
    for path in CLEAN:
        submission = book(path)
        for table in money_tables(submission):
            unit = TEMPLATE.table[table.name].unit
            lines, origin = copied(table, unit, random.Random(1))
            places = [at for at, cell in origin.items() if cell.unit in MONEY_UNITS and cell.number]
            if len(places) < 4:
                continue
            for row, column in dice.sample(places, 2):
                wrong = [line[:] for line in lines]
                number = Decimal(lines[row][column])
                wrong[row][column] = plain(
                    number
                    + dice.choice((1, -1))
                    * max(abs(number) * dice.choice((1, 3)) / 10, Decimal(1)).quantize(
                        Decimal("0.01")
                    ),
                    2,
                )
                cells = {
                    f.place.cell for f in found(submission, document([(table.name, unit, wrong)]))
                }
                if f"表1 第{row + 1}行第{column + 1}列" in cells:
                    hits += 1
                else:
                    missed.append(
                        (path.stem, table.name, row, column, lines[row], wrong[row][column])
                    )
    print(f"改动 {hits + len(missed)} 处，找到 {hits} 处")
    assert hits >= 0.95 * (hits + len(missed)), missed[:10]
