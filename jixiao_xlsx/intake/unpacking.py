"""What one file of an inbox holds: itself, or every file of the archive, letter or mbox it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from jixiao_xlsx.intake import mail_files, outlook_files, solid_files, zip_files
from jixiao_xlsx.intake.budget import Budget, Exhausted
from jixiao_xlsx.intake.candidates import (
    MAX_DEPTH,
    MAX_FILE_BYTES,
    Candidate,
    FileRole,
    SetAside,
    Step,
    letter_bytes,
    take_step,
)
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.intake.file_roles import role_of
from jixiao_xlsx.intake.os_errors import why
from jixiao_xlsx.values.program import error_text
from jixiao_xlsx.values.season import Letter

HEAD_BYTES = 512
_DOCUMENT_ALONE = "文档或图片，没有对应到哪个部门的工作簿，未读取"
_LOCKED = "压缩包加了密码，打不开。请解压后再放入"
_EMPTY = {
    FileRole.SOLID_ARCHIVE: "压缩包是空的，或已损坏，里面没有文件。请重新打包后报送",
    FileRole.MBOX: "邮箱文件里没有邮件",
    FileRole.PARCEL: "Outlook 打包的附件（winmail.dat）里没有文件",
}
_FAULT = "打开这个文件时程序出错，里面的没有读全；请把文件交给维护人员"


@dataclass(slots=True)
class _Item:
    """A file on the way to becoming candidates: its first bytes, and how to get at the whole."""

    candidate: Candidate
    head: bytes
    load: Callable[[], Path | bytes]
    budget: Budget
    loaded: Path | bytes | None = None

    def source(self) -> Path | bytes:
        """Return the whole, unpacked once. Raises Refused, OSError."""
        if self.loaded is None:
            self.loaded = self.load()
        return self.loaded


def unpack(candidate: Candidate) -> tuple[Candidate, ...]:
    """Return the candidate itself, or what is inside it."""
    if candidate.set_aside:
        return (candidate,)
    try:
        with candidate.path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except OSError as error:
        return (candidate.unreadable(f"无法打开：{why(error)}"),)
    found: list[Candidate] = []
    item = _Item(candidate, head, lambda: candidate.path, Budget())
    try:
        found.extend(_candidates_of(item))  # what came before the end of the budget stands
    except Exhausted as exhausted:
        usable = any(not one.set_aside or one.document for one in found)
        found = [*(found if usable else ()), candidate.unreadable(exhausted.reason)]
    mail_files.forget_letter()
    outlook_files.forget_outlook()
    solid_files.forget_archive()
    return tuple(found)


def _candidates_of(item: _Item) -> Iterator[Candidate]:
    """Yield what one file holds. Raises Exhausted."""
    candidate = item.candidate
    item.budget.take_entry()
    if candidate.steps and candidate.size <= MAX_FILE_BYTES:  # larger ones are never unpacked
        item.budget.take_bytes(candidate.size)
    if candidate.set_aside:
        yield candidate
        return
    try:
        role = role_of(candidate.file, candidate.size, item.head, item.source)
    except Exhausted:
        raise
    except Refused as refusal:
        yield candidate.unreadable(refusal.reason)
        return
    if isinstance(role, SetAside):
        yield candidate.put_aside(role)
    elif role is FileRole.DOCUMENT:
        yield replace(candidate, document=True, set_aside=_DOCUMENT_ALONE)
    elif role is FileRole.WORKBOOK:
        yield candidate
    elif sum(step.role is not FileRole.MBOX for step in candidate.steps) >= MAX_DEPTH:
        reason = f"套了 {MAX_DEPTH} 层以上的压缩包或邮件，没有再展开。请解压后再放入"
        yield replace(candidate, set_aside=reason)
    else:
        yield from _candidates_in(item, role)


def _candidates_in(item: _Item, role: FileRole) -> Iterator[Candidate]:
    """Yield what a container holds; the container itself where it is empty or breaks off.

    Raises Exhausted.
    """
    candidate = item.candidate
    empty = True
    try:
        for inner in _ITEMS_IN[role](item, role):
            empty = False
            yield from _candidates_of(inner)
        if empty:
            yield replace(candidate, set_aside=_why_empty(item, role))
    except (Exhausted, MemoryError):
        raise
    except Refused as refusal:
        yield candidate.unreadable(refusal.reason)
    except OSError as error:
        yield candidate.unreadable(f"无法打开：{why(error)}")
    except Exception as error:  # what came out of it before stands
        yield replace(candidate.unreadable(_FAULT), faults=(error_text(error),))


def _why_empty(item: _Item, role: FileRole) -> str:
    if role is FileRole.LETTER:
        return mail_files.why_without_files(letter_bytes(item.source()))
    if role is FileRole.OUTLOOK:
        return outlook_files.why_msg_without_files(letter_bytes(item.source()))
    return _EMPTY.get(role, "压缩包里没有文件")


def _items_in_archive(item: _Item, role: FileRole) -> Iterator[_Item]:
    outer, source = item.candidate, item.source()
    for member in _MEMBERS_IN[role](source):
        step = Step(role, member.at)
        label = f"{outer.file}/{member.name}"
        inner = replace(
            outer,
            file=label,
            size=member.size,
            saved=member.saved,
            set_aside=_LOCKED if member.locked else "",
            steps=(*outer.steps, step),
            beside=str(PurePosixPath(label).parent),
        )
        yield _Item(inner, member.head, partial(take_step, source, step), item.budget)


def _items_in_letter(item: _Item, role: FileRole) -> Iterator[_Item]:
    outer = item.candidate
    for attached in _ATTACHMENTS_IN[role](letter_bytes(item.source())):
        inner = replace(
            outer,
            file=f"{outer.file}/{attached.name}",
            size=len(attached.data),
            steps=(*outer.steps, Step(role, attached.at)),
            letter=outer.letter if attached.letter == Letter() else attached.letter,
            beside=outer.file,
        )
        yield _Item(inner, attached.data[:HEAD_BYTES], partial(bytes, attached.data), item.budget)


def _items_in_mbox(item: _Item, role: FileRole) -> Iterator[_Item]:
    outer, path = item.candidate, item.source()
    if not isinstance(path, Path):
        raise Refused("压缩包里的邮箱文件没有展开。请解压后再放入")
    for number, (start, end) in enumerate(mail_files.letter_spans(path), 1):
        step = Step(role, start, end)
        label = f"{outer.file}/第{number}封"
        inner = replace(outer, file=label, size=end - start, steps=(*outer.steps, step))
        yield _Item(inner, mail_files.LETTER_HEAD, partial(take_step, path, step), item.budget)


_MEMBERS_IN: Mapping[FileRole, Callable[[Path | bytes], Iterator[zip_files.Member]]] = {
    FileRole.ARCHIVE: zip_files.members,
    FileRole.SOLID_ARCHIVE: solid_files.solid_members,
}
_ATTACHMENTS_IN: Mapping[FileRole, Callable[[bytes], Iterator[mail_files.Attachment]]] = {
    FileRole.LETTER: mail_files.attachments,
    FileRole.OUTLOOK: outlook_files.msg_attachments,
    FileRole.PARCEL: outlook_files.tnef_attachments,
}
_ITEMS_IN: Mapping[FileRole, Callable[[_Item, FileRole], Iterator[_Item]]] = {
    **dict.fromkeys(_MEMBERS_IN, _items_in_archive),
    **dict.fromkeys(_ATTACHMENTS_IN, _items_in_letter),
    FileRole.MBOX: _items_in_mbox,
}
