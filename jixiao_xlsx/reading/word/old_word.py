"""A report of an old Word or of WPS (.doc, .wps), turned into a .docx by LibreOffice where that is
installed. It runs in a profile of its own, without macros, with limits of its own.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from jixiao_xlsx.intake.file_kinds import OLE_MAGIC, Refused
from jixiao_xlsx.reading.word.docx_styles import SAVE_AS_DOCX

OLD_WORD = (".doc", ".wps")
_SECONDS, _PROCESSOR_SECONDS = 120, 60
_ADDRESS_SPACE = 2**30  # bytes, the program itself included
_WORD = "WordDocument".encode("utf-16-le")
_NOT_HERE = f"旧版 Word 文档（.doc、.wps），这里没有打开它的 LibreOffice。{SAVE_AS_DOCX}"
_NO_WORD = f"旧版 Word 文档（.doc、.wps）已损坏，或只是用了它的文件名。{SAVE_AS_DOCX}"
_FAILED = f"旧版 Word 文档（.doc、.wps）没有转成 .docx，可能已损坏或加了密码。{SAVE_AS_DOCX}"
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


def docx_of(data: bytes) -> bytes:
    """Return the bytes of an old document as .docx. Raises Refused."""
    if not data.startswith(OLE_MAGIC) or _WORD not in data:
        raise Refused(_NO_WORD)
    office = shutil.which("soffice")
    if office is None:
        raise Refused(_NOT_HERE)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "report.doc").write_bytes(data)
        settings = folder / "profile" / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(_SETTINGS, encoding="utf-8")
        _convert(office, folder)
        try:
            return (folder / "out" / "report.docx").read_bytes()
        except OSError as error:
            raise Refused(_FAILED) from error


def _convert(office: str, folder: Path) -> None:
    """Let LibreOffice write out/report.docx; whether it did is seen by the file."""
    command = [
        *(office, "--headless", "--norestore", "--nolockcheck", "--nodefault"),
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *("--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder / "out")),
        str(folder / "report.doc"),
    ]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=None if sys.platform == "win32" else _limit,
    )
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it started."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, 9)
    process.wait()


def _limit() -> None:
    """Set the limits of LibreOffice, in its process: those of the one that asks are too narrow."""
    if sys.platform == "win32":
        return
    import resource

    for kind, wanted in (
        (resource.RLIMIT_AS, _ADDRESS_SPACE),
        (resource.RLIMIT_CPU, _PROCESSOR_SECONDS),
    ):
        _, most = resource.getrlimit(kind)
        limit = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(kind, (limit, most))
