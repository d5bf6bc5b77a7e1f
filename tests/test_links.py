"""Links in the documents lead somewhere, and both READMEs say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")))
BOTH = ("README.md", "README.zh-CN.md")


def links(path: Path) -> list[str]:
    """The targets of the links and pictures of a page, outside its blocks of code."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.findall(r"\]\(([^)\s]+)\)", text)


def anchors(path: Path) -> set[str]:
    """The anchors of the headings of a page, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", heading.strip().lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in kept}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in links(page):
        if re.match(r"[a-z]+:", target):
            continue  # the network is not asked
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), f"{page.name}: {target}"
        if anchor and there.suffix == ".md":
            assert anchor in anchors(there), f"{page.name}: {target}"


def test_both_readmes_show_the_same_pictures_commands_and_figures() -> None:
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in BOTH]
    assert len({tuple(re.findall(r"docs/pictures/[\w-]+\.png", text)) for text in texts}) == 1
    options = [set(re.findall(r"^\| `(-[\w-]+)", text, re.MULTILINE)) for text in texts]
    assert options[0] == options[1] and len(options[0]) > 9
    commands = [re.findall(r"^ *`(jixiao [^`]+)`$", text, re.MULTILINE) for text in texts]
    assert commands[0] == commands[1] and len(commands[0]) >= 5
    for figure in ("91", "76", "53", "172", "129 MB", "53 MB", "14", "954.81"):
        assert all(figure in text for text in texts), figure


def test_the_first_useful_result_is_within_thirty_lines() -> None:
    for name in BOTH:
        head = (ROOT / name).read_text(encoding="utf-8").splitlines()[:30]
        assert any("jixiao run samples/inbox" in line for line in head)
        assert any(".png" in line for line in head)
