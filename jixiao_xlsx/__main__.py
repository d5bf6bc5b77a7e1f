"""`python -m jixiao_xlsx` is `jixiao`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; Ctrl-C while it is imported is one line too, and 130."""
    try:
        from jixiao_xlsx.cli import main as command
    except KeyboardInterrupt:
        sys.stderr.write("已中断。\n")
        sys.exit(130)
    command(prog_name="jixiao")


if __name__ == "__main__":
    main()
