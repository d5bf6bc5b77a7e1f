"""Shards of a run are put together as one run would have done it; counties stand side by side."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

import jixiao_xlsx as jx
from jixiao_xlsx.batch.merging.merge import Merged, merge
from jixiao_xlsx.batch.merging.shard import Shard
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.output.files import Blocked
from jixiao_xlsx.values.season import FileStatus

SAMPLES = Path(__file__).parents[2] / "samples"
ROSTER = SAMPLES / "departments.csv"
FORM = find_template()
# Two with a report of their own, one broken beside a good one, two that look alike, one clean.
FILES = (
    "水务局绩效自评表(1).xlsx",
    "县水务局绩效评价报告.docx",
    "县统计局整体支出绩效自评.xlsx",
    "司法局2023年整体绩效自评表.xlsx",
    "民政局 2023整体绩效评价表.xlsx",
    "青禾县信访局.xlsx",
)
WAIVERS = (
    "部门,规则,项目,理由,批准人,到期\n"
    "统计局,BAL101,,没有这样的问题,李局,2099-12-31\n"
    "信访局,BAL101,,没有这样的问题,李局,2099-12-31\n"
)


def inbox_in(folder: Path, files: tuple[str, ...] = FILES) -> Path:
    (inbox := folder / "收件").mkdir()
    for name in files:
        shutil.copy(SAMPLES / "inbox" / name, inbox / name)
    return inbox


def written(folder: Path) -> Mapping[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def in_shards(inbox: Path, folder: Path, of: int, **options: object) -> list[Path]:
    for number in range(1, of + 1):
        output = folder / f"第{number}份"
        jx.run(inbox, output, roster=ROSTER, jobs=1, shard=Shard(number, of), **options)
    return [folder / f"第{number}份" for number in range(1, of + 1)]


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, list[Path]]:
    """One run, and three shards of it, in a second round with waivers and a broken new version."""
    folder = tmp_path_factory.mktemp("shards")
    inbox = inbox_in(folder)
    (folder / "waivers.csv").write_text(WAIVERS, encoding="utf-8")
    jx.run(inbox, folder / "上轮", roster=ROSTER, jobs=1)
    (inbox / "青禾县信访局.xlsx").unlink()
    options = {"previous": folder / "上轮", "waivers": folder / "waivers.csv"}
    jx.run(inbox, folder / "整个", roster=ROSTER, jobs=1, **options)
    return folder, folder / "整个", in_shards(inbox, folder, 3, **options)


def test_shards_give_the_bytes_of_one_run(
    three: tuple[Path, Path, list[Path]], tmp_path: Path
) -> None:
    _, whole, shards = three
    done = merge([shards[2], shards[0], shards[1]], tmp_path / "合", FORM)
    ours, theirs = written(tmp_path / "合"), written(whole)
    assert ours.keys() == theirs.keys()
    assert not [path for path in ours if ours[path] != theirs[path]]
    assert done.season and len(done.season.submitted) == 4 and done.season.silent


def test_no_shard_has_a_summary_and_each_department_is_in_one(
    three: tuple[Path, Path, list[Path]],
) -> None:
    _, whole, shards = three
    scored = [path.name for one in shards for path in (one / "评分").glob("*.xlsx")]
    assert sorted(scored) == sorted(path.name for path in (whole / "评分").iterdir())
    assert not [one for one in shards if (one / "汇总.xlsx").exists()]


def test_a_workbook_that_turns_out_unreadable_leaves_its_place_within_its_shard(
    tmp_path: Path,
) -> None:
    inbox = inbox_in(tmp_path, (FILES[2], FILES[4]))
    data = (inbox / FILES[2]).read_bytes()
    for number in range(1, 4):  # the newest of the department cannot be read
        (inbox / f"统计局（{number}）.xlsx").write_bytes(data[: len(data) // 2])
    jx.run(inbox, tmp_path / "整个", roster=ROSTER, jobs=1)
    merge(in_shards(inbox, tmp_path, 2), tmp_path / "合", FORM)
    assert written(tmp_path / "合") == written(tmp_path / "整个")


def test_a_result_changed_by_hand_is_taken_as_it_is_and_said(
    three: tuple[Path, Path, list[Path]], tmp_path: Path
) -> None:
    _, _, shards = three
    for one in shards:
        shutil.copytree(one, tmp_path / one.name)
    (changed,) = sorted((tmp_path).glob("*/评分/*统计局*"))
    changed.write_bytes(changed.read_bytes() + b"\0")
    done = merge([tmp_path / one.name for one in shards], tmp_path / "合", FORM)
    assert [note for note in done.notes if "被人改动过" in note and "统计局" in note]


@pytest.mark.parametrize(
    ("which", "says"),
    [
        ((0, 1), "还缺第 3 份"),
        ((0, 0), "给了两次"),
        ((0, 1, 2, -1), "是整个的结果"),
    ],
)
def test_what_is_no_set_of_shards_is_refused(
    three: tuple[Path, Path, list[Path]], tmp_path: Path, which: tuple[int, ...], says: str
) -> None:
    _, whole, shards = three
    folders = [whole if at < 0 else shards[at] for at in which]
    with pytest.raises(InputError, match=says):
        merge(folders, tmp_path / "合", FORM)
    assert not (tmp_path / "合").exists()


def test_shards_of_different_inboxes_are_refused(
    three: tuple[Path, Path, list[Path]], tmp_path: Path
) -> None:
    _, _, shards = three
    other = inbox_in(tmp_path, FILES[:2])
    jx.run(other, tmp_path / "二", roster=ROSTER, jobs=1, shard=Shard(2, 3))
    with pytest.raises(InputError, match="要用同一批文件"):
        merge([shards[0], tmp_path / "二", shards[2]], tmp_path / "合", FORM)


def test_a_damaged_shard_is_refused_by_name(
    three: tuple[Path, Path, list[Path]], tmp_path: Path
) -> None:
    _, _, shards = three
    shutil.copytree(shards[0], tmp_path / "坏")
    place = tmp_path / "坏" / "轮次" / "season.json"
    document = json.loads(place.read_text(encoding="utf-8"))
    document["shard"]["examined"] = [{"file": 3}]
    place.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match="分份的记录读不懂"):
        merge([tmp_path / "坏", *shards[1:]], tmp_path / "合", FORM)


# -------------------------------------------------------------------------------------- counties


@pytest.fixture(scope="module")
def two_counties(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("counties")
    done = []
    for at, (name, files) in enumerate((("甲县财政局", FILES[:4]), ("乙县财政局", FILES[3:]))):
        (own := folder / f"县{at}").mkdir()
        (own / "bureau.toml").write_text(f'局名 = "{name}"\n', encoding="utf-8")
        shutil.copy(ROSTER, own / "departments.csv")
        inbox = inbox_in(own, files)
        jx.run(inbox, own / "结果", roster=own / "departments.csv", jobs=1)
        done.append(own / "结果")
    return done


def rows_of(folder: Path, sheet: str) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(folder / "汇总.xlsx")
    return [row for row in book[sheet].iter_rows(min_row=4, values_only=True) if any(row)]


def test_counties_stand_side_by_side_with_departments_scores_and_rules(
    two_counties: list[Path], tmp_path: Path
) -> None:
    done = merge(two_counties, tmp_path / "市级", FORM)
    first, second, total = rows_of(tmp_path / "市级", "各县")
    assert (first[0], first[3], second[0], second[3]) == ("甲县财政局", 3, "乙县财政局", 3)
    assert total[3] == 6 and total[2] == first[2] + second[2]  # type: ignore[operator]
    season = jx.run(  # the same department, alone
        two_counties[0].parent / "收件", tmp_path / "再", roster=ROSTER, jobs=1
    )
    by_name = {row[2]: row for row in rows_of(tmp_path / "市级", "各部门") if row[0] == first[0]}
    for entry in season.submitted:
        assert entry.report
        row, (card,) = by_name[entry.department], entry.scorecards
        assert (row[5], row[6], row[8]) == (float(card.total or 0), card.grade, entry.report.result)
    reports = [one.report for one in season.submitted if one.report]
    found = {finding.code for report in reports for finding in report.findings}
    assert found <= {row[0] for row in rows_of(tmp_path / "市级", "各规则")}
    assert any("是同一个工作簿" in note and "司法局" in note for note in done.notes)


def test_money_at_stake_is_summed_by_county(two_counties: list[Path], tmp_path: Path) -> None:
    merge(two_counties, tmp_path / "市级", FORM)
    first, second, total = rows_of(tmp_path / "市级", "各县")
    assert float(str(total[12])) == pytest.approx(float(str(first[12])) + float(str(second[12])))
    assert float(str(total[12])) > 0


def test_merged_counties_can_be_merged_again(two_counties: list[Path], tmp_path: Path) -> None:
    merge(two_counties[:1], tmp_path / "甲市", FORM)
    merge([tmp_path / "甲市", two_counties[1]], tmp_path / "省", FORM)
    merge(two_counties, tmp_path / "市", FORM)
    assert rows_of(tmp_path / "省", "各部门") == rows_of(tmp_path / "市", "各部门")


def changed(folder: Path, to: Path, **about: object) -> Path:
    """Return a copy of results whose season.json says something else."""
    shutil.copytree(folder, to)
    place = to / "轮次" / "season.json"
    document = json.loads(place.read_text(encoding="utf-8")) | about
    place.write_text(json.dumps(document), encoding="utf-8")
    return to


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"bureau": "甲县财政局"}, "都写着“甲县财政局”"),
        ({"year": 2021}, "评价年度不一样"),
        ({"template": {"id": "别的表", "version": "1"}}, "表单不一样"),
        ({"entries": [{"department": "坏的"}]}, "有 1 个部门的记录读不懂"),
        ({"roster": []}, "没有名册"),
    ],
)
def test_what_does_not_fit_is_said(
    two_counties: list[Path], tmp_path: Path, about: Mapping[str, object], says: str
) -> None:
    other = changed(two_counties[1], tmp_path / "另一个", **about)
    done = merge([two_counties[0], other], tmp_path / "市级", FORM)
    assert [note for note in done.notes if says in note]
    assert [row for row in rows_of(tmp_path / "市级", "合并说明") if says in str(row[1])]


def test_results_are_never_written_into_what_is_merged(two_counties: list[Path]) -> None:
    with pytest.raises(Blocked):
        merge(two_counties, two_counties[0], FORM)


def test_a_folder_without_results_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="不是 jixiao run 的结果"):
        merge([tmp_path], tmp_path / "市级", FORM)


def test_nothing_is_lost_where_a_county_has_only_broken_files(tmp_path: Path) -> None:
    (inbox := tmp_path / "收件").mkdir()
    (inbox / "坏.xlsx").write_bytes(b"PK\x03\x04")
    season = jx.run(inbox, tmp_path / "结果", jobs=1)
    assert season.entries[0].status is FileStatus.UNREADABLE
    done: Merged = merge([tmp_path / "结果"], tmp_path / "市级", FORM)
    assert not done.counties[0].lines and len(done.counties) == 1
