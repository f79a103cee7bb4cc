"""Production settings: they start only where the environment is safe to serve real customers from."""

import os

from purelaka.settings.environment import refuse_unsafe

# Before base reads the environment, so that all problems are reported and not only the first.
module = os.environ.get("DJANGO_SETTINGS_MODULE", __name__)
refuse_unsafe(os.environ, settings=module, stage=module.rpartition(".")[2])

from purelaka.settings import base  # noqa: E402
from purelaka.settings.base import *  # noqa: E402, F403

ENVIRONMENT = "production"
DEBUG = False

SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# Browsers take a cookie of such a name only over TLS, from this host, for all of it.
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
# Whoever watches over the process asks it directly, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
if base.BEHIND_TLS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# The store serves its few static files itself, under names that carry their digest.
MIDDLEWARE = [base.MIDDLEWARE[0], "whitenoise.middleware.WhiteNoiseMiddleware", *base.MIDDLEWARE[1:]]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
