"""NAR107: rates of completion and of the form."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.checking.bases import REPORT_ARITHMETIC
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, rule
from jixiao_xlsx.prose import tallies
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.proof_flags import with_proofs
from jixiao_xlsx.prose.rules.completed import miscalculated
from jixiao_xlsx.prose.rules.figures import (
    NO_REPORT,
)
from jixiao_xlsx.prose.rules.rates import RATES
from jixiao_xlsx.prose.statements import (
    ReportStatements,
)
from jixiao_xlsx.values.amounts import (
    Convention,
    Figure,
    Interval,
    rate_holds,
)
from jixiao_xlsx.values.findings import Skipped
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain


@rule(
    "NAR107",
    "完成率、执行率与数字不符",
    severity=Severity.ERROR,
    basis=REPORT_ARITHMETIC,
    relations=("C29", "C30"),
)
def completion_rates(evidence: ProseEvidence) -> Iterator[Observation]:
    """完成率按文字所说的基数（年初预算还是全年预算）复算；预算执行率、预算调整率、各类对象的满意度、指标业绩值与表内一致；
    基数为 0 不写百分比。

    没有写明基数，同段里有两个数正好得出所写的率的，写的是前面点名的另一行资金的执行率的，不提；与应有的率毫不相像，又不是按另一个预算数算出来的，句子也没有写明的，只作提示。

    改法：按文字所说的基数重算；与表内的率不一致的，改成一致。
    """
    yield from with_proofs(evidence, "completion", _completions(evidence))


def _completions(evidence: ProseEvidence) -> Iterator[Observation]:
    """Yield rates of items of the form that their figures contradict."""
    statements = evidence.statements
    if statements is None:
        yield Skipped(NO_REPORT)
        return
    for completion in statements.completions:
        if not evidence.matcher.unit_in_doubt(completion.part, completion.plan):
            yield Looked(1)
            yield from miscalculated(evidence, completion)
    yield from _ratios(statements)
    for source, match in tallies.rates(statements):
        yield Looked(1)
        stated, right = (
            Fraction(match["rate"]),
            Fraction(int(match["done"]) * 100, int(match["planned"])),
        )
        if abs(stated - right) >= Fraction(1, 10 ** len(match["rate"].partition(".")[2])):
            quote = source.text[match.start() : match.end()]
            words = f"正文“{quote}”，按所写数字复算为 {plain(right, 2)}%。"
            yield Flag(
                source.place,
                source.title,
                source.title,
                quote,
                words,
                f"{plain(right, 2)}%",
                demand="请改正。",
            )
    for rate in statements.rates:
        yield Looked(1)
        yield from RATES[rate.kind](evidence, rate)


def _ratios(statements: ReportStatements) -> Iterator[Observation]:
    """Yield rates of things that are only counted: 整改率, 审减率."""
    for source, start, match, whole in tallies.ratios(statements):
        figures = [
            Figure(
                Decimal(typed), "万元" if "元" in match["unit"] else match["unit"], _digits(typed)
            )
            for typed in (match["part"], whole)
        ]
        spans = [[figure.believed(how) for how in Convention] for figure in figures]
        part, base = (
            Interval(min(one.lo for one in both), max(one.hi for one in both)) for both in spans
        )
        step = Fraction(1, 10 ** (_digits(match["rate"]) + 2))
        yield Looked(1)
        if base.lo > 0 and not rate_holds(Fraction(match["rate"]) / 100, step, part, base):
            quote = source.text[start : match.end()].strip("，、；：。 \n")
            right = f"{plain(Fraction(match['part']) / Fraction(whole) * 100, 2)}%"
            words = (
                f"正文“{match['verb']}率”写“{match['rate']}%”，"
                f"按所写的 {match['part']} ÷ {whole} 复算为 {right}。"
            )
            yield Flag(
                source.place, source.title, source.title, quote, words, right, demand="请改正。"
            )


def _digits(typed: str) -> int:
    return len(typed.partition(".")[2])
