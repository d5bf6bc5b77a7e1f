"""A folder of final accounts read, each workbook in a process with limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from jixiao_xlsx.batch.failures import Failure
from jixiao_xlsx.batch.opener import Opener
from jixiao_xlsx.intake.bureau_file import bureau_toml, text_of_setting
from jixiao_xlsx.intake.candidates import Candidate
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.intake.inbox import find_candidates
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.season.final_accounts import Accounts, Provenance, accounts_of
from jixiao_xlsx.sources.final_accounts import accounts_layout, read_final_accounts
from jixiao_xlsx.sources.found import AccountSheet
from jixiao_xlsx.values.people import Department, Stage

PROVENANCE_FILE = "来源.toml"
_KIND, _DATED, _DOCUMENT = "类别", "日期", "文号"


def final_accounts(folder: Path, roster: Sequence[Department], year: int | None) -> Accounts:
    """Return the figures of the final accounts in a folder, by department.

    Raises InputError for a 来源.toml with mistakes, or where nothing of the folder could be read.
    """
    sheets: list[AccountSheet] = []
    notes: list[str] = []
    provenance: dict[str, Provenance] = {}
    with Opener() as opener:
        for candidate in find_candidates([folder], None, opener.unpacked):
            if candidate.set_aside:
                continue
            found = _read(opener, candidate)
            if isinstance(found, str):
                notes.append(f"决算表“{candidate.file}”没有读成：{found}")
                continue
            if not found:
                notes.append(f"“{candidate.file}”里没有认得的决算表，没有采用")
            sheets += found
            provenance[candidate.file] = _provenance(candidate, folder)
    if not sheets:
        words = notes or ["里面没有决算表。应是决算软件导出的财决表、公开的决算表（.xlsx、.xls）"]
        raise InputError(str(folder), words)
    accounts = accounts_of(sheets, provenance, roster, year)
    return Accounts(accounts.lines, (*notes, *accounts.notes))


def _read(opener: Opener, candidate: Candidate) -> Sequence[AccountSheet] | str:
    data = opener.content(candidate)
    if isinstance(data, Failure):
        return data.reason
    try:
        return opener.typed(read_final_accounts, data, candidate.file)
    except Refused as error:
        return error.reason


def _provenance(candidate: Candidate, folder: Path) -> Provenance:
    """Return what the nearest 来源.toml says, else what the names of file and folders say."""
    for parent in candidate.path.parents:
        path = parent / PROVENANCE_FILE
        if path.is_file():
            return _stated(path)
        if parent == folder:
            break
    said = [
        Stage(name)
        for name, words in accounts_layout().stage.items()
        if any(word in f"{folder.name}/{candidate.file}" for word in words)
    ]
    return Provenance(said[0], stated=True) if len(said) == 1 else Provenance()


def _stated(path: Path) -> Provenance:
    """Read 来源.toml. Raises InputError."""
    data: Mapping[str, object] = bureau_toml(path)
    kinds = {str(one): one for one in Stage}
    kind = str(data.get(_KIND, ""))
    mistakes = [
        f"{key}：不认识的项目（可用：{_KIND}、{_DATED}、{_DOCUMENT}）"
        for key in data
        if key not in {_KIND, _DATED, _DOCUMENT}
    ]
    if kind not in kinds:
        mistakes.append(f"{_KIND}：应是{'、'.join(kinds)}中的一个")
    if mistakes:
        raise InputError(path.name, mistakes)
    dated, document = (text_of_setting(data.get(key, "")) for key in (_DATED, _DOCUMENT))
    return Provenance(kinds[kind], dated, document, stated=True)
