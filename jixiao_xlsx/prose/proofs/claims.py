"""Numbers with their words → what each is said to be, by the frames of language.toml. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jixiao_xlsx.prose.language.vocabulary import Frame
from jixiao_xlsx.prose.proofs.tokens import NOUNS, Number, Token
from jixiao_xlsx.values.amounts import Interval, interval_sum

BUDGET_KINDS = ("original", "budget", "plan")
SIZE_ROLES = (*BUDGET_KINDS, "execution", "previous", "start", "this", "other", "contract")
PARTS_KINDS = frozenset({"parts", "all_parts", "among"})  # words that open a list
AMOUNTS = ("amount", "base", "reached", "divisor", "left", "full")
_LONGEST = 6  # figures of a list that are added up
_PASSING = {"from", "up", "down"}  # before a noun: “由人员经费”, “提升项目”
_COMPARING = ("than", "over", "under")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a number is said to be. `role`: of the thing itself; `base`: of what it is compared
    with; `direction`: 1 up, -1 down, 0 not said. `spans`: what it may truly be, the tables' figure
    of the same thing with it.
    """

    number: Number
    means: str
    role: str
    base: str
    direction: int
    spans: tuple[Interval, ...]

    @property
    def kind(self) -> str:
        """The kind of its number."""
        return self.number.kind

    @property
    def sized(self) -> bool:
        """Return whether it is the size of something, not a change or a rate."""
        return self.means in AMOUNTS and not self.number.vague


@dataclass(frozen=True, slots=True)
class Sentence:
    """The claims of a sentence, in order; `around`: all sizes of the paragraph it stands in.

    `start`: where its text stands in the passage; `since`: how many of the claims are of the
    sentence before, where this one goes on with its parts.
    """

    claims: tuple[Claim, ...]
    around: tuple[Claim, ...]
    text: str
    start: int
    since: int = 0

    def sums(self, kind: str) -> list[Interval]:
        """Return the sums of figures of a kind that follow one another in the sentence."""
        row = [one.number.span for one in self.claims if one.means == "amount" and one.kind == kind]
        return [
            interval_sum((1, span) for span in row[first:last])
            for first in range(len(row))
            for last in range(first + 2, min(first + _LONGEST, len(row)) + 1)
        ]

    def spans(self, kind: str) -> list[Interval]:
        """Return all that figures of a kind can be in the paragraph, alone or added up."""
        alone = [span for one in self.around if one.kind == kind for span in one.spans]
        return [*alone, *self.sums(kind)]

    def sizes(self, kind: str) -> list[Claim]:
        """Return the sizes of a kind in the sentence."""
        return [one for one in self.claims if one.sized and one.kind == kind]

    def before(self, claim: Claim) -> list[Claim]:
        """Return the sizes that stand before a claim."""
        return [one for one in self.claims if one.sized and one.number.start < claim.number.start]


def claim(number: Number, frames: Sequence[Frame], also: tuple[Interval, ...]) -> Claim:
    """Return what the first frame that fits says of a number."""
    lead = number.lead
    nouns = [at for at, one in enumerate(lead) if one.kind in NOUNS]
    named = nouns[-1] if nouns else 0
    kinds = {one.kind for at, one in enumerate(lead) if at > named or one.kind not in _PASSING}
    kinds |= {lead[0].kind} if lead and not named else set()
    kinds |= {"noun"} if nouns else set()
    means = next((one.means for one in frames if one.fits(number.family, kinds)), "amount")
    if means == "amount" and number.left:
        return Claim(number, "left", "", "", -1, (number.span, *also))
    role, base = _roles(lead, means)
    return Claim(number, means, role, base, _direction(lead, number), (number.span, *also))


def _roles(lead: Sequence[Token], means: str) -> tuple[str, str]:
    """Return the role of the thing and of what it is compared with.

    “全年预算比年初预算增加”, “决算低于预算”: what stands before the comparing word, and after it.
    """
    cut = next((at for at, one in enumerate(lead) if one.kind in _COMPARING), None)
    roles = [(at, one.kind) for at, one in enumerate(lead) if one.kind in SIZE_ROLES]
    if cut is None:
        own = [kind for _, kind in roles]
        if means in {"growth", "step", "left", "completion", "share"}:
            return "", next((kind for kind in own if kind in {*BUDGET_KINDS, "previous"}), "")
        return _of_amount(own), ""
    before, after = (
        [kind for at, kind in roles if at < cut],
        [kind for at, kind in roles if at > cut],
    )
    if means == "base":
        return _of_amount(after or before), ""
    return _of_amount(before), _of_amount(after)


def _of_amount(kinds: Sequence[str]) -> str:
    """Return the role that counts where several are named: “预算执行” is what was spent, “上年预算” is
    another year's.
    """
    if "start" in kinds:
        return "original" if set(kinds) & set(BUDGET_KINDS) else "previous"
    if "other" in kinds or ("previous" in kinds and set(kinds) & set(BUDGET_KINDS)):
        return "other"
    for kind in ("previous", "execution", *BUDGET_KINDS, "contract"):
        if kind in kinds:
            return kind
    return ""


_SIGNS = {"up": 1, "over": 1, "up_to": 1, "down": -1, "under": -1, "down_to": -1, "left": -1}


def _direction(lead: Sequence[Token], number: Number) -> int:
    """Return the way the last word of change points, the other way before a negative number."""
    signs = [_SIGNS[one.kind] for one in lead if one.kind in _SIGNS]
    if not signs:
        return 0
    return -signs[-1] if number.value < 0 else signs[-1]


def added(claims: Sequence[Claim]) -> Interval:
    """Return all that the sum can be, the tables' figures allowed for."""
    spans = [
        Interval(min(one.lo for one in claim.spans), max(one.hi for one in claim.spans))
        for claim in claims
    ]
    return interval_sum((1, span) for span in spans)
