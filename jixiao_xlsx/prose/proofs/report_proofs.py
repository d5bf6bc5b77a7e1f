"""All that the sentences of a report disprove by themselves. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from jixiao_xlsx.prose.grid_figures import Misfit
from jixiao_xlsx.prose.language.clauses import Passage, sentences
from jixiao_xlsx.prose.language.vocabulary import UNSURE, Lexicon, Vocabulary, fold
from jixiao_xlsx.prose.proofs.changes import adjustment, growth, reached, step
from jixiao_xlsx.prose.proofs.claims import PARTS_KINDS, Claim, Sentence, claim
from jixiao_xlsx.prose.proofs.comparisons import Comparison, contradicted
from jixiao_xlsx.prose.proofs.lists import (
    differing_rest,
    miscounted,
    paired_shares,
    rising,
    share_list,
)
from jixiao_xlsx.prose.proofs.prove import Proof, average, bare_percent, completion, share
from jixiao_xlsx.prose.proofs.sums import formula, total_last
from jixiao_xlsx.prose.proofs.tokens import numbers, tokenized
from jixiao_xlsx.prose.proofs.wholes import head_and_parts
from jixiao_xlsx.values.amounts import Interval

Alternatives = Callable[[Passage, int], tuple[Interval, ...]]
_TESTS: Mapping[str, Callable[[Sentence, Claim], Iterator[Proof]]] = {
    "completion": completion,
    "adjustment": adjustment,
    "step": step,
    "apart": step,
    "left": step,
    "reached": reached,
    "growth": growth,
    "share": share,
    "percent": bare_percent,
    "average": average,
    "amount": total_last,
}

_LONGEST_SENTENCE = 2_000  # letters; the longest of real reports have a quarter of that


@dataclass(frozen=True, slots=True)
class SelfProof:
    """What was found, with the passage it stands in."""

    passage: Passage
    found: Proof | Comparison | Misfit


def self_proofs(
    passages: tuple[Passage, ...],
    vocabulary: Vocabulary,
    lexicon: Lexicon,
    year: int | None,
    alternatives: Alternatives,
) -> Iterator[SelfProof]:
    """Yield everything disproved. `alternatives` gives what the tables hold for a number that they
    contradict, which is reported elsewhere.
    """
    for source in passages:
        for paragraph in _paragraphs(source):
            told: list[tuple[int, str, tuple[Claim, ...]]] = []
            for start, sentence in paragraph:
                # What stands before may be in another line; a sentence without end is none.
                torn = fold(UNSURE) in sentence or len(sentence) > _LONGEST_SENTENCE
                found = () if torn else numbers(start, sentence, lexicon, year)
                claims = tuple(
                    claim(one, vocabulary.frames, alternatives(source, one.start)) for one in found
                )
                told.append((start, sentence, claims))
            around = tuple(one for *_, claims in told for one in claims if one.sized)
            before: tuple[Claim, ...] = ()
            for start, sentence, claims in told:
                whole = Sentence(claims, around, sentence, start)
                yield from (SelfProof(source, one) for one in _of(whole, vocabulary))
                if before and claims:
                    both = replace(whole, claims=(*before, *claims), since=len(before))
                    yield from (SelfProof(source, one) for one in _across(both, vocabulary))
                if not (before or claims) or len(sentence) > _LONGEST_SENTENCE:
                    before = ()
                    continue  # nothing that a comparison could be of
                tokens = tuple(tokenized(sentence, 0, lexicon, year))
                stops = [one.number.start for one in claims]
                yield from (
                    SelfProof(source, one)
                    for one in contradicted(tokens, (*before, *claims), stops, start)
                )
                before = claims


def _paragraphs(source: Passage) -> Iterator[list[tuple[int, str]]]:
    """Yield the sentences of each line of a passage."""
    line: list[tuple[int, str]] = []
    after = 0
    for start, sentence in sentences(source.folded):
        if "\n" in source.folded[after:start] and line:
            yield line
            line = []
        line.append((start, sentence))
        after = start
    if line:
        yield line


def _across(both: Sentence, vocabulary: Vocabulary) -> Iterator[Proof]:
    """Yield what two sentences disprove together, where the second begins with the parts of what
    the first is about, or with what that is compared with: “……7 万元。与上年的 6 万元相比，增加 2 万元”.
    """
    first = both.claims[both.since]
    tokens = first.number.tokens
    if tokens and tokens[0].kind in PARTS_KINDS:
        yield from head_and_parts(both, vocabulary)
    if first.means == "base" and tokens and tokens[0].kind == "than":
        for one in both.claims[both.since + 1 :]:
            if one.means in {"step", "growth"}:
                yield from _TESTS[one.means](both, one)


def _of(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Proof]:
    for one in sentence.claims:
        if (test := _TESTS.get(one.means)) is not None:
            yield from test(sentence, one)
    yield from head_and_parts(sentence, vocabulary)
    yield from share_list(sentence)
    yield from paired_shares(sentence)
    yield from rising(sentence, vocabulary.descending)
    yield from miscounted(sentence, vocabulary.named)
    yield from differing_rest(sentence, vocabulary.differences)
    yield from formula(sentence)
