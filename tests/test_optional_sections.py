"""Any optional section may be taken away from a form: a file is checked, scored and returned."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

import jixiao_xlsx as jx
from jixiao_xlsx.batch.deliver import DeliverTask, deliver
from jixiao_xlsx.batch.examine import Delivery
from jixiao_xlsx.form.find_template import find_template, templates_folder
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.reading.workbook import read_bytes
from jixiao_xlsx.values.people import Department
from jixiao_xlsx.values.work import Work

FORMS = ("bumen-zhengti", "xiangmu-zhichu")
_ROOT = Path(__file__).parent.parent / "samples"
# Each with many faults, so that most rules have their say.
SAMPLES = {
    "bumen-zhengti": next((_ROOT / "inbox").rglob("*临泽县机关事务中心*.xlsx")),
    "xiangmu-zhichu": next((_ROOT / "xiangmu" / "inbox").rglob("*.xlsx")),
}
SECTIONS = (
    "roles", "indicators", "execution", "plan", "funds", "reference", "remarks", "thresholds",
    "directions", "severity", "disabled", "carry", "grade", "tier", "equation", "rate",
)  # fmt: skip
_HEAD = re.compile(r"^\[+([a-z_]+)[.\]]", re.MULTILINE)


def without(text: str, section: str) -> str:
    """Return a spec.toml without the blocks of a section."""
    starts = [*(match.start() for match in _HEAD.finditer(text)), len(text)]
    blocks = [text[: starts[0]]]
    for start, end in pairwise(starts):
        block = text[start:end]
        found = _HEAD.match(block)
        if not (found and found[1] == section):
            blocks.append(block)
    return "".join(blocks)


def cases() -> Iterator[tuple[str, str]]:
    for name in FORMS:
        text = (templates_folder() / name / "spec.toml").read_text(encoding="utf-8")
        yield from ((name, section) for section in SECTIONS if without(text, section) != text)
        yield name, "indicators.csv"


def lame(tmp_path: Path, name: str, section: str) -> Template:
    folder = tmp_path / name
    shutil.copytree(templates_folder() / name, folder)
    if section == "indicators.csv":
        (folder / section).unlink()
        return find_template(folder)
    path = folder / "spec.toml"
    text = without(path.read_text(encoding="utf-8"), section)
    if section == "roles":  # a sheet that repeats needs the one that names its copies
        item = '[roles]\nitem = "项目概况.项目名称.填报内容"\n' if name != FORMS[0] else ""
        text += f"\n{item}"
    path.write_text(text, encoding="utf-8")
    return find_template(folder)


NOTHING_RESTS_ON = {"severity", "disabled", "carry"}  # without them everything is checked


def said(section: str) -> set[str]:
    """Return what a report says that was not checked, without a section."""
    words = {
        "roles": "部门在哪一格（roles）",
        "indicators": "指标表（indicators），不评分",
        "indicators.csv": "指标库（indicators.csv）",
        "execution": "预算执行率（execution）",
        "plan": "年度任务（plan）",
        "funds": "资金执行（funds）",
        "reference": "批复数（reference）",
        "remarks": "情况说明（remarks）",
        "thresholds": "界限（thresholds）",
        "directions": "方向用词（directions）",
        "grade": "等级（grade）",
        "tier": "定性档次（tier）",
        "equation": "等式（equation）",
        "rate": "比率（rate）",
    }
    return set() if section in NOTHING_RESTS_ON else {words[section]}


@cache
def known(name: str) -> set[str]:
    """Return what is said of the whole form."""
    form = find_template(name)
    return {
        one.subject
        for one in jx.check(read_bytes(SAMPLES[name].read_bytes(), "", form), form).skipped
    }


@pytest.mark.parametrize(("name", "section"), list(cases()))
def test_a_form_without_a_section_is_served(tmp_path: Path, name: str, section: str) -> None:
    data = SAMPLES[name].read_bytes()
    form = lame(tmp_path, name, section)
    submission = read_bytes(data, "县水务局.xlsx", form)
    report = jx.check(submission, form)
    assert not report.faults
    assert said(section) <= {one.subject for one in report.skipped}
    assert not said(section) & known(name)
    work = Work("县水务局.xlsx", "县水务局")
    delivery = Delivery("评分/县水务局.xlsx", department=Department("", "县水务局"))
    done = deliver(DeliverTask(work, data, form.folder, report, delivery))
    assert not done.faults and not done.problem
    names = [path.rpartition("/")[2] for path, _ in done.files]
    assert any(one.endswith(".docx") for one in names)
    assert ("县水务局.xlsx" in names) is (section != "indicators")
