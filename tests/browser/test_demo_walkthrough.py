"""Every step of docs/demo_walkthrough.md, in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from browser.conftest import without_refusals
from browser.demo import ROOT, Visit, running_demo

pytestmark = pytest.mark.acceptance

WALKTHROUGH = ROOT / "docs" / "demo_walkthrough.md"


def chloe_orders_and_pays(visit: Visit) -> None:
    visit.sign_in("chloe")
    visit.press("Order", role="link")
    visit.page.get_by_label("Stoneware mug").fill("2")
    visit.press("Place the order")
    assert "Awaiting payment" in visit.says()
    visit.press("Pay £28.00")
    assert "This is a stand-in for Stripe." in visit.says()
    visit.press("Pay £28.00")
    visit.wait_for("Paid ·")
    visit.show("customer", "paid-order")
    visit.press("Your orders", role="link")
    visit.show("customer", "orders")


def a_stranger_sees_nothing_of_it(visit: Visit) -> None:
    order = visit.page.get_by_role("link", name=re.compile("^PL-")).first.get_attribute("href")
    visit.press("Sign out")
    visit.open(order)
    assert "/accounts/sign-in/" in visit.page.url
    visit.open("/accounts/sign-up/")
    words = "-".join(("seven", "blue", "kettles"))
    for label, answer in (
        ("Your name:", "Sam Stranger"),
        ("E-mail address:", "sam@purelaka.example"),
        ("Password:", words),
        ("Password confirmation:", words),
    ):
        visit.page.get_by_label(label, exact=True).fill(answer)
    visit.press("Create the account")
    visit.open(order)
    assert "There is nothing at this address" in visit.says()
    visit.show("stranger", "not-found")


def omar_keeps_the_stock(visit: Visit) -> None:
    visit.sign_in("omar")
    visit.open("/products/stoneware-mug/")
    visit.press("Stock: 28", role="link")
    visit.page.get_by_label("Quantity").fill("20")
    visit.press("Book it")
    said = visit.says()
    assert "In stock: 48" in said
    assert "omar@purelaka.example" in said
    visit.show("ops", "stock")


def omar_gives_a_part_back(visit: Visit) -> None:
    visit.press("Administration", role="link")
    visit.page.locator(".model-order th a").click()
    visit.page.locator("#result_list tbody th a").first.click()
    visit.press("View on site", role="link")
    visit.press("Give back", role="link")
    visit.page.get_by_label("Amount in pounds").fill("14.00")
    visit.press("Give back")
    visit.wait_for("£14.00 given back")
    visit.wait_for("Confirmed by Stripe")
    assert "Paid ·" in visit.says()
    visit.show("ops", "part-given-back")
    visit.open("/admin/payments/stripeevent/")
    newest = visit.page.locator("#result_list tbody tr").all()[:2]
    fields = (".field-event_type", ".field-attempts")
    kinds = [tuple(one.locator(field).inner_text() for field in fields) for one in newest]
    assert kinds == [("charge.refunded", "1"), ("payment_intent.succeeded", "1")]
    visit.show("ops", "stripe-events")


def ana_reads_the_figures(visit: Visit) -> None:
    visit.sign_in("ana")
    visit.open("/")
    visit.press("Figures", role="link")
    visit.press("90 days", role="link")
    drawings = visit.page.get_by_role("img")
    assert drawings.count() == 2
    assert re.match(
        r"Pounds a day from \S+ to \S+\. taken: [\d,]+ in all", drawings.first.get_attribute("aria-label")
    )
    assert visit.page.locator("tbody tr").count() == 90
    visit.show("analyst", "figures")
    with visit.page.expect_download() as download:
        visit.press("purelaka-orders-v1.csv", role="link")
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("schema,order_reference,placed_at")
    assert len(lines) > 60
    assert not any(telling in "\n".join(lines).lower() for telling in ("chloe", "@", "stranger"))


def omar_may_look_and_not_export(visit: Visit) -> None:
    visit.sign_in("omar")
    visit.open("/analytics/")
    assert visit.page.get_by_role("img").count() == 2
    assert "Exports" not in visit.says()
    visit.show("ops", "figures")
    visit.open("/analytics/exports/orders.csv")
    assert "Not for this account" in visit.says()
    visit.show("ops", "exports-refused")


def ada_runs_a_job_again(visit: Visit) -> None:
    others_are_refused(visit)
    visit.sign_in("ada")
    visit.press("Administration", role="link")
    visit.show("admin", "administration")
    visit.press("Job runs", role="link")
    visit.page.locator("#result_list tbody .action-select").first.check()
    visit.page.get_by_label("Action:").select_option(label="Run again")
    visit.press("Go")
    visit.page.get_by_text("1 jobs wait for a worker.").wait_for()
    assert "1 jobs wait for a worker." in visit.says()
    visit.wait_for("unchanged")
    assert visit.page.locator("#result_list .field-status").first.inner_text() == "Succeeded"
    visit.show("admin", "job-runs")


def others_are_refused(visit: Visit) -> None:
    """Each role at a door that is not its own."""
    for account, role, door in (
        ("chloe", "customer", "/analytics/"),
        ("ana", "analyst", "/products/stoneware-mug/stock/"),
    ):
        visit.sign_in(account)
        visit.open(door)
        assert "Not for this account" in visit.says(), role
        assert visit.status == 403
        visit.show(role, "refused")


def the_store_says_how_it_is(visit: Visit) -> None:
    answer = visit.page.goto(f"{visit.demo.address}/readyz")
    assert json.loads(answer.text()) == {
        "status": "ok",
        "checks": {"database": "ok", "migrations": "ok", "snapshot": "ok"},
    }
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-request-id"])


STEPS: dict[str, Callable[[Visit], None]] = {
    "1. Chloe orders and pays": chloe_orders_and_pays,
    "2. A stranger sees nothing of it": a_stranger_sees_nothing_of_it,
    "3. Omar keeps the stock": omar_keeps_the_stock,
    "4. Omar gives a part back": omar_gives_a_part_back,
    "5. Ana reads the figures": ana_reads_the_figures,
    "6. Omar may look and not export": omar_may_look_and_not_export,
    "7. Ada runs a job again": ada_runs_a_job_again,
    "8. The store says how it is": the_store_says_how_it_is,
}


# With a pointer at a desk, and with a thumb on a phone.
WIDTHS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1200, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
}


@pytest.fixture(params=WIDTHS)
def walker(request: pytest.FixtureRequest, tmp_path: Path, browser: Any) -> Iterator[Visit]:
    """Somebody who walks through a demo of their own: each step leaves something behind."""
    with (
        running_demo(tmp_path) as own,
        browser.new_context(**WIDTHS[request.param], accept_downloads=True) as context,
    ):
        visit = Visit(page=context.new_page(), demo=own, width=request.param)
        yield visit
        assert without_refusals(visit.complaints) == []


def test_every_step_of_the_walkthrough_works(walker: Visit) -> None:
    for step in STEPS.values():
        step(walker)


def test_the_walkthrough_has_these_steps_and_no_other() -> None:
    headings = re.findall(r"^## (\d+\. .+)$", WALKTHROUGH.read_text(encoding="utf-8"), re.MULTILINE)

    assert headings == list(STEPS)
