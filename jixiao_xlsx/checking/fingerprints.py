"""From one round to the next: what a finding keeps, what was mended, and what changed though nobody asked for it.

A finding's fingerprint is made of its rule, table, item and column: moved rows, renamed files and sheets, and re-worded
messages leave it alone. Equal ones are numbered in the order of the file; which of them is which in the next round is known by
their rows (see `alignment`). What a later round needs of a submission is one small JSON file per department in the output of the
earlier one.
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


# ----------------------------------------------------------------------------------------------------- fingerprints


def sealed(findings: Iterable[Finding], submission: Submission) -> list[Finding]:
    """`findings`, in the order of the file, each with its fingerprint."""
    seen: Counter[str] = Counter()
    result = []
    for finding in findings:
        words = kin(finding, submission)
        seen[words] += 1
        digest = hashlib.sha256(
            f"{words}|{seen[words]}".encode(errors="surrogatepass")
        ).hexdigest()[:16]
        result.append(replace(finding, fingerprint=digest))
    return result


def kin(finding: Finding, submission: Submission) -> str:
    """What findings that cannot be told apart but by their rows have in common."""
    item, column = (_LINE_NUMBER.sub("第行", tidy(text)) for text in (finding.item, finding.field))
    return "|".join((finding.code, table_of(finding.place, submission), item, column))


def table_of(place: Place, submission: Submission) -> str:
    """The table a cell belongs to: by the cell, else the only one of its sheet; "" where neither says."""
    tables = [table for table in submission.tables.values() if table.sheet == place.sheet]
    if len(tables) == 1:
        return tables[0].name
    return next((t.name for t in tables if any(cell.ref == place.cell for cell in t.cells())), "")
