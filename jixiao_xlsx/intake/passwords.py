"""Workbooks that ask for a password: opened with those the bureau gives, in memory, and never written anywhere."""

from __future__ import annotations

import contextlib
import io
import os
import re
import warnings
from collections.abc import Callable, Mapping, Sequence

from jixiao_xlsx.intake import odf_encryption

VARIABLE = "JIXIAO_PASSWORDS"
MOST = 50
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What Excel itself tries first: workbooks that are only protected against editing are encrypted with it.
_DEFAULT = "VelvetSweatshop"


def passwords_in(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The candidates in JIXIAO_PASSWORDS, separated by line breaks or semicolons."""
    return split(environment.get(VARIABLE, ""))


def split(text: str) -> tuple[str, ...]:
    """Password candidates as typed, each once, at most fifty."""
    return tuple(
        dict.fromkeys(word for part in re.split(r"[\n;；]", text) if (word := part.strip("\r \t")))
    )[:MOST]


def unlocked(data: bytes, passwords: Sequence[str]) -> bytes | None:
    """The workbook inside an encrypted one; None where it is not encrypted, or no password fits.

    Never raises: what is wrong with the file is for the reader to say. The cost of a try is the file's to set, so this runs
    where time is limited.
    """
    try:
        opener = _opener(data)
    except Exception:
        return None
    if opener is None:
        return None
    for password in (_DEFAULT, *passwords):
        with contextlib.suppress(
            Exception
        ):  # a wrong password, or a broken file: either way not this one
            if (opened := opener(data, password)) and opened.startswith((b"PK", _OLE)):
                return opened
    return None


def _opener(data: bytes) -> Callable[[bytes, str], bytes | None] | None:
    """What can open it; None where it is not encrypted."""
    if data.startswith(_OLE):
        import msoffcrypto

        return _office if msoffcrypto.OfficeFile(io.BytesIO(data)).is_encrypted() else None
    return odf_encryption.unlocked if odf_encryption.is_locked(data) else None


def _office(data: bytes, password: str) -> bytes:
    import msoffcrypto

    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        office.load_key(password=password)
        office.decrypt(stream)
    return stream.getvalue()
