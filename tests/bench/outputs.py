"""Everything the commands give on the samples, in one folder: run it before and after a change,
then `diff -r` the two.

    python tests/bench/outputs.py --jixiao jixiao FOLDER

The same input gives the same bytes, so whatever differs was changed. Two rounds with a reviewer's
scores are played through.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

SAMPLES = Path(__file__).parents[2] / "samples"
COMMANDS = ("template", "check", "score", "run", "report", "diff", "rules")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--jixiao", default="jixiao", help="the command to ask")
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, words in recipes(folder):
        done = subprocess.run(
            [arguments.jixiao, *map(str, words)], capture_output=True, check=False
        )
        (folder / f"{name}.stdout").write_bytes(done.stdout)
        errors = done.stderr.replace(str(folder).encode(), b"FOLDER")
        (folder / f"{name}.stderr").write_bytes(errors)
        (folder / f"{name}.exit").write_text(f"{done.returncode}\n")


def recipes(folder: Path) -> Sequence[tuple[str, Sequence[object]]]:
    """Each command with its arguments, by the name of what it gives."""
    inbox, projects = SAMPLES / "inbox", SAMPLES / "xiangmu" / "inbox"
    roster = SAMPLES / "departments.csv"
    seed = next(inbox.glob("*机关事务中心2023*.xlsx"))
    other = inbox / "青禾县信访局.xlsx"
    first = folder / "first"
    checks = [
        (f"check-{shape}", ["check", inbox, "--format", shape, "--fail-on", "never"])
        for shape in ("text", "json", "csv")
    ]
    rules = [
        (f"rules-{form}-{shape}", ["rules", "--format", shape, "-t", form])
        for form in ("bumen-zhengti", "xiangmu-zhichu")
        for shape in ("text", "json", "markdown")
    ]
    return [
        ("help", ["--help"]),
        *((f"help-{name}", [name, "--help"]) for name in COMMANDS),
        *rules,
        ("rule", ["rules", "BAL203"]),
        *checks,
        ("check-one", ["check", other]),
        ("check-projects", ["check", projects, "-t", "xiangmu-zhichu", "--fail-on", "never"]),
        ("score", ["score", inbox, "-o", folder / "score"]),
        ("run", ["run", inbox, "-o", first, "--roster", roster]),
        ("again", ["run", inbox, "-o", folder / "second", "--roster", roster, "--previous", first]),
        ("bare", ["run", inbox, "-o", folder / "bare", "--jobs", "1"]),
        (
            "projects",
            [
                "run",
                projects,
                "-o",
                folder / "projects",
                "-t",
                "xiangmu-zhichu",
                "--roster",
                roster,
            ],
        ),
        ("report", ["report", seed, "-o", folder / "report"]),
        ("diff", ["diff", seed, other]),
        ("blank", ["template", "-o", folder / "blank"]),
        (
            "blanks",
            [
                "template",
                "-o",
                folder / "blanks",
                "--roster",
                roster,
                "--year",
                "2024",
                "--last-year",
                inbox,
            ],
        ),
    ]


if __name__ == "__main__":
    main()
