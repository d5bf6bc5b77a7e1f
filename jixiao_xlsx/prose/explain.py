"""A report as it was understood: each number, of what it is, and which word stopped it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.language.clauses import Mention, sentences
from jixiao_xlsx.prose.language.scope import OTHER, PREVIOUS
from jixiao_xlsx.prose.language.vocabulary import Lexicon
from jixiao_xlsx.prose.proofs.tokens import NOUN, tokenized
from jixiao_xlsx.prose.rules.figures import ROLE_LABELS
from jixiao_xlsx.prose.statements import Fact


def explained_lines(evidence: ProseEvidence) -> Iterator[str]:
    """Yield every sentence with a number, and under it a line for each number."""
    statements = evidence.statements
    if statements is None:
        return
    lexicon = statements.lexicon or Lexicon(())
    facts = {(id(one.mention.passage), one.mention.start): one for one in statements.facts}
    for source in statements.passages:
        mentions = statements.mentions.get(id(source), [])
        for start, sentence in sentences(source.folded):
            here = [one for one in mentions if start <= one.start < start + len(sentence)]
            if not here:
                continue
            text = source.text[start : start + len(sentence)].strip()
            yield f"{source.place}　{text}"
            yield from (f"　　{_line(evidence, one, facts, lexicon)}" for one in here)


def _line(
    evidence: ProseEvidence,
    mention: Mention,
    facts: Mapping[tuple[int, int], Fact],
    lexicon: Lexicon,
) -> str:
    number = f"{mention.numeral}{mention.unit}"
    fact = facts.get((id(mention.passage), mention.start))
    if mention.scope.foreign:
        return f"{number}：说的是“{mention.scope.named}”，不与表比"
    if fact is not None and fact.items:
        return f"{number}：{_subject(fact)}；{_held_against(evidence, fact)}"
    if stopped := _unknown_words(mention, lexicon):
        return f"{number}：没有认出“{'”、“'.join(stopped)}”，不知道是什么的数，不与表比"
    if mention.unit in {"%", "个百分点", "分"}:
        return f"{number}：比率、得分，按句子里的数和表复算"
    return f"{number}：没有说是什么的数，只在句子里互相核对"


def _subject(fact: Fact) -> str:
    period = {PREVIOUS: "上年", OTHER: "另一年度或另一时点"}.get(fact.role)
    role = period or ROLE_LABELS.get(fact.role, "") or "没有写明口径"
    return f"“{'、'.join(fact.items)}”（{role}{'，其中一部分' if fact.subset else ''}）"


def _held_against(evidence: ProseEvidence, fact: Fact) -> str:
    if fact.mention.approximate:
        return "约数，不与表比"
    if not evidence.matcher.candidates(fact):
        return "表里没有这个数"
    figure = evidence.matcher.likely_meant(fact)[0]
    held = "一致" if evidence.matcher.agrees(fact) else "不一致"
    return f"{figure.where}是 {figure.display_text}，{held}"


def _unknown_words(mention: Mention, lexicon: Lexicon) -> list[str]:
    """Return the words of a lead that the lexicon does not know."""
    if mention.words is not None:
        return []
    return [one.text for one in tokenized(mention.lead, 0, lexicon, None) if one.kind == NOUN]
