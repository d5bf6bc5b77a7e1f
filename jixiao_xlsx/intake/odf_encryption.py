"""An .ods that asks for a password: its content unlocked in memory, as LibreOffice and WPS lock it (AES-256, PBKDF2)."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from xml.parsers import expat

from jixiao_xlsx.intake.file_kinds import MAX_XML, open_zip

_CONTENT, _MANIFEST, _MIMETYPE = "content.xml", "META-INF/manifest.xml", "mimetype"
_MOST_ROUNDS = 2_000_000  # of deriving a key; LibreOffice takes 100,000
_CHECKED = 1024
_BARE = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    "</manifest:manifest>"
)


@dataclass(frozen=True, slots=True)
class _Lock:
    """How the content is locked."""

    checksum: bytes
    start: bytes
    salt: bytes
    rounds: int
    size: int


def is_locked(data: bytes) -> bool:
    """Whether it is an OpenDocument file with something encrypted in it."""
    if data[30:38] != b"mimetype":  # by the standard the first entry
        return False
    with open_zip(data) as archive:
        return _MANIFEST in archive.namelist() and b"encryption-data" in archive.read(_MANIFEST)


def unlocked(data: bytes, password: str) -> bytes | None:
    """The workbook with its content in the clear; None where the password is not the one. Raises whatever a broken file makes of it."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    with open_zip(data) as archive:
        lock, locked = _lock(archive.read(_MANIFEST)), archive.read(_CONTENT)
        kind = archive.read(_MIMETYPE)
    start = hashlib.sha256(password.encode()).digest()
    key = hashlib.pbkdf2_hmac("sha1", start, lock.salt, lock.rounds, lock.size)
    cipher = Cipher(algorithms.AES(key), modes.CBC(lock.start)).decryptor()
    packed = cipher.update(locked) + cipher.finalize()
    packed = packed[: -packed[-1]]
    if hashlib.sha256(packed[:_CHECKED]).digest() != lock.checksum:
        return None
    content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, MAX_XML + 1)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in ((_MIMETYPE, kind), (_CONTENT, content), (_MANIFEST, _BARE)):
            archive.writestr(name, part)
    return stream.getvalue()


def _lock(manifest: bytes) -> _Lock:
    """How the content is locked. Raises KeyError, ValueError for a way that is not known."""
    said: dict[str, Mapping[str, str]] = {}
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        plain = {title.rpartition(":")[2]: value for title, value in attributes.items()}
        kind = name.rpartition(":")[2]
        if kind == "file-entry":
            inside[:] = [plain.get("full-path", "")]
        elif inside == [_CONTENT]:
            said[kind] = plain

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse
    parser.Parse(manifest, True)
    way, whole = said["key-derivation"], said["encryption-data"]
    known = (
        said["algorithm"]["algorithm-name"].endswith("#aes256-cbc")
        and way["key-derivation-name"].endswith(("PBKDF2", "#pbkdf2"))
        and said["start-key-generation"]["start-key-generation-name"].endswith("#sha256")
        and whole["checksum-type"].endswith("#sha256-1k")
    )
    rounds = int(way["iteration-count"])
    if not known or not 0 < rounds <= _MOST_ROUNDS:
        raise ValueError("a way to lock that is not known")
    return _Lock(
        checksum=base64.b64decode(whole["checksum"]),
        start=base64.b64decode(said["algorithm"]["initialisation-vector"]),
        salt=base64.b64decode(way["salt"]),
        rounds=rounds,
        size=int(way.get("key-size", "32")),
    )


def _refuse(*_: object) -> None:
    raise ValueError("a manifest has no document type")
