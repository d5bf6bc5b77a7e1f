"""NAR102–103: figures in another unit than their like, and figures stated twice."""

from collections.abc import Iterable, Iterator

from jixiao_xlsx.checking.bases import SAME_AS_TABLES
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, rule
from jixiao_xlsx.prose import tallies
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.rules.figures import NO_REPORT, ROLE_LABELS, flag_mention, quote_of
from jixiao_xlsx.prose.statements import Fact, Listing
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.digit_slips import is_slip
from jixiao_xlsx.values.findings import Skipped
from jixiao_xlsx.values.severity import Severity


@rule(
    "NAR102",
    "元与万元混用",
    severity=Severity.ERROR,
    basis=SAME_AS_TABLES,
    relations=("C59", "C60"),
)
def unit_slip(evidence: ProseEvidence) -> Iterator[Observation]:
    """数字对，单位错：换成另一个单位就与表内一致，或同一事项的同一个数在别处写的是另一个单位，或总额正是所列各项之和而单位不同。

    改法：改成正确的单位，全文统一用万元或元。
    """
    statements = evidence.statements
    if statements is None:
        yield Skipped(NO_REPORT)
        return
    for fact in statements.facts:
        if not fact.items or not fact.mention.money or fact.mention.approximate:
            continue
        yield Looked(1)
        figures = evidence.matcher.candidates(fact)
        if unit := evidence.matcher.right_unit(fact):
            yield _other_unit(
                fact,
                unit,
                f"{figures[0].where}是 {figures[0].display_text}",
                (c.place for figure in figures for c in figure.cells),
            )
        elif twin := evidence.matcher.twin(fact):
            yield _other_unit(
                fact,
                twin.mention.unit,
                f"别处写“{quote_of(twin.mention)}”",
                (twin.mention.passage.place,),
            )
    for listing in statements.listings:
        whole = listing.whole
        if (unit := beside_its_parts(listing)) and not evidence.matcher.unit_in_doubt(whole):
            yield _other_unit(
                whole,
                unit,
                f"所列 {len(listing.parts)} 项之和正是 {whole.mention.numeral}{unit}",
                (),
            )


def beside_its_parts(listing: Listing) -> str:
    """Return the unit in which the total of a list would be what its parts add up to; "" for
    none.
    """
    whole = listing.whole.mention
    if not whole.money or whole.approximate or len(listing.parts) < 2:
        return ""
    added = sum(fact.mention.value * atoms_per(fact.mention.unit) for fact in listing.parts)
    units = ("元", "万元") if whole.unit != "亿元" else ()
    return next(
        (unit for unit in units if unit != whole.unit and added == whole.value * atoms_per(unit)),
        "",
    )


def _other_unit(fact: Fact, unit: str, why: str, related: Iterable[Place]) -> Flag:
    words = f"正文写“{quote_of(fact.mention)}”，{why}，单位多半应为{unit}。"
    return flag_mention(
        fact.mention,
        "、".join(fact.items),
        words,
        "请改正。",
        expected=f"{fact.mention.numeral}{unit}",
        related=tuple(related),
    )


@rule(
    "NAR103", "同一事项前后不一", severity=Severity.ERROR, basis=SAME_AS_TABLES, relations=("C68",)
)
def disagreeing_figures(evidence: ProseEvidence) -> Iterator[Observation]:
    """同一事项、同一口径在正文两处写了两个数，表内又没有可以判断谁对的数。口径没有写明的、表里没有的事项、两个数毫不相像的，只作提示。

    改法：核对两处，统一成与表一致的数；说的不是一回事的，写明各是什么。
    """
    statements, vocabulary = evidence.statements, evidence.vocabulary
    if statements is None or vocabulary is None:
        yield Skipped(NO_REPORT)
        return
    first: dict[tuple[tuple[str, ...], str, str], Fact] = {}
    for fact in statements.facts:
        unsure = (
            fact.subset
            or fact.vague
            or fact.either
            or fact.loose
            or fact.doubt
            or fact.mention.approximate
        )
        if not fact.items or unsure or fact.role == "other" or evidence.matcher.unit_in_doubt(fact):
            continue
        kind = "" if fact.mention.money else {"名": "人"}.get(fact.mention.unit, fact.mention.unit)
        before = first.setdefault((fact.items, fact.role, kind), fact)
        if before is fact:
            continue
        yield Looked(1)
        if not before.believed.meets(fact.believed) and not evidence.matcher.candidates(fact):
            yield _twice(before, fact)
    for earlier, later in tallies.disagreeing_tallies(statements, vocabulary.lexicon):
        yield Looked(1)
        words = f"正文写“{later.quote}”，前面写的是“{earlier.quote}”。"
        yield Flag(
            later.passage.place,
            earlier.name,
            later.passage.title,
            later.quote,
            words,
            f"与“{earlier.numeral}”一致",
            demand="可能说的不是一回事，也可能有一处写错，请核对。",
            related=(earlier.passage.place,),
            severity=Severity.NOTE,
        )
    for passage, earlier_match, match, source in tallies.rooms(statements):
        yield Looked(1)
        words = (
            f"正文写“{match['verb']}{match['number']}个{earlier_match['name']}”，"
            f"前面写的是“{earlier_match.group()}”。"
        )
        end = match.start("name") + len(earlier_match["name"])
        quote = source.text[match.start() : end]
        yield Flag(
            source.place,
            earlier_match["name"],
            source.title,
            quote,
            words,
            f"与“{earlier_match['number']}个”一致",
            demand="请核对后统一。",
            related=(passage.place,),
            severity=Severity.NOTE,
        )


def _twice(before: Fact, fact: Fact) -> Flag:
    name = "、".join(fact.items)
    words = (
        f"“{name}”{ROLE_LABELS[fact.role]}前后不一：“{quote_of(before.mention)}”，"
        f"这里是“{quote_of(fact.mention)}”。"
    )
    slip = is_slip(
        fact.mention.value * atoms_per(fact.mention.unit) / atoms_per(before.mention.unit),
        before.mention.value,
        fact.mention.decimals,
    )
    sure = bool(fact.role) and slip
    demand = "请核对后统一。" if sure else "两处可能口径不同，也可能有一处写错，请核对。"
    return flag_mention(
        fact.mention,
        name,
        words,
        demand,
        expected=f"与“{before.mention.numeral}{before.mention.unit}”一致",
        related=(before.mention.passage.place,),
        severity=None if sure else Severity.NOTE,
    )
