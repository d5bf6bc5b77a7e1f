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

from jixiao_xlsx.values.findings import Report, Result
from jixiao_xlsx.values.people import Bureau, Department

_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029\ud800-\udfff]+")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_TYPES = {
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
}
_LINE = re.compile(rb".{1,76}")
_PLACEHOLDER = "attachment-{}-by-name"
_STAND_IN = "content-of-attachment-{}"
_POLICY = email.policy.SMTP.clone(max_line_length=76)


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
    message.set_content(body, charset="utf-8", cte="base64")
    for number, (name, _) in enumerate(attachments):
        kind, sub = _TYPES.get(name[name.rfind(".") :], ("application", "octet-stream"))
        params = {"name": _PLACEHOLDER.format(number)}
        stand_in = _STAND_IN.format(number).encode()
        message.add_attachment(
            stand_in, maintype=kind, subtype=sub, filename=_plain(name), params=params
        )
    message.set_boundary(f"=_jixiao_{digest.hexdigest()[:24]}")
    problem = "" if valid else f"“{address}”不是邮件地址" if address else "未填"
    data = _with_contents(message.as_bytes(), [content for _, content in attachments])
    return _named_twice(data, [name for name, _ in attachments]), problem


def _with_contents(data: bytes, contents: Sequence[bytes]) -> bytes:
    """Put the attachments where their stand-ins are: the library goes over them line by line."""
    for number, content in enumerate(contents):
        head, _, tail = data.partition(b"\r\n\r\n" + _lines(_STAND_IN.format(number).encode()))
        data = b"".join((head, b"\r\n\r\n", _lines(content), tail))
    return data


def _lines(content: bytes) -> bytes:
    """Return `content` in base64; the library's own splitting takes a call for each line."""
    return b"\r\n".join((*_LINE.findall(base64.b64encode(content)), b""))


def _named_twice(data: bytes, names: Sequence[str]) -> bytes:
    """Repeat the names as encoded words in Content-Type.

    Outlook and QQ mail don't read the standard's filename*=. This is done at the end, since the
    library writes parameters only as the standard has them.
    """
    for number, name in enumerate(names):
        words = Header(_plain(name), "utf-8", maxlinelen=66).encode(linesep="\r\n")
        data = data.replace(
            f'name="{_PLACEHOLDER.format(number)}"'.encode(), f'name="{words}"'.encode(), 1
        )
    return data


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
