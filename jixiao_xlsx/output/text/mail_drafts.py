"""Mail drafts: one .eml per department, to be opened, reviewed and sent.

The same input gives the same bytes.
"""

from __future__ import annotations

import base64
import email.policy
import hashlib
import re
from collections.abc import Sequence
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import quote

from jixiao_xlsx.values.findings import Report, Result
from jixiao_xlsx.values.people import Bureau, Department

_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029\ud800-\udfff]+")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_LINE = re.compile(rb".{1,76}")
_WIDTH = 76
_POLICY = email.policy.SMTP.clone(max_line_length=_WIDTH)
_TEXT_HEAD = 'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: base64'


def draft(
    department: Department,
    report: Report,
    bureau: Bureau,
    form_title: str,
    attachments: Sequence[tuple[str, bytes]],
) -> tuple[bytes, str]:
    """Return the draft, and what is wrong with its address ("" where nothing is).

    `attachments` are (file name, content).
    """
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = _plain(f"【{report.result.letter}】{department.name}：{form_title}")
    address = department.email.strip()
    valid = bool(_ADDRESS.fullmatch(address))
    if valid:
        user, _, host = address.rpartition("@")
        message["To"] = Address(_plain(department.contact or department.name), user, host)
    message["X-Unsent"] = "1"  # Outlook and Foxmail open it as a draft
    body = _body(department, report, bureau, form_title, [name for name, _ in attachments])
    digest = hashlib.sha256(
        "|".join((department.name, report.sha256, body)).encode(errors="replace")
    )
    for _, content in attachments:
        digest.update(content)
    message["Message-ID"] = f"<{digest.hexdigest()[:32]}@jixiao.invalid>"
    boundary = f"=_jixiao_{digest.hexdigest()[:24]}"
    pieces = [message.as_bytes().rstrip(b"\r\n"), _multipart(boundary).encode()]
    text = body.replace("\n", "\r\n").encode()
    for head, content in ((_TEXT_HEAD, text), *((_head(name), data) for name, data in attachments)):
        pieces.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + _lines(content))
    problem = "" if valid else f"“{address}”不是邮件地址" if address else "未填"
    return b"\r\n".join((*pieces, f"--{boundary}--\r\n".encode())), problem


# The parts are put together here and not by the library, which takes a tenth of what it costs to
# check a workbook for the headers of two attachments.


def _multipart(boundary: str) -> str:
    return f'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="{boundary}"\r\n'


def _head(name: str) -> str:
    """Return the headers of an attachment, which name it twice: Outlook and QQ mail don't read the
    standard's filename*=, but the encoded words in Content-Type that the standard doesn't have.
    """
    plain = _plain(name)
    kind = _TYPES.get(name[name.rfind(".") :], "application/octet-stream")
    words = Header(plain, "utf-8", maxlinelen=66).encode(linesep="\r\n")
    return "\r\n".join(
        (
            "Content-Transfer-Encoding: base64",
            f"Content-Disposition: attachment;\r\n {_file_name(plain)}",
            f'Content-Type: {kind};\r\n name="{words}"',
            "MIME-Version: 1.0",
        )
    )


def _file_name(name: str) -> str:
    """Return the parameter filename as RFC 2231 has it, in pieces where it is long."""
    letters = [quote(letter, safe="") for letter in name]
    whole = f"filename*=utf-8''{''.join(letters)}"
    if len(whole) + 2 <= _WIDTH:
        return whole
    pieces = ["filename*0*=utf-8''"]
    for letter in letters:
        if len(pieces[-1]) + len(letter) + 2 > _WIDTH:
            pieces.append(f"filename*{len(pieces)}*=")
        pieces[-1] += letter
    return ";\r\n ".join(pieces)


def _lines(content: bytes) -> bytes:
    """Return `content` in base64; the library's own splitting takes a call for each line."""
    return b"\r\n".join((*_LINE.findall(base64.b64encode(content)), b""))


def _body(
    department: Department, report: Report, bureau: Bureau, form_title: str, names: Sequence[str]
) -> str:
    greeting = f"{department.name}{department.contact and f'　{department.contact}'}：\n\n"
    until = f"请于{bureau.return_by}前" if bureau.return_by else "请尽快"
    if report.result is Result.RETURN:
        text = (
            f"　　你单位报送的《{form_title}》经审核需要修改。"
            f"问题见附件，{until}在批注副本上改正后，回复本邮件报送。"
        )
    elif report.result is Result.EXPLAIN:
        text = (
            f"　　你单位报送的《{form_title}》没有必须改正的错误，有几处请核实。"
            f"事项见附件，{until}在批注副本的核实说明里写明情况（确有填错的一并改正），回复本邮件报送。"
        )
    else:
        text = f"　　你单位报送的《{form_title}》已审核通过，通知见附件。"
    listed = "\n".join(f"　　附件{number}：{name}" for number, name in enumerate(names, 1))
    foot = "\n".join(
        part
        for part in (
            f"{bureau.name}{bureau.office}",
            f"{bureau.contact}　{bureau.phone}".strip("　"),
        )
        if part
    )
    return f"{greeting}{text}\n\n{listed}\n\n{foot}\n".replace("\r", " ")


def _plain(text: str) -> str:
    """Return `text` on one line, so that a name cannot end a header."""
    return _CONTROLS.sub(" ", text).strip()
