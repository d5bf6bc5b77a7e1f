"""NAR112, STR114: names of 支出功能分类科目 that are not the official ones, in the report and in the funds
table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from jixiao_xlsx.checking.bases import SUBJECT_NAMES
from jixiao_xlsx.checking.rule import Looked, Observation, flag, rule
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.language.vocabulary import Subjects
from jixiao_xlsx.prose.rules.absences import flag_passage
from jixiao_xlsx.prose.rules.figures import NO_REPORT
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.findings import Skipped
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import tidy


@rule("NAR112", "科目名称不规范", severity=Severity.NOTE, basis=SUBJECT_NAMES)
def odd_subject_names(evidence: ProseEvidence) -> Iterator[Observation]:
    """支出功能分类科目写成了别的名称，或与规范名称只差一两个字。

    改法：改成规范名称。
    """
    statements, vocabulary = evidence.statements, evidence.vocabulary
    if statements is None or vocabulary is None or vocabulary.subjects is None:
        yield Skipped(NO_REPORT)
        return
    for source in statements.passages:
        yield Looked(1)
        for wrong, right in vocabulary.subjects.wrong.items():
            if (start := source.folded.find(wrong)) >= 0:
                words = f"正文写“{wrong}”，规范名称是“{right}”。"
                end = start + len(wrong)
                yield flag_passage(source, start, end, right, words, "请改正。", expected=right)
        for match in _SUBJECT.finditer(source.folded):
            if matches := _nearly(match.group(), vocabulary.subjects):
                typed, name = matches
                words = f"正文写“{typed}”，规范名称是“{name}”。"
                yield flag_passage(
                    source,
                    match.end() - len(typed),
                    match.end(),
                    name,
                    words,
                    "请改正。",
                    expected=name,
                )


_SUBJECT = re.compile(r"[\u4e00-\u9fa5]{4,60}?支出(?![\u4e00-\u9fa5]{0,60}支出)")


def _nearly(words: str, subjects: Subjects) -> tuple[str, str] | None:
    """Return the end of `words` that is an official name but for one letter, and that name."""
    if words.endswith((*subjects.names, *subjects.wrong)):
        return None
    for name in subjects.names:
        for length in (len(name), len(name) + 1, len(name) - 1) if len(name) >= 6 else ():
            end = words[-length:]
            if len(end) == length and _one_letter_off(end, name):
                return end, name
    return None


def _one_letter_off(one: str, other: str) -> bool:
    """Return whether a letter was changed, added or left out."""
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    longer, shorter = sorted((one, other), key=len, reverse=True)
    return any(longer[:n] + longer[n + 1 :] == shorter for n in range(1, len(longer)))


# ---------------------------------------------------------------------------------- the funds table


@rule(
    "STR114",
    "科目栏填的不是规范的类级科目",
    severity=Severity.NOTE,
    basis=SUBJECT_NAMES,
    in_word=True,
)
def odd_subject_cells(evidence: ProseEvidence) -> Iterator[Observation]:
    """资金预算执行表的科目栏写错了名称，填成了经济分类科目（办公费等），或者别的行是类级科目、这一行却是它下面的科目（住房公积金）。

    全表都列到款、项的，不算。

    改法：改成规范的类级科目名称，各行用同一级。
    """
    vocabulary = evidence.vocabulary
    subjects = vocabulary.subjects if vocabulary else None
    table = evidence.submission.get(subjects.table) if subjects else None
    if subjects is None or table is None:
        yield Skipped("没有支出功能分类科目一栏")
        return
    cells = [
        cell
        for row in table.open_rows
        if (cell := row.get(subjects.column)) is not None and not cell.blank
    ]
    above = subjects.classes(tidy(cell.text) for cell in cells)
    for cell in cells:
        yield Looked(1)
        if matches := _odd(cell, subjects, above):
            why, right = matches
            yield flag(cell, f"科目填“{cell.text}”，{why}。", "请改正。", expected=right)


def _odd(cell: Cell, subjects: Subjects, above: Mapping[str, str]) -> tuple[str, str] | None:
    """Return what is wrong with the name, and what would be right."""
    name = tidy(cell.text)
    if name in subjects.names:
        return None
    if right := subjects.wrong.get(name):
        return f"规范名称是“{right}”", right
    if right := above.get(name):
        return f"是“{right}”下面的科目，同列其他行是类级科目，这里应统一填“{right}”", right
    if name in subjects.economic:
        return "是经济分类科目，本栏应填支出功能分类的类级科目（如一般公共服务支出）", "类级科目"
    if near := _nearly(name, subjects):
        return f"规范名称是“{near[1]}”", near[1]
    return None
