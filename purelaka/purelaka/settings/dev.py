"""Development settings: they start on a fresh clone with nothing set, and are safe for nobody else."""

import copy
import hashlib

from purelaka.settings import base
from purelaka.settings.base import *  # noqa: F403

ENVIRONMENT = "dev"
DEBUG = base.env.bool("DEBUG", default=True)
ALLOWED_HOSTS = base.ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]

# Not a secret: anyone can work it out. It stays the same between reloads, so that a session survives them,
# and production refuses it by its prefix.
SECRET_KEY = base.SECRET_KEY or "dev-only-insecure-" + hashlib.sha256(bytes(base.BASE_DIR)).hexdigest()

# Where `manage.py stripe_standin` listens, for the demo. A form may lead to it, as it may to Stripe.
STRIPE_API_BASE = base.env.str("STRIPE_API_BASE", default=base.STRIPE_API_BASE)
CONTENT_SECURITY_POLICY = copy.deepcopy(base.CONTENT_SECURITY_POLICY)
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append(STRIPE_API_BASE)

# The test runner turns DEBUG off, so that a test run prints its results and no log.
LOGGING = copy.deepcopy(base.LOGGING)
LOGGING["handlers"]["console"]["filters"] = ["require_debug_true"]
