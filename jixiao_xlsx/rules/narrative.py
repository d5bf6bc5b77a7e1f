"""NAR101–107: figures of the written report against the tables, against each other, and against their own arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.amounts import ZERO, Convention, Interval, atoms_per, plain, rate_holds, rounded, total
from jixiao_xlsx.indicators import read_measure
from jixiao_xlsx.model import Expected, Place, Severity, Skipped
from jixiao_xlsx.narrative.clauses import Mention
from jixiao_xlsx.narrative.facts import Change, Done, Fact, Listing, RateSaid, Share, believed
from jixiao_xlsx.narrative.yardstick import Yard
from jixiao_xlsx.rules import Desk, Flag, Looked, Saw, rule

SAME = "部门决算公开口径：报告文字与报表同一口径金额应一致"
ARITHMETIC = "报告文字中的合计、增减、占比、完成率应能由所列数字算出"
ROLE = {"original": "年初预算", "budget": "全年预算", "plan": "预算", "execution": "决算（执行）", "previous": "上年", "": ""}
MISSING = "表单没有报告正文，或没有填"


def said(mention: Mention, item: str, message: str, **more: object) -> Flag:
    """A flag at the passage, with the words of the report."""
    source = mention.passage
    return Flag(source.place, item or source.title, source.title, mention.quote, message, **more)  # type: ignore[arg-type]


def _words(mention: Mention) -> str:
    return mention.quote.replace("“", "「").replace("”", "」")


# ------------------------------------------------------------------------------------------------------ figure and table


@rule("NAR101", "正文金额与表内不符", severity=Severity.ERROR, basis=SAME, relations=("C67",))
def differs_from_table(desk: Desk) -> Iterator[Saw]:
    """正文写的金额、人数与表里同一事项同一口径的数对不上，四舍五入或截断都不能解释。相差最后一位的、说法口径不一的只作提示。"""
    story = desk.story
    if story is None:
        yield Skipped("NAR101", MISSING)
        return
    for fact in story.facts:
        yards = _yards(desk, fact)
        if not yards or fact.mention.approximate:
            continue
        yield Looked(1)
        if fact.subset:
            yield from _subset(fact, yards)
        elif not any(yard.meets(fact.believed) for yard in yards) and not slipped(desk, fact):
            yield from _differs(desk, fact, yards)


def _yards(desk: Desk, fact: Fact) -> tuple[Yard, ...]:
    """The figures the fact may be; () where nothing can be said."""
    if not fact.items or fact.role == "other":
        return ()
    sets = [desk.yards.of(item, fact.role) or (desk.yards.of(item, "") if fact.inherited else ()) for item in fact.items]
    if fact.either and desk.vocabulary and desk.vocabulary.subjects:
        sets[0] += desk.yards.of(desk.vocabulary.subjects.whole, "execution")
    if not all(sets):
        return ()
    yards = sets[0] if len(sets) == 1 else (Yard(tuple(cell for one in sets for cell in one[0].cells)),)
    fine = tuple(yard for yard in yards if nearest_grid(yard) <= fact.grid)  # 元 is not measured with 万元
    yards = fine or yards
    return tuple(yard for yard in yards if (yard.unit in {"元", "万元"}) == fact.mention.money and _counts(desk, fact, yard))


def _counts(desk: Desk, fact: Fact, yard: Yard) -> bool:
    """People are counted in 人 or 名, papers in 份, cars in 辆."""
    unit = {"名": "人"}.get(fact.mention.unit, fact.mention.unit)
    return fact.mention.money or yard.unit == unit


def _differs(desk: Desk, fact: Fact, yards: tuple[Yard, ...]) -> Iterator[Saw]:
    mention = fact.mention
    if any(desk.yards.mends(fact, yard) for yard in yards):
        return
    usual = desk.yards.of(fact.item, "execution") if not fact.role else ()  # what is said without a role is mostly the outcome
    yards = tuple(yard for yard in yards if yard in usual) or yards
    nearest = min(yards, key=lambda yard: abs(yard.atoms - mention.value * atoms_per(mention.unit)))
    gap = mention.value * atoms_per(mention.unit) - nearest.atoms
    last_digit = (
        abs(gap) <= max(atoms_per(mention.unit) // 10**mention.decimals, nearest_grid(nearest)) and nearest_grid(nearest) > 1
    )
    note = last_digit and mention.money
    name = "、".join(fact.items)
    unit, decimals = mention.unit, mention.decimals
    both = f"正文写“{_words(mention)}”，{nearest.where}是 {nearest.shown}"
    if nearest.unit != unit:
        both += f"（{nearest.shown_in(unit, decimals)}）"
    shown = rounded(nearest.atoms / atoms_per(unit), max(decimals, 2) if mention.money else 0)
    difference = f"{plain(mention.value - nearest.atoms / atoms_per(unit), max(decimals, 2) if mention.money else None)}{unit}"
    tail = "差最后一位，多半是取舍不同，请统一。" if last_digit and not fact.vague else "请核对后改成一致。"
    if fact.vague or _somebody_elses(desk, fact):
        note, tail = True, "口径可能不同，也可能写错，请核对。"
    yield said(
        mention,
        name,
        f"{both}，相差 {difference.lstrip('-')}。{tail}",
        expected=Expected(shown, shown, unit),
        difference=difference,
        related=tuple(cell.place for cell in nearest.cells),
        severity=Severity.NOTE if note else Severity.WARNING if _guessed(desk, fact) else None,
    )


def _somebody_elses(desk: Desk, fact: Fact) -> bool:
    """Whether the amount is more than twice all that the department spent: it may be the county's."""
    whole = desk.vocabulary.subjects.whole if desk.vocabulary and desk.vocabulary.subjects else ""
    spent = [yard.span.hi for yard in desk.yards.of(whole, "")]
    return fact.mention.money and whole not in fact.items and bool(spent) and fact.believed.lo > 2 * max(spent)


def _guessed(desk: Desk, fact: Fact) -> bool:
    """Whether the role comes from the head of the list and the table has no figure of that role."""
    return fact.inherited and not desk.yards.of(fact.item, fact.role)


def nearest_grid(yard: Yard) -> int:
    """Atoms in the last digit of the table's figure."""
    return max(cell.figure.grid for cell in yard.cells if cell.figure)


def _subset(fact: Fact, yards: tuple[Yard, ...]) -> Iterator[Saw]:
    """“财政拨款基本支出” is a part of 基本支出: it may not be more."""
    yard = max(yards, key=lambda one: one.atoms)
    if fact.mention.money and fact.believed.lo > yard.span.hi:
        over = plain(fact.mention.value - yard.atoms / atoms_per(fact.mention.unit), 2)
        words = f"正文写“{_words(fact.mention)}”，大于{yard.where} {yard.shown}，多 {over}{fact.mention.unit}。请核对。"
        limit = plain(yard.atoms / atoms_per(fact.mention.unit), 2)
        yield said(
            fact.mention,
            fact.item,
            words,
            expected=f"不大于 {limit}{fact.mention.unit}",
            difference=f"{over}{fact.mention.unit}",
            related=tuple(cell.place for cell in yard.cells),
        )


_OTHER_UNIT = {"元": ("万元", "亿元"), "万元": ("元", "亿元"), "亿元": ("万元",)}


def _slip(fact: Fact, yards: tuple[Yard, ...]) -> str:
    """The unit that would have made the figure right; "" for none."""
    for unit in _OTHER_UNIT.get(fact.mention.unit, ()) if fact.mention.value else ():
        if any(yard.meets(_in_unit(fact, unit)) for yard in yards):
            return unit
    return ""


def _in_unit(fact: Fact, unit: str) -> Interval:
    return believed(replace(fact.mention, unit=unit))


@rule("NAR102", "元与万元混用", severity=Severity.ERROR, basis=SAME, relations=("C59", "C60"))
def unit_slip(desk: Desk) -> Iterator[Saw]:
    """数字对，单位错：换成另一个单位就与表内一致，或同一事项的同一个数在别处写的是另一个单位。"""
    story = desk.story
    if story is None:
        yield Skipped("NAR102", MISSING)
        return
    for fact in story.facts:
        if not fact.items or not fact.mention.money or fact.mention.approximate:
            continue
        yield Looked(1)
        yards = _yards(desk, fact)
        if any(yard.meets(fact.believed) for yard in yards):
            continue
        unit, related = _slip(fact, yards), tuple(cell.place for yard in yards for cell in yard.cells)
        why = f"{yards[0].where}是 {yards[0].shown}" if unit else ""
        if not unit and (twin := _twin(desk, fact, story.facts)):
            unit, related, why = twin.mention.unit, (twin.mention.passage.place,), f"别处写“{_words(twin.mention)}”"
        if unit:
            words = f"正文写“{_words(fact.mention)}”，{why}，单位多半应为{unit}。请改正。"
            yield said(
                fact.mention, fact.item or "、".join(fact.items), words, expected=f"{fact.mention.numeral}{unit}", related=related
            )


def _twin(desk: Desk, fact: Fact, facts: list[Fact]) -> Fact | None:
    """The same number of the same item elsewhere in a bigger unit (nobody writes 942.42 元 of 942.42 万元)."""
    if len(fact.mention.numeral) < 4 or fact.mention.unit != "元":
        return None
    for other in facts:
        same = other.items == fact.items and other.mention.numeral == fact.mention.numeral and not other.mention.approximate
        if same and other.mention.unit == "万元":
            return other
    return None


def slipped(desk: Desk, fact: Fact | None) -> bool:
    """Whether the fact's unit is in doubt: nothing is computed with it."""
    if fact is None or desk.story is None or not fact.mention.money:
        return False
    yards = _yards(desk, fact)
    if any(yard.meets(fact.believed) for yard in yards):
        return False
    return bool(_slip(fact, yards)) or _twin(desk, fact, desk.story.facts) is not None


# ------------------------------------------------------------------------------------------------------ place and place


@rule("NAR103", "同一事项前后不一", severity=Severity.ERROR, basis=SAME, relations=("C68",))
def told_twice(desk: Desk) -> Iterator[Saw]:
    """同一事项、同一口径在正文两处写了两个数，表内又没有可以判断谁对的数。口径没有写明的只作提示。"""
    story = desk.story
    if story is None:
        yield Skipped("NAR103", MISSING)
        return
    first: dict[tuple[tuple[str, ...], str, bool], Fact] = {}
    for fact in story.facts:
        if not fact.items or fact.subset or fact.vague or fact.either or fact.role == "other" or fact.mention.approximate:
            continue
        if slipped(desk, fact):
            continue
        key = (fact.items, fact.role, fact.mention.money)
        before = first.setdefault(key, fact)
        if before is fact:
            continue
        yield Looked(1)
        if before.believed.meets(fact.believed) or _yards(desk, fact):
            continue
        if not fact.mention.money and before.mention.unit != fact.mention.unit:
            continue
        words = f"“{'、'.join(fact.items)}”{ROLE[fact.role]}前后不一：“{_words(before.mention)}”，这里是“{_words(fact.mention)}”。"
        words += "请核对后统一。" if fact.role else "两处可能口径不同，也可能有一处写错，请核对。"
        yield said(
            fact.mention,
            "、".join(fact.items),
            words,
            expected=f"与“{before.mention.numeral}{before.mention.unit}”一致",
            related=(before.mention.passage.place,),
            severity=None if fact.role else Severity.NOTE,
        )


# ------------------------------------------------------------------------------------------------------ lists


@rule("NAR104", "所列分项与总额不符", severity=Severity.ERROR, basis=ARITHMETIC, relations=("C10", "C71"))
def list_and_total(desk: Desk) -> Iterator[Saw]:
    """正文里列出的各项加起来不等于前面的总额。“其中”可以不列全，只在超过总额、或已列全时才算错。"""
    story = desk.story
    if story is None:
        yield Skipped("NAR104", MISSING)
        return
    for listing in story.listings:
        every = (listing.whole, *listing.parts)
        if any(fact.mention.approximate or slipped(desk, fact) for fact in every) or any(fact.role == "other" for fact in every):
            continue
        yield Looked(len(every))
        added = [total((1, fact.under(how)) for fact in listing.parts) for how in Convention]
        wholes = [listing.whole.under(how) for how in Convention]
        if any(parts.meets(whole) for parts, whole in zip(added, wholes, strict=True)):
            continue
        over = all(parts.lo > whole.hi for parts, whole in zip(added, wholes, strict=True))
        complete = _complete(desk, listing)
        if complete or (over and (len(listing.parts) > 1 or _part_of(desk, listing))):
            yield _unequal(listing, None)
        elif not listing.open_ended and len(listing.parts) > 1:
            yield _unequal(listing, Severity.NOTE)


def _part_of(desk: Desk, listing: Listing) -> bool:
    """Whether the only part that is listed is known to be a part of the whole."""
    groups = dict(desk.vocabulary.partitions) if desk.vocabulary else {}
    return listing.parts[0].item in groups.get(listing.whole.item, ())


def _complete(desk: Desk, listing: Listing) -> bool:
    """Whether every part of the whole that is not 0 is in the list."""
    known, names = desk.vocabulary, {fact.item for fact in listing.parts}
    if known is None or len(listing.parts) < 2 or "" in names or len(names) != len(listing.parts):
        return False
    subjects = desk.yards.subjects
    if len(subjects) > 1 and names >= set(subjects) and all(_is_subject(desk, name) for name in names):
        return True
    if known.subjects and len(subjects) > 1 and len(names) == len(subjects) and all(_is_subject(desk, name) for name in names):
        return not listing.open_ended or "主要" in listing.parts[0].mention.gap
    for whole, parts in known.partitions:
        if listing.whole.item == whole and names <= set(parts):
            left = [part for part in parts if part not in names]
            return not any(yard.atoms for part in left for yard in _yards_of(desk, part))
    return False


def _yards_of(desk: Desk, part: str) -> tuple[Yard, ...]:
    """Figures of a part; a part the vocabulary has no address for is looked up by its title."""
    if desk.vocabulary and part in desk.vocabulary.items:
        return desk.yards.of(part, "")
    cells = [cell for table in desk.submission.tables.values() if (row := table.by_title.get(part)) for cell in row.cells.values()]
    return tuple(Yard((cell,)) for cell in cells if cell.number is not None and cell.unit in {"元", "万元"})


def _is_subject(desk: Desk, name: str) -> bool:
    return bool(desk.vocabulary and name not in desk.vocabulary.items)


def _unequal(listing: Listing, severity: Severity | None) -> Flag:
    whole = listing.whole.mention
    unit = whole.unit
    numbers = [fact.mention.value * atoms_per(fact.mention.unit) / atoms_per(unit) for fact in listing.parts]
    added = sum(numbers, Decimal(0))
    names = " + ".join(plain(number) for number in numbers)
    gap = plain(added - whole.value)
    words = (
        f"正文“{_words(whole)}”，后面列出的 {len(numbers)} 项之和 {names} = {plain(added)}{unit}，相差 {gap.lstrip('-')}{unit}。"
    )
    words += "请核对各项与总额。" if severity is None else "可能没有列全，也可能有一项写错，请核对。"
    item = listing.whole.item or whole.passage.title
    flag = said(whole, item, words, expected=Expected(added, added, unit), difference=f"{plain(whole.value - added)}{unit}")
    return Flag(
        flag.place,
        flag.item,
        flag.field,
        _span(listing),
        flag.message,
        flag.expected,
        flag.difference,
        severity=severity,
        count=1,
    )


def _span(listing: Listing) -> str:
    """The words from the total to the last part."""
    whole, last = listing.whole.mention, listing.parts[-1].mention
    if whole.passage is not last.passage:
        return whole.quote
    text = whole.passage.text[max(whole.start - len(whole.lead), 0) : last.end].strip("，、；：。 ")
    return text if len(text) <= 120 else f"{text[:60]}…{text[-58:]}"


# ------------------------------------------------------------------------------------------------------ changes


@rule("NAR105", "增减与前后数不符", severity=Severity.ERROR, basis=ARITHMETIC, relations=("C64", "C65"))
def changes(desk: Desk) -> Iterator[Saw]:
    """增减额 = 本期 − 上期，增减% = 增减额 ÷ 上期，文字的方向与数字一致；上期为 0 不写百分比。"""
    story = desk.story
    if story is None:
        yield Skipped("NAR105", MISSING)
        return
    for change in story.changes:
        if slipped(desk, change.current) or slipped(desk, change.earlier):
            continue
        yield Looked(1)
        yield from _change(desk, change)


@dataclass(frozen=True, slots=True)
class Amount:
    """True amounts that words or cells can stand for, and the figure as printed, in atoms."""

    span: Interval
    printed: Fraction

    def less(self, other: Amount) -> Amount:
        """The difference of the two."""
        return Amount(total(((1, self.span), (-1, other.span))), self.printed - other.printed)

    def __neg__(self) -> Amount:
        return Amount(-self.span, -self.printed)


def _amount(mention: Mention) -> Amount:
    return Amount(believed(mention), Fraction(mention.value * atoms_per(mention.unit)))


def _change(desk: Desk, change: Change) -> Iterator[Saw]:
    mention = change.amount or change.rate
    assert mention is not None
    now = _amount(change.current.mention) if change.current else _from_tables(desk, change.item, "execution")
    then = _amount(change.earlier.mention) if change.earlier else _from_tables(desk, change.item, change.base)
    if change.amount is not None and not change.amount.money and not (change.current or change.earlier):
        return
    step = _amount(change.amount) if change.amount else None
    if step is not None and step.printed < 0:
        step = -step
    steps = [step] if step else []
    if now and then and change.base:
        real = now.less(then)
        sign = 1 if real.span.lo > 0 else -1 if real.span.hi < 0 else 0
        if sign and sign != change.direction and not (step and 0 in step.span):
            told, right = ("增加", "减少") if change.direction > 0 else ("减少", "增加")
            yield _flag_change(desk, change, mention, f"{_compare(desk, change)}，是{right}，文字写的是{told}", right)
            return
        size = real if change.direction > 0 else -real
        if step is not None and not step.span.meets(size.span):
            gap = plain(size.printed / atoms_per(mention.unit), max(mention.decimals, 2) if mention.money else 0)
            yield _flag_change(desk, change, mention, f"{_compare(desk, change)}，相差 {gap}{mention.unit}", f"{gap}{mention.unit}")
            return
        steps.append(size)
    if change.rate is None or not steps:
        return
    if then is None and now is not None:
        then = now.less(steps[0] if change.direction > 0 else -steps[0])
    if then is not None:
        yield from _growth_rate(desk, change, change.rate, steps, then)


def _growth_rate(desk: Desk, change: Change, rate: Mention, steps: list[Amount], then: Amount) -> Iterator[Saw]:
    """The rate must follow from the step as written, or from the two figures it is the difference of."""
    if then.span == ZERO and rate.value:
        yield _flag_change(desk, change, rate, "比较的基数为 0，不能计算百分比，应只写增减额", "不写百分比")
        return
    shown, grid = Fraction(abs(rate.value)) / 100, Fraction(1, 10 ** (rate.decimals + 2))
    if then.span.lo > 0 and not any(rate_holds(shown, grid, step.span, then.span) for step in steps):
        right = f"{plain(steps[-1].printed / then.printed * 100, 2)}%"
        yield _flag_change(desk, change, rate, f"按所写数字复算为 {right}", right)


def _from_tables(desk: Desk, item: str, role: str) -> Amount | None:
    """The tables' figure of an item, where they have one, or several that agree."""
    if role not in {"execution", "previous", "original", "budget"}:
        return None
    yards = sorted(desk.yards.of(item, role), key=nearest_grid)
    if not yards or not all(yard.meets(yards[0].span) for yard in yards):
        return None
    return Amount(yards[0].span, Fraction(yards[0].atoms))


def _compare(desk: Desk, change: Change) -> str:
    now = f"“{_words(change.current.mention)}”" if change.current else "表内本期数"
    then = f"“{_words(change.earlier.mention)}”" if change.earlier else f"表内{ROLE.get(change.base, '')}数"
    return f"{now}与{then}比"


def _flag_change(desk: Desk, change: Change, mention: Mention, why: str, expected: str) -> Flag:
    words = f"正文“{change.item}”写“{_words(mention)}”，{why}。请改正。"
    role = change.base if change.base in {"previous", "original", "budget"} else ""
    places = [yard.cells[0].place for one in ("execution", role) if one for yard in desk.yards.of(change.item, one)[:1]]
    return said(mention, change.item, words, expected=expected, related=tuple(places))


# ------------------------------------------------------------------------------------------------------ shares, rates


@rule("NAR106", "占比与所列数不符", severity=Severity.ERROR, basis=ARITHMETIC, relations=("C66",))
def shares(desk: Desk) -> Iterator[Saw]:
    """占比 = 分项 ÷ 文字所指的合计；没有指明合计的，与前面的总额比，对不上而又可能另有所指的只作提示。"""
    story = desk.story
    if story is None:
        yield Skipped("NAR106", MISSING)
        return
    for share in story.shares:
        if share.part.mention.approximate or slipped(desk, share.part) or slipped(desk, share.parent):
            continue
        wholes, name, sure = _whole(desk, share)
        wholes = tuple(whole for whole in wholes if whole.span.lo > 0)
        if not wholes:
            continue
        yield Looked(1)
        rate, part, whole = share.mention, _amount(share.part.mention), wholes[0]
        step = Fraction(1, 10 ** (rate.decimals + 2))
        if not any(rate_holds(Fraction(rate.value) / 100, step, part.span, one.span) for one in wholes):
            middle = part.printed / whole.printed * 100
            words = f"正文写“{_words(rate)}”，“{_words(share.part.mention)}”占{name}应为 {plain(middle, 2)}%。"
            words += "请改正。" if sure else "如另有所指，请写明占的是哪一项。"
            yield said(
                rate,
                share.part.item or rate.passage.title,
                words,
                expected=f"{plain(middle, 2)}%",
                severity=None if sure else Severity.NOTE,
            )


def _whole(desk: Desk, share: Share) -> tuple[tuple[Amount, ...], str, bool]:
    story = desk.story
    if share.whole:
        role = share.part.role or "execution"
        near = [
            fact
            for fact in (story.facts if story else ())
            if fact.item == share.whole and (fact.role or "execution") == role and not fact.subset and fact.mention.money
        ]
        spans = [_amount(fact.mention) for fact in near]
        spans += [Amount(yard.span, Fraction(yard.atoms)) for yard in desk.yards.of(share.whole, role)]
        return tuple(spans), f"“{share.whole}”", True
    if share.parent is not None and not share.parent.mention.approximate and share.parent is not share.part:
        return (_amount(share.parent.mention),), f"“{_words(share.parent.mention)}”", True
    return (), "", False


@rule("NAR107", "完成率、执行率与数字不符", severity=Severity.ERROR, basis=ARITHMETIC, relations=("C29", "C30"))
def completion(desk: Desk) -> Iterator[Saw]:
    """完成率按文字所说的基数（年初预算还是全年预算）复算；预算执行率、指标业绩值与表内一致；基数为 0 不写百分比。"""
    story = desk.story
    if story is None:
        yield Skipped("NAR107", MISSING)
        return
    for done in story.done:
        if not (slipped(desk, done.part) or slipped(desk, done.plan)):
            yield Looked(1)
            yield from _done(desk, done)
    for rate in story.rates:
        yield Looked(1)
        yield from _rate(desk, rate) if rate.kind == "rate" else _indicator(desk, rate)


def _done(desk: Desk, done: Done) -> Iterator[Saw]:
    bases = [done.base] if done.base != "plan" else ["budget", "original"]
    part = _amount(done.part.mention) if done.part else _from_tables(desk, done.item, "execution")
    known = [found for base in bases if (found := _from_tables(desk, done.item, base))]
    plans = [_amount(done.plan.mention)] if done.plan else known
    if part is None or not plans:
        return
    shown, step = Fraction(done.mention.value) / 100, Fraction(1, 10 ** (done.mention.decimals + 2))
    if all(plan.span == ZERO for plan in plans):
        if done.mention.value and part.span.hi > 0:
            words = f"正文“{done.item}”写“{_words(done.mention)}”，{ROLE[done.base]}为 0，不能计算完成率。请改正。"
            yield said(done.mention, done.item, words, expected="—")
        return
    usable = [plan for plan in plans if plan.span.lo > 0]
    if usable and not any(rate_holds(shown, step, part.span, plan.span) for plan in usable):
        right = plain(part.printed / usable[0].printed * 100, 2)
        words = f"正文“{done.item}”写“{_words(done.mention)}”，按{ROLE[done.base]}复算为 {right}%。请改正。"
        related = [
            cell.place for role in ("execution", *bases) for yard in desk.yards.of(done.item, role)[:1] for cell in yard.cells
        ]
        yield said(done.mention, done.item, words, expected=f"{right}%", related=tuple(related))


def _rate(desk: Desk, rate: RateSaid) -> Iterator[Saw]:
    known = desk.vocabulary.rates[rate.name] if desk.vocabulary else None
    if known is None:
        return
    mention = rate.mention
    shown, step = Fraction(mention.value) / 100, Fraction(1, 10 ** (mention.decimals + 2))
    cell = desk.yards.cell(known.shown) if known.shown else None
    part, whole = desk.yards.cell(known.part), desk.yards.cell(known.whole)
    right: list[Fraction] = []
    places: list[Place] = []
    if cell is not None and cell.number is not None:
        if abs(Fraction(cell.number) - shown) < max(step, Fraction(1, 10 ** (cell.decimals + 2))):
            return
        right, places = [Fraction(cell.number)], [cell.place]
    if part and whole and part.figure and whole.figure and whole.figure.value > 0:
        if rate_holds(shown, step, Yard((part,)).span, Yard((whole,)).span):
            return
        right, places = [*right, Fraction(part.figure.atoms) / Fraction(whole.figure.atoms)], [*places, part.place, whole.place]
    if right:
        value = f"{plain(right[0] * 100, 2)}%"
        words = f"正文写“{_words(mention)}”，表内“{rate.name}”是 {value}。请核对后改成一致。"
        difference = f"{plain((shown - right[0]) * 100, 2)} 个百分点"
        yield said(mention, rate.name, words, expected=value, difference=difference, related=tuple(places))


def _indicator(desk: Desk, rate: RateSaid) -> Iterator[Saw]:
    line = next((line for line in desk.lines if rate.name in {line.name, line.spec.name if line.spec else ""}), None)
    if line is None:
        return
    actual, mention = line.actual, rate.mention
    if actual.number is None or not actual.rate or read_measure(line.cell("actual")).number is None:
        return
    step = max(Fraction(1, 10 ** (mention.decimals + 2)), Fraction(1, 10**actual.digits))
    shown = Fraction(mention.value) / 100
    if abs(actual.number - shown) >= step:
        value = f"{plain(actual.number * 100, 2)}%"
        words = f"正文写“{_words(mention)}”，《{line.cell('actual').sheet}》“{line.name}”的业绩值是 {line.actual.text}。请核对后改成一致。"
        yield said(
            mention,
            line.name,
            words,
            expected=value,
            difference=f"{plain((shown - actual.number) * 100, 2)} 个百分点",
            related=(line.cell("actual").place,),
        )
