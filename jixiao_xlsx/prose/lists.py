"""Lists under a total, and lists whose total comes last."""

from __future__ import annotations

import re

from jixiao_xlsx.prose.language.clauses import Mention
from jixiao_xlsx.prose.language.scope import PREVIOUS
from jixiao_xlsx.prose.language.topics import NAMING_KINDS
from jixiao_xlsx.prose.relations import Relations
from jixiao_xlsx.prose.sentence_memory import BUDGET_ROLES, TIME_WORDS, alike
from jixiao_xlsx.prose.statements import Fact, Listing
from jixiao_xlsx.values.amounts import interval_sum

LIST_OPENERS = re.compile("其中|包括|包含|涵盖|分为|:")
CLAUSE_BREAKS = re.compile("[，,;:、]")
_NOTHING_ELSE = re.compile("[，,]?(?:再无|别无|此外无|除此之外无|无)其他")
_NUMERALS = {numeral: number for number, numeral in enumerate("零一二三四五六七八九十")} | {"两": 2}
_LEAST = 2  # parts that are a list
_ABOUT_THE_WHOLE = ("than", "up", "down", "over", "under", "previous", *BUDGET_ROLES)
_SUM = re.compile(
    r"^(?:上述|以上|这)?(?:(?P<n>[二两三四五六七八九])(?:个|大)?(?:项|类|款|种|部分|个)?[\u4e00-\u9fa5]{0,4}?)"
    r"?(?:共计|合计|总计|之和为|共)(?:为|达|支出)?$"
)


def _of_another_time(whole: Fact, part: Fact) -> bool:
    """Return whether the number belongs to another time: “年初……，其中……；年末……”."""
    then, now = (TIME_WORDS.search(fact.mention.lead) for fact in (whole, part))
    return then is not None and now is not None and then.group() != now.group()


class Lists(Relations):
    """The part of the walk that keeps lists."""

    def _listed(self, fact: Fact) -> None:
        gap = fact.mention.gap
        among = (
            LIST_OPENERS.search(gap) if ";" not in gap else None
        )  # “；其中” may be of any of them
        bracket = (
            gap.startswith("(") and bool(fact.mention.words) and fact.mention.has(*NAMING_KINDS)
        )
        if (
            (among or bracket)
            and self.last is not None
            and alike(self.last, fact)
            and fact.role != PREVIOUS
        ):
            self._close_list()
            self.parent, self.children = self.last, [fact]
            self.open_ended = (
                bracket or "其中" in gap or "主要" in gap or "包括" in gap or "包含" in gap
            )
            return
        if self.parent is None:
            return
        breaks = CLAUSE_BREAKS.findall(gap) or (
            ["、"] if gap.startswith(("和", "及", "以及", "与")) else []
        )
        boundaries = len(breaks)
        if boundaries == 1 and (self.separator or breaks[0]) in "、，," and breaks[0] == ";":
            boundaries = 2  # a list that uses “、” or “，” is not continued by “；”
        self.separator = self.separator or "".join(breaks[:1])
        other = ("share", "execution", "spent", "previous", "start", "together", *BUDGET_ROLES)
        roles = fact.mention.has(*other) or fact.mention.opening in other
        whole = (
            fact.item in self.vocabulary.partitions
            and fact.item != self.parent.item
            and self._is_whole(fact)
        )
        fits = (
            alike(self.parent, fact)
            and boundaries == 1
            and not roles
            and not whole
            and fact.mention.words != ()
        )
        if fits and not _of_another_time(self.parent, fact):
            self.children.append(fact)
        else:
            self._close_list()

    def _summed_up(self, fact: Fact) -> None:
        """Read a list whose total comes last: “A 1 万元、B 2 万元，两项共计 3 万元”."""
        gap = fact.mention.gap
        countable_mentions = _SUM.search(fact.mention.lead)
        number = _NUMERALS.get(countable_mentions["n"] or "", 0) if countable_mentions else 0
        row = self.row[-number:] if number else self.row
        enough = countable_mentions and len(row) > 1 and len(row) == (number or len(row))
        if enough and all(alike(one, fact) for one in row):
            plain_row = not any("其中" in one.mention.gap for one in row[1:])
            if number or (plain_row and len(fact.items) == 0):
                self.statements.listings.append(
                    Listing(fact, tuple(row), open_ended=not number, sure=bool(number))
                )
        another = fact.mention.has(*BUDGET_ROLES) and (
            not self.row or self.row[-1].role != fact.role or not fact.item
        )
        if (
            countable_mentions
            or len(CLAUSE_BREAKS.findall(gap)) > 1
            or fact.mention.has("share")
            or another
        ):
            self.row = []
        self.row.append(fact)

    def _is_whole(self, fact: Fact) -> bool:
        """Return whether the item is the total of a group that the parent is not above."""
        assert self.parent is not None
        return fact.item not in self.vocabulary.partitions.get(self.parent.item, ())

    def _back_to_head(self, mention: Mention) -> None:
        """Go back to the whole after its parts: “总额，其中甲、乙，比上年下降……” is of the whole.

        A share whose whole is not named stays with the last part, and so does what follows a list
        that goes on after the comma.
        """
        head = self.parent
        if head is None or not head.item or len(self.children) < _LEAST or not mention.kinds:
            return
        kinds = [word.kind for word in mention.words or ()]
        cut = kinds.index("share") if "share" in kinds else len(kinds)
        named = any(kind in NAMING_KINDS for kind in kinds[:cut])
        whole = any(kind in {*NAMING_KINDS, "spent", "earned"} for kind in kinds[cut:])
        told = whole if "share" in kinds else mention.has(*_ABOUT_THE_WHOLE)
        added = interval_sum((1, one.believed) for one in self.children)
        tight = self.separator in {"、", ""} or added.meets(head.believed)
        if mention.gap[:1] in "，," and told and tight and not named:
            self._close_list()
            self.current = self.last = head

    def _close_list(self) -> None:
        if self.parent is not None and self.children:
            closed = _NOTHING_ELSE.match(self.children[-1].mention.tail) is not None
            self.statements.listings.append(
                Listing(self.parent, tuple(self.children), self.open_ended and not closed, closed)
            )
        self.parent, self.children, self.separator = None, [], ""
