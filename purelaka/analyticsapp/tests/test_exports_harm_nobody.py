"""An export names no person and runs nothing in a spreadsheet."""

import csv
import io

from django.test import SimpleTestCase

from analyticsapp.csvtext import csv_lines, harmless
from analyticsapp.exports import EXPORTS
from analyticsapp.snapshots import take_snapshots
from analyticsapp.tests.test_a_day_has_one_snapshot import DAY, LATER
from core.tests.people import StoreTestCase, product
from orders.placing import place_order

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff201",
)


class NoFormulas(SimpleTestCase):
    def test_text_that_a_spreadsheet_would_run_is_quoted(self):
        for text in FORMULAS:
            self.assertEqual(harmless(text), "'" + text)

    def test_other_text_and_numbers_stay_as_they_are(self):
        for cell in ("Mug", "", "a=1", "1-2", "£14", 0, -2800, None):
            self.assertEqual(harmless(cell), cell)

    def test_whatever_is_written_is_read_back(self):
        rows = [["Mug", 'say "hi"', "two\nlines", "a,b", "5"], ["é", "茶", "", " ", "\u202e"]]
        text = "".join(csv_lines(("a", "b", "c", "d", "e"), rows))
        self.assertEqual(list(csv.reader(io.StringIO(text), strict=True))[1:], rows)


class ExportsHarmNobody(StoreTestCase):
    def text(self) -> str:
        return "".join(line for export in EXPORTS.values() for line in export.lines())

    def test_a_product_named_like_a_formula_does_not_become_one(self):
        evil = product('=HYPERLINK("http://evil.example")', 100)
        place_order(self.chloe, {evil: 1})
        (row,) = csv.DictReader(io.StringIO("".join(EXPORTS["orders"].lines())))
        self.assertEqual(row["product"], "'" + evil.name)
        self.assertTrue(row["sku"].startswith("'="))

    def test_no_customer_can_be_found_in_it(self):
        self.paid_order(refunded_minor=800)
        take_snapshots(DAY, DAY, now=LATER)
        text = self.text().lower()
        for personal in (self.chloe.name, self.chloe.user.email, self.chloe.user.username, "@"):
            self.assertNotIn(personal.lower(), text)

    def test_rows_come_one_at_a_time(self):
        for number in range(3):
            self.order(mugs=number + 1)
        lines = EXPORTS["orders"].lines()
        self.assertIn("order_reference", next(lines))
        self.assertTrue(next(lines).endswith(",1,1400,1400,GBP\n"))
        self.assertEqual(len(list(lines)), 2)
