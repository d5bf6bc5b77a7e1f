"""Sentences → facts: what a report says of which item, in which role, and how its statements hang together. Pure.

A lead must be understood to its last character before a number is held to be about an item: “扶贫项目支出 20 万元” is
not the department's 项目支出. What is not understood stays a number without a subject, good only for adding up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from jixiao_xlsx.amounts import Convention, Figure, Interval
from jixiao_xlsx.narrative.clauses import Mention, Passage, mentions, sentences
from jixiao_xlsx.narrative.vocabulary import Lexicon, Vocabulary, Word

NAMED = ("item", "subject")
PLANNED = ("original", "budget", "plan")
_AMONG = re.compile("其中|包括|包含|分为|:")
_BREAK = re.compile("[，,;:、]")
_THIS_YEAR = re.compile("本年|今年|当年|本期")
_PART_OF_YEAR = re.compile(r"\d月(?:份)?(?!\d|底|末)|季度|半年")


@dataclass(frozen=True, slots=True)
class Fact:
    """An amount or a count. `items`: several for “A、B 共计”; () where the subject is not known.

    `role`: original, budget, plan (some budget), execution, previous, or "" where the words do not say. `subset`: the words
    narrow the item (财政拨款…). `either`: a bare “支出” that may also be the department's total. `inherited`: the role is that of
    the total the item is listed under.
    """

    mention: Mention
    items: tuple[str, ...]
    role: str
    subset: bool = False
    vague: bool = False
    either: bool = False
    inherited: bool = False

    @property
    def item(self) -> str:
        """The one item it is about; "" for none or several."""
        return self.items[0] if len(self.items) == 1 else ""

    @property
    def believed(self) -> Interval:
        """Every true amount the words can stand for, rounded or cut."""
        return believed(self.mention)

    @property
    def grid(self) -> int:
        """Atoms in the last digit that is written."""
        return Figure(self.mention.value, self.mention.unit, self.mention.decimals).grid

    def under(self, how: Convention) -> Interval:
        """The same under one convention."""
        return Figure(self.mention.value, self.mention.unit, self.mention.decimals).believed(how)


def believed(mention: Mention) -> Interval:
    """The same for a bare number, in atoms of its unit."""
    figure = Figure(mention.value, mention.unit, mention.decimals)
    both = [figure.believed(how) for how in Convention]
    return Interval(min(one.lo for one in both), max(one.hi for one in both))


@dataclass(frozen=True, slots=True)
class Change:
    """“比上年增加 5 万元，增长 5%”: `current` is what changed, `base` the role or year it is compared with."""

    item: str
    direction: int
    base: str
    current: Fact | None = None
    earlier: Fact | None = None
    amount: Mention | None = None
    rate: Mention | None = None
    flat: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """“占支出合计的 86%”. `whole` "" where the words do not name it."""

    mention: Mention
    part: Fact
    whole: str
    parent: Fact | None


@dataclass(frozen=True, slots=True)
class Done:
    """“完成年初预算的 98%”."""

    mention: Mention
    item: str
    base: str
    part: Fact | None
    plan: Fact | None


@dataclass(frozen=True, slots=True)
class RateSaid:
    """A rate of the form or an indicator's value."""

    mention: Mention
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A total and what is listed after it. `open_ended`: “其中”, which need not be everything."""

    whole: Fact
    parts: tuple[Fact, ...]
    open_ended: bool


@dataclass
class Story:
    """Everything that was understood of one report."""

    passages: tuple[Passage, ...] = ()
    facts: list[Fact] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    rates: list[RateSaid] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    numbers: int = 0


def read_story(passages: Sequence[Passage], known: Vocabulary, extra: Iterable[tuple[str, Word]], year: int | None) -> Story:
    """Read all passages. `extra` are words of this submission only: its name, its subjects, its indicators."""
    story = Story(tuple(passages))
    lexicon = Lexicon(extra, known.lexicon)
    whole = known.subjects.whole if known.subjects else ""
    for source in passages:
        for start, sentence in sentences(source.folded):
            found = mentions(source, start, sentence, lexicon)
            if found:
                _Sentence(story, known, year, whole).read(found)
    return story


class _Sentence:
    """Walks the numbers of one sentence, remembering what was last spoken of."""

    def __init__(self, story: Story, known: Vocabulary, year: int | None, whole: str) -> None:
        self.story, self.known, self.year, self.whole = story, known, year, whole
        self.current: Fact | None = None
        self.said: list[Fact] = []  # of the clause between two “；”
        self.last: Fact | None = None
        self.parent: Fact | None = None
        self.open_ended = True
        self.children: list[Fact] = []
        self.queue: list[tuple[str, str]] = []
        self.header_role = ""
        self.change: Change | None = None
        self.era = ""  # the role of an earlier year, until another is named
        self.within = False  # “项目支出中，……”: parts of something else
        nouns = known.words.get("money_nouns", ())
        self.nouns = re.compile("|".join(map(re.escape, nouns))) if nouns else None

    def read(self, found: list[Mention]) -> None:
        for mention in found:
            self.story.numbers += 1
            self._pass_over(mention)
            if mention.unit in {"%", "个百分点"}:
                self._percentage(mention)
            elif mention.has("up", "down") or (mention.words and not mention.has(*NAMED) and mention.has("than")):
                self._changed(mention)
            elif mention.unit != "分":
                self._amount(mention)
        self._close_list()
        self._close_change()

    # -- what lies between two numbers

    def _pass_over(self, mention: Mention) -> None:
        if ";" in mention.gap:
            self._close_change()
            self.current, self.said, self.era = None, [], ""
        pieces = re.split(r"[，,;:]", mention.gap)
        between = pieces[1:-1]
        self.within = self.within or any(clause.endswith("中") and not clause.endswith("其中") for clause in pieces[:-1])
        if mention.year is not None or _THIS_YEAR.search(mention.gap):
            self.era = ""
        if self.nouns and any(self.nouns.search(clause) for clause in between if not clause.startswith(("主要", "用于", "其中"))):
            self.current, self.said = None, []
            self._close_change()

    # -- amounts

    def _amount(self, mention: Mention) -> None:
        self._close_change()
        fact = self._fact(mention)
        self.story.facts.append(fact)
        self._listed(fact)
        if fact.mention.money or fact.items:
            self.last = fact
        if fact.item:
            self.current = fact
            self.said.append(fact)
        elif mention.words is None:
            self.current, self.said = None, []

    def _fact(self, mention: Mention) -> Fact:
        wide = mention.wide
        if self.queue and mention.gap.strip(" ") in {"、", "，", "和", "及", "与", ";", ",", "，和", "以及"}:
            item, role = self.queue.pop(0)
            return Fact(mention, (item,), role)
        self.queue = []
        if wide is not None and any(word.kind == "respectively" for word in wide):
            names = [word.name for word in wide if word.kind in NAMED]
            if len(names) > 1:
                role = self._role(wide, mention)
                self.queue = [(name, role) for name in names[1:]]
                return Fact(mention, (names[0],), role)
        if wide is not None and any(word.kind == "together" for word in wide):
            names = [word.name for word in wide if word.kind in NAMED]
            if len(names) > 1 and len(set(names)) == len(names):
                return Fact(mention, tuple(names), self._role(wide, mention))
        if mention.words is None:
            return Fact(mention, (), "")
        fact = self._plain(mention, mention.words)
        return self._narrowed(fact) if fact.items else fact

    def _narrowed(self, fact: Fact) -> Fact:
        """A part of something that is not the department's whole is only a part of its item; of something unknown, unknown."""
        gap = fact.mention.gap
        above = self.last if _AMONG.search(gap) else self.parent if len(_BREAK.findall(gap)) == 1 else None
        if above is not None and above.mention.money and fact.mention.money:
            if not above.items:
                return replace(fact, items=())
            item = self.known.items.get(above.item)
            group = [name for whole, parts in self.known.partitions if whole == above.item for name in parts]
            total = item is not None and item.kind in {"income", "total"}
            if above.subset or (above.item != fact.item and not total and fact.item not in group):
                return replace(fact, subset=True)
        return replace(fact, items=()) if self.within else fact

    def _plain(self, mention: Mention, words: tuple[Word, ...]) -> Fact:
        named = [word for word in words if word.kind in NAMED]
        role = self._role(words, mention)
        subset = any(word.kind == "fiscal" for word in words)
        kinds = {word.kind for word in words}
        if len(named) > 1 or mention.has("share", "than", "rate", "indicator") or ("execution" in kinds and kinds & set(PLANNED)):
            return Fact(mention, (), role)
        if named:
            item, listed = named[0], self.parent is not None and mention.gap[:1] in "、，;"
            inherited = not role and (listed or self._heads(mention))
            if inherited:
                role = self.header_role or (self.last.role if self.last and not listed else "")
            return Fact(mention, (item.name,), role, subset, item.vague, inherited=bool(inherited and role))
        if any(word.kind == "spent" for word in words):
            if self.current and not any(word.kind in PLANNED for word in words) and self._spends(self.current.item):
                return Fact(mention, (self.current.item,), role or "execution", subset, either=True)
            return Fact(mention, (self.whole,) if self.whole else (), role, subset)
        if role and self.current and not subset:
            return Fact(mention, (self.current.item,), role, self.current.subset, self.current.vague, self.current.either)
        return Fact(mention, (), role)

    def _spends(self, name: str) -> bool:
        item = self.known.items.get(name)
        return item is None or item.kind != "income"

    def _heads(self, mention: Mention) -> bool:
        return ":" in mention.gap and self.last is not None

    def _role(self, words: tuple[Word, ...], mention: Mention) -> str:
        kinds = [word.kind for word in words]
        if _PART_OF_YEAR.search(mention.lead):
            return "other"
        role = self._era_role(kinds, mention)
        if role:
            self.era = role
            return role
        if self.era and "execution" not in kinds:
            return self.era
        for kind in ("execution", "original", "budget", "plan"):
            if kind in kinds:
                return kind
        return ""

    def _era_role(self, kinds: list[str], mention: Mention) -> str:
        if "previous" in kinds or (mention.year is not None and self.year is not None and mention.year != self.year):
            return "previous" if "previous" in kinds or mention.year == (self.year or 0) - 1 else "other"
        return ""

    # -- lists

    def _listed(self, fact: Fact) -> None:
        gap = fact.mention.gap
        among = _AMONG.search(gap)
        if among and self.last is not None and self.last.mention.money and fact.mention.money and fact.role != "previous":
            self._close_list()
            self.parent, self.children = self.last, [fact]
            self.open_ended = "其中" in gap or "主要" in gap or "包括" in gap or "包含" in gap
            self.header_role = self.last.role
            return
        if self.parent is None:
            return
        boundaries = len(_BREAK.findall(gap))
        roles = fact.mention.has("execution", "spent", "previous", "together", "original", "budget", "plan")
        whole = (
            fact.item in {group[0] for group in self.known.partitions} and fact.item != self.parent.item and self._is_whole(fact)
        )
        if fact.mention.money and boundaries == 1 and not roles and not whole and fact.mention.words != ():
            self.children.append(fact)
        else:
            self._close_list()

    def _is_whole(self, fact: Fact) -> bool:
        """Whether the item is the total of a group that the parent is not above."""
        assert self.parent is not None
        parts = next((parts for name, parts in self.known.partitions if name == self.parent.item), ())
        return fact.item not in parts

    def _close_list(self) -> None:
        if self.parent is not None and self.children:
            self.story.listings.append(Listing(self.parent, tuple(self.children), self.open_ended))
        self.parent, self.children, self.header_role = None, [], ""

    # -- changes

    def _changed(self, mention: Mention) -> None:
        if mention.words is None or mention.approximate or mention.has("respectively"):
            self._close_change()
            self.current, self.said = None, []
            return
        self._close_change()
        self.change = self._new_change(mention, amount=mention)
        self.story.numbers += 0

    def _new_change(self, mention: Mention, *, amount: Mention | None = None, rate: Mention | None = None) -> Change | None:
        words = mention.words or ()
        named = [word.name for word in words if word.kind in NAMED]
        if len(named) > 1 or (not named and self.current is None):
            return None
        item = named[0] if named else self.current.item if self.current else ""
        direction = (-1 if any(word.kind == "down" for word in words) else 1) * (-1 if mention.value < 0 else 1)
        base = self._base(mention)
        facts = [fact for fact in self.said if fact.item == item and not fact.subset and not fact.mention.approximate]
        earlier = next((fact for fact in facts if fact.role == base and base), None)
        current = next((fact for fact in facts if fact.role in {"execution", ""}), None)
        if current is None and base in {"original", "previous"}:
            current = next((fact for fact in facts if fact.role not in {base, "other"}), None)
        return Change(item, direction, base, current, earlier, amount, rate)

    def _base(self, mention: Mention) -> str:
        words = mention.words or ()
        kinds = {word.kind for word in words}
        for kind in ("original", "budget", "plan"):
            if kind in kinds:
                return kind
        earlier = mention.year is not None and self.year is not None and mention.year == self.year - 1
        if "previous" in kinds or earlier or "同比" in mention.lead or "同期" in mention.lead:
            return "previous"
        return "other" if mention.year is not None and mention.year != self.year else ""

    def _close_change(self) -> None:
        if self.change is not None:
            self.story.changes.append(self.change)
        self.change = None

    # -- percentages

    def _percentage(self, mention: Mention) -> None:
        words = mention.words
        if words is None or mention.approximate or mention.unit != "%":
            self._close_change()
            if words is None:
                self.current, self.said = None, []
            return
        if mention.has("up", "down"):
            self._growth(mention)
        elif mention.has("share"):
            self._share(mention, words)
        elif named := [word for word in words if word.kind in {"rate", "indicator"}]:
            if (
                len(named) == 1
                and not mention.has(*NAMED)
                and not self._of_a_part(mention, named[0])
                and self._role(words, mention) not in {"previous", "other"}
            ):
                self.story.rates.append(RateSaid(mention, named[0].kind, named[0].name))
        elif mention.has("execution", "original", "budget", "plan", "spent") or mention.lead in {"完成", "为"}:
            self._completion(mention, words)

    def _of_a_part(self, mention: Mention, word: Word) -> bool:
        """Whether a bare “执行率” follows the figures of one item: then it is that item's."""
        item = self.known.items.get(self.current.item) if self.current else None
        whole = item is not None and item.kind in {"income", "total"}
        return word.kind == "rate" and self.current is not None and not whole and word.name not in mention.lead

    def _growth(self, mention: Mention) -> None:
        if self.change and self.change.rate is None and not mention.has(*NAMED, "than"):
            down = mention.has("down") != (mention.value < 0)
            if (self.change.direction < 0) == down:
                change = self.change
                self.change = Change(
                    change.item, change.direction, change.base, change.current, change.earlier, change.amount, mention
                )
                self._close_change()
                return
            self._close_change()
        self._close_change()
        self.change = self._new_change(mention, rate=mention)

    def _share(self, mention: Mention, words: tuple[Word, ...]) -> None:
        kinds = [word.kind for word in words]
        cut = kinds.index("share")
        before = [word.name for word in words[:cut] if word.kind in NAMED]
        after = [word.name for word in words[cut:] if word.kind in NAMED]
        if not after and "spent" in kinds[cut:] and self.whole:
            after = [self.whole]
        if any(word.kind in {*PLANNED, "fiscal", "previous"} for word in words):
            return
        part = self.last if self.last and self.last.mention.money and self.last.role != "previous" else None
        if before:
            part = next((fact for fact in reversed(self.said) if fact.item == before[0]), None)
        if part is not None and len(after) < 2 and (part.item or not after):
            self.story.shares.append(Share(mention, part, after[0] if after else "", self.parent))

    def _completion(self, mention: Mention, words: tuple[Word, ...]) -> None:
        named = [word.name for word in words if word.kind in NAMED]
        if len(named) > 1 or mention.has("fiscal", "previous", "than"):
            return
        item = named[0] if named else self.current.item if self.current else ""
        if not item or not any(word.kind in PLANNED for word in words):
            return
        base = next(word.kind for word in words if word.kind in PLANNED)
        facts = [fact for fact in self.said if fact.item == item and not fact.mention.approximate]
        plan = next((fact for fact in facts if fact.role == base), None)
        part = next((fact for fact in facts if fact.role == "execution"), None) or next((f for f in facts if not f.role), None)
        self.story.done.append(Done(mention, item, base, part, plan))
