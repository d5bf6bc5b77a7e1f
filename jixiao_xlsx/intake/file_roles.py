"""The role of a file in an inbox: by its content first, by its name where content is silent."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from jixiao_xlsx.intake import mail_files, outlook_files, solid_files, zip_files
from jixiao_xlsx.intake.candidates import FileRole, SetAside
from jixiao_xlsx.intake.file_kinds import OLE_MAGIC, SAVE_AS, Refused, is_xml_2003, refuse_too_large

_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".xlsb", ".ods"})
_TEXTS = frozenset({".doc", ".docx", ".wps", ".pdf", ".txt", ".rtf", ".ofd"})
_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".gif", ".heic", ".webp"})
_DOCUMENTS = _TEXTS | _PICTURES
# What a spreadsheet program saves besides workbooks.
_TABLES = frozenset({".csv", ".tsv", ".htm", ".html", ".mht", ".mhtml", ".xml", ".fods"})
_PACKED = frozenset(
    {".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".cab", ".lzh", ".arj", ".zst", ".iso"}
)
_LINKS = frozenset({".lnk", ".url", ".webloc", ".desktop"})
_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", ".ds_store", "__macosx", ".jixiao.json"})
_VOLUME = re.compile(r"\.(?:zip|7z|rar)\.\d{3}$|\.part\d+\.rar$|\.[zr]\d\d$")
_SOLID_MAGIC = (solid_files.RAR, solid_files.SEVEN_ZIP)
_PACKED_MAGIC = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ")


@dataclass(frozen=True, slots=True)
class _Look:
    """What is known of a file before it is opened: its path in lower case, its first bytes."""

    path: str
    head: bytes

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix


def role_of(
    label: str, size: int, head: bytes, source: Callable[[], Path | bytes]
) -> FileRole | SetAside:
    """Return what a file is good for, or why it is set aside.

    `label` is its path in the inbox, `size` in bytes, `head` the first bytes; `source` gives the
    whole and is called for archives only. Raises Refused for what is broken or too large.
    """
    look = _Look(label.lower(), head)
    for applies, aside in _NEVER_READ:
        if applies(look):
            return aside
    if opened := _opened_by_a_library(look):
        return opened
    if (
        head.startswith(b"PK")
        and look.suffix not in {".docx", ".ofd", ".wps"}
        and zip_files.is_archive(source(), head)
    ):
        return FileRole.ARCHIVE
    if look.suffix not in _WORKBOOKS and (role := _role_by_content(look)):
        return role
    refuse_too_large(size)
    return FileRole.WORKBOOK


def _opened_by_a_library(look: _Look) -> FileRole | SetAside | None:
    """Return the role of what needs a library to be opened, or that it is not to be had here."""
    if look.head.startswith(_SOLID_MAGIC):
        missing = solid_files.why_not_here(look.head)
        return SetAside(missing) if missing else FileRole.SOLID_ARCHIVE
    if outlook_files.is_parcel(look.name, look.head):
        here = outlook_files.tnef_is_here()
        return FileRole.PARCEL if here else SetAside(outlook_files.TNEF_NOT_HERE)
    return FileRole.OUTLOOK if look.suffix == ".msg" else None


def _is_lock_file(look: _Look) -> bool:
    name = look.name
    return name.startswith((".~", "~$")) or (name.startswith("~") and look.suffix == ".tmp")


def _is_system_file(look: _Look) -> bool:
    return look.name.startswith("._") or not _SYSTEM_FILES.isdisjoint(look.path.split("/"))


def _is_packed(look: _Look) -> bool:
    if look.head.startswith(_SOLID_MAGIC):
        return False
    return look.head.startswith(_PACKED_MAGIC) or (
        look.suffix in _PACKED and not look.head.startswith((b"PK", OLE_MAGIC))
    )


# The first line that applies decides.
_NEVER_READ: tuple[tuple[Callable[[_Look], object], SetAside], ...] = (
    (
        _is_lock_file,
        SetAside("办公软件打开文件时留下的锁文件或临时文件，不是报送内容", ignorable=True),
    ),
    (_is_system_file, SetAside("操作系统留下的文件，不是报送内容", ignorable=True)),
    (
        lambda look: look.suffix in _LINKS,
        SetAside("快捷方式，不是文件本身。请放入它所指的文件"),
    ),
    (
        lambda look: _VOLUME.search(look.name),
        SetAside("分卷压缩包的一部分：请把各卷放在一起解压后再放入"),
    ),
    (_is_packed, SetAside("压缩包：请解压后再放入")),
)


def _role_by_content(look: _Look) -> FileRole | SetAside | None:
    """Return the role of a file not named like a workbook; None where it may be one.

    Raises Refused.
    """
    suffix, head = look.suffix, look.head
    if mail_files.is_mbox(head):
        return FileRole.MBOX
    if suffix == ".eml" or (suffix not in _DOCUMENTS | _TABLES and mail_files.is_letter(head)):
        return FileRole.LETTER
    if suffix == ".zip" and not head.startswith(b"PK"):
        raise Refused("不是压缩包，或压缩包已损坏，打不开。请重新打包后报送")
    if suffix in _DOCUMENTS or head.startswith(b"%PDF"):
        return FileRole.DOCUMENT
    if head.startswith((OLE_MAGIC, b"PK\x03\x04")):
        return None
    if suffix == ".xml" and is_xml_2003(head):
        return None
    if suffix in _TABLES:
        return SetAside(f"{suffix} 文件，不是工作簿。{SAVE_AS}")
    if head.startswith(b"MZ"):
        return SetAside("程序文件，没有打开。如果是自解压包，请解压后再放入")
    return SetAside("不是工作簿（.xlsx、.xls、.et 等）")
