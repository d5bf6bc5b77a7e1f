"""NAR109, NAR116: scores, full marks and grades in the written report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache

from jixiao_xlsx.checking.bases import TOTAL_AND_GRADES
from jixiao_xlsx.checking.rule import Looked, Observation, rule
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.language.clauses import Passage
from jixiao_xlsx.prose.language.scope import OTHERS, THIS
from jixiao_xlsx.prose.proof_flags import with_proofs
from jixiao_xlsx.prose.rules.absences import alternatives, flag_passage, short_quote
from jixiao_xlsx.prose.rules.figures import NO_REPORT
from jixiao_xlsx.prose.statements import ReportStatements
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.findings import Skipped
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain


@cache
def _score_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        f"(?P<what>{alternatives(words)})(?:结果)?(?:为|是|达到|达)?:?\\s*(?P<number>\\d+(?:\\.\\d+)?)"
        f"\\s*分(?!制|值)"
    )


@cache
def _grade_pattern(words: tuple[str, ...], grades: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        f'(?:{alternatives(words)})(?:结果)?(?:为|是|评定为)?:?[“"「]?(?P<grade>{alternatives(grades)})'
        f'[”"」]?(?:等次|等级|级|秀|好)?(?=[，,。;:!?()\n、]|$)'
    )


@rule(
    "NAR109",
    "正文的得分、等级与表内不符",
    severity=Severity.ERROR,
    basis=TOTAL_AND_GRADES,
    relations=("C39",),
)
def score_and_grade(evidence: ProseEvidence) -> Iterator[Observation]:
    """正文写的自评得分与基本信息不一致，等级与分数、与表内等级不一致，或满分写的不是 100 分；
    各组、各项指标的得分、扣分与绩效评价表不一致。

    改法：以基本信息里的自评总分、等级为准改正文字。
    """
    yield from with_proofs(evidence, "score", _scores_and_grades(evidence))


def _scores_and_grades(evidence: ProseEvidence) -> Iterator[Observation]:
    """Yield scores, grades and full marks of the whole that are not the workbook's."""
    statements, vocabulary = evidence.statements, evidence.vocabulary
    if statements is None or vocabulary is None:
        yield Skipped(NO_REPORT)
        return
    total = evidence.role("self_total")
    score: Decimal | None = None
    wrong: set[Decimal] = set()  # scores already reported
    for source in statements.passages:
        for match in _score_pattern(vocabulary.words["score"]).finditer(source.folded):
            around = source.folded[max(match.start() - 6, 0) : match.start()]
            if not _is_ours(statements, source, match):
                continue
            if "满分" in around or (match["what"] in _BARE and not _is_self_given(source, match)):
                continue
            if re.search(r"上年|去年|指标$|平均|由$|从$", around) or _is_of_execution(
                evidence, match
            ):
                continue
            score = Decimal(match["number"])
            yield Looked(1)
            if (
                total is not None
                and total.number is not None
                and score != total.number
                and not _rounds_to(total.number, match["number"])
            ):
                wrong.add(score)
                words = (
                    f"正文写“{short_quote(match.group())}”，{_where(total)}填的是 {total.text} 分。"
                )
                yield flag_passage(
                    source,
                    match.start(),
                    match.end(),
                    match["what"],
                    words,
                    "请核对后改成一致。",
                    expected=f"{total.text} 分",
                    difference=f"{plain(score - total.number)} 分",
                    related=(total.place,),
                )
        yield from _grade(evidence, statements, source, score, wrong)
        yield from _full_mark(evidence, source)
        yield from _bands(evidence, source)
        yield from _execution_score(evidence, statements, source)


def _is_of_execution(evidence: ProseEvidence, match: re.Match[str]) -> bool:
    """Return whether the score is that of 预算执行率: “该指标分值 10 分，自评得分 9.74 分”."""
    cell = evidence.execution("score")
    text = match.string
    before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    return cell is not None and Decimal(match["number"]) == cell.number and "执行率" in before


_BARE = {"总分", "自评"}
_GRADED = re.compile(
    r"[，,(]?[^。;\n\d]{0,6}?(?:等级|等次|评价|评定|[“\"为是]?[优良中差](?![一-龥]))"
)
_OF_A_PART = re.compile("指标|部分|投入|过程|产出|效益|效果|管理|建设|执行|满意|级|项目|方面|维度")


def _is_self_given(source: Passage, match: re.Match[str]) -> bool:
    """Return whether a bare “总分 93.56 分” is the self-score: the sentence states it, or the grade
    follows, as after “自评 97.41 分”.
    """
    before = re.split(r"[。;\n]", source.folded[: match.start()])[-1]
    if match["what"] == "自评":
        return bool(_GRADED.match(source.folded, match.end())) and not _OF_A_PART.search(
            re.split("[，,:(]", before)[-1]
        )
    return bool(re.search("自评|评价", before[-6:]) or re.search("自评|打分|预算执行率", before))


def _is_ours(statements: ReportStatements, source: Passage, match: re.Match[str]) -> bool:
    """Return whether the score is the department's of this year."""
    scope = statements.scope(source, match.start())
    return scope.owner != OTHERS and scope.period in {"", THIS}


def _rounds_to(number: Decimal, numeral: str) -> bool:
    digits = len(numeral.partition(".")[2])
    return abs(number - Decimal(numeral)) * 2 <= Decimal(1).scaleb(-digits)


def _where(cell: Cell) -> str:
    return f"《{cell.sheet}》“{cell.row}”"


def _grade(
    evidence: ProseEvidence,
    statements: ReportStatements,
    source: Passage,
    score: Decimal | None,
    wrong: set[Decimal],
) -> Iterator[Observation]:
    assert evidence.vocabulary is not None
    total, grade = evidence.role("self_total"), evidence.role("self_grade")
    names = tuple(one.name for one in evidence.template.grades)
    for match in _grade_pattern(evidence.vocabulary.words["grade"], names).finditer(source.folded):
        near = _score_before(evidence, source, match.start())
        score = near if near is not None else score
        if match.group().startswith("评为") and near is None:
            continue  # a person or a unit may be 评为优秀
        typed, number = (
            match["grade"],
            score if score is not None else total.number if total else None,
        )
        if statements.scope(source, match.start()).owner == OTHERS:
            continue
        yield Looked(1)
        right = evidence.template.grade(Fraction(number)) if number is not None else ""
        if (
            near in wrong
            and total
            and total.number is not None
            and typed == evidence.template.grade(Fraction(total.number))
        ):
            continue  # the score is what is wrong
        if right and typed != right:
            words = (
                f"正文写“{short_quote(match.group())}”，{plain(number) if number is not None else ''} "
                f"分应为“{right}”。"
            )
            yield flag_passage(
                source,
                match.start(),
                match.end(),
                "自评等级",
                words,
                "请改正。",
                expected=right,
                related=(total.place,) if total else (),
            )
        elif not right and grade is not None and grade.text in names and grade.text != typed:
            words = f"正文写“{short_quote(match.group())}”，{_where(grade)}填的是“{grade.text}”。"
            yield flag_passage(
                source,
                match.start(),
                match.end(),
                "自评等级",
                words,
                "请核对后改成一致。",
                expected=grade.text,
                related=(grade.place,),
            )


def _score_before(evidence: ProseEvidence, source: Passage, position: int) -> Decimal | None:
    """Return the score stated before in the sentence, which the grade is of, whatever its year."""
    assert evidence.vocabulary is not None
    start = max(source.folded.rfind(stop, 0, position) for stop in "。;\n") + 1
    matches = list(
        _score_pattern(evidence.vocabulary.words["score"]).finditer(source.folded, start, position)
    )
    own_scores = [
        match for match in matches if match["what"] != "自评" or _is_self_given(source, match)
    ]
    return Decimal(own_scores[-1]["number"]) if own_scores else None


_EXECUTION_SCORE = re.compile(
    r"(?:预算执行率(?:指标)?|执行率[^。;\n得]{0,16}[。;]该项?(?:指标)?)[^。;\n得]{0,24}?(?:自评)?得分?(?:为)"
    r"?(?P<number>\d+(?:\.\d+)?)分"
)


def _execution_score(
    evidence: ProseEvidence, statements: ReportStatements, source: Passage
) -> Iterator[Observation]:
    """Yield a wrong score of 预算执行率: “预算执行率指标分值 10 分，自评得 9.47 分”."""
    cell = evidence.execution("score")
    for match in (
        _EXECUTION_SCORE.finditer(source.folded) if cell and cell.number is not None else ()
    ):
        scope = statements.scope(source, match.start())
        before = source.folded[max(match.start() - 6, 0) : match.start()]
        if (
            scope.owner == OTHERS
            or scope.period not in {"", THIS}
            or re.search("支出$|采购$|项目$|资金$|[和与及加]$", before)
        ):
            continue
        yield Looked(1)
        assert cell is not None and cell.number is not None
        if Decimal(match["number"]) != cell.number and not _rounds_to(cell.number, match["number"]):
            words = f"正文写“{short_quote(match.group())}”，{_where(cell)}的得分是 {cell.text} 分。"
            yield flag_passage(
                source,
                match.start(),
                match.end(),
                "预算执行率得分",
                words,
                "请核对后改成一致。",
                expected=f"{cell.text} 分",
                related=(cell.place,),
            )


_FULL = re.compile(r"满分(?:值)?(?:为|是)?(\d+)分")


_BAND = re.compile(
    r"(?P<low>\d{1,3})分?(?:[(〔]含[)〕])?(?:[至到—~-]+)\d{1,3}分?(?:[(〔](?:不含|含)[)〕])?(?:的)"
    r"?[为是]?[“\"]?(?P<grade>[优良中差])"
)


def _bands(evidence: ProseEvidence, source: Passage) -> Iterator[Observation]:
    """Yield a wrong grade band: “75（含）至 90 分为良”, where 良 starts at another score."""
    lows = {one.name: one.floor for one in evidence.template.grades}
    for match in _BAND.finditer(source.folded):
        low = lows.get(match["grade"])
        yield Looked(1)
        if low is not None and Fraction(match["low"]) != low:
            words = (
                f"正文写“{short_quote(source.text[match.start() : match.end()])}”，"
                f"规定“{match['grade']}”从 {plain(low)} 分起。"
            )
            yield flag_passage(
                source,
                match.start(),
                match.end(),
                "等级分档",
                words,
                "请改正。",
                expected=f"{plain(low)} 分起",
            )


def _weights(evidence: ProseEvidence) -> set[Fraction]:
    """Return the full marks of the indicators and of their groups."""
    sums: dict[str, Fraction] = {}
    for line in evidence.lines:
        for group in (line.level1, line.level2):
            sums[group] = sums.get(group, Fraction(0)) + line.weight
    return {*sums.values(), *(line.weight for line in evidence.lines)}


def _full_mark(evidence: ProseEvidence, source: Passage) -> Iterator[Observation]:
    whole = evidence.template.full_mark + evidence.template.execution_weight
    allowed = {whole, evidence.template.full_mark, evidence.template.execution_weight}
    for match in _FULL.finditer(source.folded):
        number = Fraction(int(match[1]))
        before = source.folded[max(match.start() - 12, 0) : match.start()]
        about_total = bool(re.search(r"总分|得分|自评|评价", before)) and "指标" not in before
        execution = bool(re.search(r"执行率(?:指标)?(?:一项)?$", before))
        if execution and number != evidence.template.execution_weight:
            right = f"{plain(evidence.template.execution_weight)} 分"
            words = f"正文写“{short_quote(match.group())}”，预算执行率的分值是 {right}。"
            yield flag_passage(
                source, match.start(), match.end(), "满分", words, "请改正。", expected=right
            )
        elif about_total and number not in {*allowed, *_weights(evidence)}:
            words = f"正文写“{short_quote(match.group())}”，本表满分是 {plain(whole)} 分。"
            yield flag_passage(
                source,
                match.start(),
                match.end(),
                "满分",
                words,
                "请改正。",
                expected=f"{plain(whole)} 分",
            )


@rule(
    "NAR116",
    "写了得分没有写等级",
    severity=Severity.NOTE,
    basis=TOTAL_AND_GRADES,
    relations=("C39",),
)
def score_without_grade(evidence: ProseEvidence) -> Iterator[Observation]:
    """正文有自评得分，通篇没有写等级。报告正文和随附的 Word 报告各自看。

    改法：在得分后写上等级。
    """
    statements, vocabulary = evidence.statements, evidence.vocabulary
    if statements is None or vocabulary is None:
        yield Skipped(NO_REPORT)
        return
    names = alternatives(tuple(one.name for one in evidence.template.grades))
    graded = re.compile(rf"等级|等次|[“\"]({names})[”\"]|(?:为|分[，,(])(?:{names})(?=[，,。;)]|$)")
    for sheet in dict.fromkeys(source.place.sheet for source in statements.passages):
        sources = [source for source in statements.passages if source.place.sheet == sheet]
        yield Looked(len(sources))
        scores = (
            (source, m)
            for source in sources
            for m in _score_pattern(vocabulary.words["score"]).finditer(source.folded)
        )
        own = (
            (source, match)
            for source, match in scores
            if match["what"] not in _BARE
            and _is_ours(statements, source, match)
            and not _is_of_execution(evidence, match)
        )
        first = next(own, None)
        if first and not any(graded.search(source.folded) for source in sources):
            source, match = first
            right = evidence.template.grade(Fraction(match["number"]))
            words = f"正文写“{short_quote(match.group())}”，没有写等级。按分数应为“{right}”。"
            yield flag_passage(
                source, match.start(), match.end(), "自评等级", words, "请补写。", expected=right
            )
