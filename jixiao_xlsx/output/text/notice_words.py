"""A notice in words for the department: where, what is wrong, why perhaps, what to look at.

A value is only written where a cause gives one or a single cell follows from typed ones: where an
equation fails, any of its cells may be the wrong one, and both sides are named with their gap.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.text.notices import Notice, NoticeLine
from jixiao_xlsx.output.text.wording import advice, expected_text, subject
from jixiao_xlsx.values.amounts import MONEY_UNITS
from jixiao_xlsx.values.causes import Cause, Probable
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import Finding, FindingState
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain

AGAINST_THE_BOOKS = "以账簿、决算报表为准"
_MOST_PLACES = 6
_WHOLE_ROWS = frozenset({"row_twice", "subtotal_row"})  # kinds of causes


def balance_codes(template: Template) -> frozenset[str]:
    """Return the rules whose findings say that figures disagree, not which of them is wrong."""
    return frozenset(equation.code for equation in template.equations)


def notice_address(notice: Notice) -> str:
    """Return the cell of a notice, and how many more there are of its kind."""
    count = len(notice.cause.cells) if notice.cause else notice.findings[0].count
    return f"{notice.place}" + (f" 等 {count} 处" if count > 1 else "")


def notice_subject(notice: Notice, lone: Collection[str]) -> str:
    """Return 项目 of a notice; columns in `lone` are not named."""
    if notice.cause is None:
        return subject(notice.findings[0], lone)
    cell = notice.cause.cells[0]
    parts = (cell.item, "" if cell.field in lone else cell.field)
    return "·".join(dict.fromkeys(part for part in parts if part))


def notice_problem(notice: Notice, balance: Collection[str]) -> str:
    """Return 问题: what is wrong at the cell, then in a sentence what follows from it."""
    if notice.cause:
        found = _at_the_culprit(notice, balance) + consequences(notice)
        return found or "与有关的数对不上。"
    first, *rest = _open(notice)
    return first.problem + "".join(_found_too(finding, balance) for finding in rest)


def consequences(notice: Notice) -> str:
    """Return in a sentence where else the mistake shows; "" where it does not."""
    places = [f.place for f in notice.findings if f.place != notice.place]
    if not places:
        return ""
    where = places_named(dict.fromkeys(places))
    return f"与{where} 对不上（{len(places)} 条）。核实更正后，那里随之相符的不必另改。"


def notice_reason(notice: Notice, balance: Collection[str]) -> str:
    """Return 可能原因; "" where nothing tells."""
    if notice.cause:
        also = "".join(f"也可能：{_sentence(cause)}" for cause in notice.others)
        return _sentence(notice.cause) + also
    hints = (finding.hint for finding in _open(notice) if finding.code not in balance)
    return "；".join(dict.fromkeys(hint for hint in hints if hint))


def notice_demand(notice: Notice, balance: Collection[str]) -> str:
    """Return what the department is asked to look at, what to do with what it finds, and what the
    reviewer wrote to it.
    """
    said = dict.fromkeys(f.decision.reason for f in _open(notice) if f.decision)
    return _demand(notice, balance) + "".join(f"财政部门意见：{one}。" for one in said if one)


def _demand(notice: Notice, balance: Collection[str]) -> str:
    if notice.cause:
        return look_at(notice) + what_then(notice)
    first = _open(notice)[0]
    if first.code in balance:
        return _both_sides(first) + what_then(notice)
    if first.severity is Severity.WARNING:
        return first.demand or "请核实：有误的更正，无误的写情况说明。"
    return _expected_sentence(expected_text(first)) + (first.demand or "请更正。")


def line_place(line: NoticeLine) -> Place:
    """Return the cell that a line of a list is about."""
    return line.finding.place if line.finding else line.notice.place


def line_message(line: NoticeLine, balance: Collection[str]) -> str:
    """Return 问题 in a list that also has a line for each finding."""
    if line.finding is None:
        return notice_problem(line.notice, balance)
    return line.finding.problem if line.notice.cause else line.finding.message


def line_advice(line: NoticeLine, balance: Collection[str]) -> str:
    """Return 建议或可能原因: of a cause its own, of what follows from it where it comes from."""
    notice, finding = line.notice, line.finding
    if finding is None:
        return f"{notice_reason(notice, balance)}\n{notice_demand(notice, balance)}"
    if notice.cause is None:
        return advice(replace(finding, hint="") if finding.code in balance else finding)
    from_where = (
        f"多半由 {notice.place} 引起，先核对那里。" if finding.place != notice.place else ""
    )
    return "\n".join(filter(None, (from_where, advice(replace(finding, hint="")))))


def gap_or_expected(finding: Finding, balance: Collection[str]) -> str:
    """Return what should be in the cell, or by how much its equation is off."""
    if finding.code not in balance:
        return expected_text(finding)
    return f"相差 {_gap(finding)}" if finding.difference else ""


def probably_text(probable: Probable | None) -> str:
    """Return what a cell should probably hold, with its unit; "" where nothing determines it."""
    if probable is None:
        return ""
    value, unit = probable.value, probable.unit
    text = value if isinstance(value, str) else plain(value, 2 if unit in MONEY_UNITS else None)
    return f"{text}{unit}" if unit in {"", "%"} else f"{text} {unit}"


def places_named(places: Iterable[Place]) -> str:
    """Return cells as “《表》D4、D5、《表》C2”, and how many there are where they are many."""
    every = list(places)
    parts = []
    for sheet, cells in groupby(every[:_MOST_PLACES], key=lambda place: place.sheet):
        parts.append(f"《{sheet}》{'、'.join(place.cell for place in cells)}")
    more = f" 等 {len(every)} 格" if len(every) > _MOST_PLACES else ""
    return "、".join(parts) + more


def _open(notice: Notice) -> list[Finding]:
    """Return the open findings of a notice that ask for something, or else all."""
    asking = [
        f
        for f in notice.findings
        if f.state is FindingState.OPEN and f.severity is not Severity.NOTE
    ]
    return asking or list(notice.findings)


def _at_the_culprit(notice: Notice, balance: Collection[str]) -> str:
    """Return what is found at the culprit itself besides equations that fail."""
    own = (f for f in notice.findings if f.place == notice.place and f.code not in balance)
    return "".join(finding.problem for finding in own)


def _found_too(finding: Finding, balance: Collection[str]) -> str:
    """Return what else is found at the cell of a notice."""
    if finding.code in balance and finding.related and finding.difference:
        return f"与{places_named(finding.related[:1])}也相差 {_gap(finding)}。"
    return finding.problem


def _sentence(cause: Cause) -> str:
    return f"{cause.message.rstrip('。')}。"


def look_at(notice: Notice) -> str:
    """Return which cells to look at: the likeliest culprits, then those of other explanations."""
    assert notice.cause
    return "；".join(map(_cells_of, (notice.cause, *notice.others)))


def _cells_of(cause: Cause) -> str:
    """Return which cells to look at, with what the first should probably hold."""
    probably = probably_text(cause.cells[0].probably)
    places = list(dict.fromkeys(cell.place for cell in cause.cells))
    cells = _rows_named(places) if cause.kind in _WHOLE_ROWS else places_named(places)
    along = f"；随它算出的{places_named(cause.along)} 一并更正" if cause.along else ""
    return f"请核对{cells}" + (f"（疑似应为 {probably}）" if probably else "") + along


def _rows_named(places: Sequence[Place]) -> str:
    """Return the rows of cells as “《表》第 8 行、第 11 行”."""
    rows = sorted({int("".join(filter(str.isdigit, place.cell))) for place in places})
    return f"《{places[0].sheet}》" + "、".join(f"第 {row} 行" for row in rows)


def what_then(notice: Notice) -> str:
    """Return what to do with what is found there."""
    if notice.severity is Severity.WARNING:
        return f"，{AGAINST_THE_BOOKS}：有误的更正，无误的写情况说明。"
    return f"，{AGAINST_THE_BOOKS}更正。"


def _both_sides(finding: Finding) -> str:
    """Return “左右相差 X，请核对 A、B、C” for an equation that fails."""
    places = dict.fromkeys((finding.place, *finding.related))
    gap = f"左右相差 {_gap(finding)}，" if finding.difference else ""
    return f"{gap}请核对{places_named(places)}"


def _gap(finding: Finding) -> str:
    return finding.difference.lstrip("-'")


def _expected_sentence(expected: str) -> str:
    """Return what is expected as a sentence; "" where the demand itself says so."""
    if not expected or expected == "必填":
        return ""
    return f"应{expected}。" if expected[0] in "有不加" else f"应为 {expected}。"
