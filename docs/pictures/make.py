"""Draw the pictures of the blank workbook for README.zh-CN.md again: `python docs/pictures/make.py`.

Needs the package, LibreOffice and poppler. Each picture is one page of a workbook, cut at its lowest mark.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT / "samples" / "xiangmu"), str(ROOT / "samples")]

import generate as projects  # noqa: E402
from county import faulty, roster  # noqa: E402
from jixiao_xlsx.roster import read_bureau  # noqa: E402
from jixiao_xlsx.spec import find_template  # noqa: E402
from jixiao_xlsx.writers.blank import write_workbook  # noqa: E402

DPI = 68


@dataclass(frozen=True)
class Picture:
    """A page of a workbook, found by a pattern of its text, and how much of its height is shown (1: all)."""

    name: str
    book: str
    pattern: str
    height: float = 1.0


PICTURES = (
    Picture("blank-guide", "blank", "目录", 0.85),
    Picture("blank-accounts", "blank", "收入支出决算总表 填报单位", 0.75),
    Picture("blank", "blank", "偏差原因及改进措施"),
    Picture("wrong-funds", "wrong", "资金预算执行表.*单位：万元", 0.9),
    Picture("wrong-selfcheck", "wrong", "核对关系.*✗ 差", 0.8),
    Picture("project", "project", "项目支出绩效自评表", 0.75),
)


def write_books(folder: Path) -> None:
    """The blank workbook as a department gets it, one filled with faults, and one of several projects."""
    form, county = find_template(), roster.load()
    bureau = read_bureau(ROOT / "samples" / "bureau.toml")
    department = county["县水务局"]
    write_workbook(
        form,
        folder / "blank.xlsx",
        year=2023,
        department=department.name,
        code=department.code,
        bureau=bureau,
    )
    wrong = next(one for one in faulty.faulty_forms(county, form) if "交通" in one.department)
    write_workbook(
        form, folder / "wrong.xlsx", filling=wrong.filling(), year=2023, department=wrong.department
    )
    project = find_template(projects.FORM)
    write_workbook(project, folder / "project.xlsx", filling=projects.BOOKS[1].filling)


def pages(pdf: Path) -> list[str]:
    """The text of every page, spaces joined."""
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True)
    return [" ".join(page.split()) for page in done.stdout.decode().split("\f")]


def main() -> None:
    """Every picture, beside this file."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_books(folder)
        books = [
            str(folder / f"{book}.xlsx")
            for book in dict.fromkeys(picture.book for picture in PICTURES)
        ]
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [
            "soffice",
            "--headless",
            "--norestore",
            profile,
            "--convert-to",
            "pdf",
            "--outdir",
            name,
            *books,
        ]
        subprocess.run(command, check=True, capture_output=True)
        for picture in PICTURES:
            pdf = folder / f"{picture.book}.pdf"
            page = next(
                number
                for number, text in enumerate(pages(pdf), 1)
                if re.search(picture.pattern, text)
            )
            draw(pdf, page, picture)


def draw(pdf: Path, page: int, picture: Picture) -> None:
    """One page of `pdf` as a PNG."""
    info = subprocess.run(
        ["pdfinfo", "-f", str(page), "-l", str(page), str(pdf)], check=True, capture_output=True
    ).stdout.decode()
    size = (
        next(line for line in info.splitlines() if "size:" in line and line.startswith("Page"))
        .split("size:")[1]
        .split()
    )
    width, height = (round(float(number) * DPI / 72) for number in (size[0], size[2]))
    cut = ["-x", "0", "-y", "0", "-W", str(width), "-H", str(round(height * picture.height))]
    out = HERE / picture.name
    subprocess.run(
        [
            "pdftoppm",
            "-png",
            "-singlefile",
            "-r",
            str(DPI),
            "-f",
            str(page),
            "-l",
            str(page),
            *cut,
            str(pdf),
            str(out),
        ],
        check=True,
    )


if __name__ == "__main__":
    main()
