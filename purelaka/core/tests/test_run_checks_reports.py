"""run_checks says what it looked at, to people and to machines, and never mistakes nothing for a pass."""

import io
import json
from unittest import mock

from django.core.management import CommandError, call_command
from django.db import DatabaseError

from catalogue.models import Product, StockMovement
from core.invariants import INVARIANTS
from core.tests.people import StoreTestCase
from orders.models import Order


class RunChecksReports(StoreTestCase):
    def run_checks(self, *options: str) -> tuple[int, str]:
        out, code = io.StringIO(), 0
        try:
            call_command("run_checks", *options, stdout=out)
        except SystemExit as end:
            code = end.code
        return code, out.getvalue()

    def break_a_total(self):
        Order.objects.filter(pk=self.order().pk).update(total_minor=1)

    def test_a_sound_store_passes_and_says_how_much_was_looked_at(self):
        self.order(), self.paid_order(), self.cancelled_order(), self.paid_order(refunded_minor=2800)
        code, text = self.run_checks("--fail-on-issues")
        self.assertEqual(code, 0)
        self.assertEqual(
            text.splitlines()[-1], f"Checked {len(INVARIANTS)} invariants over 20 rows: 0 issues."
        )
        self.assertEqual(len(text.splitlines()), len(INVARIANTS) + 1)

    def test_an_issue_is_named_and_fails_only_when_asked(self):
        self.break_a_total()
        code, text = self.run_checks()
        self.assertEqual(code, 0)
        self.assertIn("says £0.01, its lines £28.00.", text)
        self.assertEqual(
            text.splitlines()[-1], f"Checked {len(INVARIANTS)} invariants over 7 rows: 1 issues."
        )
        self.assertEqual(self.run_checks("--fail-on-issues")[0], 1)

    def test_an_empty_database_does_not_look_like_a_pass(self):
        StockMovement.objects.all().delete()
        Product.objects.all().delete()
        code, text = self.run_checks("--fail-on-issues")
        self.assertEqual(code, 0)
        self.assertIn("Nothing was looked at", text)
        self.assertNotIn(": ok", text)
        self.assertEqual(
            text.splitlines()[-1], f"Checked {len(INVARIANTS)} invariants over 0 rows: 0 issues."
        )
        self.assertEqual(json.loads(self.run_checks("--format", "json")[1])["looked_at"], 0)

    def test_json_has_one_shape_with_issues_and_without(self):
        self.paid_order()
        for issues in (0, 1):
            code, text = self.run_checks("--fail-on-issues", "--format", "json")
            report = json.loads(text)
            self.assertEqual(code, issues)
            self.assertEqual(set(report), {"invariants", "looked_at", "issues"})
            self.assertEqual(report["issues"], issues)
            self.assertEqual(report["issues"], sum(len(one["issues"]) for one in report["invariants"]))
            self.assertEqual(report["looked_at"], sum(one["looked_at"] for one in report["invariants"]))
            self.assertEqual(
                [set(one) for one in report["invariants"]],
                [{"name", "looked_at", "issues"}] * len(INVARIANTS),
            )
            self.break_a_total()

    def test_a_database_that_cannot_be_read_is_another_kind_of_bad_news(self):
        broken = mock.Mock(side_effect=DatabaseError("no such table: orders_order"))
        patched = mock.patch("core.management.commands.run_checks.check", broken)
        with patched, self.assertRaisesMessage(CommandError, "Is it migrated?") as refusal:
            self.run_checks("--fail-on-issues")
        self.assertEqual(refusal.exception.returncode, 2)
