"""Pence inside, pounds outside."""

from django.test import SimpleTestCase

from core.money import format_money


class MoneyIsWrittenForPeople(SimpleTestCase):
    def test_pence_become_pounds(self):
        for minor, text in ((0, "£0.00"), (5, "£0.05"), (1400, "£14.00"), (123456789, "£1,234,567.89")):
            self.assertEqual(format_money(minor), text)

    def test_a_debt_has_its_sign_in_front(self):
        self.assertEqual(format_money(-1405), "-£14.05")
