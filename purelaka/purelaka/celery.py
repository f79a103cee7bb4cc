"""The Celery application: `celery -A purelaka worker` and `celery -A purelaka beat` run it.

Like wsgi.py it uses the production settings unless told otherwise.
"""

import os

from celery import Celery
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "purelaka.settings.production")

app = Celery("purelaka")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# A job's log lines carry the id of the request that asked for it.
app.steps["worker"].add(DjangoStructLogInitStep)
