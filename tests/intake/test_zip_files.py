"""Archives as inboxes: names in every encoding, depth, sizes, damaged and locked members."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest
from parcels import BOOK, STAMP, candidates_by_name, put, zipped

from jixiao_xlsx.intake import zip_files
from jixiao_xlsx.intake.candidates import MAX_DEPTH
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.intake.inbox import find_candidates
from jixiao_xlsx.values.season import FileStatus


@pytest.mark.parametrize("gbk", [False, True])
def test_an_archive_is_read_as_a_folder(tmp_path: Path, gbk: bool) -> None:
    packed = zipped(
        {
            "财政局/": b"",
            "财政局/自评表（终稿）.xlsx": BOOK,
            "财政局/报告.docx": b"d",
            "乙.et": b"x",
        },
        gbk=gbk,
    )
    done = candidates_by_name(put(tmp_path, "包.zip", packed))
    assert sorted(done) == [
        "包.zip/乙.et",
        "包.zip/财政局/报告.docx",
        "包.zip/财政局/自评表（终稿）.xlsx",
    ]
    book = done["包.zip/财政局/自评表（终稿）.xlsx"]
    assert book.content() == BOOK and not book.set_aside and book.size == len(BOOK)
    assert book.saved == int(dt.datetime(*STAMP).timestamp()) and book.beside == "包.zip/财政局"
    assert done["包.zip/财政局/报告.docx"].document


def test_names_in_utf8_without_a_word_about_it(tmp_path: Path) -> None:
    name = "财政局.xlsx".encode()
    stand_in = b"~" * len(name)
    packed = zipped({stand_in.decode(): BOOK}).replace(stand_in, name)
    assert list(candidates_by_name(put(tmp_path, "a.zip", packed))) == ["a.zip/财政局.xlsx"]


def test_archives_in_archives_are_opened_to_a_depth(tmp_path: Path) -> None:
    packed = zipped({"表.xlsx": BOOK})
    for depth in range(1, MAX_DEPTH + 2):
        packed = zipped({f"{depth}.zip": packed, f"表{depth}.xlsx": BOOK})
    done = candidates_by_name(put(tmp_path, "包.zip", packed))
    deep = [one for one in done.values() if one.set_aside]
    assert len(deep) == 1 and "解压" in deep[0].set_aside
    assert sum(not one.set_aside for one in done.values()) == MAX_DEPTH
    assert all(one.content() == BOOK for one in done.values() if not one.set_aside)


def test_content_decides_what_is_an_archive(tmp_path: Path) -> None:
    put(tmp_path, "甲.zip", BOOK)
    put(tmp_path, "乙.xlsx", zipped({"表.xlsx": BOOK}))
    put(tmp_path, "丙.rar", b"Rar!\x1a\x07\x00...")
    put(tmp_path, "丁.zip", b"7z\xbc\xaf\x27\x1c...")
    put(tmp_path, "戊.zip", b"Rar!\x1a\x07\x01\x00")
    put(tmp_path, "己", BOOK)
    done = {one.file: one.set_aside for one in find_candidates([tmp_path])}
    assert {name: "压缩包" in reason for name, reason in done.items()} == {
        "甲.zip": False, "乙.xlsx/表.xlsx": False, "己": False,
        "丙.rar": True, "丁.zip": True, "戊.zip": True,
    }  # fmt: skip


def test_a_locked_member_is_one_line(tmp_path: Path) -> None:
    packed = bytearray(zipped({"甲.xlsx": BOOK, "乙.xlsx": BOOK}))
    packed[6] |= 1  # the first local header and its place in the list
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    done = candidates_by_name(put(tmp_path, "包.zip", bytes(packed)))
    assert "密码" in done["包.zip/甲.xlsx"].set_aside and not done["包.zip/乙.xlsx"].set_aside


@pytest.mark.parametrize(
    "name",
    [
        "../../甲.xlsx",
        "C:\\甲.xlsx",
        "甲\n乙.xlsx",
        "/etc/甲.xlsx",
        "=1+1.xlsx",
        "甲" * 500 + ".xlsx",
    ],
)
def test_a_members_name_is_only_a_label(tmp_path: Path, name: str) -> None:
    inbox = tmp_path / "in"
    put(inbox, "包.zip", zipped({name: BOOK}))
    [one] = find_candidates([inbox])
    assert one.file.isprintable() and len(one.file) < 300 and one.content() == BOOK
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["包.zip"]


def test_bombs_are_one_line_each(tmp_path: Path) -> None:
    put(tmp_path, "多.zip", zipped({f"{n}.xlsx": b"" for n in range(zip_files.MAX_MEMBERS + 1)}))
    big = zipped({"零.xlsx": bytes(2**20)})
    put(tmp_path, "大.zip", _with_size(big, 2**32 - 2))
    put(tmp_path, "谎.zip", _with_size(zipped({"零.xlsx": bytes(2**20)}), 10))
    put(tmp_path, "名.zip", zipped({"同.xlsx": BOOK}))
    done = {one.file: one for one in find_candidates([tmp_path])}
    assert "上限" in done["多.zip"].set_aside and done["多.zip"].status is FileStatus.UNREADABLE
    assert "上限" in done["大.zip"].set_aside
    with pytest.raises(Refused):
        done["谎.zip/零.xlsx"].content()


def _with_size(packed: bytes, size: int) -> bytes:
    """The archive with another unpacked size in its list."""
    at = packed.index(b"PK\x01\x02") + 24
    return packed[:at] + size.to_bytes(4, "little") + packed[at + 4 :]


def test_two_members_of_one_name_are_both_there(tmp_path: Path) -> None:
    packed = zipped({"甲a.xlsx": BOOK, "甲b.xlsx": b"other"}).replace(
        "甲b.xlsx".encode(), "甲a.xlsx".encode()
    )
    done = candidates_by_name(put(tmp_path, "包.zip", packed))
    assert list(done) == ["包.zip/甲a.xlsx", "包.zip/甲a.xlsx#2"]
    assert [one.content() for one in done.values()] == [BOOK, b"other"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_methods_are_refused(tmp_path: Path, method: int) -> None:
    done = candidates_by_name(put(tmp_path, "包.zip", zipped({"甲.xlsx": BOOK * 9}, method=method)))
    with pytest.raises(Refused, match="压缩方式"):
        done["包.zip/甲.xlsx"].content()


def test_an_empty_and_a_broken_archive_are_told(tmp_path: Path) -> None:
    put(tmp_path, "空.zip", zipped({}))
    put(tmp_path, "坏.zip", b"nothing")
    done = {one.file: one.set_aside for one in find_candidates([tmp_path])}
    assert done["空.zip"] == "压缩包里没有文件" and "损坏" in done["坏.zip"]
    put(tmp_path, "零.zip", b"")
    [zero] = [one for one in find_candidates([tmp_path]) if one.file == "零.zip"]
    assert (zero.status, "损坏" in zero.set_aside) == (FileStatus.UNREADABLE, True)
