"""NAR118: numbers of a sentence that follow from each other, whatever they are of."""

from __future__ import annotations

from collections.abc import Iterator

from jixiao_xlsx.checking.bases import REPORT_ARITHMETIC
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, rule
from jixiao_xlsx.prose import tallies
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.proof_flags import with_proofs
from jixiao_xlsx.prose.rules.figures import NO_REPORT
from jixiao_xlsx.prose.statements import Chain, ReportStatements
from jixiao_xlsx.values.findings import Skipped
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain


@rule(
    "NAR118",
    "前后几个数算不上",
    severity=Severity.ERROR,
    basis=REPORT_ARITHMETIC,
    relations=("C64", "C71"),
)
def three_number_chains(evidence: ProseEvidence) -> Iterator[Observation]:
    """一句话里接连写的几个数互相算不上：预算减成交不等于节约，年初预算加追加不等于全年预算，平均数、扣分、百分点之差算错。

    改法：按前面的数重算后一个数；前面写错的，改前面。
    """
    yield from with_proofs(evidence, "other", _chains(evidence))


def _chains(evidence: ProseEvidence) -> Iterator[Observation]:
    """Yield three numbers in a row that do not hold."""
    statements = evidence.statements
    if statements is None:
        yield Skipped(NO_REPORT)
        return
    reported_elsewhere = {
        id(mention)
        for change in statements.changes
        for mention in (change.amount, change.rate)
        if change.base
    }
    reported_elsewhere |= {id(completion.mention) for completion in statements.completions} | {
        id(rate.mention) for rate in statements.rates
    }
    rated = {(id(source), match.end()) for source, _, match, _ in tallies.ratios(statements)}
    for chain in statements.chains:
        yield Looked(3)
        last = chain.numbers[2]
        if (
            id(last) not in reported_elsewhere
            and (id(last.passage), last.end) not in rated
            and not _contradicts_tables(evidence, statements, chain)
        ):
            yield _flag(chain)


def _contradicts_tables(
    evidence: ProseEvidence, statements: ReportStatements, chain: Chain
) -> bool:
    """Return whether a number contradicts the tables, which another rule reports."""
    mine = {id(mention) for mention in chain.numbers}
    facts = (fact for fact in statements.facts if id(fact.mention) in mine)
    return any(
        evidence.matcher.candidates(fact) and not evidence.matcher.agrees(fact) for fact in facts
    )


def _flag(chain: Chain) -> Flag:
    first, _, last = chain.numbers
    source = first.passage
    quote = source.text[max(first.start - len(first.lead), 0) : last.end].strip("，、；：。 \n")
    at_least_two = last.money or last.unit == "%"
    digits = max(last.decimals, 2) if at_least_two else last.decimals
    right = f"{plain(chain.right, digits)}{last.unit}"
    words = f"正文“{quote}”，按{chain.how}，“{last.numeral}{last.unit}”应为 {right}。"
    return Flag(
        source.place,
        source.title,
        source.title,
        quote,
        words,
        right,
        demand="请核对，改正写错的一个。",
        severity=None if chain.sure else Severity.NOTE,
    )
