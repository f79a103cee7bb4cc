"""The statuses of an order, in their one spelling."""

from django.db import models


class OrderStatus(models.TextChoices):
    """What is true of an order's money. Nobody sets it by hand: it follows from what was recorded."""

    PENDING = "pending", "Awaiting payment"
    PAID = "paid", "Paid"
    REFUNDED = "refunded", "Refunded"
    CANCELLED = "cancelled", "Cancelled"


# Stripe writes American English. Words from outside are translated here and nowhere else.
FROM_OUTSIDE = {"canceled": OrderStatus.CANCELLED}


def normalise_status(word: str) -> OrderStatus:
    """Translate a status from outside, or raise ValueError when the store has no such status."""
    tidy = word.strip().lower()
    return FROM_OUTSIDE.get(tidy) or OrderStatus(tidy)


def status_for(*, total_minor: int, taken_minor: int, refunded_minor: int, is_cancelled: bool) -> OrderStatus:
    """Work out an order's status from the facts alone, so that the order in which they arrived cannot matter.

    Money wins over a cancellation: what was taken is never hidden behind `cancelled`. A part of the price
    does not make an order paid, and a refund of a part leaves it paid.
    """
    if taken_minor and taken_minor == refunded_minor:
        return OrderStatus.REFUNDED
    if taken_minor and taken_minor >= total_minor:
        return OrderStatus.PAID
    return OrderStatus.CANCELLED if is_cancelled else OrderStatus.PENDING
