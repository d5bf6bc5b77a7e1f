"""NAR113–115: numbers of headings, dates, advice that the figures exclude."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal

from jixiao_xlsx.checking.bases import HEADING_NUMBERS, OWN_REPORT, SAME_AS_TABLES
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, rule
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.language.clauses import Passage
from jixiao_xlsx.prose.language.vocabulary import Advice
from jixiao_xlsx.prose.rules.absences import flag_passage, short_quote
from jixiao_xlsx.prose.rules.figures import NO_REPORT
from jixiao_xlsx.prose.statements import ReportStatements
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.findings import Skipped
from jixiao_xlsx.values.severity import Severity

_NUMERALS = "一二三四五六七八九十"
_STYLES = (
    ("一、", re.compile(r"(?:^|\n)\s*([一二三四五六七八九十]{1,2})、")),
    ("（一）", re.compile(r"(?:^|[\n。;:])\s*\(([一二三四五六七八九十]{1,2})\)")),
    ("1", re.compile(r"(?:^|\n)\s*(\d{1,2})([.、])(?:(?!\d)|(?=20\d\d年|\d{1,2}[项个条家]))")),
    ("一是", re.compile(r"(?:(?:^|[\n。;:，、])\s*|(?<=[因为有看]))([一二三四五六七八九十])是")),
)
_CHAPTER = _STYLES[0][0]
_ORALLY_NUMBERED = _STYLES[3:]
_GOING_ON = {"（一）", "一是"}  # a text that begins with “（二）” goes on with the one before


def _ordinal(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, _, ones = text.rpartition("十")
    if "十" not in text:
        return _NUMERALS.index(text) + 1
    return (_NUMERALS.index(tens) + 1 if tens else 1) * 10 + (
        _NUMERALS.index(ones) + 1 if ones else 0
    )


@rule("NAR113", "序号不连续", severity=Severity.NOTE, basis=HEADING_NUMBERS)
def heading_numbers(evidence: ProseEvidence) -> Iterator[Observation]:
    """序号跳过、重复或不是从一开始，例如“一是……三是……”，或一段文字以“6、”起头。

    改法：按层次重新编号。
    """
    statements = evidence.statements
    if statements is None:
        yield Skipped(NO_REPORT)
        return
    for group in _texts(evidence, statements):
        yield Looked(len(group))
        by_word = any(
            source.numbered for source in group
        )  # what Word numbers by itself is not in the text
        countable_mentions = _Counting()
        for source in group:
            yield from countable_mentions.odd(source, _ORALLY_NUMBERED if by_word else _STYLES)


def _texts(evidence: ProseEvidence, statements: ReportStatements) -> Iterator[tuple[Passage, ...]]:
    """Yield passages that are read on from one to the next: the paragraphs of a Word report; a cell
    stands alone.
    """
    files = {document.file for document in evidence.submission.documents}
    yield from ((source,) for source in statements.passages if source.place.sheet not in files)
    for file in sorted(files):
        yield tuple(
            source
            for source in statements.passages
            if source.place.sheet == file and not source.aside
        )


class _Counting:
    """The numbers met so far: of each style those that a next one may follow (lists stand inside
    lists).
    """

    def __init__(self) -> None:
        self.open: dict[str, list[int]] = {}
        self.chapter = 0

    def odd(
        self, source: Passage, styles: tuple[tuple[str, re.Pattern[str]], ...]
    ) -> Iterator[Observation]:
        """Yield the first number of each style in a passage that follows nothing."""
        for style, pattern in styles:
            reported = False
            for match in pattern.finditer(source.folded):
                number = _ordinal(match[1])
                mark = style if match.lastindex == 1 else f"{style}{match[2]}"
                goes_on = (
                    style in _GOING_ON
                    and not source.folded[: match.start(1)].strip(" (\n")
                    and mark not in self.open
                )
                if self._follows(mark, number) or goes_on or reported:
                    continue
                reported = True
                yield self._flag(source, match, number, mark)

    def _follows(self, mark: str, number: int) -> bool:
        """Return whether the number begins a list, or goes on with one; then it is the last of that
        list.
        """
        chapter = mark == _CHAPTER
        begun = chapter and not self.chapter
        matches = self.open.setdefault(mark, [])
        at = next((at for at in reversed(range(len(matches))) if matches[at] == number - 1), None)
        if chapter:
            self.open, matches, self.chapter = {_CHAPTER: [number]}, [], number
        else:
            del matches[len(matches) if at is None else at :]
            matches.append(number)
        return number == 1 or at is not None or begun

    def _flag(self, source: Passage, match: re.Match[str], number: int, mark: str) -> Flag:
        end = min(match.end() + 8, len(source.text))
        quote = short_quote(
            re.split(r"[。;\n]", source.text[match.start() : end].strip("。；;，：: \n"))[0]
        )
        before = self.open[mark][-2] if len(self.open[mark]) > 1 else 0
        why, right = (
            (f"前一个是第 {before} 项", str(before + 1)) if before else ("前面没有第 1 项", "1")
        )
        if mark != _CHAPTER and self.chapter and number == self.chapter + 1:
            right = f"{_numeral(number)}、"
            why = f"前面各部分用的是“{_numeral(self.chapter)}、”，这里应为“{right}”"
        words = f"正文“{quote}”的序号是 {number}，{why}。"
        return flag_passage(
            source, match.start(), end, "序号", words, "请核对序号。", expected=right
        )


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else f"{_NUMERALS[tens - 1]}十") + (
        _NUMERALS[ones - 1] if ones else ""
    )


_DATE = re.compile(r"(?:(20\d\d)年)?(\d{1,2})月(?:(\d{1,2})[日号])?(?!龄)")


@rule("NAR114", "日期不存在", severity=Severity.ERROR, basis=OWN_REPORT)
def impossible_dates(evidence: ProseEvidence) -> Iterator[Observation]:
    """写了日历上没有的日期，例如 2 月 30 日、13 月。

    改法：改成实有的日期。
    """
    statements = evidence.statements
    if statements is None:
        yield Skipped(NO_REPORT)
        return
    for source in statements.passages:
        for match in _DATE.finditer(source.folded):
            if match.start() and source.folded[match.start() - 1].isdigit():
                continue
            yield Looked(1)
            if not _exists(int(match[1] or 2000), int(match[2]), int(match[3] or 1)):
                words = f"正文写“{match.group()}”，日历上没有这一天。"
                yield flag_passage(
                    source,
                    match.start(),
                    match.end(),
                    "日期",
                    words,
                    "请改正。",
                    expected="有这一天",
                )


def _exists(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def _is_empty(advice: Advice, cells: list[Cell]) -> bool:
    numbers = [cell.number or Decimal(0) for cell in cells]
    if advice.zero:
        return not any(numbers)
    return len(numbers) == 2 and numbers[0] <= numbers[1]


@rule("NAR115", "建议与数字不合", severity=Severity.NOTE, basis=SAME_AS_TABLES, relations=("C70",))
def empty_advice(evidence: ProseEvidence) -> Iterator[Observation]:
    """建议针对的事表里没有（结转资金、出国费为 0，在职人数、经费没有超出），多半沿用了旧稿。

    改法：删去，或换成针对本单位问题的建议。
    """
    statements, vocabulary = evidence.statements, evidence.vocabulary
    if statements is None or vocabulary is None:
        yield Skipped(NO_REPORT)
        return
    for advice in vocabulary.advice:
        cells = [
            cell
            for ref in advice.zero or advice.within
            if (cell := evidence.table_figures.cell(ref)) and cell.number is not None
        ]
        if not cells or not _is_empty(advice, cells):
            continue
        for source in statements.passages:
            yield Looked(1)
            if match := advice.pattern.search(source.folded):
                words = (
                    f"正文“{short_quote(source.text[match.start() : match.end()])}”，"
                    f"但{advice.message}（《{cells[0].sheet}》{cells[0].ref} 为 {cells[0].text}）。"
                )
                yield flag_passage(
                    source,
                    match.start(),
                    match.end(),
                    advice.title,
                    words,
                    "请核对是否沿用了旧稿。",
                    expected=advice.message,
                    related=(cells[0].place,),
                )
