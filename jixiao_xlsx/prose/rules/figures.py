"""NAR101: figures of the written report against the tables; what all its rules have in common."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jixiao_xlsx.checking.bases import SAME_AS_TABLES
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, rule
from jixiao_xlsx.prose import innocent_readings
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.innocent_readings import LIST_SEPARATORS
from jixiao_xlsx.prose.language.clauses import Mention
from jixiao_xlsx.prose.language.scope import OTHERS, PREVIOUS
from jixiao_xlsx.prose.proof_flags import with_proofs
from jixiao_xlsx.prose.statements import Fact
from jixiao_xlsx.prose.table_figures import TableFigure
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.digit_slips import is_slip
from jixiao_xlsx.values.findings import Expected, Skipped
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain, rounded

ROLE_LABELS = {
    "original": "年初预算",
    "budget": "全年预算",
    "plan": "预算",
    "execution": "决算（执行）",
    "previous": "上年",
    "quantity": "数量",
    "": "",
}
_SIGNIFICANT = 5  # digits that are no coincidence
NO_REPORT = "表单没有报告正文，或没有填"


def flag_mention(
    mention: Mention, item: str, problem: str, demand: str = "", **more: object
) -> Flag:
    """Return a flag at the passage, with the words of the report."""
    source = mention.passage
    place, title, quote = source.place, item or source.title, mention.quote
    more = {"demand": demand, **more}
    return Flag(place, title, source.title, quote, problem, **more)  # type: ignore[arg-type]


def quote_of(mention: Mention) -> str:
    """Return the words of the report, to stand in quotation marks."""
    return mention.quote.replace("“", "「").replace("”", "」")


@rule(
    "NAR101",
    "正文金额与表内不符",
    severity=Severity.ERROR,
    basis=SAME_AS_TABLES,
    relations=("C67",),
)
def differs_from_table(evidence: ProseEvidence) -> Iterator[Observation]:
    """正文写的金额、人数与表里同一事项同一口径的数对不上，四舍五入或截断都不能解释。

    写的数像是表内数的笔误（一位数不同、多一位或少一位、两位颠倒、小数点错位、取了同一事项另一列的数），或者句子写明了事项和口径、
    没有别的读法的，才算错误；两个数毫不相像的，可能说的不是同一项，只作提示。同段写明是另一科目、另一类的，正是那一格的数的，是预算与执行之差的，不提。
    相差最后一位的、说法口径不一的、可能说的是别的单位或上年的，只作提示。

    句子说到表里哪一行、哪一列的（各类调查对象的份数、各项任务的预算数和执行数），与那一格比；话里有没有认出的词的，不比。

    写的是上一年、数字却与本年度的表一致的，是警告：多半是年度没有改。

    改法：按表改文字；确是表填错的，改表。说的是别的单位、别的年度或一部分的，在句子里写明。
    """
    yield from with_proofs(evidence, "figure", _differing(evidence))


def _differing(evidence: ProseEvidence) -> Iterator[Observation]:
    """Yield figures of items of the form that differ from the tables."""
    statements = evidence.statements
    if statements is None:
        yield Skipped(NO_REPORT)
        return
    dated: set[tuple[int, int]] = set()
    for fact in statements.facts:
        yield from _of_another_year(evidence, fact)
        yield from _dated_back(evidence, fact, dated)
        figures = evidence.matcher.candidates(fact)
        if not figures and not fact.mention.approximate:
            yield from _of_nothing(evidence, fact)
        if not figures or fact.mention.approximate:
            continue
        yield Looked(1)
        if fact.subset:
            yield from _subset(fact, figures)
        elif (
            not evidence.matcher.agrees(fact)
            and not evidence.matcher.unit_in_doubt(fact)
            and not evidence.matcher.far_exceeds_department(fact)
        ):
            yield from _differs(evidence, fact, evidence.matcher.likely_meant(fact))


def _of_another_year(evidence: ProseEvidence, fact: Fact) -> Iterator[Observation]:
    """Yield the table's figure stated for a year that is not over when the report is written."""
    mention, year = fact.mention, evidence.submission.year
    if (
        not year
        or mention.year is None
        or mention.year <= year
        or not fact.item
        or mention.has("original", "budget", "plan", "target")
    ):
        return
    same = [
        figure
        for figure in evidence.table_figures.of(fact.item, "execution")
        if figure.meets(fact.believed)
    ]
    if same and len(mention.numeral.replace(".", "").strip("0")) >= _SIGNIFICANT:
        words = (
            f"正文写“{quote_of(mention)}”，"
            f"{mention.year} 年还没有决算，这个数是{same[0].where}（{year} 年）。"
        )
        yield flag_mention(
            mention,
            fact.item,
            words,
            "请改正年度。",
            expected=f"{year}年",
            related=(same[0].cells[0].place,),
        )


def _of_nothing(evidence: ProseEvidence, fact: Fact) -> Iterator[Observation]:
    """Yield a balance where the table has none: “年末结转和结余 3.61 万元”, its cell is blank, and all was
    spent.
    """
    item = evidence.vocabulary.items.get(fact.item) if evidence.vocabulary else None
    whole, spent = (
        (evidence.table_figures.cell(ref) for ref in item.rest)
        if item and len(item.rest) == 2
        else (None, None)
    )
    unsure = (
        fact.role not in {"", "execution"}
        or fact.doubt
        or fact.loose
        or fact.subset
        or fact.mention.scope.foreign
    )
    if (
        item is None
        or whole is None
        or spent is None
        or unsure
        or not fact.mention.value
        or evidence.table_figures.of(fact.item, "execution")
    ):
        return
    before = evidence.table_figures.of(fact.item, "previous") if fact.vague else ()
    if (
        whole.number is not None
        and whole.number == spent.number
        and not any(figure.meets(fact.believed) for figure in before)
    ):
        words = (
            f"正文写“{quote_of(fact.mention)}”，《{whole.sheet}》没有填“{item.name}”，“{whole.row}”等于“"
            f"{spent.row}”，应当没有。"
        )
        severity = Severity.NOTE if fact.vague else None
        yield flag_mention(
            fact.mention,
            item.name,
            words,
            "请核对后改成一致。",
            expected="0",
            related=(whole.place, spent.place),
            severity=severity,
        )


_FEW = 4  # the same with the item's name


def _dated_back(
    evidence: ProseEvidence, fact: Fact, dated: set[tuple[int, int]]
) -> Iterator[Observation]:
    """Yield this year's figure of an item stated for last year, in a paragraph that does not name
    this year: the date was not changed.

    `dated`: the sentences already reported.
    """
    mention, year = fact.mention, evidence.submission.year
    of_last_year = mention.scope.period == PREVIOUS or (
        year is not None and mention.year == year - 1
    )
    if not year or not of_last_year or not fact.item or mention.scope.owner == OTHERS:
        return
    text = mention.passage.folded
    start, line = (
        max(text.rfind(stop, 0, mention.start) for stop in "。!?\n") + 1,
        text.rfind("\n", 0, mention.start) + 1,
    )
    end = mention.end + len(re.split(r"[。!?\n]", text[mention.end :])[0])
    at = text.rfind(f"{year - 1}年", start, mention.start)
    if at < 0 or (id(mention.passage), start) in dated or f"{year}年" in text[line:end]:
        return
    known = evidence.table_figures.of(fact.item, "previous")
    same = [
        figure for figure in evidence.table_figures.of(fact.item, "") if figure.meets(fact.believed)
    ]
    significant = len(mention.numeral.replace(".", "").strip("0")) >= _FEW
    if (
        same
        and significant
        and not any(figure.meets(fact.believed) for figure in known)
        and (not known or fact.loose)
    ):
        dated.add((id(mention.passage), start))
        quote = mention.passage.text[
            at - 2 * text.startswith(("截至", "截止"), at - 2) : mention.end
        ]
        words = (
            f"正文写“{quote}”，写的是 {year - 1} 年，数字与 {year} 年的表一致（{same[0].where}是 "
            f"{same[0].display_text}）。"
        )
        yield Flag(
            mention.passage.place,
            fact.item,
            mention.passage.title,
            quote,
            words,
            f"{year}年",
            demand="请核对，多半是年度没有改。",
            related=(same[0].cells[0].place,),
            severity=Severity.WARNING,
        )


def _differs(
    evidence: ProseEvidence, fact: Fact, figures: tuple[TableFigure, ...]
) -> Iterator[Observation]:
    mention = fact.mention
    every = evidence.matcher.candidates(fact)
    if any(evidence.table_figures.mends(fact, figure) for figure in every):
        return
    innocent = innocent_readings.is_of_another_cell(
        fact, every, evidence.table_figures, _told_beside(evidence, fact)
    ) or innocent_readings.is_what_is_left(fact, evidence.table_figures)
    if evidence.statements and innocent_readings.is_of_another_subject(
        evidence.statements, fact, evidence.table_figures
    ):
        return
    if (
        innocent
        or innocent_readings.is_what_was_granted(fact, evidence.table_figures)
        or innocent_readings.is_of_one_source(fact, every, evidence.table_figures)
    ):
        return
    nearest = min(
        figures, key=lambda figure: abs(figure.atoms - mention.value * atoms_per(mention.unit))
    )
    unit, digits = mention.unit, max(mention.decimals, 2) if mention.money else 0
    right = rounded(nearest.atoms / atoms_per(unit), digits)
    difference = f"{plain(mention.value - nearest.atoms / atoms_per(unit), digits)}{unit}"
    both = f"正文写“{quote_of(mention)}”，{nearest.where}是 {nearest.display_text}"
    if nearest.unit != unit and mention.money:
        both += f"（{nearest.display_text_in(unit, mention.decimals)}）"
    severity, demand = _how_sure(evidence, fact, nearest)
    yield flag_mention(
        mention,
        "、".join(fact.items),
        f"{both}，相差 {difference.lstrip('-')}。",
        demand,
        expected=Expected(right, right, unit),
        difference=difference,
        related=tuple(cell.place for cell in nearest.cells),
        severity=severity,
    )


def _told_beside(evidence: ProseEvidence, fact: Fact) -> set[Place]:
    """Return the cells that the sentence gives with another number: this one is not of them."""
    statements = evidence.statements
    beside = innocent_readings.of_sentence(statements, fact.mention) if statements else ()
    return {
        cell.place
        for other in beside
        if other.items and other.items != fact.items and not other.subset
        for figure in evidence.matcher.agreeing(other)
        for cell in figure.cells
    }


def _how_sure(
    evidence: ProseEvidence, fact: Fact, figure: TableFigure
) -> tuple[Severity | None, str]:
    """Return how grave the difference is, and what to do: where the words could mean two things,
    which two.
    """
    if fact.doubt:
        return (
            Severity.NOTE,
            f"前文说的是“{fact.doubt}”，如这里也是，请写明；如是本单位的数，请改成一致。",
        )
    if fact.loose:
        return Severity.NOTE, "前文说到上年，如这里也是上年数，请写明；如是本年数，请改成一致。"
    if evidence.matcher.exceeds_department(fact):
        return (
            Severity.NOTE,
            "超过本单位全部支出的两倍，如是全县或别的单位的数，请写明；如是本单位的数，请改正。",
        )
    if fact.vague:
        return Severity.NOTE, "这个说法口径不一，如另有口径，请写明；如是同一口径，请改成一致。"
    gap = abs(fact.mention.value * atoms_per(fact.mention.unit) - figure.atoms)
    if fact.mention.money and figure.grid > 1 and gap <= max(fact.grid, figure.grid):
        return Severity.NOTE, "差最后一位，多半是取舍不同，请统一。"
    if not _is_mistaken(evidence, fact, figure):
        return (
            Severity.NOTE,
            "可能说的不是同一项，请核对：是同一项的，请改成一致；不是的，请写明是什么。",
        )
    guessed = fact.inherited and not evidence.table_figures.of(
        fact.item, fact.role
    )  # the role of the list's head, which the table has not
    return (Severity.WARNING if guessed else None), "请核对后改成一致。"


_ELSE = re.compile("另|此外|除|没有|未|尚")


def _is_mistaken(evidence: ProseEvidence, fact: Fact, figure: TableFigure) -> bool:
    """Return whether the figure looks like a slip of the table's, or was taken from another column,
    or the words leave no other reading.
    """
    mention, per = fact.mention, atoms_per(fact.mention.unit)
    if any(
        is_slip(mention.value, one.atoms / per, mention.decimals)
        for one in (figure, *evidence.matcher.candidates(fact))
    ):
        return True
    return innocent_readings.is_stale(fact, evidence.table_figures) or _is_plain(evidence, fact)


def _is_plain(evidence: ProseEvidence, fact: Fact) -> bool:
    """Return whether the words name the item by itself and what it is (a total, its 预算, its 决算), or
    stand among figures that agree.
    """
    mention, vocabulary = fact.mention, evidence.vocabulary
    assert evidence.statements is not None and vocabulary is not None
    if _ELSE.search(mention.gap) or _ELSE.match(mention.tail):
        return False
    near = [
        one
        for one in innocent_readings.of_sentence(evidence.statements, mention)
        if evidence.matcher.agrees(one)
    ]
    named = any(word.kind in {"item", "subject"} for word in mention.wide or mention.words or ())
    last = innocent_readings.before(evidence.statements, mention)
    opens = last is None and mention.gap.strip() == mention.lead.strip()
    if not named and not (opens and mention.has("spent", "earned")):
        return any(
            one.mention is last
            and (one.items == fact.items or mention.gap.strip() in LIST_SEPARATORS)
            for one in near
        )
    item = vocabulary.items.get(fact.item)
    kind = item.kind if item is not None else ""
    whole = kind and (
        kind != "total" or re.search(f"{re.escape(fact.item)}|合计|总计", mention.lead)
    )
    if whole or mention.has("execution", "original", "budget", "previous", "together"):
        return True
    sheets = {figure.cells[0].sheet for figure in evidence.matcher.candidates(fact)}
    return opens or any(
        figure.cells[0].sheet in sheets for one in near for figure in evidence.matcher.agreeing(one)
    )


def _subset(fact: Fact, figures: tuple[TableFigure, ...]) -> Iterator[Observation]:
    """Yield a part that exceeds its whole: “财政拨款基本支出” is a part of 基本支出."""
    figure = max(figures, key=lambda one: one.atoms)
    if fact.mention.money and fact.believed.lo > figure.span.hi:
        unit = fact.mention.unit
        limit = plain(figure.atoms / atoms_per(unit), 2)
        over = plain(fact.mention.value - figure.atoms / atoms_per(unit), 2)
        words = (
            f"正文写“{quote_of(fact.mention)}”，大于{figure.where} {figure.display_text}，"
            f"多 {over}{unit}。"
        )
        yield flag_mention(
            fact.mention,
            fact.item,
            words,
            "请核对后改正。",
            expected=f"不大于 {limit}{unit}",
            difference=f"{over}{unit}",
            related=tuple(cell.place for cell in figure.cells),
            severity=Severity.NOTE if fact.doubt or fact.loose else None,
        )
