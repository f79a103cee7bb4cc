"""Money: whole minor units (pence) of one currency everywhere in the store, as Stripe has it.

Whole numbers add up exactly in Python, SQL and CSV alike. Names that hold one end in `_minor`.
"""

CURRENCY = "GBP"
MINOR_UNITS = 100


def format_money(minor: int) -> str:
    """Write an amount for people: 123456 becomes £1,234.56."""
    pounds, pence = divmod(abs(minor), MINOR_UNITS)
    sign = "-" if minor < 0 else ""
    return f"{sign}£{pounds:,}.{pence:02}"
