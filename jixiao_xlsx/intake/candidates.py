"""What came in: every file of the inboxes, those inside archives and saved mails too, as candidates in a fixed order.

Each is accounted for: either worth reading, or set aside with the reason. Nothing is unpacked to disk, and the bytes of a
candidate are fetched only when they are wanted.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path, PurePosixPath

from jixiao_xlsx.intake import mail_files, zip_files
from jixiao_xlsx.intake.file_kinds import SAVE_AS, Refused
from jixiao_xlsx.intake.os_errors import why
from jixiao_xlsx.values.answers import NO_CONTENT, FileStatus, Letter

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".xlsb", ".ods"})
DOCUMENTS = frozenset(
    {
        ".doc",
        ".docx",
        ".wps",
        ".pdf",
        ".txt",
        ".rtf",
        ".ofd",
        ".jpg",
        ".jpeg",
        ".png",
        ".tif",
        ".tiff",
        ".bmp",
        ".gif",
        ".heic",
        ".webp",
    }
)
TABLES = frozenset(
    {".csv", ".tsv", ".htm", ".html", ".mht", ".mhtml", ".xml", ".fods"}
)  # what a spreadsheet saves too
PACKED = frozenset(
    {".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".cab", ".lzh", ".arj", ".zst", ".iso"}
)
LINKS = frozenset({".lnk", ".url", ".webloc", ".desktop"})
SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", ".ds_store", "__macosx"})
RUN_RECORD, TOOL_MARK, WAITING = "run.json", b'"name": "jixiao-xlsx"', ".jixiao-tmp"
MAX_FILE_BYTES = 100 * 2**20
MAX_DEPTH = 3
MAX_CANDIDATES = 20_000
_HEAD = 512
_VOLUME = re.compile(r"\.(?:zip|7z|rar)\.\d{3}$|\.part\d+\.rar$|\.[zr]\d\d$")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WINMAIL = b"\x78\x9f\x3e\x22"
_PACKED_MAGIC = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")

ARCHIVE, LETTER, MBOX, WORKBOOK, DOCUMENT = "archive", "letter", "mbox", "workbook", "document"


@dataclass(frozen=True, slots=True)
class Step:
    """A step into a container: the member of an archive, a letter of an mbox (from `at` to `end`), the part of a letter."""

    kind: str
    at: int
    end: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """One file of an inbox, or of something in it. `file` is how it is called from here on.

    `set_aside` says why it is not to be read, `status` what that makes it; `size` in bytes; `saved` is the time of its last
    change in whole seconds (0: not known); `steps` lead from `path` to its bytes; `letter` is the mail it came with; `beside`
    the folder, archive or letter it came in ("": the inbox itself); `document` a report or picture that may belong to a
    department's workbook.
    """

    path: Path
    file: str
    size: int = 0
    saved: int = 0
    set_aside: str = ""
    status: FileStatus = FileStatus.UNRECOGNISED
    steps: tuple[Step, ...] = ()
    letter: Letter | None = None
    beside: str = ""
    document: bool = False

    def content(self) -> bytes:
        """Its bytes. Raises OSError, fileformat.Refused."""
        if not self.steps:
            return self.path.read_bytes()
        facts = self.path.stat()
        return _step(
            _container(self.path, self.steps[:-1], facts.st_size, facts.st_mtime_ns), self.steps[-1]
        )


@lru_cache(maxsize=1)
def _container(path: Path, steps: tuple[Step, ...], size: int, changed: int) -> Path | bytes:
    """What the last step starts from. Cached: the files of a container are fetched one after another."""
    source: Path | bytes = path
    for step in steps:
        source = _step(source, step)
    return source


def _step(source: Path | bytes, step: Step) -> bytes:
    if step.kind == ARCHIVE:
        return zip_files.content(source, step.at, MAX_FILE_BYTES)
    if step.kind == MBOX and isinstance(source, Path):
        return mail_files.part_of(source, step.at, step.end)
    return mail_files.content(_bytes(source, mail_files.MAX_LETTER), step.at)


def _bytes(source: Path | bytes, limit: int) -> bytes:
    """The bytes of a source of at most `limit`. Raises OSError, Refused."""
    if isinstance(source, bytes):
        return source
    with source.open("rb") as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise Refused(f"文件过大（上限 {limit // 2**20} MB）")
    return data


# -------------------------------------------------------------------------------------------------------- the inboxes


def candidates(inboxes: Iterable[Path], skip: Path | None = None) -> tuple[Candidate, ...]:
    """Every file in `inboxes` (folders with all they hold, or single files) but those under `skip`, in a fixed order.

    A file is called by its path from its folder, through archives and mails; names that would meet are told apart by the
    folder above, then by a number.
    """
    roots = list(
        dict.fromkeys(path.resolve() if path.is_dir() else path.absolute() for path in inboxes)
    )
    aside = skip.resolve() if skip else None
    found: dict[str, Candidate] = {}
    seen: set[Path] = set()
    for root in roots:
        for path, shut in _files(root, aside):
            if path not in seen:
                seen.add(path)
                label = _label(path, root, many=len(roots) > 1, taken=found)
                beside = (
                    "" if path.parent == root or path == root else str(PurePosixPath(label).parent)
                )
                whole = (
                    _candidate(path, label, beside)
                    if not shut
                    else Candidate(path, label, set_aside=shut, status=_status(shut))
                )
                for one in _opened(whole):
                    name = _unique(one.file, found)
                    found[name] = replace(one, file=name) if name != one.file else one
    mail_files.forget()
    return tuple(sorted(found.values(), key=lambda candidate: candidate.file))


_SHUT = FileStatus.UNREADABLE
_RESULTS = f"以前运行的结果文件夹，没有读，{NO_CONTENT}"
_LINKED = "文件夹的链接（快捷方式），没有进去看。请直接放入它所指的文件夹"


def _files(root: Path, skip: Path | None) -> Iterator[tuple[Path, str]]:
    """Every file, and every folder that is not gone into with the reason."""
    if not root.is_dir():
        yield root, ""
        return
    closed: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=closed.append):
        here = Path(folder)
        if here != root and _is_ours(here):
            folders.clear()
            yield here, _RESULTS
            continue
        # The order on disk must not decide which of two like names is numbered.
        folders[:] = sorted(name for name in folders if here / name != skip)
        yield from ((here / name, _LINKED) for name in folders if _is_link(here / name))
        yield from ((here / name, "") for name in sorted(names))
    yield from ((Path(error.filename), f"文件夹打不开：{why(error)}") for error in closed)


def _status(shut: str) -> FileStatus:
    return FileStatus.UNRECOGNISED if shut == _RESULTS else _SHUT


def _is_ours(folder: Path) -> bool:
    """Whether a run left its results there: what goes back to departments is nothing that they sent."""
    with contextlib.suppress(OSError), (folder / RUN_RECORD).open("rb") as stream:
        return TOOL_MARK in stream.read(_HEAD)
    return (folder / WAITING).is_dir()


def _is_link(folder: Path) -> bool:
    """Whether os.walk passes it by: a link, or what Windows has for one (known since Python 3.12)."""
    is_junction: Callable[[Path], bool] | None = getattr(os.path, "isjunction", None)
    return folder.is_symlink() or bool(is_junction and is_junction(folder))


def _label(path: Path, root: Path, *, many: bool, taken: Mapping[str, object]) -> str:
    alone = path == root
    label = zip_files.clean(_spelled(path.name if alone else path.relative_to(root).as_posix()))
    if many and (not alone or label in taken):
        return f"{_spelled(root.parent.name if alone else root.name)}/{label}"
    return label


def _spelled(name: str) -> str:
    """A name as it was typed, where the system has only its bytes: a Linux that speaks no Chinese, names from a GBK zip."""
    if not any("\ud800" <= letter <= "\udfff" for letter in name):
        return name
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return name


def _unique(label: str, taken: Mapping[str, object]) -> str:
    number, unique = 2, label
    while unique in taken:
        unique, number = f"{label}#{number}", number + 1
    return unique


def _candidate(path: Path, label: str, beside: str) -> Candidate:
    try:
        facts = path.stat()
    except OSError as error:
        return Candidate(path, label, set_aside=f"无法打开：{why(error)}", status=_SHUT)
    if not path.is_file():
        return Candidate(path, label, set_aside="不是普通文件")
    return Candidate(path, label, facts.st_size, int(facts.st_mtime), beside=beside)


# ------------------------------------------------------------------------------------------------- what a file is


@dataclass(slots=True)
class _Count:
    """How many files one file of the inbox has turned into."""

    files: int = 0


@dataclass(frozen=True, slots=True)
class _Find:
    """A file on the way to becoming candidates: its first bytes, and how to get at the whole."""

    candidate: Candidate
    head: bytes
    source: Callable[[], Path | bytes]
    count: _Count = field(default_factory=_Count)


def _opened(candidate: Candidate) -> Iterator[Candidate]:
    """The candidate itself, or what is inside it."""
    if candidate.set_aside:
        yield candidate
        return
    try:
        with candidate.path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        yield replace(candidate, set_aside=f"无法打开：{why(error)}", status=_SHUT)
        return
    yield from _within(_Find(candidate, head, lambda: candidate.path))


def _within(find: _Find) -> Iterator[Candidate]:
    candidate = find.candidate
    find.count.files += 1
    if find.count.files > MAX_CANDIDATES:
        return
    try:
        kind, reason = ("", candidate.set_aside) if candidate.set_aside else _kind(find)
    except Refused as refusal:
        yield replace(candidate, set_aside=refusal.reason, status=_SHUT)
        return
    if reason:
        yield replace(candidate, set_aside=reason)
    elif kind not in _INSIDE:
        yield replace(
            candidate, document=kind == DOCUMENT, set_aside=_APART if kind == DOCUMENT else ""
        )
    elif sum(step.kind != MBOX for step in candidate.steps) >= MAX_DEPTH:
        yield replace(
            candidate,
            set_aside=f"套了 {MAX_DEPTH} 层以上的压缩包或邮件，没有再展开。请解压后再放入",
        )
    else:
        yield from _unpacked(find, kind)


def _unpacked(find: _Find, kind: str) -> Iterator[Candidate]:
    candidate = find.candidate
    inside = 0
    try:
        for found in _INSIDE[kind](find):
            inside += 1
            yield from _within(found)
    except Refused as refusal:
        yield replace(candidate, set_aside=refusal.reason, status=_SHUT)
    except OSError as error:
        yield replace(candidate, set_aside=f"无法打开：{why(error)}", status=_SHUT)
    else:
        if not inside:
            yield replace(
                candidate, set_aside=_without_files(find) if kind == LETTER else _EMPTY[kind]
            )
    if find.count.files > MAX_CANDIDATES and not candidate.steps:
        yield replace(
            candidate,
            set_aside=f"里面的文件超过 {MAX_CANDIDATES} 个，后面的没有读。请分批放入",
            status=_SHUT,
        )


_APART = "文档或图片，没有对应到哪个部门的工作簿，未读取"
_EMPTY = {ARCHIVE: "压缩包里没有文件", MBOX: "邮箱文件里没有邮件"}


def _without_files(find: _Find) -> str:
    return mail_files.without_files(_bytes(find.source(), mail_files.MAX_LETTER))


def _kind(find: _Find) -> tuple[str, str]:
    """What a file is, by its content first and its name where content says nothing; or why it is set aside."""
    label, head = find.candidate.file, find.head
    parts = label.lower().split("/")
    name, suffix = parts[-1], PurePosixPath(parts[-1]).suffix
    if name.startswith((".~", "~$")) or (name.startswith("~") and suffix == ".tmp"):
        return "", f"办公软件打开文件时留下的锁文件或临时文件，{NO_CONTENT}"
    if name.startswith("._") or any(part in SYSTEM_FILES for part in parts):
        return "", f"操作系统留下的文件，{NO_CONTENT}"
    if suffix in LINKS:
        return "", "快捷方式，不是文件本身。请放入它所指的文件"
    if _VOLUME.search(name):
        return "", "分卷压缩包的一部分：请把各卷放在一起解压后再放入"
    if head.startswith(_PACKED_MAGIC) or (suffix in PACKED and not head.startswith((b"PK", _OLE))):
        return "", "压缩包：请解压后再放入"
    if suffix == ".msg":
        return "", "Outlook 邮件（.msg）：请取出附件后再放入，或另存为 .eml"
    if name == "winmail.dat" or head.startswith(_WINMAIL):
        return "", "Outlook 打包的附件（winmail.dat）：请对方改用普通格式重新发送"
    if (
        head.startswith(b"PK")
        and suffix not in {".docx", ".ofd", ".wps"}
        and zip_files.is_archive(find.source(), head)
    ):
        return ARCHIVE, ""
    if suffix not in WORKBOOKS:
        if mail_files.is_mbox(head):
            return MBOX, ""
        if suffix == ".eml" or (suffix not in DOCUMENTS | TABLES and mail_files.is_letter(head)):
            return LETTER, ""
        if suffix == ".zip" and not head.startswith(b"PK"):
            raise Refused("不是压缩包，或压缩包已损坏，打不开。请重新打包后报送")
        if suffix in DOCUMENTS or head.startswith(b"%PDF"):
            return DOCUMENT, ""
        if not head.startswith((_OLE, b"PK\x03\x04")):
            return "", _foreign(suffix, head)
    if find.candidate.size > MAX_FILE_BYTES:
        return (
            "",
            f"文件过大（{find.candidate.size // 2**20} MB，上限 {MAX_FILE_BYTES // 2**20} MB）",
        )
    return WORKBOOK, ""


def _foreign(suffix: str, head: bytes) -> str:
    """Why a file is set aside that is nothing of what is wanted."""
    if suffix in TABLES:
        return f"{suffix} 文件，不是工作簿。{SAVE_AS}"
    if head.startswith(b"MZ"):
        return "程序文件，没有打开。如果是自解压包，请解压后再放入"
    return "不是工作簿（.xlsx、.xls、.et 等）"


# ------------------------------------------------------------------------------------------------- what is inside


def _in_archive(find: _Find) -> Iterator[_Find]:
    outer, source = find.candidate, find.source()
    for member in zip_files.members(source):
        step = Step(ARCHIVE, member.at)
        label = f"{outer.file}/{member.name}"
        inner = replace(
            outer,
            file=label,
            size=member.size,
            saved=member.saved,
            steps=(*outer.steps, step),
            beside=str(PurePosixPath(label).parent),
        )
        if member.locked:
            yield _Find(replace(inner, set_aside=_LOCKED), b"", bytes, find.count)
            continue
        yield _Find(inner, member.head, partial(_step, source, step), find.count)


_LOCKED = "压缩包加了密码，打不开。请解压后再放入"


def _in_letter(find: _Find) -> Iterator[_Find]:
    outer = find.candidate
    for found in mail_files.attachments(_bytes(find.source(), mail_files.MAX_LETTER)):
        inner = replace(
            outer,
            file=f"{outer.file}/{found.name}",
            size=len(found.data),
            steps=(*outer.steps, Step(LETTER, found.at)),
            letter=found.letter,
            beside=outer.file,
        )
        yield _Find(inner, found.data[:_HEAD], partial(bytes, found.data), find.count)


def _in_mbox(find: _Find) -> Iterator[_Find]:
    outer, path = find.candidate, find.source()
    if not isinstance(path, Path):
        raise Refused("压缩包里的邮箱文件没有展开。请解压后再放入")
    for number, (start, end) in enumerate(mail_files.letters(path), 1):
        step = Step(MBOX, start, end)
        inner = replace(
            outer, file=f"{outer.file}/第{number}封", size=end - start, steps=(*outer.steps, step)
        )
        yield _Find(inner, mail_files.LETTER_HEAD, partial(_step, path, step), find.count)


_INSIDE: Mapping[str, Callable[[_Find], Iterator[_Find]]] = {
    ARCHIVE: _in_archive,
    LETTER: _in_letter,
    MBOX: _in_mbox,
}
