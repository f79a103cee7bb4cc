"""`gateproof`: the verbs that need no repository, or take lists.

Each reads arguments, calls one stage, prints one report and returns a number.
"""

from __future__ import annotations

import json
import platform
import sys
import traceback
from pathlib import Path

import click

import gateproof
from gateproof import errors
from gateproof.errors import GateproofError

EXISTING = click.Path(exists=True, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(gateproof.__version__, prog_name="gateproof")
def gateproof_command() -> None:
    """Check a delivery, look into a ZIP, record a command.

    Exit codes: 0 yes, 1 no, 2 usage or configuration, 3 nothing ran, 4 could not find out, 130 interrupted.
    """


@gateproof_command.command()
@click.argument("path", type=EXISTING)
@click.option("--signers", type=EXISTING, help="Your own copy of allowed_signers: who may sign.")
@click.option(
    "--accept-rehearsal", is_flag=True, help="Answer yes for a rehearsal too; it is never a release."
)
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON.")
def verify(path: Path, signers: Path | None, accept_rehearsal: bool, as_json: bool) -> int:
    """Check a delivery: a ZIP, its folder, or the outer ZIP of both.

    Needs no git and no network, and executes nothing from it.
    """
    from datetime import UTC, datetime

    from gateproof.pack.report_verification import as_mapping, lines
    from gateproof.pack.verify import verify as verify_delivery

    verification = verify_delivery(
        path, signers=signers, now=datetime.now(UTC), accept_rehearsal=accept_rehearsal
    )
    click.echo(json.dumps(as_mapping(verification), indent=2) if as_json else "\n".join(lines(verification)))
    return verification.exit_code


@gateproof_command.command()
@click.argument("paths", type=EXISTING, nargs=-1, required=True)
@click.option("--commit", help="Hold each ZIP against this commit, which git then packs again to compare.")
@click.option("--repository", type=EXISTING, help="Where the commit is; without it, here.")
@click.option("--json", "as_json", is_flag=True, help="The findings as JSON.")
def inspect(paths: tuple[Path, ...], *, commit: str | None, repository: Path | None, as_json: bool) -> int:
    """List what is wrong with any ZIP: secrets, databases, environments, and lies of the ZIP itself.

    Ends in 0 when every ZIP is clean, in 1 when one is not, in 4 when one could not be inspected.
    """
    from gateproof.release.inspecting import inspect_zips

    inspected = inspect_zips(paths, commit=commit or "", repository=repository)
    click.echo(json.dumps(inspected.as_mapping(), indent=2) if as_json else "\n".join(inspected.lines()))
    return inspected.exit_code


@gateproof_command.command(context_settings={"ignore_unknown_options": True})
@click.option("--name", required=True, help="The name of the record, such as the gate's.")
@click.option(
    "--reads", "reader", required=True, help="The reader that says what was looked at; see `readers`."
)
@click.option("--at-least", type=click.IntRange(min=1), default=1, help="How much it must have looked at.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def run(name: str, reader: str, at_least: int, command: tuple[str, ...]) -> int:
    """Record one COMMAND of an existing CI into the ledger of the repository that it runs in.

    gateproof run --name test --reads django-tests -- python manage.py test
    """
    from gateproof.record.single import record_command

    reading = record_command(Path.cwd(), name=name, reader=reader, at_least=at_least, command=command)
    click.echo(f"{name}: {reading.outcome}: {reading.reason}", err=True)
    return reading.outcome.exit_code


@gateproof_command.command()
def readers() -> int:
    """List the readers, by the names that `run --reads` takes."""
    from gateproof.record.readers import READERS

    click.echo("\n".join(sorted(READERS)))
    return errors.YES


@gateproof_command.command()
@click.argument("zips", nargs=-1, required=True, type=EXISTING)
@click.option("--checklist", type=EXISTING, help="Your own checklist; without one the ZIP's own is taken.")
@click.option("--proofs", type=EXISTING, help="What proves each item, for a checklist that does not say so.")
@click.option("--signers", type=EXISTING, help="Your own copy of allowed_signers: who may sign.")
@click.option(
    "--milestone", help="Ask only for the items of this milestone, as the ZIP's pyproject.toml names them."
)
@click.option("--markdown", is_flag=True, help="The checklist itself, with its boxes ticked by evidence.")
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON.")
def assess(
    zips: tuple[Path, ...],
    *,
    checklist: Path | None,
    proofs: Path | None,
    signers: Path | None,
    milestone: str | None,
    markdown: bool,
    as_json: bool,
) -> int:
    """Mark a checklist by the evidence in a ZIP, a delivery folder or an outer ZIP; several give a table.

    Needs no repository and no network, and executes nothing. A box is ticked on evidence found there, and on
    nothing else. Ends in 1 while an item is open.
    """
    from datetime import UTC, datetime

    from gateproof.pack.assessing import Exam, assess_zips

    exam = Exam(checklist=checklist, proofs=proofs, signers=signers, milestone=milestone)
    assessed = assess_zips(zips, exam, now=datetime.now(UTC))
    click.echo(assessed.text("json" if as_json else "markdown" if markdown else "table"), nl=False)
    return assessed.exit_code


@gateproof_command.command()
@click.argument("old", type=EXISTING)
@click.argument("new", type=EXISTING)
@click.option("--markdown", is_flag=True, help="All of it as a page.")
@click.option("--json", "as_json", is_flag=True, help="All of it as JSON.")
def diff(old: Path, new: Path, *, markdown: bool, as_json: bool) -> int:
    """Say what changed from OLD to NEW, for a buyer who had the last one: files, dependencies, gates, claims.

    Each is a ZIP, a delivery folder or an outer ZIP; nothing of them is executed. Ends in 0 when nothing differs,
    in 1 when something does, and in 4 when one cannot be read or its evidence is not sound.
    """
    from datetime import UTC, datetime

    from gateproof.pack.comparing import compare_deliveries, exit_code, text

    changes = compare_deliveries(old, new, now=datetime.now(UTC))
    click.echo(text(changes, "json" if as_json else "markdown" if markdown else "table"), nl=False)
    return exit_code(changes)


@gateproof_command.command()
@click.argument("shards", nargs=-1, required=True, type=EXISTING)
@click.option(
    "--plan", type=EXISTING, required=True, help="plan.json: what had to report (`invoke ci.plan`)."
)
@click.option(
    "--into", type=click.Path(path_type=Path), help="The ledger to merge into; else the one of this project."
)
def merge(shards: tuple[Path, ...], plan: Path, into: Path | None) -> int:
    """Merge the ledgers of many machines into one, each record once, in any order.

    Writes nothing when a shard is about another source or broken, or a planned leg is missing. Ends in 1 when
    it merged, and a gate did not pass.
    """
    from gateproof.pack.merging import load_plan
    from gateproof.pack.merging import merge as merge_shards
    from gateproof.record.ledger import ledger_folder

    merged = merge_shards(shards, load_plan(plan), into or ledger_folder(Path.cwd()))
    click.echo("\n".join(merged.lines()))
    return merged.exit_code


@gateproof_command.command()
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON.")
def parity(as_json: bool) -> int:
    """Say whether CI runs what `nox -s gates` runs, nothing less and nothing hidden, in the checkout that lies here.

    Reads the noxfile and the CI files, and executes neither.
    """
    from gateproof.judge.parity import parity as compare
    from gateproof.release.checkout import checkout_bundle

    compared = compare(checkout_bundle(Path.cwd()))
    click.echo(json.dumps(compared.as_mapping(), indent=2) if as_json else "\n".join(compared.lines()))
    return compared.exit_code


@gateproof_command.command()
@click.argument("path", type=EXISTING, required=False)
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON.")
def secrets(path: Path | None, as_json: bool) -> int:
    """Look for secrets in every file of a ZIP or a folder; without one, of the commit that is checked out here.

    Needs no network. The commit's own settings say what is allowed; in a ZIP or a folder nothing is.
    """
    from gateproof.release.secretscan.scan import scan_folder, scan_head, scan_zip

    scan = scan_head(Path.cwd()) if path is None else scan_folder(path) if path.is_dir() else scan_zip(path)
    click.echo(json.dumps(scan.as_mapping(), indent=2) if as_json else "\n".join(scan.lines()))
    return errors.YES if scan.is_clean else errors.NO


@gateproof_command.command()
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON.")
def pins(as_json: bool) -> int:
    """Say whether every lock that lies here follows from its inputs, with a hash on every line, and is fresh enough.

    Needs no network.
    """
    from datetime import UTC, datetime

    from gateproof.config import load_settings
    from gateproof.release.pinning.checking import check_pins
    from gateproof.release.pinning.pinning import policy_of, read_texts

    settings = load_settings(Path.cwd()).pins
    checked = check_pins(
        read_texts(Path.cwd(), settings), policy_of(settings), today=datetime.now(UTC).date()
    )
    click.echo(json.dumps(checked.as_mapping(), indent=2) if as_json else "\n".join(checked.lines()))
    return checked.exit_code


@gateproof_command.command()
@click.option(
    "--dry-run", is_flag=True, help="Say what was found and what would be written, and write nothing."
)
@click.option("--yes", is_flag=True, help="Write it without asking.")
@click.option("--production", metavar="MODULE", help="The settings that deploy-check is to look at.")
def init(dry_run: bool, yes: bool, production: str | None) -> int:
    """Adopt the Django project that lies here: gates, tasks, settings and a workflow for it.

    Says what it found and what it is not sure of, shows the diff, and asks. What exists is never overwritten:
    a noxfile.py or tasks.py of your own gets the lines to add, printed.
    """
    from datetime import UTC, datetime

    from gateproof.adopt.adopting import observe_project, write

    root, now = Path.cwd(), datetime.now(UTC)
    is_asked = sys.stdin.isatty() and not (yes or dry_run)
    adoption = observe_project(root, now=now, production=production)
    if is_asked and production is None:
        module = click.prompt("Settings for production", default=adoption.found.production.module)
        adoption = observe_project(root, now=now, production=module)
    click.echo("\n".join(adoption.lines()))
    if dry_run or not adoption.plan.writes:
        return errors.YES
    if not yes and not is_asked:
        raise errors.UsageError(
            "Nobody is there to agree, so nothing was written; look at the diff and add --yes."
        )
    if is_asked and not click.confirm("Write this?"):
        click.echo("Nothing was changed.")
        return errors.NO
    write(root, adoption.plan)
    click.echo("\n".join(adoption.next_steps()))
    return errors.YES


@gateproof_command.command()
@click.option(
    "--advisories",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="GATEPROOF_ADVISORIES",
    help="A dump of advisories, an all.zip as OSV publishes it; then no network is needed.",
)
@click.option(
    "--override",
    envvar="GATEPROOF_ADVISORIES_OVERRIDE",
    help="Why a dump that is too old is let be; the audit is then waived, and has not passed.",
)
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Where to keep pip-audit's own."
)
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON.")
def audit(advisories: Path | None, override: str | None, report: Path | None, as_json: bool) -> int:
    """Ask for known vulnerabilities of every pin of every lock, in the checkout that lies here.

    Ends in 1 for a vulnerability, and in 4 when it could not be found out: a pin that was not audited, or advisories
    that are older than the policy allows.
    """
    from datetime import UTC, datetime

    from gateproof.config import load_settings
    from gateproof.release.supply.stage import audit_checkout

    root = Path.cwd()
    audited = audit_checkout(
        root,
        load_settings(root),
        now=datetime.now(UTC),
        advisories=advisories,
        override=override,
        report=report,
    )
    click.echo(json.dumps(audited.as_mapping(), indent=2) if as_json else "\n".join(audited.lines()))
    return audited.outcome.exit_code


def main(arguments: list[str] | None = None) -> int:
    """Run one verb and return its exit code; the one place where an error becomes words."""
    try:
        code = gateproof_command.main(arguments, prog_name="gateproof", standalone_mode=False)
        return code if isinstance(code, int) else errors.YES
    except click.ClickException as error:
        error.show()
        return errors.USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("gateproof: interrupted.", err=True)
        return errors.INTERRUPTED
    except GateproofError as error:
        click.echo(f"gateproof: {error}", err=True)
        return error.exit_code
    except Exception:
        traceback.print_exc()
        system = (
            f"gateproof {gateproof.__version__}, Python {platform.python_version()}, {platform.platform()}"
        )
        click.echo(
            f"gateproof: this is a bug in gateproof; please report it with the lines above ({system}).",
            err=True,
        )
        return errors.UNKNOWN


if __name__ == "__main__":
    sys.exit(main())
