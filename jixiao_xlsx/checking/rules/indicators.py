"""IND101–IND117, 121–123: the indicator table, line by line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import islice

from jixiao_xlsx.checking.balance.ratio_slips import ratio_slip
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, flag, rule
from jixiao_xlsx.scoring.indicator_lines import Base, BaseState, Line
from jixiao_xlsx.scoring.measures import read_measure_text
from jixiao_xlsx.scoring.score_formulas import highest
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.digit_slips import SIGN, slip, swaps
from jixiao_xlsx.values.findings import Expected, Severity, Skipped
from jixiao_xlsx.values.number_text import decimals_of, percent, plain, rounded
from jixiao_xlsx.values.scores import IndicatorScore, Method
from jixiao_xlsx.values.text import tidy
from jixiao_xlsx.values.typed_numbers import State

MEASURES = "《项目支出绩效评价管理办法》（财预〔2020〕10号）"
FRAMEWORK = "《预算绩效评价共性指标体系框架》（财预〔2013〕53号）"
OPPOSITE = {("≥", "≤"), ("≤", "≥")}


def _points(value: Fraction) -> str:
    return f"{plain(value)} 分"


def _exactly(value: Fraction) -> Expected:
    return Expected(_score(value), _score(value), "分")


def _score(value: Fraction) -> Decimal:
    """Points to four decimals, without needless zeros and never as 9E+1."""
    return Decimal(plain(rounded(value, 4)))


def scored_lines(evidence: Evidence) -> list[tuple[Line, IndicatorScore]]:
    """Each line beside its score."""
    return list(zip(evidence.lines, evidence.card.indicators, strict=True))


# ------------------------------------------------------------------------------------------------------ weights


@rule("IND101", "权重合计不是满分", severity=Severity.ERROR, basis=MEASURES, relations=("C35",))
def weights_total(evidence: Evidence) -> Iterator[Observation]:
    """各指标权重之和加上预算执行率的分值应为 100。

    改法：权重照表样填；预算执行率的分值填 10。
    """
    if not evidence.lines:
        yield Skipped("没有读到指标")
        return
    yield Looked(len(evidence.lines) + 1)
    total = sum((line.weight for line in evidence.lines), Fraction(0))
    row = evidence.execution("weight")
    extra = Fraction(row.number) if row is not None and row.number is not None else Fraction(0)
    anchor = evidence.total_cell("weight") or evidence.lines[0].cell("weight")
    if total + extra == 100:
        return
    missing = total == evidence.template.full_mark and not extra
    words = f"指标权重合计 {plain(total)}，加预算执行率分值 {plain(extra)}，共 {plain(total + extra)}，应为 100。"
    advice = (
        f"缺预算执行率 {plain(evidence.template.execution_weight)} 分，请补填其分值。"
        if missing
        else "请核对各指标权重。"
    )
    right = 100 - (extra or evidence.template.execution_weight)
    related = tuple(c.place for c in (row, *(line.cell("weight") for line in evidence.lines)) if c)
    yield flag(
        anchor,
        words + advice,
        expected=f"加预算执行率分值共 {_points(Fraction(100))}" if missing else _exactly(right),
        difference=f"{plain(total + extra - 100)} 分",
        related=related[:1] if missing else related,
    )


@rule(
    "IND102",
    "权重与表样不符",
    severity=Severity.ERROR,
    basis=FRAMEWORK,
    relations=("C36",),
    yields_to=("IND123",),
)
def fixed_weights(evidence: Evidence) -> Iterator[Observation]:
    """共性指标的权重由表样规定；个性指标的权重在同一二级（或一级，看表样）指标内合计应等于表样规定。

    改法：共性指标改回表样的权重；自设指标调整到同组合计与表样一致。
    """
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in evidence.lines:
        if line.spec and line.spec.common:
            yield Looked(1)
            if line.weight != line.spec.weight:
                words = f"“{line.name}”权重填 {plain(line.weight)}，表样规定 {plain(line.spec.weight)}。共性指标权重不得改动，请改回，得分按原权重重填。"
                cell, right = line.cell("weight"), _exactly(line.spec.weight)
                yield flag(cell, words, expected=right, hint=slip(cell.place, cell.text, right))
        else:
            groups[_group(line, evidence)].append(line)
    for group, weight in _own_groups(evidence).items():
        found = groups.get(tidy(group), [])
        total = sum((line.weight for line in found), Fraction(0))
        yield Looked(len(found))
        if found and total != weight:
            words = f"{_LEVELS[evidence.template.weights_by]}“{group}”下各指标权重合计 {plain(total)}，表样规定 {plain(weight)}。请调整，得分按新权重重填。"
            related = tuple(line.cell("weight").place for line in found[1:])
            first = found[0].cell("weight")
            yield flag(
                first,
                words,
                expected=_exactly(weight) if len(found) == 1 else f"同组合计 {plain(weight)} 分",
                hint=slip(first.place, first.text, _exactly(weight)) if len(found) == 1 else "",
                difference=f"{plain(total - weight)} 分",
                related=related,
            )


_LEVELS = {"level1": "一级指标", "level2": "二级指标"}


def _own_groups(evidence: Evidence) -> dict[str, Fraction]:
    """The groups that a department fills itself, and the weight each must add to."""
    weights: dict[str, Fraction] = defaultdict(Fraction)
    for spec in evidence.template.indicators:
        if not spec.common:
            weights[getattr(spec, evidence.template.weights_by)] += spec.weight
    return weights


def _group(line: Line, evidence: Evidence) -> str:
    """The group that a line's weight counts in."""
    return tidy(getattr(line, evidence.template.weights_by))


@rule(
    "IND114",
    "权重过于集中或缺指标类别",
    severity=Severity.WARNING,
    basis=MEASURES,
    relations=("C50",),
)
def concentrated(evidence: Evidence) -> Iterator[Observation]:
    """单个指标权重不宜过大（默认 30 分）；表样规定由单位自设的各类指标都应有指标。

    改法：拆分权重过大的指标，补上缺的类别；确有需要的，附情况说明。
    """
    limit = evidence.template.thresholds.get("heavy_weight", Fraction(100))
    for line in evidence.lines:
        yield Looked(1)
        if line.weight > limit:
            yield flag(
                line.cell("weight"),
                f"“{line.name}”权重 {plain(line.weight)}，超过 {plain(limit)}，过于集中。请拆分；确有需要的，请附情况说明。",
                expected=f"不大于 {_points(limit)}",
            )
    present = {_group(line, evidence) for line in evidence.lines}
    table, level = evidence.indicator_table, evidence.template.weights_by
    absent = [group for group in _own_groups(evidence) if tidy(group) not in present]
    if evidence.lines and table and absent:
        names = "、".join(f"“{name}”" for name in absent)
        heading = table.columns.get(evidence.template.indicator_columns[level]) or table.anchor
        text = f"缺少{_LEVELS[level]}{names}下的指标。请补填；确实没有的，请附情况说明。"
        yield Flag(heading.place, absent[0], heading.column, "", text, count=len(absent))


@rule("IND123", "缺少共性指标", severity=Severity.ERROR, basis=FRAMEWORK, relations=("C50",))
def missing_common(evidence: Evidence) -> Iterator[Observation]:
    """表样规定的共性指标一个也不能少；不适用的填“不适用”并说明理由。

    改法：把删去或改名的共性指标恢复成表样的样子；不适用的填“不适用”。
    """
    table = evidence.indicator_table
    heading = table.columns.get(evidence.template.indicator_columns["name"]) if table else None
    if heading is None or not evidence.lines:
        return
    there = {id(line.spec) for line in evidence.lines}
    common = [spec for spec in evidence.template.indicators if spec.common]
    yield Looked(len(common))
    absent = [spec.name for spec in common if id(spec) not in there]
    if absent:
        instead = dict(_instead(evidence))
        names = "、".join(
            f"“{name}”" + (f"（改成了“{instead[name].name}”）" if name in instead else "")
            for name in absent
        )
        text = (
            f"缺少共性指标{names}（被删或改了名）。请恢复。"
            if len(instead) < len(absent)
            else f"缺少共性指标{names}。请改回。"
        )
        places = [line.cell("name").place for line in instead.values()] or [heading.place]
        wanted = "有" + "、".join(f"“{name}”" for name in absent)
        yield Flag(
            places[0],
            absent[0],
            heading.column,
            "",
            text,
            expected=wanted,
            related=tuple(places[1:]),
            count=len(absent),
        )


def _instead(evidence: Evidence) -> Iterator[tuple[str, Line]]:
    """The lines that stand where the form printed a 共性 indicator, under names of their own."""
    at = 0
    for spec in evidence.template.indicators:
        here = next(
            (number for number, line in enumerate(evidence.lines) if line.spec is spec), None
        )
        if here is not None:
            at = here + 1
        elif spec.common and at < len(evidence.lines):
            line = evidence.lines[at]
            if line.spec is None and tidy(line.level2) == tidy(spec.level2):
                yield spec.name, line
                at += 1


# ------------------------------------------------------------------------------------------------------ scores


def overstates(line: Line, item: IndicatorScore) -> bool:
    """自评 > 复算 on the typed grid, at most four decimals of what a formula gave; a full mark is compared to two, since it is
    typed without any.
    """
    if (
        item.self_score is None
        or item.score is None
        or item.method in {Method.KEPT, Method.NOT_APPLICABLE}
    ):
        return False
    if item.self_score <= item.score:
        return False
    digits = 2 if item.self_score >= item.weight else min(_digits(line.cell("score")), 4)
    return rounded(item.self_score, digits) > rounded(highest(line, item), digits)


def _digits(cell: Cell) -> int:
    assert cell.number is not None
    return decimals_of(cell.number)


@rule("IND103", "得分超出权重或为负", severity=Severity.ERROR, basis=MEASURES, relations=("C37",))
def within_weight(evidence: Evidence) -> Iterator[Observation]:
    """指标得分应在 0 与权重之间。

    改法：得分改到 0 与权重之间。
    """
    for line in evidence.lines:
        score = line.number("score")
        if score is None:
            continue
        yield Looked(1)
        if not 0 <= score <= line.weight:
            words = f"“{line.name}”得分填 {plain(score)} 分，应在 0–{plain(line.weight)} 分之间。请改正。"
            cell, within = line.cell("score"), Expected(Decimal(0), _score(line.weight), "分")
            hint = slip(cell.place, cell.text, within)
            yield flag(
                cell, words, expected=within, hint=hint, related=(line.cell("weight").place,)
            )


@rule(
    "IND104",
    "未达目标仍得满分",
    severity=Severity.ERROR,
    basis=MEASURES,
    relations=("C43",),
    yields_to=("IND103",),
)
def full_though_missed(evidence: Evidence) -> Iterator[Observation]:
    """按指标应有的方向判断未达到目标，却得了满分。定性指标填了不足 100% 的，也按未完全达成看。

    改法：按复算分扣分，在偏差原因里写明原因和改进措施。
    """
    for line, item in scored_lines(evidence):
        if item.met is None or item.self_score is None:
            continue
        yield Looked(3)
        if (
            item.met is False
            and item.self_score >= item.weight
            and overstates(line, item)
            and item.score is not None
        ):
            words = f"“{line.name}”未达目标仍填满分 {_points(item.self_score)}，复算 {_points(item.score)}（{item.arithmetic}）。请扣分并说明偏差原因。"
            yield _score_flag(line, item, words)


@rule(
    "IND105",
    "自评分高于复算分",
    severity=Severity.ERROR,
    basis=MEASURES,
    relations=("C42",),
    yields_to=("IND103", "IND104"),
)
def overstated(evidence: Evidence) -> Iterator[Observation]:
    """自评得分高于按公式复算的得分。

    改法：把得分改为不高于复算分；业绩值填错的，改业绩值。
    """
    for line, item in scored_lines(evidence):
        if item.self_score is None or item.score is None:
            continue
        yield Looked(3)
        if overstates(line, item):
            words = f"“{line.name}”自评 {_points(item.self_score)}，复算 {_points(item.score)}（{item.arithmetic}）。请改正得分。"
            yield _score_flag(line, item, words)


def _score_flag(line: Line, item: IndicatorScore, words: str) -> Flag:
    assert item.score is not None
    assert item.self_score is not None
    low = item.weight * item.low if item.method is Method.TIER else item.score
    return flag(
        line.cell("score"),
        words,
        expected=Expected(_score(low), _score(item.score), "分"),
        difference=f"{plain(item.self_score - item.score)} 分",
        hint=_negative(line)
        or slip(line.cell("score").place, line.cell("score").text, _to_cents(low, item.score)),
        related=(line.cell("actual").place, line.cell("target").place, line.cell("weight").place),
    )


def _to_cents(low: Fraction, high: Fraction) -> Expected:
    return Expected(rounded(low, 2), rounded(high, 2), "分")


def _negative(line: Line) -> str:
    """A result or target below zero, where only a change can be."""
    for role, measure, other in (
        ("actual", line.actual, line.target),
        ("target", line.target, line.actual),
    ):
        if (
            measure.number is not None
            and other.number is not None
            and measure.number < 0 < other.number
        ):
            scale = 100 if measure.rate else 1
            return f"{line.cell(role).place} 可能{SIGN}，若为 {plain(-measure.number * scale)}{'%' if measure.rate else ''}，则相符"
    return ""


@rule(
    "IND106",
    "自评分低于复算分且未说明",
    severity=Severity.WARNING,
    basis=MEASURES,
    relations=("C44",),
    yields_to=("IND103",),
)
def understated(evidence: Evidence) -> Iterator[Observation]:
    """已达到目标却扣了分，或扣得比复算多，又没有写原因。

    改法：改正得分，或在偏差原因里写明为什么扣分。
    """
    for line, item in scored_lines(evidence):
        if (
            item.self_score is None
            or item.score is None
            or item.method in {Method.KEPT, Method.NOT_APPLICABLE}
        ):
            continue
        yield Looked(3)
        step = Fraction(1, 10 ** (2 if item.met else _digits(line.cell("score"))))
        if item.self_score + step <= item.score and not line.deviation:
            met = "已达标却扣分" if item.met else "扣分多于复算"
            words = f"“{line.name}”{met}：自评 {_points(item.self_score)}，复算 {_points(item.score)}（{item.arithmetic}）。请改正，或在偏差原因里说明。"
            yield _score_flag(line, item, words)


@rule(
    "IND107",
    "扣分未填偏差原因",
    severity=Severity.WARNING,
    basis=MEASURES,
    relations=("C45",),
    yields_to=("IND106",),
)
def no_reason(evidence: Evidence) -> Iterator[Observation]:
    """得分低于权重的指标须填偏差原因及改进措施。

    改法：在偏差原因及改进措施里写明原因。
    """
    for line in evidence.lines:
        score, cell = line.number("score"), line.cells.get("deviation")
        if score is None or cell is None or line.not_applicable:
            continue
        yield Looked(1)
        if 0 <= score < line.weight and cell.blank:
            words = f"“{line.name}”得 {plain(score)} 分，低于权重 {plain(line.weight)} 分，未填偏差原因及改进措施。请补填。"
            yield flag(
                cell, words, expected="偏差原因及改进措施", related=(line.cell("score").place,)
            )


# ------------------------------------------------------------------------------------------------------ direction


@rule("IND108", "目标值方向相反", severity=Severity.ERROR, basis=FRAMEWORK, relations=("C46",))
def opposite_direction(evidence: Evidence) -> Iterator[Observation]:
    """目标值的方向与指标性质相反：满意度、完成率、及时率应为 ≥，控制率、变动率应为 ≤。

    改法：把方向改过来。
    """
    for line in evidence.lines:
        wanted, typed = line.spec.direction if line.spec else "", line.typed_sign
        yield Looked(1)
        if (typed, wanted) in OPPOSITE:
            words = f"“{line.name}”目标值方向填“{typed}”，应为“{wanted}”：方向反了，完成得越差得分越高。请改正。"
            yield flag(line.sign_cell, words, expected=wanted, related=(line.cell("target").place,))


@rule(
    "IND109",
    "目标值方向不当或目标偏松",
    severity=Severity.WARNING,
    basis=FRAMEWORK,
    relations=("C46",),
    yields_to=("IND108",),
)
def doubtful_direction(evidence: Evidence) -> Iterator[Observation]:
    """“=”与“≤”“≥”混用；目标比表样规定的宽；县里没有规定方向而填了方向；自设指标的方向与名称不合。

    改法：按表样改回方向和目标；自设指标确应如此的，附情况说明。
    """
    for line in evidence.lines:
        yield Looked(1)
        words, expected = _doubt(line, evidence)
        if words:
            yield flag(
                line.sign_cell, words, expected=expected, related=(line.cell("target").place,)
            )


def _doubt(line: Line, evidence: Evidence) -> tuple[str, str]:
    """What is doubtful, and what should stand there."""
    typed = line.typed_sign
    if line.target.sign and typed in {"≤", "≥", "="} and typed != line.target.sign:
        return (
            f"“{line.name}”指标方向填“{typed}”，目标值却写“{line.target.text}”，两处方向不一致。请改成一致。",
            line.target.sign,
        )
    if line.spec is None:
        wanted = _by_keyword(line.name, evidence)
        words = f"“{line.name}”目标值方向填“{typed}”，从名称看应为“{wanted}”。请核对；确应如此的，请附情况说明。"
        return (words, wanted) if (typed, wanted) in OPPOSITE else ("", "")
    signed = typed in {"≤", "≥", "="}
    if line.spec.shape == "未定":
        words = f"“{line.name}”县里还没有规定方向和目标，填“{line.target.text}”无从评价。请清空目标值，在业绩值里写明实际情况。"
        return (words, "不填") if signed else ("", "")
    wanted = line.spec.direction
    if signed and wanted in {"≤", "≥", "="} and typed != wanted:
        return f"“{line.name}”目标值方向填“{typed}”，应为“{wanted}”。请改正。", wanted
    return _too_lax(line) if line.spec.common else ("", "")


def _too_lax(line: Line) -> tuple[str, str]:
    assert line.spec is not None
    standard = read_measure_text(line.spec.target, line.spec.unit)
    if line.target.number is None or standard.number is None:
        return "", ""
    lax = (
        line.target.number > standard.number
        if line.spec.direction == "≤"
        else line.target.number < standard.number
    )
    wanted = f"{line.spec.direction}{standard}"
    return (
        (f"“{line.name}”目标值 {line.target} 比规定的 {wanted} 宽。请按规定填写。", wanted)
        if lax
        else ("", "")
    )


def _by_keyword(name: str, evidence: Evidence) -> str:
    return next(
        (
            sign
            for sign, words in evidence.template.directions.items()
            if any(word in name for word in words)
        ),
        "",
    )


# ------------------------------------------------------------------------------------------------------ results


@rule("IND110", "定性指标填了百分数", severity=Severity.WARNING, basis=MEASURES, relations=("C47",))
def percentage_on_words(evidence: Evidence) -> Iterator[Observation]:
    """定性指标的业绩值应在“达成、部分达成、未达成”三档中选填；填了百分数的，复算时作系数。

    改法：改填“达成”“部分达成”或“未达成”。
    """
    tiers = "、".join(tier.name for tier in evidence.template.tiers)
    for line in evidence.lines:
        if line.direction != "定性":
            continue
        yield Looked(1)
        if line.actual.rate:
            words = f"“{line.name}”是定性指标，业绩值填 {line.actual}。请按三档选填：{tiers}。"
            yield flag(line.cell("actual"), words, expected=tiers)


@rule("IND111", "完成值远超目标值", severity=Severity.WARNING, basis=MEASURES, relations=("C48",))
def far_over(evidence: Evidence) -> Iterator[Observation]:
    """完成值超过目标值三成以上，可能目标定低了。

    改法：核对业绩值和目标值；都没有错的，附情况说明，写明目标是怎样定的。
    """
    limit = evidence.template.thresholds.get("over_target", Fraction(100))
    for line, item in scored_lines(evidence):
        if (
            item.method is not Method.HIGHER
            or item.actual is None
            or not item.target
            or item.target < 0
        ):
            continue
        yield Looked(2)
        if item.actual > item.target * limit:
            words = f"“{line.name}”业绩值 {line.actual} 是目标值 {line.target} 的 {percent(item.actual / item.target)}。请核对；确属实情的，请附情况说明，写明目标值的设定依据。"
            yield flag(line.cell("actual"), words, related=(line.cell("target").place,))


@rule("IND115", "完成率不符", severity=Severity.ERROR, basis=MEASURES, relations=("C41",))
def completion(evidence: Evidence) -> Iterator[Observation]:
    """完成率 = 业绩值 ÷ 目标值；≤ 类指标写成目标值 ÷ 业绩值也算对，达标时写 100% 也算对。

    改法：按“业绩值 ÷ 目标值”改正完成率；业绩值或目标值填错的，改填错的一格。
    """
    for line in evidence.lines:
        cell, typed, actual, target = (
            line.cells.get("rate"),
            line.number("rate"),
            line.actual.number,
            line.target.number,
        )
        if (
            cell is None
            or typed is None
            or actual is None
            or target is None
            or line.direction in {"定性", ""}
        ):
            continue
        if target <= 0 or actual < 0 or line.actual.rate != line.target.rate:
            continue
        yield Looked(3)
        step = Fraction(1, 10 ** max(_digits(cell), 2))
        if not any(abs(typed - value) < step for value in _completions(line, actual, target)):
            shown = " 或 ".join(
                dict.fromkeys(
                    percent(value) for value in islice(_completions(line, actual, target), 2)
                )
            )
            words = f"“{line.name}”完成率填 {percent(typed)}，按业绩值 {line.actual}、目标值 {line.target} 应为 {shown}。请改正。"
            hint = slip(cell.place, cell.text, shown) or _measure_slip(
                line, actual, target, (typed, step)
            )
            yield flag(
                cell,
                words,
                expected=shown,
                hint=hint,
                related=(line.cell("actual").place, line.cell("target").place),
            )


def _measure_slip(
    line: Line, actual: Fraction, target: Fraction, rate: tuple[Fraction, Fraction]
) -> str:
    """业绩值 or 目标值 mistyped, where the 完成率 beside them is right: their quotient, not merely a target that was met.

    `rate` is the 完成率 as typed, and its last digit.
    """
    typed, step = rate
    for role, measure, number in (("actual", line.actual, actual), ("target", line.target, target)):
        scale = 100 if measure.rate else 1
        shown = plain(number * scale, measure.digits - 2 if measure.rate else measure.digits)
        for value in swaps(shown):
            new = Fraction(value) / scale
            top, bottom = (new, target) if role == "actual" else (actual, new)
            if bottom > 0 and any(
                abs(typed - right) < step for right in _quotients(line, top, bottom)
            ):
                return f"{line.cell(role).place} 可能有两位数字填颠倒，若为 {plain(value)}{'%' if measure.rate else ''}，则相符"
    return ""


def _quotients(line: Line, actual: Fraction, target: Fraction) -> Iterator[Fraction]:
    yield actual / target
    if line.direction == "≤" and actual:
        yield target / actual


def _completions(line: Line, actual: Fraction, target: Fraction) -> Iterator[Fraction]:
    yield from _quotients(line, actual, target)
    if actual <= target if line.direction == "≤" else actual >= target:
        yield Fraction(1)


@rule(
    "IND116",
    "业绩值与基础数据不符",
    severity=Severity.ERROR,
    basis=FRAMEWORK,
    relations=("C51", "C53", "C74"),
)
def contradicts_base(evidence: Evidence) -> Iterator[Observation]:
    """能由其他表算出的指标，业绩值应与算出的一致。

    改法：业绩值填错的改业绩值，基础数据填错的改基础数据。
    """
    for line in evidence.lines:
        base = line.base
        if (
            base.state in {BaseState.NONE, BaseState.MISSING, BaseState.IMPOSSIBLE}
            or line.actual.number is None
        ):
            continue
        yield Looked(1 + len(base.cells))
        right = _admissible(base)
        if right and not any(line.actual.near(value) for value in right):
            shown = (
                percent(right[0])
                if base.state is BaseState.KNOWN
                else "−100% 或“不适用”"
                if base.closing_zero
                else "0% 或“不适用”"
            )
            words = f"“{line.name}”业绩值填 {line.actual}，按基础数据（{base.text}）应为 {shown}。请核对，改正业绩值或基础数据。"
            hint = _base_hint(line, evidence) or slip(
                line.cell("actual").place, line.cell("actual").text, shown
            )
            yield flag(
                line.cell("actual"),
                words,
                expected=shown,
                hint=hint,
                related=tuple(cell.place for cell in base.cells),
            )


def _base_hint(line: Line, evidence: Evidence) -> str:
    """A slip in the two cells of a plain ratio."""
    cells, rate = line.base.cells, line.base.rate
    numbers = {cell: cell.number for cell in cells if cell.number is not None}
    if rate is None or not len(cells) == len(numbers) == 2:
        return ""
    top, bottom = numbers.values()
    if not bottom or Fraction(top) / Fraction(bottom) != rate:
        return ""

    def fits(moved: Mapping[Cell, Decimal]) -> bool:
        top, bottom = (moved.get(cell, number) for cell, number in numbers.items())
        return bool(bottom) and line.actual.near(Fraction(top) / Fraction(bottom))

    return ratio_slip(cells, fits, evidence.judged)


def _admissible(base: Base) -> list[Fraction]:
    if base.rate is not None:
        return [base.rate]
    if base.closing_zero:
        return [Fraction(-1), Fraction(0)]
    return []


@rule("IND117", "缺少基础数据", severity=Severity.WARNING, basis=FRAMEWORK)
def no_evidence(evidence: Evidence) -> Iterator[Observation]:
    """指标填了业绩值，而支撑它的表空着，又没有勾选“本单位无此项”。

    改法：补填基础数据；确无此项的，勾选“本单位无此项”，业绩值填“不适用”并写明理由。
    """
    for line in evidence.lines:
        if (
            line.spec is None
            or not line.spec.evidence
            or line.cell("actual").blank
            or line.not_applicable
        ):
            continue
        yield Looked(1)
        where = _evidence(line.spec.evidence, evidence)
        if where:
            words = f"“{line.name}”业绩值填 {line.actual}，但{where}没有填数，无从核对。请补填。"
            yield flag(line.cell("actual"), words, expected="有基础数据")


def _evidence(address: str, evidence: Evidence) -> str:
    """What is missing behind an indicator, or ""."""
    name, _, rest = address.partition(".")
    table = evidence.submission.get(name)
    if table is None or table.ticked:
        return ""
    if rest:
        row, _, column = rest.rpartition(".")
        cell = table.cell(row, column)
        return f"《{table.sheet}》“{row}”" if cell is not None and cell.blank else ""
    filled = any(cell.state is not State.BLANK and cell.unit for cell in table.cells())
    return (
        "" if filled else f"《{table.sheet}》的“{name}”" if name != table.sheet else f"《{name}》"
    )


@rule("IND121", "不适用缺理由或不允许", severity=Severity.WARNING, basis=FRAMEWORK)
def wrongly_not_applicable(evidence: Evidence) -> Iterator[Observation]:
    """只有表样允许的指标可填“不适用”，并须在偏差原因里写明理由；权重不变，按适用部分折算。

    改法：表样不允许的，据实填写业绩值；允许的，在偏差原因里写明理由。
    """
    for line in evidence.lines:
        if not line.not_applicable:
            continue
        yield Looked(1)
        allowed = line.spec is not None and line.spec.may_be_na
        if not allowed:
            yield flag(line.cell("actual"), f"“{line.name}”不允许填“不适用”。请据实填写业绩值。")
        elif not line.deviation:
            yield flag(
                line.cell("actual"), f"“{line.name}”填“不适用”，未写理由。请在偏差原因里说明。"
            )


@rule("IND122", "变动率不可计算", severity=Severity.NOTE, basis=FRAMEWORK, relations=("C53",))
def impossible_rate(evidence: Evidence) -> Iterator[Observation]:
    """基数为 0 而实际大于 0，比率不可计算；保留自评分。

    改法：核对年初数；确为 0 的不用改。
    """
    for line in evidence.lines:
        if line.base.state is BaseState.IMPOSSIBLE:
            yield Looked(len(line.base.cells))
            words = f"“{line.name}”的基数为 0（{line.base.text}），不可计算，保留自评分。请核对基数；确为 0 的不用改。"
            yield flag(
                line.cell("actual"), words, related=tuple(cell.place for cell in line.base.cells)
            )
