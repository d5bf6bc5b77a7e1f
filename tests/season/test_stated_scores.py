"""A reviewer's reason that says another score than the one typed is told; others are silent."""

from __future__ import annotations

from fractions import Fraction

import pytest

from jixiao_xlsx.season.review.stated_scores import contradiction

WEIGHT, COMPUTED = Fraction(27, 2), Fraction(13)


@pytest.mark.parametrize(
    ("reason", "score", "says"),
    [
        ("没有佐证，按0分计", "9.45", "应为 0.00 分"),
        ("未开展，不得分", "9.45", "应为 0.00 分"),
        ("佐证不足，扣60%", "9.45", "应为 5.40 分"),
        ("佐证不足，扣除 2 分", "13", "应为 11.50 分"),
        ("应得12.5分", "12.05", "应为 12.50 分"),
        ("两处不实，一处扣1分，一处扣0.5分", "12.5", "应为 12.00 分"),
        ("全扣", "1", "应为 0.00 分"),
    ],
)
def test_a_reason_that_says_another_score_is_found(reason: str, score: str, says: str) -> None:
    assert says in contradiction(reason, Fraction(score), WEIGHT, COMPUTED)


@pytest.mark.parametrize(
    ("reason", "score"),
    [
        ("佐证不足，扣60%", "5.4"),
        ("佐证不足，扣60%", "5.2"),
        ("佐证不足，扣2分", "11.5"),
        ("按复算扣2分", "11"),
        ("不得分", "0"),
        ("一处扣1分，一处扣0.5分", "12"),
        ("与决算报表不一致", "9.45"),
        ("完成率 60%，佐证齐全", "9.45"),
        ("得分率 90%", "12.15"),
        ("不扣分", "13.5"),
        ("", "1"),
    ],
)
def test_a_reason_that_agrees_or_says_nothing_is_silent(reason: str, score: str) -> None:
    assert contradiction(reason, Fraction(score), WEIGHT, COMPUTED) == ""


def test_without_a_recomputed_score_the_weight_decides() -> None:
    assert contradiction("扣2分", Fraction(11), WEIGHT, None)
    assert not contradiction("扣2分", Fraction("11.5"), WEIGHT, None)
