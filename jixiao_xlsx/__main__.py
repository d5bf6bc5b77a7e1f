"""`python -m jixiao_xlsx` is `jixiao`."""

from jixiao_xlsx.cli import main

if __name__ == "__main__":
    main(prog_name="jixiao")
