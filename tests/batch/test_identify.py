"""Whose a workbook is, told from a part of it: the same as from the whole."""

from __future__ import annotations

import os
from pathlib import Path

import corpus
import pytest

import jixiao_xlsx as jx
from jixiao_xlsx.batch.identify import identity_of_submission
from jixiao_xlsx.form.find_template import find_template, templates_folder
from jixiao_xlsx.reading.first_look import first_look
from jixiao_xlsx.reading.workbook import Unreadable, read_bytes
from jixiao_xlsx.values.season import FileStatus
from jixiao_xlsx.values.work import FileKind, Identity

TEMPLATE = find_template()
COVER = "基本信息"
SAMPLES = sorted(corpus.SAMPLES.rglob("*.xlsx"))
# What a person may have done to the sheets that are read first.
TOUCHED = {
    "no department": corpus.text(COVER, "B3", ""),
    "another department": corpus.text(COVER, "B3", "青禾县水务局"),
    "a year in words": corpus.text(COVER, "B5", "2023年"),
    "a year in another century": corpus.text(COVER, "B5", "1023"),
    "a department by formula": corpus.typed(COVER, "B3", "<f>B4</f>"),
    "another mark": corpus.rezipped(
        {name: data.replace(b"bumen-zhengti", b"qita") for name, data in corpus.unzipped().items()}
    ),
    "a department in two rows": corpus.typed(COVER, "A4", "<is><t>部门名称</t></is>", "inlineStr"),
}
RENAMED = {"收支总表", COVER, "资金预算执行表"}


def identity(data: bytes, *, whole: bool) -> Identity | None:
    start = Identity("一.xlsx", FileKind.WORKBOOK, FileStatus.SUBMITTED)
    read = read_bytes if whole else first_look
    submission = read(data, start.file, TEMPLATE)
    return submission and identity_of_submission(start, submission, TEMPLATE)


def renamed(sheet: str) -> bytes:
    parts = corpus.unzipped()
    listed = parts["xl/workbook.xml"]
    assert f'name="{sheet}"'.encode() in listed
    parts["xl/workbook.xml"] = listed.replace(
        f'name="{sheet}"'.encode(), f'name="{sheet}（改）"'.encode()
    )
    return corpus.rezipped(parts)


def test_most_samples_are_known_from_a_part() -> None:
    known = [identity(path.read_bytes(), whole=False) for path in SAMPLES]
    assert sum(one is not None for one in known) > 0.8 * len(SAMPLES)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_part_tells_the_same_as_the_whole(path: Path) -> None:
    part = identity(path.read_bytes(), whole=False)
    assert part in {None, identity(path.read_bytes(), whole=True)}


@pytest.mark.parametrize("data", TOUCHED.values(), ids=TOUCHED)
def test_whatever_was_done_to_its_first_sheets(data: bytes) -> None:
    part = identity(data, whole=False)
    try:
        whole = identity(data, whole=True)
    except Unreadable:
        whole = None
    assert part in {None, whole}


@pytest.mark.parametrize("sheet", sorted(RENAMED))
def test_a_renamed_sheet(sheet: str) -> None:
    part = identity(renamed(sheet), whole=False)
    assert part in {None, identity(renamed(sheet), whole=True)}
    assert part is None or sheet == "资金预算执行表"


@pytest.mark.parametrize("path", sorted(templates_folder().glob("*/*.xlsx")), ids=str)
def test_a_blank_form_is_read_whole(path: Path) -> None:
    assert identity(path.read_bytes(), whole=False) is None


@pytest.mark.parametrize("newest", [True, False])
def test_a_workbook_that_is_broken_where_nobody_looked_first(tmp_path: Path, newest: bool) -> None:
    """The newest is 无法读取, and an older one counts; one that would not count stays 重复."""
    broken = corpus.edited("绩效评价表", lambda xml: xml.replace("</sheetData>", "", 1))
    assert identity(broken, whole=False) is not None
    inbox = tmp_path / "收件箱"
    inbox.mkdir()
    times = {"好.xlsx": (corpus.base(), 1000), "坏.xlsx": (broken, 2000 if newest else 500)}
    for name, (data, at) in times.items():
        (inbox / name).write_bytes(data)
        os.utime(inbox / name, (at, at))
    season = jx.run([inbox], tmp_path / "结果", template=TEMPLATE)
    status = {entry.file: entry.status for entry in season.entries if entry.file}
    assert status == {
        "好.xlsx": FileStatus.SUBMITTED,
        "坏.xlsx": FileStatus.UNREADABLE if newest else FileStatus.DUPLICATE,
    }
