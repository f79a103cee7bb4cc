"""An order's status is worked out from facts, so their order of arrival cannot matter."""

from django.test import SimpleTestCase

from orders.statuses import status_for

# taken, refunded, cancelled: status of an order for £28.00
CASES = (
    (0, 0, False, "pending"),
    (0, 0, True, "cancelled"),
    (2800, 0, False, "paid"),
    (2800, 1, False, "paid"),
    (2800, 2800, False, "refunded"),
    (2799, 0, False, "pending"),
    (2799, 2799, False, "refunded"),
    (5600, 0, False, "paid"),
    (5600, 2800, False, "paid"),
    (2800, 0, True, "paid"),
    (2800, 2800, True, "refunded"),
    (1, 0, True, "cancelled"),
)


class TheStatusFollowsFromTheMoney(SimpleTestCase):
    def test_every_combination_has_its_status(self):
        for taken, refunded, is_cancelled, status in CASES:
            with self.subTest(taken=taken, refunded=refunded, is_cancelled=is_cancelled):
                found = status_for(
                    total_minor=2800, taken_minor=taken, refunded_minor=refunded, is_cancelled=is_cancelled
                )
                self.assertEqual(found, status)
