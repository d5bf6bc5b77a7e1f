"""Build what 自查.html needs of the browser's Python, once: python packaging/browser/build.py [-o DIR].

The parts (Pyodide from npm; python-calamine for it, and olefile, from PyPI) go into
jixiao_xlsx/output/html/browser_engine.zip, which git ignores and a wheel built afterwards contains.
With -o, 自查.html for the form that comes along is written too.
"""

from __future__ import annotations

import argparse
import io
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]

from downloads import fetched, pip_download

PYODIDE = "314.0.7"
PYODIDE_FILES = ("pyodide.asm.wasm", "pyodide.asm.mjs", "pyodide.mjs", "python_stdlib.zip")
CALAMINE = "python_calamine-0.9.1-cp314-cp314-pyemscripten_2026_0_wasm32.whl"
OLEFILE = "olefile-0.47-py2.py3-none-any.whl"
_ONLY = "--only-binary=:all:"
_FOR_BROWSER = (
    *("--no-deps", _ONLY, "--python-version", "3.14", "--implementation", "cp"),
    *("--platform", "pyemscripten_2026_0_wasm32"),
)
NOTICES = f"""\
Pyodide {PYODIDE} (with CPython compiled to WebAssembly): MPL-2.0, source at its project
CPython and its standard library: Python Software Foundation License
python-calamine 0.9.1 (calamine, Rust): MIT
olefile 0.47: BSD 2-Clause
jixiao_xlsx: MIT
"""
DATE = (1980, 1, 1, 0, 0, 0)


def engine() -> bytes:
    """Return the parts of the page that are the same for every form, as a zip. Raises NotFetched."""
    npm = fetched(
        f"pyodide-{PYODIDE}.tgz",
        "66b7949e5a0cba2250b586d7e368bf12fb482800748d182c4618254b685ffaa0",
        ["npm", "pack", "--silent", f"pyodide@{PYODIDE}"],
    )
    calamine = fetched(
        CALAMINE,
        "1f9a2f99d65f4cc647f3fc57ff80a2bb492bf8ce66a637b67064d1663697ae21",
        pip_download(*_FOR_BROWSER, "python-calamine==0.9.1"),
    )
    olefile = fetched(
        OLEFILE,
        "543c7da2a7adadf21214938bb79c83ea12b473a4b6ee4ad4bf854e7715e13d1f",
        pip_download("--no-deps", _ONLY, "olefile==0.47"),
    )
    parts = {"calamine.whl": calamine.read_bytes(), "olefile.whl": olefile.read_bytes()}
    with tarfile.open(npm) as package:
        for name, part in [
            *((one, one) for one in PYODIDE_FILES),
            ("pyodide-lock.json", "lock.json"),
        ]:
            member = package.extractfile(f"package/{name}")
            assert member
            parts[part] = member.read()
    parts["NOTICES.txt"] = NOTICES.encode()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for name, data in parts.items():
            out.writestr(zipfile.ZipInfo(name, DATE), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def main() -> None:
    """Write the engine and, with -o, 自查.html."""
    from jixiao_xlsx.form.find_template import find_template
    from jixiao_xlsx.output.html.self_check_page import ENGINE, self_check_page

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("-o", "--output", type=Path, help="write 自查.html into this folder")
    given = options.parse_args()
    data = engine()
    ENGINE.write_bytes(data)
    print(f"{ENGINE.name}: {len(data) / 1e6:.1f} MB")
    if given.output:
        given.output.mkdir(parents=True, exist_ok=True)
        page = self_check_page(find_template())
        (given.output / "自查.html").write_bytes(page)
        print(f"自查.html: {len(page) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
