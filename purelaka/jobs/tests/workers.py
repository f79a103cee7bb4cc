"""A real Celery worker, on a broker in memory."""

import os
import queue
from unittest import mock

from celery import signals, states
from celery.contrib.testing.tasks import ping
from celery.contrib.testing.worker import start_worker
from celery.worker import state
from django.db import connections
from django.test import TransactionTestCase, override_settings

from purelaka.celery import app


class WorkerTestCase(TransactionTestCase):
    """Starts a worker that takes jobs from the queue in a thread of its own, with its own connection."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Celery believes this variable before its settings: a test's jobs would go to a real queue, and to its workers.
        cls.enterClassContext(mock.patch.dict(os.environ))
        os.environ.pop("CELERY_BROKER_URL", None)
        cls.enterClassContext(override_settings(JOB_BACKOFF_SECONDS=0, CELERY_BROKER_URL="memory://"))
        before = {key: app.conf[key] for key in ("broker_url", "broker_transport_options")}
        app.conf.update(broker_url="memory://", broker_transport_options={"polling_interval": 0.05})
        cls.addClassCleanup(app.conf.update, before)
        cls.enterClassContext(
            start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=20, loglevel="CRITICAL")
        )
        cls.addClassCleanup(cls._send_the_worker_home)

    @staticmethod
    def _send_the_worker_home():
        """Ask it to stop, and wake it: it waits two seconds for a job before it looks, and once more afterwards."""
        state.should_terminate = 0
        ping.delay()
        ping.delay()

    def setUp(self):
        super().setUp()
        ended: queue.Queue[str] = queue.Queue()

        def note(state="", **kwargs):
            ended.put(state)

        signals.task_postrun.connect(note, weak=False)
        self.addCleanup(signals.task_postrun.disconnect, note)
        self._ended = ended

    def wait_for_the_worker(self, seconds: float = 60) -> None:
        """Wait for the worker's own word that a task has come to its end, its retries included.

        Asking the database meanwhile would lock the worker out of it, and see a row before the line in the log.
        """
        while self._ended.get(timeout=seconds) not in states.READY_STATES:
            pass

    def tearDown(self):
        connections.close_all()
        super().tearDown()
