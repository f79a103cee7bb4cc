"""Canaries: secrets that are made up for one scan, planted, and must be found by it."""

from __future__ import annotations

import secrets
import string

THEIRS = "betterleaks.github-pat"
"""The rule of kingfisher's own that must find what is planted."""
OURS = "gateproof.new-relic"
"""The rule of ours that must; one that costs the scanner next to nothing."""

_LETTERS = string.ascii_letters + string.digits


def token() -> str:
    """What THEIRS finds: random, in the form of a GitHub token, and valid nowhere."""
    return "ghp_" + "".join(secrets.choice(_LETTERS) for _ in range(36))


def canary_text() -> str:
    """A file that both rules must find something in."""
    key = "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(27))
    return f'x = "{token()}"\ny = "NRAK-{key}"\n'
