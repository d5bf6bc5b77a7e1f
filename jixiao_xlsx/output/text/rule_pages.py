"""The catalogue of rules for people and machines: `jixiao rules`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import indent
from typing import TYPE_CHECKING

from jixiao_xlsx.form.rule_examples import Example, examples, known_relations
from jixiao_xlsx.output.text.findings_json import as_json

if TYPE_CHECKING:
    from jixiao_xlsx.checking.rule import Rule
    from jixiao_xlsx.form.spec import Template

FAMILIES = {
    "BAL": "表内平衡",
    "REC": "表间勾稽",
    "RAT": "执行率与比率",
    "AMT": "金额与数字",
    "STR": "表样与填报",
    "IND": "绩效指标",
    "PLA": "合理性",
    "REF": "与财政掌握的数和批复目标核对",
    "INT": "程序",
}
_ACTION = {"错误": "必须改正", "警告": "可以附情况说明", "提示": "仅供参考"}


def rules_text(rules: Sequence[Rule]) -> str:
    """Return one line per rule."""
    lines = [f"{rule.code}  {rule.severity.label}  {rule.title}" for rule in rules]
    return "\n".join([*lines, f"共 {len(rules)} 条。看其中一条：jixiao rules 编号", ""])


def rule_text(rule: Rule, template: Template) -> str:
    """Return the page of a rule: purpose, basis, severity, relations and examples."""
    lines = [
        f"{rule.code}  {rule.title}",
        f"级别：{rule.severity.label}（{_ACTION[rule.severity.label]}）",
        f"说明：{_flowing(rule.doc) or rule.title}".replace("\n\n", "\n"),
        f"依据：{rule.basis}",
    ]
    if rule.relations:
        lines.append(f"勾稽关系：{'、'.join(rule.relations)}")
    for kind, example in zip(_KINDS, examples(template, rule.code), strict=True):
        if example:
            lines += [
                "",
                f"{kind}：{example.name}",
                *(indent(text.strip("\n"), "    ") for text in _example_texts(example)),
            ]
    return "\n".join([*lines, ""])


_KINDS = ("反例", "正例")
MEND = "改法："


def _example_texts(example: Example) -> list[str]:
    """Return the tables of a case as text, and the cells of its findings."""
    tables = [f"《{name}》\n{text.strip()}" for name, text in example.tables.items()]
    notes = [f"（{note}）" for note in example.notes]
    return [*tables, *notes, *([f"报在：{'、'.join(example.finds)}"] if example.finds else [])]


def rules_json(rules: Sequence[Rule], template: Template) -> bytes:
    """Return the catalogue as a JSON list."""
    return as_json(
        [
            {
                "code": rule.code,
                "title": rule.title,
                "severity": rule.severity.value,
                "basis": rule.basis,
                "relations": list(rule.relations),
                "doc": what,
                "fix": mend,
                "examples": {
                    kind: {
                        "name": example.name,
                        "tables": dict(example.tables),
                        "finds": list(example.finds),
                    }
                    for kind, example in zip(_KINDS, examples(template, rule.code), strict=True)
                    if example
                },
            }
            for rule in rules
            for what, _, mend in [_flowing(rule.doc).partition(f"\n\n{MEND}")]
        ]
    )


def rules_markdown(rules: Sequence[Rule], template: Template) -> str:
    """Return the catalogue as a page, family by family."""
    pieces = [
        f"# 规则目录\n\n表单：{template.title}（`{template.id}` {template.version}），"
        f"共 {len(rules)} 条。本页由 `jixiao rules --format markdown` 生成。\n"
    ]
    for family in dict.fromkeys(rule.code[:3] for rule in rules):
        pieces.append(f"## {FAMILIES.get(family, family)}\n")
        pieces += [_section(rule, template) for rule in rules if rule.code.startswith(family)]
    return "\n".join([*pieces, *_relations_section(rules, template)])


def _relations_section(rules: Sequence[Rule], template: Template) -> Iterator[str]:
    """Yield every known relation with the rules that check it, or why none does."""
    relations = known_relations(template)
    if not relations:
        return
    yield "## 勾稽关系对照\n\n| 编号 | 关系 | 规则 |\n| --- | --- | --- |"
    for relation in relations:
        codes = "、".join(rule.code for rule in rules if relation.number in rule.relations)
        reason = f"；{relation.reason}" if codes and relation.reason else relation.reason
        yield f"| {relation.number} | {relation.formula} | {codes or '—'}{reason} |"
    yield ""


def _section(rule: Rule, template: Template) -> str:
    facts = [f"- 级别：{rule.severity.label}", f"- 依据：{rule.basis}"]
    if rule.relations:
        facts.append(f"- 勾稽关系：{'、'.join(rule.relations)}")
    body = f"{_flowing(rule.doc)}\n\n" if rule.doc else ""
    cases = [
        f"\n{kind}：{example.name}\n\n```text\n" + "\n".join(_example_texts(example)) + "\n```\n"
        for kind, example in zip(_KINDS, examples(template, rule.code), strict=True)
        if example
    ]
    return f"### {rule.code} {rule.title}\n\n{body}" + "\n".join(facts) + "\n" + "".join(cases)


def _flowing(doc: str) -> str:
    """Return a docstring as running text: Chinese needs no space at a line break."""
    paragraphs = doc.split("\n\n")
    return "\n\n".join(
        "".join(line.strip() for line in paragraph.splitlines()) for paragraph in paragraphs
    )
