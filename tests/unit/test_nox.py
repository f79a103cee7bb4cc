"""In which order gates begin."""

from __future__ import annotations

import nox.registry
import pytest

from gateproof.nox import gate, gate_names


def test_long_gates_begin_first_and_each_is_there_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nox.registry, "_REGISTRY", {})
    for name, is_long in (("lint", False), ("unit", True), ("types", False), ("database", True)):
        gate(name=name, is_long=is_long)(lambda session: None)

    assert gate_names() == ["unit", "database", "lint", "types"]


def test_what_is_no_gate_is_not_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nox.registry, "_REGISTRY", {})
    nox.session(name="docs", tags=["long"])(lambda session: None)

    assert gate_names() == []
