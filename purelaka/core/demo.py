"""The demo's data, worked out from numbers alone: the same day and the same sizes give the same store."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

DOMAIN = "@purelaka.example"
DAYS = 90
# Customers join during the first part of the window, so that the figures show growth and then repeat orders.
JOINING_DAYS = 60

PEOPLE = (("Ada Admin", "ada", "admin"), ("Omar Okafor", "omar", "ops"), ("Ana Alves", "ana", "analyst"))

OPS_MANAGER = "omar"

FIRST_NAMES = (
    "Chloe",
    "Ben",
    "Dina",
    "Emil",
    "Farah",
    "Gus",
    "Hana",
    "Ivo",
    "Jun",
    "Kofi",
    "Lena",
    "Mei",
    "Nils",
)
LAST_NAMES = ("Carter", "Bello", "Costa", "Dunn", "Eriksen", "Fox", "Gupta", "Hughes", "Ito", "Jones", "Khan")

# SKU, name, price in pence, how many are on the shelf at the end (so that one is low and one sold out), words.
PRODUCTS = (
    ("MUG-01", "Stoneware mug", 1400, 30, "Holds 350 ml. Thrown and glazed in Stoke-on-Trent."),
    ("POT-01", "Teapot for two", 3800, 12, "Pours without a drip. Holds 700 ml."),
    ("TEA-01", "Breakfast tea, 250 g", 890, 40, "Assam and Ceylon, loose leaf."),
    ("TEA-02", "Jasmine tea, 100 g", 1150, 40, "Green tea scented with jasmine, loose leaf."),
    ("BWL-01", "Soup bowl", 1650, 24, "Wide enough to see what you are eating."),
    ("PLT-01", "Dinner plate", 1900, 24, "26 cm, for every day. Goes into the dishwasher."),
    ("JUG-01", "Milk jug", 1250, 3, "Holds 250 ml. Sits well in the hand."),
    ("SPN-01", "Tea spoon, brass", 620, 60, "Measures one cup."),
    ("CAN-01", "Tea caddy", 2100, 18, "Airtight tin, holds 250 g."),
    ("LIN-01", "Linen tea towel", 980, 30, "Dries glasses without lint."),
    ("HON-01", "Heather honey, 340 g", 1075, 0, "From the North York Moors."),
    ("BIS-01", "Oat biscuits, 12", 540, 50, "Baked with butter. Best within a month."),
)

# What becomes of every ten orders in turn, so that even a handful shows each status.
FATES = (
    *("paid", "pending", "refunded", "cancelled", "paid"),
    *("paid", "partly-refunded", "paid", "cancelled", "paid"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What one demo order is."""

    reference: str
    customer: int
    quantities: tuple[tuple[int, int], ...]
    fate: str
    placed_at: datetime
    paid_at: datetime
    changed_at: datetime


def email(account: str) -> str:
    """Return an address that can never belong to anyone: .example is reserved."""
    return account + DOMAIN


def customer_email(number: int) -> str:
    """Return a customer's address; the first is Chloe's."""
    return email("chloe" if number == 0 else f"customer{number}")


def customer_name(number: int) -> str:
    """Name a customer. The first is Chloe Carter, as in the tests."""
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    last = LAST_NAMES[(number + number // len(FIRST_NAMES)) % len(LAST_NAMES)]
    return f"{first} {last}"


def joined_at(number: int, customers: int, today: date) -> datetime:
    """Spread the customers' accounts evenly over the first days of the window, the first one at its start."""
    day = today - timedelta(days=DAYS - number * JOINING_DAYS // customers)
    return datetime.combine(day, time(7), tzinfo=UTC)


def plan_order(number: int, customers: int, today: date) -> Plan:
    """Plan one order: within the window, by a customer who had joined, all of it before today."""
    dice = random.Random(f"purelaka order {number}")  # noqa: S311 (demo data must be the same every time)
    days_in = dice.randrange(DAYS)
    joined = min(customers, 1 + days_in * customers // JOINING_DAYS)
    midnight = datetime.combine(today - timedelta(days=DAYS - days_in), time.min, tzinfo=UTC)
    placed = midnight + timedelta(seconds=dice.randrange(8 * 3600, 21 * 3600))
    paid = placed + timedelta(seconds=dice.randrange(40, 1800))
    last_moment = datetime.combine(today, time.min, tzinfo=UTC) - timedelta(seconds=1)
    changed = min(paid + timedelta(hours=dice.randrange(2, 24 * 6)), last_moment)
    products = dice.sample(range(len(PRODUCTS)), dice.choice((1, 1, 2, 2, 3)))
    return Plan(
        reference=f"PL-DEMO{number:06}",
        customer=dice.randrange(joined),
        quantities=tuple((product, dice.choice((1, 1, 1, 2, 2, 4))) for product in products),
        fate=FATES[number % len(FATES)],
        placed_at=placed,
        paid_at=paid,
        changed_at=changed,
    )
