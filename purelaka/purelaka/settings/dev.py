"""Development settings: they start on a fresh clone with nothing set, and are safe for nobody else."""

import copy
import hashlib
import os
import tempfile
from pathlib import Path

from purelaka.settings import base
from purelaka.settings.base import *  # noqa: F403

ENVIRONMENT = "dev"
DEBUG = base.env.bool("DEBUG", default=True)
CELERY_BROKER_URL = base.CELERY_BROKER_URL
ALLOWED_HOSTS = base.ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]

# Not a secret: anyone can work it out. It stays the same between reloads, so that a session survives them,
# and production refuses it by its prefix.
SECRET_KEY = base.SECRET_KEY or "dev-only-insecure-" + hashlib.sha256(bytes(base.BASE_DIR)).hexdigest()

# Where `manage.py stripe_standin` listens, for the demo. A form may lead to it, as it may to Stripe.
STRIPE_API_BASE = base.env.str("STRIPE_API_BASE", default=base.STRIPE_API_BASE)
CONTENT_SECURITY_POLICY = copy.deepcopy(base.CONTENT_SECURITY_POLICY)
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append(STRIPE_API_BASE)

# The test runner turns DEBUG off, so that a test run prints its results and no log, unless one is asked for.
LOGGING = copy.deepcopy(base.LOGGING)
if "LOG_LEVEL" not in os.environ:
    LOGGING["handlers"]["console"]["filters"] = ["require_debug_true"]
LOGGING["handlers"]["console"]["formatter"] = "text"

# A folder outside the checkout serves as the broker, so that development needs no server. Windows lacks the
# locks for that: there a worker sees only the jobs of its own process, and the commands do the same work.
# Each database has its own, so that a worker does no job for another one; purelaka.celery makes it.
place = hashlib.sha256(f"{base.BASE_DIR} {base.DATABASES['default']['NAME']}".encode()).hexdigest()
QUEUE = Path(tempfile.gettempdir()) / f"purelaka-queue-{place[:12]}"
if not base.CELERY_BROKER_URL:
    CELERY_BROKER_URL = "memory://" if os.name == "nt" else "filesystem://"
if CELERY_BROKER_URL == "filesystem://":
    folder = str(QUEUE)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": folder,
        "data_folder_out": folder,
        "control_folder": folder,
    }
