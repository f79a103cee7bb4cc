"""A real worker does the jobs: by the clock, again when they fail, and so that everybody can see it."""

import io
from datetime import UTC, datetime, timedelta
from unittest import mock

from celery.beat import Scheduler
from celery.exceptions import Retry
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import TestCase
from django.utils import timezone
from kombu.exceptions import OperationalError

from analyticsapp.models import DailySnapshot
from core.invariants import check
from core.tests.logbook import logbook
from jobs.models import JobRun
from jobs.tasks import TASKS, daily_snapshot
from jobs.tests.workers import WorkerTestCase
from purelaka.celery import app

NOW = timezone.now()
YESTERDAY = NOW.astimezone(UTC).date() - timedelta(days=1)
BREAK = "jobs.tasks.catch_up"


class TheDayStays:
    """Midnight may pass while the tests run; to the jobs it is always the same moment."""

    def setUp(self):
        super().setUp()
        clock = mock.patch("jobs.tasks.timezone", mock.Mock(now=lambda: NOW))
        clock.start()
        self.addCleanup(clock.stop)


class ARealWorkerDoesTheJobs(TheDayStays, WorkerTestCase):
    def run_of(self, status: str) -> JobRun:
        """Wait until the worker is done; the job's row then has this status."""
        self.wait_for_the_worker()
        run = JobRun.objects.get()
        self.assertEqual(run.status, status, run.error)
        return run

    def test_the_timetable_makes_a_snapshot(self):
        beat = Scheduler(app=app, lazy=True)
        beat.setup_schedule()
        entry = beat.schedule["daily-snapshot"]
        # As if beat had last run it yesterday: the next tick finds it due.
        beat.schedule = {entry.name: entry._next_instance(last_run_at=timezone.now() - timedelta(days=1))}
        beat.tick()
        run = self.run_of("succeeded")
        self.assertEqual(
            (run.job, run.day, run.outcome), ("daily-snapshot", YESTERDAY, f"{YESTERDAY}: taken")
        )
        self.assertTrue(DailySnapshot.objects.filter(day=YESTERDAY).exists())

    def test_a_job_that_fails_twice_is_tried_a_third_time(self):
        from analyticsapp.snapshots import catch_up

        outcomes = [OSError("The disk was full."), OSError("The disk was full."), None]

        def twice_broken(*args, **kwargs):
            if error := outcomes.pop(0):
                raise error
            return catch_up(*args, **kwargs)

        with mock.patch(BREAK, twice_broken):
            daily_snapshot.delay()
            run = self.run_of("succeeded")
        self.assertEqual((run.attempts, run.error), (3, ""))

    def test_one_that_always_fails_gives_up_is_seen_and_is_run_again_by_hand(self):
        with mock.patch(BREAK, side_effect=OSError("The disk is full.")), logbook() as lines:
            daily_snapshot.delay()
            run = self.run_of("failed")
        self.assertEqual((run.attempts, run.error), (6, "The disk is full."))
        self.assertEqual(sum(line["event"] == "job_failed" for line in lines), 6)
        self.assertIn("failed, 6 times in a row: The disk is full.", str(check().findings))
        call_command("snapshot_kpis", "--date", str(run.day), stdout=io.StringIO())
        run.refresh_from_db()
        self.assertEqual((run.status, run.attempts, run.error), ("succeeded", 7, ""))
        self.assertEqual(check().issues, 0)

    def test_a_request_and_the_job_that_it_started_have_one_id(self):
        run = JobRun.objects.create(
            job="daily-snapshot", day=YESTERDAY, status="failed", error="The power went."
        )
        ada = get_user_model().objects.create_superuser("ada@purelaka.example")
        self.client.force_login(ada)
        with logbook() as lines:
            action = {"action": "run_again", "_selected_action": [run.pk]}
            answer = self.client.post("/admin/jobs/jobrun/", action)
            run = self.run_of("succeeded")
        request_id = answer.headers["X-Request-ID"]
        self.assertEqual(run.request_id, request_id)
        events = [line["event"] for line in lines if line.get("request_id") == request_id]
        for event in ("request_started", "task_enqueued", "task_started", "job_started", "job_succeeded"):
            self.assertIn(event, events)


class JobsWithoutAWorker(TheDayStays, TestCase):
    def test_a_day_has_one_run_and_one_snapshot_however_often_it_runs(self):
        for _ in range(3):
            daily_snapshot.apply(throw=True)
        self.assertEqual((JobRun.objects.count(), DailySnapshot.objects.count()), (1, 1))
        self.assertEqual(JobRun.objects.get().outcome, f"{YESTERDAY}: unchanged")

    def test_days_that_were_missed_are_made_up_for(self):
        daily_snapshot.apply(kwargs={"day": str(YESTERDAY - timedelta(days=4))}, throw=True)
        daily_snapshot.apply(throw=True)
        self.assertEqual(DailySnapshot.objects.count(), 5)

    def test_a_day_that_has_not_ended_fails_at_once(self):
        daily_snapshot.apply(kwargs={"day": str(YESTERDAY + timedelta(days=1))})
        run = JobRun.objects.get()
        self.assertEqual((run.status, run.attempts), ("failed", 1))

    def test_each_try_waits_twice_as_long_as_the_one_before_and_the_last_is_the_last(self):
        waits = []

        def later(*, countdown, **_):
            waits.append(countdown)
            return Retry()

        broken = mock.patch(BREAK, side_effect=OSError("The disk is full."))
        with broken, mock.patch.object(TASKS["daily-snapshot"], "retry", side_effect=later):
            for tries in range(settings.JOB_RETRIES + 1):
                daily_snapshot.apply(retries=tries)
        self.assertEqual(waits, [30, 60, 120, 240, 480])
        self.assertEqual(JobRun.objects.get().status, "failed")

    def test_no_wait_is_longer_than_the_longest(self):
        with (
            mock.patch(BREAK, side_effect=OSError("The disk is full.")),
            self.settings(JOB_BACKOFF_MOST_SECONDS=100),
            mock.patch.object(TASKS["daily-snapshot"], "retry", return_value=Retry()) as later,
        ):
            daily_snapshot.apply(retries=4)
        self.assertEqual(later.call_args.kwargs["countdown"], 100)

    def test_the_work_of_a_failed_job_leaves_no_trace(self):
        from jobs.running import run_job

        def half():
            daily = {
                "definitions_version": 1,
                "customers_joined": 0,
                "orders_placed": 0,
                "orders_cancelled": 0,
            }
            money = {"payments_taken": 0, "gross_minor": 0, "refunded_minor": 0}
            DailySnapshot.objects.create(day=YESTERDAY, **daily, **money)
            raise OSError("The power went.")

        with self.assertRaises(OSError):
            run_job("daily-snapshot", YESTERDAY, half)
        self.assertFalse(DailySnapshot.objects.exists())
        self.assertEqual(JobRun.objects.get().error, "The power went.")

    def test_a_job_that_never_ended_is_an_issue(self):
        run = JobRun.objects.create(job="retention", day=YESTERDAY)
        self.assertEqual(check().issues, 0)
        JobRun.objects.filter(pk=run.pk).update(started_at=datetime(2026, 1, 1, tzinfo=UTC))
        self.assertIn("is running since 2026-01-01 00:00", str(check().findings))

    def test_without_a_broker_staff_are_told_so(self):
        run = JobRun.objects.create(job="retention", day=YESTERDAY)
        ada = get_user_model().objects.create_superuser("ada@purelaka.example")
        self.client.force_login(ada)
        action = {"action": "run_again", "_selected_action": [run.pk]}
        with mock.patch.object(TASKS["retention"], "delay", side_effect=OperationalError("away")):
            page = self.client.post("/admin/jobs/jobrun/", action, follow=True)
        self.assertContains(page, "The broker cannot be reached.")

    def test_who_may_only_look_cannot_run_one_again(self):
        ana = get_user_model().objects.create_user("ana@purelaka.example", is_staff=True)
        ana.user_permissions.add(Permission.objects.get(codename="view_jobrun"))
        run = JobRun.objects.create(job="retention", day=YESTERDAY)
        self.client.force_login(ana)
        with mock.patch.object(TASKS["retention"], "delay") as delay:
            self.client.post("/admin/jobs/jobrun/", {"action": "run_again", "_selected_action": [run.pk]})
        delay.assert_not_called()

    def test_every_job_of_the_timetable_can_be_run_again(self):
        self.assertEqual(
            {entry["task"] for entry in app.conf.beat_schedule.values()},
            {task.name for task in TASKS.values()},
        )
