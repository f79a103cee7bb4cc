"""Settings that every environment shares. environment.py says what is read from outside."""

from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from core import logs
from purelaka.settings.environment import POSTGRES_SCHEMES

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()


def database(url: str) -> dict[str, object]:
    """Read a DATABASE_URL; without one, use SQLite beside manage.py. Only what is tested is accepted."""
    scheme = url.partition(":")[0]
    if scheme in POSTGRES_SCHEMES:
        return environ.Env.db_url_config(url) | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    if scheme not in {"", "sqlite"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:/// or postgres://.")
    # Not by way of a URL, in which a checkout's path would need quoting.
    default = {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}
    config = environ.Env.db_url_config(url) if url else default
    # Take the write lock when a transaction begins, so that two writers wait instead of failing.
    return config | {"OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20}}


# The environment's own name, for the banner on staging and for commands that refuse production.
ENVIRONMENT = "base"
DEBUG = False
SECRET_KEY = env.str("SECRET_KEY", default="")
# Earlier keys, whose signatures still count while a new key is brought in.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
BEHIND_TLS_PROXY = env.bool("BEHIND_TLS_PROXY", default=False)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_structlog",
    "catalogue",
    "customers",
    "orders",
    "payments",
    "analyticsapp",
    "jobs",
    # Last, because it grants the other apps' permissions to the roles once they are migrated.
    "core",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Early, so that whatever follows is logged under the request's id.
    "core.middleware.RequestIdMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Last, as it asks: it turns a refused sign-in into its own answer.
    "axes.middleware.AxesMiddleware",
]

# First, so that who has failed too often is refused before any password is looked at.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# Five failures for one account from one address, and that pair waits a quarter of an hour. Not the account
# alone: anybody could then lock anybody out. Not the address alone: an office shares one.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_HTTP_RESPONSE_CODE = 429
AXES_LOCKOUT_TEMPLATE = "429.html"
# Who signed in when is in the session table; a second list of addresses would only be a second thing to guard.
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "core.access.client_address"

ROOT_URLCONF = "purelaka.urls"
WSGI_APPLICATION = "purelaka.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.environment",
            ],
        },
    },
]

DATABASES = {"default": database(env.str("DATABASE_URL", default=""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "customers:login"
LOGIN_REDIRECT_URL = "orders:list"
LOGOUT_REDIRECT_URL = "catalogue:list"

LANGUAGE_CODE = "en-gb"
# A day of the store, in the KPIs and the exports, is a UTC day.
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"

# No script, style, frame or form of a page comes from or goes to anywhere else.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        # A form may lead on to Stripe, where customers pay.
        "form-action": [SELF, "https://checkout.stripe.com"],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
# How old a signature may be. Within it, a replayed event is recognised by its id and changes nothing.
STRIPE_WEBHOOK_TOLERANCE_SECONDS = 300

# With which the store asks things of Stripe, and where. Only dev lets it be somewhere else: at the stand-in.
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_API_BASE = "https://api.stripe.com"

DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="")

# The broker that holds the jobs until a worker takes them. production.py refuses to start without a safe one.
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A page that hands out a job says soon that it cannot, instead of waiting for the broker.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 3, "socket_timeout": 10}
CELERY_TASK_PUBLISH_RETRY = False
# What became of a job stands in the database, where staff look (jobs/models.py).
CELERY_TASK_IGNORE_RESULT = True
# A job that a dying worker held is done by another one. Each job may run twice and changes nothing twice.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    # Every hour, though a day has one snapshot: a run finds it there and does nothing, or makes up for what
    # an hour without worker or database left undone.
    "daily-snapshot": {"task": "jobs.daily_snapshot", "schedule": crontab(minute=15)},
    # Before retention deletes anything.
    "backup": {"task": "jobs.backup", "schedule": crontab(hour=2, minute=45)},
    "retention": {"task": "jobs.retention", "schedule": crontab(hour=3, minute=30)},
}
# Where the night's backup goes, and how many stay there.
BACKUP_FOLDER = env.str("BACKUP_FOLDER", default="")
BACKUP_KEEP = env.int("BACKUP_KEEP", default=14)
# A failed job is tried again after 30 s, then twice as long each time and at most half an hour, five times.
JOB_RETRIES = 5
JOB_BACKOFF_SECONDS = 30
JOB_BACKOFF_MOST_SECONDS = 30 * 60

DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False

logs.configure()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": logs.JSON, "text": logs.TEXT},
    "filters": {"require_debug_true": {"()": "django.utils.log.RequireDebugTrue"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json", "filters": []}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # Django's own handlers know nothing of masks.
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True, "level": "WARNING"},
    },
}
