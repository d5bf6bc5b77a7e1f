"""Candidates: the files of an inbox, also inside archives and saved mails, and their bytes.

Nothing is unpacked to disk, and the bytes of a candidate are fetched only when they are wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from jixiao_xlsx.intake import mail_files, outlook_files, solid_files, zip_files
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.intake.table_files import rows_alone, sheet_alone
from jixiao_xlsx.values.season import FileStatus, Letter

MAX_FILE_BYTES = 100 * 2**20
MAX_DEPTH = 3  # of archives and mails in one another


class FileRole(StrEnum):
    """What a file of an inbox is good for."""

    WORKBOOK = "workbook"
    DOCUMENT = "document"
    ARCHIVE = "archive"
    SOLID_ARCHIVE = "solid archive"
    LETTER = "letter"
    MBOX = "mbox"
    OUTLOOK = "outlook"
    PARCEL = "parcel"
    LIST = "list"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class Step:
    """A step into a container: to the member of an archive or the attachment of a letter (number
    `at`), to a letter of an mbox (bytes `at` to `end`), or to `rows` (from 0) of sheet `at` of a
    list of all departments, or to the sheet `name` alone.
    """

    role: FileRole
    at: int
    end: int = 0
    rows: tuple[int, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class SetAside:
    """Why a file is not read: the reason in Chinese, the status it gets, and whether it is
    `ignorable` (lock files, system files, earlier results: not sent by a department).
    """

    reason: str
    status: FileStatus = FileStatus.UNRECOGNISED
    ignorable: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """One file of an inbox, or of a container in it. `file` is its name from here on.

    `set_aside` is the reason why it is not read ("": it is read), with `status` and `ignorable` as
    in SetAside; `size` in bytes; `saved` is the time of the last change in whole seconds (0:
    unknown); `steps` lead from `path` to the bytes; `letter` is the mail it came with; `beside` the
    folder, archive or letter it came in ("": the inbox itself); `document` marks a report or
    picture that may belong to a department's workbook; `faults` are the program's own.
    """

    path: Path
    file: str
    size: int = 0
    saved: int = 0
    set_aside: str = ""
    status: FileStatus = FileStatus.UNRECOGNISED
    ignorable: bool = False
    steps: tuple[Step, ...] = ()
    letter: Letter | None = None
    beside: str = ""
    document: bool = False
    faults: tuple[str, ...] = ()

    def content(self) -> bytes:
        """Return the bytes. Raises OSError, Refused."""
        if not self.steps:
            return self.path.read_bytes()
        facts = self.path.stat()
        container = _opened(self.path, self.steps[:-1], facts.st_size, facts.st_mtime_ns)
        return take_step(container, self.steps[-1])

    def put_aside(self, aside: SetAside) -> Candidate:
        """Return the candidate, not to be read for the reason given."""
        return replace(self, set_aside=aside.reason, status=aside.status, ignorable=aside.ignorable)

    def unreadable(self, reason: str) -> Candidate:
        """Return the candidate with the status 无法读取."""
        return self.put_aside(SetAside(reason, FileStatus.UNREADABLE))


@lru_cache(maxsize=MAX_DEPTH)
def _opened(path: Path, steps: tuple[Step, ...], size: int, changed: int) -> Path | bytes:
    """Return what lies at the end of `steps`. Cached, each container on the way: their files are
    fetched in a row.
    """
    return take_step(_opened(path, steps[:-1], size, changed), steps[-1]) if steps else path


def take_step(source: Path | bytes, step: Step) -> bytes:
    """Return the bytes that a step into `source` leads to. Raises OSError, Refused."""
    if step.role is FileRole.ARCHIVE:
        return zip_files.read_member(source, step.at, MAX_FILE_BYTES)
    if step.role is FileRole.SOLID_ARCHIVE:
        return solid_files.read_solid_member(source, step.at)
    if step.role is FileRole.MBOX and isinstance(source, Path):
        return mail_files.read_letter(source, step.at, step.end)
    if step.role in (FileRole.LIST, FileRole.SHEET):
        data = source if isinstance(source, bytes) else source.read_bytes()
        if step.role is FileRole.SHEET:
            return sheet_alone(data, step.name)
        return rows_alone(data, step.at, step.rows)
    return _ATTACHMENT_IN[step.role](letter_bytes(source), step.at)


_ATTACHMENT_IN: Mapping[FileRole, Callable[[bytes, int], bytes]] = {
    FileRole.LETTER: mail_files.read_attachment,
    FileRole.OUTLOOK: outlook_files.msg_attachment,
    FileRole.PARCEL: outlook_files.tnef_attachment,
}


def letter_bytes(source: Path | bytes) -> bytes:
    """Return the bytes of a saved mail. Raises OSError, Refused."""
    if isinstance(source, bytes):
        return source
    with source.open("rb") as stream:
        data = stream.read(mail_files.MAX_LETTER_BYTES + 1)
    if len(data) > mail_files.MAX_LETTER_BYTES:
        raise Refused(f"文件过大（上限 {mail_files.MAX_LETTER_BYTES // 2**20} MB）")
    return data
