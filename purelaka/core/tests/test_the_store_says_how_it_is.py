"""/healthz says that the store lives, /readyz whether it is ready, and neither says more than that."""

from datetime import UTC, datetime, timedelta
from unittest import mock

from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings
from django.utils import timezone

from analyticsapp.snapshots import take_snapshots
from core.health import snapshot_freshness
from core.tests.people import StoreTestCase


class TheStoreSaysHowItIs(StoreTestCase):
    def setUp(self):
        yesterday = timezone.now().astimezone(UTC).date() - timedelta(days=1)
        take_snapshots(yesterday, yesterday, now=timezone.now())

    def ready(self) -> tuple[int, dict[str, str]]:
        answer = self.client.get("/readyz")
        return answer.status_code, answer.json()["checks"]

    def test_it_is_ready(self):
        everything = {"database": "ok", "migrations": "ok", "snapshot": "ok"}
        self.assertEqual(self.ready(), (200, everything))

    def test_a_database_that_is_away_is_not_ready_but_alive(self):
        with mock.patch("core.health.connection.cursor", side_effect=OperationalError("host db.internal")):
            status, checks = self.ready()
            self.assertEqual((status, checks["database"]), (503, "cannot be reached"))
            self.assertEqual(self.client.get("/healthz").status_code, 200)

    def test_a_migration_that_is_not_applied_is_not_ready(self):
        MigrationRecorder.Migration.objects.filter(app="jobs").delete()
        status, checks = self.ready()
        self.assertEqual((status, checks["migrations"]), (503, "1 not applied"))

    def test_figures_that_are_late_are_not_ready(self):
        from analyticsapp.models import DailySnapshot

        DailySnapshot.objects.update(day=timezone.now().date() - timedelta(days=5))
        status, checks = self.ready()
        self.assertEqual(status, 503)
        self.assertIn("the latest is of", checks["snapshot"])
        DailySnapshot.objects.all().delete()
        self.assertEqual(self.ready()[1]["snapshot"], "there is none")

    def test_the_first_two_hours_of_a_day_are_given_to_the_job(self):
        take_snapshots(
            datetime(2030, 1, 1).date(), datetime(2030, 1, 1).date(), now=datetime(2030, 1, 3, tzinfo=UTC)
        )
        for hour, expected in ((1, "ok"), (3, "the latest is of 2030-01-01")):
            self.assertEqual(snapshot_freshness(datetime(2030, 1, 3, hour, tzinfo=UTC)), expected)

    def test_life_needs_no_database(self):
        with self.assertNumQueries(0):
            self.assertEqual(self.client.get("/healthz").json(), {"status": "ok"})

    def test_probes_are_answered_without_tls_and_are_never_kept(self):
        exempt = [r"^healthz$", r"^readyz$"]  # as in production.py, which cannot be imported here
        with override_settings(SECURE_SSL_REDIRECT=True, SECURE_REDIRECT_EXEMPT=exempt):
            for path in ("/healthz", "/readyz"):
                answer = self.client.get(path)
                self.assertEqual(answer.status_code, 200)
                self.assertIn("no-store", answer.headers["Cache-Control"])
            self.assertEqual(self.client.get("/").status_code, 301)
