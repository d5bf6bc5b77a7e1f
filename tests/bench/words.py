"""500 random departments, each with a right report and one with a number changed: what is accused,
what is missed.

python tests/bench/words.py [DEPARTMENTS]
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "prose")]

from test_random_reports import judged  # noqa: E402


def main(number: int) -> int:
    """Exit code 1 where something right is accused or more than a twentieth is missed."""
    start = time.perf_counter()
    accused, missed = judged(number, random.Random(2023), print)
    print(
        f"{number} 个部门：误报 {len(accused)}，改动一个数后查出 {1 - len(missed) / number:.1%}，"
        f"{time.perf_counter() - start:.0f} 秒"
    )
    for message in accused[:20]:
        print(message)
    return int(bool(accused) or len(missed) * 20 > number)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
