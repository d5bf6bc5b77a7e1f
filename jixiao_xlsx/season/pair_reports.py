"""Which written report (.docx) goes with which workbook: by name, or because nothing else came along with it; never by guess.

The parent offers each workbook the reports that may be its own; the worker, who has read the workbook, takes the one that is.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath

from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.candidates import MAX_FILE_BYTES, Candidate
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.intake.once_per_state import once_per_state
from jixiao_xlsx.intake.os_errors import why
from jixiao_xlsx.intake.roster import read_roster
from jixiao_xlsx.prose.language.vocabulary import Vocabulary, read_vocabulary
from jixiao_xlsx.reading.word.document import read_document
from jixiao_xlsx.season import which_counts
from jixiao_xlsx.season.which_counts import Register
from jixiao_xlsx.values.cells import Document, Submission
from jixiao_xlsx.values.people import Department
from jixiao_xlsx.values.text import tidy

SUFFIX = ".docx"
CHECKED = "随附材料（评价报告），已核对文字和表格"
_TITLE = 6  # paragraphs at the beginning that may hold the title
_INSTITUTION = re.compile(r".{0,8}?(?:局|办公室|中心|委员会|院|校|园|所|站|队|馆)")


@dataclass(frozen=True, slots=True)
class Offer:
    """A report that may belong to a workbook. `alone`: no other workbook came with it; `given`: a person said it does."""

    candidate: Candidate
    alone: bool = False
    given: bool = False


def is_report(candidate: Candidate) -> bool:
    """Whether it may be a written report that can be read."""
    return candidate.document and candidate.file.lower().endswith(SUFFIX)


# -------------------------------------------------------------------------------------------------------- the parent


def offers(
    found: Sequence[Candidate], roster: Sequence[Department]
) -> Mapping[str, tuple[Offer, ...]]:
    """For each workbook the reports that may be its own: those it came with, and others that do not name somebody else."""
    reports = [candidate for candidate in found if is_report(candidate)]
    books = [candidate.file for candidate in found if not candidate.set_aside] if reports else []
    register = which_counts.register(roster)
    named = {
        file: register.named_in(_name(file)) for file in (*(one.file for one in reports), *books)
    }
    inside: dict[str, list[str]] = defaultdict(
        list
    )  # the workbooks of each folder, archive and mail
    for book in books:
        for place in which_counts.above(book):
            inside[place].append(book)
    offered: dict[str, list[Offer]] = defaultdict(list)
    for report in reports:
        near, names = inside.get(report.beside, []), named[report.file]
        for book in near:
            offered[book].append(Offer(report, alone=len(near) == 1))
        if names or not report.beside:
            for book in books:
                if (not named[book] or not names or names & named[book]) and book not in near:
                    offered[book].append(Offer(report))
    return {book: tuple(found) for book, found in offered.items()}


def _name(file: str) -> str:
    return PurePosixPath(file).name


# -------------------------------------------------------------------------------------------------------- the worker


def with_reports(
    submission: Submission, offered: Sequence[Offer], template: Template, roster: Path | None
) -> tuple[Submission, tuple[tuple[str, str], ...]]:
    """`submission` with the report that belongs to it, and what is to be said of each report that does: (file, words).

    Of several reports the latest is taken. One that cannot be read is kept in `unread` with the reason.
    """
    known = read_vocabulary(template)
    if known is None or not offered:
        return submission, ()
    owned = [
        one
        for one in offered
        if _belongs(one, submission, known, template, _names(submission, roster))
    ]
    if not owned:
        return submission, ()
    best = max(
        owned,
        key=lambda one: (
            one.given,
            which_counts.age(one.candidate.letter, one.candidate.saved, one.candidate.file),
        ),
    )
    others = [
        (one.candidate.file, f"同一部门以“{best.candidate.file}”为准")
        for one in owned
        if one is not best
    ]
    file, found = best.candidate.file, read_report(best.candidate, template.folder)
    if isinstance(found, Document):
        return replace(submission, documents=(found,)), ((file, CHECKED), *others)
    return replace(submission, unread=((_name(file), found),)), ((file, found), *others)


def _belongs(
    offer: Offer,
    submission: Submission,
    known: Vocabulary,
    template: Template,
    named_in: Callable[[str], bool | None],
) -> bool:
    """Its name decides, then its title, then that nothing else came along."""
    if offer.given:
        return True
    name = _name(offer.candidate.file)
    own = named_in(name)
    if own is False:
        return False
    found = read_report(offer.candidate, template.folder)
    if isinstance(found, str):
        return own or offer.alone
    beginning = [tidy(one.text) for one in found.paragraphs[:_TITLE]]
    if not any(word in "".join((tidy(name), *beginning)) for word in known.report):
        return False
    if submission.year is not None and _of_another_year(found, submission.year):
        return False
    titles = (
        text for text in beginning if not text.endswith(":")
    )  # “县财政局：” is whom it is for
    title = next((said for text in titles if (said := named_in(text)) is not None), None)
    return own if own is not None else offer.alone if title is None else title


def _of_another_year(document: Document, year: int) -> bool:
    """Whether it never speaks of the year, and does of others."""
    years = {
        number for one in document.paragraphs for number in re.findall(r"20\d\d(?=年)", one.text)
    }
    return bool(years) and str(year) not in years


def _names(submission: Submission, roster: Path | None) -> Callable[[str], bool | None]:
    """Whether a text names the department of the submission (True), another one or several (False), or none (None)."""
    if roster is None:
        full = tidy(submission.department)
        return lambda text: True if full and _whole(full, tidy(text)) else None
    register = _register(roster)
    own = register.department(submission.code, submission.department)

    def named_in(text: str) -> bool | None:
        names = register.named_in(text)
        return None if not names else names == {own}

    return named_in


def _whole(name: str, text: str) -> bool:
    """Whether `name` stands in `text` and is not the beginning of a longer name."""
    return any(
        not _INSTITUTION.match(text, match.end()) for match in re.finditer(re.escape(name), text)
    )


@once_per_state
def _register(roster: Path) -> Register:
    return which_counts.register(read_roster(roster))


@lru_cache(maxsize=256)
def read_report(candidate: Candidate, folder: Path) -> Document | str:
    """The report, or why it cannot be read. Cached: one that names nobody is looked at for every workbook."""
    if candidate.size > MAX_FILE_BYTES:
        return f"文件过大（{candidate.size // 2**20} MB，上限 {MAX_FILE_BYTES // 2**20} MB）"
    try:
        return read_document(candidate.content(), candidate.file, find_template(folder))
    except Refused as refusal:
        return refusal.reason
    except OSError as error:
        return f"无法打开：{why(error)}"


@lru_cache(maxsize=4096)
def digest(candidate: Candidate) -> str:
    """The digest of a report's bytes; "" where there are none to be had."""
    try:
        return (
            hashlib.sha256(candidate.content()).hexdigest()
            if candidate.size <= MAX_FILE_BYTES
            else ""
        )
    except (OSError, Refused):
        return ""
