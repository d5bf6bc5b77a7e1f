"""An ordinary department of the county, to start a particular one from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from county.accounts import Accounts, Line, line
from county.book import Belongings, Book, Survey, Task
from county.money import vary
from county.roster import Entry

GENERAL_SERVICES = "一般公共服务支出"


def payroll(
    key: str,
    subject: str,
    staff: int,
    *,
    head: int = 92_000,
    office: int = 15_000,
    rate: str = "0.985",
) -> list[Line]:
    """The lines that pay the staff: the office's own subject, social security, health, housing."""
    return [
        line(
            key,
            "县本级",
            subject,
            wages=int(staff * head * 0.74),
            office=staff * office,
            rate=rate,
            original="0.97",
        ),
        line(key, "县本级", "社会保障和就业支出", wages=int(staff * head * 0.13), original="0.96"),
        line(key, "县本级", "卫生健康支出", wages=int(staff * head * 0.05), original="0.98"),
        line(key, "县本级", "住房保障支出", wages=int(staff * head * 0.08), original="0.97"),
    ]


def projects(key: str, subject: str, *figures: tuple[str, int, str]) -> list[Line]:
    """Project lines: (source, budget in 元, share spent)."""
    start = {"上年结转": "0", "上级下达": "0.6"}
    return [
        line(key, source, subject, project=budget, rate=rate, original=start.get(source, "0.92"))
        for source, budget, rate in figures
    ]


def trips(key: str, staff: int) -> dict[str, tuple[int, int, int]]:
    """三公 below budget and below last year."""
    car, guest = 18_000 + 700 * staff, 6_000 + 150 * staff
    spend = {title: vary(key + title, 70, 96) for title in ("车", "客", "会", "训")}
    return {
        "其中：公务用车运行维护费": (int(car * 1.02), car, car * spend["车"] // 100),
        "公务接待费": (int(guest * 1.05), guest, guest * spend["客"] // 100),
        "会议费": (5_200, 6_000, 60 * spend["会"]),
        "培训费": (8_400, 9_000, 90 * spend["训"]),
    }


def belongings(key: str, staff: int) -> Belongings:
    return Belongings(
        assets={
            "房屋和构筑物": (1 + staff // 60, 1_250_000 + 18_000 * staff),
            "设备": (3 * staff + vary(key + "设备", 0, 9), 9_300 * staff),
            "图书和档案": (vary(key + "图书", 20, 200), 6_400),
            "家具和用具": (6 * staff + vary(key + "家具", 0, 20), 2_150 * staff),
        },
        worn=f"0.{vary(key + '折旧', 31, 58)}",
        vehicles={"应急保障用车": 1, "其他用车": staff // 40},
        purchases={"货物": (4_200 * staff, 4_050 * staff), "服务": (60_000, 57_500)},
    )


def surveys(key: str, *audiences: str) -> list[Survey]:
    """Two audiences or so, about 96 % content."""
    found = []
    for audience in audiences:
        sent = vary(key + audience, 8, 20) * 10
        returned = sent - vary(key + audience + "收", 2, 6)
        bad, fair = vary(key + audience + "不", 0, 1), vary(key + audience + "般", 1, 4)
        very = returned * 6 // 10
        found.append(
            Survey(audience, sent, returned, (very, returned - very - bad - fair, fair, bad))
        )
    return found


def tasks(*named: tuple[str, str, int]) -> list[Task]:
    """(task, how it went, share of the project money in percent)."""
    return [Task(name, done, Fraction(share, 100)) for name, done, share in named]


def usual(
    entry: Entry,
    file: str,
    staff: int,
    lines: Sequence[Line],
    named: Sequence[Task],
    *,
    accounts: Mapping[str, Any] | None = None,
    audiences: Sequence[str] = ("办事群众", "服务单位"),
    **changes: Any,
) -> Book:
    """A book with everything a department of that size has; `changes` are what is particular about
    this one.
    """
    facts: dict[str, Any] = {
        "posts": staff + vary(entry.name + "编制", 1, 3),
        "staff": staff,
        "staff_before": staff + vary(entry.name + "上年", -1, 2),
        "trips": trips(entry.name, staff),
        "belongings": belongings(entry.name, staff),
        "surveys": surveys(entry.name, *audiences),
        "tasks": named,
    } | changes
    return Book(
        entry=entry, file=file, accounts=Accounts(tuple(lines), **(accounts or {})), **facts
    )
