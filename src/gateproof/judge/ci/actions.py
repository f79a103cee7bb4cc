"""GitHub Actions that are known to run a tool: a table from their name to the command that they stand for."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping

Words = tuple[str, ...]


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _ruff(inputs: Mapping[str, str]) -> Iterator[Words]:
    arguments = _split(inputs.get("args") or "check")
    if arguments[0].startswith("-") or arguments[0] not in ("check", "format"):
        arguments = ["check", *arguments]
    yield ("ruff", *arguments, *_split(inputs.get("src") or "."))


def _black(inputs: Mapping[str, str]) -> Iterator[Words]:
    yield ("black", *_split(inputs.get("options") or "--check --diff"), *_split(inputs.get("src") or "."))


def _pip_audit(inputs: Mapping[str, str]) -> Iterator[Words]:
    files = [word for name in _split(inputs.get("inputs") or "") for word in ("-r", name)]
    ignored = [word for name in _split(inputs.get("ignore-vulns") or "") for word in ("--ignore-vuln", name)]
    yield ("pip-audit", *files, *ignored)


def _pre_commit(inputs: Mapping[str, str]) -> Iterator[Words]:
    yield ("pre-commit", "run", *_split(inputs.get("extra_args") or "--all-files"))


def _always(*words: str) -> Callable[[Mapping[str, str]], Iterator[Words]]:
    return lambda inputs: iter([words])


ACTIONS: Mapping[str, Callable[[Mapping[str, str]], Iterator[Words]]] = {
    "astral-sh/ruff-action": _ruff,
    "chartboost/ruff-action": _ruff,
    "psf/black": _black,
    "pypa/gh-action-pip-audit": _pip_audit,
    "pre-commit/action": _pre_commit,
    "isort/isort-action": _always("isort", "--check-only", "."),
    "gitleaks/gitleaks-action": _always("gitleaks", "detect"),
    "rhysd/actionlint": _always("actionlint"),
    "zizmorcore/zizmor-action": _always("zizmor", "."),
}
"""To know one more, add a line."""


def action_steps(name: str, inputs: Mapping[str, str]) -> Iterator[Words]:
    """The commands that an action of this table stands for."""
    return ACTIONS[name](inputs)
