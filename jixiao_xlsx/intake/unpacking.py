"""What one file of an inbox holds: itself, or every file of the archive, letter or mbox it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath

from jixiao_xlsx.intake import mail_files, zip_files
from jixiao_xlsx.intake.candidates import (
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

MAX_DEPTH = 3
_MAX_CANDIDATES = 20_000
HEAD_BYTES = 512
_DOCUMENT_ALONE = "文档或图片，没有对应到哪个部门的工作簿，未读取"
_LOCKED = "压缩包加了密码，打不开。请解压后再放入"


@dataclass(slots=True)
class _Count:
    """How many files one file of the inbox has turned into."""

    files: int = 0


@dataclass(frozen=True, slots=True)
class _Item:
    """A file on the way to becoming candidates: its first bytes, and how to get at the whole."""

    candidate: Candidate
    head: bytes
    source: Callable[[], Path | bytes]
    count: _Count = field(default_factory=_Count)


def unpack(candidate: Candidate) -> Iterator[Candidate]:
    """Yield the candidate itself, or what is inside it."""
    if candidate.set_aside:
        yield candidate
        return
    try:
        with candidate.path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except OSError as error:
        yield candidate.unreadable(f"无法打开：{why(error)}")
        return
    yield from _candidates_of(_Item(candidate, head, lambda: candidate.path))


def _candidates_of(item: _Item) -> Iterator[Candidate]:
    candidate = item.candidate
    item.count.files += 1
    if item.count.files > _MAX_CANDIDATES:
        return
    if candidate.set_aside:
        yield candidate
        return
    try:
        role = role_of(candidate.file, candidate.size, item.head, item.source)
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
    """Yield what a container holds; the container itself where it is empty or breaks off."""
    candidate = item.candidate
    empty = True
    try:
        for inner in _ITEMS_IN[role](item):
            empty = False
            yield from _candidates_of(inner)
    except Refused as refusal:
        yield candidate.unreadable(refusal.reason)
    except OSError as error:
        yield candidate.unreadable(f"无法打开：{why(error)}")
    else:
        if empty:
            yield replace(candidate, set_aside=_why_empty(item, role))
    if item.count.files > _MAX_CANDIDATES and not candidate.steps:
        yield candidate.unreadable(f"里面的文件超过 {_MAX_CANDIDATES} 个，后面的没有读。请分批放入")


def _why_empty(item: _Item, role: FileRole) -> str:
    if role is FileRole.LETTER:
        return mail_files.why_without_files(letter_bytes(item.source()))
    return "邮箱文件里没有邮件" if role is FileRole.MBOX else "压缩包里没有文件"


def _items_in_archive(item: _Item) -> Iterator[_Item]:
    outer, source = item.candidate, item.source()
    for member in zip_files.members(source):
        step = Step(FileRole.ARCHIVE, member.at)
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
        yield _Item(inner, member.head, partial(take_step, source, step), item.count)


def _items_in_letter(item: _Item) -> Iterator[_Item]:
    outer = item.candidate
    for attached in mail_files.attachments(letter_bytes(item.source())):
        inner = replace(
            outer,
            file=f"{outer.file}/{attached.name}",
            size=len(attached.data),
            steps=(*outer.steps, Step(FileRole.LETTER, attached.at)),
            letter=attached.letter,
            beside=outer.file,
        )
        yield _Item(inner, attached.data[:HEAD_BYTES], partial(bytes, attached.data), item.count)


def _items_in_mbox(item: _Item) -> Iterator[_Item]:
    outer, path = item.candidate, item.source()
    if not isinstance(path, Path):
        raise Refused("压缩包里的邮箱文件没有展开。请解压后再放入")
    for number, (start, end) in enumerate(mail_files.letter_spans(path), 1):
        step = Step(FileRole.MBOX, start, end)
        label = f"{outer.file}/第{number}封"
        inner = replace(outer, file=label, size=end - start, steps=(*outer.steps, step))
        yield _Item(inner, mail_files.LETTER_HEAD, partial(take_step, path, step), item.count)


_ITEMS_IN: Mapping[FileRole, Callable[[_Item], Iterator[_Item]]] = {
    FileRole.ARCHIVE: _items_in_archive,
    FileRole.LETTER: _items_in_letter,
    FileRole.MBOX: _items_in_mbox,
}
