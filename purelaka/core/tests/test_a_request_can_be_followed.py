"""One id leads from an answer through every line that it caused: an export, a snapshot, a job."""

import io
import re
from datetime import UTC, timedelta

from django.core.management import call_command

from analyticsapp.models import DailySnapshot
from core.tests.logbook import logbook
from core.tests.people import StoreTestCase
from jobs.models import JobRun


class ARequestCanBeFollowed(StoreTestCase):
    def events(self, lines: list[dict], request_id: str) -> list[str]:
        return [line["event"] for line in lines if line.get("request_id") == request_id]

    def test_every_answer_names_its_request_and_no_two_the_same(self):
        names = {
            self.client.get(path).headers["X-Request-ID"] for path in ("/", "/", "/nothing/", "/analytics/")
        }
        self.assertEqual(len(names), 4)
        for name in names:
            self.assertRegex(name, r"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")

    def test_an_id_that_a_caller_brings_is_not_believed(self):
        answer = self.client.get("/", headers={"X-Request-ID": "chloe@purelaka.example"})
        self.assertNotIn("chloe", answer.headers["X-Request-ID"])

    def test_an_export_is_logged_under_the_id_of_the_answer_to_its_last_line(self):
        self.paid_order()
        self.client.force_login(self.ana)
        with logbook() as lines:
            answer = self.client.get("/analytics/exports/orders.csv")
            answer.getvalue()
        events = self.events(lines, answer.headers["X-Request-ID"])
        for event in ("request_started", "request_finished", "export_started", "export_finished"):
            self.assertIn(event, events)
        (finished,) = [line for line in lines if line["event"] == "export_finished"]
        self.assertEqual((finished["rows"], finished["export"]), (1, "orders/1"))
        self.assertEqual(finished["user_id"], self.ana.pk)

    def test_an_export_that_nobody_read_to_the_end_says_so(self):
        self.paid_order()
        self.client.force_login(self.ana)
        with logbook() as lines:
            answer = self.client.get("/analytics/exports/orders.csv")
            next(iter(answer.streaming_content))
            # The test client's own way to end a request, which keeps the test's connection open.
            answer._iterator.close()
        self.assertIn("export_abandoned", self.events(lines, answer.headers["X-Request-ID"]))

    def test_a_command_has_an_id_of_its_own_and_its_job_keeps_it(self):
        with logbook() as lines:
            call_command("snapshot_kpis", stdout=io.StringIO())
        run = JobRun.objects.get()
        self.assertEqual(self.events(lines, run.request_id), ["job_started", "job_succeeded"])
        # Of its own yesterday: midnight may have passed since.
        yesterday = run.started_at.astimezone(UTC).date() - timedelta(days=1)
        self.assertEqual((run.day, run.status), (yesterday, "succeeded"))
        self.assertTrue(DailySnapshot.objects.filter(day=yesterday).exists())

    def test_a_line_is_one_json_object_with_its_moment_and_level(self):
        with logbook() as lines:
            self.client.get("/")
        for line in lines:
            self.assertTrue(re.match(r"\d{4}-\d\d-\d\dT.*Z", line["timestamp"]))
            self.assertLessEqual({"event", "level", "logger", "timestamp"}, set(line))
