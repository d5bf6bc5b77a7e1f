"""Say whether a built Windows folder is whole: python packaging/windows/check.py DIR/绩效审核.

Sizes, names that Windows takes, machine code for its processor, every import by name, no GPL. It
cannot say that the folder runs: that is tried under Windows (自检.bat) or wine.
"""

from __future__ import annotations

import ast
import struct
import sys
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]
from notices import licence_of

MOST_FOLDER, MOST_ZIP = 150 * 10**6, 65 * 10**6
LONGEST_NAME = 130  # letters inside the folder, of the 260 that Windows takes for a whole path
AMD64 = 0x8664
ON_WINDOWS = {
    "platform_machine": "AMD64",
    "platform_system": "Windows",
    "platform_python_implementation": "CPython",
    "implementation_name": "cpython",
    "sys_platform": "win32",
    "os_name": "nt",
    "python_version": "3.11",
    "python_full_version": "3.11.9",
}
# Imported only where Linux, or an extra that is not in the folder, is asked for.
NOT_IN_THE_FOLDER = {"resource", "fcntl", "libarchive", "distributed", "dask"}
# What python311.dll holds, and a Python on Linux keeps in files of its own.
IN_THE_DLL = {"math", "zlib", "binascii", "msvcrt", "winreg", "nt"}


def problems(folder: Path) -> Iterator[str]:
    """Yield what is wrong with a built folder, in words."""
    yield from _sizes(folder)
    yield from _names(folder)
    yield from _machine_code(folder)
    yield from _batch_files(folder)
    yield from _imports(folder)
    yield from _packages(folder)
    if not list(folder.glob("python/site/jixiao_xlsx/output/html/browser_engine.zip")):
        yield "nothing to write 自查.html with"


def _sizes(folder: Path) -> Iterator[str]:
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    packed = sum(path.stat().st_size for path in folder.parent.glob("*.zip"))
    if size > MOST_FOLDER or packed > MOST_ZIP:
        yield f"too large: {size / 1e6:.0f} MB, zipped {packed / 1e6:.0f} MB"


def _names(folder: Path) -> Iterator[str]:
    seen: dict[str, str] = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if len(name) > LONGEST_NAME:
            yield f"name of {len(name)} letters: {name}"
        if any(letter in '<>:"|?*\\' for letter in name) or name.endswith((".", " ")):
            yield f"a name that Windows refuses: {name}"
        if seen.setdefault(name.lower(), name) != name:
            yield f"two names that are one on Windows: {name}"


def _machine_code(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.suffix in {".so", ".dylib"}:
            yield f"not for Windows: {path.name}"
        if path.suffix in {".pyd", ".dll", ".exe"}:
            data = path.read_bytes()
            (start,) = struct.unpack_from("<I", data, 0x3C)
            if data[start : start + 4] != b"PE\0\0" or _word(data, start + 4) != AMD64:
                yield f"not for this processor: {path.name}"


def _word(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<H", data, at)[0])


def _batch_files(folder: Path) -> Iterator[str]:
    files = sorted(folder.glob("*.bat"))
    if len(files) != 3:
        yield f"{len(files)} .bat files"
    for path in files:
        text = path.read_bytes()
        if not text.isascii() or text.count(b"\n") != text.count(b"\r\n"):
            yield f"{path.name}: not ASCII with CRLF"
        if not text.rstrip().endswith(b"pause"):
            yield f"{path.name}: the window does not stay"


def _imports(folder: Path) -> Iterator[str]:
    """Yield imports of our own code that nothing in the folder satisfies."""
    site = folder / "python" / "site"
    with zipfile.ZipFile(folder / "python" / "python311.zip") as library:
        there = {name.partition("/")[0].partition(".")[0] for name in library.namelist()}
    there |= set(sys.builtin_module_names) | IN_THE_DLL
    there |= {path.name.partition(".")[0] for path in (folder / "python").glob("*.pyd")}
    there |= {path.name.partition(".")[0] for path in site.iterdir()}
    for path in [site / "jixiao_desk.py", *sorted((site / "jixiao_xlsx").rglob("*.py"))]:
        for name in _imported(path) - there - NOT_IN_THE_FOLDER:
            yield f"{path.relative_to(site)}: nothing here is called {name}"


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def _packages(folder: Path) -> Iterator[str]:
    """Yield requirements of the packages that are missing or too old, and licences unfit."""
    there = {
        _plain(one.name): one
        for one in metadata.distributions(path=[str(folder / "python" / "site")])
    }
    for one in there.values():
        licence_of(one)
        extras = ("archives", "pdf") if one.name == "jixiao-xlsx" else ("",)
        for text in one.requires or ():
            need = Requirement(text)
            wanted = not need.marker or any(
                need.marker.evaluate({**ON_WINDOWS, "extra": extra}) for extra in ("", *extras)
            )
            have = there.get(_plain(need.name))
            if wanted and (have is None or have.version not in need.specifier):
                yield f"{one.name} needs {need}"


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


if __name__ == "__main__":
    wrong = list(problems(Path(sys.argv[1])))
    print("\n".join(wrong) or "whole")
    sys.exit(bool(wrong))
