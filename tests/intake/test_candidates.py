"""Folders, archives and mails: every file accounted for, by its right name, its bytes fetched when
wanted.
"""

from __future__ import annotations

import base64
import datetime as dt
import os
import zipfile
from pathlib import Path

import pytest
from parcels import STAMP, WHEN, letter, mbox, raw_letter, zipped

from jixiao_xlsx.intake import mail_files, zip_files
from jixiao_xlsx.intake.candidates import Candidate
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.intake.inbox import find_candidates
from jixiao_xlsx.intake.unpacking import MAX_DEPTH
from jixiao_xlsx.values.answers import FileStatus

BOOK = zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"})


def put(folder: Path, name: str, data: bytes = b"x") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


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


def test_a_dangling_link_is_said_to_be_unreadable(tmp_path: Path) -> None:
    (tmp_path / "断.xlsx").symlink_to(tmp_path / "没有")
    (tmp_path / "自指.xlsx").symlink_to(tmp_path / "自指.xlsx")
    said = {one.file: (one.set_aside, one.status) for one in find_candidates([tmp_path])}
    assert said == {
        "断.xlsx": ("无法打开：找不到，可能已被移走或删除", FileStatus.UNREADABLE),
        "自指.xlsx": ("无法打开：链接绕成了圈，没有指到文件", FileStatus.UNREADABLE),
    }


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
    said = {one.file: one.set_aside for one in find_candidates([inbox])}
    assert sorted(said) == ["圈", "链", "锁住"]
    assert "没有进去看" in said["链"] and "没有进去看" in said["圈"] and "没有权限" in said["锁住"]
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
    said = {one.file: one.set_aside for one in find_candidates([tmp_path])}
    assert all(
        "另存为“Excel 工作簿（.xlsx）”" in said[name]
        for name in ("导出.csv", "导出.html", "单一文件.mht")
    )
    assert "自解压" in said["自解压.exe"] and said["表.jio"] == "不是工作簿（.xlsx、.xls、.et 等）"


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
    said = {one.file: one.set_aside[:4] for one in find_candidates([tmp_path])}
    assert said == {
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


# ----------------------------------------------------------------------------------------- archives


def found(path: Path) -> dict[str, Candidate]:
    return {one.file: one for one in find_candidates([path])}


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
    done = found(put(tmp_path, "包.zip", packed))
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
    assert list(found(put(tmp_path, "a.zip", packed))) == ["a.zip/财政局.xlsx"]


def test_archives_in_archives_are_opened_to_a_depth(tmp_path: Path) -> None:
    packed = zipped({"表.xlsx": BOOK})
    for depth in range(1, MAX_DEPTH + 2):
        packed = zipped({f"{depth}.zip": packed, f"表{depth}.xlsx": BOOK})
    done = found(put(tmp_path, "包.zip", packed))
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
    assert done == {
        "甲.zip": "", "乙.xlsx/表.xlsx": "", "己": "",
        "丙.rar": "压缩包：请解压后再放入", "丁.zip": "压缩包：请解压后再放入", "戊.zip": "压缩包：请解压后再放入",
    }  # fmt: skip


def test_a_locked_member_is_one_line(tmp_path: Path) -> None:
    packed = bytearray(zipped({"甲.xlsx": BOOK, "乙.xlsx": BOOK}))
    packed[6] |= 1  # the first local header and its place in the list
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    done = found(put(tmp_path, "包.zip", bytes(packed)))
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
    done = found(put(tmp_path, "包.zip", packed))
    assert list(done) == ["包.zip/甲a.xlsx", "包.zip/甲a.xlsx#2"]
    assert [one.content() for one in done.values()] == [BOOK, b"other"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_methods_are_refused(tmp_path: Path, method: int) -> None:
    done = found(put(tmp_path, "包.zip", zipped({"甲.xlsx": BOOK * 9}, method=method)))
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


# --------------------------------------------------------------------------------------------- mail


def test_the_files_of_a_letter_keep_its_sender_date_and_subject(tmp_path: Path) -> None:
    done = found(
        put(
            tmp_path,
            "信.eml",
            letter({"自评表.xlsx": BOOK, "自评报告.docx": b"d"}, subject="财政局\t报送"),
        )
    )
    assert sorted(done) == ["信.eml/自评报告.docx", "信.eml/自评表.xlsx"]
    book = done["信.eml/自评表.xlsx"]
    assert book.content() == BOOK and book.letter and book.beside == "信.eml"
    assert (book.letter.sender, book.letter.subject) == ("a@example.com", "财政局 报送")
    assert book.letter.date == WHEN.isoformat() and book.letter.sent == int(WHEN.timestamp())


def test_a_forwarded_letter_speaks_for_its_own_files(tmp_path: Path) -> None:
    inner = letter({"表.xlsx": BOOK}, sender="b@example.com", subject="原件", when=None)
    done = found(put(tmp_path, "信.eml", letter({}, forwarded=[inner])))
    [book] = [one for one in done.values() if not one.set_aside]
    assert book.file == "信.eml/表.xlsx" and book.content() == BOOK and book.letter
    assert (book.letter.sender, book.letter.subject, book.letter.date) == (
        "b@example.com",
        "原件",
        WHEN.isoformat(),
    )


def test_an_archive_and_a_letter_inside_a_letter(tmp_path: Path) -> None:
    packed = zipped({"财政局/表.xlsx": BOOK}, gbk=True)
    done = found(
        put(
            tmp_path,
            "信.eml",
            letter({"包.zip": packed, "转.eml": letter({"乙.xlsx": b"2"}, sender="c@example.com")}),
        )
    )
    assert done["信.eml/包.zip/财政局/表.xlsx"].content() == BOOK
    inner = done["信.eml/转.eml/乙.xlsx"]
    assert inner.content() == b"2" and inner.letter and inner.letter.sender == "c@example.com"


@pytest.mark.parametrize(
    "parameter",
    [
        'filename="财政局.xlsx"'.encode("gbk"),
        'filename="财政局.xlsx"'.encode(),
        b'filename="=?gb2312?B?' + base64.b64encode("财政局.xlsx".encode("gbk")) + b'?="',
        b'filename="=?GBK?Q?=B2=C6=D5=FE=BE=D6?=\r\n =?GBK?Q?.xlsx?="',
        b"filename*=gb2312''%B2%C6%D5%FE%BE%D6.xlsx",
        b"filename*0*=UTF-8''%E8%B4%A2%E6%94%BF;\r\n filename*1*=%E5%B1%80.xlsx",
        b"filename*=unknown-charset''%E8%B4%A2%E6%94%BF%E5%B1%80.xlsx",
    ],
)
def test_names_of_attachments_in_every_spelling(tmp_path: Path, parameter: bytes) -> None:
    [one] = found(put(tmp_path, "信.eml", raw_letter(parameter, BOOK))).values()
    assert one.file == "信.eml/财政局.xlsx" and one.content() == BOOK


def test_headers_in_raw_gbk_are_read(tmp_path: Path) -> None:
    head = (
        "From: 县财政局 <A@Example.com>\r\nSubject: 报送\r\nDate: "
        "Tue, 5 Mar 2024 09:30:00 +0800\r\n"
    ).encode("gbk")
    [one] = found(
        put(tmp_path, "信.eml", raw_letter(b'filename="a.xlsx"', BOOK, head=head))
    ).values()
    assert one.letter and (one.letter.sender, one.letter.subject, one.letter.date) == (
        "a@example.com",
        "报送",
        WHEN.isoformat(),
    )


def test_a_folder_of_mails(tmp_path: Path) -> None:
    data = mbox(
        [
            letter({"甲.xlsx": BOOK}, subject="一"),
            letter({}),
            letter({"乙.xlsx": b"2"}, subject="三"),
        ]
    )
    done = found(put(tmp_path, "收件箱.mbox", data))
    assert sorted(done) == [
        "收件箱.mbox/第1封/甲.xlsx",
        "收件箱.mbox/第2封",
        "收件箱.mbox/第3封/乙.xlsx",
    ]
    assert (
        done["收件箱.mbox/第1封/甲.xlsx"].content() == BOOK
        and done["收件箱.mbox/第3封/乙.xlsx"].content() == b"2"
    )
    assert done["收件箱.mbox/第2封"].set_aside == "邮件里没有附件"
    assert "Inbox/第1封/甲.xlsx" in found(put(tmp_path / "x", "Inbox", data))


def test_pictures_in_a_letters_text_are_no_files(tmp_path: Path) -> None:
    data = letter({"表.xlsx": BOOK})
    picture = (
        b'Content-Type: image/png; name="logo.png"\nContent-ID: <1>\nContent-Disposition: inlin'
        b"e\n\nx\n"
    )
    boundary = data.split(b'boundary="', 1)[1].split(b'"', 1)[0]
    data = data.replace(
        b"--" + boundary + b"--", b"--" + boundary + b"\n" + picture + b"\n--" + boundary + b"--"
    )
    assert list(found(put(tmp_path, "信.eml", data))) == ["信.eml/表.xlsx"]


@pytest.mark.parametrize(
    "data",
    [
        b"From: a@example.com\n" * 100_000,
        b"From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\n\nx\n" * 30_000,
        b"From: a@example.com\n" + b"\n" * (mail_files.MAX_LINES + 1),
        b"From: \xff\xfe\nDate: not a date\nSubject: =?utf-8?B?!!!?=\n\nhello",
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)
        ),
        b"From: a@example.com\nContent-Type: message/rfc822\n\n" * 2000,
    ],
)
def test_a_broken_letter_is_accounted_for(tmp_path: Path, data: bytes) -> None:
    done = found(put(tmp_path, "信.eml", data))
    assert done and all(one.set_aside for one in done.values())


def test_outlooks_own_formats_are_named(tmp_path: Path) -> None:
    put(tmp_path, "信.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    put(tmp_path, "信.eml", letter({"winmail.dat": b"x"}))
    put(tmp_path, "另一封.eml", letter({"ATT00001.dat": b"\x78\x9f\x3e\x22" + bytes(99)}))
    assert all("Outlook" in one.set_aside for one in find_candidates([tmp_path]))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            '<a href="https://mail.qq.com/cgi-bin/ftnExs_download?k=1">从QQ邮箱发来的超大附件</a>',
            "超大附件",
        ),
        ("链接：https://pan.baidu.com/s/1abc 提取码：1234", "网盘"),
        ("表在下面\nbegin 644 biao.xlsx\nM4$L#!\n`\nend", "uuencode"),
        ("附件忘了，稍后再发", "邮件里没有附件"),
    ],
)
def test_a_letter_without_files_says_where_they_may_be(
    tmp_path: Path, body: str, words: str
) -> None:
    head = (
        "From: a@example.com\nContent-Type: text/html; charset=gbk\nContent-Transfer-Encoding: "
        "8bit\n\n"
    )
    [one] = found(put(tmp_path, "信.eml", (head + body + "\n").encode("gbk"))).values()
    assert words in one.set_aside and one.set_aside.isprintable()


def test_a_folder_of_mails_costs_no_depth(tmp_path: Path) -> None:
    packed = zipped({"里.zip": zipped({"表.xlsx": BOOK}, gbk=True)}, gbk=True)
    [one] = found(put(tmp_path, "收件箱", mbox([letter({"外.zip": packed})]))).values()
    assert one.file == "收件箱/第1封/外.zip/里.zip/表.xlsx" and one.content() == BOOK and one.letter
