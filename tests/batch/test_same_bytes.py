"""The same inbox gives the same bytes, in whatever order sets are gone through."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

INBOX = Path(__file__).parents[2] / "samples" / "inbox"


def test_the_order_of_sets_changes_no_byte(tmp_path: Path) -> None:
    inbox = tmp_path / "收件箱"
    inbox.mkdir()
    for path in sorted(INBOX.glob("县*.xlsx"))[:3]:
        shutil.copy2(path, inbox)
    trees = []
    for seed in ("1", "2"):
        output = tmp_path / seed
        command = [sys.executable, "-m", "jixiao_xlsx", "run", str(inbox), "-o", str(output)]
        subprocess.run(
            command, env=os.environ | {"PYTHONHASHSEED": seed}, check=True, capture_output=True
        )
        files = sorted(path for path in output.rglob("*") if path.is_file())
        trees.append({path.relative_to(output): path.read_bytes() for path in files})
    assert trees[0].keys() == trees[1].keys()
    assert [path for path in trees[0] if trees[0][path] != trees[1][path]] == []
