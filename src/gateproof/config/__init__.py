"""The settings of `[tool.gateproof]` in pyproject.toml: frozen values, read and checked whole."""

from __future__ import annotations

from gateproof.config.reading import load_settings, parse_settings
from gateproof.config.tables import (
    PASSED_ON,
    Audit,
    Ci,
    Deploy,
    DeterminedLicence,
    ExceptedLicence,
    GateWaiver,
    IgnoredAdvisory,
    Pins,
    Secrets,
    Settings,
)

__all__ = [
    "PASSED_ON",
    "Audit",
    "Ci",
    "Deploy",
    "DeterminedLicence",
    "ExceptedLicence",
    "GateWaiver",
    "IgnoredAdvisory",
    "Pins",
    "Secrets",
    "Settings",
    "load_settings",
    "parse_settings",
]
