"""The whole mess in one folder, by the command line: everything accounted for, whatever the path,
the console or the disk.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from parcels import letter, mbox, zipped

from jixiao_xlsx.intake.roster import read_roster
from jixiao_xlsx.output.text.terminal import file_problems
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.season.review.review_marks import SCORE_TITLE
from jixiao_xlsx.values.season import Entry, FileStatus

SAMPLES = Path(__file__).parents[2] / "samples"
ROSTER = SAMPLES / "departments.csv"
BOOKS = sorted((SAMPLES / "inbox").glob("*.xlsx"))[:5]
ONE, TWO, THREE, FOUR, FIVE = (path.read_bytes() for path in BOOKS)
NAMES = [workbook.read(path).department for path in BOOKS]
MAILS = {department.name: department.email for department in read_roster(ROSTER)}


def jixiao(*arguments: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "jixiao_xlsx", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, env={**os.environ, **environment}, check=False
    )


def record(output: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((output / "run.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def mess(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An inbox of everything, in a folder with a difficult name, and what came of it."""
    root = tmp_path_factory.mktemp("乱") / "收 件箱 😀（二）"
    root.mkdir()
    (root / "县局").mkdir()
    (root / "县局" / "自评表.xlsx").write_bytes(ONE)
    (root / "县局" / "自评报告.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a report")
    (root / "全部.zip").write_bytes(
        zipped(
            {"甲/二.xlsx": TWO, "甲/二（终稿）.xlsx": TWO[:-1] + b"\0", "Thumbs.db": b"x"}, gbk=True
        )
    )
    older = letter({"三.xlsx": THREE}, sender=f"某 <{MAILS[NAMES[2]]}>", subject="第一次")
    (root / "旧邮件.eml").write_bytes(older)
    (root / "收件.mbox").write_bytes(
        mbox([letter({"四.xlsx": FOUR, "扫描件.pdf": b"%PDF-1.4"}), letter({})])
    )
    (root / "散件.rar").write_bytes(b"Rar!\x1a\x07\x00")
    (root / "说明.txt").write_text("放假通知", encoding="utf-8")
    (root / f"{NAMES[4]}自评报告.pdf").write_bytes(b"%PDF-1.4")
    output = root.parent / "结 果 📁"
    done = jixiao("run", root, "-o", output, "--roster", ROSTER)
    assert done.returncode == 0, done.stderr.decode()
    return root, output


def test_every_file_has_its_line(mess: tuple[Path, Path]) -> None:
    files = {line["file"]: line for line in record(mess[1])["files"]}
    statuses = {file: (line["status"], line["material"]) for file, line in files.items()}
    twin = statuses.pop("全部.zip/甲/二（终稿）.xlsx")
    assert twin[0] in {"无法读取", "重复", "已报"}
    if twin[0] == "已报":
        assert statuses.pop("全部.zip/甲/二.xlsx")[0] == "重复"
    else:
        assert statuses.pop("全部.zip/甲/二.xlsx")[0] == "已报"
    assert statuses == {
        "县局/自评表.xlsx": ("已报", False),
        "县局/自评报告.doc": ("已报", True),
        "全部.zip/Thumbs.db": ("未识别", False),
        "旧邮件.eml/三.xlsx": ("已报", False),
        "收件.mbox/第1封/四.xlsx": ("已报", False),
        "收件.mbox/第1封/扫描件.pdf": ("已报", True),
        "收件.mbox/第2封": ("未识别", False),
        "散件.rar": ("无法读取", False),
        "说明.txt": ("未识别", False),
        f"{NAMES[4]}自评报告.pdf": ("已报", True),
    }
    totals = record(mess[1])["totals"]["files"]
    assert (
        totals["seen"] == len(files) == sum(totals["by_status"].values())
        and totals["material"] == 3
    )


def test_mail_and_material_stand_in_the_record(mess: tuple[Path, Path]) -> None:
    files = {line["file"]: line for line in record(mess[1])["files"]}
    assert files["旧邮件.eml/三.xlsx"]["mail"]["subject"] == "第一次"
    assert files["旧邮件.eml/三.xlsx"]["mail"]["date"].startswith("2024-03-05T09:30:00")
    assert files["县局/自评表.xlsx"]["mail"] is None
    assert files["收件.mbox/第1封/扫描件.pdf"]["department"] == NAMES[3]
    assert all(line["sha256"] for line in files.values())


def test_the_list_of_deliveries_names_what_came_along(mess: tuple[Path, Path]) -> None:
    sheet = openpyxl.load_workbook(mess[1] / "汇总.xlsx")["报送情况"]
    rows = {row[1]: row for row in sheet.iter_rows(min_row=4, values_only=True)}
    assert rows[NAMES[0]][2] == "已报" and "县局/自评报告.doc：随附材料" in rows[NAMES[0]][-1]
    assert (
        rows[NAMES[4]][2] == "未报"
        and "自评报告.pdf：随附材料" in rows[NAMES[4]][-1]
        and rows[NAMES[4]][7]
    )
    below = [
        str(row[4])
        for row in sheet.iter_rows(values_only=True)
        if row[0] in {"未识别", "无法读取", "重复"}
    ]
    assert "县局/自评报告.doc" not in below
    assert below.index("散件.rar") < below.index(
        "全部.zip/Thumbs.db"
    )  # what asks for a deed, then what only was there


def test_the_reviewer_may_choose(mess: tuple[Path, Path], tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    shutil.copy2(BOOKS[0], inbox / "旧.xlsx")
    (inbox / "新.xlsx").write_bytes(ONE)
    os.utime(inbox / "旧.xlsx", (1, 1))
    _differ(inbox / "新.xlsx")
    overrides = tmp_path / "overrides.csv"
    overrides.write_text(f"部门,文件\n{NAMES[0]},旧.xlsx\n{NAMES[1]},没有.xlsx\n", encoding="utf-8")
    plain = jixiao("run", inbox, "-o", tmp_path / "一", "--roster", ROSTER)
    assert plain.returncode == 0
    assert _counting(tmp_path / "一") == {"新.xlsx"}
    chosen = jixiao("run", inbox, "-o", tmp_path / "二", "--roster", ROSTER, "--choose", overrides)
    assert chosen.returncode == 0 and "没有找到" in chosen.stderr.decode()
    assert _counting(tmp_path / "二") == {"旧.xlsx"}
    reasons = {line["file"]: line["reason"] for line in record(tmp_path / "二")["files"]}
    assert (
        "overrides.csv 第 2 行" in reasons["旧.xlsx"]
        and "overrides.csv 第 2 行" in reasons["新.xlsx"]
    )
    assert jixiao("run", inbox, "-o", tmp_path / "三", "--choose", tmp_path).returncode == 2


def test_a_file_goes_back_to_whom_the_reviewer_says_it_is_of(tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    shutil.copy2(BOOKS[0], inbox / "甲.xlsx")
    overrides = tmp_path / "overrides.csv"
    overrides.write_text(f"部门,文件\n{NAMES[1]},甲.xlsx\n", encoding="utf-8")
    assert jixiao("run", inbox, "-o", tmp_path / "一", "--roster", ROSTER).returncode == 0
    assert (
        jixiao(
            "run", inbox, "-o", tmp_path / "二", "--roster", ROSTER, "--choose", overrides
        ).returncode
        == 0
    )
    for output, name, other in (
        (tmp_path / "一", NAMES[0], NAMES[1]),
        (tmp_path / "二", NAMES[1], NAMES[0]),
    ):
        [letter] = output.glob("*/*/*通知.docx")
        [remembered] = (output / "轮次").glob("*.json")
        paragraphs = [paragraph.text for paragraph in docx.Document(str(letter)).paragraphs]
        [record] = json.loads(remembered.read_text(encoding="utf-8"))["entries"]
        assert letter.parent.name == record["department"] == name
        assert f"{name}：" in paragraphs and f"{other}：" not in paragraphs
        assert bool(record["code"]) is (name == NAMES[0])


def test_no_original_is_written_over(tmp_path: Path) -> None:
    """Not even where a scored workbook would have its name."""
    inbox = tmp_path / "收件箱"
    inbox.mkdir()
    original = inbox / f"{NAMES[0]}.xlsx"
    original.write_bytes(ONE)
    done = jixiao("score", original, "-o", inbox)
    assert done.returncode == 1 and "原件" in done.stderr.decode()
    for command in ("score", "run"):
        done = jixiao(command, inbox, "-o", tmp_path / "别处" / ".." / "收件箱")
        assert done.returncode == 2 and "收件箱" in done.stderr.decode()
    assert [path.name for path in inbox.glob("*.xlsx")] == [
        original.name
    ] and original.read_bytes() == ONE


def test_scoring_again_keeps_what_a_reviewer_typed(tmp_path: Path) -> None:
    output = tmp_path / "评分"
    scored = output / f"{NAMES[0]}.xlsx"
    assert jixiao("score", BOOKS[0], "-o", output).returncode == 0
    whole = scored.read_bytes()
    assert jixiao("score", BOOKS[0], "-o", output).returncode == 0
    book = openpyxl.load_workbook(scored)
    sheet = book[book.sheetnames[0]]
    [head] = [cell for row in sheet.iter_rows() for cell in row if cell.value == SCORE_TITLE]
    sheet.cell(head.row + 2, head.column).value = 1
    book.save(scored)
    typed = scored.read_bytes()
    done = jixiao("score", BOOKS[0], "-o", output)
    assert done.returncode == 0 and "改动保留1" in done.stdout.decode()
    assert (
        scored.read_bytes() == whole
        and (output / f"{NAMES[0]}（改动保留1）.xlsx").read_bytes() == typed
    )
    assert len(list(output.glob("*.xlsx"))) == 2


def test_a_written_report_that_somebody_edited_is_kept(tmp_path: Path) -> None:
    assert jixiao("report", BOOKS[0], "-o", tmp_path).returncode == 0
    [report] = tmp_path.glob("*.docx")
    edited = report.read_bytes()[:-2] + (1).to_bytes(2, "little") + b"x"
    report.write_bytes(edited)
    for _ in range(2):
        done = jixiao("report", BOOKS[0], "-o", tmp_path)
        assert done.returncode == 0
    assert (
        len(list(tmp_path.glob("*.docx"))) == 2
        and (tmp_path / f"{report.stem}（改动保留1）.docx").read_bytes() == edited
    )


def _differ(path: Path) -> None:
    """Other bytes, the same workbook: a comment at the end of the archive."""
    data = path.read_bytes()
    path.write_bytes(data[:-2] + (1).to_bytes(2, "little") + b"x")


def _counting(output: Path) -> set[str]:
    return {line["file"] for line in record(output)["files"] if line["status"] == "已报"}


# --------------------------------------------------------------------------- consoles, pipes, disks


@pytest.mark.parametrize("encoding", ["gbk", "cp936", "ascii"])
def test_any_console_shows_what_it_can(
    mess: tuple[Path, Path], tmp_path: Path, encoding: str
) -> None:
    done = jixiao("check", mess[0], "--fail-on", "never", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    if encoding != "ascii":
        assert "散件.rar" in done.stdout.decode("gbk")


@pytest.mark.skipif(os.name == "nt", reason="Windows names files in Unicode, always")
def test_a_language_without_chinese_file_names_is_told(tmp_path: Path) -> None:
    ascii_only = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    done = jixiao("run", BOOKS[0], "-o", tmp_path / "out", **ascii_only)
    assert (
        done.returncode == 2 and b"Traceback" not in done.stderr and not (tmp_path / "out").exists()
    )
    inbox = tmp_path / "收件箱"
    inbox.mkdir()
    shutil.copy2(BOOKS[0], inbox)
    done = jixiao("check", inbox, "--format", "json", "--fail-on", "never", **ascii_only)
    assert done.returncode == 0 and json.loads(done.stdout)["files"][0]["file"] == BOOKS[0].name


@pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX")
def test_a_pipe_that_closes_early_is_no_crash() -> None:
    command = f"{sys.executable} -m jixiao_xlsx check '{SAMPLES / 'inbox'}' --jobs 1 | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    assert b"Traceback" not in done.stderr and done.stdout


@pytest.fixture
def powerless() -> list[str]:
    """What a command starts with so that the rights of files hold for it, whoever runs the
    tests.
    """
    if os.name == "nt":
        pytest.skip("rights of POSIX")
    if os.geteuid():
        return []
    if not shutil.which("setpriv"):
        pytest.skip("the owner of everything may read and write everywhere")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def test_what_may_not_be_read_or_written_is_told(powerless: list[str], tmp_path: Path) -> None:
    inbox = tmp_path / "收件箱"
    for name in ("锁/甲.xlsx", "乙.xlsx", "丙.xlsx"):
        (inbox / name).parent.mkdir(parents=True, exist_ok=True)
        (inbox / name).write_bytes(ONE)
    (inbox / "锁").chmod(0)
    (inbox / "乙.xlsx").chmod(0)
    (tmp_path / "只读").mkdir(mode=0o500)
    command = [*powerless, sys.executable, "-m", "jixiao_xlsx", "run", str(inbox), "-o"]
    try:
        done = subprocess.run([*command, str(tmp_path / "结果")], capture_output=True, check=False)
        refused = subprocess.run(
            [*command, str(tmp_path / "只读" / "结果")], capture_output=True, check=False
        )
    finally:
        (inbox / "锁").chmod(0o700)
    assert done.returncode == 0, done.stderr.decode()
    statuses = {
        line["file"]: (line["status"], line["reason"])
        for line in record(tmp_path / "结果")["files"]
    }
    assert statuses["丙.xlsx"][0] == "已报"
    assert statuses["锁"] == ("无法读取", "文件夹打不开：没有权限，或正被别的程序打开")
    assert statuses["乙.xlsx"] == ("无法读取", "无法打开：没有权限，或正被别的程序打开")
    assert (
        refused.returncode == 2
        and "不能写入" in refused.stderr.decode()
        and b"Traceback" not in refused.stderr
    )


def test_a_disk_that_is_mounted_read_only_is_told(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    done = jixiao("run", BOOKS[0], "-o", small_disk / "结果")
    assert (
        done.returncode == 2
        and "不能写入" in done.stderr.decode()
        and b"Traceback" not in done.stderr
    )


@pytest.mark.skipif(not Path("/proc/version").is_file(), reason="where /proc cannot be written")
def test_a_place_where_nothing_can_be_written_is_told() -> None:
    done = jixiao("run", BOOKS[0], "-o", "/proc/结果")
    assert (
        done.returncode == 2
        and "不能写入" in done.stderr.decode()
        and b"Traceback" not in done.stderr
    )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "小盘"
    folder.mkdir()
    if (
        os.name == "nt"
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)],
            capture_output=True,
            check=False,
        ).returncode
    ):
        pytest.skip("no small disk can be made here")
    yield folder
    subprocess.run(["umount", str(folder)], check=False)


def test_a_full_disk_is_told_and_the_same_command_goes_on(small_disk: Path) -> None:
    inbox = [str(path) for path in BOOKS]
    done = jixiao("run", *inbox, "-o", small_disk / "结果")
    assert (
        done.returncode in {1, 2}
        and "磁盘空间不足" in done.stderr.decode()
        and b"Traceback" not in done.stderr
    )
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    assert jixiao("run", *inbox, "-o", small_disk / "结果").returncode == 0
    assert len(_counting(small_disk / "结果")) == len(BOOKS)


def test_a_message_to_people_is_one_line_whatever_the_name() -> None:
    [line] = file_problems([Entry("甲\x1b[31m\n乙.xlsx", FileStatus.UNREADABLE, "坏")])
    assert line == "无法读取：甲 [31m 乙.xlsx：坏"
    left = Entry("Thumbs.db", FileStatus.UNRECOGNISED, "系统文件", ignorable=True)
    assert not [*file_problems([left])]
