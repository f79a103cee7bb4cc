"""Our release workflow, run by act from a fresh clone: from the merged evidence of a run to a delivery that verifies.

What this does not show: the protected environment and its reviewers, GitHub's attestation, and the artifact service
between two runs. `gh`, setup-python, attest and the artifact actions are stand-ins.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from acceptance.acting import ACTION, BOOTSTRAP, RELEASE, REPOSITORY, REUSABLE, ROOT, TASKS, Acted, Stage
from functional.project import HEAD, IGNORED, PYPROJECT, SRC, TAIL, Project
from functional.project import gate as gate_text
from functional.releasing import CHECKLIST, PLANNED, bumped, changelog, make_key, now
from gateproof.pack.verify import Answer, verify

pytestmark = pytest.mark.acceptance

GATES = ".github/workflows/gates.yml"
CALLS_THE_GATES = """on: [push]
permissions: {{contents: read, actions: read}}
jobs:
  gates:
    uses: ./.github/workflows/reusable.yml
    with: {{python: "{main}"}}
"""


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A project whose gates ran in CI, what they uploaded, and who may release it."""

    stage: Stage
    project: Project
    gates: Acted
    key: Path
    signers: Path

    def act(self, name: str, run: str = "7") -> Acted:
        """The release workflow, asked to release from a run, with the uploads of the gates and nothing else."""
        store = shutil.copytree(self.gates.store, self.stage.folder / f"store-{name}")
        secrets = {
            "GATEPROOF_SIGNING_KEY": self.key.read_text(encoding="utf-8"),
            "GITHUB_TOKEN": "not-a-token",
        }
        event: tuple[str, ...] = ("workflow_dispatch", "-W", RELEASE, "--input", f"run={run}")
        event += ("--env", f"ANSWERS={self.stage.folder}", "--env", "GITHUB_ACTOR=ada")
        return self.stage.act(
            self.project,
            name,
            *event,
            store=store,
            secrets=secrets,
        )


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Ready:
    stage = Stage.make(tmp_path_factory.mktemp("released"))
    main, _ = stage.versions
    key, signers = make_key(stage.folder)
    files = {
        "pyproject.toml": PYPROJECT + PLANNED + bumped("0.2.0") + f'[tool.gateproof.ci]\npython = "{main}"\n',
        "CHANGELOG.md": changelog("0.2.0"),
        "docs/07_sales_ready.md": CHECKLIST,
        "README.md": "# Shop\n",
        ".gitignore": IGNORED,
        GATES: CALLS_THE_GATES.format(main=main),
        **{path: (ROOT / path).read_text(encoding="utf-8") for path in (ACTION, REUSABLE, RELEASE)},
        "scripts/bootstrap.py": BOOTSTRAP,
        "tasks.py": TASKS,
        "noxfile.py": HEAD.format(src=str(SRC)) + gate_text("totals") + TAIL,
    }
    project = Project.make(stage.folder / "shop", "", files)
    gates = stage.act(project, "gates", "push", "-W", GATES)
    assert gates.code == 0, gates.said
    return Ready(stage=stage, project=project, gates=gates, key=key, signers=signers)


def answer(ready: Ready, run: str, **other: object) -> None:
    """What GitHub says of a run, differing in `other` from what a release needs."""
    names = {"repository": {"full_name": REPOSITORY}, "head_repository": {"full_name": REPOSITORY}}
    said: dict[str, object] = {
        "path": GATES,
        "event": "push",
        "status": "completed",
        "conclusion": "success",
        **names,
    }
    said |= {"head_sha": ready.project.git("rev-parse", "HEAD")} | other
    (ready.stage.folder / f"{run}.json").write_text(json.dumps(said), encoding="utf-8")


@pytest.mark.parametrize(
    ("run", "other", "words"),
    [
        ("8", {"head_sha": "0" * 40}, "Its head_sha is"),
        ("9", {"event": "pull_request"}, "Its event is 'pull_request' and not 'push'."),
        ("10; id", {}, "The run must be a number."),
    ],
)
def test_another_run_releases_nothing(ready: Ready, run: str, other: dict[str, object], words: str) -> None:
    answer(ready, run, **other)

    done = ready.act(f"refused-{run[:2].strip()}", run)

    assert done.code == 1
    assert words in done.said
    assert "delivery" not in done.uploaded


@pytest.fixture(scope="module")
def released(ready: Ready) -> Acted:
    answer(ready, "7")
    done = ready.act("green")
    assert done.code == 0, done.said
    return done


def test_a_release_from_merged_evidence_verifies(ready: Ready, released: Acted) -> None:
    told = verify(released.store / "delivery" / "0.2.0", ready.signers, now=now())

    assert (told.answer, told.findings) == (Answer.VERIFIED, ())
    assert told.facts.tag == "v0.2-m2-ops"


def test_what_github_attests_is_the_delivery(released: Acted) -> None:
    attested = (released.store / "attested").read_text(encoding="utf-8").split()

    assert attested == ["dist/0.2.0/shop-delivery.zip", "dist/0.2.0/shop.zip"]


def test_git_verifies_the_tag_that_a_person_is_to_push(ready: Ready, released: Acted, tmp_path: Path) -> None:
    clone, bundle = tmp_path / "clone", str(released.store / "delivery" / "tag.bundle")
    subprocess.run(["git", "clone", "--quiet", str(ready.project.root), str(clone)], check=True)
    trusts = ("-c", "gpg.format=ssh", "-c", f"gpg.ssh.allowedSignersFile={ready.signers}")

    for command in (("fetch", "--quiet", bundle, "refs/tags/*:refs/tags/*"), ("verify-tag", "v0.2-m2-ops")):
        subprocess.run(["git", *trusts, *command], cwd=clone, check=True)


def test_the_key_is_neither_told_nor_kept(ready: Ready, released: Acted) -> None:
    secret = ready.key.read_text(encoding="utf-8").splitlines()[1]

    assert secret not in released.said
    kept = [path for path in released.store.rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if secret.encode() in path.read_bytes()]
    assert not list(ready.stage.folder.rglob("signing-key"))
