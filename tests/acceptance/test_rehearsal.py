"""`invoke release --rehearse`: everything but the tag, in a scratch clone, and the repository as it was."""

from __future__ import annotations

import json
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from functional.project import PYPROJECT, SRC, Project, checks, gate
from gateproof.pack.verify import Answer, verify

pytestmark = pytest.mark.acceptance

TASKS = "import sys\nsys.path.insert(0, {src!r})\nfrom gateproof.tasks import namespace\n"


def shop(tmp_path: Path, gates: str | None = None, files: dict[str, str] | None = None) -> Project:
    tasks = {"tasks.py": TASKS.format(src=str(SRC)), "README.md": "# Shop\n"}
    return Project.make(tmp_path / "shop", gates or gate("check") + gate("totals"), tasks | (files or {}))


def signers_of(project: Project) -> Path:
    (public,) = (project.root.parent / "keys").rglob("*.pub")
    path = project.root.parent / "allowed_signers"
    path.write_text(
        f'release namespaces="gateproof,git" {public.read_text(encoding="ascii")}', encoding="ascii"
    )
    return path


def test_it_delivers_a_zip_that_a_stranger_can_verify(tmp_path: Path) -> None:
    project = shop(tmp_path)
    before = (
        project.git("for-each-ref"),
        project.git("status", "--porcelain"),
        project.git("rev-parse", "HEAD"),
    )

    done = project.run("invoke", "release", "--rehearse")

    assert done.returncode == 0, done.stdout
    delivery = project.root / "dist" / "rehearsal"
    name = "REHEARSAL-shop.zip"
    assert sorted(path.name for path in delivery.iterdir()) == [
        "REHEARSAL-shop-delivery.zip",
        name,
        f"{name}.intoto.jsonl",
        f"{name}.sha256",
    ]
    assert (
        project.git("for-each-ref"),
        project.git("status", "--porcelain"),
        project.git("rev-parse", "HEAD"),
    ) == before
    answer = verify(delivery, signers_of(project), now=datetime.now(UTC))
    assert answer.answer is Answer.REHEARSAL
    assert answer.findings == ()
    assert answer.exit_code == 1
    assert [gate.state for gate in answer.facts.gates] == ["PASSED", "PASSED"]


def test_a_rehearsal_is_accepted_only_by_who_asks_for_one(tmp_path: Path) -> None:
    project = shop(tmp_path, gate("check"))
    project.run("invoke", "release", "--rehearse")
    command = ("gateproof", "verify", "dist/rehearsal", "--signers", str(signers_of(project)))

    plain, accepting = project.run(*command), project.run(*command, "--accept-rehearsal")

    assert (plain.returncode, accepting.returncode) == (1, 0)
    assert "rehearsal, not a release" in plain.stdout
    assert "rehearsal, not a release" in accepting.stdout


def test_a_changed_work_tree_stays_as_it_is_and_is_not_delivered(tmp_path: Path) -> None:
    project = shop(tmp_path, gate("check"))
    project.write("good.py", "broken, and not committed")
    project.write("new.txt", "not committed either")

    done = project.run("invoke", "release", "--rehearse")

    assert done.returncode == 0, done.stdout
    assert "2 files differ from the commit; the rehearsal is of the commit" in done.stdout
    assert (project.root / "good.py").read_text(encoding="utf-8") == "broken, and not committed"
    with zipfile.ZipFile(project.root / "dist" / "rehearsal" / "REHEARSAL-shop.zip") as delivered:
        assert delivered.read("good.py").decode() == checks()
        assert "new.txt" not in delivered.namelist()


def test_evidence_of_an_earlier_release_is_replaced(tmp_path: Path) -> None:
    project = shop(tmp_path, gate("check"), {"evidence/conftest.py": "raise SystemExit(0)\n"})

    done = project.run("invoke", "release", "--rehearse")

    assert done.returncode == 0, done.stdout
    with zipfile.ZipFile(project.root / "dist" / "rehearsal" / "REHEARSAL-shop.zip") as delivered:
        assert "evidence/conftest.py" not in delivered.namelist()


REFUSALS = [
    ("a red gate", gate("check", "bad.py"), {"bad.py": checks(issues=1)}, 1, "check  RED"),
    (
        "a gate that looked at nothing",
        gate("check", "none.py"),
        {"none.py": checks(looked_at=0)},
        1,
        "VACUOUS",
    ),
    ("a tracked .env", gate("check"), {".env": "SECRET_KEY=x\n"}, 1, ".env"),
    ("a tracked database", gate("check"), {"db.sqlite3": "x"}, 1, "db.sqlite3"),
    ("no gate", "\n", {}, 3, "declares no gate"),
    ("a noxfile that breaks", "\n1 / 0\n", {}, 4, "nox could not read"),
    (
        "an unknown setting",
        gate("check"),
        {"pyproject.toml": '[tool.gateproof]\nproduct = "x"\nmode = 1\n'},
        2,
        "mode",
    ),
    ("no settings", gate("check"), {"pyproject.toml": ""}, 2, "has no [tool.gateproof]"),
    (
        "a gate that leaves files behind",
        gate("check", "messy.py"),
        {"messy.py": "open('left.log', 'w').close()\n" + checks()},
        1,
        "check  UNCLEAN",
    ),
]


@pytest.mark.parametrize(
    ("gates", "files", "code", "words"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
def test_it_refuses_and_leaves_the_last_rehearsal_alone(
    tmp_path: Path, gates: str, files: dict[str, str], code: int, words: str
) -> None:
    project = shop(tmp_path, gates, files)
    project.write("dist/rehearsal/REHEARSAL-shop.zip", "the last one")

    done = project.run("invoke", "release", "--rehearse")

    assert done.returncode == code, done.stdout
    assert words in done.stdout
    assert [path.name for path in (project.root / "dist").iterdir()] == ["rehearsal"]
    assert (project.root / "dist/rehearsal/REHEARSAL-shop.zip").read_text(encoding="utf-8") == "the last one"


def test_the_records_of_a_refused_rehearsal_come_home(tmp_path: Path) -> None:
    project = shop(tmp_path, gate("check", "bad.py"), {"bad.py": checks(issues=1)})

    project.run("invoke", "release", "--rehearse")

    (record,) = project.records()
    assert record.attempt.is_clean
    told = project.run("invoke", "evidence")
    assert told.returncode == 1
    assert "check  RED" in told.stdout


def test_evidence_tells_what_is_proven_and_what_is_stale(tmp_path: Path) -> None:
    project = shop(tmp_path, gate("check"))
    assert "check  MISSING" in project.run("invoke", "evidence").stdout
    project.nox("-s", "gates")
    proven = project.run("invoke", "evidence", "--as-json")
    assert proven.returncode == 0
    assert json.loads(proven.stdout)["proven"] is True

    project.write("new.py", "")
    project.commit()

    stale = project.run("invoke", "evidence")
    assert stale.returncode == 1
    assert "check  STALE" in stale.stdout


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    project = shop(tmp_path, gate("check"))
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ecdsa", "-b", "256", "-N", "", "-f", str(key)], check=True)
    project.write("pyproject.toml", PYPROJECT + f'[tool.gateproof.signing]\nkey = "{key.as_posix()}"\n')
    project.commit()
    key.chmod(0o644)

    done = project.run("invoke", "release", "--rehearse")

    assert done.returncode == 1
    assert f"chmod 600 {key}" in done.stdout
    assert not (project.root / "dist").exists()


def test_a_configured_key_signs(tmp_path: Path) -> None:
    project = shop(tmp_path, gate("check"))
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    project.write("pyproject.toml", PYPROJECT + f'[tool.gateproof.signing]\nkey = "{key.as_posix()}"\n')
    project.commit()

    done = project.run("invoke", "release", "--rehearse")

    assert done.returncode == 0, done.stdout
    public = key.with_suffix(".pub").read_text(encoding="ascii")
    signers = tmp_path / "signers"
    signers.write_text(f'ada namespaces="gateproof,git" {public}', encoding="ascii")
    answer = verify(
        project.root / "dist" / "rehearsal", signers, now=datetime.now(UTC), accept_rehearsal=True
    )
    assert answer.exit_code == 0
    assert answer.facts.principals == ("ada",)


def test_archive_writes_a_clean_zip_or_lists_what_is_in_the_way(tmp_path: Path) -> None:
    project = shop(tmp_path, gate("check"))
    assert project.run("invoke", "archive").returncode == 0
    first = (project.root / "dist" / "shop.zip").read_bytes()
    project.write(".env", "A=1\n")
    project.git("add", "--force", ".env")
    project.commit()

    done = project.run("invoke", "archive")

    assert done.returncode == 1
    assert "1 finding; nothing was written." in done.stdout
    assert (project.root / "dist" / "shop.zip").read_bytes() == first


def test_the_projects_own_rules_and_exceptions_decide_too(tmp_path: Path) -> None:
    rule = (
        '[[tool.gateproof.archive.rules]]\nname = "drafts"\npatterns = ["drafts/"]\nsentence = "A draft."\n'
    )
    excuse = (
        '[[tool.gateproof.archive.exceptions]]\nrule = "env-file"\npath = "demo.env"\nreason = "No secret."\n'
    )
    settings = {"pyproject.toml": PYPROJECT + rule + excuse, "demo.env": "A=1\n"}
    project = shop(tmp_path, gate("check"), settings)
    assert project.run("invoke", "archive").returncode == 0
    project.write("drafts/plan.md", "")
    project.commit()

    done = project.run("invoke", "archive")

    assert done.returncode == 1
    assert "drafts/plan.md: A draft." in done.stdout


def test_the_matrix_is_read_from_the_noxfile(tmp_path: Path) -> None:
    done = shop(tmp_path).run("invoke", "ci.matrix")

    name, _, matrix = done.stdout.strip().partition("=")
    assert name == "matrix"
    assert [(leg["session"], leg["leg"].partition("-")[2]) for leg in json.loads(matrix)["include"]] == [
        ("check", "linux"),
        ("totals", "linux"),
    ]
