"""A customer's way through the page of a running shop, in a real browser."""

import shutil
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser(base_url: str) -> Iterator[Browser]:
    """The browser that is installed."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.skip(f"no browser is installed: looked for {', '.join(BROWSERS)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, base_url: str) -> Iterator[Page]:
    """The shop's page, opened afresh; it must not log any error."""
    errors: list[str] = []
    page = browser.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(base_url)
    yield page
    page.close()
    assert errors == []


def test_an_order_shows_its_total(page: Page) -> None:
    """Two mugs and a jug are ordered, and the page shows what they cost with tax."""
    page.get_by_label("Stoneware mug").fill("2")
    page.get_by_label("Water jug").fill("1")
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("status")).to_have_text("Order placed. Total: 47.62")


def test_an_impatient_customer_orders_once(page: Page, base_url: str) -> None:
    """A second press sends the same order again, which is then still one order."""
    page.get_by_label("Salad bowl").fill("1")
    answers = []
    for _ in range(2):
        with page.expect_response("**/api/orders") as answer:
            page.get_by_role("button", name="Place order").click()
        answers.append(answer.value.status)
    assert answers == [201, 200]
    order_id = page.locator("form").get_attribute("data-order-id")
    assert httpx.get(f"{base_url}/api/orders/{order_id}").status_code == 200


def test_an_empty_order_is_not_sent(page: Page) -> None:
    """The page asks for a product first."""
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("status")).to_have_text("Choose at least one product.")
