"""Mutants of the checker that no quick test notices: `python tests/bench/mutants.py [--only hints] [--limit 50] [--every 5]`.

Each mutant is one small change of one module (a rule that yields nothing, a term or a clause dropped, a comparison flipped, a
bound shifted), tried in a copy of the package; the tests that know the module run on it with a time cap. Survivors are printed.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "jixiao_xlsx"
MODULES = ("amounts", "balance", "equations", "hints", "indicators", "rules")
TESTS = {
    "amounts": ("test_amounts.py", "test_rule_cases.py"),
    "balance": ("test_rule_cases.py", "test_balance.py", "test_hints.py"),
    "equations": ("test_equations.py", "test_rule_cases.py"),
    "hints": ("test_hints.py", "test_rule_cases.py"),
    "indicators": ("test_indicators.py", "test_rule_cases.py"),
    "rules": ("test_rule_cases.py", "test_rules.py", "test_hints.py"),
}
SLOW = ("test_samples.py",)  # asked only of those that the quick tests let live
Change = Callable[[Any], object]
CAP = 180  # seconds, on a busy machine
OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: where, what, and how to find it again (the number of the node, and of the change at that node)."""

    module: Path
    line: int
    what: str
    node: int
    change: int

    def source(self) -> str:
        """The whole module with the change."""
        tree = ast.parse(self.module.read_text(encoding="utf-8"))
        target = list(ast.walk(tree))[self.node]
        list(_changes(target))[self.change][1](target)
        return ast.unparse(ast.fix_missing_locations(tree))

    def __str__(self) -> str:
        return f"{self.module.relative_to(ROOT)}:{self.line} {self.what}"


def modules(only: str) -> list[Path]:
    found = [
        path
        for name in MODULES
        for path in (sorted((PACKAGE / name).glob("*.py")) if name == "rules" else [PACKAGE / f"{name}.py"])
    ]
    return [path for path in found if not only or only in str(path.relative_to(PACKAGE))]


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of a module."""
    for number, node in enumerate(ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
        for change, (what, _) in enumerate(_changes(node)):
            yield Mutant(path, getattr(node, "lineno", 0), what, number, change)


def _changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """What can be done to a node: (words, function that does it in place)."""
    if isinstance(node, ast.FunctionDef) and len(node.body) > 1 and not node.name.startswith("__"):
        yield f"{node.name} gives nothing", _gives_nothing
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in OPPOSITE:
        new = OPPOSITE[type(node.ops[0])]
        yield f"{ast.unparse(node)[:70]}：{type(node.ops[0]).__name__}→{new.__name__}", lambda n: n.ops.__setitem__(0, new())
    elif isinstance(node, ast.BoolOp):
        yield f"{ast.unparse(node)[:70]}：last clause dropped", lambda n: n.values.pop()
    elif (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Add | ast.Sub)
        and not isinstance(node.left, ast.Constant | ast.JoinedStr)
    ):
        yield f"{ast.unparse(node)[:70]}：term dropped", _drop_term
    elif isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
        yield f"{node.value}→{node.value + 1}", lambda n: setattr(n, "value", n.value + 1)


def _gives_nothing(node: ast.FunctionDef) -> None:
    """A generator yields nothing, a function returns None."""
    stops: list[ast.stmt] = [ast.Return()]
    node.body = [*([node.body[0]] if ast.get_docstring(node) else []), *stops, *node.body]


def _drop_term(node: ast.BinOp) -> None:
    node.op, node.right = ast.Add(), ast.Constant(0)


def tests_of(path: Path) -> list[str]:
    return list(TESTS["rules" if path.parent.name == "rules" else path.stem])


class Bench:
    """A copy of the package in which one module at a time is replaced."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(PACKAGE, folder / "jixiao_xlsx", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("workbook_templates", "samples"):
            (folder / name).symlink_to(ROOT / name)
        self.tests = shutil.copytree(ROOT / "tests", folder / "tests", ignore=shutil.ignore_patterns("__pycache__", "bench"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        self.broken: tuple[str, ...] = ()

    def survives(self, mutant: Mutant) -> bool:
        target = self.folder / mutant.module.relative_to(ROOT)
        kept = target.read_text(encoding="utf-8")
        target.write_text(mutant.source(), encoding="utf-8")
        try:
            return self.passes(tests_of(mutant.module)) and self.passes(list(SLOW))
        finally:
            target.write_text(kept, encoding="utf-8")

    def settle(self) -> None:
        """Tests that fail without any mutant are named and left out."""
        result = self.pytest([*sorted({test for tests in TESTS.values() for test in tests}), *SLOW], "-rf")
        self.broken = tuple(
            line.split(" - ")[0].removeprefix("FAILED ") for line in result.stdout.splitlines() if line.startswith("FAILED ")
        )
        for name in self.broken:
            print(f"没有变异也不通过，略去：{name}")

    def passes(self, tests: list[str]) -> bool:
        try:
            return self.pytest(tests, "-x").returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def pytest(self, tests: list[str], *options: str) -> subprocess.CompletedProcess[str]:
        found = [f"tests/{test}" for test in tests if (self.tests / test).is_file()]
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header", *options, *found]
        command += [word for name in self.broken for word in ("--deselect", name)]
        here = {**os.environ, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(command, cwd=self.folder, env=here, capture_output=True, text=True, timeout=CAP)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="part of a module's path, such as hints or rules/rates")
    parser.add_argument("--limit", type=int, default=0, help="at most that many")
    parser.add_argument("--every", type=int, default=1, help="every n-th mutant")
    parser.add_argument("--start", type=int, default=0, help="begin at the n-th")
    args = parser.parse_args()
    found = [mutant for path in modules(args.only) for mutant in mutants(path)][args.start :: args.every]
    found = found[: args.limit] if args.limit else found
    alive, start = [], time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name))
        bench.settle()
        for number, mutant in enumerate(found, 1):
            if bench.survives(mutant):
                alive.append(mutant)
                print(f"存活 {mutant}", flush=True)
            if number % 25 == 0:
                print(f"  …… {number}/{len(found)}，存活 {len(alive)}，{time.perf_counter() - start:.0f} 秒", flush=True)
    print(f"变异 {len(found)} 个，杀死 {len(found) - len(alive)} 个，存活 {len(alive)} 个")


if __name__ == "__main__":
    main()
