"""What lies before a rule on the written report: the tables, what the report says, and the two side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.prose.comparisons import Measures
from jixiao_xlsx.prose.facts import Story
from jixiao_xlsx.prose.language.vocabulary import Vocabulary, vocabulary
from jixiao_xlsx.prose.source import own_words, passages
from jixiao_xlsx.prose.story import read_story
from jixiao_xlsx.prose.table_figures import Yardsticks


@dataclass(frozen=True)
class ProseEvidence(Evidence):
    """Evidence with the written report: what was understood of it, once for all rules."""

    @cached_property
    def vocabulary(self) -> Vocabulary | None:
        """The words reports of this form are read with."""
        return vocabulary(self.template)

    @cached_property
    def story(self) -> Story | None:
        """What the written report says; None where there is none."""
        known = self.vocabulary
        texts = passages(self.submission, self.template, known) if known else ()
        return (
            read_story(texts, known, own_words(self.submission, known), self.submission.year)
            if known and texts
            else None
        )

    @cached_property
    def yards(self) -> Yardsticks:
        """The tables' figures by item and role. Only asked where there is a story."""
        assert self.vocabulary is not None
        return Yardsticks(self.submission, self.vocabulary, self.judged)

    @cached_property
    def measures(self) -> Measures:
        """What the report says, held against the tables. Only asked where there is a story."""
        return Measures(self.yards, tuple(self.story.facts) if self.story else ())
