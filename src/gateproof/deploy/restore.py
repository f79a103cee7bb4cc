"""The restore drill: a dump of a seeded store becomes an equal database elsewhere, and whatever is doubtful is refused.

Then the database of each released milestone, with data in it, is brought up to this source.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from gateproof.config import Settings
from gateproof.deploy.database import count_tables, variables_of
from gateproof.deploy.digests import Contents, equal_contents, kept_contents
from gateproof.deploy.django import Project
from gateproof.deploy.environment import Environment, environment_of
from gateproof.deploy.postgres import Server, embedded_postgres
from gateproof.deploy.readings import all_applied, listed, migrated, refused
from gateproof.deploy.steps import Proof, Prover, StepCommand, Tell
from gateproof.deploy.upgrade import prove_upgrades, tables_of
from gateproof.errors import NotHereError
from gateproof.record.readers import exit_code, run_checks

FIRST = "backup"


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
            prove_upgrades(root, settings, environment, prover, tell=tell)
    except NotHereError as error:
        prover.skip(FIRST, str(error))
    return prover.proof


def contents(server: Server, keep: Contents, *, like: Contents | None = None) -> StepCommand:
    """Read the digest of every table into `keep`, and with `like` compare it with what was read before."""
    return tables_of(server, "tables.sql", kept_contents(keep) if like is None else equal_contents(like))


def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="gp-")


class _Drill:
    """What every step of one drill is about."""

    def __init__(
        self, root: Path, settings: Settings, environment: Environment, scratch: Path, prover: Prover
    ) -> None:
        self.root, self.settings, self.environment = root, settings, environment
        self.scratch, self.prover = scratch, prover

    def project(self, server: Server) -> Project:
        """This source on that server."""
        variables = variables_of(server, self.environment)
        return Project(self.root, self.settings.deploy, self.environment, variables)

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
