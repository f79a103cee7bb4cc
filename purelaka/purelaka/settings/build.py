"""Settings with which an image collects its static files: they need no secret, and no server starts with them."""

import secrets

from purelaka.settings.base import *  # noqa: F403

ENVIRONMENT = "build"
SECRET_KEY = secrets.token_urlsafe(64)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
