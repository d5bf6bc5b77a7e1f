"""What a rule on the written report works with: tables, statements and their comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.prose.grid_figures import filled_grids, misfits
from jixiao_xlsx.prose.language.clauses import Passage
from jixiao_xlsx.prose.language.read_words import read_vocabulary
from jixiao_xlsx.prose.language.scope import OTHER, PREVIOUS
from jixiao_xlsx.prose.language.vocabulary import Lexicon, Vocabulary, Word
from jixiao_xlsx.prose.match_figures import FigureMatcher
from jixiao_xlsx.prose.proofs.report_proofs import SelfProof, self_proofs
from jixiao_xlsx.prose.proofs.tokens import Number
from jixiao_xlsx.prose.read_statements import read_statements
from jixiao_xlsx.prose.report_passages import own_words, passages, row_items, short_names
from jixiao_xlsx.prose.statements import Fact, ReportStatements
from jixiao_xlsx.prose.table_figures import TableFigures
from jixiao_xlsx.values.amounts import Interval


@dataclass(frozen=True)
class ProseEvidence(Evidence):
    """Evidence with the written report: what was understood of it, once for all rules."""

    @cached_property
    def vocabulary(self) -> Vocabulary | None:
        """The words reports of this form are read with."""
        known = read_vocabulary(self.template)
        if known is None:
            return None
        own = {one.name: one for one in row_items(self.submission, known)}
        return replace(known, items={**known.items, **own}) if own else known

    @cached_property
    def statements(self) -> ReportStatements | None:
        """The statements of the written report; None without a report."""
        vocabulary = self.vocabulary
        texts = self._texts
        return (
            read_statements(texts, vocabulary, self._own_words, self.submission.year)
            if vocabulary and texts
            else None
        )

    @cached_property
    def _texts(self) -> tuple[Passage, ...]:
        vocabulary = self.vocabulary
        return passages(self.submission, self.template, vocabulary) if vocabulary else ()

    @cached_property
    def _own_words(self) -> tuple[tuple[str, Word], ...]:
        """The words that only this submission has."""
        if self.vocabulary is None:
            return ()
        short = short_names(self.submission.department, self._texts)
        return (*own_words(self.submission, self.vocabulary), *short)

    @cached_property
    def proofs(self) -> tuple[SelfProof, ...]:
        """What the sentences of the report disprove by themselves."""
        statements, vocabulary = self.statements, self.vocabulary
        if statements is None or vocabulary is None:
            return ()
        by_itself = self_proofs(
            statements.passages,
            vocabulary,
            Lexicon(self._own_words, vocabulary.tokens),
            self.submission.year,
            self._held_by_tables,
        )
        by_tables = (
            SelfProof(source, one)
            for filled in filled_grids(self.submission, self.lines, vocabulary)
            for source in statements.passages
            for one in misfits(filled, source, self.submission.year, self._is_told)
        )
        return (*by_itself, *by_tables)

    def _is_told(self, source: Passage, number: Number) -> bool:
        """Return whether a number is of another body or time, or held against the tables as a
        fact.
        """
        assert self.statements is not None
        scope = self.statements.scope(source, number.start)
        facts = self._facts_by_place.get((id(source), number.start), ())
        return (
            scope.foreign
            or scope.doubtful
            or scope.period in {PREVIOUS, OTHER}
            or any(self.matcher.candidates(fact) for fact in facts)
        )

    def _held_by_tables(self, source: Passage, start: int) -> tuple[Interval, ...]:
        """Return what the tables hold for a number that contradicts them."""
        facts = self._facts_by_place.get((id(source), start), ())
        return tuple(
            figure.span
            for fact in facts
            if not self.matcher.agrees(fact)
            for figure in self.matcher.candidates(fact)
        )

    @cached_property
    def _facts_by_place(self) -> Mapping[tuple[int, int], list[Fact]]:
        places: dict[tuple[int, int], list[Fact]] = {}
        for fact in self.statements.facts if self.statements else ():
            mention = fact.mention
            places.setdefault((id(mention.passage), mention.start), []).append(fact)
        return places

    @cached_property
    def table_figures(self) -> TableFigures:
        """The tables' figures by item and role. Needs a vocabulary."""
        assert self.vocabulary is not None
        return TableFigures(self.submission, self.vocabulary, self.judged)

    @cached_property
    def matcher(self) -> FigureMatcher:
        """The statements compared with the tables. Needs a vocabulary."""
        return FigureMatcher(
            self.table_figures, tuple(self.statements.facts) if self.statements else ()
        )
