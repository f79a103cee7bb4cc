"""The same few people and things in every test.

Chloe is a customer. Omar is the ops manager, Ana the analyst, Ada the administrator. Sam is a
stranger: he has an account, ordered nothing, and should see nothing of anybody else's.
"""

from datetime import UTC, datetime

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import AsyncClient, Client, TestCase

from catalogue.models import Product, Reason
from catalogue.stock import adjust
from core.roles import ADMIN, ANALYST, OPS
from customers.models import Customer
from orders.models import Order
from orders.placing import place_order
from payments.recording import record_cancellation, record_payment, record_refund

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def customer(name: str) -> Customer:
    """Make a customer with an account."""
    address = f"{name.lower()}@purelaka.example"
    user = get_user_model().objects.create_user(username=address, email=address)
    return Customer.objects.create(user=user, name=name, joined_at=NOON)


def staff(name: str, role: str):
    """Make a member of staff with one role."""
    address = f"{name.lower()}@purelaka.example"
    user = get_user_model().objects.create_user(username=address, email=address, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def product(name: str, price_minor: int, *, is_listed: bool = True, stock: int = 100) -> Product:
    """Make a product."""
    slug = name.lower().replace(" ", "-")
    made = Product.objects.create(
        sku=slug.upper()[:32], name=name, slug=slug, price_minor=price_minor, is_listed=is_listed
    )
    if stock:
        adjust(made, stock, reason=Reason.RECEIVED, by=None, now=NOON)
        made.refresh_from_db()
    return made


def is_browser(value: object) -> bool:
    """Whether it is a test's browser, or several: once one has asked for a page, it cannot be sent."""
    return any(
        isinstance(one, Client | AsyncClient) for one in (value if isinstance(value, list) else [value])
    )


class StoreTestCase(TestCase):
    """A store with its people, a mug for £14.00 and a teapot for £38.00, and no orders."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.chloe, cls.sam = customer("Chloe"), customer("Sam")
        cls.omar, cls.ana, cls.ada = staff("Omar", OPS), staff("Ana", ANALYST), staff("Ada", ADMIN)
        cls.mug, cls.teapot = product("Mug", 1400), product("Teapot", 3800)

    def __getstate__(self) -> dict[str, object]:
        """Leave the browsers behind when a part that failed goes to another process (`test --parallel`)."""
        return {name: value for name, value in vars(self).items() if not is_browser(value)}

    def order(self, *, mugs: int = 2, at: datetime = NOON) -> Order:
        """Let Chloe order mugs, £28.00 unless told otherwise."""
        order = place_order(self.chloe, {self.mug: mugs})
        order.placed_at = at
        order.save(update_fields=["placed_at"])
        return order

    def paid_order(self, *, refunded_minor: int = 0, at: datetime = NOON, mugs: int = 2) -> Order:
        """Let Chloe order mugs and pay, and give some of it back."""
        order = self.order(at=at, mugs=mugs)
        payment = record_payment(
            order, intent_id=f"pi_{order.reference}", amount_minor=order.total_minor, now=at
        )
        record_refund(payment, refunded_minor=refunded_minor, now=at)
        return order

    def cancelled_order(self, *, at: datetime = NOON) -> Order:
        """Let Chloe order mugs and not pay."""
        order = self.order(at=at)
        record_cancellation(order, now=at)
        return order
