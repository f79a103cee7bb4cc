"""What pins are compared by: one form of a name, and one of a version."""

from __future__ import annotations

Key = tuple[str, str]
"""A normalised name and a version in one form."""


def key_of(name: str, version: str) -> Key:
    """A name and a version, each in one form. Raises ValueError for a version that PEP 440 does not know."""
    from packaging.utils import canonicalize_name, canonicalize_version

    return canonicalize_name(name), canonicalize_version(version)
