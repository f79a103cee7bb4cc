"""A day that has ended is measured once, and comes out the same."""

import io
from datetime import UTC, date, datetime, timedelta

from django.core.management import CommandError, call_command
from django.utils import timezone

from analyticsapp.kpis import DEFINITIONS_VERSION, KPIS, measure_days
from analyticsapp.models import DailySnapshot
from analyticsapp.snapshots import DayHasNotEnded, Taken, take_snapshots
from core.tests.people import NOON, StoreTestCase

DAY = NOON.date()
LATER = datetime(2026, 3, 10, 9, tzinfo=UTC)


class ADayHasOneSnapshot(StoreTestCase):
    def test_it_counts_what_was_booked_that_day(self):
        self.order(), self.cancelled_order(), self.paid_order(refunded_minor=800)
        self.paid_order(at=NOON + timedelta(days=1))
        take_snapshots(DAY, DAY, now=LATER)
        snapshot = DailySnapshot.objects.get()
        self.assertEqual(
            snapshot.figures(),
            {
                "customers_joined": 2,
                "orders_placed": 3,
                "orders_cancelled": 1,
                "payments_taken": 1,
                "gross_minor": 2800,
                "refunded_minor": 800,
            },
        )
        self.assertEqual((snapshot.net_minor, snapshot.definitions_version), (2000, DEFINITIONS_VERSION))

    def test_a_day_is_a_utc_day_to_the_second(self):
        midnight = datetime(2026, 3, 2, tzinfo=UTC)
        for at in (midnight - timedelta(seconds=1), midnight, midnight + timedelta(seconds=86399)):
            self.order(at=at)
        self.order(at=midnight + timedelta(days=1))
        days = measure_days(DAY - timedelta(days=1), DAY + timedelta(days=1))
        self.assertEqual([figures["orders_placed"] for figures in days.values()], [1, 2, 1])

    def test_a_quiet_day_is_measured_too(self):
        take_snapshots(date(2025, 1, 1), date(2025, 1, 1), now=LATER)
        self.assertEqual(set(DailySnapshot.objects.get().figures().values()), {0})

    def test_taking_it_again_changes_nothing(self):
        self.paid_order()
        self.assertEqual(take_snapshots(DAY, DAY, now=LATER), [(DAY, Taken.NEW)])
        before = DailySnapshot.objects.values().get()
        self.assertEqual(take_snapshots(DAY, DAY, now=LATER + timedelta(hours=1)), [(DAY, Taken.SAME)])
        self.assertEqual(DailySnapshot.objects.values().get(), before)

    def test_news_about_the_day_is_taken_in_by_taking_it_again(self):
        take_snapshots(DAY, DAY, now=LATER)
        self.paid_order()
        self.assertEqual(take_snapshots(DAY, DAY, now=LATER), [(DAY, Taken.CHANGED)])
        self.assertEqual(DailySnapshot.objects.get().gross_minor, 2800)

    def test_a_day_that_goes_on_or_comes_is_refused(self):
        for day in (LATER.date(), LATER.date() + timedelta(days=1)):
            with self.assertRaises(DayHasNotEnded):
                take_snapshots(DAY, day, now=LATER)
        self.assertFalse(DailySnapshot.objects.exists())

    def test_many_days_take_one_query_a_kpi(self):
        with self.assertNumQueries(len(KPIS)):
            measure_days(DAY, DAY + timedelta(days=365))

    def test_the_model_has_a_field_for_every_kpi_and_no_other(self):
        fields = {field.name for field in DailySnapshot._meta.get_fields()}
        self.assertEqual(
            fields - {"id", "day", "definitions_version", "taken_at"}, {kpi.name for kpi in KPIS}
        )


class TheCommand(StoreTestCase):
    def snapshot_kpis(self, *options: str) -> str:
        out = io.StringIO()
        call_command("snapshot_kpis", *options, stdout=out)
        return out.getvalue()

    def test_it_takes_yesterday_unless_told_otherwise(self):
        yesterday = timezone.now().astimezone(UTC).date() - timedelta(days=1)
        self.assertEqual(self.snapshot_kpis(), f"{yesterday}: taken\n")
        self.assertEqual(self.snapshot_kpis("--date", yesterday.isoformat()), f"{yesterday}: unchanged\n")

    def test_it_takes_a_row_of_days(self):
        text = self.snapshot_kpis("--date", "2026-03-02", "--days", "3")
        self.assertEqual(text, "2026-02-28: taken\n2026-03-01: taken\n2026-03-02: taken\n")

    def test_it_refuses_today_and_nonsense(self):
        today = timezone.now().astimezone(UTC).date().isoformat()
        for options, text in (
            (("--date", today), "has not ended"),
            (("--date", "yesterday"), "invalid fromisoformat value"),
            (("--days", "0"), "--days must be 1 or more."),
        ):
            with self.assertRaisesMessage(CommandError, text):
                self.snapshot_kpis(*options)
        self.assertFalse(DailySnapshot.objects.exists())
