"""Files packed the ways they arrive: zip archives with GBK names, letters with attachments, folders
of mail.
"""

from __future__ import annotations

import base64
import datetime as dt
import io
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from jixiao_xlsx.intake.candidates import Candidate
from jixiao_xlsx.intake.inbox import find_candidates

WHEN = dt.datetime(2024, 3, 5, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
STAMP = (2024, 3, 4, 8, 0, 0)


def zipped(
    files: Mapping[str, bytes], *, gbk: bool = False, method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """A zip; with `gbk`, names as an old Windows writes them: GBK bytes and no flag."""
    stream = io.BytesIO()
    stand_ins: dict[bytes, bytes] = {}
    with zipfile.ZipFile(stream, "w", method) as archive:
        for number, (name, data) in enumerate(files.items()):
            written = name
            if gbk and not name.isascii():
                raw = name.encode("gbk")
                written = f"{number:x}~".ljust(len(raw), "~")
                assert len(written) == len(raw), "the stand-in must be as long"
                stand_ins[written.encode()] = raw
            archive.writestr(zipfile.ZipInfo(written, STAMP), data, method)
    packed = stream.getvalue()
    for stand_in, raw in stand_ins.items():
        packed = packed.replace(stand_in, raw)
    return packed


def letter(
    files: Mapping[str, bytes],
    *,
    sender: str = "某人 <a@example.com>",
    subject: str = "报送自评表",
    when: dt.datetime | None = WHEN,
    forwarded: Sequence[bytes] = (),
) -> bytes:
    """A mail as a modern program writes it (RFC 2231 names)."""
    import email
    from email import policy

    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "jx@example.com", subject
    if when:
        message["Date"] = format_datetime(when)
    message.set_content("见附件。\n")
    for name, data in files.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    for inner in forwarded:
        message.add_attachment(email.message_from_bytes(inner, policy=policy.default))
    return message.as_bytes()


def raw_letter(
    name_parameter: bytes, data: bytes, *, head: bytes = b"From: a@example.com\r\n"
) -> bytes:
    """A mail of one attachment whose name is given as the bytes of the header."""
    body = base64.encodebytes(data).replace(b"\n", b"\r\n")
    return (
        head + b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="=b"\r\n\r\n--=b\r\n'
        b"Content-Type: text/plain\r\n\r\nhi\r\n"
        + b"--=b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: "
        b"base64\r\nContent-Disposition: attachment; "
        + name_parameter
        + b"\r\n\r\n"
        + body
        + b"--=b--\r\n"
    )


def mbox(letters: Sequence[bytes]) -> bytes:
    """A folder of mails, one file."""
    pieces = []
    for data in letters:
        body = data.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ")
        pieces.append(
            b"From MAILER-DAEMON Tue Mar  5 01:30:00 2024\n" + body.rstrip(b"\n") + b"\n\n"
        )
    return b"".join(pieces)


BOOK = zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"})


def put(folder: Path, name: str, data: bytes = b"x") -> Path:
    """Write a file, with the folders above it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def candidates_by_name(path: Path) -> dict[str, Candidate]:
    """Return the candidates of one inbox by their names."""
    return {candidate.file: candidate for candidate in find_candidates([path])}
