"""Encrypted workbooks: opened in memory with the passwords the bureau gives, never written."""

from __future__ import annotations

import contextlib
import io
import os
import re
import warnings
from collections.abc import Mapping, Sequence

from jixiao_xlsx.intake.file_kinds import OLE_MAGIC

_VARIABLE = "JIXIAO_PASSWORDS"
_MOST = 50
# What Excel itself tries first: workbooks that are only protected against editing are encrypted
# with it.
_DEFAULT = "VelvetSweatshop"


def passwords_in(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Return the passwords in JIXIAO_PASSWORDS, separated by line breaks or semicolons."""
    return split_passwords(environment.get(_VARIABLE, ""))


def split_passwords(text: str) -> tuple[str, ...]:
    """Return the passwords in a text, each once, at most fifty."""
    typed = (part.strip("\r \t") for part in re.split(r"[\n;；]", text))
    return tuple(dict.fromkeys(filter(None, typed)))[:_MOST]


def unlocked(data: bytes, passwords: Sequence[str]) -> bytes | None:
    """Return the workbook inside an encrypted one; None where none is, or no password fits.

    Never raises: reading reports what is wrong with a file. The file sets the cost of a try, so
    this runs where time is limited.
    """
    if not _is_encrypted(data):
        return None
    for password in (_DEFAULT, *passwords):
        # A wrong password, or a broken file: either way this one does not open it.
        with contextlib.suppress(Exception):
            if (opened := _decrypted(data, password)).startswith((b"PK", OLE_MAGIC)):
                return opened
    return None


def _is_encrypted(data: bytes) -> bool:
    if not data.startswith(OLE_MAGIC):
        return False
    import msoffcrypto

    try:
        return bool(msoffcrypto.OfficeFile(io.BytesIO(data)).is_encrypted())
    except Exception:
        return False


def _decrypted(data: bytes, password: str) -> bytes:
    import msoffcrypto

    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        office.load_key(password=password)
        office.decrypt(stream)
    return stream.getvalue()
