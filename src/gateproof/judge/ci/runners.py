"""Through the task runners: `nox -s lint` in CI means what the session lint runs.

A runner is a line in `RUNNERS`: the name of a program, and a function from one step to the steps below it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from gateproof.judge.bundle import Bundle
from gateproof.judge.ci.pythonfiles import invoke_steps, nox_steps, tox_steps
from gateproof.judge.ci.shell import joined, steps_of
from gateproof.judge.ci.steps import Script, Step
from gateproof.judge.ci.taskfiles import just_steps, make_steps, npm_steps, pre_commit_steps
from gateproof.judge.words import bare

MOST_DEPTH = 5
MOST_STEPS = 20_000

Runner = Callable[[Step, tuple[str, ...], Bundle], Iterable[Step]]

RUNNERS: Mapping[str, Runner] = {
    "nox": nox_steps,
    "tox": tox_steps,
    "make": make_steps,
    "gmake": make_steps,
    "just": just_steps,
    "pre-commit": pre_commit_steps,
    "prek": pre_commit_steps,
    "npm": npm_steps,
    "yarn": npm_steps,
    "pnpm": npm_steps,
    "bun": npm_steps,
    "invoke": invoke_steps,
    "inv": invoke_steps,
}
_SHELLS = frozenset({"bash", "sh", "dash", "zsh"})
_SHEBANG = re.compile(r"#!.*\b(?:ba|da|z|k)?sh\b(?P<options>[^\n]*)")


def through_runners(steps: Iterable[Step], bundle: Bundle) -> Iterator[Step]:
    """Every step, and below each that calls a runner or a script what that runs."""
    count = 0
    ahead = [(step, 0, frozenset[tuple[str, ...]]()) for step in reversed(list(steps))]
    while ahead:
        step, depth, seen = ahead.pop()
        count += 1
        yield step
        key = (*step.words, step.cwd)
        if not step.words or depth >= MOST_DEPTH or key in seen or count > MOST_STEPS:
            continue
        below = list(_below(step, bundle))
        ahead += [(one, depth + 1, seen | {key}) for one in reversed(below)]


def _below(step: Step, bundle: Bundle) -> Iterator[Step]:
    words = bare(step.words)
    if not words:
        return
    words = _unwrapped(words, step, bundle)
    runner = RUNNERS.get(words[0])
    if runner is not None:
        yield from runner(step, words, bundle)
    elif (path := _script(step, bundle)) is not None:
        yield from _run_script(path, step, bundle)


def _unwrapped(words: tuple[str, ...], step: Step, bundle: Bundle) -> tuple[str, ...]:
    """`python scripts/bootstrap.py nox -s x` is `nox -s x`, where the script does hand its arguments on."""
    if len(words) < 2 or not words[0].endswith(".py") or words[1] not in RUNNERS:
        return words
    path = next((joined(step.cwd, word) for word in step.words if word.endswith(words[0])), words[0])
    text = bundle.text(path) or ""
    hands_on = "sys.argv" in text and re.search(r"os\.exec|subprocess\.", text)
    return words[1:] if hands_on else words


def _script(step: Step, bundle: Bundle) -> str | None:
    """The shell script in the ZIP that a step runs, or None."""
    words = list(step.words)
    if words[0].rpartition("/")[2] in _SHELLS or words[0] in ("source", "."):
        words = [word for word in words[1:] if not word.startswith("-")]
        words = words[1:] if words[:1] in (["pipefail"], ["errexit"]) else words
    if not words:
        return None
    path = joined(step.cwd, words[0])
    if not bundle.has(path):
        return None
    is_shell = path.endswith((".sh", ".bash")) or _SHEBANG.match(bundle.text(path) or "")
    return path if is_shell else None


def _run_script(path: str, step: Step, bundle: Bundle) -> Iterator[Step]:
    text = bundle.text(path) or ""
    shebang = _SHEBANG.match(text)
    options = (
        shebang["options"].split() if shebang and step.words[0].rpartition("/")[2] not in _SHELLS else []
    )
    options += [word for word in step.words[1:] if word.startswith("-")] if step.words[0] in _SHELLS else []
    script = Script(
        text=text,
        where=path,
        cwd=step.cwd,
        env=step.env,
        weaknesses=step.weaknesses,
        errexit=any(word.startswith("-") and "e" in word for word in options),
        pipefail="pipefail" in " ".join(options),
        via=(*step.via, path),
    )
    yield from (replace(one, via=script.via) for one in steps_of(script))
