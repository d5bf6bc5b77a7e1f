"""Mutants of the checker that no test notices: `python tests/bench/mutants.py [--only hints,rates]
[--part 1/4] [--all]`.

Each mutant is one small change of one module: a function that gives nothing, a term or a clause
dropped, a comparison flipped, a bound shifted. The tests are collected once and run once, to learn
which of them reach which line; then every mutant gets a fork of that warmed process, in which the
changed code takes the place of the old and the tests that reach it run until one fails. What
survives must stand in `equivalent.toml`, with the reason why it changes nothing.
"""

from __future__ import annotations

import argparse
import ast
import gc
import os
import signal
import sys
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, field, fields
from decimal import Decimal, InvalidOperation
from functools import _lru_cache_wrapper, cache
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "jixiao_xlsx"
EXPLAINED = Path(__file__).with_name("equivalent.toml")
MODULES = (
    "values/amounts*.py", "values/equations.py", "scoring/*.py", "checking/balance/*.py",
    "checking/equation_messages.py",
    "checking/rules/*.py",
)  # fmt: skip
PROSE = "prose/rules/*.py"  # NAR: held by the corpora of sentences, tried apart
TESTS = (
    "values", "checking", "scoring", "form/test_spec.py", "form/test_relations.py",
    "season/test_waivers.py", "season/test_across_departments.py",
)  # fmt: skip
PROSE_TESTS = ("prose",)
LEFT_OUT = "not samples_are_plain and not crashes_on"  # the pages of messages hold it more sharply
FEW = 5  # tests that reach a line
CALLS = 400  # of a function without a new line: the test reaches no more of it
# seconds of computing that a test may take beyond twice its usual time: what runs longer has
# noticed
CAP = 5
Change = Callable[[Any], object]
OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


# -------------------------------------------------------------------------------------- the changes


@dataclass(frozen=True)
class Mutant:
    """One change: where, what (a name for it that outlives other edits), and how to find it
    again.
    """

    module: Path
    where: str
    what: str
    lines: range
    node: int
    change: int

    def code(self) -> CodeType:
        """The whole module with the change, line numbers kept."""
        tree = ast.parse(self.module.read_text(encoding="utf-8"))
        target = list(ast.walk(tree))[self.node]
        list(_changes(target))[self.change][1](target)
        return compile(ast.fix_missing_locations(tree), str(self.module), "exec", dont_inherit=True)

    @property
    def key(self) -> tuple[str, str]:
        """What equivalent.toml calls it: without its module, so that it outlives moves."""
        return self.where, self.what

    def __str__(self) -> str:
        return f"{self.module.relative_to(ROOT)}:{self.lines.start} {self.where}：{self.what}"


def modules(only: str = "") -> list[Path]:
    """The modules to change; `only` names parts of paths, which may lie in prose/rules, too."""
    globs = (*MODULES, PROSE) if only else MODULES
    found = [path for glob in globs for path in sorted(PACKAGE.glob(glob))]
    return [
        path
        for path in found
        if any(part in str(path.relative_to(PACKAGE)) for part in only.split(","))
    ]


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of a module. Equal changes of one function are numbered."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    homes = dict(_homes(tree, "", range(0)))
    seen: Counter[tuple[str, str]] = Counter()
    for number, node in enumerate(ast.walk(tree)):
        for change, (what, _) in enumerate(_changes(node)):
            where, lines, context = homes[node]
            if isinstance(node, ast.Constant):
                what = f"{what} in {context}"
            seen[where, what] += 1
            again = f" ({seen[where, what]})" if seen[where, what] > 1 else ""
            yield Mutant(path, where, what + again, lines, number, change)


def _homes(
    node: ast.AST, where: str, lines: range, context: str = ""
) -> Iterator[tuple[ast.AST, tuple[str, range, str]]]:
    """For every node: the function it is in, the lines of its statement, and the text around a
    constant.
    """
    for child in ast.iter_child_nodes(node):
        inside, around, text = where, lines, context
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            inside = f"{where}.{child.name}".lstrip(".")
        if isinstance(child, ast.stmt):
            last = (
                child.body[0].lineno - 1
                if hasattr(child, "body") and not isinstance(child, ast.FunctionDef)
                else child.end_lineno
            )
            around = range(child.lineno, max(last or 0, child.lineno) + 1)
        if isinstance(child, ast.expr | ast.comprehension) and not isinstance(child, ast.Constant):
            text = ast.unparse(child)[:70]
        elif isinstance(child, ast.stmt):
            text = ast.unparse(child).partition("\n")[0][:70]
        yield child, (inside, around, text)
        yield from _homes(child, inside, around, text)


def _changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """What can be done to a node: (words, function that does it in place)."""
    if isinstance(node, ast.FunctionDef) and len(node.body) > 1 and not node.name.startswith("__"):
        yield "gives nothing", _gives_nothing
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in OPPOSITE:
        new = OPPOSITE[type(node.ops[0])]
        yield (
            f"{_text(node)}：{type(node.ops[0]).__name__}→{new.__name__}",
            lambda n: n.ops.__setitem__(0, new()),
        )
    elif isinstance(node, ast.BoolOp):
        yield f"{_text(node)}：last clause dropped", _drop_clause
    elif (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Add | ast.Sub)
        and not isinstance(node.left, ast.Constant | ast.JoinedStr)
    ):
        yield f"{_text(node)}：term dropped", _drop_term
    elif (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int)
        and not isinstance(node.value, bool)
    ):
        yield f"{node.value}→{node.value + 1}", lambda n: setattr(n, "value", n.value + 1)
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Decimal"
        and _decimal(node)
    ):
        yield (
            f"{_text(node)}：+1",
            lambda n: setattr(n.args[0], "value", str(Decimal(n.args[0].value) + 1)),
        )


def _text(node: ast.AST) -> str:
    return ast.unparse(node)[:90]


def _decimal(call: ast.Call) -> bool:
    try:
        return (
            isinstance(call.args[0], ast.Constant)
            and isinstance(call.args[0].value, str)
            and bool(Decimal(call.args[0].value) + 1)
        )
    except (InvalidOperation, IndexError):
        return False


def _gives_nothing(node: ast.FunctionDef) -> None:
    """A generator yields nothing, a function returns None."""
    node.body = [*([node.body[0]] if ast.get_docstring(node) else []), ast.Return(), *node.body]


def _drop_clause(node: ast.BoolOp) -> None:
    """The clause stays where it is never reached, so that the function closes over the same
    names.
    """
    last = node.values.pop()
    node.values[-1] = ast.IfExp(ast.Constant(True), node.values[-1], last)


def _drop_term(node: ast.BinOp) -> None:
    node.right = ast.IfExp(ast.Constant(True), ast.Constant(0), node.right)
    node.op = ast.Add()


# ---------------------------------------------------------------------------------------- the tests


@dataclass
class Bench:
    """A pytest plugin: learns what the collected tests reach, then tries every mutant instead of
    running them.
    """

    found: list[Mutant]
    alive: list[Mutant] = field(default_factory=list)
    unreached: int = 0
    reach: dict[tuple[str, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    took: list[float] = field(default_factory=list)
    killers: Counter[int] = field(default_factory=Counter)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        files = {str(mutant.module) for mutant in self.found}
        for number, item in enumerate(session.items):
            self._learn(
                number,
                item,
                session.items[number + 1] if number + 1 < len(session.items) else None,
                files,
            )
        living = _functions(files)
        _caches()
        gc.collect()
        gc.freeze()  # the forks share these pages as long as nobody counts in them
        start = time.perf_counter()
        for number, mutant in enumerate(self.found, 1):
            if self._survives(mutant, session.items, living):
                self.alive.append(mutant)
            if number % 100 == 0:
                print(
                    f"  …… {number}/{len(self.found)}，存活 {len(self.alive)}，"
                    f"{time.perf_counter() - start:.0f} 秒",
                    flush=True,
                )
        return True

    def _learn(
        self, number: int, item: pytest.Item, after: pytest.Item | None, files: set[str]
    ) -> None:
        reached: set[tuple[str, int]] = set()
        calls: dict[CodeType, tuple[int, int]] = {}

        def local(frame: FrameType, event: str, arg: object) -> object:
            reached.add((frame.f_code.co_filename, frame.f_lineno))
            return local

        def trace(frame: FrameType, event: str, arg: object) -> object:
            code = frame.f_code
            if code.co_filename not in files:
                return None
            reached.add((code.co_filename, frame.f_lineno))
            idle, known = calls.get(code, (0, 0))
            idle = idle + 1 if known == len(reached) else 0
            calls[code] = (idle, len(reached))
            return local if idle < CALLS else None

        for remembered in (
            _caches()
        ):  # what an earlier test has had worked out is reached by this one all the same
            if sys.modules[remembered.__module__].__file__ in files:
                remembered.cache_clear()
        start = time.process_time()
        sys.settrace(trace)  # type: ignore[arg-type]
        reports = runtestprotocol(item, log=False, nextitem=after)
        sys.settrace(None)
        self.took.append(time.process_time() - start)
        if any(report.failed for report in reports):
            print(f"没有变异也不通过，略去：{item.nodeid}")
        elif not any(report.skipped for report in reports):
            for place in reached:
                self.reach[place].append(number)

    def _survives(
        self,
        mutant: Mutant,
        items: list[pytest.Item],
        living: dict[tuple[str, str, int], list[FunctionType]],
    ) -> bool:
        file = str(mutant.module)
        wanted = {number for line in mutant.lines for number in self.reach.get((file, line), ())}
        if not wanted:
            self.unreached += mutant.where != ""
        if (
            len(wanted) < FEW
        ):  # what is worked out once and remembered is reached by the first test only
            wanted = set(range(len(items)))
        order = sorted(wanted, key=lambda number: (-self.killers[number], self.took[number]))
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os.close(reader)
            os._exit(
                _try(
                    mutant,
                    [(number, items[number], CAP + 2 * self.took[number]) for number in order],
                    living,
                    writer,
                )
            )
        os.close(writer)
        with os.fdopen(reader) as pipe:
            answer = pipe.read()
        _, status = os.waitpid(child, 0)
        if answer:
            self.killers[int(answer)] += 1
        return status == 0


def _try(
    mutant: Mutant,
    tests: list[tuple[int, pytest.Item, float]],
    living: dict[tuple[str, str, int], list[FunctionType]],
    out: int,
) -> int:
    """In the fork: 1 when a test noticed; one that takes too long (seconds of computing, not of
    waiting) ends the process.
    """
    gc.disable()
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    try:
        _replace(mutant, living)
    except Exception:  # the module can't even be imported with the change
        return 1
    for number, item, seconds in tests:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        if any(report.failed for report in runtestprotocol(item, log=False, nextitem=None)):
            os.write(out, str(number).encode())
            return 1
    return 0


def _functions(files: set[str]) -> dict[tuple[str, str, int], list[FunctionType]]:
    """Every living function of the modules, closures and methods included, by the place where it
    was written.
    """
    found: dict[tuple[str, str, int], list[FunctionType]] = defaultdict(list)
    for thing in gc.get_objects():
        if type(thing) is FunctionType and thing.__code__.co_filename in files:
            found[_place(thing.__code__)].append(thing)
    return found


def _place(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _replace(mutant: Mutant, living: dict[tuple[str, str, int], list[FunctionType]]) -> None:
    """The changed code in every living function; a changed constant of the module wherever it was
    imported.
    """
    changed = mutant.code()
    for code in _inside(changed):
        for function in living.get(_place(code), ()):
            function.__code__ = code
    _defaults(mutant, living)
    if not mutant.where:
        _constants(mutant, dict(vars(sys.modules[_name(mutant)])))
    for remembered in _caches():
        remembered.cache_clear()


@cache
def _caches() -> list[Any]:
    """What the package remembers between calls; asked for once, before the forks."""
    found = [thing for thing in gc.get_objects() if isinstance(thing, _lru_cache_wrapper)]
    return [thing for thing in found if thing.__module__.startswith("jixiao_xlsx")]


def _defaults(mutant: Mutant, living: dict[tuple[str, str, int], list[FunctionType]]) -> None:
    """A changed default value: no part of the function's code."""
    tree = ast.parse(mutant.module.read_text(encoding="utf-8"))
    target = list(ast.walk(tree))[mutant.node]
    list(_changes(target))[mutant.change][1](target)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(
            part is target for one in node.args.defaults for part in ast.walk(one)
        ):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            for (file, name, line), functions in living.items():
                if file == str(mutant.module) and line == first and name.endswith(node.name):
                    for function in functions:
                        values = (
                            ast.fix_missing_locations(ast.Expression(one))
                            for one in node.args.defaults
                        )
                        function.__defaults__ = tuple(
                            eval(compile(one, file, "eval"), function.__globals__) for one in values
                        )
        elif isinstance(node, ast.ClassDef) and any(
            line is target for one in node.body for line in ast.walk(one)
        ):
            _field(mutant, node, target)


def _field(mutant: Mutant, node: ast.ClassDef, target: ast.AST) -> None:
    """A changed default of a dataclass's field: where the field's __init__ keeps it."""
    home = next(
        (
            one
            for one in node.body
            if isinstance(one, ast.AnnAssign) and any(n is target for n in ast.walk(one))
        ),
        None,
    )
    if home is None or home.value is None or not isinstance(home.target, ast.Name):
        return
    module = sys.modules[_name(mutant)]
    made = getattr(module, node.name)
    kept = [
        one.name
        for one in fields(made)
        if one.init and (one.default is not MISSING or one.default_factory is not MISSING)
    ]
    value = eval(
        compile(ast.fix_missing_locations(ast.Expression(home.value)), str(mutant.module), "eval"),
        vars(module),
    )
    known = made.__init__.__defaults__
    made.__init__.__defaults__ = tuple(
        value if name == home.target.id else old for name, old in zip(kept, known, strict=True)
    )


def _name(mutant: Mutant) -> str:
    return ".".join(mutant.module.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _inside(code: CodeType) -> Iterator[CodeType]:
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield part
            yield from _inside(part)


def _constants(mutant: Mutant, known: dict[str, Any]) -> None:
    """Evaluates the one changed assignment and puts its value wherever the old one is known by that
    name.
    """
    tree = ast.parse(mutant.module.read_text(encoding="utf-8"))
    target = list(ast.walk(tree))[mutant.node]
    list(_changes(target))[mutant.change][1](target)
    home = next(s for s in tree.body if any(n is target for n in ast.walk(s)))
    if not isinstance(home, ast.Assign | ast.AnnAssign):
        raise NotImplementedError
    fresh = dict(known)
    exec(
        compile(ast.fix_missing_locations(ast.Module([home], [])), str(mutant.module), "exec"),
        fresh,
    )
    names = [
        n.id
        for t in (home.targets if isinstance(home, ast.Assign) else [home.target])
        for n in ast.walk(t)
        if isinstance(n, ast.Name)
    ]
    for module in list(sys.modules.values()):
        for name in names:
            if getattr(module, name, None) is known[name]:
                setattr(module, name, fresh[name])


# --------------------------------------------------------------------------------------- the report


def explained() -> dict[tuple[str, str], str]:
    """Why a surviving mutant changes nothing that anybody could see."""
    with EXPLAINED.open("rb") as stream:
        return {(one["where"], one["what"]): one["why"] for one in tomllib.load(stream)["mutant"]}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", default="", help="parts of modules' paths, such as hints,rules/rates"
    )
    parser.add_argument("--part", default="1/1", help="the n-th of so many parts")
    parser.add_argument(
        "--all", action="store_true", help="try the explained ones, too: each runs all its tests"
    )
    args = parser.parse_args()
    part, parts = map(int, args.part.split("/"))
    found = [mutant for path in modules(args.only) for mutant in mutants(path)][part - 1 :: parts]
    in_prose = any(path.match(f"jixiao_xlsx/{PROSE}") for path in modules(args.only))
    files = [str(ROOT / "tests" / test) for test in TESTS + (PROSE_TESTS if in_prose else ())]
    known = explained()
    bench = Bench([mutant for mutant in found if args.all or mutant.key not in known])
    options = [
        "-q",
        "-n0",
        "-k",
        LEFT_OUT,
        "-p",
        "no:cacheprovider",
        "--no-header",
        "-W",
        "ignore",
        f"--rootdir={ROOT}",
    ]
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    pytest.main([*options, *files], plugins=[bench])
    strange = [mutant for mutant in bench.alive if mutant.key not in known]
    for mutant in strange:
        print(f"存活 {mutant}")
    there = {mutant.key for path in modules() for mutant in mutants(path)}
    for where, what in known.keys() - there:
        print(f"equivalent.toml 里的这一处已不存在：{where}：{what}")
    for mutant in bench.found if args.all else ():
        if mutant.key in known and mutant not in bench.alive:
            print(f"equivalent.toml 里的这一处有测试看得出：{mutant}")
    for path in dict.fromkeys(mutant.module for mutant in found):
        every, tried, alive, unexplained = (
            sum(mutant.module == path for mutant in group)
            for group in (found, bench.found, bench.alive, strange)
        )
        print(
            f"{path.relative_to(PACKAGE)}：变异 {every} 个，杀死 {tried - alive} 个，"
            f"已说明 {every - tried + alive - unexplained} 个（其中没有再试的 {every - tried} 个），没有说明的 "
            f"{unexplained} 个"
        )
    print(f"没有说明的共 {len(strange)} 个；没有测试走到的 {bench.unreached} 个")
    sys.exit(bool(strange))


if __name__ == "__main__":
    main()
