"""Approved targets beside the indicators that a department evaluated itself by."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.scoring.directions import direction_word
from jixiao_xlsx.scoring.indicator_lines import IndicatorLine
from jixiao_xlsx.scoring.measures import Measure, read_measure_text
from jixiao_xlsx.values.people import ApprovedTarget, HeldTarget
from jixiao_xlsx.values.text import plain, tidy

_SIGNS = frozenset("≥≤=")
_ALIKE = 0.5  # part of two names that must be the same for one to be the other, renamed


class Kept(StrEnum):
    """What became of an approved target."""

    SAME = "一致"
    MISSING = "未自评"
    ADDED = "增加"
    RENAMED = "改名"
    LOOSENED = "放宽"
    TIGHTENED = "提高"
    CHANGED = "不同"


@dataclass(frozen=True)
class TargetPair:
    """An approved target and the line that stands for it; one of them may be missing.

    `name` says whether the line is called as approved, `target` whether it has the approved target,
    `weight` whether it has the approved weight.
    """

    approved: ApprovedTarget | None
    line: IndicatorLine | None
    name: Kept = Kept.SAME
    target: Kept = Kept.SAME
    weight_moved: bool = False

    @property
    def adjusted(self) -> bool:
        """Return whether a paper allows what differs."""
        return self.approved is not None and bool(self.approved.document)

    @property
    def verdict(self) -> str:
        """Return what became of the target, in a word or two."""
        words = [str(one) for one in (self.name, self.target) if one is not Kept.SAME]
        words += ["分值变动"] if self.weight_moved else []
        return "、".join(words) or str(Kept.SAME)


def target_pairs(evidence: Evidence) -> tuple[TargetPair, ...]:
    """Return every approved target with its line, then the lines that nobody approved."""
    approved = own_targets(evidence)
    if not approved or not evidence.lines:
        return ()
    names = _matched(approved, evidence.lines)
    pairs = [_pair(one, names.get(id(one)), evidence) for one in approved]
    taken = {id(line) for line in names.values()}
    added = [
        TargetPair(None, line, Kept.ADDED)
        for line in evidence.lines
        if id(line) not in taken and _is_own(line)
    ]
    return (*pairs, *added)


def own_targets(evidence: Evidence) -> tuple[ApprovedTarget, ...]:
    """Return the targets of the workbook's project, or those of the department as a whole."""
    item = evidence.role("item")
    if item is None:
        return tuple(one for one in evidence.targets if not one.project and not one.item)
    wanted = tidy(item.text)
    return tuple(
        one for one in evidence.targets if wanted and wanted in {tidy(one.project), tidy(one.item)}
    )


def _matched(
    approved: Sequence[ApprovedTarget], lines: Sequence[IndicatorLine]
) -> dict[int, IndicatorLine]:
    """Return the line of each target (by id): by name, then the likeliest of the others."""
    by_name = {tidy(line.name): line for line in reversed(lines)}
    found = {id(one): by_name[tidy(one.name)] for one in approved if tidy(one.name) in by_name}
    taken = {id(line) for line in found.values()}
    left = [one for one in approved if id(one) not in found]
    free = [line for line in lines if id(line) not in taken and _is_own(line)]
    return found | _likeliest(left, free)


def _is_own(line: IndicatorLine) -> bool:
    """Return whether a department chose an indicator itself: no 共性 one of the form."""
    return bool(line.name) and not (line.spec and line.spec.common)


def _likeliest(
    left: Sequence[ApprovedTarget], free: Sequence[IndicatorLine]
) -> dict[int, IndicatorLine]:
    """Return for targets (by id) the line that is most like them, each line once."""
    scores = [
        (_likeness(one, line), -at, -to)
        for at, one in enumerate(left)
        for to, line in enumerate(free)
    ]
    found: dict[int, IndicatorLine] = {}
    used: set[int] = set()
    for score, at, to in sorted(scores, reverse=True):
        if score >= _ALIKE and id(left[-at]) not in found and to not in used:
            found[id(left[-at])] = free[-to]
            used.add(to)
    return found


def _likeness(one: ApprovedTarget, line: IndicatorLine) -> float:
    """Return how much of a name two have in common; more where target and weight are the same."""
    if one.level2 and line.level2 and tidy(one.level2) != tidy(line.level2):
        return 0.0
    shared = difflib.SequenceMatcher(None, tidy(one.name), tidy(line.name)).ratio()
    same = _compared(one.in_force, one, line) is Kept.SAME and one.weight == line.weight
    return shared + 0.2 * same if shared > 0.3 else 0.0


def _pair(one: ApprovedTarget, line: IndicatorLine | None, evidence: Evidence) -> TargetPair:
    if line is None:
        return TargetPair(one, None, Kept.MISSING)
    name = Kept.SAME if tidy(one.name) == tidy(line.name) else Kept.RENAMED
    moved = one.weight is not None and bool(line.weight) and one.weight != line.weight
    return TargetPair(one, line, name, _compared(one.in_force, one, line), moved)


def _compared(typed: str, one: ApprovedTarget, line: IndicatorLine) -> Kept:
    """Return how a line's target stands to the approved one, in the direction that counts."""
    unit = line.cells["unit"].text if "unit" in line.cells else ""
    approved, target = read_measure_text(typed, one.unit or unit), line.target
    if not target.text:
        return Kept.SAME  # a target that is not typed is missed by other rules
    if approved.number is None or target.number is None:
        words = approved.number is target.number
        return Kept.SAME if words and _same_words(approved, target) else Kept.CHANGED
    sign = direction_word(one.sign) if one.sign else approved.sign
    if _turned(sign, line.typed_sign) or _of_two_kinds(approved.dimension, target.dimension):
        return Kept.CHANGED
    return _by_size(approved.number, target.number, sign or line.direction)


def _turned(one: str, other: str) -> bool:
    """Return whether two signs are both known, and not the same."""
    return one in _SIGNS and other in _SIGNS and one != other


def _of_two_kinds(one: str, other: str) -> bool:
    return bool(one and other) and one != other


def _same_words(approved: Measure, target: Measure) -> bool:
    return tidy(approved.text.lstrip("=")) == tidy(target.text.lstrip("="))


def _by_size(approved: Fraction, target: Fraction, direction: str) -> Kept:
    if approved == target:
        return Kept.SAME
    if direction not in {"≥", "≤"}:
        return Kept.CHANGED
    return Kept.LOOSENED if (target < approved) is (direction == "≥") else Kept.TIGHTENED


def held_targets(evidence: Evidence) -> Iterator[HeldTarget]:
    """Yield the pairs as lists show them."""
    item = evidence.role("item")
    for pair in target_pairs(evidence):
        name, target, weight, document, source = _approved_texts(pair.approved)
        own, own_target, own_weight, place = _reported_texts(pair.line)
        yield HeldTarget(
            item.text if item else "",
            name,
            own,
            target,
            own_target,
            weight,
            own_weight,
            pair.verdict,
            document,
            source,
            place,
        )


def _approved_texts(one: ApprovedTarget | None) -> tuple[str, str, str, str, str]:
    if one is None:
        return "", "", "", "", ""
    weight = plain(one.weight) if one.weight is not None else ""
    return one.name, one.in_force, weight, one.document, one.source


def _reported_texts(line: IndicatorLine | None) -> tuple[str, str, str, str]:
    if line is None:
        return "", "", "", ""
    weight = line.cells.get("weight")
    place = str(line.cell("name").place)
    return line.name, target_as_typed(line), weight.text if weight else "", place


def target_as_typed(line: IndicatorLine) -> str:
    """Return the target of a line with its sign, wherever that was typed."""
    sign = line.typed_sign if line.typed_sign in _SIGNS else ""
    text = line.target.text or line.cell("target").text
    return text if text[:1] in "≥≤=<>" else f"{sign}{text}"
