"""What CI runs: every command of every CI file in a bundle, through the task runners that they call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gateproof.judge.bundle import Bundle
from gateproof.judge.ci.github import read_github, workflow_files
from gateproof.judge.ci.gitlab import GITLAB, read_gitlab
from gateproof.judge.ci.runners import through_runners
from gateproof.judge.ci.steps import Step

OTHERS = (
    ".circleci/config.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "Jenkinsfile",
    ".travis.yml",
    ".drone.yml",
    ".woodpecker.yml",
    "appveyor.yml",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CiReading:
    """Everything that CI runs, as far as the ZIP tells."""

    files: tuple[str, ...]
    """The CI files that were read."""
    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()
    """What could not be read, and why; a sentence each."""
    unread: tuple[str, ...] = ()
    """CI files of a kind that is not read."""

    @property
    def effective(self) -> tuple[Step, ...]:
        """The commands whose failure makes CI red."""
        return tuple(step for step in self.steps if step.words and not step.weaknesses)


def read_ci(bundle: Bundle) -> CiReading:
    """What the CI files of a bundle run. Nothing is executed; what is not understood is in the notes."""
    github, notes = read_github(bundle)
    gitlab, more = read_gitlab(bundle)
    files = (*workflow_files(bundle), *((GITLAB,) if bundle.has(GITLAB) else ()))
    steps = tuple(through_runners((*github, *gitlab), bundle))
    return CiReading(
        files=files,
        steps=steps,
        notes=tuple(dict.fromkeys((*notes, *more, *_not_understood(steps)))),
        unread=tuple(path for path in OTHERS if bundle.has(path)),
    )


def _not_understood(steps: Iterable[Step]) -> Iterable[str]:
    return (f"{step.where}: {step.weaknesses[-1]}" for step in steps if not step.words)
