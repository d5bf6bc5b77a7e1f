"""The roster, bureau.toml and the reviewer's choices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from parcels import put

from jixiao_xlsx.intake.bureau_file import BUREAU_FILE, file_beside, read_bureau
from jixiao_xlsx.intake.roster import Choice, read_choices, read_roster
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.values.people import Department

SAMPLES = Path(__file__).parents[2] / "samples"
HEADER = "部门编码,部门名称,简称,曾用名,主管部门,归口股室,联系人,电话,邮箱\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_roster_reads_in_the_encodings_of_excel(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "departments.csv"
    path.write_bytes(
        (
            HEADER
            + "201,青禾县财政局,财政局,县财税局、县税务|旧名；老名，旧局,,绩效股,张三,0900-1,a@x.example.com\n,,,,,,,,\n"
        ).encode(encoding)
    )
    assert read_roster(path) == (
        Department(
            "201",
            "青禾县财政局",
            "财政局",
            ("县财税局", "县税务", "旧名", "老名", "旧局"),
            "",
            "绩效股",
            "张三",
            "0900-1",
            "a@x.example.com",
        ),
    )


def test_every_mistake_of_a_roster_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "departments.csv"
    path.write_text(HEADER + "201,甲局\n201,乙局\n,\n203,\n204,甲局,,,,,,,,多\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_roster(path)
    assert caught.value.mistakes == (
        "第 3 行：部门编码“201”与第 2 行重复",
        "第 5 行：部门名称未填",
        "第 6 行：比列名多 1 格，请检查多余的逗号",
        "第 6 行：部门名称“甲局”与第 2 行重复",
    )


def test_a_file_that_is_no_roster_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="缺少“部门名称”一列"):
        read_roster(put(tmp_path, "x.csv", b"a,b\n1,2\n"))


def test_bureau_keys_need_no_quotation_marks(tmp_path: Path) -> None:
    text = '局名 = "青禾县财政局"\n"股室" = "绩效股"\n截止日期 = 2024-03-15\n评价年度 = 2023\n'
    bureau = read_bureau(put(tmp_path, "bureau.toml", text.encode()))
    assert (bureau.name, bureau.office, bureau.deadline, bureau.year) == (
        "青禾县财政局",
        "绩效股",
        "2024年3月15日",
        2023,
    )


def test_every_mistake_of_a_bureau_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_bureau(
            put(tmp_path, "bureau.toml", '局长 = "某"\n电话 = [1]\n评价年度 = "二三"\n'.encode())
        )
    assert [mistake.split("：")[0] for mistake in caught.value.mistakes] == [
        "局长",
        "电话",
        "评价年度",
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [("局名 = “青禾县财政局”\n", "第 1 行"), ('局名 = "x"\n股室 = "y\n', "第 2 行")],
)
def test_a_line_that_is_misspelt_is_told_without_english(
    tmp_path: Path, text: str, place: str
) -> None:
    with pytest.raises(InputError, match=place) as caught:
        read_bureau(put(tmp_path, "bureau.toml", text.encode()))
    assert not re.search("[A-Za-z]", caught.value.mistakes[0])


def test_a_workbook_for_a_roster_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="另存为“CSV"):
        read_roster(put(tmp_path, "departments.xlsx", b"PK\x03\x04" + bytes(99)))


def test_the_bureau_file_is_found_beside_the_roster(tmp_path: Path) -> None:
    roster = put(tmp_path, "departments.csv")
    assert file_beside(roster, BUREAU_FILE) is None
    assert file_beside(None, BUREAU_FILE) is None
    assert put(tmp_path, "bureau.toml") == file_beside(roster, BUREAU_FILE)


def test_the_sample_county_reads() -> None:
    roster = read_roster(SAMPLES / "departments.csv")
    invented = [
        d for d in roster if not d.name.startswith("临泽县")
    ]  # the department of the real report comes on top
    assert len(invented) == 60 and len(roster) == 61
    assert all(d.code and d.name and d.office and d.contact and d.phone for d in roster)
    assert all(d.email.endswith("example.com") for d in roster)
    bureau = read_bureau(SAMPLES / "bureau.toml")
    assert (
        bureau.year == 2023
        and bureau.name
        and bureau.deadline
        and bureau.return_by
        and not bureau.formal
    )


ROSTER = (Department("201", "青禾县财政局", "财政局"), Department("202", "青禾县审计局"))


def test_choices_name_a_department_by_name_short_name_or_code(tmp_path: Path) -> None:
    path = put(
        tmp_path, "overrides.csv", "部门,文件\n财政局,甲.xlsx\n202,信.eml\\乙.xlsx\n".encode("gbk")
    )
    assert read_choices(path, ROSTER) == (
        Choice("青禾县财政局", "甲.xlsx", "overrides.csv 第 2 行"),
        Choice("青禾县审计局", "信.eml/乙.xlsx", "overrides.csv 第 3 行"),
    )


def test_every_mistake_of_the_choices_is_told_with_its_line(tmp_path: Path) -> None:
    path = put(
        tmp_path,
        "overrides.csv",
        "部门,文件\n水务局,甲.xlsx\n财政局,\n财政局,甲.xlsx\n201,乙.xlsx\n".encode(),
    )
    with pytest.raises(InputError) as caught:
        read_choices(path, ROSTER)
    assert caught.value.mistakes == (
        "第 2 行：部门“水务局”不在名册中",
        "第 3 行：部门和文件都要填",
        "第 5 行：部门“青禾县财政局”已在第 4 行指定过",
    )
    centres = (
        *ROSTER,
        Department("203", "甲中心", "中心"),
        Department("204", "乙中心", "中心"),
        Department("205", "中心"),
    )
    with pytest.raises(InputError, match="“中心”在名册中可以是甲中心、乙中心，请写全称或部门编码"):
        read_choices(put(tmp_path, "x.csv", "部门,文件\n中心,甲.xlsx\n".encode()), centres[:-1])
    assert (
        read_choices(put(tmp_path, "x.csv", "部门,文件\n中心,甲.xlsx\n".encode()), centres)[
            0
        ].department
        == "中心"
    )
    with pytest.raises(InputError, match="缺少列“文件”"):
        read_choices(put(tmp_path, "x.csv", "部门\n".encode()), ROSTER)
