"""Canaries: secrets that are made up for one scan, planted, and must be found by it."""

from __future__ import annotations

import secrets
import string

THEIRS = "betterleaks.github-pat"
"""The rule of kingfisher's own that must find what is planted."""
OURS = "gateproof.django-secret-key"
"""The rule of ours that must."""

_LETTERS = string.ascii_letters + string.digits


def token() -> str:
    """What THEIRS finds: random, in the form of a GitHub token, and valid nowhere."""
    return "ghp_" + "".join(secrets.choice(_LETTERS) for _ in range(36))


def canary_text() -> str:
    """A file that both rules must find something in."""
    key = "".join(secrets.choice(_LETTERS) for _ in range(50))
    return f'x = "{token()}"\nSECRET_KEY = "{key}"\n'
