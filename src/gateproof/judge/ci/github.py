"""What GitHub's workflows run: every step of every job that a push or a pull request starts."""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gateproof.judge.bundle import Bundle
from gateproof.judge.ci.actions import ACTIONS, action_steps
from gateproof.judge.ci.expressions import (
    OWN,
    SOMEBODY,
    UNKNOWN,
    condition,
    on_a_pull_request,
    on_a_push,
    substituted,
    whole,
)
from gateproof.judge.ci.matrices import dynamic_matrix
from gateproof.judge.ci.shell import joined, steps_of
from gateproof.judge.ci.steps import Script, Step
from gateproof.judge.ci.triggers import PUSH, events
from gateproof.judge.yamltext import Table, Value, YamlError, listed, read_yaml, table, text_of

FOLDER = ".github/workflows/"
MOST_CELLS = 256
MOST_DEPTH = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class _Scope:
    """Where a step stands: what is known, and what weakens everything in it."""

    path: str
    env: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    """By dotted name: `matrix.…`, `inputs.…`."""
    events: tuple[str, ...] = (PUSH,)
    weaknesses: tuple[str, ...] = ()
    cwd: str = ""
    shell_name: str = ""
    depth: int = 0
    via: tuple[str, ...] = ()

    def weak(self, why: str) -> _Scope:
        return replace(self, weaknesses=(*self.weaknesses, why))


def workflow_files(bundle: Bundle) -> tuple[str, ...]:
    """The workflows, by path."""
    files = bundle.below(FOLDER.rstrip("/"))
    return tuple(path for path in files if path.endswith((".yml", ".yaml")) and path.count("/") == 2)


def read_github(bundle: Bundle) -> tuple[list[Step], list[str]]:
    """Every step of every workflow, and sentences about what could not be read."""
    reader = _Reader(bundle)
    for path in workflow_files(bundle):
        reader.workflow(path)
    return reader.steps, reader.notes


class _Reader:
    """One pass over the workflows of a bundle."""

    def __init__(self, bundle: Bundle) -> None:
        self.steps: list[Step] = []
        self.notes: list[str] = []
        self._bundle = bundle

    def _read(self, path: str) -> Table:
        text = self._bundle.text(path)
        if text is None:
            self.notes.append(f"{path} is not readable as text")
            return Table()
        try:
            return table(read_yaml(text))
        except YamlError as error:
            self.notes.append(f"{path} is not read: {error}")
            return Table()

    def workflow(self, path: str) -> None:
        document = self._read(path)
        if not document:
            return
        found, why = events(document.get("on"), self._bundle)
        scope = _Scope(path=path, events=found, via=(path,))
        self._jobs(document, scope if found else scope.weak(why))

    def _jobs(self, document: Table, scope: _Scope) -> None:
        jobs = table(document.get("jobs"))
        scope = self._with_defaults(document, scope)
        skipped = {name: why for name in jobs if (why := self._never(table(jobs[name]), scope))}
        for name in jobs:
            job = table(jobs[name])
            why = skipped.get(name) or next(
                (
                    f"it needs the job {other}, which never runs"
                    for other in map(text_of, listed(job.get("needs")))
                    if other in skipped and "always()" not in text_of(job.get("if"))
                ),
                "",
            )
            for cell in self._cells(job, jobs, scope):
                self._job(job, cell.weak(why) if why else cell)

    def _never(self, job: Table, scope: _Scope) -> str:
        """Why a job never runs; what depends on the matrix is asked of each cell."""
        text = text_of(job.get("if"))
        if not text or "matrix." in text or "needs." in text:
            return ""
        return self._unless(text, scope)

    def _unless(self, text: str, scope: _Scope) -> str:
        """Why an `if:` keeps something from running on a push, or from being sure to."""
        asked = scope.events or (PUSH,)
        answers = [condition(text, self._lookup(scope, event)) for event in asked]
        if any(answers):
            return ""
        shown = whole(text) or text
        if all(answer is False for answer in answers):
            return f"its condition is never true on a push (if: {shown})"
        return f"it runs only under a condition that the ZIP cannot decide (if: {shown})"

    def _lookup(self, scope: _Scope, event: str = PUSH) -> Callable[[str], Any]:
        of_event = on_a_push if event == PUSH else on_a_pull_request

        def look(name: str) -> Any:
            lowered = name.lower()
            if lowered in scope.values:
                return scope.values[lowered]
            head, _, rest = name.partition(".")
            if head == "env":
                return scope.env.get(rest, UNKNOWN)
            if lowered in ("github.repository", "github.repository_owner"):
                return OWN
            return SOMEBODY if lowered in ("github.actor", "github.triggering_actor") else of_event(lowered)

        return look

    def _with_defaults(self, node: Table, scope: _Scope) -> _Scope:
        env = self._env(node, scope)
        run = table(table(node.get("defaults")).get("run"))
        folder, shell = text_of(run.get("working-directory")), text_of(run.get("shell"))
        return replace(
            scope,
            env=env,
            cwd=joined("", self._say(folder, scope)) if folder else scope.cwd,
            shell_name=shell or scope.shell_name,
        )

    def _env(self, node: Table, scope: _Scope) -> dict[str, str]:
        env = dict(scope.env)
        for name, value in table(node.get("env")).items():
            env[name] = self._say(text_of(value), scope)
        return env

    def _say(self, text: str, scope: _Scope) -> str:
        return substituted(text, self._lookup(scope)) if "${{" in text else text

    def _cells(self, job: Table, jobs: Table, scope: _Scope) -> Iterator[_Scope]:
        strategy = table(job.get("strategy"))
        matrix = strategy.get("matrix")
        if isinstance(matrix, str):
            made = dynamic_matrix(matrix, jobs, self._bundle)
            if made is None:
                self.notes.append(f"{scope.path}: the matrix {matrix.strip()} is made while CI runs")
                yield scope
                return
            cells = made
        else:
            cells = list(self._combined(table(matrix), scope, jobs))
        for cell in cells[:MOST_CELLS] or [{}]:
            values = {f"matrix.{name}".lower(): value for name, value in _flat(cell)}
            yield replace(scope, values={**scope.values, **values})

    def _combined(self, matrix: Table, scope: _Scope, jobs: Table) -> Iterator[dict[str, Value]]:
        axes: dict[str, list[Value]] = {}
        for name, values in matrix.items():
            if name in ("include", "exclude"):
                continue
            if isinstance(values, str) and (made := dynamic_matrix(values, jobs, self._bundle)) is not None:
                axes[name] = [value for cell in made if (value := cell.get("session"))]
            else:
                axes[name] = [
                    self._say(one, scope) if isinstance(one, str) else one for one in listed(values)
                ]
        products = itertools.islice(itertools.product(*axes.values()), MOST_CELLS) if axes else iter(())
        cells = [dict(zip(axes, values, strict=True)) for values in products]
        excluded = [table(one) for one in listed(matrix.get("exclude"))]
        cells = [cell for cell in cells if not any(_fits(cell, one) for one in excluded)]
        # Only what the axes make is extended; an include that fits none of that is a cell of its own.
        original = tuple(cells)
        for further in map(table, listed(matrix.get("include"))):
            fitting = [cell for cell in original if _extends(cell, further, axes)]
            for cell in fitting:
                cell.update(further)
            if not fitting:
                cells.append(dict(further))
        yield from cells

    def _job(self, job: Table, scope: _Scope) -> None:
        scope = self._guarded(job, scope, "its job", asks_if="matrix." in text_of(job.get("if")))
        if isinstance(job.get("uses"), str):
            self._reusable(job, scope)
            return
        runs_on = " ".join(text_of(self._said(one, scope)) for one in listed(job.get("runs-on")))
        scope = self._with_defaults(job, scope)
        if "windows" in runs_on.lower() and not scope.shell_name:
            scope = replace(scope, shell_name="pwsh")
        for step in map(table, listed(job.get("steps"))):
            self._step(step, scope)

    def _said(self, value: Value, scope: _Scope) -> Value:
        return self._say(value, scope) if isinstance(value, str) else value

    def _guarded(self, node: Table, scope: _Scope, what: str, *, asks_if: bool) -> _Scope:
        goes_on = self._say(text_of(node.get("continue-on-error")), scope)
        if goes_on and goes_on.strip().lower() != "false":
            scope = scope.weak(f"{what} says continue-on-error: {goes_on}")
        if asks_if and (text := text_of(node.get("if"))) and (why := self._unless(text, scope)):
            scope = scope.weak(why)
        return scope

    def _step(self, step: Table, scope: _Scope) -> None:
        scope = self._guarded(step, scope, "its step", asks_if=True)
        scope = replace(scope, env=self._env(step, scope))
        folder = text_of(step.get("working-directory"))
        cwd = joined("", self._say(folder, scope)) if folder else scope.cwd
        if isinstance(step.get("run"), str):
            self._run(step, replace(scope, cwd=cwd))
        elif uses := text_of(step.get("uses")):
            self._uses(uses, step, replace(scope, cwd=cwd))

    def _run(self, step: Table, scope: _Scope) -> None:
        shell = text_of(step.get("shell")) or scope.shell_name
        name = shell.split()[0] if shell else ""
        if name in ("python", "node", "perl", "ruby"):
            return
        powershell = name in ("pwsh", "powershell", "cmd")
        # GitHub: an unnamed shell is `bash -e`, a named bash also has pipefail; a custom one has what it says.
        custom = " " in shell
        script = Script(
            text=self._say(step["run"], scope),
            where=scope.path,
            line=self._first_line(step, "run"),
            cwd=scope.cwd,
            env=scope.env,
            weaknesses=scope.weaknesses,
            errexit=not powershell and (not custom or _has_flag(shell, "e")),
            pipefail=shell == "bash" or (custom and "pipefail" in shell),
            via=scope.via,
        )
        self.steps.extend(steps_of(script))

    def _first_line(self, step: Table, key: str) -> int:
        line = step.lines.get(key, 0)
        return line + 1 if "\n" in step[key].rstrip("\n") else line

    def _uses(self, uses: str, step: Table, scope: _Scope) -> None:
        given = table(step.get("with"))
        inputs = {name: self._say(text_of(value), scope) for name, value in given.items()}
        if uses.startswith("./"):
            self._composite(uses, inputs, scope)
            return
        name = uses.partition("@")[0].lower()
        where = f"{scope.path}:{step.lines.get('uses', 0)}"
        if name in ACTIONS:
            for words in action_steps(name, inputs):
                self.steps.append(
                    Step(
                        words=words,
                        cwd=scope.cwd,
                        env=scope.env,
                        weaknesses=scope.weaknesses,
                        where=where,
                        via=scope.via,
                    )
                )

    def _composite(self, uses: str, inputs: Mapping[str, str], scope: _Scope) -> None:
        folder = posixpath.normpath(uses)
        path = next(
            (p for p in (f"{folder}/action.yml", f"{folder}/action.yaml") if self._bundle.has(p)), None
        )
        if path is None or scope.depth >= MOST_DEPTH:
            self.notes.append(f"{scope.path}: {uses} is not in the ZIP")
            return
        document = self._read(path)
        inner = self._inside(document.get("inputs"), inputs, path, scope)
        for step in map(table, listed(table(document.get("runs")).get("steps"))):
            self._step(step, replace(inner, cwd=""))

    def _reusable(self, job: Table, scope: _Scope) -> None:
        uses = text_of(job["uses"])
        path = posixpath.normpath(uses)
        if not uses.startswith("./") or not self._bundle.has(path) or scope.depth >= MOST_DEPTH:
            self.notes.append(f"{scope.path}: {uses} is not in the ZIP")
            return
        document = self._read(path)
        given = {name: self._say(text_of(value), scope) for name, value in table(job.get("with")).items()}
        declared = table(table(document.get("on")).get("workflow_call")).get("inputs")
        inner = self._inside(declared, given, path, scope)
        # A called workflow has no environment of its caller.
        self._jobs(document, replace(inner, env={}, cwd="", shell_name=""))

    def _inside(self, declared: Value, given: Mapping[str, str], path: str, scope: _Scope) -> _Scope:
        defaults = {name: text_of(table(one).get("default")) for name, one in table(declared).items()}
        values = {f"inputs.{name}".lower(): value for name, value in {**defaults, **given}.items()}
        kept = {name: value for name, value in scope.values.items() if not name.startswith("inputs.")}
        return replace(
            scope, path=path, values={**kept, **values}, depth=scope.depth + 1, via=(*scope.via, path)
        )


def _has_flag(shell: str, letter: str) -> bool:
    return any(
        word.startswith("-") and not word.startswith("--") and letter in word for word in shell.split()[1:]
    )


def _flat(cell: Mapping[str, Value], start: str = "") -> Iterator[tuple[str, Value]]:
    for name, value in cell.items():
        if isinstance(value, Table):
            yield from _flat(value, f"{start}{name}.")
        yield f"{start}{name}", value


def _fits(cell: Mapping[str, Value], wanted: Mapping[str, Value]) -> bool:
    return bool(wanted) and all(cell.get(name) == value for name, value in wanted.items())


def _extends(cell: Mapping[str, Value], further: Mapping[str, Value], axes: Mapping[str, Value]) -> bool:
    return bool(cell) and all(cell.get(name) == value for name, value in further.items() if name in axes)
