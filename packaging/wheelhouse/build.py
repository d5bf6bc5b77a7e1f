"""Fetch an offline wheelhouse for Linux with old glibc: python packaging/wheelhouse/build.py -o DIR.

Wheels for glibc 2.17 (manylinux2014) of x86_64 and aarch64, as on 麒麟 and UOS, for Python 3.11:
everything that the package needs, with its extras. On that machine, without a network:

    python3.11 -m pip install --no-index --find-links DIR/aarch64 "jixiao-xlsx[archives,pdf]"

A dependency whose floor has no such wheel (pandas 3 and numpy 2.4 have none) fails here.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "packaging")]

from downloads import CACHE, fetch_wheels, own_wheel

MACHINES = ("x86_64", "aarch64")
PYTHON = "3.11"
EXTRAS = "archives,pdf"
MOST = 120 * 10**6


def build(output: Path, machine: str) -> int:
    """Write the wheels for a machine into `output`/`machine`; return their size in bytes.

    Raises NotFetched, also where a dependency has no such wheel.
    """
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()[:16]
    target, kept = output / machine, CACHE / f"manylinux2014_{machine}-{wanted}"
    shutil.rmtree(target, ignore_errors=True)
    own = own_wheel(ROOT, target)
    platforms = (f"manylinux2014_{machine}", f"manylinux_2_17_{machine}")
    fetch_wheels(
        kept,
        f"wheels for {machine}",
        *(part for platform in platforms for part in ("--platform", platform)),
        *("--python-version", PYTHON, "--implementation", "cp"),
        f"{own}[{EXTRAS}]",
    )
    for wheel in kept.glob("*.whl"):
        if not wheel.name.startswith("jixiao_xlsx-"):
            shutil.copy(wheel, target)
    return sum(wheel.stat().st_size for wheel in target.glob("*.whl"))


def main() -> None:
    """Build both, and say how large they are."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("-o", "--output", type=Path, required=True)
    given = options.parse_args()
    for machine in MACHINES:
        size = build(given.output, machine)
        count = len(list((given.output / machine).glob("*.whl")))
        print(f"{machine}: {count} wheels, {size / 1e6:.0f} MB")
        if size > MOST:
            raise SystemExit(f"{machine}: larger than {MOST / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
