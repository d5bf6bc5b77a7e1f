"""Mail drafts: two parsers read the same, a real server takes them whole, and no name can write a
header.
"""

from __future__ import annotations

import email
import email.header
import email.policy
import smtplib
import socket
from dataclasses import replace
from email.utils import getaddresses

import pytest

from jixiao_xlsx.output.text.mail_drafts import draft
from jixiao_xlsx.values.findings import Report
from jixiao_xlsx.values.people import Bureau, Department

BUREAU = Bureau(
    name="青禾县财政局",
    office="绩效管理股",
    contact="顾明月",
    phone="0900-5550280",
    return_by="2024年3月29日",
)
ONE = Department("101", "青禾县教育局", contact="赵晓梅", email="jyj@qinghe.example.com")
REPORT = Report("报送.xlsx", "ab" * 32, "青禾县教育局", "101", 2023, (), {}, ())
FILES = (
    ("青禾县教育局-退回修改通知.docx", b"PK\x03\x04letter" * 40),
    ("青禾县教育局（本级）-批注副本.xlsx", bytes(range(256)) * 30),
)


def made(department: Department = ONE) -> bytes:
    return draft(department, REPORT, BUREAU, "2023年度部门（单位）整体支出绩效评价", FILES)[0]


def test_a_modern_parser_reads_it_back() -> None:
    message = email.message_from_bytes(made(), policy=email.policy.default)
    assert message["To"].addresses[0].addr_spec == ONE.email
    assert message["To"].addresses[0].display_name == "赵晓梅"
    assert (
        message["Subject"] == "【审核通过通知】青禾县教育局：2023年度部门（单位）整体支出绩效评价"
    )
    assert [
        (part.get_filename(), part.get_content()) for part in message.iter_attachments()
    ] == list(FILES)
    assert "青禾县教育局　赵晓梅" in message.get_body().get_content()


def test_the_older_parser_reads_the_same() -> None:
    message = email.message_from_bytes(made(), policy=email.policy.compat32)
    subject = str(email.header.make_header(email.header.decode_header(message["Subject"])))
    assert subject.endswith("2023年度部门（单位）整体支出绩效评价")
    assert [address for _, address in getaddresses([message["To"]])] == [ONE.email]
    parts = [part for part in message.walk() if part.get_filename()]
    assert [email.utils.collapse_rfc2231_value(part.get_filename()) for part in parts] == [
        name for name, _ in FILES
    ]
    assert [part.get_payload(decode=True) for part in parts] == [content for _, content in FILES]
    made().decode("ascii")  # nothing that a gateway may spoil
    assert max(map(len, made().splitlines())) < 998


def test_a_parser_that_shares_no_code_with_python_reads_the_same() -> None:
    parse = pytest.importorskip("fast_mail_parser").parse_email
    message = parse(made())
    assert message.subject == "【审核通过通知】青禾县教育局：2023年度部门（单位）整体支出绩效评价"
    assert message.headers["To"] == [f"赵晓梅 <{ONE.email}>"]
    assert [(one.filename, one.content) for one in message.attachments] == list(FILES)
    assert "青禾县教育局　赵晓梅" in message.text_plain[0]


def test_the_names_stand_there_in_both_ways() -> None:
    """As RFC 2231 has them, and as encoded words for the programs that read nothing else; no line
    is long or blank where it goes on.
    """
    data = made()
    assert data.count(b"filename*") >= 2 and b"by-name" not in data
    assert max(map(len, data.split(b"\r\n"))) < 100 and b"\r\n \r\n" not in data
    parts = [
        part
        for part in email.message_from_bytes(data, policy=email.policy.compat32).walk()
        if part.get_filename()
    ]
    words = [part.get_param("name") for part in parts]
    decoded = [
        str(email.header.make_header(email.header.decode_header(word.replace("\r\n", ""))))
        for word in words
    ]  # type: ignore[union-attr]
    assert decoded == [name for name, _ in FILES]


def test_the_same_input_gives_the_same_bytes() -> None:
    assert made() == made() and b"@jixiao.invalid>" in made()


@pytest.mark.parametrize(
    "evil",
    [
        "教育局\r\nBcc: x@example.com",
        "教育局\nX: 1",
        "a\u2028Bcc: x@example.com",
        'x" <x@example.com>,',
    ],
)
def test_no_name_writes_a_header(evil: str) -> None:
    department = replace(ONE, name=evil, contact=evil)
    data, _ = draft(department, REPORT, BUREAU, evil, ((f"{evil}.xlsx", b"1"),))
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert message["Bcc"] is None and message["X"] is None
    assert [one.addr_spec for one in message["To"].addresses] == [ONE.email]


@pytest.mark.parametrize(
    "address",
    ["", "不是邮箱", "a@b", "a@example.com\r\nBcc: b@example.com", "a@example.com, b@example.com"],
)
def test_an_address_that_is_none_is_told(address: str) -> None:
    data, problem = draft(replace(ONE, email=address), REPORT, BUREAU, "表", FILES)
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert (
        message["To"] is None
        and message["Bcc"] is None
        and problem in {"未填", f"“{address}”不是邮件地址"}
    )


def test_a_real_server_gets_it_whole() -> None:
    pytest.importorskip("aiosmtpd")
    from aiosmtpd.controller import Controller

    class Box:
        content = b""
        to: tuple[str, ...] = ()

        async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
            self.content, self.to = envelope.content, tuple(envelope.rcpt_tos)
            return "250 OK"

    box = Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            client.send_message(
                email.message_from_bytes(made(), policy=email.policy.SMTP),
                from_addr="czj@qinghe.example.com",
            )
    finally:
        controller.stop()
    assert box.to == (ONE.email,)
    message = email.message_from_bytes(box.content, policy=email.policy.default)
    assert [
        (part.get_filename(), part.get_content()) for part in message.iter_attachments()
    ] == list(FILES)
