"""A small fixed run of injected faults; tests/bench/wrong_cells.py is the long one.

What is localisable is computed apart from the product, by brute force (tests/bench/localise.py).
"""

from __future__ import annotations

import pytest
from wrong_cells import KINDS, Trial, run, several

SEEDS = range(700_000, 700_000 + len(KINDS))
SEVERAL = {2: range(710_000, 710_012), 3: range(710_000, 710_005)}


@pytest.fixture(scope="module")
def singles() -> list[Trial]:
    return run(SEEDS)[0]


def test_the_cell_that_was_spoilt_is_named_first(singles: list[Trial]) -> None:
    missed = [one.story for one in singles if not one.first]
    assert len(singles) >= len(SEEDS) // 3
    assert len(missed) <= 0.02 * len(singles), "\n".join(missed)


def test_no_right_cell_is_named_first(singles: list[Trial]) -> None:
    assert not [one.story for one in singles if one.right_first]


@pytest.mark.parametrize(("count", "share"), [(2, 0.7), (3, 0.8)])
def test_of_several_faults_each_is_named(count: int, share: float) -> None:
    trials = [one for seed in SEVERAL[count] if (one := several(seed, count))]
    assert len(trials) > 2
    missed = [one.story for one in trials if not one.all_first]
    assert len(missed) <= (1 - share) * len(trials) + 1e-9, "\n".join(missed)
