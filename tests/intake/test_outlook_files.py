"""Outlook's letters (.msg) and parcels (winmail.dat): files, senders, nesting, broken bytes."""

from __future__ import annotations

import datetime as dt
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import ole
import pytest
from parcels import BOOK, candidates_by_name, letter, put, zipped

from jixiao_xlsx.intake import outlook_files

BIG = BOOK.ljust(8192, b"\0")  # a container keeps what is under 4096 bytes elsewhere
WHEN = dt.datetime(2024, 3, 5, 1, 30, tzinfo=dt.UTC)
FILETIME = (WHEN - dt.datetime(1601, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1) * 10


def values(start: int, found: Mapping[int, bytes]) -> bytes:
    entries = (struct.pack("<HHI8s", 0, number, 0, value) for number, value in found.items())
    return bytes(start) + b"".join(entries)


def compound(streams: Mapping[str, bytes]) -> bytes:
    return ole.compound({path: data.ljust(4096, b"\0") for path, data in streams.items()})


def message(
    files: Mapping[str, bytes], *, at: str = "", head: int = 32, hidden: str = ""
) -> dict[str, bytes]:
    """The streams of a letter, by their paths in the container."""
    found = {
        f"{at}__properties_version1.0": values(head, {0x0039: struct.pack("<Q", FILETIME)}),
        f"{at}__substg1.0_0037001F": "报送自评表".encode("utf-16-le"),
        f"{at}__substg1.0_5D01001F": "A@Example.com".encode("utf-16-le"),
    }
    for number, (name, data) in enumerate(files.items()):
        store = f"{at}__attach_version1.0_#{number:08X}/"
        fixed = {0x3705: b"\1" + bytes(7), 0x7FFE: bytes([name == hidden]) + bytes(7)}
        found |= {
            f"{store}__properties_version1.0": values(8, fixed),
            f"{store}__substg1.0_3707001F": name.encode("utf-16-le"),
            f"{store}__substg1.0_37010102": data,
        }
    return found


def test_the_files_of_a_letter(tmp_path: Path) -> None:
    files = {"财政局自评表.xlsx": BIG, "报告.docx": b"d", "image001.png": b"p"}
    packed = compound(message(files, hidden="image001.png"))
    done = candidates_by_name(put(tmp_path, "信.msg", packed))
    assert sorted(done) == ["信.msg/报告.docx", "信.msg/财政局自评表.xlsx"]
    book = done["信.msg/财政局自评表.xlsx"]
    assert book.content() == BIG and book.beside == "信.msg"
    assert book.letter and book.letter.sender == "a@example.com"
    assert book.letter.sent == int(WHEN.timestamp()) and book.letter.subject == "报送自评表"


def test_a_letter_inside_a_letter(tmp_path: Path) -> None:
    store = "__attach_version1.0_#00000000/"
    inner = message({"表.xlsx": BIG}, at=f"{store}__substg1.0_3701000D/", head=24)
    outer = message({}) | inner
    outer[f"{store}__properties_version1.0"] = values(8, {0x3705: b"\5" + bytes(7)})
    done = candidates_by_name(put(tmp_path, "转.msg", compound(outer)))
    assert list(done) == ["转.msg/表.xlsx"] and done["转.msg/表.xlsx"].content() == BIG


def test_a_letter_of_outlook_in_other_containers(tmp_path: Path) -> None:
    packed = compound(
        message({"表.xlsx": BIG, "包.zip": zipped({"乙.xlsx": BIG}, method=zipfile.ZIP_STORED)})
    )
    done = candidates_by_name(put(tmp_path, "信.eml", letter({"原信.msg": packed})))
    assert sorted(done) == ["信.eml/原信.msg/包.zip/乙.xlsx", "信.eml/原信.msg/表.xlsx"]
    assert all(one.content() == BIG for one in done.values())
    assert all(one.letter and one.letter.sender == "a@example.com" for one in done.values())


def test_a_letter_without_files(tmp_path: Path) -> None:
    packed = message({})
    packed["__substg1.0_1000001F"] = "请到网盘下载 pan.baidu.com/s/1".encode("utf-16-le")
    (one,) = candidates_by_name(put(tmp_path, "信.msg", compound(packed))).values()
    assert "网盘" in one.set_aside


@pytest.mark.parametrize("cut", [8, 100, 600, 2000])
def test_a_broken_letter_is_one_line(tmp_path: Path, cut: int) -> None:
    packed = compound(message({"表.xlsx": BIG}))[:cut]
    done = candidates_by_name(put(tmp_path, "信.msg", packed))
    assert all(one.set_aside for one in done.values()) and len(done) == 1


# ------------------------------------------------------------------------------------- winmail.dat


def parcel(files: Mapping[str, bytes]) -> bytes:
    """A winmail.dat; short names in GBK, as an old Outlook writes them."""
    objects = [
        (1, 0x9006, 8, struct.pack("<I", 0x10000)),
        (1, 0x9007, 6, struct.pack("<II", 936, 0)),
    ]
    for name, data in files.items():
        objects += [
            (2, 0x9002, 6, bytes(14)),
            (2, 0x8010, 1, name.encode("gbk") + b"\0"),
            (2, 0x800F, 6, data),
        ]
    parts = [outlook_files.TNEF_MAGIC, struct.pack("<H", 1)]
    for level, number, kind, data in objects:
        parts.append(struct.pack("<BHHI", level, number, kind, len(data)) + data)
        parts.append(struct.pack("<H", sum(data) & 0xFFFF))
    return b"".join(parts)


@pytest.mark.parametrize("name", ["winmail.dat", "ATT00001.dat"])
def test_the_files_of_a_parcel(tmp_path: Path, name: str) -> None:
    pytest.importorskip("tnefparse")
    packed = parcel({"财政局自评表.xlsx": BOOK, "乙.docx": b"d"})
    done = candidates_by_name(put(tmp_path, "信.eml", letter({name: packed})))
    assert sorted(done) == [f"信.eml/{name}/乙.docx", f"信.eml/{name}/财政局自评表.xlsx"]
    book = done[f"信.eml/{name}/财政局自评表.xlsx"]
    assert book.content() == BOOK and book.letter and book.letter.sender == "a@example.com"


@pytest.mark.parametrize("cut", [1, 5, 40, 300])
def test_a_broken_parcel_is_accounted_for(tmp_path: Path, cut: int) -> None:
    packed = parcel({"表.xlsx": BOOK})[:cut]
    done = candidates_by_name(put(tmp_path, "winmail.dat", packed))
    assert done and all("表.xlsx" not in name or one.size < len(BOOK) for name, one in done.items())


def test_a_missing_library_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlook_files, "tnef_is_here", lambda: False)
    (one,) = candidates_by_name(put(tmp_path, "winmail.dat", parcel({"表.xlsx": BOOK}))).values()
    assert "没有打开它的部件" in one.set_aside
