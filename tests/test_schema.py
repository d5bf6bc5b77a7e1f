"""findings.json and run.json are as docs/schema says, and the schemas allow no other key."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fakes import season
from jsonschema import Draft202012Validator

from jixiao_xlsx.cli import main
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.text.findings_json import findings_json
from jixiao_xlsx.output.text.run_record import run_document

ROOT = Path(__file__).parent.parent
NAMES = ("findings", "run")


def schema(name: str) -> Draft202012Validator:
    text = (ROOT / "docs" / "schema" / f"{name}.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What the sample files give, with a round before, a decision and a broken file; and what is
    made up for all cases together."""
    folder = tmp_path_factory.mktemp("run")
    inbox = sorted((ROOT / "samples" / "inbox").glob("*.xlsx"))[:4]
    (broken := folder / "坏.xlsx").write_bytes(b"nothing")
    roster = ["--roster", str(ROOT / "samples" / "departments.csv")]
    files = [*map(str, inbox), str(broken)]
    for number, more in enumerate(([], ["--previous", str(folder / "0")])):
        command = ["run", *files, "-o", str(folder / str(number)), "--jobs", "1", *roster, *more]
        assert CliRunner().invoke(main, command, catch_exceptions=False).exit_code == 0
    made = {
        name: [
            json.loads((folder / number / f"{name}.json").read_text(encoding="utf-8"))
            for number in "01"
        ]
        for name in NAMES
    }
    template = find_template()
    invented = season(template)
    made["findings"].append(
        json.loads(b"".join(findings_json(invented.entries, template, invented.findings)))
    )
    made["run"].append(json.loads(run_document(invented, {"a": "0" * 64}, {})))
    return made


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_as_the_schema_says(name: str, written: dict[str, list[Any]]) -> None:
    Draft202012Validator.check_schema(schema(name).schema)
    for document in written[name]:
        errors = [
            f"{error.json_path}: {error.message}" for error in schema(name).iter_errors(document)
        ]
        assert not errors, errors[:5]


@pytest.mark.parametrize("name", NAMES)
def test_another_key_or_one_too_few_is_found(name: str, written: dict[str, list[Any]]) -> None:
    for path in set(objects(written[name][0])):
        for change in (lambda at: at.update(neu=1), lambda at: at.pop(next(iter(at)))):
            document = copy.deepcopy(written[name][0])
            at = document
            for step in path:
                at = at[step]
            if at and path[-1:] not in {("checked",), ("by_result",)}:
                change(at)
                assert not schema(name).is_valid(document), path


def objects(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all objects; of a list, of its first one."""
    if isinstance(value, dict):
        yield path
        for key, inner in value.items():
            yield from objects(inner, (*path, key))
    elif isinstance(value, list) and value:
        yield from objects(value[0], (*path, 0))
