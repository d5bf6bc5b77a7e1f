"""A short stretch of the harness; by hand it goes on for hours (docs/promises.md)."""

from __future__ import annotations

from pathlib import Path

import harness
import pytest
from parcels import zipped

from jixiao_xlsx.intake import budget
from jixiao_xlsx.intake.candidates import Candidate
from jixiao_xlsx.intake.unpacking import unpack


def test_damaged_containers_are_opened_without_a_fault() -> None:
    assert harness.attack_intake(300, seed=20261130, cases=None) == []


@pytest.mark.parametrize(
    "head",
    [b"From: " + b"(" * 600, b"From: a@b.cn\nSubject: " + b"=?a?q?" * 100_000],
    ids=["brackets", "words"],
)
def test_headers_that_a_parser_cannot_bear_cost_nothing(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "信.eml"
    path.write_bytes(head + b"\n\nhi\n")
    [one] = unpack(Candidate(path, path.name, path.stat().st_size, 1))
    assert one.set_aside == "邮件里没有附件" and not one.faults


def test_all_levels_draw_on_one_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget.Budget, "__init__", lambda self: set_small(self))
    inner = zipped({f"{number}.xlsx": bytes(1000) for number in range(5)})
    path = tmp_path / "包.zip"
    path.write_bytes(zipped({"一.zip": inner, "二.zip": inner}))
    found = unpack(Candidate(path, path.name, path.stat().st_size, 1))
    assert found[-1].file == "包.zip" and "合计超过" in found[-1].set_aside
    assert 1 < len(found) < 10


def set_small(self: budget.Budget) -> None:
    self.entries, self.inflated = 100, 6000
