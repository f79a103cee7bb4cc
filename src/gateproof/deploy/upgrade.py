"""Upgrades: the database of each released milestone, with data in it, comes up to this source, and nothing is lost.

A milestone is what its tag says: its own migrations and demo data, by its own code, on its own lock.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path

from gateproof.config import Settings
from gateproof.deploy.database import count_tables, variables_of
from gateproof.deploy.digests import Contents, copied, keeps_contents, kept_contents
from gateproof.deploy.django import Project
from gateproof.deploy.environment import Environment, environment_of
from gateproof.deploy.postgres import Server, embedded_postgres
from gateproof.deploy.readings import all_applied, migrated, seeded
from gateproof.deploy.steps import Prover, StepCommand, Tell
from gateproof.git import git
from gateproof.record.readers import Reader, exit_code, run_checks
from gateproof.release.archive import archive

NONE_RELEASED = "         No milestone is released yet, so there is no upgrade to prove."
HERE = Path(__file__).parent


def prove_upgrades(
    root: Path, settings: Settings, environment: Environment, prover: Prover, *, tell: Tell = print
) -> None:
    """From each released milestone to this source: two steps each, named after its tag.

    Where none is released that is told, and no step says anything of upgrades.
    Raises NotHereError where no server can be run, UnknownError when something cannot be made,
    KeyboardInterrupt when stopped; the servers are gone then.
    """
    tags = released(root, settings)
    if not tags:
        tell(NONE_RELEASED)
    for tag in tags:
        with tempfile.TemporaryDirectory(prefix="gp-") as scratch, embedded_postgres() as server:
            if prover.step(f"unpack-{tag}", _unpacked(root, tag, Path(scratch), server)):
                own = _environment(Path(scratch) / tag, settings.deploy.lock, environment)
                old = Project(Path(scratch) / tag, settings.deploy, own, variables_of(server, own))
                new = Project(root, settings.deploy, environment, variables_of(server, environment))
                prover.step(f"upgrade-{tag}", _upgraded(old, new, server, settings.deploy.upgrade_changes))


def released(root: Path, settings: Settings) -> tuple[str, ...]:
    """The tags of milestones that are released, in their order."""
    there = git("tag", "--list", cwd=root).decode("utf-8", "replace").split()
    return tuple(
        milestone.tag for milestone in settings.milestones if milestone.tag and milestone.tag in there
    )


def tables_of(server: Server, file: str, reads: Reader) -> StepCommand:
    """Ask the server by one of the questions that lie beside this module."""
    words = ("psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(HERE / file))
    return StepCommand(argv=words, program=server.program("psql"), reads=reads, env=server.environment)


def _environment(root: Path, lock: str, present: Environment) -> Environment:
    """What the milestone's own lock pins; it is not made again where it pins what is pinned now."""
    file = root / "requirements" / f"{lock}.txt"
    is_the_same = file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == present.lock
    return present if is_the_same else environment_of(root, lock)


def _unpacked(root: Path, tag: str, scratch: Path, server: Server) -> list[StepCommand]:
    zip_path = scratch / f"{tag}.zip"
    archive(root, tag, zip_path)
    words = ("python", "-m", "zipfile", "-e", str(zip_path), str(scratch / tag))
    return [
        StepCommand(argv=words, program=sys.executable, reads=exit_code()),
        count_tables(server, none=True),
    ]


def _upgraded(old: Project, new: Project, server: Server, changes: tuple[str, ...]) -> list[StepCommand]:
    before = Contents()
    return [
        old.manage("migrate", "--no-color", reads=migrated()),
        old.manage("seed_demo", reads=seeded()),
        tables_of(server, "tables.sql", kept_contents(before)),
        tables_of(server, "before.sql", copied(before)),
        new.only("migrate", "--no-color"),
        new.manage("showmigrations", "--plan", "--no-color", reads=all_applied()),
        tables_of(server, "after.sql", keeps_contents(before, changes=changes)),
        new.models(),
        new.manage("run_checks", "--fail-on-issues", reads=run_checks()),
    ]
