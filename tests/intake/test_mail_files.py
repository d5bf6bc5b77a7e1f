"""Saved mail as an inbox: attachments by their names, senders and dates, damaged letters."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from parcels import BOOK, WHEN, candidates_by_name, letter, mbox, put, raw_letter, zipped

from jixiao_xlsx.intake import mail_files
from jixiao_xlsx.intake.inbox import find_candidates


def test_the_files_of_a_letter_keep_its_sender_date_and_subject(tmp_path: Path) -> None:
    done = candidates_by_name(
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
    done = candidates_by_name(put(tmp_path, "信.eml", letter({}, forwarded=[inner])))
    [book] = [one for one in done.values() if not one.set_aside]
    assert book.file == "信.eml/表.xlsx" and book.content() == BOOK and book.letter
    assert (book.letter.sender, book.letter.subject, book.letter.date) == (
        "b@example.com",
        "原件",
        WHEN.isoformat(),
    )


def test_an_archive_and_a_letter_inside_a_letter(tmp_path: Path) -> None:
    packed = zipped({"财政局/表.xlsx": BOOK}, gbk=True)
    done = candidates_by_name(
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
        b'filename="=?gbk?Q?=B2=C6=D5?= =?gbk?Q?=FE=BE=D6.xlsx?="',  # a letter cut in two
        b"filename*=gb2312''%B2%C6%D5%FE%BE%D6.xlsx",
        b"filename*0*=UTF-8''%E8%B4%A2%E6%94%BF;\r\n filename*1*=%E5%B1%80.xlsx",
        b"filename*=unknown-charset''%E8%B4%A2%E6%94%BF%E5%B1%80.xlsx",
    ],
)
def test_names_of_attachments_in_every_spelling(tmp_path: Path, parameter: bytes) -> None:
    [one] = candidates_by_name(put(tmp_path, "信.eml", raw_letter(parameter, BOOK))).values()
    assert one.file == "信.eml/财政局.xlsx" and one.content() == BOOK


def test_headers_in_raw_gbk_are_read(tmp_path: Path) -> None:
    head = (
        "From: 县财政局 <A@Example.com>\r\nSubject: 报送\r\nDate: "
        "Tue, 5 Mar 2024 09:30:00 +0800\r\n"
    ).encode("gbk")
    [one] = candidates_by_name(
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
    done = candidates_by_name(put(tmp_path, "收件箱.mbox", data))
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
    assert "Inbox/第1封/甲.xlsx" in candidates_by_name(put(tmp_path / "x", "Inbox", data))


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
    assert list(candidates_by_name(put(tmp_path, "信.eml", data))) == ["信.eml/表.xlsx"]


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
    done = candidates_by_name(put(tmp_path, "信.eml", data))
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
    [one] = candidates_by_name(put(tmp_path, "信.eml", (head + body + "\n").encode("gbk"))).values()
    assert words in one.set_aside and one.set_aside.isprintable()


def test_a_folder_of_mails_costs_no_depth(tmp_path: Path) -> None:
    packed = zipped({"里.zip": zipped({"表.xlsx": BOOK}, gbk=True)}, gbk=True)
    [one] = candidates_by_name(put(tmp_path, "收件箱", mbox([letter({"外.zip": packed})]))).values()
    assert one.file == "收件箱/第1封/外.zip/里.zip/表.xlsx" and one.content() == BOOK and one.letter
