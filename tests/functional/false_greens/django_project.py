"""A small Django project, which each case bends to its purpose."""

from __future__ import annotations

from collections.abc import Mapping

from functional.false_greens.case import text

MANAGE = text(
    "import os, sys",
    "from django.core.management import execute_from_command_line",
    'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")',
    "execute_from_command_line(sys.argv)",
)
SETTINGS = text(
    'SECRET_KEY = "a-key-of-more-than-fifty-characters-for-the-tests-of-readers-only-0123456789"',
    'INSTALLED_APPS = ["orders"]',
    'DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}',
    'DEFAULT_AUTO_FIELD = "django.db.models.AutoField"',
    "USE_TZ = True",
)
PRODUCTION = text(
    "from shop.settings import *",
    'ALLOWED_HOSTS = ["shop.example"]',
    "MIDDLEWARE = [",
    '    "django.middleware.security.SecurityMiddleware",',
    '    "django.middleware.csrf.CsrfViewMiddleware",',
    '    "django.middleware.clickjacking.XFrameOptionsMiddleware",',
    "]",
    "SECURE_HSTS_SECONDS = 31536000",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_SSL_REDIRECT = CSRF_COOKIE_SECURE = True",
)
MODELS = text(
    "from django.db import models",
    "",
    "class Order(models.Model):",
    "    number = models.IntegerField()",
)
MIGRATION = text(
    "from django.db import migrations, models",
    "",
    "class Migration(migrations.Migration):",
    "    initial = True",
    "    dependencies = []",
    "    operations = [",
    '        migrations.CreateModel("Order", [',
    '            ("id", models.AutoField(',
    '                auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),',
    '            ("number", models.IntegerField()),',
    "        ])",
    "    ]",
)
TESTS = text(
    "from django.test import SimpleTestCase",
    "",
    "class OrdersAddUp(SimpleTestCase):",
    "    def test_one(self): self.assertEqual(1 + 1, 2)",
    "    def test_two(self):",
    '        """Two and two."""',
    "        self.assertEqual(2 + 2, 4)",
)
_FILES = {
    "manage.py": MANAGE,
    "shop/__init__.py": "",
    "shop/settings.py": SETTINGS,
    "shop/production.py": PRODUCTION,
    "orders/__init__.py": "",
    "orders/models.py": MODELS,
    "orders/migrations/__init__.py": "",
    "orders/migrations/0001_initial.py": MIGRATION,
    "orders/tests.py": TESTS,
}


def project(changed: Mapping[str, str | None] | None = None, *, settings: str = "") -> dict[str, str]:
    """The project with some files changed or (None) left out, and lines added to its settings."""
    files: dict[str, str | None] = {**_FILES, "shop/settings.py": SETTINGS + settings, **(changed or {})}
    return {name: content for name, content in files.items() if content is not None}


def with_tests(*lines: str, settings: str = "") -> dict[str, str]:
    """The project with these tests and no others."""
    head = ("import os, sys, unittest", "from django.test import SimpleTestCase, tag", "")
    return project({"orders/tests.py": text(*head, *lines)}, settings=settings)


def with_test_case(*lines: str, settings: str = "") -> dict[str, str]:
    """The project with one class of tests."""
    return with_tests("class Orders(SimpleTestCase):", *(f"    {line}" for line in lines), settings=settings)
