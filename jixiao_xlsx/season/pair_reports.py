"""Pair written reports (.docx, PDF) with workbooks: by name, or as the only one that came. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from jixiao_xlsx.season.departments import NameIndex, Register, register
from jixiao_xlsx.season.which_counts import age
from jixiao_xlsx.values.people import Department
from jixiao_xlsx.values.season import FileStatus
from jixiao_xlsx.values.text import tidy
from jixiao_xlsx.values.work import FileKind, Identity

CHECKED = "随附材料（评价报告），已核对文字和表格"
CHECKED_TEXT = "随附材料（评价报告），已核对文字；PDF 里的表没有核对，需要核对的请另附 .docx"
PDF = ".pdf"
TITLE_PARAGRAPHS = 6  # paragraphs at the beginning that may hold the title
_INSTITUTION = re.compile(r".{0,8}?(?:局|办公室|中心|委员会|院|校|园|所|站|队|馆)")

# Whether a text names the department (True), another one or several (False), or none (None).
Names = Callable[[str], bool | None]


@dataclass(frozen=True, slots=True)
class Paired:
    """The report of a workbook, and a note on each report of its department, as (file, words).

    `problem` says why the report could not be read ("": it can).
    """

    report: str
    documents: tuple[tuple[str, str], ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Offer:
    """A report that may belong to a workbook.

    `alone`: no other workbook came with it; `given`: a person named it.
    """

    report: Identity
    alone: bool = False
    given: bool = False


def pair_reports(
    identities: Sequence[Identity],
    roster: Sequence[Department],
    title_words: Sequence[str],
    given: str | None = None,
) -> dict[str, Paired]:
    """Return the report of each workbook that has one, by the workbook's file.

    `title_words` are words of which a report's title has one. `given` names the only report to be
    considered, as a person gave it; it belongs to the only workbook, else to the one it names.
    """
    departments = register(roster)
    books = [one for one in identities if one.kind is FileKind.WORKBOOK]
    reports = [one for one in identities if one.kind is FileKind.REPORT or one.file == given]
    if given is None:
        offered = _offers(books, reports, departments)
    else:
        alone = len(books) == 1
        mine = [_Offer(one, given=alone) for one in reports if one.file == given]
        offered = {book.file: mine for book in books}
    owned = {
        book.file: _owned(offered.get(book.file, ()), book, title_words, departments)
        for book in books
        if book.status is FileStatus.SUBMITTED
    }
    return {file: _latest(offers) for file, offers in owned.items() if offers}


def _owned(
    offers: Sequence[_Offer], book: Identity, title_words: Sequence[str], departments: Register
) -> list[_Offer]:
    """Return the reports that are a workbook's, of those that may be."""
    names = _names_of(book, departments) if offers else None
    return [offer for offer in offers if names and _belongs(offer, book, title_words, names)]


def above(file: str) -> Iterator[str]:
    """Yield the folders, archives and mails that a file is in, the nearest first."""
    while "/" in file:
        file = file.rpartition("/")[0]
        yield file


def _offers(
    books: Sequence[Identity], reports: Sequence[Identity], departments: Register
) -> Mapping[str, list[_Offer]]:
    """Return by workbook the reports it came with, and others that name no other department."""
    if not reports:
        return {}
    named = {one.file: departments.named_in(_name(one.file)) for one in (*reports, *books)}
    inside: dict[str, set[str]] = defaultdict(set)
    for book in books:
        for place in above(book.file):
            inside[place].add(book.file)
    told_of = _told_of(books, departments)
    offered: dict[str, list[_Offer]] = defaultdict(list)
    for report in reports:
        near, names = inside.get(report.beside, set()), named[report.file]
        if len(near) == 1:
            offered[next(iter(near))].append(_Offer(report, alone=True))
        for file in told_of(report) - (near if len(near) == 1 else set()):
            apart = named[file] and names and not names & named[file]
            if file in near or (not apart and (names or not report.beside)):
                offered[file].append(_Offer(report))
    return offered


def _told_of(books: Sequence[Identity], departments: Register) -> Callable[[Identity], set[str]]:
    """Return what gives the workbooks whose department a report's name or title tells."""
    of_owner: dict[str, set[str]] = defaultdict(set)
    for book in books:
        own = departments.department(book.code, book.department) if departments.names else ""
        of_owner[own or tidy(book.department)].add(book.file)
    index = NameIndex(of_owner, least=1)

    def told(report: Identity) -> set[str]:
        files: set[str] = set()
        for text in (_name(report.file), *report.opening):
            owners = departments.named_in(text) if departments.names else index.names_in(tidy(text))
            for owner in owners:
                files |= of_owner.get(owner, set())
        return files

    return told


def _name(file: str) -> str:
    return PurePosixPath(file).name


def _latest(owned: Sequence[_Offer]) -> Paired:
    best = max(owned, key=lambda offer: (offer.given, _is_docx(offer.report), age(offer.report)))
    report = best.report
    unread = report.status is FileStatus.UNREADABLE or report.kind is FileKind.OTHER
    problem = report.reason if unread else ""
    others = [
        (offer.report.file, f"同一部门以“{report.file}”为准")
        for offer in owned
        if offer is not best
    ]
    checked = CHECKED_TEXT if _is_pdf(report) else CHECKED
    return Paired(report.file, ((report.file, problem or checked), *others), problem)


def _is_docx(report: Identity) -> bool:
    return report.file.lower().endswith(".docx")


def _is_pdf(report: Identity) -> bool:
    return report.file.lower().endswith(PDF)


def _belongs(offer: _Offer, book: Identity, title_words: Sequence[str], names: Names) -> bool:
    """Return whether a report is the workbook's: by name, else title, else as the only one."""
    report = offer.report
    own = names(_name(report.file))
    if offer.given or own is False:
        return offer.given
    if report.status is FileStatus.UNREADABLE:
        return own or offer.alone
    if not _is_report_of_year(report, book.year, title_words):
        return False
    if own is None:
        own = _title_names(report, names)
    return offer.alone if own is None else own


def _is_report_of_year(report: Identity, year: int | None, title_words: Sequence[str]) -> bool:
    beginning = tidy("".join((_name(report.file), *report.opening)))
    named = any(word in beginning for word in title_words)
    return named and (year is None or not report.years or year in report.years)


def _title_names(report: Identity, names: Names) -> bool | None:
    """Return whether the title names the department; “县财政局：” is the addressee."""
    lines = [line for line in map(tidy, report.opening) if not line.endswith(":")]
    return next((own for line in lines if (own := names(line)) is not None), None)


def _names_of(book: Identity, departments: Register) -> Names:
    if not departments.names:
        full = tidy(book.department)
        return lambda text: True if full and _whole(full, tidy(text)) else None
    own = departments.department(book.code, book.department)

    def names(text: str) -> bool | None:
        there = departments.named_in(text)
        return None if not there else there == {own}

    return names


def _whole(name: str, text: str) -> bool:
    """Return whether `name` is in `text` and not the beginning of a longer name."""
    return any(
        not _INSTITUTION.match(text, match.end()) for match in re.finditer(re.escape(name), text)
    )
