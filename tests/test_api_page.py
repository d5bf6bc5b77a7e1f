"""docs/api.md is what `python docs/make_api.py` writes, and names everything that is exported."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import jixiao_xlsx as jx

DOCS = Path(__file__).parent.parent / "docs"


def test_the_page_of_the_api_is_fresh_and_whole() -> None:
    spec = importlib.util.spec_from_file_location("make_api", DOCS / "make_api.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    assert module.page() == page, "run: python docs/make_api.py"
    assert all(f"### {name}\n" in page for name in jx.__all__)
    assert "ForwardRef" not in page and "/work" not in page and "object at 0x" not in page
