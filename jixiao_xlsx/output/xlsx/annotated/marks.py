"""Which cells of a workbook are marked, how, and with which words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from jixiao_xlsx.output.text.notice_words import (
    gap_or_expected,
    line_place,
    look_at,
    notice_reason,
    what_then,
)
from jixiao_xlsx.output.text.notices import Notice, NoticeLine, lines, notices
from jixiao_xlsx.values.addresses import Position, position
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import Report
from jixiao_xlsx.values.severity import Severity

# RGB. 警告 is a stronger orange than elsewhere: the cells to be filled in are pale yellow.
SEVERITY_COLOURS = {Severity.ERROR: "FFC7CE", Severity.WARNING: "FFCC80", Severity.NOTE: "DDEBF7"}
CULPRIT_COLOURS = {Severity.ERROR: "FF7C80", Severity.WARNING: "FF9933", Severity.NOTE: "9DC3E6"}
OUTLINE_COLOURS = {Severity.ERROR: "C00000", Severity.WARNING: "E36C0A", Severity.NOTE: "2E75B6"}
_ADDRESS = re.compile(r"[A-Z]{1,3}\d{1,7}")


class Look(StrEnum):
    """How a cell is marked, the strongest first."""

    CULPRIT = "culprit"  # probably the wrong one: a strong colour
    FOUND = "found"  # something is found here that no other cell explains: a colour
    FOLLOWS = "follows"  # follows from a culprit, or may be wrong instead of it: an outline


@dataclass(frozen=True, slots=True)
class NumberedLine:
    """A line of 审核意见, and the cell to jump to ("" where there is none)."""

    line: NoticeLine
    cell: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell to be marked and explained by a comment."""

    sheet: str
    at: Position
    look: Look
    severity: Severity
    text: str

    @property
    def strength(self) -> tuple[int, int]:
        """The order of marks: the strongest look first, then the gravest."""
        return list(Look).index(self.look), self.severity.rank


def numbered_lines(
    report: Report, order: Sequence[str], worksheets: Collection[str]
) -> tuple[NumberedLine, ...]:
    """Return the numbered lines of 审核意见, those of `worksheets` with their cells.

    `order` are the sheets of the file in their order.
    """
    shown = (one for one in report.findings if not one.state.is_out)
    return tuple(
        NumberedLine(line, _target(line_place(line), worksheets))
        for line in lines(notices(shown, report.causes, order))
    )


def marks_of(
    numbered: Iterable[NumberedLine], balance: Collection[str], worksheets: Collection[str]
) -> tuple[Mark, ...]:
    """Return one mark per cell: its strongest look, the words of all lines that speak of it.

    `balance` are the rules whose findings do not say which cell is wrong.
    """
    by_cell: dict[Place, list[Mark]] = {}
    for entry in numbered:
        for place, mark in _marks_of_line(entry.line, balance, worksheets):
            by_cell.setdefault(place, []).append(mark)
    return tuple(_joined(marks) for marks in by_cell.values())


def _target(place: Place, worksheets: Collection[str]) -> str:
    return place.cell if place.sheet in worksheets and _ADDRESS.fullmatch(place.cell) else ""


def _marks_of_line(
    line: NoticeLine, balance: Collection[str], worksheets: Collection[str]
) -> Iterator[tuple[Place, Mark]]:
    severity = (line.finding or line.notice).severity
    for place, look, text in _words_of_line(line, balance):
        if _target(place, worksheets):
            yield place, Mark(place.sheet, position(place.cell), look, severity, text)


def _words_of_line(line: NoticeLine, balance: Collection[str]) -> Iterator[tuple[Place, Look, str]]:
    """Yield the cells that a line speaks of, their looks and its words for each."""
    notice, finding = line.notice, line.finding
    if finding is None:
        yield from _words_of_cause(line, balance)
    elif notice.cause is None:
        yield finding.place, Look.FOUND, _finding_text(line, balance)
    elif finding.place == notice.place:
        yield finding.place, Look.CULPRIT, _finding_text(line, balance)
    else:
        follows = f"多半由 {notice.place} 引起，请先核对那里。"
        yield finding.place, Look.FOLLOWS, f"{_finding_text(line, balance)}\n{follows}"


def _words_of_cause(
    line: NoticeLine, balance: Collection[str]
) -> Iterator[tuple[Place, Look, str]]:
    """Yield the culprits, and the cells that may be wrong instead of them."""
    notice = line.notice
    assert notice.cause
    head = f"【{notice.severity.label}】审核意见第 {line.number} 条"
    text = "\n".join([head, notice_reason(notice, balance), look_at(notice) + what_then(notice)])
    culprits = dict.fromkeys(cell.place for cell in notice.cause.cells)
    for place in culprits:
        yield place, Look.CULPRIT, text
    for place in dict.fromkeys(_instead(notice)):
        if place not in culprits:
            yield place, Look.FOLLOWS, text


def _instead(notice: Notice) -> Iterator[Place]:
    return (cell.place for cause in notice.others for cell in cause.cells)


def _finding_text(line: NoticeLine, balance: Collection[str]) -> str:
    finding = line.finding
    assert finding
    explained = line.notice.cause is not None
    hint = "" if explained or finding.code in balance else finding.hint
    right = "" if explained else gap_or_expected(finding, balance)
    parts = [
        f"【{finding.severity.label}】审核意见第 {line.number} 条（{finding.code}）",
        finding.problem if explained else finding.message,
        right and (right if finding.code in balance else f"应为：{right}"),
        hint and f"提示：{hint}",
        finding.count > 1 and f"同类共 {finding.count} 处，请一并核对。",
    ]
    return "\n".join(part for part in parts if part)


def _joined(marks: Sequence[Mark]) -> Mark:
    """Return one mark of a cell from all that are made of it."""
    first = min(marks, key=lambda mark: mark.strength)
    gravest = min((mark.severity for mark in marks), key=lambda severity: severity.rank)
    texts = "\n\n".join(mark.text for mark in marks)
    return Mark(first.sheet, first.at, first.look, gravest, texts)
