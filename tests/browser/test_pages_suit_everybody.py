"""On a telephone, with the keyboard alone: the store can be used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from browser.demo import Demo, Visit

pytestmark = pytest.mark.acceptance

PAGES = {
    "": ("/", "/accounts/sign-in/", "/accounts/sign-up/", "/products/stoneware-mug/"),
    "chloe": ("/orders/", "/orders/new/"),
    "ana": ("/analytics/", "/analytics/?days=90"),
    "omar": ("/analytics/", "/products/stoneware-mug/stock/"),
}


@pytest.fixture
def phone(demo: Demo, browser: Any) -> Iterator[Visit]:
    """Somebody with a small telephone."""
    with browser.new_context(
        viewport={"width": 360, "height": 640}, is_mobile=True, has_touch=True
    ) as context:
        yield Visit(page=context.new_page(), demo=demo)


@pytest.mark.parametrize("account", PAGES)
def test_no_page_is_wider_than_a_telephone(phone: Visit, account: str) -> None:
    if account:
        phone.sign_in(account)
    for path in PAGES[account]:
        phone.open(path)

        assert width(phone) <= 360, path


def test_a_page_that_is_wider_is_noticed(phone: Visit) -> None:
    phone.open("/")

    phone.page.evaluate("document.querySelector('h1').style.width = '361px'")

    assert width(phone) > 360


def width(visit: Visit) -> int:
    """How many pixels wide one can scroll."""
    return int(visit.page.evaluate("document.documentElement.scrollWidth"))


def test_text_in_a_drawing_is_large_enough_to_read_on_a_telephone(phone: Visit) -> None:
    phone.sign_in("ana")
    phone.open("/analytics/")

    assert smallest_text(phone) >= 10


def test_text_that_is_too_small_is_noticed(phone: Visit) -> None:
    phone.sign_in("ana")
    phone.open("/analytics/")

    phone.page.evaluate("document.querySelector('svg text').style.fontSize = '4px'")

    assert smallest_text(phone) < 10


def smallest_text(visit: Visit) -> float:
    """How many pixels high the smallest text in the drawings is."""
    heights = visit.page.evaluate(
        "[...document.querySelectorAll('svg text')].map(t => t.getBoundingClientRect().height)"
    )
    return float(min(heights))


def test_the_dashboard_can_be_used_with_the_keyboard_alone(visit: Visit) -> None:
    visit.sign_in("ana")
    visit.open("/analytics/")

    stops = tab_through(visit.page, most=40)

    assert stops[0] == "Skip to the content"
    for stop in ("7 days", "90 days", "Pounds a day, drawn", "Orders a day, drawn", "Day by day, as a table"):
        assert stop in stops
    assert "purelaka-orders-v1.csv" in stops


def test_a_link_that_the_keyboard_does_not_reach_is_noticed(visit: Visit) -> None:
    visit.sign_in("ana")
    visit.open("/analytics/")

    visit.page.get_by_role("link", name="90 days", exact=True).evaluate("link => link.tabIndex = -1")

    stops = tab_through(visit.page, most=40)
    assert "7 days" in stops
    assert "90 days" not in stops


def test_what_has_the_focus_is_seen(visit: Visit) -> None:
    visit.open("/")

    assert outlines(visit, stops=3) == ["solid"] * 3


def test_a_focus_that_is_not_seen_is_noticed(visit: Visit) -> None:
    visit.open("/")

    visit.page.evaluate("document.querySelectorAll('a, button').forEach(one => one.style.outline = 'none')")

    assert outlines(visit, stops=3) == ["none"] * 3


def outlines(visit: Visit, *, stops: int) -> list[str]:
    """Press Tab so many times, and list how what has the focus is outlined."""
    found = []
    for _ in range(stops):
        visit.page.keyboard.press("Tab")
        found.append(visit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
    return found


def test_a_customer_orders_with_the_keyboard_alone(visit: Visit) -> None:
    visit.sign_in("chloe")
    visit.open("/orders/new/")
    tab_to(visit.page, "Teapot for two")
    visit.page.keyboard.type("1")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/orders/PL-*/")

    assert "Thank you. We have your order" in visit.says()


NAME = """() => { const one = document.activeElement;
  const label = one.labels && one.labels[0] && one.labels[0].innerText;
  return one.getAttribute('aria-label') || label || one.innerText; }"""


def tab_through(page: Any, *, most: int) -> list[str]:
    """Press Tab again and again, and list what one comes to."""
    stops = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stops.append(str(page.evaluate(NAME)).strip())
    return stops


def tab_to(page: Any, name: str) -> None:
    """Press Tab until something of that name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if str(page.evaluate(NAME)).strip() == name:
            return
    raise AssertionError(f"The keyboard never came to {name!r}.")


def test_a_field_that_the_keyboard_does_not_reach_is_noticed(visit: Visit) -> None:
    visit.sign_in("chloe")
    visit.open("/orders/new/")

    with pytest.raises(AssertionError, match="never came to 'A chair'"):
        tab_to(visit.page, "A chair")
