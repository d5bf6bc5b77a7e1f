"""Saved mail as an inbox: letters, their attachments by their right names, also inside forwarded letters.

Header text is decoded by RFC 2231 and RFC 2047, and as UTF-8 or GBK where a program sent raw bytes.
"""

from __future__ import annotations

import binascii
import contextlib
import datetime as dt
import email
import email.header
import email.utils
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.message import Message
from functools import lru_cache
from pathlib import Path

from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.intake.zip_files import clean
from jixiao_xlsx.values.answers import Letter

MAX_LETTER = 64 * 2**20
MAX_LETTERS = 5000
MAX_LINES = 1_500_000
MAX_PARTS = 2000
LETTER_HEAD = b"From: \n"  # stands for the first bytes of what is known to be a letter
_LINE = 1 << 16
_SUBJECT, _SENDER = 200, 1000
_HEADER = re.compile(
    rb"(?:return-path|received|delivered-to|date|from|to|cc|subject|message-id|mime-version|reply-to|sender|dkim-signature|x-[\w-]+"
    rb"|authentication-results|arc-[\w-]+|content-type):[ \t]",
    re.IGNORECASE,
)
_GBK = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "cp936": "gb18030",
    "x-gbk": "gb18030",
}
_CLOUD = re.compile(
    r"超大附件|云附件|中转站|网盘|mail\.qq\.com/[^\s\"'<>]*ftn|pan\.baidu\.com|mail\.(?:163|126)\.com/large"
)
_INLINE = re.compile(r"^begin [0-7]{3} \S", re.MULTILINE)
_TEXT_BODY = frozenset({"text/plain", "text/html"})
_ENDINGS = {"text/calendar": ".ics", "message/rfc822": ".eml"}
_BAD = (
    MessageError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    binascii.Error,
)

Parts = tuple[tuple[Message, Letter], ...]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a letter; `at` is its place among the letter's parts."""

    name: str
    at: int
    letter: Letter
    data: bytes


def is_letter(head: bytes) -> bool:
    """Whether a file starts like a saved mail."""
    return bool(_HEADER.match(head.lstrip(b"\xef\xbb\xbf\r\n")))


def is_mbox(head: bytes) -> bool:
    """Whether a file starts like a folder of mails."""
    first, _, rest = head.partition(b"\n")
    return first.startswith(b"From ") and bool(_HEADER.match(rest) or rest.startswith(b">From "))


def letters(path: Path) -> Iterator[tuple[int, int]]:
    """Where each letter of an mbox starts and ends, in bytes. Raises Refused, OSError."""
    start, at, blank, count = -1, 0, True, 0
    with path.open("rb") as stream:
        while line := stream.readline(_LINE):
            if blank and line.startswith(b"From "):
                if start >= 0:
                    yield start, at
                start = at + len(line)
                count += 1
                if count > MAX_LETTERS:
                    raise Refused(
                        f"邮箱文件里的邮件超过 {MAX_LETTERS} 封，后面的没有读。请分成几个文件"
                    )
            blank = line in {b"\n", b"\r\n"}
            at += len(line)
    if start >= 0:
        yield start, at


def part_of(path: Path, start: int, end: int) -> bytes:
    """The bytes of one letter of an mbox. Raises Refused, OSError."""
    if end - start > MAX_LETTER:
        raise Refused(_too_large(end - start))
    with path.open("rb") as stream:
        stream.seek(start)
        return stream.read(end - start)


def attachments(data: bytes) -> Iterator[Attachment]:
    """The files of a letter in their order, those of forwarded letters with the letter they came in. Raises Refused."""
    for at, (part, letter) in enumerate(_parts(data)):
        name = _file_name(part)
        if name is not None:
            yield Attachment(clean(name) or f"附件{at}", at, letter, _payload(part))


def content(data: bytes, at: int) -> bytes:
    """The bytes of the attachment at `at`. Raises Refused."""
    parts = _parts(data)
    if at >= len(parts):
        raise Refused("邮件已变动，附件找不到了。请重新运行")
    return _payload(parts[at][0])


def without_files(data: bytes) -> str:
    """Why a letter has no files to give, for people. Raises Refused."""
    text = "".join(_text(part) for part, _ in _parts(data))
    if _CLOUD.search(text):
        return "邮件里没有附件，正文里有超大附件或网盘的链接：请下载后再放入，或请对方用普通附件重新发送"
    if _INLINE.search(text):
        return "附件以老式编码（uuencode）写在正文里，没有取出。请用邮件软件取出后再放入"
    return "邮件里没有附件"


def _text(part: Message) -> str:
    return (
        _decoded(_payload(part), part.get_content_charset())
        if part.get_content_maintype() == "text"
        else ""
    )


def forget() -> None:
    """Let go of the letter that was read last."""
    _parts.cache_clear()


# ------------------------------------------------------------------------------------------------------------- parts


def _too_large(size: int) -> str:
    return f"邮件有 {size / 2**20:.0f} MB，超过 {MAX_LETTER // 2**20} MB 的上限。请取出附件后再放入"


def _parsed(data: bytes) -> Message:
    if len(data) > MAX_LETTER:
        raise Refused(_too_large(len(data)))
    if data.count(b"\n") > MAX_LINES or data.count(b"\n--") > 10 * MAX_PARTS:
        raise Refused("邮件的行数或分段过多，不是正常的邮件，没有展开。请取出附件后再放入")
    try:
        return email.message_from_bytes(data)
    except _BAD as error:
        raise Refused("邮件已损坏，读不懂。请取出附件后再放入") from error


@lru_cache(maxsize=1)
def _parts(data: bytes) -> Parts:
    """Every part that is no container, with the letter it belongs to. Cached: a letter's files are fetched one after another."""
    found: list[tuple[Message, Letter]] = []
    waiting: list[tuple[Message, Letter]] = [(whole := _parsed(data), _letter(whole, Letter()))]
    try:
        while waiting:
            part, letter = waiting.pop()
            inside = part.get_payload()
            if not isinstance(inside, list):
                found.append((part, letter))
            elif part.get_content_type() == "message/rfc822":
                waiting += [
                    (inner, _letter(inner, letter))
                    for inner in reversed(inside)
                    if isinstance(inner, Message)
                ]
            else:
                waiting += [
                    (inner, letter) for inner in reversed(inside) if isinstance(inner, Message)
                ]
            if len(found) + len(waiting) > MAX_PARTS:
                raise Refused(f"邮件的分段超过 {MAX_PARTS} 个，没有展开。请取出附件后再放入")
    except _BAD as error:
        raise Refused("邮件已损坏，读不懂。请取出附件后再放入") from error
    return tuple(found)


def _payload(part: Message) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except _BAD as error:
        raise Refused("附件的编码已损坏，取不出来。请对方重新发送") from error
    return data if isinstance(data, bytes) else b""


def _file_name(part: Message) -> str | None:
    """What an attachment is called; None for the text of the letter and the pictures in it."""
    try:
        kind, disposition = part.get_content_type(), part.get_content_disposition()
        name = _parameter(part, "filename", "content-disposition") or _parameter(
            part, "name", "content-type"
        )
        if disposition != "attachment":
            if kind.startswith("image/") and part["content-id"]:
                return None
            if not name and kind in _TEXT_BODY:
                return None
    except _BAD:
        return ""
    return name or _ENDINGS.get(kind, "")


def _parameter(part: Message, name: str, header: str) -> str:
    """A parameter of a header as text."""
    raw = next(
        (_readable(value) for title, value in part.raw_items() if title.lower() == header), None
    )
    if raw is None:
        return ""
    holder = Message()
    holder[header] = raw
    value = holder.get_param(name, header=header)
    if isinstance(value, tuple):
        charset, _, text = value
        return _decoded(text.encode("latin-1", "replace"), charset)
    return _words(value or "")


# ----------------------------------------------------------------------------------------------------------- headers


def _letter(message: Message, outer: Letter) -> Letter:
    """The letter's own facts, those of the letter around it where it has none."""
    _, sender = email.utils.parseaddr(_header(message, "from")[:_SENDER])
    return Letter(
        sender=sender.strip().lower() or outer.sender,
        date=_date(_header(message, "date")) or outer.date,
        subject=_header(message, "subject")[:_SUBJECT] or outer.subject,
    )


def _header(message: Message, name: str) -> str:
    """A header as one line of readable text."""
    raw = next(
        (_readable(value) for title, value in message.raw_items() if title.lower() == name), ""
    )
    return " ".join("".join(c if c.isprintable() else " " for c in _words(raw)).split())


def _readable(raw: object) -> str:
    """A header's value with its raw bytes as text, its lines joined."""
    text = re.sub(r"\r?\n[ \t]*", " ", str(raw))
    data = text.encode("utf-8", "surrogateescape")
    return text if data.isascii() else _decoded(data, None)


def _words(text: str) -> str:
    """Encoded words decoded; as it stands where that fails."""
    if "=?" not in text:
        return text
    try:
        pieces = email.header.decode_header(text)
    except _BAD:
        return text
    return "".join(
        piece if isinstance(piece, str) else _decoded(piece, charset) for piece, charset in pieces
    )


def _decoded(data: bytes, charset: str | None) -> str:
    named = _GBK.get((charset or "").lower(), charset or "utf-8")
    for encoding in (named, "utf-8", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError, LookupError, ValueError):
            return data.decode(encoding)
    return data.decode("gb18030", "replace")


def _date(text: str) -> str:
    """ISO 8601 with its offset (UTC where none is told); "" for what is no date."""
    try:
        when = email.utils.parsedate_to_datetime(text)
        return (when if when.tzinfo else when.replace(tzinfo=dt.UTC)).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
