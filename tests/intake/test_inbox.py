"""Folders as inboxes: every file accounted for, by its right name, in a fixed order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from parcels import BOOK, put

from jixiao_xlsx.intake.inbox import find_candidates
from jixiao_xlsx.values.season import FileStatus


def test_every_file_is_accounted_for_in_a_fixed_order(tmp_path: Path) -> None:
    for name in (
        "乙.xlsx",
        "甲/丙.et",
        "甲/~$丙.et",
        "Thumbs.db",
        "__MACOSX/甲/._丙.et",
        ".DS_Store",
        "报告.docx",
        "包.zip",
        "信.eml",
        "x.bin",
    ):
        put(tmp_path, name)
    found = {candidate.file: candidate.set_aside for candidate in find_candidates([tmp_path])}
    assert list(found) == sorted(found)
    assert {name for name, reason in found.items() if not reason} == {"乙.xlsx", "甲/丙.et"}
    assert "锁文件" in found["甲/~$丙.et"]
    assert "操作系统" in found["Thumbs.db"] == found[".DS_Store"] == found["__MACOSX/甲/._丙.et"]
    assert "压缩包" in found["包.zip"]
    ignorable = {candidate.file for candidate in find_candidates([tmp_path]) if candidate.ignorable}
    assert ignorable == {"甲/~$丙.et", "Thumbs.db", ".DS_Store", "__MACOSX/甲/._丙.et"}
    assert found["信.eml"] == "邮件里没有附件"
    assert found["报告.docx"].startswith("文档") and found["x.bin"].startswith("不是工作簿")


def test_the_output_folder_inside_an_inbox_is_not_read_again(tmp_path: Path) -> None:
    put(tmp_path, "甲.xlsx")
    put(tmp_path, "结果/评分/甲.xlsx")
    assert [c.file for c in find_candidates([tmp_path], skip=tmp_path / "结果")] == ["甲.xlsx"]


def test_names_of_several_inboxes_are_told_apart_and_a_file_counts_once(tmp_path: Path) -> None:
    one = put(tmp_path, "一批/甲.xlsx")
    two = put(tmp_path, "二批/甲.xlsx")
    assert [c.file for c in find_candidates([tmp_path / "一批", tmp_path / "二批", one])] == [
        "一批/甲.xlsx",
        "二批/甲.xlsx",
    ]
    assert sorted(c.file for c in find_candidates([one, two])) == ["二批/甲.xlsx", "甲.xlsx"]


def test_a_pipe_among_the_files_is_not_opened(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    os.mkfifo(tmp_path / "管道.xlsx")
    assert find_candidates([tmp_path])[0].set_aside == "不是普通文件"


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_dangling_link_is_said_to_be_unreadable(tmp_path: Path) -> None:
    (tmp_path / "断.xlsx").symlink_to(tmp_path / "没有")
    (tmp_path / "自指.xlsx").symlink_to(tmp_path / "自指.xlsx")
    reasons = {one.file: (one.set_aside, one.status) for one in find_candidates([tmp_path])}
    assert reasons == {
        "断.xlsx": ("无法打开：找不到，可能已被移走或删除", FileStatus.UNREADABLE),
        "自指.xlsx": ("无法打开：链接绕成了圈，没有指到文件", FileStatus.UNREADABLE),
    }


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_folder_that_is_not_gone_into_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, outside = tmp_path / "收件箱", tmp_path / "别处"
    put(outside, "表.xlsx", BOOK)
    put(inbox, "锁住/表.xlsx", BOOK)
    (inbox / "链").symlink_to(outside)
    (inbox / "圈").symlink_to(inbox)
    real = os.scandir

    def scandir(path: str) -> object:
        if Path(path).name == "锁住":
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    reasons = {one.file: one.set_aside for one in find_candidates([inbox])}
    assert sorted(reasons) == ["圈", "链", "锁住"]
    assert (
        "没有进去看" in reasons["链"]
        and "没有进去看" in reasons["圈"]
        and "没有权限" in reasons["锁住"]
    )
    assert {one.status for one in find_candidates([inbox])} == {FileStatus.UNREADABLE}


def test_a_directory_called_like_a_workbook_is_a_folder(tmp_path: Path) -> None:
    put(tmp_path, "表.xlsx/里.xlsx", BOOK)
    assert [(one.file, one.set_aside) for one in find_candidates([tmp_path])] == [
        ("表.xlsx/里.xlsx", "")
    ]


def test_what_a_spreadsheet_saves_besides_workbooks_says_what_to_do(tmp_path: Path) -> None:
    put(tmp_path, "导出.csv", "部门,金额".encode("gbk"))
    put(tmp_path, "导出.html", b"<html>")
    put(tmp_path, "单一文件.mht", b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n")
    put(tmp_path, "自解压.exe", b"MZ")
    put(tmp_path, "表.jio", b"JIO")
    reasons = {one.file: one.set_aside for one in find_candidates([tmp_path])}
    assert all(
        "另存为“Excel 工作簿（.xlsx）”" in reasons[name]
        for name in ("导出.csv", "导出.html", "单一文件.mht")
    )
    assert (
        "自解压" in reasons["自解压.exe"]
        and reasons["表.jio"] == "不是工作簿（.xlsx、.xls、.et 等）"
    )


@pytest.mark.skipif(os.name == "nt", reason="names of bytes are a thing of POSIX")
@pytest.mark.parametrize(
    "name", [b"\xff\xfe.xlsx", b"\x1b[31m\n.xlsx", "财政局".encode("gbk") + b".xlsx"]
)
def test_a_name_that_is_no_text_is_still_one_line(tmp_path: Path, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(BOOK)
    [one] = find_candidates([tmp_path])
    assert one.file.isprintable() and one.file.encode() and one.content() == BOOK
    assert "财政局" not in os.fsdecode(name) and ("财政局" in one.file) is (name[:1] == b"\xb2")


def test_what_is_no_file_of_its_own_is_named(tmp_path: Path) -> None:
    for name in ("表.xlsx.lnk", "网.url", "甲.zip.001", "甲.part2.rar", "甲.z01", "~WRL0003.tmp"):
        put(tmp_path, name, b"PK\x03\x04")
    reasons = {one.file: one.set_aside[:4] for one in find_candidates([tmp_path])}
    assert reasons == {
        "表.xlsx.lnk": "快捷方式",
        "网.url": "快捷方式",
        "甲.zip.001": "分卷压缩",
        "甲.part2.rar": "分卷压缩",
        "甲.z01": "分卷压缩",
        "~WRL0003.tmp": "办公软件",
    }


def test_a_full_width_space_in_a_name_stays_a_space(tmp_path: Path) -> None:
    put(tmp_path, "财政局\u3000自评表\xa0.xlsx", BOOK)
    assert [one.file for one in find_candidates([tmp_path])] == ["财政局 自评表 .xlsx"]
