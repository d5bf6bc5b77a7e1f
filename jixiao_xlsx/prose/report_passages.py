"""The report of a submission as passages, and the words that only this submission has. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.prose.language.clauses import Passage, passage
from jixiao_xlsx.prose.language.vocabulary import ROW, Item, Lexicon, Vocabulary, Word, fold
from jixiao_xlsx.prose.language.wrapping import put_together
from jixiao_xlsx.prose.table_figures import standing_for
from jixiao_xlsx.values.cells import Document, Place, Submission
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.text import tidy

_SHORTEST = 4  # letters of a name that is no common word


def passages(
    submission: Submission, template: Template, vocabulary: Vocabulary
) -> tuple[Passage, ...]:
    """Return the filled long texts of the form's report table, in order, then the paragraphs of the
    reports that came along.
    """
    table, form = submission.get(vocabulary.table), template.table.get(vocabulary.table)
    written = tuple(
        one
        for document in submission.documents
        for one in _paragraphs(document, vocabulary.lexicon)
    )
    if table is None or form is None:
        return written
    matches = []
    for row in table.rows:
        for column in form.columns:
            cell = row.get(column.title)
            if cell is not None and form.kind(row.title, column) == "long" and cell.text:
                matches.append(passage(cell.place, row.title, cell.text, vocabulary.lexicon))
    return (*matches, *written)


def _paragraphs(document: Document, lexicon: Lexicon) -> Iterator[Passage]:
    """Yield each paragraph under its heading; the table of contents is left out.

    Paragraphs that are lines of one (a PDF converted to Word) are joined, at the place of the
    first.
    """
    title = document.file
    for plain, some in groupby(
        document.paragraphs, lambda one: not (one.heading or one.numbered or one.listed)
    ):
        matches = list(some)
        whole = (
            put_together([one.text for one in matches], lexicon)
            if plain
            else enumerate(one.text for one in matches)
        )
        for at, text in whole:
            one = matches[at]
            title = one.text if one.heading else title
            if not one.listed:
                yield passage(
                    Place(document.file, one.ref), title, text, lexicon, numbered=one.numbered
                )
    for one in document.margins:
        yield passage(Place(document.file, one.ref), one.aside, one.text, lexicon, aside=True)


def own_words(submission: Submission, vocabulary: Vocabulary) -> Iterator[tuple[str, Word]]:
    """Yield the department's own name, and subjects of the funds table that the vocabulary does not
    list.
    """
    for name in names_of(submission.department):
        yield fold(name), Word("ours")
    yield from (
        (fold(name), Word("ours"))
        for name, ends in vocabulary.bare.items()
        if submission.department.strip().endswith(ends)
    )
    yield from _respondents(submission, vocabulary)
    yield from (
        (fold(name), Word("item", name))
        for name, item in vocabulary.items.items()
        if item.kind == ROW
    )
    spec = vocabulary.subjects
    table = submission.get(spec.table) if spec else None
    if spec is None or table is None:
        return
    above = standing_for(table, spec)
    for row in table.open_rows:
        cell = row.get(spec.column)
        label = tidy(cell.text) if cell is not None and not cell.blank else ""
        if len(label) > 3 and vocabulary.lexicon.at(label, 0) is None:
            yield label, Word("subject", above.get(label, label))


def short_names(department: str, texts: Iterable[Passage]) -> Iterator[tuple[str, Word]]:
    """Yield how the report shortens the department's name: 县疾控中心 of 青禾县疾病预防控制中心, letters of it
    in their order, the first and the last among them.
    """
    full = fold(names_of(department)[-1]) if department.strip() else ""
    if len(full) <= _SHORTEST:
        return
    inner = "".join(f"{re.escape(letter)}?" for letter in full[1:-1])
    shortened = re.compile(rf"(?<=[县市区旗州]){re.escape(full[0])}{inner}{re.escape(full[-1])}")
    found = {match.group() for one in texts for match in shortened.finditer(one.folded)}
    for name in sorted(found - {full}):
        if len(name) >= _SHORTEST - 1:
            yield name, Word("ours")
            yield from ((f"{place}{name}", Word("ours")) for place in "县市区旗州")


def _respondents(submission: Submission, vocabulary: Vocabulary) -> Iterator[tuple[str, Word]]:
    """Yield the groups of respondents. The 满意度 of the only group is the department's."""
    name, column, _ = vocabulary.respondents or ("", "", "")
    table = submission.get(name)
    labels = (
        [cell.text for row in table.open_rows if (cell := row.get(column)) and not cell.blank]
        if table
        else []
    )
    for label in labels:
        yield fold(label), Word("filler") if len(labels) == 1 else Word("respondent", label)


def row_items(submission: Submission, vocabulary: Vocabulary) -> Iterator[Item]:
    """Yield the items that rows of this submission are: the tasks of 年度计划."""
    for spec in vocabulary.rows:
        table = submission.get(spec.table)
        for row in table.open_rows if table else ():
            label = row.get(spec.label)
            name = tidy(label.text) if label is not None and not label.blank else ""
            if len(name) >= _SHORTEST and vocabulary.lexicon.at(fold(name), 0) is None:
                cells = {
                    role: (Ref(spec.table, row.title, column),)
                    for role, column in spec.columns.items()
                }
                yield Item(name, ROW, cells=cells)


def names_of(department: str) -> tuple[str, ...]:
    """Return the forms of a department's name: 青禾县财政局, 县财政局, 财政局."""
    name = department.strip()
    match = re.match(r".{1,6}?([省市县区州旗])(?=.{2,})", name)
    if not name or not match:
        return (name,) if name else ()
    return name, match[1] + name[match.end() :], name[match.end() :]
