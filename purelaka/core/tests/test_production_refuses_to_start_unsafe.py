"""Production starts only where it is safe, and says everything that is missing at once."""

import ast
import io
import os
import secrets
import subprocess
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import SimpleTestCase

from purelaka.settings.base import database
from purelaka.settings.environment import VARIABLES, problems, refuse_unsafe

# Made up for each run: no secret stands in this file.
SAFE = {
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "shop.purelaka.example",
    "DATABASE_URL": "postgres://store@db.purelaka.example/store",
    "STRIPE_WEBHOOK_SECRET": "whsec_" + secrets.token_hex(16),
    "STRIPE_SECRET_KEY": "sk_live_" + secrets.token_hex(16),
    "CELERY_BROKER_URL": f"redis://:{secrets.token_hex(16)}@redis.purelaka.example:6379/0",
}
STAGES = {
    "production": SAFE,
    "staging": SAFE | {"STRIPE_SECRET_KEY": "sk_test_" + secrets.token_hex(16)},
}

UNSAFE = (
    ("SECRET_KEY", "", "is missing"),
    ("SECRET_KEY", SAFE["SECRET_KEY"][:49], "is weak"),
    ("SECRET_KEY", "ab" * 40, "is weak"),
    ("SECRET_KEY", "changeme" + SAFE["SECRET_KEY"], "is weak"),
    ("SECRET_KEY", "$" + SAFE["SECRET_KEY"], "begins with '$'"),
    ("SECRET_KEY", "django-insecure-" + SAFE["SECRET_KEY"], "is a development key"),
    ("SECRET_KEY", "dev-only-insecure-" + SAFE["SECRET_KEY"], "is a development key"),
    ("DEBUG", "true", "is on"),
    ("DEBUG", "1", "is on"),
    ("DEBUG", "YES", "is on"),
    ("ALLOWED_HOSTS", "", "is empty"),
    ("ALLOWED_HOSTS", " , ", "is empty"),
    ("ALLOWED_HOSTS", "*", "allows every host"),
    ("ALLOWED_HOSTS", "shop.purelaka.example, *", "allows every host"),
    ("DATABASE_URL", "", "is missing"),
    ("DATABASE_URL", "sqlite:///db.sqlite3", "names SQLite"),
    ("DATABASE_URL", "SQLite:///db.sqlite3", "names SQLite"),
    ("DATABASE_URL", "mysql://store@db/store", "names no PostgreSQL database"),
    ("DATABASE_URL", "postgres://store@db", "names no PostgreSQL database"),
    ("DATABASE_URL", "postgres://[db/store", "cannot be read"),
    ("STRIPE_WEBHOOK_SECRET", "", "is missing"),
    ("STRIPE_WEBHOOK_SECRET", "whsec_", "is weak"),
    ("STRIPE_WEBHOOK_SECRET", secrets.token_hex(32), "is weak or not Stripe's"),
    ("STRIPE_WEBHOOK_SECRET", "whsec_" + "x" * 32, "is weak"),
    ("STRIPE_SECRET_KEY", "", "is missing"),
    ("STRIPE_SECRET_KEY", "sk_live_short", "is weak"),
    ("STRIPE_SECRET_KEY", "pk_live_" + secrets.token_hex(16), "is weak or not Stripe's"),
    ("STRIPE_SECRET_KEY", secrets.token_hex(32), "is weak or not Stripe's"),
    ("STRIPE_API_BASE", "http://127.0.0.1:8001", "sends payments elsewhere"),
    ("CELERY_BROKER_URL", "", "is missing"),
    ("CELERY_BROKER_URL", "memory://", "names no Redis server"),
    ("CELERY_BROKER_URL", "filesystem://", "names no Redis server"),
    ("CELERY_BROKER_URL", "redis://redis.purelaka.example:6379/0", "has a weak password or none"),
    (
        "CELERY_BROKER_URL",
        "redis://:redis-password-1@redis.purelaka.example/0",
        "has a weak password or none",
    ),
    ("CELERY_BROKER_URL", "redis://[redis", "cannot be read"),
    ("SECRET_KEY_FALLBACKS", SAFE["SECRET_KEY"] + ",old", "holds a weak key"),
    ("CSRF_TRUSTED_ORIGINS", "http://shop.purelaka.example", "holds an origin without https://"),
    ("CSRF_TRUSTED_ORIGINS", "https://*.example", "holds an origin without https://"),
)


class ProductionRefusesToStartUnsafe(SimpleTestCase):
    def test_a_safe_environment_has_no_problem(self):
        self.assertEqual(problems(SAFE), ())
        refuse_unsafe(SAFE, settings="production")
        self.assertEqual(problems(STAGES["staging"], stage="staging"), ())
        self.assertEqual(problems(SAFE | {"DEBUG": "false"}), ())
        self.assertEqual(problems(SAFE | {"SECRET_KEY_FALLBACKS": secrets.token_urlsafe(64)}), ())
        self.assertEqual(problems(SAFE | {"CSRF_TRUSTED_ORIGINS": "https://shop.purelaka.example"}), ())

    def test_each_unsafe_value_is_refused_and_not_repeated(self):
        for name, value, text in UNSAFE:
            with self.subTest(name=name, value=value):
                found = problems(SAFE | {name: value})
                self.assertEqual(len(found), 1)
                self.assertTrue(found[0].startswith(f"{name} {text}"), found[0])
                if len(value) > 10:
                    self.assertNotIn(value, found[0])

    def test_all_problems_are_reported_at_once(self):
        with self.assertRaises(ImproperlyConfigured) as refusal:
            refuse_unsafe({"DEBUG": "on"}, settings="production")
        text = str(refusal.exception)
        for name in (
            "SECRET_KEY",
            "DEBUG",
            "ALLOWED_HOSTS",
            "DATABASE_URL",
            "STRIPE_WEBHOOK_SECRET",
            "CELERY_BROKER_URL",
        ):
            self.assertIn(f"- {name} ", text)

    def test_a_database_of_another_kind_is_refused_everywhere(self):
        for url in ("mysql://store@db/store", "store.sqlite3", "oracle:"):
            with self.assertRaisesMessage(ImproperlyConfigured, "sqlite:/// or postgres://"):
                database(url)

    def test_the_database_lies_where_it_is_told_to(self):
        self.assertEqual(database("")["NAME"], settings.BASE_DIR / "db.sqlite3")
        self.assertEqual(database("sqlite:////srv/shop/store.sqlite3")["NAME"], "/srv/shop/store.sqlite3")
        self.assertEqual(database(SAFE["DATABASE_URL"])["HOST"], "db.purelaka.example")

    def test_play_money_is_refused_in_production_and_real_money_elsewhere(self):
        for kind, stage in (("test", "production"), ("live", "staging")):
            key = SAFE | {"STRIPE_SECRET_KEY": f"sk_{kind}_" + secrets.token_hex(16)}
            (problem,) = problems(key, stage=stage)
            self.assertEqual(problem, f"STRIPE_SECRET_KEY is a {kind} key, which is not for {stage}.")


# What protects a production store, what is no protection, and the finding that says so.
PROTECTIONS = (
    ("SECURE_SSL_REDIRECT", True, False, "security.W008"),
    ("SECURE_HSTS_SECONDS", 31536000, 0, "security.W004"),
    ("SECURE_HSTS_INCLUDE_SUBDOMAINS", True, False, "security.W005"),
    ("SECURE_HSTS_PRELOAD", True, False, "security.W021"),
    ("SESSION_COOKIE_SECURE", True, False, "security.W012"),
    ("CSRF_COOKIE_SECURE", True, False, "security.W016"),
    ("SECURE_CONTENT_TYPE_NOSNIFF", True, False, "security.W006"),
    ("SECURE_REFERRER_POLICY", "same-origin", None, "security.W022"),
    ("X_FRAME_OPTIONS", "DENY", "SAMEORIGIN", "security.W019"),
    ("SECRET_KEY", SAFE["SECRET_KEY"], "short", "security.W009"),
    ("ALLOWED_HOSTS", ["shop.purelaka.example"], [], "security.W020"),
    ("DEBUG", False, True, "security.W018"),
)


class TheCheckOfADeploymentSaysNo(SimpleTestCase):
    def check(self, *tags: str, **changes: object) -> None:
        safe = {name: value for name, value, _, _ in PROTECTIONS}
        with self.settings(**safe | changes):
            call_command("check", tags=tags or None, deploy=True, fail_level="WARNING", stdout=io.StringIO())

    def test_with_every_protection_it_finds_nothing(self):
        self.check()

    def test_each_protection_that_is_off_is_found(self):
        for name, _, off, finding in PROTECTIONS:
            with self.subTest(name=name), self.assertRaisesMessage(SystemCheckError, finding):
                self.check("security", **{name: off})


class ProductionForReal(SimpleTestCase):
    def manage(self, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess:
        known = {variable.name for variable in VARIABLES}
        inherited = {name: value for name, value in os.environ.items() if name not in known}
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=inherited | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"} | environment,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def test_it_does_not_start_with_nothing_set(self):
        for name in ("production", "staging"):
            module = f"purelaka.settings.{name}"
            ended = self.manage({"DJANGO_SETTINGS_MODULE": module}, "check")
            self.assertEqual(ended.returncode, 1)
            self.assertIn(f"{module} refuses to start unsafe:", ended.stderr)
            self.assertEqual(ended.stderr.count("\n  - "), 6)

    def test_it_binds_browsers_to_tls_and_cookies_to_this_host(self):
        names = (
            "DEBUG",
            "SECURE_SSL_REDIRECT",
            "SECURE_HSTS_SECONDS",
            "SESSION_COOKIE_SECURE",
            "CSRF_COOKIE_SECURE",
            "SESSION_COOKIE_HTTPONLY",
            "SESSION_COOKIE_NAME",
            "CSRF_COOKIE_NAME",
            "SECURE_REDIRECT_EXEMPT",
            "STRIPE_API_BASE",
        )
        code = f"from django.conf import settings; print([getattr(settings, name) for name in {names}])"
        environment = SAFE | {"DJANGO_SETTINGS_MODULE": "purelaka.settings.production"}
        ended = self.manage(environment, "shell", "--no-imports", "-c", code)
        self.assertEqual(
            ast.literal_eval(ended.stdout),
            [
                *(False, True, 31536000, True, True, True, "__Host-sessionid", "__Host-csrftoken"),
                *(["^healthz$", "^readyz$"], "https://api.stripe.com"),
            ],
        )

    def test_a_safe_one_has_no_finding_at_all(self):
        for name, safe in STAGES.items():
            environment = safe | {"DJANGO_SETTINGS_MODULE": f"purelaka.settings.{name}"}
            ended = self.manage(environment, "check", "--deploy", "--fail-level", "WARNING")
            self.assertEqual(ended.stdout.strip(), "System check identified no issues (0 silenced).")
            self.assertEqual((ended.returncode, ended.stderr), (0, ""))
