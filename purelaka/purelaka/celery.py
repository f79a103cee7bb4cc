"""The Celery application: `celery -A purelaka worker` and `celery -A purelaka beat` run it.

Like wsgi.py it uses the production settings unless told otherwise.
"""

import os
from pathlib import Path

from celery import Celery, signals
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "purelaka.settings.production")

app = Celery("purelaka")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# A job's log lines carry the id of the request that asked for it.
app.steps["worker"].add(DjangoStructLogInitStep)


def make_queue(**said):
    """Make the folder that is the broker in development, when it is first used: a command alone leaves none behind."""
    folder = (app.conf.broker_transport_options or {}).get("data_folder_in")
    if folder:
        Path(folder).mkdir(mode=0o700, exist_ok=True)


for first_use in (signals.celeryd_init, signals.beat_init, signals.before_task_publish):
    first_use.connect(make_queue, weak=False)
