"""下发: every department and office gets what is its own, and nothing of anybody else's."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

import jixiao_xlsx as jx
from jixiao_xlsx.batch.going_out.hand_down import PARCELS
from jixiao_xlsx.values.season import Season

SAMPLES = Path(__file__).parents[2] / "samples"
FILES = (
    "附件2：青禾县教育局2023年部门整体支出绩效自评表.xlsx",
    "青禾县信访局.xlsx",
    "人社局部门整体绩效自评表.xlsx",
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Season, Path]:
    folder = tmp_path_factory.mktemp("下发")
    (inbox := folder / "收件箱").mkdir()
    for name in FILES:
        shutil.copy2(SAMPLES / "inbox" / name, inbox)
    out = folder / "结果"
    return jx.run(inbox, out, roster=SAMPLES / "departments.csv", jobs=1), out


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")


def test_a_department_gets_its_letter_and_its_copy_and_nothing_else(
    run: tuple[Season, Path],
) -> None:
    season, out = run
    others = {one.name for one in season.roster} - {season.bureau.name}
    for entry in season.submitted:
        with ZipFile(out / PARCELS / f"{entry.department}.zip") as archive:
            inside = {name: archive.read(name) for name in archive.namelist()}
        returned = {path.rpartition("/")[2]: (out / path).read_bytes() for path in entry.returned}
        assert inside == returned and len(inside) == (1 if entry.report.result == "通过" else 2)
        assert not [name for name in inside if name.endswith((".eml", ".json"))]
        text = text_of(out / PARCELS / f"{entry.department}.txt")
        assert text.startswith(f"【{entry.report.result.value}】{entry.department}：")
        assert not [one for one in others - {entry.department} if one in text]
        assert all(name in text for name in inside)


def test_a_copy_in_a_parcel_opens(run: tuple[Season, Path]) -> None:
    _, out = run
    with ZipFile(out / PARCELS / "青禾县教育局.zip") as archive:
        (name,) = [one for one in archive.namelist() if one.endswith(".xlsx")]
        assert "绩效评价表" in openpyxl.load_workbook(io.BytesIO(archive.read(name))).sheetnames


def test_an_office_gets_its_departments_only(run: tuple[Season, Path]) -> None:
    season, out = run
    offices = {one.name: one.office for one in season.roster}
    for office in sorted(set(offices.values())):
        text = text_of(out / PARCELS / f"归口-{office}.txt")
        own = {name for name, of in offices.items() if of == office}
        sent = {one.department for one in season.submitted} & own
        assert f"应报 {len(own)} 个，已报 {len(sent)} 个" in text
        for name in {one.name for one in season.missing} & own:
            assert name in text
        path = out / PARCELS / f"归口-{office}.zip"
        assert path.exists() == bool(sent)
        if sent:
            with ZipFile(path) as archive:
                assert {name.split("/")[0] for name in archive.namelist()} == sent
    assert "退回修改（请督促于2024年3月29日前更正重报）：" in text_of(
        out / PARCELS / "归口-教科文股.txt"
    )


def test_who_sent_nothing_is_reminded(run: tuple[Season, Path]) -> None:
    season, out = run
    for department in season.missing:
        text = text_of(out / PARCELS / f"{department.name}.txt")
        assert text.startswith(f"【催报】{department.name}：") and "2024年3月15日" in text
        assert not (out / PARCELS / f"{department.name}.zip").exists()


def test_amounts_in_a_text_have_separators_and_texts_are_short(run: tuple[Season, Path]) -> None:
    _, out = run
    for path in (out / PARCELS).glob("*.txt"):
        assert len(text_of(path)) < 2000, path.name


def test_what_is_gone_from_the_inbox_goes(tmp_path: Path) -> None:
    (inbox := tmp_path / "收件箱").mkdir()
    for name in FILES[:2]:
        shutil.copy2(SAMPLES / "inbox" / name, inbox)
    jx.run(inbox, tmp_path / "结果", roster=SAMPLES / "departments.csv", jobs=1)
    (inbox / FILES[0]).unlink()
    season = jx.run(inbox, tmp_path / "结果", roster=SAMPLES / "departments.csv", jobs=1)
    there = {path.name for path in (tmp_path / "结果" / PARCELS).glob("*.zip")}
    offices = {f"归口-{one.office}.zip" for one in season.roster if one.name == "青禾县信访局"}
    assert there == {"青禾县信访局.zip", *offices}
