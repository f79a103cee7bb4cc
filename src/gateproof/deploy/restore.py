"""The restore drill: a dump of a seeded store becomes an equal database elsewhere, and whatever is doubtful is refused.

Then the database of each released milestone, with data in it, is brought up to this source.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from gateproof.config import Settings
from gateproof.deploy.database import count_tables, variables_of
from gateproof.deploy.digests import Contents, equal_contents, keeps_rows, kept_contents
from gateproof.deploy.django import Project
from gateproof.deploy.environment import Environment, environment_of
from gateproof.deploy.postgres import Server, embedded_postgres
from gateproof.deploy.readings import all_applied, listed, migrated, refused, seeded
from gateproof.deploy.steps import Proof, Prover, StepCommand, Tell
from gateproof.errors import NotHereError
from gateproof.git import git
from gateproof.record.readers import exit_code, run_checks
from gateproof.release.archive import archive

FIRST = "backup"
TABLES = Path(__file__).with_name("tables.sql")


def prove_restore(root: Path, settings: Settings, *, tell: Tell = print) -> Proof:
    """Dump, refuse, restore, compare; then upgrade from each released milestone. Each is a record of its own.

    Where no server can be run the first step is SKIPPED, and says what to install.
    Raises UnknownError when something cannot be made, KeyboardInterrupt when stopped; the servers are gone then.
    """
    environment = environment_of(root, settings.deploy.lock)
    prover = Prover(root, settings, lock=environment.lock, tell=tell)
    try:
        with embedded_postgres() as one, embedded_postgres() as other, _scratch() as scratch:
            drill = _Drill(root, settings, environment, Path(scratch), prover)
            drill.run(one, other)
            _upgrades(drill, tell)
    except NotHereError as error:
        prover.skip(FIRST, str(error))
    return prover.proof


def released(root: Path, settings: Settings) -> tuple[str, ...]:
    """The tags of milestones that are released, in their order."""
    there = git("tag", "--list", cwd=root).decode("utf-8", "replace").split()
    return tuple(
        milestone.tag for milestone in settings.milestones if milestone.tag and milestone.tag in there
    )


def contents(server: Server, keep: Contents, *, like: Contents | None = None) -> StepCommand:
    """Read the digest of every table into `keep`, and with `like` compare it with what was read before."""
    words = ("psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(TABLES))
    reads = kept_contents(keep) if like is None else equal_contents(like)
    return StepCommand(argv=words, program=server.program("psql"), reads=reads, env=server.environment)


def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="gp-")


class _Drill:
    """What every step of one drill is about."""

    def __init__(
        self, root: Path, settings: Settings, environment: Environment, scratch: Path, prover: Prover
    ) -> None:
        self.root, self.settings, self.environment = root, settings, environment
        self.scratch, self.prover = scratch, prover

    def project(
        self, server: Server, root: Path | None = None, environment: Environment | None = None
    ) -> Project:
        """This source, or another one, on that server."""
        chosen = environment or self.environment
        return Project(root or self.root, self.settings.deploy, chosen, variables_of(server, chosen))

    def run(self, one: Server, other: Server) -> None:
        source, target = self.project(one), self.project(other)
        dumps, before = self.scratch / "dumps", Contents()
        step = self.prover.step
        step(
            FIRST,
            [
                source.manage("migrate", "--no-color", reads=migrated()),
                source.seed(),
                contents(one, before),
                source.manage("backup", "--folder", str(dumps), reads=listed(at_least=1)),
            ],
        )
        dump = next(iter(sorted(dumps.glob("*.dump"))), dumps / "none.dump")
        step("restore-refused", self._refusals(dump, source, target, other))
        step(
            "restore",
            [
                count_tables(other, none=True),
                target.manage("restore", str(dump), reads=listed(at_least=1)),
                contents(other, Contents(), like=before),
                target.manage("showmigrations", "--plan", "--no-color", reads=all_applied()),
                target.manage("run_checks", "--fail-on-issues", reads=run_checks()),
            ],
        )

    def _refusals(self, dump: Path, source: Project, target: Project, other: Server) -> list[StepCommand]:
        damaged = {
            "truncated": "checksum differs",
            "altered": "checksum differs",
            "unchecked": "cannot be read",
        }
        paths = {how: self.scratch / how / dump.name for how in damaged}
        damage = Path(__file__).parent / "scripts" / "damage.py"
        words = ("python", str(damage), str(dump), str(self.scratch))
        return [
            StepCommand(argv=words, program=sys.executable, reads=exit_code()),
            *(
                target.manage("restore", str(paths[how]), reads=refused(words))
                for how, words in damaged.items()
            ),
            source.manage("restore", str(dump), reads=refused("is not empty")),
            # And none of them has left anything behind.
            count_tables(other, none=True),
        ]

    def upgrade(self, tag: str) -> None:
        """From the schema of a released milestone, with its own demo data, to this source."""
        zip_path, folder = self.scratch / f"{tag}.zip", self.scratch / tag
        archive(self.root, tag, zip_path)
        unpack = ("python", "-m", "zipfile", "-e", str(zip_path), str(folder))
        with embedded_postgres() as server:
            before = Contents()
            if not self.prover.step(
                f"unpack-{tag}",
                [
                    StepCommand(argv=unpack, program=sys.executable, reads=exit_code()),
                    count_tables(server, none=True),
                ],
            ):
                return
            old = self.project(server, folder, environment_of(folder, self.settings.deploy.lock))
            new = self.project(server)
            self.prover.step(
                f"upgrade-{tag}",
                [
                    old.manage("migrate", "--no-color", reads=migrated()),
                    old.manage("seed_demo", reads=seeded()),
                    contents(server, before),
                    new.only("migrate", "--no-color"),
                    new.manage("showmigrations", "--plan", "--no-color", reads=all_applied()),
                    StepCommand(
                        argv=contents(server, before).argv,
                        program=server.program("psql"),
                        reads=keeps_rows(before),
                        env=server.environment,
                    ),
                    new.manage("run_checks", "--fail-on-issues", reads=run_checks()),
                ],
            )


def _upgrades(drill: _Drill, tell: Tell) -> None:
    tags = released(drill.root, drill.settings)
    if not tags:
        tell("         No milestone is released yet, so there is no upgrade to prove.")
    for tag in tags:
        drill.upgrade(tag)
