"""What a finding keeps from round to round: its fingerprint.

It is made of rule, table, item and column: moved rows, renamed files and sheets, and re-worded
messages leave it alone. Equal ones are numbered in the order of the file; which of them is which in
the next round is decided by their rows (`season.same_rows`).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from jixiao_xlsx.values.cells import Place, Submission
from jixiao_xlsx.values.findings import Finding
from jixiao_xlsx.values.text import tidy

_LINE_NUMBER = re.compile(r"第\d+行")


def with_fingerprints(findings: Iterable[Finding], submission: Submission) -> list[Finding]:
    """Return the findings, which are in the order of the file, each with its fingerprint."""
    counts: Counter[str] = Counter()
    result = []
    for finding in findings:
        identity = identity_without_row(finding, submission)
        counts[identity] += 1
        digest = hashlib.sha256(
            f"{identity}|{counts[identity]}".encode(errors="surrogatepass")
        ).hexdigest()[:16]
        result.append(replace(finding, fingerprint=digest))
    return result


def identity_without_row(finding: Finding, submission: Submission) -> str:
    """Return what findings have in common that differ in their rows only."""
    item, column = (_LINE_NUMBER.sub("第行", tidy(text)) for text in (finding.item, finding.field))
    return "|".join((finding.code, table_of(finding.place, submission), item, column))


def table_of(place: Place, submission: Submission) -> str:
    """Return the name of the table of a cell: the only one of its sheet, or the one with the cell.

    "" where neither decides.
    """
    tables = [table for table in submission.tables.values() if table.sheet == place.sheet]
    if len(tables) == 1:
        return tables[0].name
    return next((t.name for t in tables if any(cell.ref == place.cell for cell in t.cells())), "")
