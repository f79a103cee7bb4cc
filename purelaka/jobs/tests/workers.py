"""A real Celery worker, on a broker in memory."""

from celery.contrib.testing.worker import start_worker
from django.db import connections
from django.test import TransactionTestCase, override_settings

from purelaka.celery import app


class WorkerTestCase(TransactionTestCase):
    """Starts a worker that takes jobs from the queue in a thread of its own, with its own connection."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(override_settings(JOB_BACKOFF_SECONDS=0, CELERY_BROKER_URL="memory://"))
        before = {key: app.conf[key] for key in ("broker_url", "broker_transport_options")}
        app.conf.update(broker_url="memory://", broker_transport_options={"polling_interval": 0.05})
        cls.addClassCleanup(app.conf.update, before)
        cls.enterClassContext(
            start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=20, loglevel="CRITICAL")
        )

    def tearDown(self):
        connections.close_all()
        super().tearDown()
