"""A shop that is ready to be released, with evidence in its ledger, for tests of the release itself."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from functional.project import PYPROJECT, SRC, Project, gate
from gateproof.config import load_settings
from gateproof.evidence.keys import signer_of
from gateproof.evidence.signers import write_signer
from gateproof.evidence.subject import subject_of
from gateproof.model import Outcome
from gateproof.record.source import source_files
from gateproof.release.progress import Silent
from gateproof.release.signing import VARIABLE
from gateproof.release.transaction import Prospect, Released, foresee, release
from packs import SPACES, Case, write_record

TASKS = (
    f"import sys\nsys.dont_write_bytecode = True\nsys.path.insert(0, {str(SRC)!r})\n"
    "from gateproof.tasks import namespace\n"
)
CHECKLIST = """# Ready?

## S1

- [ ] S1.1 The totals add up `count: totals.looked_at >= 3`

## S2

- [ ] S2.1 It is tagged `tag: v0.2-m2-ops`
"""


def milestone(name: str, version: str, tag: str, items: str = '"S1"') -> str:
    return (
        f'\n[[tool.gateproof.milestones]]\nname = "{name}"\nversion = "{version}"\n'
        f'tag = "{tag}"\nitems = [{items}]\n'
    )


PLANNED = (
    milestone("m2", "0.2.0", "v0.2-m2-ops")
    + milestone("m3", "0.3.0", "v0.3-m3-revenue")
    + milestone("m4", "1.0.0", "v1.0-m4-ready", '"S1", "S2"')
)


def bumped(version: str) -> str:
    return f'\n[tool.bumpversion]\ncurrent_version = "{version}"\n'


def changelog(*versions: str, unreleased: str = "") -> str:
    sections = "".join(f"\n## [{version}] - 2026-11-24\n\n- Version {version}.\n" for version in versions)
    return f"# Changelog\n\n## [Unreleased]\n{unreleased}{sections}"


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A repository, the key of its releaser, and what a buyer trusts."""

    project: Project
    key: Path
    signers: Path

    @property
    def root(self) -> Path:
        return self.project.root

    @classmethod
    def make(cls, folder: Path, *, version: str = "0.2.0", extra: str = "", gates: str = "") -> Shop:
        """A shop of one prepared commit, with a green record of its gate."""
        key, signers = make_key(folder)
        files = {
            "pyproject.toml": PYPROJECT + PLANNED + bumped(version) + extra,
            "CHANGELOG.md": changelog(version),
            "docs/07_sales_ready.md": CHECKLIST,
            "README.md": "# Shop\n",
            "tasks.py": TASKS,
        }
        shop = cls(
            project=Project.make(folder / "shop", gates or gate("totals"), files), key=key, signers=signers
        )
        shop.prove()
        return shop

    def copy(self, folder: Path) -> Shop:
        """The same in another place."""
        shutil.copytree(self.root, folder / "shop", symlinks=True)
        return Shop(project=Project(root=folder / "shop"), key=self.key, signers=self.signers)

    def prove(
        self,
        *outcomes: Outcome,
        gate: str = "totals",
        is_clean: bool = True,
        reason: str = "12 tests passed.",
        kind: str = "gates",
    ) -> None:
        """Put records of a gate on the source that is committed into the ledger; one that passed by default."""
        subject = subject_of(source_files(self.root, self.project.git("rev-parse", "HEAD")))
        for minutes, outcome in enumerate(outcomes or (Outcome.PASSED,)):
            case = Case(
                gate=gate, outcome=outcome, minutes=minutes, is_clean=is_clean, reason=reason, kind=kind
            )
            write_record(self.root / ".gateproof" / "ledger", case, subject)

    def prepare(self, version: str, *before: str, extra: str = "") -> None:
        """Commit the next version, and prove it."""
        self.project.write("pyproject.toml", PYPROJECT + PLANNED + bumped(version) + extra)
        self.project.write("CHANGELOG.md", changelog(version, *before))
        self.project.commit(f"Prepare {version}")
        self.prove()

    def foresee(self) -> Prospect:
        return foresee(self.root, load_settings(self.root))

    def release(self) -> Released:
        return release(self.root, load_settings(self.root), Silent())

    def state(self) -> tuple[str, str, str, str]:
        """What only the tag may change: refs, HEAD, index with work tree, and the branch that is checked out."""
        project = self.project
        return (
            project.git("for-each-ref"),
            project.git("rev-parse", "HEAD"),
            project.git("status", "--porcelain", "--untracked-files=all") + project.git("ls-files", "-s"),
            project.git("symbolic-ref", "-q", "HEAD"),
        )


def make_key(folder: Path, name: str = "key") -> tuple[Path, Path]:
    """A private key of the releaser, and the signers file of a buyer who trusts it."""
    private = ec.generate_private_key(ec.SECP256R1())
    key, signers = folder / name, folder / f"{name}.signers"
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    key.chmod(0o600)
    public = signer_of(private, is_identity=True).public
    signers.write_bytes(write_signer(public, principal="release", namespaces=SPACES))
    return key, signers


def now() -> datetime:
    return datetime.now(UTC)


__all__ = ["CHECKLIST", "PLANNED", "VARIABLE", "Shop", "bumped", "changelog", "make_key", "milestone", "now"]
