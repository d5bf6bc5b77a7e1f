"""What a rule on the written report works with: tables, statements and their comparison."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.prose.language.vocabulary import Vocabulary, read_vocabulary
from jixiao_xlsx.prose.match_figures import FigureMatcher
from jixiao_xlsx.prose.read_statements import read_statements
from jixiao_xlsx.prose.report_passages import own_words, passages
from jixiao_xlsx.prose.statements import ReportStatements
from jixiao_xlsx.prose.table_figures import TableFigures


@dataclass(frozen=True)
class ProseEvidence(Evidence):
    """Evidence with the written report: what was understood of it, once for all rules."""

    @cached_property
    def vocabulary(self) -> Vocabulary | None:
        """The words reports of this form are read with."""
        return read_vocabulary(self.template)

    @cached_property
    def statements(self) -> ReportStatements | None:
        """The statements of the written report; None without a report."""
        vocabulary = self.vocabulary
        texts = passages(self.submission, self.template, vocabulary) if vocabulary else ()
        return (
            read_statements(
                texts, vocabulary, own_words(self.submission, vocabulary), self.submission.year
            )
            if vocabulary and texts
            else None
        )

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
