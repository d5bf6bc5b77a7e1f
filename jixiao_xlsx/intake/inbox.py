"""The inboxes: every file of every folder as a candidate, in a fixed order, by a unique name.

Each is accounted for: either worth reading, or set aside with the reason.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from jixiao_xlsx.intake import zip_files
from jixiao_xlsx.intake.candidates import Candidate, SetAside
from jixiao_xlsx.intake.os_errors import why
from jixiao_xlsx.intake.unpacking import HEAD_BYTES, unpack
from jixiao_xlsx.values.season import FileStatus

# What marks a folder as the results of a run: its record with the tool's name, or the folder of
# a run under way.
RUN_RECORD, WAITING = "run.json", ".jixiao-tmp"
_TOOL_MARK = b'"name": "jixiao-xlsx"'
_RESULTS = SetAside("以前运行的结果文件夹，没有读，不是报送内容", ignorable=True)
_LINKED = SetAside(
    "文件夹的链接（快捷方式），没有进去看。请直接放入它所指的文件夹", FileStatus.UNREADABLE
)


def find_candidates(
    inboxes: Iterable[Path],
    skip: Path | None = None,
    unpacked: Callable[[Candidate], Iterable[Candidate]] = unpack,
) -> tuple[Candidate, ...]:
    """Return every file in `inboxes` (folders with all they hold, or single files) but those under
    `skip`, sorted by name.

    `unpacked` gives what is inside a file; nothing else here looks into one. A file is named by its
    path from its folder, through archives and mails; equal names are told apart by the folder
    above, then by a number.
    """
    roots = list(
        dict.fromkeys(path.resolve() if path.is_dir() else path.absolute() for path in inboxes)
    )
    skipped = skip.resolve() if skip else None
    by_name: dict[str, Candidate] = {}
    walked: set[Path] = set()
    for root in roots:
        for path, aside in _walk(root, skipped):
            if path in walked:
                continue
            walked.add(path)
            label = _label(path, root, many=len(roots) > 1, taken=by_name)
            whole = (
                Candidate(path, label).put_aside(aside)
                if aside
                else _candidate(path, label, at_root=path.parent == root or path == root)
            )
            for candidate in unpacked(whole):
                name = _unique(candidate.file, by_name)
                by_name[name] = replace(candidate, file=name)
    return tuple(sorted(by_name.values(), key=lambda candidate: candidate.file))


def _walk(root: Path, skip: Path | None) -> Iterator[tuple[Path, SetAside | None]]:
    """Yield every file, and every folder that is not entered with the reason."""
    if not root.is_dir():
        yield root, None
        return
    errors: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=errors.append):
        here = Path(folder)
        if here != root and _is_result_folder(here):
            folders.clear()
            yield here, _RESULTS
            continue
        # The order on disk must not decide which of two like names is numbered.
        folders[:] = sorted(name for name in folders if here / name != skip)
        yield from ((here / name, _LINKED) for name in folders if _is_link(here / name))
        yield from ((here / name, None) for name in sorted(names))
    for error in errors:
        aside = SetAside(f"文件夹打不开：{why(error)}", FileStatus.UNREADABLE)
        yield Path(error.filename), aside


def _is_result_folder(folder: Path) -> bool:
    """Return whether a run left its results there: these were not sent by departments."""
    with contextlib.suppress(OSError), (folder / RUN_RECORD).open("rb") as stream:
        return _TOOL_MARK in stream.read(HEAD_BYTES)
    return (folder / WAITING).is_dir()


def _is_link(folder: Path) -> bool:
    """Return whether os.walk does not enter the folder: a link, or a junction (Python 3.12 on)."""
    is_junction: Callable[[Path], bool] | None = getattr(os.path, "isjunction", None)
    return folder.is_symlink() or bool(is_junction and is_junction(folder))


def _candidate(path: Path, label: str, *, at_root: bool) -> Candidate:
    try:
        facts = path.stat()
    except OSError as error:
        return Candidate(path, label).unreadable(f"无法打开：{why(error)}")
    if not path.is_file():
        return Candidate(path, label, set_aside="不是普通文件")
    beside = "" if at_root else str(PurePosixPath(label).parent)
    return Candidate(path, label, facts.st_size, int(facts.st_mtime), beside=beside)


def _label(path: Path, root: Path, *, many: bool, taken: Mapping[str, object]) -> str:
    alone = path == root
    label = zip_files.clean_name(_typed(path.name if alone else path.relative_to(root).as_posix()))
    if many and (not alone or label in taken):
        return f"{_typed(root.parent.name if alone else root.name)}/{label}"
    return label


def _typed(name: str) -> str:
    """Return a name as it was typed, where the system has only its bytes: a Linux without Chinese,
    or names from a zip in GBK.
    """
    if not any("\ud800" <= letter <= "\udfff" for letter in name):
        return name
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return name


def _unique(label: str, taken: Mapping[str, object]) -> str:
    number, unique = 2, label
    while unique in taken:
        unique, number = f"{label}#{number}", number + 1
    return unique
