"""State of the walk through a sentence: what was mentioned so far, and the period of a number."""

from __future__ import annotations

import re
from functools import cache

from jixiao_xlsx.prose.language.clauses import Mention, Passage
from jixiao_xlsx.prose.language.scope import OTHER, OURS, PREVIOUS
from jixiao_xlsx.prose.language.topics import NAMING_KINDS, Topic
from jixiao_xlsx.prose.language.vocabulary import Lexicon, Vocabulary, Word
from jixiao_xlsx.prose.statements import BareShare, Fact, ReportStatements, Share, StatedChange

BUDGET_ROLES = ("original", "budget", "plan")
_PART_OF_YEAR = re.compile(
    r"(?<!\d)(?:[1-9]|1[01])月|(?<![—至到-])12月(?:份)?(?!\d|底|末)|季度|半年"
)
TIME_WORDS = re.compile("年初|年末|年底|期初|期末|上年|去年|本年|今年|[上下]半年|[一二三四]季度")


def alike(one: Fact, other: Fact) -> bool:
    """Return whether both are amounts, or both count the same."""
    return one.mention.kind == other.mention.kind


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(map(re.escape, words))) if words else None


class SentenceMemory:
    """The state of the walk through the numbers of a sentence."""

    def __init__(
        self,
        statements: ReportStatements,
        vocabulary: Vocabulary,
        lexicon: Lexicon,
        year: int | None,
        topic: Topic,
        source: Passage,
        before: str = "",
    ) -> None:
        self.source = source
        self.before = before  # the total that the sentence before it in the paragraph was about
        self.statements, self.vocabulary, self.lexicon, self.year = (
            statements,
            vocabulary,
            lexicon,
            year,
        )
        self.whole = vocabulary.subjects.whole if vocabulary.subjects else ""
        self.income = vocabulary.subjects.income if vocabulary.subjects else ""
        self.current: Fact | None = None
        self.clause_facts: list[Fact] = []  # of the clause between two “；”
        self.last: Fact | None = None
        self.parent: Fact | None = None
        self.open_ended = True
        self.separator = ""  # of the list: “、” is not continued by “；”
        self.children: list[Fact] = []
        self.queue: list[Fact] = []  # of “分别为”: what the next numbers are of
        self.rated = ""  # the base of these
        self.rates: list[str] = []  # of “分别完成”: what the next percentages are of
        self.row: list[Fact] = []  # amounts that follow one another, for “三项共计”
        self.compared: Fact | None = (
            None  # “比上年 8 万元”, “由上年的 8 万元”: what the change is measured from
        )
        self.shared: Share | None = None  # the last share
        self.bare_shares: list[BareShare] = []  # the shares without an amount
        self.split: list[BareShare] = []  # of “分别占”: those whose percentages are still to come
        self.stepped: Fact | None = None  # the amount of the last change
        self.outside: list[
            tuple[Fact | None, list[Fact], Fact | None]
        ] = []  # the state before a bracket
        self.in_groups = False  # whether 满意度 is by group: “村民满意度 97%，居民 98%”
        self.divided: tuple[Fact, Fact] | None = None  # “5 万元，占……8 万元”
        self.change: StatedChange | None = None
        self.within = False  # “项目支出中，……”: parts of something else
        self.head = ""  # the whole: “固定资产中，……”
        self.frame = ""  # the role that the sentence announces: “从决算看，……”
        self.opens_line = False  # whether the sentence is the first of its paragraph
        self.planned = False  # whether the sentence is about a budget
        self.criteria = False  # how scores are given, not what was scored
        self.topic = topic.item  # what the heading names
        self.astray = topic.unknown  # something was mentioned that is not understood
        self.nouns = _any_of(vocabulary.words.get("money_nouns", ()))

    def _forget(self) -> None:
        self.current, self.clause_facts = None, []

    def _lose_thread(self) -> None:
        """Note text that is not understood: a number without a name now belongs to that, not to the
        topic of the heading.
        """
        self._forget()
        self.astray, self.topic = True, ""

    def _is_astray(self, mention: Mention) -> bool:
        """Return whether a number without a name may be of something that is not understood."""
        vouched = (
            mention.scope.owner == OURS
            and self.last is None
            and bool(re.search("年|本|总|各项|全|我", mention.lead))
        )
        return mention.scope.doubtful or (self.astray and not vouched)

    def _of_one(self, fact: Fact | None) -> bool:
        """Return whether the fact is of one item among many, not of all that the department has."""
        item = self.vocabulary.items.get(fact.item) if fact else None
        return (
            fact is not None
            and bool(fact.item)
            and (item is None or item.kind not in {"income", "total"})
        )

    def _role(self, words: tuple[Word, ...], mention: Mention) -> str:
        kinds = {word.kind for word in words}
        if _PART_OF_YEAR.search(mention.lead) or mention.scope.period == OTHER:
            return OTHER
        if "previous" in kinds and kinds & {*BUDGET_ROLES}:
            return OTHER  # last year's budget
        if "previous" in kinds or (self.year is not None and mention.year == self.year - 1):
            return PREVIOUS
        if "start" in kinds and not kinds & {*BUDGET_ROLES, "execution"}:
            return self._at_start(words)
        if mention.year is not None and self.year is not None and mention.year != self.year:
            return OTHER
        if mention.scope.period == PREVIOUS and mention.year is None:
            return (
                OTHER if mention.scope.hinted or kinds & {"execution", *BUDGET_ROLES} else PREVIOUS
            )
        for kind in ("execution", *BUDGET_ROLES):
            if kind in kinds:
                return kind
        return ""

    def _at_start(self, words: tuple[Word, ...]) -> str:
        """Return the role of “年初”: last year's end for a balance, the budget for spending."""
        name = next(
            (word.name for word in words if word.kind in NAMING_KINDS),
            self.current.item if self.current else "",
        )
        item = self.vocabulary.items.get(name)
        return PREVIOUS if item is not None and item.kind == "balance" else "original"
