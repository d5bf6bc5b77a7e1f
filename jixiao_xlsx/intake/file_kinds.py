"""The format of a workbook, by its bytes and not by its name; what is no workbook is refused.

The reasons are Chinese sentences for people: what the file is and what to do.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from enum import StrEnum

MAX_WORKBOOK_BYTES = 50 * 2**20
MAX_PAGE_BYTES = 8 * 2**20
_MAX_PARTS = 2000
_MAX_UNPACKED_BYTES = 200 * 2**20
_MAX_XML_BYTES = 100 * 2**20

# What a zip that is damaged, or made to harm, may raise while it is read.
ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    LookupError,
    ValueError,
    OSError,
    RuntimeError,
)
SAVE_AS = "请用 WPS 或 Excel 打开，另存为“Excel 工作簿（.xlsx）”后重报"


class Refused(Exception):
    """A file that is not read; `reason` says in Chinese what it is and what to do."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Encrypted(Refused):
    """A workbook that needs a password."""

    def __init__(self) -> None:
        super().__init__(
            "文件已加密，需要密码才能打开。"
            "请部门告知密码（运行时给出），或取消密码（文件—文档加密）后重新保存并报送"
        )


class WorkbookFormat(StrEnum):
    """The formats that can be read."""

    OOXML = "ooxml"
    XLS = "xls"
    ODS = "ods"
    XLSB = "xlsb"
    XML_2003 = "xml"
    HTML = "html"


TEXT_FORMATS = frozenset({WorkbookFormat.XML_2003, WorkbookFormat.HTML})
_XML_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"
_BIFF = frozenset({b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00"})
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = (
    (b"%PDF", "这是 PDF 文件，不是工作簿。请报送填好的 .xlsx 原件"),
    (b"Rar!", "这是 RAR 压缩包，不是工作簿。请解压后报送里面的 .xlsx"),
    (b"7z\xbc\xaf", "这是 7z 压缩包，不是工作簿。请解压后报送里面的 .xlsx"),
    (b"\xff\xd8\xff", "这是图片（JPEG），不是工作簿。请报送填好的 .xlsx 原件"),
    (b"\x89PNG", "这是图片（PNG），不是工作簿。请报送填好的 .xlsx 原件"),
    (b"{\\rtf", "这是写字板文档（RTF），不是工作簿。请报送填好的 .xlsx 原件"),
)
_ENCRYPTED_ODS = "文件是加密的 .ods，不能读取。请取消密码，用 WPS 或 Excel 另存为 .xlsx 后重新报送"
_BROKEN = "文件已损坏，不能完整解开（常见于传输中断）。请在本机确认能打开后重新报送"


def sniff(data: bytes) -> WorkbookFormat:
    """Return the format of a workbook.

    Raises Refused for what is no workbook, is encrypted, or is too large.
    """
    if not data.strip(b"\0\r\n\t "):
        raise Refused("文件是空的（没有内容）。请在本机确认文件能打开后重新报送")
    refuse_too_large(len(data))
    if data.startswith(OLE_MAGIC):
        return _format_in_ole(data)
    if data.startswith(b"PK\x03\x04"):
        return _format_in_zip(data)
    for magic, reason in _MAGIC:
        if data.startswith(magic):
            raise Refused(reason)
    if data.startswith(b"PK"):
        raise Refused(_BROKEN)
    if data[:2] in _BIFF:
        return WorkbookFormat.XLS
    text = _beginning(data)
    if _XML_2003 in text:
        return WorkbookFormat.XML_2003
    if _is_page(text) and b"<table" in data.replace(b"\0", b"").lower():
        return WorkbookFormat.HTML
    raise Refused(_why_no_workbook(text, data[:4096]))


def refuse_too_large(size: int) -> None:
    """Raise Refused for a workbook or document of more bytes than are read."""
    if size > MAX_WORKBOOK_BYTES:
        raise Refused(
            f"文件有 {size / 2**20:.0f} MB，超过 {MAX_WORKBOOK_BYTES // 2**20} MB 的上限。"
            "请删去图片等无关内容后重报"
        )


def open_zip(data: bytes) -> zipfile.ZipFile:
    """Open an archive, its sizes checked before anything is unpacked. Raises Refused."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except ZIP_ERRORS as error:
        raise Refused(_BROKEN) from error
    entries = archive.infolist()
    if len(entries) > _MAX_PARTS:
        raise Refused(f"压缩包内有 {len(entries)} 个部件，不是正常的工作簿，未读取")
    if len(plain_names(archive)) != len(entries):
        raise Refused("压缩包内有同名部件，不是正常的工作簿，未读取")
    unpacked = sum(entry.file_size for entry in entries)
    xml = sum(
        entry.file_size
        for entry in entries
        if entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    )
    if unpacked > _MAX_UNPACKED_BYTES or xml > _MAX_XML_BYTES:
        raise Refused(
            f"解压后有 {unpacked / 2**20:.0f} MB，远超正常的报表，未读取。"
            "请另存一份只含报表的 .xlsx 后重报"
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise Encrypted
    return archive


def plain_names(archive: zipfile.ZipFile) -> Mapping[str, str]:
    """Return the names of the parts as they stand in the archive, by their names in lower case.

    Some programs write them with backslashes; the libraries read those as well.
    """
    return {name.lower().replace("\\", "/"): name for name in archive.namelist()}


def broken() -> Refused:
    """Return the refusal of a file whose container is sound and whose content is not."""
    return Refused(_BROKEN)


def _format_in_ole(data: bytes) -> WorkbookFormat:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        raise Encrypted
    if holds("WordDocument"):
        raise Refused("这是 Word 文档（.doc），不是工作簿。请报送填好的 .xlsx 原件")
    if holds("__properties_version1.0"):
        raise Refused("这是 Outlook 邮件（.msg），不是工作簿。请取出附件后再放入")
    if holds("PowerPoint Document"):
        raise Refused("这是演示文稿（.ppt），不是工作簿。请报送填好的 .xlsx 原件")
    if not holds("Workbook") and not holds("Book"):
        raise Refused(f"文件里没有工作簿，或文件已损坏。{SAVE_AS}")
    return WorkbookFormat.XLS


def _format_in_zip(data: bytes) -> WorkbookFormat:
    with open_zip(data) as archive:
        names = plain_names(archive)
        if "mimetype" in names and "content.xml" in names:
            _refuse_other_open_documents(archive, names)
            return WorkbookFormat.ODS
    if any(name.endswith("workbook.bin") for name in names):
        return WorkbookFormat.XLSB
    if any(name.startswith("word/") for name in names):
        raise Refused("这是 Word 文档（.docx），不是工作簿。请报送填好的 .xlsx 原件")
    if any(name.startswith("ppt/") for name in names):
        raise Refused("这是演示文稿（.pptx），不是工作簿。请报送填好的 .xlsx 原件")
    if "_rels/.rels" not in names:
        raise Refused(
            "这是 ZIP 压缩包，里面没有工作簿的内容。如果是打包的文件，请解压后报送里面的 .xlsx"
        )
    return WorkbookFormat.OOXML


def _refuse_other_open_documents(archive: zipfile.ZipFile, names: Mapping[str, str]) -> None:
    """Raise Refused for an OpenDocument file that is no spreadsheet, or is encrypted.

    `names` gives the parts by their names in lower case.
    """
    manifest = names.get("meta-inf/manifest.xml")
    try:
        media_type = archive.read(names["mimetype"])
        encrypted_parts = manifest and b"encryption-data" in archive.read(manifest)
    except ZIP_ERRORS as error:
        raise Refused(_BROKEN) from error
    if not media_type.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        raise Refused("这是 OpenDocument 文档，但不是表格。请报送填好的 .xlsx 原件")
    if encrypted_parts:
        raise Refused(_ENCRYPTED_ODS)


def is_xml_2003(head: bytes) -> bool:
    """Return whether a file that begins so is an XML Spreadsheet 2003."""
    return _XML_2003 in _beginning(head)


def _beginning(data: bytes) -> bytes:
    """Return how a text begins, in small letters, without marks, blanks and the zeros of UTF-16."""
    return data[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").replace(b"\0", b"").lower()


def _is_page(text: bytes) -> bool:
    return b"<html" in text or b"<table" in text or text.startswith(b"<!doctype html")


def _why_no_workbook(text: bytes, head: bytes) -> str:
    """Return the reason for a file that is text, or of an unknown format."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # “Unicode 文本” of Excel
        head = head.replace(b"\0", b"")
    if _is_page(text) or text.startswith(b"mime-version"):
        return f"这是网页（HTML），只是用了工作簿的文件名，不能读取。{SAVE_AS}"
    if text.startswith(b"<"):
        return f"这是 XML 文本，不是工作簿。{SAVE_AS}"
    if b"\0" not in head and (b"," in head or b"\t" in head):
        return f"这是文本文件（如 CSV），没有工作表，不能读取。{SAVE_AS}"
    return f"不是 Excel 工作簿（文件头不认识），不能读取。{SAVE_AS}"
