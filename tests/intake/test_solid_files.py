"""7z and rar as inboxes: names, nesting, passwords, bombs, broken middles, a missing library."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from parcels import BOOK, candidates_by_name, letter, put, zipped
from rarred import rar4, rar5

from jixiao_xlsx.intake import solid_files
from jixiao_xlsx.intake.candidates import MAX_DEPTH
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.values.season import FileStatus

py7zr = pytest.importorskip("py7zr")
needs_rar = pytest.mark.skipif(
    bool(solid_files.why_not_here(solid_files.RAR)), reason="needs libarchive"
)
FILES = {"财政局/自评表（终稿）.xlsx": BOOK, "财政局/报告.docx": b"d", "空.txt": b""}


def seven_zipped(files: Mapping[str, bytes], **options: Any) -> bytes:
    stream = io.BytesIO()
    with py7zr.SevenZipFile(stream, "w", **options) as archive:
        for name, data in files.items():
            archive.writestr(data, name)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("包.7z", seven_zipped(FILES)),
        pytest.param("包.rar", rar4(FILES), marks=needs_rar),
        pytest.param("老.rar", rar4(FILES, gbk=True), marks=needs_rar),
        pytest.param("新.rar", rar5(FILES), marks=needs_rar),
        pytest.param("改了名.zip", rar5(FILES), marks=needs_rar),
    ],
)
def test_an_archive_is_read_as_a_folder(tmp_path: Path, name: str, packed: bytes) -> None:
    done = candidates_by_name(put(tmp_path, name, packed))
    assert sorted(done) == sorted(f"{name}/{inner}" for inner in FILES)
    book = done[f"{name}/财政局/自评表（终稿）.xlsx"]
    assert book.content() == BOOK and not book.set_aside and book.size == len(BOOK)
    assert book.beside == f"{name}/财政局"
    assert done[f"{name}/财政局/报告.docx"].document


@needs_rar
def test_archives_of_all_kinds_in_one_another(tmp_path: Path) -> None:
    packed = rar5({"里.7z": seven_zipped({"表.xlsx": BOOK}), "表.xlsx": BOOK})
    mail = letter({"外.rar": packed})
    done = candidates_by_name(put(tmp_path, "信.eml", mail))
    assert sorted(done) == ["信.eml/外.rar/表.xlsx", "信.eml/外.rar/里.7z/表.xlsx"]
    assert all(one.content() == BOOK and not one.set_aside for one in done.values())


def test_depth_is_counted_over_all_kinds(tmp_path: Path) -> None:
    packed = seven_zipped({"表.xlsx": BOOK})
    for depth in range(MAX_DEPTH):
        packed = zipped({f"{depth}.7z": packed})
    (deep,) = candidates_by_name(put(tmp_path, "包.zip", packed)).values()
    assert "解压" in deep.set_aside


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("锁.7z", seven_zipped({"表.xlsx": BOOK}, password="1")),
        ("全锁.7z", seven_zipped({"表.xlsx": BOOK}, password="1", header_encryption=True)),
        pytest.param("锁.rar", rar4({"表.xlsx": BOOK}, locked=True), marks=needs_rar),
    ],
)
def test_a_password_is_one_line(tmp_path: Path, name: str, packed: bytes) -> None:
    (one,) = candidates_by_name(put(tmp_path, name, packed)).values()
    assert "加了密码" in one.set_aside


@pytest.mark.parametrize("kind", ["7z", pytest.param("rar", marks=needs_rar)])
def test_what_came_before_a_break_stands(tmp_path: Path, kind: str) -> None:
    files = {"甲.xlsx": BOOK, "乙.xlsx": b"hello" * 1000, "丙.xlsx": BOOK}
    if kind == "rar":
        packed = rar5(files)[: len(BOOK) + 600]
    else:
        whole = bytearray(seven_zipped(files, filters=[{"id": py7zr.FILTER_COPY}]))
        whole[whole.find(b"hello" * 3)] ^= 1
        packed = bytes(whole)
    done = candidates_by_name(put(tmp_path, f"包.{kind}", packed))
    assert done[f"包.{kind}/甲.xlsx"].content() == BOOK
    broken = done[f"包.{kind}"]
    assert broken.status is FileStatus.UNREADABLE and "损坏" in broken.set_aside
    assert f"包.{kind}/丙.xlsx" not in done


@pytest.mark.parametrize("length", [6, 8, 20, 32, 60])
@pytest.mark.parametrize(
    "packed", [seven_zipped({"表.xlsx": BOOK}), rar4({"表.xlsx": BOOK}), rar5({"表.xlsx": BOOK})]
)
def test_a_beginning_alone_is_accounted_for(tmp_path: Path, packed: bytes, length: int) -> None:
    (one,) = candidates_by_name(put(tmp_path, "包.7z", packed[:length])).values()
    assert one.set_aside


def test_a_bomb_is_refused_with_what_came_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solid_files, "_MAX_KEPT", 2**20)
    packed = seven_zipped({"甲.xlsx": BOOK, "弹.bin": bytes(8 * 2**20)})
    done = candidates_by_name(put(tmp_path, "弹.7z", packed))
    assert done["弹.7z/甲.xlsx"].content() == BOOK
    assert "没有读" in done["弹.7z"].set_aside and len(done) == 2


def test_names_never_leave_the_archive(tmp_path: Path) -> None:
    if solid_files.why_not_here(solid_files.RAR):
        pytest.skip("needs libarchive")
    done = candidates_by_name(put(tmp_path, "包.rar", rar5({"../../表\x1b.xlsx": BOOK})))
    (name,) = done
    assert "\x1b" not in name and done[name].content() == BOOK


def test_a_missing_library_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solid_files, "_library", lambda name: None)
    done = candidates_by_name(put(tmp_path, "甲.rar", rar5(FILES)))
    done |= candidates_by_name(put(tmp_path, "乙.7z", seven_zipped(FILES)))
    assert done["甲.rar"].set_aside.startswith("rar 压缩包，这里没有打开它的部件：请解压")
    assert done["乙.7z"].set_aside.startswith("7z 压缩包，这里没有打开它的部件：请解压")


def test_a_member_that_is_gone_is_said() -> None:
    with pytest.raises(Refused, match="变动"):
        solid_files.read_solid_member(seven_zipped(FILES), 7)
