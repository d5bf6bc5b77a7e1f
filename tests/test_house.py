"""The house: data goes one way, files stay readable, and Python knows no form by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from jixiao_xlsx.form.find_template import templates_folder

PACKAGE = Path(__file__).parent.parent / "jixiao_xlsx"
# The rooms in the order of the flow: a room imports itself and those before it, never one after it.
# A folder that is not listed fails the test, so that a new room must be given its place.
ROOMS = (
    "values", "form", "intake", "reading", "scoring", "checking", "prose",
    "examining", "season", "output", "batch", "locale", "",
)  # fmt: skip
MOST_LINES, MOST_MODULES = 400, 16


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the package with its dotted name inside it; "" for the package itself."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__"), path


NAMES = {name for name, _ in modules()}


def room_of(name: str) -> str:
    """The room a module stands in; "" for what stands at the top."""
    return name.partition(".")[0] if (PACKAGE / name.partition(".")[0]).is_dir() else ""


def imported(path: Path, *, at_the_top: bool = False) -> set[str]:
    """The modules of this package that a module imports; `at_the_top`: when it is imported
    itself.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = _outside_functions(tree) if at_the_top else ast.walk(tree)
    found = set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: imports are absolute"
            base = node.module or ""
            found |= {f"{base}.{alias.name}" for alias in node.names} | {base}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    inner = {name.partition(".")[2] for name in found if name.partition(".")[0] == "jixiao_xlsx"}
    return {name for name in inner if name in NAMES}


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        typing = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
        if not typing and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            yield from _outside_functions(child)


def upward(name: str, path: Path) -> list[str]:
    """What a module imports from a room that comes after its own."""
    own = ROOMS.index(room_of(name))
    return [other for other in imported(path) if other and ROOMS.index(room_of(other)) > own]


@pytest.mark.parametrize(("name", "path"), list(modules()), ids=str)
def test_data_goes_one_way(name: str, path: Path) -> None:
    assert room_of(name) in ROOMS
    assert not upward(name, path)


def test_an_import_that_goes_back_is_found(tmp_path: Path) -> None:
    wrong = tmp_path / "amounts.py"
    wrong.write_text("def late() -> None:\n    from jixiao_xlsx.season import rounds\n")
    assert "season.rounds" in upward("values.amounts", wrong)
    assert not upward("batch.run", wrong)


def test_no_circle_of_imports() -> None:
    """No module needs itself, by whatever way, inside functions too."""
    needs = {name: imported(path) - {name} for name, path in modules() if name}
    needs = {name: {one for one in others if one} for name, others in needs.items()}
    packages = {name for name, path in modules() if path.name == "__init__.py"}
    left = {name: others - packages for name, others in needs.items() if name not in packages}
    while free := {name for name, others in left.items() if not others & left.keys()}:
        left = {name: others for name, others in left.items() if name not in free}
    assert not left, f"in a circle, or above one: {sorted(left)}"


def test_rooms_stay_readable() -> None:
    """The words engine is exempt until the issue on sentences has rebuilt it."""
    for name, path in modules():
        lines = path.read_text(encoding="utf-8").count("\n")
        assert lines <= MOST_LINES or room_of(name) == "prose", f"{name}: {lines} lines"
    for folder in {path.parent for _, path in modules()}:
        inside = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        assert len(inside) <= MOST_MODULES, f"{folder.name}: {len(inside)} modules"


def test_nothing_stands_at_the_top_but_the_doors() -> None:
    flat = {path.name for path in PACKAGE.iterdir() if path.is_file()}
    assert flat == {"__init__.py", "__main__.py", "cli.py", "py.typed"}


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
        if ".rules." not in name:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                first = ast.unparse(node.args)
                is_rule = (
                    first.startswith(("evidence: Evidence", "evidence: ProseEvidence"))
                    and ast.unparse(node.returns or ast.Constant("")) == "Iterator[Observation]"
                )
                decorated = any(
                    isinstance(d, ast.Call) and ast.unparse(d.func) == "rule"
                    for d in node.decorator_list
                )
                assert is_rule == decorated, f"{name}.{node.name}"
