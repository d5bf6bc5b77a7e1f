"""The house: data goes one way, files stay readable, and Python knows no form by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from jixiao_xlsx.spec import templates_folder

PACKAGE = Path(__file__).parent.parent / "jixiao_xlsx"
# What each room may never know of. A room is a module, or a folder with everything in it.
VALUES = (
    "amounts",
    "equations",
    "model",
    "spec",
    "specfile",
    "specchecks",
    "copies",
    "reviewsheet",
)
JUDGING = (
    "balance",
    "indicators",
    "scorer",
    "hints",
    "slips",
    "rules",
    "settlement",
    "checker",
    "crosscheck",
    "telling",
    "review",
)
READING = (
    "reader",
    "ooxml",
    "ods",
    "grid",
    "typed",
    "part",
    "around",
    "locate",
    "tables",
    "leftovers",
    "reviewbook",
)
SHOWING = ("writers",)
RUNNING = ("intake", "workers", "batch", "handout", "cli", "console")


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield ".".join(path.relative_to(PACKAGE).with_suffix("").parts), path


def imported(path: Path) -> set[str]:
    """The rooms of this package that a module imports anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            inner = (
                [f"{node.module}.{alias.name}" for alias in node.names]
                if node.module == "jixiao_xlsx"
                else []
            )
            names = [node.module, *inner]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("jixiao_xlsx.")}
    return found


@pytest.mark.parametrize(
    ("rooms", "never"),
    [
        (VALUES, (*JUDGING, *READING, *SHOWING, *RUNNING)),
        (JUDGING, (*READING, *SHOWING, *RUNNING)),
        (READING, (*JUDGING, *SHOWING, *RUNNING)),
        (SHOWING, (*READING, *RUNNING)),
        (("intake",), ("workers", "batch", "cli", *SHOWING, *JUDGING)),
        (("batch", "workers", "handout"), ("cli", "console")),
    ],
    ids=lambda rooms: rooms[0],
)
def test_data_goes_one_way(rooms: tuple[str, ...], never: tuple[str, ...]) -> None:
    for name, path in modules():
        if name.split(".")[0] in rooms:
            assert not imported(path) & set(never), name


def test_the_arithmetic_stands_alone() -> None:
    assert imported(PACKAGE / "amounts.py") == set()
    assert imported(PACKAGE / "equations.py") == set()
    assert imported(PACKAGE / "model.py") == {"amounts"}


def test_python_knows_no_form_by_name() -> None:
    """A second form runs from data alone."""
    import tomllib

    names = set()
    for spec in templates_folder().glob("*/spec.toml"):
        data = tomllib.loads(spec.read_text(encoding="utf-8"))
        names |= {data["id"], data["title"], data["file_name"]}
    for name, path in modules():
        assert not constants(path) & names, name


def constants(path: Path) -> set[str]:
    """The texts in the code of a module, without what docstrings say."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bodies = [
        node.body
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    ]
    documents = {id(body[0].value) for body in bodies if body and isinstance(body[0], ast.Expr)}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documents
    }


def test_every_rule_function_is_registered() -> None:
    for name, path in modules():
        if not name.startswith("rules.") or name == "rules.__init__":
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                first = ast.unparse(node.args)
                is_rule = (
                    first.startswith("desk: Desk")
                    and ast.unparse(node.returns or ast.Constant("")) == "Iterator[Saw]"
                )
                decorated = any(
                    isinstance(d, ast.Call) and ast.unparse(d.func) == "rule"
                    for d in node.decorator_list
                )
                assert is_rule == decorated, f"{name}.{node.name}"
