"""自检 while a clerk works in LibreOffice: rows inserted, sorted, deleted, values pasted.

Every verdict must be the checker's. JIXIAO_CLERKS=200 in the environment makes 200 workbooks.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Sequence
from pathlib import Path

import openpyxl
from printed import as_printed

from jixiao_xlsx.checking.balance.judging import judge
from jixiao_xlsx.checking.balance.verdicts import Outcome
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.xlsx.blank.book import write_workbook
from jixiao_xlsx.reading import workbook
from tests import office

RUNS = int(os.environ.get("JIXIAO_CLERKS", "3"))
FORM = find_template()
FUNDS, SURVEYS, ACCOUNTS = "资金预算执行表", "满意度调查", "收支总表"
FIRST, ROWS = 4, 20  # the open rows of 资金预算执行表 in the blank form
PYTHON = "/usr/bin/python3"  # the one that has `uno`

Step = list[object]


def steps(dice: random.Random) -> list[Step]:
    """Twenty rows or fewer typed, then what clerks do, in any order."""
    filled = dice.choice((3, 12, ROWS, ROWS))
    lines = list(range(FIRST, FIRST + filled))
    total = FIRST + ROWS
    made: list[Step] = [["type", "基本信息", "B5", "某局"], ["type", "基本信息", "B7", 2023]]
    for line in lines:
        made += row(dice, line)
    for _ in range(dice.randint(1, 4)):
        at = dice.choice((total, dice.choice(lines)))
        made.append(["insert", FUNDS, at, 1])
        total += 1
        if dice.random() < 0.8:  # a careful clerk copies the formulas of the row beside
            beside = at - 1 if at > FIRST else at + 1
            made += [["copy", FUNDS, f"{column}{beside}", f"{column}{at}"] for column in ("E", "I")]
        made += row(dice, at)
    if dice.random() < 0.5:
        made.append(["delete", FUNDS, dice.randint(FIRST, FIRST + filled - 1)])
        total -= 1
    if dice.random() < 0.5:
        made.append(["sort", FUNDS, f"A{FIRST}:D{total - 1}", 3])
    if dice.random() < 0.4:
        made.append(["values", FUNDS, f"C{FIRST}:I{dice.choice((FIRST + 2, total))}"])
    if dice.random() < 0.5:
        made.append(["type", FUNDS, f"{dice.choice('FGH')}{FIRST}", dice.randint(1, 900) / 100])
    return [*made, *survey(dice)]


def row(dice: random.Random, line: int) -> list[Step]:
    values = {column: dice.randint(0, 90_000) / 100 for column in "CDFGH"}
    cells: list[Step] = [["type", FUNDS, f"{column}{line}", x] for column, x in values.items()]
    return [["type", FUNDS, f"B{line}", f"科目{line}"], *cells]


def survey(dice: random.Random) -> list[Step]:
    made: list[Step] = []
    for line in range(5, 13):
        moods = [dice.randint(0, 40) for _ in range(4)]
        valid = sum(moods) + dice.choice((0, 0, 0, 1))
        figures = (valid + 5, valid + 2, valid, *moods)
        made += [
            ["type", SURVEYS, f"{column}{line}", x]
            for column, x in zip("BCDEFGH", figures, strict=True)
        ]
    made += [["insert", SURVEYS, 13, 1], ["type", SURVEYS, "A13", "新增对象"]]
    figures = (9, 8, 7, 3, 2, 1, dice.choice((1, 2)))
    return made + [
        ["type", SURVEYS, f"{column}13", x] for column, x in zip("BCDEFGH", figures, strict=True)
    ]


def accounts(book: Path, dice: random.Random) -> list[Step]:
    """收支总表 as the funds table has it, or nearly."""
    sheet = openpyxl.load_workbook(book, data_only=True)[FUNDS]
    total = next(line for line in sheet.iter_rows(min_row=FIRST) if line[0].value == "合计")
    made: list[Step] = []
    for at, ref in ((5, "D20"), (6, "D21"), (7, "D22")):
        wan = float(total[at].value or 0)
        off = dice.choice((0, 0, dice.randint(-90, 90), dice.randint(-900, 900)))
        made.append(["type", ACCOUNTS, ref, round(wan * 10_000 + off, 2)])
    return made


@office.office
def test_selfcheck_follows_the_clerk(tmp_path: Path) -> None:
    blank = tmp_path / "blank.xlsx"
    write_workbook(FORM, blank, year=2023)
    dices = [random.Random(seed) for seed in range(RUNS)]
    first = [(blank, tmp_path / f"first{n}.xlsx", steps(dice)) for n, dice in enumerate(dices)]
    worked(first, tmp_path)
    second = [
        (book, tmp_path / f"second{n}.xlsx", accounts(book, dices[n]))
        for n, (_, book, _) in enumerate(first)
    ]
    worked(second, tmp_path)
    wrong, compared = [], 0
    for _, book, _ in [*first, *second]:
        count, problems = differences(book)
        compared += count
        wrong += [f"{book.name}: {problem}" for problem in problems]
    assert wrong == []
    assert compared > 60 * RUNS


def worked(books: Sequence[tuple[Path, Path, list[Step]]], folder: Path) -> None:
    """Let LibreOffice do the steps of each (blank, target, steps)."""
    job = {
        "profile": str(folder / "profile"),
        "books": [{"blank": str(a), "target": str(b), "steps": made} for a, b, made in books],
    }
    path = folder / "job.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    script = Path(__file__).parent.parent / "uno_clerk.py"
    subprocess.run([PYTHON, str(script), str(path)], check=True, timeout=3600)


def differences(book: Path) -> tuple[int, list[str]]:
    """How many lines of 自检 were compared with the checker, and what differs."""
    shown = openpyxl.load_workbook(book, data_only=True)["自检"]
    lines: dict[tuple[str, str, str], str] = {}
    later: dict[tuple[str, str], str] = {}
    for line in shown.iter_rows(min_row=5, values_only=True):
        if line[0] and line[4]:
            lines[line[0], line[1], line[4]] = line[5]
            if str(line[2]).endswith("行起"):
                later[line[0], line[1]] = line[5]
    submission = workbook.read(book, FORM)
    seen, problems = 0, []
    failing: dict[tuple[str, str], list[str]] = {}
    for verdict, printed in as_printed(judge(submission, FORM), FORM):
        if not printed.cells:
            continue
        code, fails = printed.spec.code, verdict.outcome is Outcome.FAILS
        places = [(code, cell.sheet, cell.ref) for cell in printed.cells]
        key = next((place for place in places if place in lines), None)
        if key is None:
            if fails:
                failing.setdefault((code, printed.cells[0].sheet), []).append(printed.label)
            continue
        seen += 1
        noted = printed.column in printed.spec.note_columns and lines[key].startswith("△ 差")
        if fails != (lines[key].startswith("✗") or noted):
            problems.append(f"{key}: 自检 {lines[key]!r}，核对 {verdict.outcome.value}")
    for group, state in later.items():
        seen += 1
        if bool(failing.get(group)) != state.startswith("✗"):
            problems.append(f"{group}: 自检 {state!r}，核对 {failing.get(group)}")
    return seen, problems
