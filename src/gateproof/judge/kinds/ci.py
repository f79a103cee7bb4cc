"""Proofs that the CI files give: a command that CI runs, and that can make it red."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gateproof.judge.case import Case
from gateproof.judge.ci.reading import CiReading
from gateproof.judge.ci.steps import Step
from gateproof.judge.kinds.contract import Kind
from gateproof.judge.verdict import Judgement, met, unmet
from gateproof.judge.words import (
    ALTERNATIVE,
    POWERLESS,
    alternatives,
    bare,
    normal,
    runs,
    weaknesses,
    words_of,
)
from gateproof.model import Outcome

_VARIABLE = re.compile(r"(?P<name>[A-Za-z_]\w*)=(?P<value>.*)")

FAMILIES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "formatter": (("ruff", "format"), ("black",), ("yapf",), ("autopep8",)),
    "import sorter": (("isort",),),
    "linter": (("ruff", "check"), ("flake8",), ("pylint",), ("pyflakes",)),
    "test runner": (("manage.py", "test"), ("pytest",), ("django-admin", "test"), ("runtests.py",)),
    "dependency audit": (
        *(("pip-audit",), ("gateproof", "audit"), ("safety",), ("uv", "audit"), ("osv-scanner",)),
    ),
    "type checker": (("mypy",), ("pyright",), ("ty",)),
}
"""Tools that do the same work, so that "formatter is black" is said and not "no formatter"."""


def _ci(argument: str, case: Case) -> Judgement:
    ci = case.ci
    if not ci.files:
        other = f"; {ci.unread[0]} is of a kind that is not read" if ci.unread else ""
        return unmet(f"there is no CI file in the ZIP that is read{other}")
    wanted = [(variables_of(one), normal(words_of(one))) for one in argument.split(ALTERNATIVE)]
    weak: list[tuple[Step, str]] = []
    for variables, command in wanted:
        for step in ci.steps:
            if not runs(step.words, command):
                continue
            against = (*step.weaknesses, *weaknesses(step.words, command), *_other_values(variables, step))
            if not against:
                return met(f"CI runs '{step}' ({step.where}), and its failure makes CI red", *_files(step))
            weak.append((step, against[0]))
    if shown := _shown_by_record(case, [command for _, command in wanted]):
        return shown
    if weak:
        step, why = min(weak, key=lambda pair: len(pair[0].weaknesses))
        return unmet(f"'{step}' ({step.where}) proves nothing: {why}", *_files(step))
    return unmet(f"CI does not run '{argument}'{_instead(ci, [command for _, command in wanted])}", *ci.files)


def _shown_by_record(case: Case, wanted: Sequence[Sequence[str]]) -> Judgement | None:
    """Where a session's text does not say what it runs, the gate's own record on this source does."""
    bundle = case.bundle
    here = [run for run in bundle.runs if run.git_tree == bundle.git_tree and run.attempt.is_pass]
    for step in case.ci.effective:
        if step.is_written_out or not step.session:
            continue
        for run in here:
            for command in run.commands if run.name == step.session else ():
                passed = command.outcome is Outcome.PASSED
                if passed and any(runs(command.argv, o) and not weaknesses(command.argv, o) for o in wanted):
                    said = " ".join(command.argv)
                    reason = f"CI runs the gate {run.name} ({step.where}), whose record shows '{said}'"
                    return met(reason, run.place, *_files(step))
    return None


def variables_of(text: str) -> dict[str, str]:
    """The variables that stand before a command."""
    found: dict[str, str] = {}
    for word in words_of(text):
        variable = _VARIABLE.fullmatch(word)
        if variable is None:
            break
        found[variable["name"]] = variable["value"]
    return found


def _other_values(wanted: Mapping[str, str], step: Step) -> Iterator[str]:
    given = {**step.env, **variables_of(" ".join(step.words))}
    for word in words_of(given.get("PYTEST_ADDOPTS", "")):
        if word in POWERLESS and "pytest" in bare(step.words)[:1]:
            yield f"PYTEST_ADDOPTS has {word}: {POWERLESS[word]}"
    for name, value in wanted.items():
        if given.get(name) != value:
            yield f"{name} is {given.get(name) or 'not set'} there, not {value}"


def _files(step: Step) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*step.via, step.where.rpartition(":")[0])))


def _instead(ci: CiReading, wanted: Iterable[Sequence[str]]) -> str:
    """What CI runs of the same family, or how near it comes; empty where there is nothing to say."""
    for words in wanted:
        for family, tools in FAMILIES.items():
            if not any(tuple(words[: len(tool)]) == tool for tool in tools):
                continue
            for step in ci.effective:
                found = bare(step.words)
                if found[:1] != tuple(words[:1]) and any(found[: len(tool)] == tool for tool in tools):
                    return f"; its {family} is {found[0].removesuffix('.py')}: '{step}' ({step.where})"
        near = [step for step in ci.steps if words[:2] and bare(step.words)[:2] == tuple(words[:2])]
        if near:
            return f"; the nearest is '{near[0]}' ({near[0].where})"
    return ""


def _check(argument: str) -> str | None:
    return None if all(alternatives(argument)) else f"{argument!r} holds no command"


CI = Kind(
    name="ci",
    sentence="CI runs this command, or one at least as strict, on a push, and its failure makes CI red.",
    example="ci: ruff format --check | black --check",
    judge=_ci,
    check=_check,
)
