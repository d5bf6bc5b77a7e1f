"""Findings as text and in order, as every list of them shows them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.values.amounts import MONEY_UNITS
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import Change, Expected, Finding, FindingState
from jixiao_xlsx.values.text import plain

_WORDS = re.compile(r"[\u4e00-\u9fff]{2}")
_LONG, _AROUND, _NOTHING = 60, 16, "（空）"
# What became of a finding, as 状态 in a list that also names open ones.
STATE_LABELS = {
    FindingState.OPEN: "待处理",
    FindingState.EXPLAINED: "已说明",
    FindingState.ACCEPTED: "说明已接受",
    FindingState.WAIVED: "已豁免",
    FindingState.STRUCK: "误报",
}


def in_order(findings: Iterable[Finding], sheets: Sequence[str] = ()) -> list[Finding]:
    """Return findings by state and severity, then sheet as in the file, row and column.

    The order is total.
    """
    at = {sheet: index for index, sheet in enumerate(sheets)}

    def key(finding: Finding) -> tuple[object, ...]:
        place = finding.place
        return (
            finding.state is not FindingState.OPEN,
            finding.severity.rank,
            at.get(place.sheet, len(at)),
            place.sheet,
            *place.order,
            finding.code,
            finding.item,
            finding.field,
            finding.message,
            finding.reported,
        )

    return sorted(findings, key=key)


def about(change: Change) -> str:
    """Return the row and column of a changed cell."""
    return "·".join(part for part in (change.item, change.field) if part)


def before_and_after(change: Change) -> tuple[str, str]:
    """Return the old and new content of a cell; of long texts, the part that differs."""
    before, after = change.before, change.after
    if max(len(before), len(after)) <= _LONG:
        return before or _NOTHING, after or _NOTHING
    start = _common_length(before, after)
    end = min(_common_length(before[::-1], after[::-1]), min(len(before), len(after)) - start)
    return _excerpt(before, start, end) or _NOTHING, _excerpt(after, start, end) or _NOTHING


def _common_length(one: str, other: str) -> int:
    """Return the length of the common beginning."""
    return next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


def _excerpt(text: str, start: int, end: int) -> str:
    first, last = max(start - _AROUND, 0), min(len(text) - end + _AROUND, len(text))
    return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}"


def expected_text(finding: Finding) -> str:
    """Return 应为: the admissible figure, or both ends of its range, with the unit."""
    expected = finding.expected
    if not isinstance(expected, Expected):
        return expected or ""
    digits = 2 if expected.unit in MONEY_UNITS else None
    low, high = plain(expected.low, digits), plain(expected.high, digits)
    unit = expected.unit if expected.unit in {"", "%"} else f" {expected.unit}"
    if low == high:
        return f"{low}{unit}"
    return f"{low}%～{high}%" if unit == "%" else f"{low}～{high}{unit}"


def expected_with_place(finding: Finding) -> str:
    """Return 应为, with the cell it comes from where the finding is about a text."""
    text, other = expected_text(finding), next(iter(finding.related), None)
    if (
        not text
        or other is None
        or other.sheet == finding.place.sheet
        or not _WORDS.search(finding.reported)
    ):
        return text
    return f"{text}\n（{other}）"


def lone_columns(template: Template) -> frozenset[str]:
    """Return the titles of columns that are their table's only one, and need no naming."""
    return frozenset(table.columns[0].title for table in template.tables if len(table.columns) == 1)


def subject(finding: Finding, lone: Collection[str] = ()) -> str:
    """Return 项目: the row's business name and, where that adds something, the column."""
    if (
        not finding.field
        or finding.field == finding.item
        or (finding.item and finding.field in lone)
    ):
        return finding.item
    return f"{finding.item}·{finding.field}" if finding.item else finding.field


def severity_text(finding: Finding) -> str:
    """Return 级别, with the state of a finding that is no longer open."""
    if finding.state is FindingState.OPEN:
        return finding.severity.label
    return f"{finding.severity.label}（{STATE_LABELS[finding.state]}）"


def advice(finding: Finding) -> str:
    """Return 建议或可能原因, followed by the department's 情况说明 where it gave one,
    and by what the reviewer decided.
    """
    parts = [
        finding.hint,
        f"情况说明：{finding.explanation}" if finding.explanation else "",
        f"处理意见：{finding.decision.said}" if finding.decision else "",
    ]
    return "\n".join(part for part in parts if part)


def address(finding: Finding) -> str:
    """Return 单元格 as can be typed into the name box, with its related cells."""
    text = str(finding.place)
    if finding.count > 1:
        text += f"\n（共 {finding.count} 处）"
    related = places_text(finding.related, finding.place.sheet)
    return f"{text}\n相关：{related}" if related else text


def places_text(places: Iterable[Place], here: str) -> str:
    """Return cells separated by spaces; the sheet is named only where it changes."""
    parts, sheet = [], here
    for place in places:
        parts.append(place.cell if place.sheet == sheet else str(place))
        sheet = place.sheet
    return " ".join(parts)


def progress_text(finding: Finding, round_: int) -> str:
    """Return what became of a finding since the round before; "" in the first round."""
    if round_ <= 1:
        return ""
    if finding.state is not FindingState.OPEN:
        return STATE_LABELS[finding.state]
    return "新出现" if finding.since == round_ else "未改正"
