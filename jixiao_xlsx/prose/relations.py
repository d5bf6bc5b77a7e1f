"""Changes, shares and completion rates that a sentence states of its figures."""

from __future__ import annotations

import re
from dataclasses import replace

from jixiao_xlsx.prose.innocent_readings import LIST_SEPARATORS
from jixiao_xlsx.prose.language.clauses import Mention, parse_lead
from jixiao_xlsx.prose.language.scope import OTHER, PREVIOUS
from jixiao_xlsx.prose.language.topics import NAMING_KINDS
from jixiao_xlsx.prose.language.vocabulary import Word
from jixiao_xlsx.prose.portions import portions
from jixiao_xlsx.prose.sentence_memory import BUDGET_ROLES, SentenceMemory, alike
from jixiao_xlsx.prose.statements import (
    BareShare,
    CompletionRate,
    Fact,
    RoundShare,
    Share,
    StatedChange,
    StatedRate,
)

_AGAINST_PLAN = re.compile("超支|节约|节省|节支")


class Relations(SentenceMemory):
    """The part of the walk that reads differences and percentages."""

    # -- changes

    def _is_base(self, mention: Mention) -> bool:
        """Return whether the number is the base that a change is measured from: “比上年 83500
        元减少……”.
        """
        return mention.has("than") and not mention.has("up", "down", "over", "under")

    def _compare(self, mention: Mention) -> None:
        self._close_change()
        words = mention.words or ()
        named = [word.name for word in words if word.kind in NAMING_KINDS]
        item = (
            named[0] if len(named) == 1 else self.current.item if self.current and not named else ""
        )
        if mention.scope.foreign or (not item and self.current is None):
            self._lose_thread()
            return
        if mention.has("together"):
            self._lose_thread()  # “甲、乙……，比上年合计 8 万元”: of the sum, as the proofs see it
            return
        base = self._base(mention)
        self.compared = Fact(mention, (item,) if item else (), base if base else OTHER)
        self.statements.facts.append(self.compared)
        self.clause_facts.append(self.compared)

    def _changed(self, mention: Mention) -> None:
        self._close_change()
        if (
            mention.words is None
            or mention.scope.foreign
            or mention.approximate
            or mention.has("respectively")
        ):
            self._lose_thread()
            return
        if mention.has("over", "under") and not self._base(mention):
            return
        budgets = {word.kind for word in mention.words} & {*BUDGET_ROLES}
        if mention.has("over", "under") and len(budgets) > 1:
            return  # “年初预算低于全年预算 10 万元” compares two figures; the proofs look at it
        if mention.money:
            self.stepped = self.last = Fact(mention, (), OTHER)
        self.change = self._new_change(mention, amount=mention)

    def _new_change(
        self, mention: Mention, *, amount: Mention | None = None, rate: Mention | None = None
    ) -> StatedChange | None:
        words = mention.words or ()
        named = [word.name for word in words if word.kind in NAMING_KINDS]
        spent = any(word.kind == "spent" for word in words) and not self._is_astray(mention)
        whole = self.whole if spent and self.current is None and not self.topic else ""
        last = self.current or self.compared
        if len(named) > 1 or (not named and last is None and not whole):
            return None
        item = named[0] if named else last.item if last else whole
        direction = (-1 if any(word.kind in {"down", "under"} for word in words) else 1) * (
            -1 if mention.value < 0 else 1
        )
        facts = [
            fact
            for fact in self.clause_facts
            if fact.item == item and not fact.subset and not fact.mention.approximate
        ]
        base = self._base(mention) or self._stated_base(item, facts, mention.lead)
        earlier = next((fact for fact in facts if fact.role == base and base), None)
        if base == PREVIOUS and earlier is None:
            earlier = self._opening(item)
        current = next((fact for fact in facts if fact.role in {"execution", ""}), None)
        if current is None and (base in {"original", PREVIOUS} or self.compared is not None):
            current = next((fact for fact in facts if fact.role not in {base, OTHER}), None)
            current = current or next(
                (fact for fact in facts if fact is not self.compared and fact is not earlier), None
            )
        return StatedChange(item, direction, base, current, earlier, amount, rate)

    def _stated_base(self, item: str, facts: list[Fact], lead: str) -> str:
        """Return what a bare “减少” is measured from: what was compared with, or last year's figure
        beside this year's.
        """
        if self.compared is not None and self.compared.item == item:
            return self.compared.role
        roles = {fact.role for fact in facts}
        planned = [role for role in BUDGET_ROLES if role in roles]
        if len(planned) == 1 and PREVIOUS not in roles and _AGAINST_PLAN.search(lead):
            return planned[0]  # “预算 8 万元、决算 7 万元，节约……”
        before = PREVIOUS in roles or self._opening(item) is not None
        return PREVIOUS if before and roles & {"", "execution"} else ""

    def _opening(self, name: str) -> Fact | None:
        """Return the opening balance of a closing one, if stated: 年初结转和结余 of 年末结转和结余."""
        cells = (
            self.vocabulary.items[name].cells.get(PREVIOUS, ())
            if name in self.vocabulary.items
            else ()
        )
        candidates = (
            fact
            for fact in self.clause_facts
            if fact.item in self.vocabulary.items
            and not fact.subset
            and not fact.mention.approximate
        )
        return next(
            (
                fact
                for fact in candidates
                if set(cells) & {*self.vocabulary.items[fact.item].cells.get("execution", ())}
            ),
            None,
        )

    def _base(self, mention: Mention) -> str:
        words = mention.words or ()
        kinds = {word.kind for word in words}
        for kind in BUDGET_ROLES:
            if kind in kinds:
                return kind
        earlier = (
            mention.year is not None and self.year is not None and mention.year == self.year - 1
        )
        if "previous" in kinds or earlier or "同比" in mention.lead or "同期" in mention.lead:
            return PREVIOUS
        if "start" in kinds:
            return self._at_start(words)
        return OTHER if mention.year is not None and mention.year != self.year else ""

    def _close_change(self) -> None:
        if self.change is not None:
            self.statements.changes.append(self.change)
        self.change = None

    # -- percentages

    def _percentage(self, mention: Mention) -> None:
        words = mention.words
        if words is None or mention.scope.foreign or mention.approximate or mention.unit != "%":
            self._close_change()
            self._share_of_named(mention)
            if words is None or mention.scope.foreign:
                self._lose_thread()
            return
        if mention.has("respondent"):
            self._satisfied(mention, words)
            return
        if self.rates and mention.gap.strip(" ") in LIST_SEPARATORS:
            self._completion(mention, self.rates.pop(0), self.rated)
            return
        self.rates = []
        if self.split and mention.gap.strip(" ") in LIST_SEPARATORS:
            self._next_split(mention)
            return
        self.split = []
        if mention.has("respectively") or (
            mention.wide and any(word.kind == "respectively" for word in mention.wide)
        ):
            self._respectively(mention)
        elif self.divided and mention.gap.strip() in {
            "的",
            "的比重为",
            "的比例为",
            "的比重",
            "的比例",
        }:
            self.shared = Share(mention, self.divided[0], "", self.divided[1])
            self.statements.shares.append(self.shared)
        elif mention.has("up", "down"):
            self._growth(mention)
        elif mention.has("share"):
            self._share(mention, words)
        elif mention.has("rate", "indicator"):
            self._rate(mention, words)
        elif mention.has("execution", "spent", *BUDGET_ROLES) or mention.lead in {"完成", "为"}:
            self._completion(mention)

    def _respectively(self, mention: Mention) -> None:
        """Read “A、B 分别完成预算的 90% 和 80%”."""
        names = [word.name for word in mention.wide or () if word.kind in NAMING_KINDS]
        kinds = [word.kind for word in mention.wide or ()]
        after = (
            [
                word.name
                for word in (mention.wide or ())[kinds.index("share") :]
                if word.kind in NAMING_KINDS
            ]
            if "share" in kinds
            else []
        )
        role = next((kind for kind in reversed(kinds) if kind in BUDGET_ROLES), "execution")
        if "share" in kinds and not after and role != "execution":
            names, after = [*names, self.whole], [self.whole]  # “分别占全年预算的 80%、20%”
        if len(after) == 1 and len(names) > 2:
            self.split = [
                BareShare(mention, name, after[0], role) for name in names[:-1]
            ]  # “A、B 分别占 C 的 80%、20%”
            self._next_split(mention)
        if len(names) > 1 and mention.has(*BUDGET_ROLES) and not mention.has("up", "down", "share"):
            self.rates, self.rated = (
                names,
                next(word.kind for word in mention.words or () if word.kind in BUDGET_ROLES),
            )
            self._completion(mention, self.rates.pop(0), self.rated)

    def _next_split(self, mention: Mention) -> None:
        unsure = (
            self.within
            or mention.scope.doubtful
            or mention.scope.period in {PREVIOUS, OTHER}
            or (self.planned and self.split[0].role == "execution")
        )
        one = self.split.pop(0)
        if not unsure:
            self.bare_shares.append(replace(one, mention=mention))

    def _satisfied(self, mention: Mention, words: tuple[Word, ...]) -> None:
        """Read the 满意度 of each group of respondents: “村民满意度 97.94%，居民 98.46%”."""
        names = [word.name for word in words if word.kind == "respondent"]
        rates = {
            word.name for word in words if word.kind in {"indicator", "rate", "item", "subject"}
        }
        named = bool(rates) and rates == {(self.vocabulary.respondents or ("",))[-1]}
        others = mention.has(
            "share", "up", "down", "over", "under", "respectively", "than", "target", "previous"
        )
        if (
            len(names) != 1
            or others
            or mention.joined
            or mention.scope.doubtful
            or self._role(words, mention) in {PREVIOUS, OTHER}
        ):
            self.in_groups = False
        elif named or (self.in_groups and not rates):
            self.in_groups = True
            self.statements.rates.append(StatedRate(mention, "respondent", names[0]))

    def _rate(self, mention: Mention, words: tuple[Word, ...]) -> None:
        named = [word for word in words if word.kind in {"rate", "indicator"}]
        if (
            self.criteria
            or len(named) > 1
            or self._role(words, mention) in {PREVIOUS, OTHER}
            or mention.scope.doubtful
        ):
            return
        general = named[0].kind == "rate" and named[0].name == self.vocabulary.rate
        items = [word.name for word in words if word.kind in NAMING_KINDS]
        countable_mentions = self.current is not None and not self.current.mention.money
        if general and (
            items
            or (
                self._of_one(self.current)
                and not countable_mentions
                and not re.search("部门|整体|总体", mention.lead)
            )
        ):
            self._completion(
                mention, items[0] if len(items) == 1 else ""
            )  # “执行率” after the figures of one item is that item's
            return
        bare = general and named[0].name not in mention.lead
        if items or (bare and self._is_astray(mention)):
            return
        self.statements.rates.append(StatedRate(mention, named[0].kind, named[0].name))

    def _growth(self, mention: Mention) -> None:
        change = self.change
        if change and change.rate is None and not mention.has(*NAMING_KINDS, "than"):
            down = mention.has("down") != (mention.value < 0)
            if (change.direction < 0) == down:
                self.change = replace(change, rate=mention)
                self._close_change()
                return
        self._close_change()
        self.change = self._new_change(mention, rate=mention)

    def _share_of_named(self, mention: Mention) -> None:
        """Read a share of an amount named in the same words, whatever it is: “总投资 2145 万元，其中奖补资金
        1520 万元，占总投资的 70.86%”.
        """
        named = re.fullmatch(r"占(?P<whole>[^，,;()]{2,10})的", mention.lead)
        if (
            named is None
            or mention.approximate
            or self.parent is None
            or self.last is None
            or self.last is self.parent
        ):
            return
        if self.parent.mention.lead.endswith(named["whole"]) and alike(self.parent, self.last):
            self.statements.shares.append(Share(mention, self.last, "", self.parent))

    def _share(self, mention: Mention, words: tuple[Word, ...]) -> None:
        kinds = [word.kind for word in words]
        cut = kinds.index("share")
        before = [word.name for word in words[:cut] if word.kind in NAMING_KINDS]
        after = [word.name for word in words[cut:] if word.kind in NAMING_KINDS]
        if not after and "spent" in kinds[cut:] and self.whole:
            after = [self.whole]
        if any(word.kind in {"fiscal", "previous"} for word in words):
            return
        budgets = [kind for kind in reversed(kinds) if kind in BUDGET_ROLES]
        if budgets:
            after = after or [self.whole]
            if len(before) == len(after) == 1 and not mention.scope.doubtful and not self.within:
                self.bare_shares.append(BareShare(mention, before[0], after[0], budgets[0]))
            return
        if (
            before
            and not any(fact.item == before[0] for fact in self.clause_facts)
            and len(after) < 2
            and len(before) == 1
        ):
            above = self.parent.item if self.parent is not None else self.head
            unsure = (
                self.within
                or mention.scope.doubtful
                or mention.scope.period in {PREVIOUS, OTHER}
                or self.frame not in {"", "execution"}
            )
            planned = not after and (self.astray or self.planned)
            if unsure or planned or (self.parent is not None and (not above or self.parent.subset)):
                return
            self.bare_shares.append(BareShare(mention, before[0], after[0] if after else above))
            return
        last = self.current if self.last is self.stepped else self.last
        part = last if last and last.role != PREVIOUS else None
        if before:
            part = next(
                (fact for fact in reversed(self.clause_facts) if fact.item == before[0]), None
            )
        adjacent = re.fullmatch(r"[，,]?(?:占|所占)[^，,;()]*", mention.gap) is not None
        if part is not None and len(after) < 2 and (part.item or not after or adjacent):
            parallel = (
                self.shared
                if not after
                and self.parent is None
                and part is not (self.shared and self.shared.part)
                else None
            )
            head = "" if self.parent is not None or parallel else self.head
            self.shared = Share(mention, part, after[0] if after else head, self.parent, parallel)
            self.statements.shares.append(self.shared)
            if parallel is not None:
                self.shared = parallel

    # -- shares in round words

    def _round_shares(self, text: str, at: Mention, position: int) -> None:
        """Return those between two numbers, after the last one or before the first. `at` lends the
        place, `position` is where the text starts.
        """
        for one in portions(text):
            clause = re.split("[，,;:()]", text[: one.start])[-1]
            named = self._one_name(clause)
            whole = self._one_name(one.whole) if one.whole else ""
            scope = self.statements.scope(at.passage, position + one.start)
            unsure = (
                scope.foreign
                or scope.doubtful
                or scope.period in {PREVIOUS, OTHER}
                or self.within
                or self.criteria
            )
            if unsure or named is None or whole is None:
                continue
            start = position + one.start - len(clause)
            quote = replace(
                at,
                start=start + len(clause),
                end=position + one.end,
                lead=clause,
                numeral=one.text,
                unit="",
            )
            share: Share | BareShare | None = None
            if text.startswith("的") and one.start == 0:
                share = Share(quote, self.divided[0], "", self.divided[1]) if self.divided else None
            elif named:
                above = (
                    self.parent.item
                    if self.parent is not None and not self.parent.subset
                    else self.head
                )
                share = BareShare(quote, named, whole or above or self._top_of(named))
            elif self.last is not None and not re.sub("[，,]|大?约|仅|只", "", text[: one.start]):
                parent = self.parent if self.parent is not self.last else None
                top = "" if parent is not None else self.head or self._top_of(self.last.item)
                share = Share(quote, self.last, whole or top, parent)
            if share is not None and not (
                isinstance(share, Share) and share.part.mention.approximate
            ):
                self.statements.round_shares.append(RoundShare(share, one.text, one.low, one.high))

    def _one_name(self, text: str) -> str | None:
        """Return the one item that words name; "" where they name nothing; None where they are not
        understood or name several.
        """
        words, _, _ = parse_lead(text, self.lexicon)
        if words is None or any(
            word.kind not in {*NAMING_KINDS, "spent", "filler", "ours", "execution", "approximate"}
            for word in words
        ):
            return None
        names = [word.name for word in words if word.kind in NAMING_KINDS]
        if not names and any(word.kind == "spent" for word in words):
            return self.whole
        return None if len(names) > 1 else names[0] if names else ""

    def _top_of(self, item: str) -> str:
        """Return the one whole of all the department's money that an item is a part of."""
        return self.whole if item in self.vocabulary.partitions.get(self.whole, ()) else ""

    def _completion(self, mention: Mention, item: str = "", base: str = "") -> None:
        words = mention.words or ()
        named = [word.name for word in words if word.kind in NAMING_KINDS]
        if (len(named) > 1 and not item) or mention.has("fiscal", "previous", "than"):
            return
        item = item or (named[0] if named else self.current.item if self.current else "")
        has_base = bool(base) or mention.has(*BUDGET_ROLES, "rate")
        base = base or next((word.kind for word in words if word.kind in BUDGET_ROLES), "plan")
        pair = [fact for fact in self.clause_facts if fact.item == item and item][-2:]
        work = mention.value == 100 or mention.tail.startswith(
            "的"
        )  # what was done, not what was spent
        if (
            not has_base
            and not work
            and len(pair) == 2
            and pair[0].role in BUDGET_ROLES
            and pair[1].role == "execution"
        ):
            has_base, base = True, pair[0].role  # “预算 70 万元，执行 68 万元，完成 98%”
        if not item or not has_base:
            return
        facts = [
            fact for fact in self.clause_facts if fact.item == item and not fact.mention.approximate
        ]
        plan = next((fact for fact in facts if fact.role == base), None)
        if base == "plan" and plan is None:
            plan = next(
                (fact for one in ("budget", "original") for fact in facts if fact.role == one), None
            )
        part = next((fact for fact in facts if fact.role == "execution"), None) or next(
            (f for f in facts if not f.role), None
        )
        self.statements.completions.append(CompletionRate(mention, item, base, part, plan))
