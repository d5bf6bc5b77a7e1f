"""Every relation of the field is held by a rule, or the page says why not."""

from __future__ import annotations

from pathlib import Path

from jixiao_xlsx.checking import rules
from jixiao_xlsx.examining.check import _catalogue, catalogue
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.rule_examples import examples, known_relations
from jixiao_xlsx.output.text.rule_pages import rules_markdown


def test_every_relation_is_accounted_for() -> None:
    template = find_template()
    relations = {relation.number: relation for relation in known_relations(template)}
    assert list(relations) == [f"C{number:02d}" for number in range(1, 75)]
    held = {number for rule in catalogue(template) for number in rule.relations}
    assert held <= relations.keys()
    for number, relation in relations.items():
        assert (number in held) != bool(relation.reason), number


def test_every_rule_has_both_kinds_of_example() -> None:
    template = find_template()
    for rule in catalogue(template):
        failing, passing = examples(template, rule.code)
        assert failing and failing.finds, rule.code
        assert passing and not passing.finds, rule.code


def test_retired_codes_are_never_used_again() -> None:
    listed = (Path(rules.__file__).parent / "retired.txt").read_text(encoding="utf-8").splitlines()
    retired = {line.strip() for line in listed if line.strip() and not line.startswith("#")}
    assert not retired & {rule.code for rule in catalogue(find_template())}


def test_the_page_says_of_every_relation_what_the_catalogue_does() -> None:
    template = find_template()
    _catalogue.cache_clear()  # pages of equations are made with their rules
    page = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    assert rules_markdown(catalogue(template), template) == page
