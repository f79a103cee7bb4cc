"""Whether a run of CI may be the evidence of a release: by what GitHub's API says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

WORKFLOW = ".github/workflows/gates.yml"


def distrust(answer: object, *, commit: str, repository: str) -> tuple[str, ...]:
    """Why a run is no evidence about `commit`, a sentence each; empty means that it is.

    `answer` is what `GET /repos/{repository}/actions/runs/{id}` gives. What it does not say is not assumed.
    """
    if not isinstance(answer, Mapping):
        return ("GitHub's answer is no description of a run.",)
    return tuple(_distrust(answer, commit, repository))


def _distrust(answer: Mapping[str, Any], commit: str, repository: str) -> Iterator[str]:
    wanted = {
        "path": WORKFLOW,
        "event": "push",
        "status": "completed",
        "conclusion": "success",
        "head_sha": commit,
        "repository": repository,
        "head_repository": repository,
    }
    for key, value in wanted.items():
        said = answer.get(key)
        if key.endswith("repository"):
            said = said.get("full_name") if isinstance(said, Mapping) else said
        if not value or said != value:
            yield f"Its {key} is {said!r} and not {value!r}."
