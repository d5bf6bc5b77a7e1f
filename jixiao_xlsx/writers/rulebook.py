"""The catalogue of rules for people and machines: `jixiao rules`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jixiao_xlsx.writers.records import as_json

if TYPE_CHECKING:
    from jixiao_xlsx.rules import Rule
    from jixiao_xlsx.spec import Template

FAMILIES = {
    "BAL": "表内平衡",
    "REC": "表间勾稽",
    "RAT": "执行率与比率",
    "AMT": "金额与数字",
    "STR": "表样与填报",
    "IND": "绩效指标",
    "PLA": "合理性",
    "REF": "与财政批复数核对",
    "INT": "程序",
}
_ACTION = {"错误": "必须改正", "警告": "可以附情况说明", "提示": "仅供参考"}


def rules_text(rules: Sequence[Rule]) -> str:
    """One line per rule."""
    lines = [f"{rule.code}  {rule.severity.label}  {rule.title}" for rule in rules]
    return "\n".join([*lines, f"共 {len(rules)} 条。看其中一条：jixiao rules 编号", ""])


def rule_text(rule: Rule) -> str:
    """One rule: what it looks at, why, on what basis, how severe, which relations it covers."""
    lines = [
        f"{rule.code}  {rule.title}",
        f"级别：{rule.severity.label}（{_ACTION[rule.severity.label]}）",
        f"说明：{_flowing(rule.doc) or rule.title}",
        f"依据：{rule.basis}",
    ]
    if rule.relations:
        lines.append(f"勾稽关系：{'、'.join(rule.relations)}")
    return "\n".join([*lines, ""])


def rules_json(rules: Sequence[Rule]) -> bytes:
    """The catalogue as a JSON list."""
    return as_json(
        [
            {
                "code": rule.code,
                "title": rule.title,
                "severity": rule.severity.value,
                "basis": rule.basis,
                "relations": list(rule.relations),
                "doc": _flowing(rule.doc),
            }
            for rule in rules
        ]
    )


def rules_markdown(rules: Sequence[Rule], template: Template) -> str:
    """The catalogue as a page, family by family."""
    pieces = [f"# 规则目录\n\n表单：{template.title}（`{template.id}` {template.version}），共 {len(rules)} 条。本页由"
              " `jixiao rules --format markdown` 生成。\n"]  # fmt: skip
    for family in dict.fromkeys(rule.code[:3] for rule in rules):
        pieces.append(f"## {FAMILIES.get(family, family)}\n")
        pieces += [_section(rule) for rule in rules if rule.code.startswith(family)]
    return "\n".join(pieces)


def _section(rule: Rule) -> str:
    facts = [f"- 级别：{rule.severity.label}", f"- 依据：{rule.basis}"]
    if rule.relations:
        facts.append(f"- 勾稽关系：{'、'.join(rule.relations)}")
    body = f"{_flowing(rule.doc)}\n\n" if rule.doc else ""
    return f"### {rule.code} {rule.title}\n\n{body}" + "\n".join(facts) + "\n"


def _flowing(doc: str) -> str:
    """A docstring as running text: Chinese needs no space where a line was broken."""
    paragraphs = doc.split("\n\n")
    return "\n\n".join("".join(line.strip() for line in paragraph.splitlines()) for paragraph in paragraphs)
