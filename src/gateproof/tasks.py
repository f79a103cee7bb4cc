"""The Invoke verbs of a repository. Each reads arguments, calls one stage, prints one report and ends in its exit code."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from invoke.collection import Collection
from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

from gateproof.config import load_settings
from gateproof.errors import INTERRUPTED, NO, YES, GateproofError


def verb(body: Callable[..., int]) -> Any:
    """An Invoke task that ends in the exit code its body returns, with every expected failure as one sentence."""

    @functools.wraps(body)
    def run(context: Context, *args: Any, **kwargs: Any) -> None:
        try:
            code = body(context, *args, **kwargs)
        except GateproofError as error:
            raise Exit(f"gateproof: {error}", error.exit_code) from None
        except KeyboardInterrupt:
            raise Exit("gateproof: interrupted; nothing was released.", INTERRUPTED) from None
        if code:
            raise Exit(code=code)

    return task(run)


@verb
def release(context: Context, rehearse: bool = False) -> int:
    """Release this commit; with --rehearse make everything but the tag, in a scratch clone, into dist/rehearsal/."""
    from gateproof.release.progress import terminal_progress
    from gateproof.release.rehearsal import rehearse as rehearse_release

    root = Path.cwd()
    if not rehearse:
        raise GateproofError("Only the rehearsal is built yet; run `invoke release --rehearse`.")
    with terminal_progress(sys.stdout) as progress:
        delivery = rehearse_release(root, load_settings(root), progress)
    print("\n".join(delivery.lines()))
    return YES


@verb
def archive(context: Context, commit: str = "HEAD") -> int:
    """Write the clean ZIP of a commit to dist/, or say what must not be handed over."""
    from gateproof.release.clean_archive import archive_clean

    root = Path.cwd()
    result = archive_clean(root, load_settings(root), commit)
    print("\n".join(result.lines()))
    return NO if result.findings else YES


@verb
def evidence(context: Context, as_json: bool = False) -> int:
    """List what is proven for this source: proven, stale, flaky, missing; and whether the runs count."""
    from gateproof.evidence.standing import standing_of, standing_table

    root = Path.cwd()
    standing = standing_of(root)
    print(json.dumps(standing.as_mapping(), indent=2) if as_json else standing_table(standing))
    return standing.exit_code


@verb
def matrix(context: Context) -> int:
    """Print the CI matrix, a job a gate, as GitHub Actions takes it: matrix={"session": […]}."""
    from gateproof.release.gates import declared_gates

    print("matrix=" + json.dumps({"session": declared_gates(Path.cwd())}, separators=(",", ":")))
    return YES


ci = Collection("ci")
ci.add_task(matrix)
namespace = Collection(release, archive, evidence, ci)
