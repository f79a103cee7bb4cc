"""What CI is told before it starts: the plan of this commit, and the documents that say what runs."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from gateproof.config import load_settings
from gateproof.errors import NothingRanError, RefusedError, UnknownError, UsageError
from gateproof.evidence.plan import Plan, write_plan
from gateproof.judge.ci.documents import differing, renewed
from gateproof.judge.ci.planned import cells
from gateproof.judge.ci.trusted import distrust
from gateproof.record.source import head_commit, observe_source
from gateproof.release.checkout import checkout_bundle
from gateproof.release.gates import declared


def write_plan_of(root: Path, into: Path) -> int:
    """Write the plan of the commit at `root`, and give the number of its jobs.

    Raises RefusedError when something lies beside the commit: the jobs would run on another source than planned.
    """
    source = observe_source(root)
    if source.beside:
        raise RefusedError(f"{source.beside[0]} is not as in the commit; plan from a clean checkout.")
    jobs = tuple(cell.job for cell in cells(declared(root), load_settings(root).ci))
    plan = Plan(commit=source.commit, source=source.subject, jobs=jobs)
    _write(root / into, write_plan(plan))
    return len(jobs)


def renew_documents(root: Path, *, check: bool = False) -> list[str]:
    """Bring every document that the settings name up to date, and give those that were not; `check` writes nothing.

    Raises UsageError for a document without its part, and NothingRanError when the settings name none.
    """
    bundle = checkout_bundle(root)
    try:
        expected = renewed(bundle)
    except ValueError as error:
        raise UsageError(f"The documents cannot be renewed: {error}.") from None
    if not expected:
        raise NothingRanError("[tool.gateproof.ci] documents names no file, so nothing was looked at.")
    changed = differing(bundle, expected)
    for path in [] if check else changed:
        _write(root / path, expected[path].encode("utf-8"))
    return changed


def distrust_run(root: Path, answer: Path, repository: str) -> tuple[str, ...]:
    """Why the run that GitHub's API described in `answer` is no evidence about the commit at `root`.

    Raises UnknownError when the answer cannot be read.
    """
    try:
        said = json.loads(answer.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UnknownError(f"{answer} is not GitHub's answer about a run ({error}); ask again.") from None
    return distrust(said, commit=head_commit(root), repository=repository)


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        raise UnknownError(
            f"{path} could not be written: {error.strerror}; make room or give access."
        ) from None
    finally:
        temporary.unlink(missing_ok=True)
