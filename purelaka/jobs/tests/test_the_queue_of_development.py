"""In development a folder is the broker. It is there when it is used, for its owner alone, and never before."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import skipIf

from django.conf import settings
from django.test import SimpleTestCase

from purelaka.celery import app, make_queue


@skipIf(os.name == "nt", "on Windows memory is the broker")
class TheQueueOfDevelopment(SimpleTestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.folder = Path(held.name)

    def manage(self, *words: str) -> str:
        known = {"CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE"}
        inherited = {name: value for name, value in os.environ.items() if name not in known}
        ended = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=settings.BASE_DIR,
            env=inherited | {"TMPDIR": str(self.folder), "DJANGO_SETTINGS_MODULE": "purelaka.settings.dev"},
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        return ended.stdout.strip()

    def test_a_command_leaves_no_folder_behind(self):
        code = "from django.conf import settings; print(settings.CELERY_BROKER_URL, settings.QUEUE)"
        broker, queue = self.manage("shell", "--no-imports", "-c", code).split()

        self.assertEqual((broker, Path(queue).parent), ("filesystem://", self.folder))
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_its_first_job_makes_it_for_its_owner_alone(self):
        queue, before = self.folder / "queue", app.conf.broker_transport_options
        self.addCleanup(app.conf.update, {"broker_transport_options": before})
        app.conf.update(broker_transport_options={"data_folder_in": str(queue)})

        make_queue()
        make_queue()

        self.assertEqual(queue.stat().st_mode & 0o777, 0o700)

    def test_a_broker_that_is_a_server_needs_none(self):
        before = app.conf.broker_transport_options
        self.addCleanup(app.conf.update, {"broker_transport_options": before})
        app.conf.update(broker_transport_options={})

        make_queue()

        self.assertEqual(list(self.folder.iterdir()), [])
