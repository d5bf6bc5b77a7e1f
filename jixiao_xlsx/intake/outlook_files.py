"""Outlook's own formats as an inbox: a saved letter (.msg) and the parcel winmail.dat (TNEF)."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from jixiao_xlsx.intake.file_kinds import OLE_MAGIC, Refused
from jixiao_xlsx.intake.mail_files import Attachment, why_text_without_files
from jixiao_xlsx.intake.zip_files import clean_name
from jixiao_xlsx.values.season import Letter

TNEF_MAGIC = b"\x78\x9f\x3e\x22"
_MAX_ATTACHMENTS = 2000
_MAX_DEPTH = 5  # of letters in one another
_BROKEN = "Outlook 邮件（.msg）已损坏，读不懂。请取出附件后再放入"
_BROKEN_PARCEL = "Outlook 打包的附件（winmail.dat）已损坏，取不出来。请对方改用普通格式重新发送"
TNEF_NOT_HERE = (
    "Outlook 打包的附件（winmail.dat），这里没有打开它的部件：请对方改用普通格式重新发送"
)
# Numbers of MAPI properties, with the types they are stored as.
_SUBJECT, _BODY = "0037", "1000"
_SENDERS = ("5D01", "0C1F", "0065")  # the SMTP address first
_SENT, _DELIVERED = 0x0039, 0x0E06
_NAMES = ("3707", "3704", "3001")  # the long name first
_METHOD, _HIDDEN = 0x3705, 0x7FFE
_DATA, _INSIDE = "__substg1.0_37010102", "__substg1.0_3701000D"
_BY_VALUE, _A_LETTER, _LONG_NAME = 1, 5, 0x3707
_ENTRY = struct.Struct("<HHI8s")  # type, number, flags, value
_EPOCH = dt.datetime(1601, 1, 1, tzinfo=dt.UTC)


def is_parcel(name: str, head: bytes) -> bool:
    """Return whether a file is a winmail.dat, by its name or first bytes."""
    return name == "winmail.dat" or head.startswith(TNEF_MAGIC)


# -------------------------------------------------------------------------------------------- .msg


def msg_attachments(data: bytes) -> Iterator[Attachment]:
    """Yield the files of a letter; those of one inside it belong to that one. Raises Refused."""
    yield from _attachments(data)


def msg_attachment(data: bytes, at: int) -> bytes:
    """Return the bytes of the attachment at `at`. Raises Refused."""
    found = _attachments(data)
    if at >= len(found):
        raise Refused("邮件已变动，附件找不到了。请重新运行")
    return found[at].data


def why_msg_without_files(data: bytes) -> str:
    """Return in Chinese why a letter holds no files. Raises Refused."""
    with contextlib.suppress(Exception), _opened(data) as container:
        return why_text_without_files(_text(container, [], _BODY))
    return why_text_without_files("")


@lru_cache(maxsize=1)
def _attachments(data: bytes) -> tuple[Attachment, ...]:
    """Return the attachments. Cached: a letter's files are fetched one after another."""
    if not data.startswith(OLE_MAGIC):
        raise Refused(_BROKEN)
    try:
        with _opened(data) as container:
            found = list(_in_storage(container, [], Letter(), _MAX_DEPTH))
    except (Refused, MemoryError):
        raise
    except Exception as error:  # the library raises anything on broken bytes
        raise Refused(_BROKEN) from error
    return tuple(
        Attachment(clean_name(name) or f"附件{at + 1}", at, letter, content)
        for at, (name, letter, content) in enumerate(found)
    )


def _opened(data: bytes) -> Any:
    import olefile

    return olefile.OleFileIO(io.BytesIO(data))


def _in_storage(
    container: Any, at: list[str], outer: Letter, depth: int
) -> Iterator[tuple[str, Letter, bytes]]:
    """Yield name, letter and bytes of the files of the letter stored at a path of the container."""
    letter = _letter(container, at, outer)
    here = len(at)
    stores = sorted(
        {
            path[here]
            for path in container.listdir(streams=True, storages=True)
            if path[:here] == at
            and len(path) > here
            and path[here].startswith("__attach_version1.0_#")
        }
    )
    if len(stores) > _MAX_ATTACHMENTS:
        raise Refused(f"邮件的附件超过 {_MAX_ATTACHMENTS} 个，没有展开。请取出附件后再放入")
    for store in stores:
        place = [*at, store]
        values = _values(container, place)
        method = values.get(_METHOD, b"\1")[0]
        if method == _A_LETTER and depth and container.exists([*place, _INSIDE]):
            yield from _in_storage(container, [*place, _INSIDE], letter, depth - 1)
        elif method == _BY_VALUE and not values.get(_HIDDEN, b"\0")[0]:
            yield _name(container, place), letter, _stream(container, [*place, _DATA])


def _letter(container: Any, at: list[str], outer: Letter) -> Letter:
    values = _values(container, at)
    sent = _date(values.get(_SENT, b"")) or _date(values.get(_DELIVERED, b""))
    senders = (_text(container, at, number) for number in _SENDERS)
    sender = next((text for text in senders if "@" in text), "")
    return Letter(
        sender=_one_line(sender).lower() or outer.sender,
        date=sent or outer.date,
        subject=_one_line(_text(container, at, _SUBJECT)) or outer.subject,
    )


def _name(container: Any, place: list[str]) -> str:
    return next(filter(None, (_text(container, place, number) for number in _NAMES)), "")


def _text(container: Any, at: list[str], number: str) -> str:
    """Return a property that is text: in UTF-16, else in the letter's own encoding; "" if none."""
    if wide := _stream(container, [*at, f"__substg1.0_{number}001F"]):
        return wide.decode("utf-16-le", "replace").rstrip("\0")
    narrow = _stream(container, [*at, f"__substg1.0_{number}001E"]).rstrip(b"\0")
    with contextlib.suppress(UnicodeDecodeError):
        return narrow.decode("utf-8")
    return narrow.decode("gb18030", "replace")


def _stream(container: Any, path: list[str]) -> bytes:
    return bytes(container.openstream(path).read()) if container.exists(path) else b""


def _values(container: Any, at: list[str]) -> dict[int, bytes]:
    """Return the properties of fixed length, by number.

    Their list begins behind 32 bytes in a letter, 24 in one inside another, 8 in an attachment.
    """
    data = _stream(container, [*at, "__properties_version1.0"])
    inside = at and at[-1] == _INSIDE
    start = 32 if not at else 24 if inside else 8
    found: dict[int, bytes] = {}
    for place in range(start, len(data) - _ENTRY.size + 1, _ENTRY.size):
        _, number, _, value = _ENTRY.unpack_from(data, place)
        found.setdefault(number, value)
    return found


def _date(value: bytes) -> str:
    """Return a FILETIME in ISO 8601; "" for none."""
    ticks = int.from_bytes(value, "little")
    with contextlib.suppress(OverflowError):
        return (_EPOCH + dt.timedelta(microseconds=ticks // 10)).isoformat() if ticks else ""
    return ""


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text[:200]).split())


# ------------------------------------------------------------------------------------- winmail.dat


def tnef_is_here() -> bool:
    """Return whether the library for winmail.dat (extra `archives`) is installed."""
    from importlib.util import find_spec

    return find_spec("tnefparse") is not None


def tnef_attachments(data: bytes) -> Iterator[Attachment]:
    """Yield the files of a winmail.dat. Raises Refused."""
    yield from _in_parcel(data)


def tnef_attachment(data: bytes, at: int) -> bytes:
    """Return the bytes of the file at `at`. Raises Refused."""
    found = _in_parcel(data)
    if at >= len(found):
        raise Refused("邮件已变动，附件找不到了。请重新运行")
    return found[at].data


@lru_cache(maxsize=1)
def _in_parcel(data: bytes) -> tuple[Attachment, ...]:
    import tnefparse

    if not data.startswith(TNEF_MAGIC):
        raise Refused(_BROKEN_PARCEL)
    try:
        files = tnefparse.TNEF(data, do_checksum=True).attachments
        return tuple(
            Attachment(clean_name(_parcel_name(one)) or f"附件{at + 1}", at, Letter(), one.data)
            for at, one in enumerate(files[:_MAX_ATTACHMENTS])
        )
    except MemoryError:
        raise
    except Exception as error:  # the library raises anything on broken bytes
        raise Refused(_BROKEN_PARCEL) from error


def _parcel_name(file: Any) -> str:
    """Return the long name, else the short one, which the library takes for UTF-8."""
    long = (one.data for one in file.mapi_attrs if one.name == _LONG_NAME)
    name = next(long, None) or file._name
    if isinstance(name, list | tuple):
        name = next(iter(name), b"")
    text = name if isinstance(name, str) else bytes(name).decode("gb18030", "replace")
    return text.strip("\0")


def forget_outlook() -> None:
    """Free the memory of what was opened last."""
    _attachments.cache_clear()
    _in_parcel.cache_clear()
