"""Whose a line or table of the bureau is: by code, name, former name, or the file. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from jixiao_xlsx.season.departments import Register
from jixiao_xlsx.values.people import Department
from jixiao_xlsx.values.season import FileStatus

_NAMED_AT_MOST = 6


def owner_of(
    code: str, name: str, file: str, departments: Register, roster: Sequence[Department]
) -> tuple[Department, str]:
    """Return whose something is, or why nobody's. Without a roster: whoever it names."""
    nobody = Department(code, name)
    if not roster:
        return nobody, "" if name or code else "没有写明是哪个单位的，没有采用"
    match = departments.match(code, name)
    found = match.department if match.status is FileStatus.SUBMITTED else ""
    if not found and not name and not code:
        named = departments.named_in(file.rpartition("/")[2])
        found = named.pop() if len(named) == 1 else ""
    owner = next((one for one in roster if found and one.name == found), None)
    return (owner, "") if owner else (nobody, f"{match.reason}，没有采用")


def some_of(names: Sequence[str]) -> str:
    """Return the first of many names, and that there are more."""
    more = " 等" if len(names) > _NAMED_AT_MOST else ""
    return "、".join(names[:_NAMED_AT_MOST]) + more
