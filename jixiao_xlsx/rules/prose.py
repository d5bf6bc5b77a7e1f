"""NAR108–116: what the written report says in words: absences, scores and grades, names, years, leftovers, dates, headings."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache

from jixiao_xlsx.amounts import plain, tidy
from jixiao_xlsx.model import Cell, Severity, Skipped
from jixiao_xlsx.narrative.clauses import Passage, read
from jixiao_xlsx.narrative.facts import Story
from jixiao_xlsx.narrative.scope import OTHERS, THIS
from jixiao_xlsx.narrative.vocabulary import Advice, Lexicon, Vocabulary
from jixiao_xlsx.rules import Desk, Flag, Looked, Saw, rule
from jixiao_xlsx.rules.narrative import MISSING, SAME

OWN = "填报说明：报告应写本单位、本年度的情况"
MEASURES = "《项目支出绩效评价管理办法》（财预〔2020〕10号）：总分 100 分，分优、良、中、差四个等级"


def _at(source: Passage, start: int, end: int, item: str, message: str, **more: object) -> Flag:
    quote = source.text[start:end].strip("，、；：。,;: \n")
    return Flag(source.place, item, source.title, quote, message, **more)  # type: ignore[arg-type]


def _quoted(text: str) -> str:
    return text.replace("“", "「").replace("”", "」").strip("，、；：。,;: \n")


@cache
def _any(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


# ------------------------------------------------------------------------------------------------------ absences


@rule("NAR108", "文字称没有、称有与表内不符", severity=Severity.ERROR, basis=SAME, relations=("C70", "C62"))
def said_to_be_absent(desk: Desk) -> Iterator[Saw]:
    """正文说“没有项目支出”“无上级下达资金”，表里却有金额；或说费用“在公务用车购置费中列支”，表里这项却是 0。"""
    story, known = desk.story, desk.vocabulary
    if story is None or known is None:
        yield Skipped("NAR108", MISSING)
        return
    for source in story.passages:
        for start, end, item in _absences(source, known, story.lexicon or known.lexicon):
            scope = story.scope(source, start)
            if scope.owner == OTHERS or scope.period not in {"", THIS}:
                continue
            yards = [yard for role in ("execution", "budget") for yard in desk.yards.of(item, role)]
            yield Looked(1)
            if yards and all(yard.atoms for yard in yards) and yards[0].atoms:
                quote = _quoted(source.text[start:end])
                words = f"正文写“{quote}”，{yards[0].where}是 {yards[0].shown}。请核对后改成一致。"
                related = tuple(cell.place for yard in yards for cell in yard.cells)
                yield _at(source, start, end, item, words, expected=yards[0].shown, difference=yards[0].shown, related=related)

        yield from _said_to_be_there(desk, story, known, source)


def _said_to_be_there(desk: Desk, story: Story, known: Vocabulary, source: Passage) -> Iterator[Saw]:
    """“……在公务用车购置费中列支”, where the table has 0."""
    for match in known.listed.finditer(source.folded) if known.listed else ():
        found, scope = known.lexicon.at(match["what"], 0), story.scope(source, match.start())
        if found is None or found[1].kind not in {"item", "subject"} or found[0] != match["what"]:
            continue
        clauses = re.split(r"(?<=[。;\n，,])", source.folded[: match.start()])
        if scope.owner == OTHERS or scope.period not in {"", THIS} or re.search("应|不得|可|未|拟|严禁|禁止|如", clauses[-1]):
            continue
        yards = desk.yards.of(found[1].name, "execution")
        yield Looked(1)
        if yards and not any(yard.atoms for yard in yards):
            start = match.start() - sum(map(len, clauses[-2:] if clauses[-2:-1] and clauses[-2][-1] in "，," else clauses[-1:]))
            words = f"正文写“{_quoted(source.text[start : match.end()])}”，{yards[0].where}是 0。请核对后改成一致。"
            related = tuple(cell.place for yard in yards for cell in yard.cells)
            yield _at(source, start, match.end(), found[1].name, words, expected="0", related=related)


@cache
def _absence_pattern(absent: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"(?P<no>{_any(absent)})(?P<what>[^，,。;:!?()\n]{{2,30}})(?=[，,。;:!?()\n]|$)")


def _is_plain(clause: str, lexicon: Lexicon) -> bool:
    """Whether nobody and nothing narrower is the subject of “没有”."""
    words = read(clause, lexicon)[0]
    return words is not None and not any(word.kind in {"item", "subject", "rate", "indicator"} for word in words)


def _absences(source: Passage, known: Vocabulary, lexicon: Lexicon) -> Iterator[tuple[int, int, str]]:
    """Every “没有 …” whose object is an item of the form and nothing else."""
    pattern = _absence_pattern(known.words["absent"])
    doubtful = known.words["hypothetical"]
    for match in pattern.finditer(source.folded):
        before = re.split(r"[。;!?\n]", source.folded[: match.start()])[-1]
        clause = re.split(r"[，,:]", before)[-1]
        if any(word in clause for word in doubtful) or clause.endswith(("有", "中", "并")) or not _is_plain(clause, lexicon):
            continue
        position, what = 0, match["what"]
        named: list[str] = []
        while position < len(what):
            filler = next((word for word in known.words["absent_fillers"] if what.startswith(word, position)), "")
            found = known.lexicon.at(what, position)
            if found and found[1].kind in {"item", "subject"} and len(found[0]) >= len(filler):
                named.append(found[1].name)
                position += len(found[0])
            elif filler or what[position] in " “”":
                position += max(len(filler), 1)
            elif what.startswith("支出", position) or what.startswith("资金", position):
                position += 2
            else:
                named = []
                break
        yield from ((match.start(), match.end(), name) for name in dict.fromkeys(named))


# ------------------------------------------------------------------------------------------------------ score and grade


@cache
def _score_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"(?P<what>{_any(words)})(?:结果)?(?:为|是|达到|达)?:?\\s*(?P<number>\\d+(?:\\.\\d+)?)\\s*分(?!制|值)")


@cache
def _grade_pattern(words: tuple[str, ...], grades: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        f'(?:{_any(words)})(?:结果)?(?:为|是|评定为)?:?[“"「]?(?P<grade>{_any(grades)})[”"」]?(?:等次|等级|级|秀|好)?(?=[，,。;:!?()\n、]|$)'
    )


@rule("NAR109", "正文的得分、等级与表内不符", severity=Severity.ERROR, basis=MEASURES, relations=("C39",))
def score_and_grade(desk: Desk) -> Iterator[Saw]:
    """正文写的自评得分与基本信息不一致，等级与分数、与表内等级不一致，或满分写的不是 100 分。"""
    story, known = desk.story, desk.vocabulary
    if story is None or known is None:
        yield Skipped("NAR109", MISSING)
        return
    total = desk.role("self_total")
    score: Decimal | None = None
    for source in story.passages:
        for match in _score_pattern(known.words["score"]).finditer(source.folded):
            around = source.folded[max(match.start() - 6, 0) : match.start()]
            scope = story.scope(source, match.start())
            if scope.owner == OTHERS or scope.period not in {"", THIS}:
                continue
            if "满分" in around or (match["what"] == "总分" and not re.search(r"自评|评价", around)):
                continue
            if re.search(r"上年|去年|指标$|平均|由$|从$", around):
                continue
            score = Decimal(match["number"])
            yield Looked(1)
            if (
                total is not None
                and total.number is not None
                and score != total.number
                and not _rounds_to(total.number, match["number"])
            ):
                words = f"正文写“{_quoted(match.group())}”，{_where(total)}填的是 {total.text} 分。请核对后改成一致。"
                yield _at(
                    source, match.start(), match.end(), match["what"], words,
                    expected=f"{total.text} 分", difference=f"{plain(score - total.number)} 分", related=(total.place,),
                )  # fmt: skip
        yield from _grade(desk, story, source, score)
        yield from _full_mark(desk, source)
        yield from _bands(desk, source)


def _rounds_to(number: Decimal, numeral: str) -> bool:
    digits = len(numeral.partition(".")[2])
    return abs(number - Decimal(numeral)) * 2 <= Decimal(1).scaleb(-digits)


def _where(cell: Cell) -> str:
    return f"《{cell.sheet}》“{cell.row}”"


def _grade(desk: Desk, story: Story, source: Passage, score: Decimal | None) -> Iterator[Saw]:
    assert desk.vocabulary is not None
    total, grade = desk.role("self_total"), desk.role("self_grade")
    names = tuple(one.name for one in desk.template.grades)
    for match in _grade_pattern(desk.vocabulary.words["grade"], names).finditer(source.folded):
        typed, number = match["grade"], score if score is not None else total.number if total else None
        if story.scope(source, match.start()).owner == OTHERS:
            continue
        yield Looked(1)
        right = desk.template.grade(Fraction(number)) if number is not None else ""
        if right and typed != right:
            words = f"正文写“{_quoted(match.group())}”，{plain(number) if number is not None else ''} 分应为“{right}”。请改正。"
            yield _at(
                source, match.start(), match.end(), "自评等级", words, expected=right, related=(total.place,) if total else ()
            )
        elif not right and grade is not None and grade.text in names and grade.text != typed:
            words = f"正文写“{_quoted(match.group())}”，{_where(grade)}填的是“{grade.text}”。请核对后改成一致。"
            yield _at(source, match.start(), match.end(), "自评等级", words, expected=grade.text, related=(grade.place,))


_FULL = re.compile(r"满分(?:值)?(?:为|是)?(\d+)分")


_BAND = re.compile(
    r"(?P<low>\d{1,3})分?(?:[(〔]含[)〕])?(?:[至到—~-]+)\d{1,3}分?(?:[(〔](?:不含|含)[)〕])?(?:的)?[为是]?[“\"]?(?P<grade>[优良中差])"
)


def _bands(desk: Desk, source: Passage) -> Iterator[Saw]:
    """“75（含）至 90 分为良”, where 良 starts at another score."""
    lows = {one.name: one.floor for one in desk.template.grades}
    for match in _BAND.finditer(source.folded):
        low = lows.get(match["grade"])
        yield Looked(1)
        if low is not None and Fraction(match["low"]) != low:
            words = (
                f"正文写“{_quoted(source.text[match.start() : match.end()])}”，规定“{match['grade']}”从 {plain(low)} 分起。请改正。"
            )
            yield _at(source, match.start(), match.end(), "等级分档", words, expected=f"{plain(low)} 分起")


def _full_mark(desk: Desk, source: Passage) -> Iterator[Saw]:
    whole = desk.template.full_mark + desk.template.execution_weight
    allowed = {whole, desk.template.full_mark, desk.template.execution_weight}
    for match in _FULL.finditer(source.folded):
        number = Fraction(int(match[1]))
        before = source.folded[max(match.start() - 12, 0) : match.start()]
        about_total = bool(re.search(r"总分|得分|自评|评价", before)) and "指标" not in before
        execution = bool(re.search(r"执行率(?:指标)?(?:一项)?$", before))
        if execution and number != desk.template.execution_weight:
            right = f"{plain(desk.template.execution_weight)} 分"
            words = f"正文写“{_quoted(match.group())}”，预算执行率的分值是 {right}。请改正。"
            yield _at(source, match.start(), match.end(), "满分", words, expected=right)
        elif about_total and number not in allowed and all(number != line.weight for line in desk.lines):
            words = f"正文写“{_quoted(match.group())}”，本表满分是 {plain(whole)} 分。请改正。"
            yield _at(source, match.start(), match.end(), "满分", words, expected=f"{plain(whole)} 分")


@rule("NAR116", "写了得分没有写等级", severity=Severity.NOTE, basis=MEASURES, relations=("C39",))
def score_without_grade(desk: Desk) -> Iterator[Saw]:
    """正文有自评得分，通篇没有写等级。报告正文和随附的 Word 报告各自看。"""
    story, known = desk.story, desk.vocabulary
    if story is None or known is None:
        yield Skipped("NAR116", MISSING)
        return
    names = _any(tuple(one.name for one in desk.template.grades))
    graded = re.compile(rf"等级|等次|[“\"]({names})[”\"]|为(?:{names})(?=[，,。;]|$)")
    for sheet in dict.fromkeys(source.place.sheet for source in story.passages):
        sources = [source for source in story.passages if source.place.sheet == sheet]
        yield Looked(len(sources))
        scores = ((source, m) for source in sources for m in _score_pattern(known.words["score"]).finditer(source.folded))
        first = next(((source, match) for source, match in scores if match["what"] != "总分"), None)
        if first and not any(graded.search(source.folded) for source in sources):
            source, match = first
            right = desk.template.grade(Fraction(match["number"]))
            words = f"正文写“{_quoted(match.group())}”，没有写等级。按分数应为“{right}”，请补写。"
            yield _at(source, match.start(), match.end(), "自评等级", words, expected=right)


# ------------------------------------------------------------------------------------------------------ names, years


_REPORT_YEAR = re.compile(
    r"(20\d\d)年(?:度)?(?=(?:[^，,。;:年]{0,12})?(?:部门)?(?:\(?单位\)?)?整体支出(?:绩效|进行|情况)|[^，,。;:年]{0,4}部门整体评价)"
)
_SUBJECTS_AFTER = r"(?![内里外门分理公事好学案托派员落线有在属以伍对会区部限面价来议同计务市县省])"


@rule("NAR110", "正文写的不是本单位或本年度", severity=Severity.ERROR, basis=OWN, relations=("C69",))
def somebody_else(desk: Desk) -> Iterator[Saw]:
    """评价年度写成别的年度；自称“我办”“我局”而单位不是办、局，多半是从别处复制来的。"""
    story, known = desk.story, desk.vocabulary
    if story is None or known is None:
        yield Skipped("NAR110", MISSING)
        return
    year, department = desk.submission.year, tidy(desk.submission.department)
    for source in story.passages:
        yield Looked(1)
        for match in _REPORT_YEAR.finditer(source.folded):
            before = source.folded[max(match.start() - 6, 0) : match.start()]
            after = re.split(r"[。\n]", source.folded[match.end() :])[0]
            sentence = re.split(r"[。\n]", source.folded[: match.start()])[-1] + after
            if story.scope(source, match.start()).foreign:
                continue
            if year and int(match[1]) != year and not _looks_back(before, after, f"{year}年" in sentence):
                end = match.end() + len(re.split(r"[，,。;:]", source.folded[match.end() : match.end() + 10])[0])
                words = f"正文写“{_quoted(source.text[match.start() : end])}”，评价年度是 {year} 年。请改正。"
                yield _at(source, match.start(), end, "评价年度", words, expected=f"{year}年")
        yield from _wrong_name(source, department)
        yield from _wrong_self(source, department, known)


_NAMED_REPORT = re.compile(
    r"(?P<name>[\u4e00-\u9fa5]{2,16}?(?:局|委员会|办公室|中心|人民政府|委|办|院|校|学|馆|站|会|镇|乡|街道))"
    r"(?:关于)?20\d\d年度?(?=部门(?:\(单位\))?整体支出|单位整体支出|整体支出|部门整体)"
)


def _wrong_name(source: Passage, department: str) -> Iterator[Saw]:
    """“某某局 2023 年度部门整体支出绩效评价报告” in another office's report; a bureau may well evaluate others in a sentence."""
    for match in _NAMED_REPORT.finditer(source.folded):
        name = re.split("对|关于|开展|组织|完成|汇总|审核", match["name"])[-1]
        own = department.endswith(name) or name.endswith(department) or name[-4:] == department[-4:] or name in department
        sentence = re.split(r"[。\n]", source.folded[match.end() :])[0]
        title = source.folded[: match.start("name")].rpartition("\n")[2].strip() == "" and sentence.endswith(("报告", "表"))
        itself = "自评" in sentence and "如下" in sentence
        if department and len(name) > 2 and not own and (title or itself):
            start = match.end("name") - len(name)
            words = f"正文写的是“{name}”，填报单位是“{department}”。请核对是否误用了别的单位的文字。"
            yield _at(source, start, match.end(), "部门名称", words, expected=department)
            return


def _looks_back(before: str, after: str, both_years: bool) -> bool:
    """Whether another year's evaluation is meant: compared with, its results put to use, done in this year."""
    return both_years or bool(re.search(r"上年|去年|较|比|以来|自", before) or re.search(r"整改|结果|发现|问题|应用", after))


@cache
def _self_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"(?<![自你])我({_any(words)}){_SUBJECTS_AFTER}")


def _wrong_self(source: Passage, department: str, known: Vocabulary) -> Iterator[Saw]:
    if not known.selves or not department:
        return
    wrong = [m for m in _self_pattern(tuple(known.selves)).finditer(source.folded) if not department.endswith(known.selves[m[1]])]
    wrong = [m for m in wrong if m[1] not in department[-4:]]
    if wrong:
        first = wrong[0]
        end = min(first.end() + 6, len(source.text))
        end = first.start() + len(re.split(r"[，,。;:]", source.folded[first.start() : end])[0])
        words = f"正文自称“{first.group()}”，填报单位是“{department}”。请核对是否误用了别的单位的文字。"
        yield _at(
            source, first.start(), end, first.group(), words, expected="我单位", count=len(wrong), severity=Severity.WARNING
        )  # fmt: skip


# ------------------------------------------------------------------------------------------------------ leftovers


@rule("NAR111", "模板残留", severity=Severity.ERROR, basis=OWN, relations=("C69",))
def leftovers(desk: Desk) -> Iterator[Saw]:
    """正文里还留着占位符（XX）、没有选定的“增加（减少）”或填写提示（100字以内）。"""
    story, known = desk.story, desk.vocabulary
    if story is None or known is None:
        yield Skipped("NAR111", MISSING)
        return
    for source in story.passages:
        yield Looked(1)
        for title, pattern in known.leftovers:
            found = list(pattern.finditer(source.folded))
            if found:
                match = found[0]
                start, end = max(match.start() - 8, 0), min(match.end() + 8, len(source.text))
                start += len(source.folded[start : match.start()]) - len(
                    re.split(r"[，,。;:\n]", source.folded[start : match.start()])[-1]
                )
                end = match.end() + len(re.split(r"[，,。;:\n]", source.folded[match.end() : end])[0])
                words = f"正文“{_quoted(source.text[start:end])}”是模板里的{title}，没有改成实际内容。请填写。"
                yield _at(source, start, end, title, words, expected="实际内容", count=len(found))


@rule("NAR112", "科目名称不规范", severity=Severity.NOTE, basis="《政府收支分类科目》：支出功能分类应用规范名称")
def odd_subject_names(desk: Desk) -> Iterator[Saw]:
    """支出功能分类科目写成了别的名称，或与规范名称只差一两个字。"""
    story, known = desk.story, desk.vocabulary
    if story is None or known is None or known.subjects is None:
        yield Skipped("NAR112", MISSING)
        return
    for source in story.passages:
        yield Looked(1)
        for wrong, right in known.subjects.wrong.items():
            if (at := source.folded.find(wrong)) >= 0:
                words = f"正文写“{wrong}”，规范名称是“{right}”。请改正。"
                yield _at(source, at, at + len(wrong), right, words, expected=right)
        for match in _SUBJECT.finditer(source.folded):
            if found := _nearly(match.group(), known):
                typed, name = found
                words = f"正文写“{typed}”，规范名称是“{name}”。请改正。"
                yield _at(source, match.end() - len(typed), match.end(), name, words, expected=name)


_SUBJECT = re.compile(r"[\u4e00-\u9fa5]{4,}?支出(?![\u4e00-\u9fa5]*支出)")


def _nearly(words: str, known: Vocabulary) -> tuple[str, str] | None:
    """The end of `words` that is an official name but for one letter, and that name."""
    assert known.subjects is not None
    if any(words.endswith(name) for name in (*known.subjects.names, *known.subjects.wrong)):
        return None
    for name in known.subjects.names:
        end = words[-len(name) :]
        differ = sum(one != other for one, other in zip(end, name, strict=False))
        if len(name) >= 6 and len(end) == len(name) and differ == 1:
            return end, name
    return None


# ------------------------------------------------------------------------------------------------------ numbers of headings


_NUMERALS = "一二三四五六七八九十"
_STYLES = (
    ("一、", re.compile(r"(?:^|\n)\s*([一二三四五六七八九十]{1,2})、")),
    ("（一）", re.compile(r"(?:^|[\n。;:])\s*\(([一二三四五六七八九十]{1,2})\)")),
    ("1", re.compile(r"(?:^|\n)\s*(\d{1,2})([.、])(?!\d)")),
    ("一是", re.compile(r"(?:^|[\n。;:，])\s*([一二三四五六七八九十])是")),
)
_CHAPTER = _STYLES[0][0]
_SPOKEN = _STYLES[3:]


def _ordinal(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, _, ones = text.rpartition("十")
    if "十" not in text:
        return _NUMERALS.index(text) + 1
    return (_NUMERALS.index(tens) + 1 if tens else 1) * 10 + (_NUMERALS.index(ones) + 1 if ones else 0)


@rule("NAR113", "序号不连续", severity=Severity.NOTE, basis="公文格式：结构层次序数依次为“一、”“（一）”“1.”“（1）”，逐级连续")
def heading_numbers(desk: Desk) -> Iterator[Saw]:
    """序号跳过、重复或不是从一开始，例如“一是……三是……”，或一段文字以“6、”起头。"""
    story = desk.story
    if story is None:
        yield Skipped("NAR113", MISSING)
        return
    for group in _texts(desk, story):
        yield Looked(len(group))
        by_word = any(source.numbered for source in group)  # what Word numbers by itself is not in the text
        counted = _Counting()
        for source in group:
            yield from counted.odd(source, _SPOKEN if by_word else _STYLES)


def _texts(desk: Desk, story: Story) -> Iterator[tuple[Passage, ...]]:
    """Passages that are read on from one to the next: the paragraphs of a Word report; a cell stands alone."""
    files = {document.file for document in desk.submission.documents}
    yield from ((source,) for source in story.passages if source.place.sheet not in files)
    for file in sorted(files):
        yield tuple(source for source in story.passages if source.place.sheet == file)


class _Counting:
    """The numbers met so far: of each style those that a next one may follow (lists stand inside lists)."""

    def __init__(self) -> None:
        self.open: dict[str, list[int]] = {}
        self.chapter = 0

    def odd(self, source: Passage, styles: tuple[tuple[str, re.Pattern[str]], ...]) -> Iterator[Saw]:
        """The first number of each style in a passage that follows nothing."""
        for style, pattern in styles:
            told = False
            for match in pattern.finditer(source.folded):
                number = _ordinal(match[1])
                mark = style if match.lastindex == 1 else f"{style}{match[2]}"
                if self._follows(mark, number) or told:
                    continue
                told = True
                yield self._flag(source, match, number, mark)

    def _follows(self, mark: str, number: int) -> bool:
        """Whether the number begins a list, or goes on with one; then it is the last of that list."""
        chapter = mark == _CHAPTER
        begun = chapter and not self.chapter
        found = self.open.setdefault(mark, [])
        at = next((at for at in reversed(range(len(found))) if found[at] == number - 1), None)
        if chapter:
            self.open, found, self.chapter = {_CHAPTER: [number]}, [], number
        else:
            del found[len(found) if at is None else at :]
            found.append(number)
        return number == 1 or at is not None or begun

    def _flag(self, source: Passage, match: re.Match[str], number: int, mark: str) -> Flag:
        end = min(match.end() + 8, len(source.text))
        shown = _quoted(re.split(r"[。;\n]", source.text[match.start() : end].strip("。；;，：: \n"))[0])
        before = self.open[mark][-2] if len(self.open[mark]) > 1 else 0
        why, right = (f"前一个是第 {before} 项", str(before + 1)) if before else ("前面没有第 1 项", "1")
        if mark != _CHAPTER and self.chapter and number == self.chapter + 1:
            right = f"{_numeral(number)}、"
            why = f"前面各部分用的是“{_numeral(self.chapter)}、”，这里应为“{right}”"
        words = f"正文“{shown}”的序号是 {number}，{why}。请核对序号。"
        return _at(source, match.start(), end, "序号", words, expected=right)


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else f"{_NUMERALS[tens - 1]}十") + (_NUMERALS[ones - 1] if ones else "")


_DATE = re.compile(r"(?:(20\d\d)年)?(\d{1,2})月(?:(\d{1,2})[日号])?(?!龄)")


@rule("NAR114", "日期不存在", severity=Severity.ERROR, basis=OWN)
def impossible_dates(desk: Desk) -> Iterator[Saw]:
    """写了日历上没有的日期，例如 2 月 30 日、13 月。"""
    story = desk.story
    if story is None:
        yield Skipped("NAR114", MISSING)
        return
    for source in story.passages:
        for match in _DATE.finditer(source.folded):
            if match.start() and source.folded[match.start() - 1].isdigit():
                continue
            yield Looked(1)
            if not _exists(int(match[1] or 2000), int(match[2]), int(match[3] or 1)):
                words = f"正文写“{match.group()}”，日历上没有这一天。请改正。"
                yield _at(source, match.start(), match.end(), "日期", words, expected="有这一天")


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


@rule("NAR115", "建议与数字不合", severity=Severity.NOTE, basis=SAME, relations=("C70",))
def empty_advice(desk: Desk) -> Iterator[Saw]:
    """建议针对的事表里没有（结转资金、出国费为 0，没有超编、超预算），多半是照抄。"""
    story, known = desk.story, desk.vocabulary
    if story is None or known is None:
        yield Skipped("NAR115", MISSING)
        return
    for advice in known.advice:
        cells = [cell for ref in advice.zero or advice.within if (cell := desk.yards.cell(ref)) and cell.number is not None]
        if not cells or not _is_empty(advice, cells):
            continue
        for source in story.passages:
            yield Looked(1)
            if match := advice.pattern.search(source.folded):
                words = f"正文“{_quoted(source.text[match.start() : match.end()])}”，但{advice.says}（《{cells[0].sheet}》{cells[0].ref} 为 {cells[0].text}）。请核对是否照抄。"
                yield _at(source, match.start(), match.end(), advice.title, words, expected=advice.says, related=(cells[0].place,))
