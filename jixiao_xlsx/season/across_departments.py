"""Compare departments: copied figures and paragraphs, outliers among peers, own targets. Pure.

A worker takes the few Facts of its submission; the comparison runs once, in the parent, over all
that count.
"""

from __future__ import annotations

import hashlib
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.checking.reference_cells import in_yuan, reference_ref
from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.repeated_sheets import nothing_filled
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.scoring.indicator_lines import indicator_lines
from jixiao_xlsx.values.amounts import MONEY_UNITS, atoms_per
from jixiao_xlsx.values.cells import Cell, Place, Submission, Table
from jixiao_xlsx.values.findings import BatchFinding
from jixiao_xlsx.values.people import ReferenceLine
from jixiao_xlsx.values.season import Entry, Facts
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain, tidy

FIGURES, PARAGRAPHS, PEERS, TARGETS, STRANGERS = "XDP101", "XDP102", "XDP103", "XDP104", "XDP105"
ACCOUNTS, LISTS = "XDP106", "XDP107"
UNEVALUATED, SHARED, SPENDING = "XDP108", "XDP109", "XDP110"
TITLES: Mapping[str, tuple[str, Severity]] = {
    FIGURES: ("两个部门的数完全相同", Severity.WARNING),
    PARAGRAPHS: ("两个部门的文字相同", Severity.WARNING),
    PEERS: ("人均公用经费远离同类单位", Severity.NOTE),
    TARGETS: ("共性指标的目标值与多数部门不同", Severity.NOTE),
    STRANGERS: ("批复数的部门编码对不上", Severity.NOTE),
    ACCOUNTS: ("决算表没有用上，或没有决算表", Severity.NOTE),
    UNEVALUATED: ("列入清单的项目没有自评表", Severity.WARNING),
    SHARED: ("一个项目列在两个部门", Severity.WARNING),
    SPENDING: ("项目执行数合计与部门项目支出不一致", Severity.WARNING),
    LISTS: ("目标、项目清单有没用上的，或部门不在其中", Severity.NOTE),
}
PROJECT_SPENDING, SPENT = "项目支出", "决算"  # as the bureau calls them: [reference] of the form
ENOUGH_FIGURES = (
    8  # different non-zero amounts that two tables must share before chance is out of the question
)
LONG_ENOUGH = 60  # characters of a paragraph that nobody writes twice by chance
COMMON = 4  # departments with the same sentence: it is then the county's model text
ENOUGH_PEERS = 6
FAR = 4  # times the peers' median, or a quarter of it
MOST = Fraction(3, 4)
_SENTENCES = re.compile(r"[。；\n]")


def facts_of(submission: Submission, template: Template) -> Facts:
    """Return what other departments compare with this submission."""
    figures = {
        name: digest for name, table in submission.tables.items() if (digest := _digest(table))
    }
    staff, nature, scope = (
        _role(submission, template, name) for name in ("staff", "nature", "scope")
    )
    return Facts(
        figures=figures,
        paragraphs=tuple(_paragraphs(submission)),
        targets=tuple(_targets(submission, template)),
        office_per_head=_per_head(submission, template, staff.number if staff else None),
        nature=nature.text if nature else "",
        scope=scope.text if scope else "",
        spending=_spending(submission, template),
        blank=nothing_filled(submission, hidden_mark.edition_of(submission.meta, template)),
    )


def _spending(submission: Submission, template: Template) -> tuple[Decimal, Decimal, Place] | None:
    """Return the 项目支出 that a department reports, where its form has that cell."""
    ref = reference_ref(template, PROJECT_SPENDING, SPENT)
    cell = submission.cell(ref.table, ref.row, ref.column) if ref else None
    if cell is None or cell.number is None:
        return None
    return (*in_yuan(cell), cell.place)


def _role(submission: Submission, template: Template, name: str) -> Cell | None:
    ref = template.roles.get(name)
    return submission.cell(ref.table, ref.row, ref.column) if ref else None


def _digest(table: Table) -> str:
    """Return a digest of a table's amounts in order; "" where they are too few."""
    amounts = [cell.number for cell in table.cells() if cell.unit in MONEY_UNITS and cell.number]
    if len(set(amounts)) < ENOUGH_FIGURES:
        return ""
    return hashlib.sha256("|".join(plain(amount) for amount in amounts).encode()).hexdigest()


def _paragraphs(submission: Submission) -> Iterator[tuple[str, Place, str]]:
    """Return the digests of long sentences in the workbook and its written reports."""
    for place, text in _texts(submission):
        for sentence in _SENTENCES.split(text) if len(text) >= LONG_ENOUGH else ():
            words = tidy(sentence)
            if len(words) >= LONG_ENOUGH:
                yield hashlib.sha256(words.encode()).hexdigest()[:20], place, sentence.strip()[:30]


def _texts(submission: Submission) -> Iterator[tuple[Place, str]]:
    cells = (cell for table in submission.tables.values() for cell in table.cells())
    yield from ((cell.place, cell.text) for cell in cells if isinstance(cell.value, str))
    for document in submission.documents:
        yield from ((Place(document.file, one.ref), one.text) for one in document.paragraphs)


def _targets(submission: Submission, template: Template) -> Iterator[tuple[str, str, Place]]:
    for line in indicator_lines(submission, template):
        if line.spec and line.spec.common and line.target.text:
            yield line.spec.name, str(line.target), line.cell("target").place


def _per_head(submission: Submission, template: Template, staff: Decimal | None) -> Fraction | None:
    table, column = (
        submission.get(template.funds.get("table", "")),
        template.funds.get("office", ""),
    )
    cell = table.total.get(column) if table and table.total else None
    if cell is None or cell.number is None or not staff:
        return None
    return Fraction(cell.number) * atoms_per(cell.unit) / atoms_per("元") / Fraction(staff)


# --------------------------------------------------------------------------------------- comparing


def crosscheck(entries: Sequence[Entry]) -> tuple[BatchFinding, ...]:
    """Return the findings across departments, over entries that count."""
    return (
        *_same_figures(entries),
        *_same_paragraphs(entries),
        *_far_from_peers(entries),
        *_other_targets(entries),
    )


def across(
    code: str, departments: Iterable[str], words: str, hint: str, places: Iterable[Place] = ()
) -> BatchFinding:
    """Return a finding of one of the TITLES, at eight places at most."""
    return BatchFinding(code, TITLES[code][1], tuple(departments), words, hint, tuple(places)[:8])


def _same_figures(entries: Sequence[Entry]) -> Iterator[BatchFinding]:
    owners: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in entries:
        for table, digest in entry.facts.figures.items():
            owners[table, digest].append(entry.department)
    together: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for (table, _), names in owners.items():
        if len(names) > 1:
            together[tuple(names)].append(table)
    for departments, tables in together.items():
        listed = "、".join(f"《{table}》" for table in tables)
        yield across(
            FIGURES,
            departments,
            f"{'、'.join(departments)}的{listed}金额完全相同。",
            "请核对是否误报了别的单位的表",
        )


def _same_paragraphs(entries: Sequence[Entry]) -> Iterator[BatchFinding]:
    owners: dict[str, list[tuple[str, Place, str]]] = defaultdict(list)
    for entry in entries:
        for digest in {paragraph[0] for paragraph in entry.facts.paragraphs}:
            first = next(
                paragraph for paragraph in entry.facts.paragraphs if paragraph[0] == digest
            )
            owners[digest].append((entry.department, first[1], first[2]))
    together: dict[tuple[str, ...], list[tuple[Place, str]]] = defaultdict(list)
    for digest in sorted(owners):
        if 1 < len(owners[digest]) < COMMON:
            together[tuple(name for name, _, _ in owners[digest])].append(owners[digest][0][1:])
    for departments, found in together.items():
        words = f"{'、'.join(departments)}的文字有 {len(found)} 句完全相同，如“{found[0][1]}…”。"
        yield across(
            PARAGRAPHS, departments, words, "请核对报告是否各自撰写", (place for place, _ in found)
        )


def _far_from_peers(entries: Sequence[Entry]) -> Iterator[BatchFinding]:
    groups: dict[str, list[tuple[str, Fraction]]] = defaultdict(list)
    for entry in entries:
        if entry.facts.office_per_head is not None and entry.facts.office_per_head > 0:
            groups[entry.facts.nature].append((entry.department, entry.facts.office_per_head))
    for nature, members in groups.items():
        if len(members) < ENOUGH_PEERS:
            continue
        middle = statistics.median(value for _, value in members)
        for name, value in members:
            if value > middle * FAR or value * FAR < middle:
                words = (
                    f"{name}人均公用经费 {plain(value, 2)} 元，{nature}单位中位数 {plain(middle, 2)} "
                    f"元（{len(members)} 个单位）。"
                )
                yield across(PEERS, (name,), words, "请核对公用经费和在职人数")


def _other_targets(entries: Sequence[Entry]) -> Iterator[BatchFinding]:
    typed: dict[str, list[tuple[str, str, Place]]] = defaultdict(list)
    for entry in entries:
        for indicator, target, place in entry.facts.targets:
            typed[indicator].append((target, entry.department, place))
    for indicator, found in typed.items():
        usual, count = Counter(target for target, _, _ in found).most_common(1)[0]
        others = [one for one in found if one[0] != usual]
        if len(found) < ENOUGH_PEERS or not others or Fraction(count, len(found)) < MOST:
            continue
        named = "、".join(f"{department}（{target}）" for target, department, _ in others[:6])
        words = f"共性指标“{indicator}”的目标值多数部门填 {usual}，{named}不同。"
        yield across(
            TARGETS,
            (d for _, d, _ in others),
            words,
            "共性指标的目标值应统一",
            (place for _, _, place in others),
        )


def strangers(lines: Iterable[ReferenceLine], codes: Iterable[str]) -> Iterator[BatchFinding]:
    """Yield the bureau's figures whose 部门编码 no workbook has: they were compared with none."""
    known = {tidy(code) for code in codes}
    first: dict[str, str] = {}
    for line in lines:
        if not line.department and tidy(line.code) not in known:
            first.setdefault(line.code, line.source)
    if first:
        named = "、".join(f"{code}（{source}）" for code, source in list(first.items())[:6])
        more = f"等 {len(first)} 个" if len(first) > 6 else ""
        words = f"批复数里的部门编码 {named}{more}，名册和报来的表里都没有，这些数没有用上。"
        yield across(STRANGERS, (), words, "请核对部门编码")


def unused_accounts(notes: Iterable[str]) -> Iterator[BatchFinding]:
    """Yield what of the final accounts was not used, and who has none: said, not accused."""
    for note in notes:
        yield across(ACCOUNTS, (), f"{note}。", "需要对照的，请补齐或改好后再运行一次")


def unused_lists(notes: Iterable[str]) -> Iterator[BatchFinding]:
    """Yield what of the lists of targets and projects was not used, and who is in none."""
    for note in notes:
        yield across(LISTS, (), f"{note}。", "需要对照的，请补齐或改好后再运行一次")
