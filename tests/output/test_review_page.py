"""审核.html: every cause of the season with its cells, by keyboard alone, offline and inert."""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import fakes
import pytest

import jixiao_xlsx as jx
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.html.found_in_file import found_in_file
from jixiao_xlsx.output.html.review_page import review_page
from jixiao_xlsx.output.text.notices import notices
from jixiao_xlsx.season.at_stake import at_stake, most_at_stake
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import Expected, Finding
from jixiao_xlsx.values.season import Season
from jixiao_xlsx.values.severity import Severity

SAMPLES = Path(__file__).parents[2] / "samples"
HOSTILE = ("<script>x()</script>", '"><img src=x onerror=x()>', "a\u2028b", "长" * 100_000)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Season, Path]:
    out = tmp_path_factory.mktemp("run")
    inbox = out / "in"
    inbox.mkdir()
    for path in sorted((SAMPLES / "inbox").glob("*.xlsx"))[:14]:
        shutil.copy(path, inbox)
    season = jx.run(inbox, out / "out", roster=SAMPLES / "departments.csv", jobs=1)
    return season, out / "out" / "审核.html"


@pytest.mark.parametrize(
    ("typed", "low", "high", "unit", "gap"),
    [
        ("130.62", "142.99", "143.00", "万元", "123700"),
        ("1,430,000.00 元", "142.99", "143.00", "元", "1429857"),
        ("142.99", "142.99", "143.00", "万元", "0"),
        ("看附件", "1", "1", "元", None),
        ("3", "1", "1", "辆", None),
    ],
)
def test_the_money_at_stake_is_the_gap_to_what_is_admissible(
    typed: str, low: str, high: str, unit: str, gap: str | None
) -> None:
    expected = Expected(Decimal(low), Decimal(high), unit)
    place = Place("收支总表", "D4")
    one = Finding("BAL101", Severity.ERROR, place, "合计", "决算数", typed, "", expected=expected)
    assert at_stake(one) == (None if gap is None else Decimal(gap))
    assert most_at_stake([one]) == Decimal(gap or 0)


def test_every_notice_of_every_department_is_in_the_page(played: tuple[Season, Path]) -> None:
    season, file = played
    page = file.read_text(encoding="utf-8")
    assert page.count("<template id=") == len(season.submitted) == page.count('<li data-at="')
    for entry in season.submitted:
        assert entry.report is not None
        listed = notices(entry.report.findings, entry.report.causes)
        part = gzip.decompress(entry.page).decode()
        assert part in page and part.count("<article") == len(listed)
        for finding in entry.report.findings:
            assert f"<span>{finding.message}</span>" in unescape(part)
    assert len(page.encode()) < 75_000 * len(season.submitted)


def test_the_page_asks_nothing_of_anybody(played: tuple[Season, Path]) -> None:
    page = played[1].read_text(encoding="utf-8")
    assert page.count("<script") == page.count("<style") == 1
    assert "default-src 'none'" in page and not re.search(r"(?:src|href)=|https?://|url\(", page)
    assert not re.search(r"<!--[A-Z]", page)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_department_typed_is_text_and_never_markup(text: str) -> None:
    form = find_template()
    one = replace(fakes.findings()[0], reported=text, problem=text, item=text)
    entry = fakes.answered(text[:200], fakes.card(form), [one])
    assert entry.report is not None
    part = found_in_file(fakes.submission(form), entry.report, form)
    packed = replace(entry, page=gzip.compress(part.encode()))
    season = replace(fakes.season(form), entries=(packed,))
    page = b"".join(review_page(season, form)).decode()
    assert page.count("<script") == 1 and "<img" not in page and len(page) < 1_000_000


# -------------------------------------------------------------------------------- in a real browser

webdriver = pytest.importorskip("selenium.webdriver")
needs_browser = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")),
    reason="needs Debian's chromium and chromium-driver",
)


@pytest.fixture(scope="module")
def browser(played: tuple[Season, Path]) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_argument("--window-size=1366,768")
    options.add_argument("--host-resolver-rules=MAP * ~NOTFOUND")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    try:
        driver.get(played[1].as_uri())
        yield driver
    finally:
        driver.quit()


def press(driver: Any, *keys: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(driver).send_keys(*keys).perform()


@pytest.mark.browser
@needs_browser
def test_the_keyboard_alone_goes_through_every_cause(
    browser: Any, played: tuple[Season, Path]
) -> None:
    wanted = sum(
        len(notices(one.report.findings, one.report.causes))
        for one in played[0].submitted
        if one.report
    )
    seen = []
    press(browser, "j")
    for _ in range(wanted + len(played[0].submitted) + 2):
        press(browser, "j")
        one = browser.execute_script(
            "const it = document.querySelector('article.here');"
            "return it && [document.querySelector('li.here b').textContent, it.textContent,"
            " it.getBoundingClientRect().top < innerHeight]"
        )
        if one and one not in seen:
            assert one[2], "the cause is in sight"
            seen.append(one)
    assert len({(one[0], one[1]) for one in seen}) == wanted
    assert not browser.get_log("browser")


@pytest.mark.browser
@needs_browser
def test_the_filters_leave_what_they_ask_for(browser: Any) -> None:
    press(browser, "\ue00c")  # Escape
    script = """
        const [id, value] = arguments, field = document.getElementById(id);
        field.value = value;
        field.dispatchEvent(new Event('input'));
        return [...document.querySelectorAll('#list li')].filter(one => !one.hidden)
            .map(one => one.dataset)"""
    passed = browser.execute_script(script, "result", "通过")
    assert passed and {one["result"] for one in passed} == {"通过"}
    everything = browser.execute_script(script, "result", "")
    assert len(everything) > len(passed)
    dear = browser.execute_script(script, "stake", "1000000")
    assert len(dear) < len(everything) and all(float(one["stake"]) >= 1e6 for one in dear)
