"""The Invoke verbs of a repository.

Each reads arguments, calls one stage, prints one report and ends in its exit code.
"""

from __future__ import annotations

import functools
import getpass
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from invoke.collection import Collection
from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

from gateproof.config import load_settings
from gateproof.errors import INTERRUPTED, NO, YES, GateproofError, UsageError


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
def release(context: Context, rehearse: bool = False, dry_run: bool = False) -> int:
    """Release this commit: dist/VERSION/ and one signed tag; --rehearse all but the tag, --dry-run only says what."""
    from gateproof.release.progress import terminal_progress
    from gateproof.release.rehearsal import rehearse as rehearse_release
    from gateproof.release.transaction import foresee
    from gateproof.release.transaction import release as release_commit

    root = Path.cwd()
    settings = load_settings(root)
    if dry_run or context.config.run.dry:
        if rehearse:
            raise UsageError(
                "A rehearsal has no plan to show: it runs every gate. Take --rehearse or --dry-run."
            )
        print("\n".join(foresee(root, settings).lines()))
        return YES
    with terminal_progress(sys.stdout) as progress:
        made = (rehearse_release if rehearse else release_commit)(root, settings, progress, _ask())
    print("\n".join(made.lines()))
    return YES


@verb
def withdraw(context: Context, tag: str, why: str = "") -> int:
    """Withdraw a release that lies in dist/: a signed word beside it, which `gateproof verify` says. The tag stays."""
    from datetime import UTC, datetime

    from gateproof.release.withdrawing import withdraw as withdraw_release

    root = Path.cwd()
    taken_back = withdraw_release(root, load_settings(root), tag, why, now=datetime.now(UTC), ask=_ask())
    print("\n".join(taken_back.lines()))
    return YES


@verb
def prepare(
    context: Context,
    *,
    milestone: str = "",
    patch: bool = False,
    version: str = "",
    yes: bool = False,
    keep_claims: bool = False,
    dry_run: bool = False,
) -> int:
    """Commit what a release needs: the version, the changelog's section, the claims. Shows the diff and asks."""
    from datetime import UTC, datetime

    from gateproof.release.committing import commit_plan, next_steps
    from gateproof.release.preparing import plan_commit
    from gateproof.release.versions import Asked

    root = Path.cwd()
    now = datetime.now(UTC)
    asked = Asked(milestone=milestone, patch=patch, version=version)
    plan = plan_commit(root, load_settings(root), asked, today=now.date(), now=now, keep_claims=keep_claims)
    print("\n".join(plan.lines()))
    if dry_run or context.config.run.dry:
        return YES
    if not yes and not _agreed(f"Commit this to {plan.branch}?"):
        print("Nothing was changed.")
        return NO
    print("\n".join(next_steps(plan, commit_plan(plan))))
    return YES


@verb
def notes(context: Context, commit: str = "HEAD", tag_page: bool = False) -> int:
    """Preview the release notes of a commit; --tag-page as `gh release create --notes-file` takes them."""
    from datetime import UTC, datetime

    from gateproof.release.noting import preview_text

    root = Path.cwd()
    now = datetime.now(UTC)
    print(preview_text(root, load_settings(root), commit, now=now, as_tag_page=tag_page), end="")
    return YES


@verb
def archive(context: Context, commit: str = "HEAD") -> int:
    """Write the clean ZIP of a commit into dist/, or list what must not be handed over and write nothing."""
    from gateproof.release.clean import archive_clean

    root = Path.cwd()
    settings = load_settings(root)
    result = archive_clean(root, settings, commit, root / "dist" / settings.archive.name)
    print("\n".join(result.lines()))
    return NO if result.findings else YES


@verb
def pin(
    context: Context, *, upgrade: bool = False, package: str = "", engine: str = "", as_json: bool = False
) -> int:
    """Compile the locks whose inputs changed, by pip-tools or uv; --upgrade all pins, or only --package A,B."""
    from datetime import UTC, datetime

    from gateproof.release.pinning.pinning import Asked
    from gateproof.release.pinning.pinning import pin as pin_locks
    from gateproof.release.progress import terminal_bar
    from gateproof.release.supply.asking import ask

    root = Path.cwd()
    packages = tuple(name.strip() for name in package.split(",") if name.strip())
    asked = Asked(everything=upgrade, packages=packages, engine=engine or None)
    settings = load_settings(root)
    dump = os.environ.get("GATEPROOF_ADVISORIES")
    asks = functools.partial(ask, service=settings.audit.service, dump=Path(dump) if dump else None)
    with terminal_bar(sys.stderr) as bar:
        today = datetime.now(UTC).date()
        pinned = pin_locks(root, settings.pins, asked, today=today, bar=bar, ask=asks)
    print(json.dumps(pinned.as_mapping(), indent=2) if as_json else "\n".join(pinned.lines()))
    return YES


@verb
def evidence(context: Context, as_json: bool = False) -> int:
    """List where each gate stands for the source that lies here: proven, red, flaky, unclean, stale, missing."""
    from gateproof.judge.render import standing_lines
    from gateproof.judge.standing import stand
    from gateproof.record.ledger import records
    from gateproof.record.source import observe_source
    from gateproof.release.gates import declared_gates

    root = Path.cwd()
    standing = stand(declared_gates(root), records(root), observe_source(root).subject.git_tree)
    print(json.dumps(standing.as_mapping(), indent=2) if as_json else "\n".join(standing_lines(standing)))
    return standing.exit_code


@verb
def status(context: Context, as_json: bool = False) -> int:
    """Say where the release stands, from evidence: proven, stale, missing, waived; and the next command."""
    from gateproof.release.standing import observe_status

    found = observe_status(Path.cwd())
    print(json.dumps(found.as_mapping(), indent=2) if as_json else "\n".join(found.lines()))
    return found.exit_code


@verb
def assess(
    context: Context,
    *,
    zip_path: str = "",
    checklist: str = "",
    proofs: str = "",
    milestone: str = "",
    signers: str = "",
    markdown: bool = False,
    as_json: bool = False,
) -> int:
    """Mark the checklist by the evidence: of a delivery (--zip-path), or of HEAD with the records in the ledger."""
    from datetime import UTC, datetime

    from gateproof.pack.assessing import Exam, assess_zips
    from gateproof.release.assessing import assess_repository
    from gateproof.release.clean import rule_set
    from gateproof.release.signing import published_signers

    root = Path.cwd()
    settings = load_settings(root)
    # A delivery is judged by who holds it; only the repository's own state by what it publishes.
    own = None if zip_path else published_signers(root, settings)
    exam = Exam(
        checklist=Path(checklist or settings.checklist),
        proofs=Path(proofs) if proofs else None,
        signers=Path(signers) if signers else own,
        milestone=milestone or None,
        rules=rule_set(settings),
    )
    now = datetime.now(UTC)
    assessed = (
        assess_zips([Path(zip_path)], exam, now=now) if zip_path else assess_repository(root, exam, now=now)
    )
    print(assessed.text("json" if as_json else "markdown" if markdown else "table"), end="")
    return assessed.exit_code


@verb
def database(context: Context, docker: bool = False) -> int:
    """Prove that an empty PostgreSQL becomes a working store; --docker: in containers made from the release ZIP."""
    from gateproof.deploy.containers import prove_containers
    from gateproof.deploy.database import prove_database

    root = Path.cwd()
    settings = load_settings(root)
    proof = (
        prove_containers(root, settings, tell=_say) if docker else prove_database(root, settings, tell=_say)
    )
    return proof.exit_code


@verb
def matrix(context: Context) -> int:
    """Print the CI matrix, a job a gate and leg, as GitHub Actions takes it: matrix={"include": […]}."""
    from gateproof.judge.ci.planned import cells
    from gateproof.release.gates import declared

    root = Path.cwd()
    planned = [cell.as_mapping() for cell in cells(declared(root), load_settings(root).ci)]
    print("matrix=" + json.dumps({"include": planned}, separators=(",", ":")))
    return YES


@verb
def plan(context: Context, into: str = ".gateproof/plan.json") -> int:
    """Write the plan that `gateproof merge` holds shards against: every gate and leg, of the commit that lies here."""
    from gateproof.release.jobs import write_plan_of

    print(f"{into}: {write_plan_of(Path.cwd(), Path(into))} jobs planned")
    return YES


@verb
def legs(context: Context) -> int:
    """Run the gates of `everywhere` on each other Python that is here, as CI does; one that is not is SKIPPED."""
    from gateproof.release.legs import run_legs

    root = Path.cwd()
    ran = run_legs(root, load_settings(root), _say)
    print("\n".join(ran.lines()))
    return ran.exit_code


@verb
def docs(context: Context, check: bool = False) -> int:
    """Renew the tables of gates and the workflows' part from the noxfile; --check only says which are stale."""
    from gateproof.release.jobs import renew_documents

    changed = renew_documents(Path.cwd(), check=check)
    told = "is stale; run `invoke ci.docs`" if check else "renewed"
    print("\n".join(f"{path} {told}" for path in changed) or "All is as it should be.")
    return NO if check and changed else YES


@verb
def summary(context: Context, base: str = "") -> int:
    """Print the page of a CI run in Markdown: the gates, and with --base what changed since that checkout."""
    from gateproof.release.summing import summary as sum_up

    print("\n".join(sum_up(Path.cwd(), Path(base) if base else None)))
    return YES


@verb
def trust(context: Context, answer: str = ".gateproof/run.json") -> int:
    """Say whether a run of CI may be a release's evidence: a successful push run of gates.yml for this very commit."""
    from gateproof.release.jobs import distrust_run

    reasons = distrust_run(Path.cwd(), Path(answer), os.environ.get("GITHUB_REPOSITORY", ""))
    print("\n".join(reasons) or "The run is a successful push run of gates.yml for this commit.")
    return NO if reasons else YES


def _ask() -> Callable[[str], str] | None:
    """How a passphrase is asked for; not at all where nobody sits at the terminal."""
    return getpass.getpass if sys.stdin.isatty() else None


def _agreed(question: str) -> bool:
    """What a person answers. Raises UsageError where nobody sits at the terminal."""
    if not sys.stdin.isatty():
        raise UsageError("Nobody is there to agree, so nothing was changed; look at the diff and add --yes.")
    return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}


@verb
def restore(context: Context) -> int:
    """Practise a restore: dump, refuse what is damaged, restore, compare; upgrade from released milestones."""
    from gateproof.deploy.restore import prove_restore

    root = Path.cwd()
    return prove_restore(root, load_settings(root), tell=_say).exit_code


@verb
def screens(context: Context) -> int:
    """Drive the demo's walkthrough in a browser, and keep what each role sees, on a desk and on a phone."""
    from gateproof.deploy.screens import prove_screens

    root = Path.cwd()
    return prove_screens(root, load_settings(root), tell=_say).exit_code


@verb
def documents(context: Context) -> int:
    """Run the commands of docs/deployment.md and docs/backup_restore.md as they stand, from the ZIP."""
    from gateproof.deploy.documents import prove_documents

    root = Path.cwd()
    return prove_documents(root, load_settings(root), tell=_say).exit_code


def _say(line: str) -> None:
    print(line, flush=True)


ci = Collection("ci")
ci.add_task(matrix)
ci.add_task(plan)
ci.add_task(legs)
ci.add_task(docs)
ci.add_task(summary)
ci.add_task(trust)
prove = Collection("prove")
prove.add_task(database)
prove.add_task(restore)
prove.add_task(screens)
prove.add_task(documents)
namespace = Collection(prepare, notes, release, withdraw, archive, evidence, status, assess, ci, prove, pin)
