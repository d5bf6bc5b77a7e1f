"""IND205–207: reasons and measures that say nothing, and problems without measures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from jixiao_xlsx.checking.bases import REVIEW_POINTS
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.quality.words import quality_words
from jixiao_xlsx.checking.rule import Looked, Observation, flag, rule
from jixiao_xlsx.scoring.indicator_lines import IndicatorLine
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain, tidy

_SHORTEST_COPY = 6


def _deducted(evidence: Evidence) -> Iterator[tuple[IndicatorLine, Fraction, Cell]]:
    """Yield the lines that lost points and have something typed as the reason: with the score in
    分, and that cell.
    """
    for line in evidence.lines:
        score, cell = line.number("score"), line.cells.get("deviation")
        if score is None or cell is None or cell.blank or line.not_applicable:
            continue
        if 0 <= score < line.weight:
            yield line, score, cell


@rule("IND205", "扣了分，偏差原因填“无”", severity=Severity.WARNING, basis=REVIEW_POINTS)
def no_real_reason(evidence: Evidence) -> Iterator[Observation]:
    """得分低于权重，偏差原因及改进措施填的是“无”“见附件”一类，等于没有填。

    改法：写明是什么事、为什么没有做到、怎样改。
    """
    for line, score, cell in _deducted(evidence):
        yield Looked(1)
        if tidy(cell.text).strip("。.、-—/") in quality_words().no_reason | {""}:
            yield flag(
                cell,
                f"“{line.name}”得 {plain(score)} 分，低于权重 "
                f"{plain(line.weight)} 分，偏差原因填“{cell.text}”。",
                "请写明原因和改进措施。",
                related=(line.cell("score").place,),
            )


@rule("IND206", "偏差原因空泛或几项相同", severity=Severity.NOTE, basis=REVIEW_POINTS)
def empty_reason(evidence: Evidence) -> Iterator[Observation]:
    """偏差原因只有“加强管理、提高认识”一类的话，或几个指标用同一段话，看不出这一项为什么没有做到。

    改法：各项写各项的原因：是什么事，差在哪里，什么时候补上。
    """
    same: dict[str, list[Cell]] = defaultdict(list)
    for line, _, cell in _deducted(evidence):
        yield Looked(1)
        text = tidy(cell.text)
        if quality_words().says_nothing(text):
            words = f"“{line.name}”扣了分，偏差原因只写“{cell.text}”，没有说出是什么事。"
            yield flag(cell, words, "请写明是什么事、差在哪里。")
        elif len(text) >= _SHORTEST_COPY and text not in quality_words().no_reason:
            same[text].append(cell)
    for cells in same.values():
        if len(cells) > 1:
            yield flag(
                cells[0],
                f"{len(cells)} 个扣分指标的偏差原因是同一段话。",
                "请各项写各项的原因。",
                related=tuple(cell.place for cell in cells),
                count=len(cells),
            )


@rule("IND207", "有问题没有措施，或有措施没有问题", severity=Severity.NOTE, basis=REVIEW_POINTS)
def unpaired_problems(evidence: Evidence) -> Iterator[Observation]:
    """报告正文写了存在的问题而整改措施填“无”，或没有问题却写了整改措施。

    改法：两处对应起来：每个问题写一条措施，没有问题的两处都填“无”。
    """
    for table in evidence.submission.tables.values():
        texts = {row.title: cell for row in table.rows for cell in row.cells.values()}
        problems = next((c for title, c in texts.items() if "问题" in title), None)
        measures = next((c for title, c in texts.items() if "措施" in title), None)
        if problems is None or measures is None or problems.blank or measures.blank:
            continue
        yield Looked(2)
        if _says(problems) != _says(measures):
            empty, other = (problems, measures) if _says(measures) else (measures, problems)
            words = f"“{other.row}”写了内容，“{empty.row}”填“{empty.text}”，前后对不上。"
            yield flag(empty, words, "请对应起来填写。", related=(other.place,))


def _says(cell: Cell) -> bool:
    """Return whether something is said there, and not 无."""
    return tidy(cell.text).strip("。.、-—/") not in quality_words().no_reason | {""}
