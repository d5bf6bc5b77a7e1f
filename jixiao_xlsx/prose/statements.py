"""What a report states of which item, in which role, and how its statements hang together."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from jixiao_xlsx.prose.language.clauses import Mention, Passage
from jixiao_xlsx.prose.language.scope import ScopedLine, StatementScope
from jixiao_xlsx.prose.language.vocabulary import Lexicon
from jixiao_xlsx.values.amounts import Convention, Figure, Interval


@dataclass(frozen=True, slots=True)
class Fact:
    """An amount or a count. `items`: several for “A、B 共计”; () if the subject is unknown.

    `role`: original, budget, plan (some budget), execution, previous, other (another time), or ""
    if not stated. `subset`: the words narrow the item (财政拨款…). `vague`: the item is not quite
    certain. `either`: a bare “支出” that may also be this total. `inherited`: the role is that of the
    total the item is listed under. `loose`: last year was named before, perhaps for another number.
    `doubt`: the body of the preceding sentence, which may be meant here too.
    """

    mention: Mention
    items: tuple[str, ...]
    role: str
    subset: bool = False
    vague: bool = False
    either: str = ""
    inherited: bool = False
    loose: bool = False
    doubt: str = ""

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
        """Return the same under one convention."""
        return Figure(self.mention.value, self.mention.unit, self.mention.decimals).believed(how)


def believed(mention: Mention) -> Interval:
    """Return the same for a bare number, in atoms of its unit."""
    figure = Figure(mention.value, mention.unit, mention.decimals)
    both = [figure.believed(how) for how in Convention]
    return Interval(min(one.lo for one in both), max(one.hi for one in both))


@dataclass(frozen=True, slots=True)
class StatedChange:
    """“比上年增加 5 万元，增长 5%”: `current` changed, `base` is the role or year compared with."""

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
    """“占支出合计的 86%”. `whole` is "" if not named; `like`: the preceding share of a parallel list,
    which has the same whole.
    """

    mention: Mention
    part: Fact
    whole: str
    parent: Fact | None
    like: Share | None = None


@dataclass(frozen=True, slots=True)
class RoundShare:
    """“项目支出……占支出合计的近四成”: a share in round words, of an amount or of what is only named."""

    share: Share | BareShare
    text: str
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class BareShare:
    """“基本支出占 62.7%” without an amount; `whole`: "" if neither the words nor shares beside it
    name it; `role`: of both.
    """

    mention: Mention
    item: str
    whole: str
    role: str = "execution"


@dataclass(frozen=True, slots=True)
class CompletionRate:
    """“完成年初预算的 98%”."""

    mention: Mention
    item: str
    base: str
    part: Fact | None
    plan: Fact | None


@dataclass(frozen=True, slots=True)
class StatedRate:
    """A rate of the form, an indicator's value, or (respondent) the 满意度 of one group."""

    mention: Mention
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A total and what is listed after it. `open_ended`: “其中”, which need not be everything;
    `sure`: the words count the parts (“三项共计”).
    """

    whole: Fact
    parts: tuple[Fact, ...]
    open_ended: bool
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """Three numbers that do not hold, what the last should be (in its unit), and how it is worked
    out, in words.

    `sure`: not even where each is rounded.
    """

    numbers: tuple[Mention, Mention, Mention]
    right: Fraction
    how: str
    sure: bool


@dataclass
class ReportStatements:
    """Everything understood of one report."""

    passages: tuple[Passage, ...] = ()
    lines: dict[int, ScopedLine] = field(default_factory=dict)
    lexicon: Lexicon | None = None
    names: tuple[str, ...] = ()
    facts: list[Fact] = field(default_factory=list)
    changes: list[StatedChange] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    bare_shares: list[BareShare] = field(default_factory=list)
    round_shares: list[RoundShare] = field(default_factory=list)
    completions: list[CompletionRate] = field(default_factory=list)
    rates: list[StatedRate] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    chains: list[Chain] = field(default_factory=list)
    numbers: int = 0
    mentions: dict[int, list[Mention]] = field(
        default_factory=dict
    )  # every number of a passage, in order

    def scope(self, source: Passage, position: int) -> StatementScope:
        """Return the owner and period at a position of a passage."""
        return self.lines[id(source)].at(position)
