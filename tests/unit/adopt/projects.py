"""Bundles of small Django projects, as somebody else might have them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from gateproof.adopt.found import Found, look
from gateproof.judge.bundle import Bundle
from gateproof.judge.case import Case

MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "{}")\n'
PLAIN = {"manage.py": MANAGE.format("shop.settings"), "shop/settings.py": "DEBUG = True\n"}


def bundle(files: Mapping[str, str]) -> Bundle:
    return Bundle(
        name="shop",
        sizes={path: len(text.encode()) for path, text in files.items()},
        read=lambda path: files[path].encode(),
    )


def found(files: Mapping[str, str], *, tags: tuple[str, ...] = (), production: str | None = None) -> Found:
    case = Case(bundle(files), now=datetime(2026, 1, 1, tzinfo=UTC))
    return look(case, tags=tags, production=production)
