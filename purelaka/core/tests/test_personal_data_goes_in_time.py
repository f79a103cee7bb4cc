"""What is known of a person is declared, and is deleted when its time has come."""

import io
from datetime import timedelta
from unittest import mock

from axes.models import AccessAttempt
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import models
from django.test.utils import isolate_apps
from django.utils import timezone

from core import personal_data
from core.invariants import check
from core.personal_data import NotDeclared, _doubts, holdings
from core.retention import ERASED, RETENTION, enforce
from core.tests.people import NOON, StoreTestCase
from customers.models import Customer
from jobs.models import JobRun


class PersonalDataIsDeclared(StoreTestCase):
    def test_every_model_says_what_it_holds(self):
        known = {(one.model, one.field) for one in holdings()}
        self.assertIn(("customers.customer", "name"), known)
        self.assertIn(("auth.user", "email"), known)

    def test_a_model_that_says_nothing_is_refused(self):
        quiet = mock.patch.dict(personal_data.OTHERS)
        quiet.start()
        self.addCleanup(quiet.stop)
        del personal_data.OTHERS["auth.user"]
        with self.assertRaisesMessage(NotDeclared, "auth.user does not say"):
            list(holdings())

    @isolate_apps("core")
    def test_a_field_that_looks_personal_must_be_declared_and_a_declared_one_must_exist(self):
        class Visitor(models.Model):  # noqa: DJ008
            email = models.EmailField()

            class Meta:
                app_label = "core"

        self.assertEqual(
            _doubts(Visitor, {"phone": "Their phone"}),
            [
                "core.visitor has no field phone.",
                "core.visitor.email looks like personal data and is not declared.",
            ],
        )


class PersonalDataGoesInTime(StoreTestCase):
    def years_later(self, years: int):
        return NOON + timedelta(days=366 * years)

    def test_before_its_time_everything_stays(self):
        self.paid_order()
        self.assertEqual(set(enforce(NOON + timedelta(days=1)).values()), {0})

    def test_who_never_ordered_is_deleted_after_two_years(self):
        self.paid_order()
        enforce(self.years_later(3))
        self.assertEqual([one.name for one in Customer.objects.all()], ["Chloe"])
        self.assertFalse(get_user_model().objects.filter(username__startswith="sam@").exists())

    def test_who_came_back_stays(self):
        self.sam.user.last_login = self.years_later(2)
        self.sam.user.save()
        enforce(self.years_later(3))
        self.assertTrue(Customer.objects.filter(name="Sam").exists())

    def test_who_ordered_loses_name_and_address_after_seven_years_and_the_order_stays(self):
        order = self.paid_order()
        enforce(self.years_later(8))
        order.refresh_from_db()
        user = order.customer.user
        self.assertEqual((order.customer.name, user.email, user.is_active), (ERASED, "", False))
        self.assertNotIn("chloe", user.username)
        self.assertFalse(user.has_usable_password())
        self.assertEqual((order.total_minor, check().issues), (2800, 0))

    def test_failed_sign_ins_go_after_a_month(self):
        for days in (29, 31):
            one = AccessAttempt.objects.create(
                username=f"u{days}", ip_address="192.0.2.1", failures_since_start=1
            )
            AccessAttempt.objects.filter(pk=one.pk).update(attempt_time=timezone.now() - timedelta(days=days))
        self.assertEqual(enforce(timezone.now())["failed sign-ins"], 1)
        self.assertEqual(AccessAttempt.objects.get().username, "u29")

    def test_staff_stay(self):
        enforce(self.years_later(20))
        self.assertTrue(get_user_model().objects.filter(pk=self.omar.pk).exists())

    def test_again_and_nothing_is_due(self):
        self.paid_order()
        enforce(self.years_later(8))
        self.assertEqual(set(enforce(self.years_later(8)).values()), {0})

    def test_the_command_rehearses_and_does_it_as_a_job(self):
        old = timezone.now() - timedelta(days=800)
        Customer.objects.update(joined_at=old)
        out = io.StringIO()
        call_command("enforce_retention", "--dry-run", stdout=out)
        self.assertIn("after their last visit: 2 due", out.getvalue())
        self.assertEqual(Customer.objects.count(), 2)
        call_command("enforce_retention", stdout=out)
        self.assertIn("after their last visit: 2 done", out.getvalue())
        self.assertEqual((Customer.objects.count(), JobRun.objects.get().status), (0, "succeeded"))

    def test_every_rule_is_in_the_policy(self):
        from core.retention import as_markdown

        for rule in RETENTION:
            self.assertIn(f"| {rule.what} | {rule.days} days |", as_markdown())
