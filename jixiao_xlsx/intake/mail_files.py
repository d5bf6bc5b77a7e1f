"""Saved mail as an inbox: letters, their attachments by their right names, also those forwarded.

Headers are decoded by RFC 2231 and RFC 2047, and as UTF-8 or GBK where a program sent raw bytes.
The parts of `email` are imported with the first letter: most inboxes hold none.
"""

from __future__ import annotations

import binascii
import contextlib
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.intake.zip_files import clean_name
from jixiao_xlsx.values.season import Letter

if TYPE_CHECKING:
    from email.message import Message
    from email.policy import Compat32

MAX_LETTER_BYTES = 64 * 2**20
MAX_LINES = 1_500_000
LETTER_HEAD = b"From: \n"  # stands for the first bytes of a letter of an mbox
_MAX_LETTERS = 5000
_MAX_PARTS = 2000
_LINE = 1 << 16
_MAX_SUBJECT, _MAX_SENDER = 200, 1000
_MAX_HEADER = 16_384  # letters of one header; the library's parsers are quadratic in it
_MAX_SEGMENTS = 200  # parameters, or pieces of one, in a header
_MAX_WORDS = 4096  # letters of a text with encoded words
_MAX_LOOKS = 50_000_000  # the library looks for every boundary in every line
_HEADER = re.compile(
    rb"(?:return-path|received|delivered-to|date|from|to|cc|subject|message-id|mime-version"
    rb"|reply-to|sender|dkim-signature|x-[\w-]+|authentication-results|arc-[\w-]+|content-type)"
    rb":[ \t]",
    re.IGNORECASE,
)
_GBK_NAMES = frozenset({"gb2312", "gbk", "gb_2312-80", "cp936", "x-gbk"})
_CLOUD = re.compile(
    r"超大附件|云附件|中转站|网盘|mail\.qq\.com/[^\s\"'<>]{0,200}?ftn|pan\.baidu\.com"
    r"|mail\.(?:163|126)\.com/large"
)
_BOUNDARY = re.compile(rb"\bboundary(?:\*[0-9]{0,4}){0,2}=", re.IGNORECASE)
_FOLDED = re.compile(r"\r?\n[ \t]*")
_UUENCODED = re.compile(r"^begin [0-7]{3} \S", re.MULTILINE)
_TEXT_BODY = frozenset({"text/plain", "text/html"})
_NAMELESS = {"text/calendar": ".ics", "message/rfc822": ".eml"}
_MALFORMED = (
    MessageError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    binascii.Error,
)
_BROKEN = "邮件已损坏，读不懂。请取出附件后再放入"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a letter; `at` is its place among the letter's parts."""

    name: str
    at: int
    letter: Letter
    data: bytes


def is_letter(head: bytes) -> bool:
    """Return whether a file starts like a saved mail."""
    return bool(_HEADER.match(head.lstrip(b"\xef\xbb\xbf\r\n")))


def is_mbox(head: bytes) -> bool:
    """Return whether a file starts like a folder of mails."""
    first, _, rest = head.partition(b"\n")
    return first.startswith(b"From ") and bool(_HEADER.match(rest) or rest.startswith(b">From "))


def letter_spans(path: Path) -> Iterator[tuple[int, int]]:
    """Yield where each letter of an mbox starts and ends, in bytes. Raises Refused, OSError.

    The standard library's mailbox.mbox is not used: it opens the file for writing, and reads a
    line of any length into memory.
    """
    start, at, blank, count = -1, 0, True, 0
    with path.open("rb") as stream:
        while line := stream.readline(_LINE):
            if blank and line.startswith(b"From "):
                if start >= 0:
                    yield start, at
                start = at + len(line)
                count += 1
                if count > _MAX_LETTERS:
                    raise Refused(
                        f"邮箱文件里的邮件超过 {_MAX_LETTERS} 封，后面的没有读。请分成几个文件"
                    )
            blank = line in {b"\n", b"\r\n"}
            at += len(line)
    if start >= 0:
        yield start, at


def read_letter(path: Path, start: int, end: int) -> bytes:
    """Return the bytes of one letter of an mbox. Raises Refused, OSError."""
    _refuse_too_large(end - start)
    with path.open("rb") as stream:
        stream.seek(start)
        return stream.read(end - start)


def attachments(data: bytes) -> Iterator[Attachment]:
    """Yield the files of a letter in their order; those of a forwarded letter belong to that one.

    Raises Refused.
    """
    for at, (part, letter) in enumerate(_parts(data)):
        name = _file_name(part)
        if name is not None:
            yield Attachment(clean_name(name) or f"附件{at}", at, letter, _payload(part))


def read_attachment(data: bytes, at: int) -> bytes:
    """Return the bytes of the attachment at `at`. Raises Refused."""
    parts = _parts(data)
    if at >= len(parts):
        raise Refused("邮件已变动，附件找不到了。请重新运行")
    return _payload(parts[at][0])


def why_without_files(data: bytes) -> str:
    """Return in Chinese why a letter holds no files. Raises Refused."""
    text = "".join(
        _decoded(_payload(part), part.get_content_charset())
        for part, _ in _parts(data)
        if part.get_content_maintype() == "text"
    )
    return why_text_without_files(text)


def why_text_without_files(text: str) -> str:
    """Return in Chinese why a letter of these words holds no files."""
    if _CLOUD.search(text):
        return "邮件里没有附件，正文里有超大附件或网盘的链接：请下载后再放入，或请对方用普通附件重新发送"
    if _UUENCODED.search(text):
        return "附件以老式编码（uuencode）写在正文里，没有取出。请用邮件软件取出后再放入"
    return "邮件里没有附件"


def forget_letter() -> None:
    """Free the memory of the letter that was read last."""
    _parts.cache_clear()


# ------------------------------------------------------------------------------------------ parts


@cache
def _repaired_headers() -> Compat32:
    """Return the policy that gives headers on one line, with raw bytes decoded as UTF-8 or GBK.

    email.policy.default would decode more by itself, but takes raw GBK for damaged UTF-8 and cuts
    a character that is split between two encoded words.
    """
    from email.policy import Compat32

    class RepairedHeaders(Compat32):
        def header_fetch_parse(self, name: str, value: Any) -> str:
            text = _one_line(str(value))
            return text if text.isascii() else _decoded(text.encode("utf-8", "surrogateescape"))

    return RepairedHeaders()


def _one_line(header: str) -> str:
    """Return a header without its line breaks, cut where no honest one is as long."""
    text = _FOLDED.sub(" ", header[:_MAX_HEADER])
    return ";".join(text.split(";", _MAX_SEGMENTS)[:_MAX_SEGMENTS])


def _refuse_too_large(size: int) -> None:
    if size > MAX_LETTER_BYTES:
        raise Refused(
            f"邮件有 {size / 2**20:.0f} MB，超过 {MAX_LETTER_BYTES // 2**20} MB 的上限。"
            "请取出附件后再放入"
        )


def _parsed(data: bytes) -> Message:
    from email import message_from_bytes

    _refuse_too_large(len(data))
    if data.count(b"\n") > MAX_LINES or data.count(b"\n--") > 10 * _MAX_PARTS:
        raise Refused("邮件的行数或分段过多，不是正常的邮件，没有展开。请取出附件后再放入")
    if len(_BOUNDARY.findall(data)) * data.count(b"\n") > _MAX_LOOKS:
        raise Refused("邮件里一层套一层的分段过多，不是正常的邮件，没有展开。请取出附件后再放入")
    try:
        return message_from_bytes(data, policy=_repaired_headers())
    except _MALFORMED as error:
        raise Refused(_BROKEN) from error


@lru_cache(maxsize=1)
def _parts(data: bytes) -> tuple[tuple[Message, Letter], ...]:
    """Return every part that is no container, with the letter it belongs to.

    Cached: a letter's files are fetched one after another.
    """
    from email.message import Message

    parts: list[tuple[Message, Letter]] = []
    whole = _parsed(data)
    waiting = [(whole, _letter(whole, Letter()))]
    try:
        while waiting:
            part, letter = waiting.pop()
            forwarded = part.get_content_type() == "message/rfc822"
            encoded = _encoded_letter(part) if forwarded else None
            inside = [encoded] if encoded else part.get_payload()
            if isinstance(inside, list):
                waiting += [
                    (inner, _letter(inner, letter) if forwarded else letter)
                    for inner in reversed(inside)
                    if isinstance(inner, Message)
                ]
            else:
                parts.append((part, letter))
            if len(parts) + len(waiting) > _MAX_PARTS:
                raise Refused(f"邮件的分段超过 {_MAX_PARTS} 个，没有展开。请取出附件后再放入")
    except _MALFORMED as error:
        raise Refused(_BROKEN) from error
    return tuple(parts)


def _encoded_letter(part: Message) -> Message | None:
    """Return a forwarded letter that some programs send encoded, as if it were any file.

    The standard allows only plain ones, and the parser takes the code for the letter's text.
    """
    from email.message import Message

    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    inside = part.get_payload()
    first = inside[0] if isinstance(inside, list) and inside else None
    if encoding not in {"base64", "quoted-printable"} or not isinstance(first, Message):
        return None
    code = first.as_bytes().strip()
    data = binascii.a2b_base64(code) if encoding == "base64" else binascii.a2b_qp(code)
    return _parsed(data) if is_letter(data[:_LINE]) else None


def _payload(part: Message) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except _MALFORMED as error:
        raise Refused("附件的编码已损坏，取不出来。请对方重新发送") from error
    return data if isinstance(data, bytes) else b""


def _file_name(part: Message) -> str | None:
    """Return the name of an attachment; None for the text of the letter and the pictures in it."""
    try:
        kind = part.get_content_type()
        name = _parameter(part, "filename", "content-disposition")
        name = name or _parameter(part, "name", "content-type")
        if part.get_content_disposition() != "attachment":
            if kind.startswith("image/") and part["content-id"]:
                return None
            if not name and kind in _TEXT_BODY:
                return None
    except _MALFORMED:
        return ""
    return name or _NAMELESS.get(kind, "")


def _parameter(part: Message, name: str, header: str) -> str:
    value = part.get_param(name, header=header)
    if isinstance(value, tuple):
        charset, _, text = value
        return _decoded(text.encode("latin-1", "replace"), charset)
    return _words(value or "")


# ---------------------------------------------------------------------------------------- headers


def _letter(message: Message, outer: Letter) -> Letter:
    """Return the sender, date and subject, those of the letter around it where it has none."""
    return Letter(
        sender=_sender(_header(message, "from")[:_MAX_SENDER]) or outer.sender,
        date=_date(_header(message, "date")) or outer.date,
        subject=_header(message, "subject")[:_MAX_SUBJECT] or outer.subject,
    )


def _sender(text: str) -> str:
    """Return the mail address in a From header; "" where there is none, or none to be made out."""
    from email.utils import parseaddr

    try:
        return parseaddr(text)[1].strip().lower()
    except _MALFORMED:
        return ""


def _header(message: Message, name: str) -> str:
    """Return a header as one line of readable text."""
    text = _words(message.get(name, ""))
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _words(text: str) -> str:
    """Return a text with its encoded words decoded; as it stands where that fails."""
    if "=?" not in text:
        return text
    from email.header import decode_header

    try:
        pieces = decode_header(text[:_MAX_WORDS])
    except _MALFORMED:
        return text
    return "".join(
        piece if isinstance(piece, str) else _decoded(piece, charset) for piece, charset in pieces
    )


def _decoded(data: bytes, charset: str | None = None) -> str:
    named = (charset or "utf-8").lower()
    for encoding in ("gb18030" if named in _GBK_NAMES else named, "utf-8", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError, LookupError, ValueError):
            return data.decode(encoding)
    return data.decode("gb18030", "replace")


def _date(text: str) -> str:
    """Return ISO 8601 with the offset (UTC where none is given); "" for what is no date."""
    from email.utils import parsedate_to_datetime

    try:
        when = parsedate_to_datetime(text)
        return (when if when.tzinfo else when.replace(tzinfo=dt.UTC)).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
