"""Write records for a later round: `轮次/season.json`, all that a later run reads of this one.

A finding keeps its fingerprint, its place by table, row and column, and the cells that it asks to
change; of the tables every typed text is kept, of the scores each indicator's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from jixiao_xlsx.checking.fingerprints import identity_without_row, table_of
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.season.at_stake import at_stake
from jixiao_xlsx.season.rounds.cells_to_change import Address, asked, following, parts
from jixiao_xlsx.season.rounds.closing_figures import closing_record
from jixiao_xlsx.season.rounds.same_rows import FORMULA, Line
from jixiao_xlsx.season.rounds.years import history
from jixiao_xlsx.values.cells import Cell, Place, Row, Submission, Table
from jixiao_xlsx.values.findings import Finding, Report
from jixiao_xlsx.values.program import version
from jixiao_xlsx.values.scores import Execution, IndicatorScore, Scorecard
from jixiao_xlsx.values.season import Season, YearScore
from jixiao_xlsx.values.text import plain, rounded, tidy
from jixiao_xlsx.values.work import Record

SEASON_FILE = "轮次/season.json"
SCHEMA = 1
_FULL = 8  # related cells that a finding names at most


def season_json(
    template: Template,
    year: int | None,
    records: Iterable[bytes],
    more: Mapping[str, Any] = MappingProxyType({}),
) -> Iterator[bytes]:
    """Yield season.json piece by piece; `records` are the JSON of each department's Record.

    `more` is what it says of the season as a whole.
    """
    head = {
        "schema": SCHEMA,
        "tool": {"name": "jixiao-xlsx", "version": version()},
        "template": {"id": template.id, "version": template.version},
        "year": year,
        **more,
    }
    yield json.dumps(head, ensure_ascii=False).encode().removesuffix(b"}") + b', "entries": [\n'
    before = b""
    for record in records:
        yield before + record
        before = b",\n"
    yield b"\n]}\n"


def about_season(season: Season) -> Mapping[str, Any]:
    """Return what season.json says of all departments: the bureau, who is due, who sent nothing."""
    return {
        "bureau": season.bureau.name,
        "roster": [
            {"code": one.code, "name": one.name, "office": one.office} for one in season.roster
        ],
        "missing": [one.name for one in season.missing],
    }


def _scores(card: Scorecard) -> dict[str, Any]:
    """Return the scores of one card, in 分."""
    total, grade = card.final
    lines: list[IndicatorScore | Execution] = [*card.indicators, card.execution]
    return {
        "item": card.item,
        "total": _points(total),
        "shown": None if total is None else plain(rounded(total, 2)),
        "grade": grade,
        "self_total": _points(card.self_total),
        "indicators": [
            {
                "name": line.name if isinstance(line, IndicatorScore) else "",
                "weight": _points(line.weight),
                "self": _points(line.self_score),
                "score": _points(line.score),
                "reviewed": _points(line.reviewed.counts if line.reviewed else None),
            }
            for line in lines
        ],
    }


def _points(score: Fraction | None) -> str | None:
    return None if score is None else plain(score, 4)


def identity_of(report: Report, submission: Submission) -> str:
    """Return the digest of the workbook, and of the written reports that came with it."""
    return "|".join((report.sha256, *(document.sha256 for document in submission.documents)))


def record_of(
    report: Report,
    submission: Submission,
    department: str,
    cards: Sequence[Scorecard],
    template: Template,
    years: Sequence[YearScore] = (),
) -> bytes:
    """Return the JSON of a Record; the table of explanations holds no figures and is left out.

    `years` are the totals of earlier years.
    """
    addresses = addresses_of(submission)
    tables = [
        table for table in submission.tables.values() if table.name != template.remarks.get("table")
    ]
    titles = {address: row.title for table in tables for address, row in _titled(table)}
    formulas = {
        addresses[cell.place]: (cell.sheet, cell.formula)
        for table in tables
        for cell in table.cells()
        if cell.formula
    }

    def with_more(cells: set[Address]) -> set[Address]:
        return {*parts(cells, formulas, addresses), *following(cells, titles, template)}

    record = Record(
        department,
        report.code,
        identity_of(report, submission),
        report.round,
        [_finding_record(finding, submission, addresses, with_more) for finding in report.findings],
        [asdict(one) for one in report.mended],
        {table.name: texts_of(table) for table in tables},
        {table.name: list(table.absent) for table in tables if table.absent},
        [_scores(card) for card in cards],
        closing_record(submission, template),
        history(years, report, cards),
    )
    # vars: asdict would copy all that is typed in the workbook, to throw it away at once
    return json.dumps(vars(record), ensure_ascii=False, separators=(",", ":")).encode(
        errors="surrogatepass"
    )


def _titled(table: Table) -> Iterator[tuple[Address, Row]]:
    for number, row in enumerate(table.rows):
        for column in row.cells:
            yield (table.name, number, column), row


def _finding_record(
    finding: Finding,
    submission: Submission,
    addresses: Mapping[Place, Address],
    with_more: Callable[[set[Address]], set[Address]],
) -> dict[str, Any]:
    cells = asked(finding, addresses)
    table = table_of(finding.place, submission)
    return {
        "fingerprint": finding.fingerprint,
        "code": finding.code,
        "severity": finding.severity.value,
        "state": finding.state.value,
        "sheet": finding.place.sheet,
        "cell": finding.place.cell,
        "item": finding.item,
        "field": finding.field,
        "message": finding.message,
        "explanation": finding.explanation,
        "since": finding.since,
        "action": finding.decision.action.value if finding.decision else None,
        "stake": None if (gap := at_stake(finding)) is None else plain(gap, 2),
        "kin": identity_without_row(finding, submission),
        "anchor": addresses.get(finding.place),
        "loose": _loose(finding, table, addresses, submission),
        "asked": sorted(with_more(cells)),
        "whole": table if finding.count > len(cells) or len(finding.related) >= _FULL else "",
    }


def _loose(
    finding: Finding, table: str, addresses: Mapping[Place, Address], submission: Submission
) -> str:
    """Return the key of a finding about several rows or cells, placed at the first of them."""
    if finding.count > 1:
        return f"{finding.code}|{table}|"
    anchor = addresses.get(finding.place)
    rows = {
        addresses[place][1]
        for place in finding.related
        if place in addresses and addresses[place][0] == table
    }
    if anchor and rows - {anchor[1]} and anchor[1] in _open_rows(submission.tables[table]):
        return f"{finding.code}|{table}|{tidy(finding.field)}"
    return ""


def _open_rows(table: Table) -> set[int]:
    return {number for number, row in enumerate(table.rows) if row.kind == "open"}


def lines_of(table: Table) -> Iterator[tuple[str, Mapping[str, Cell]]]:
    """Return the rows with their titles, and the cells around the grid as one more."""
    for row in table.rows:
        yield row.title, row.cells
    if table.extras:
        yield "", table.extras


def addresses_of(submission: Submission) -> dict[Place, Address]:
    """Return the table, row number and column of each cell, by its place."""
    return {
        cell.place: (table.name, number, column)
        for table in submission.tables.values()
        for number, (_, cells) in enumerate(lines_of(table))
        for column, cell in cells.items()
    }


def texts_of(table: Table) -> list[Line]:
    """Return the rows of a table with what is typed in their cells."""
    return [
        (title, {column: text for column, cell in cells.items() if (text := text_of_cell(cell))})
        for title, cells in lines_of(table)
    ]


def text_of_cell(cell: Cell) -> str:
    """Return the typed text; FORMULA for a formula, whose result is no change of its own."""
    if cell.formula is not None:
        return FORMULA
    return cell.text if cell.number is None else plain(cell.number)
