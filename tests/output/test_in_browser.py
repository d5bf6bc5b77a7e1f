"""自查.html in a real Chromium with the network off: the same findings as the command.

Needs Debian's chromium and chromium-driver, and the parts that packaging/browser/build.py fetches.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jixiao_xlsx.batch.single_files import check_files
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.html.self_check_page import ENGINE, self_check_page

webdriver = pytest.importorskip("selenium.webdriver")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (ENGINE.is_file() and shutil.which("chromium") and shutil.which("chromedriver")),
        reason="needs chromium, chromedriver, and packaging/browser/build.py",
    ),
]
INBOX = Path(__file__).parents[2] / "samples" / "inbox"
BOOKS = sorted(INBOX.glob("*.xlsx"))
BOOK, REPORT = INBOX / "水务局绩效自评表(1).xlsx", INBOX / "县水务局绩效评价报告.docx"
SECONDS = 240
Found = list[tuple[str, str, str, str]]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    page = tmp_path_factory.mktemp("page") / "自查.html"
    page.write_bytes(self_check_page(find_template()))
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_argument("--window-size=1366,768")
    options.add_argument("--host-resolver-rules=MAP * ~NOTFOUND")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    try:
        driver.get(page.as_uri())
        ready = "return document.body.dataset.started || document.body.dataset.fault"
        waited(driver, ready)
        assert not driver.execute_script("return document.body.dataset.fault")
        yield driver
    finally:
        driver.quit()


def waited(driver: Any, script: str) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(driver, SECONDS).until(lambda one: one.execute_script(script))


def findings_on_page(driver: Any, files: list[Path]) -> dict[str, Found]:
    """Return the findings of each file by code, sheet, cell and text, as the page shows them."""
    driver.find_element("id", "files").send_keys("\n".join(map(str, files)))
    waited(driver, "return document.getElementById('state').textContent.startsWith('查完')")
    script = """
        return [...document.querySelectorAll('section')].map(one => [one.dataset.file,
            one.dataset.fault || '', [...one.querySelectorAll('li[data-code]')].map(line => [
                line.dataset.code, line.dataset.sheet, line.dataset.cell,
                line.querySelector('span').textContent])])"""
    shown = driver.execute_script(script)
    driver.execute_script("document.getElementById('state').textContent = ''")
    assert not [fault for _, fault, _ in shown if fault]
    return {file: sorted(map(tuple, lines)) for file, _, lines in shown}


def findings_of_command(files: list[Path], report: Path | None = None) -> dict[str, Found]:
    entries = check_files(files, template=find_template(), report=report, jobs=1)
    return {
        entry.file: sorted(
            (one.code, one.place.sheet, one.place.cell, one.message)
            for one in entry.report.findings
        )
        for entry in entries
        if entry.report
    }


def test_the_samples(browser: Any) -> None:
    assert findings_on_page(browser, BOOKS) == findings_of_command(BOOKS)


def test_a_workbook_with_its_report(browser: Any) -> None:
    wanted = findings_of_command([BOOK], REPORT)
    assert findings_on_page(browser, [BOOK, REPORT])[BOOK.name] == wanted[BOOK.name]


def test_the_keyboard_reaches_the_choice_of_files(browser: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    browser.find_element("tag name", "body").send_keys(Keys.TAB)
    assert browser.switch_to.active_element.get_attribute("id") == "files"


def test_nothing_was_asked_of_the_network(browser: Any) -> None:
    """Only the page itself, and what it made of its own parts."""
    import json

    asked = [
        json.loads(line["message"])["message"]["params"]["request"]["url"]
        for line in browser.get_log("performance")
        if '"Network.requestWillBeSent"' in line["message"]
    ]
    assert asked and all(url.startswith(("file:", "blob:", "data:")) for url in asked)
    assert not [line for line in browser.get_log("browser") if line["level"] == "SEVERE"]
