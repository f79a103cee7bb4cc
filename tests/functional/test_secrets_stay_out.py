"""Thirty kinds of secrets, planted wherever a run meets them, reach neither ledger nor terminal nor evidence."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from functional.project import PYPROJECT, Project, checks
from gateproof.config import Settings
from gateproof.errors import RefusedError
from gateproof.pack.records import LedgerRecord
from gateproof.pack.seal import Sealed, seal
from gateproof.record.ledger import Record
from gateproof.record.source import source_files
from gateproof.release.secretscan.scan import refuse_secrets, scan_folder
from packs import facts, make_signer
from secretcorpus import WITHOUT_A_FORM, planted

LONGEST_NAME = 100
SECRETS = planted()
NAMES = {kind: f"SHOP_SECRET_{number}" for number, kind in enumerate(SECRETS)}
BY_FORM = {kind: secret for kind, secret in planted(seed=7).items() if kind not in WITHOUT_A_FORM}
"""Of these no variable knows: they stand in a file that the program prints."""

# Prints all that it gets, in the ways in which programs print it, and says at the end that all is well.
LEAK = """
import base64, json, os, pathlib, sys, urllib.parse
secrets = [value for name, value in sorted(os.environ.items()) if name.startswith("SHOP_SECRET_")]
assert len(secrets) >= 30
for out in (sys.stderr, sys.stdout):
    for value in secrets:
        for text in (value, repr(value), json.dumps(value), urllib.parse.quote(value)):
            print("text", text, file=out)
        print(base64.b64encode(b"user:" + value.encode()).decode(), file=out)
        half = len(value) // 2
        for part in (value[:half], value[half:], "\\n"):
            out.write(part)
            out.flush()
        print(f"postgres://shop:{urllib.parse.quote(value, safe='')}@db.example/shop", file=out)
    print(sys.argv, file=out)
    print(pathlib.Path("tool.ini").read_text(), file=out)
"""


def forms(secret: str) -> set[bytes]:
    """The secret as it would lie somewhere."""
    whole = {secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1]}
    inner = base64.b64encode(b"user:" + secret.encode()).decode()[8:-4]
    return {text.encode() for text in (*whole, inner)}


def everything(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        yield path.name, path.name.encode()
        if path.is_file():
            yield path.as_posix(), path.read_bytes()


@pytest.fixture(scope="module")
def leaked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, str]:
    """A project whose tool prints every secret, after a run; and what the terminal said."""
    root = tmp_path_factory.mktemp("leak") / "shop"
    settings = PYPROJECT + '\n[tool.gateproof.environment]\npass-on = ["SHOP_*"]\n'
    config = "".join(f"{kind} = {secret}\n" for kind, secret in BY_FORM.items())
    project = Project.make(
        root, files={"pyproject.toml": settings, "leak.py": LEAK + checks(), "tool.ini": config}
    )
    arguments = [f"--{kind}={secret}" for kind, secret in {**SECRETS, **BY_FORM}.items()]
    words = ("--name", "leak", "--reads", "run-checks", "--", "python", "leak.py", "run_checks", *arguments)
    environment = {NAMES[kind]: secret for kind, secret in SECRETS.items()}
    first = project.run("gateproof", "run", *words, env=environment)
    # Once more, beside stray files that are named as secrets are.
    for secret in SECRETS.values():
        if "/" not in secret and len(secret) < LONGEST_NAME:
            project.write(f"beside {secret}.txt", "a stray file\n")
    second = project.run("gateproof", "run", *words, env=environment)
    assert first.stdout.count("leak: ") == second.stdout.count("leak: ") == 1
    return project, first.stdout + second.stdout


def clean_record(project: Project) -> Record:
    """The record of the run without stray files."""
    first, second = sorted(project.records(), key=lambda record: record.attempt.is_clean, reverse=True)
    assert (first.attempt.is_clean, second.attempt.is_clean) == (True, False)
    return first


def test_there_are_thirty_kinds_and_more() -> None:
    assert len(SECRETS) >= 30
    assert len(set(SECRETS.values()) | set(BY_FORM.values())) == len(SECRETS) + len(BY_FORM)


def test_the_program_did_print_them(leaked: tuple[Project, str]) -> None:
    record = clean_record(leaked[0])
    log = (record.folder / "output.log").read_text(encoding="utf-8")
    assert all(f"[redacted:{name}]" in log for name in NAMES.values())
    assert log.count("[redacted:token]") >= 2 * len(BY_FORM)


@pytest.mark.parametrize("kind", SECRETS)
def test_no_secret_of_the_environment_is_in_the_ledger_or_on_the_terminal(
    leaked: tuple[Project, str], kind: str
) -> None:
    project, terminal = leaked
    places = [("terminal", terminal.encode()), *everything(project.root / ".gateproof")]
    assert len(places) > 5
    assert not [(where, form) for where, text in places for form in forms(SECRETS[kind]) if form in text]


@pytest.mark.parametrize("kind", BY_FORM)
def test_nor_is_one_that_only_its_form_gives_away(leaked: tuple[Project, str], kind: str) -> None:
    project, terminal = leaked
    places = [("terminal", terminal.encode()), *everything(project.root / ".gateproof")]
    assert not [where for where, text in places if BY_FORM[kind].encode() in text]


def test_what_was_redacted_is_counted_in_the_evidence(leaked: tuple[Project, str]) -> None:
    record = clean_record(leaked[0])
    lines = (record.folder / "statements.jsonl").read_text(encoding="utf-8").splitlines()
    counted = [json.loads(line)["predicate"]["gateproof_run"].get("redacted", 0) for line in lines]
    assert sum(counted) >= 10 * len(SECRETS) + 2 * len(BY_FORM)


def sealed(project: Project, into: Path) -> Sealed:
    settings = Settings(product="shop")
    commit = project.git("rev-parse", "HEAD")
    return seal(
        into,
        source=source_files(project.root, commit),
        records=[LedgerRecord(folder=clean_record(project).folder)],
        facts=facts(rehearsal=True, commit=commit),
        signer=make_signer(),
        check=lambda folder: refuse_secrets(folder, settings),
    )


def test_none_is_in_the_sealed_evidence(leaked: tuple[Project, str], tmp_path: Path) -> None:
    folder = sealed(leaked[0], tmp_path).folder
    texts = [text for _, text in everything(folder)]
    # Statements lie in base64 in their envelopes.
    texts += [
        base64.b64decode(json.loads(line)["payload"])
        for path in folder.rglob("*.intoto.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    for secret in (*SECRETS.values(), *BY_FORM.values()):
        assert not any(secret.encode() in text for text in texts)
    assert scan_folder(folder).is_clean


def test_one_that_was_overlooked_is_found_at_sealing(leaked: tuple[Project, str], tmp_path: Path) -> None:
    """Somebody wrote a token into the log that no redaction saw."""
    project, _ = leaked
    folder = clean_record(project).folder
    log, statements = folder / "output.log", folder / "statements.jsonl"
    before, said = log.read_bytes(), statements.read_bytes()
    after = before + f"\nx = {BY_FORM['GitHub']}\n".encode()
    log.write_bytes(after)
    # It stood there when the run ended, so the record's own digest is the one of this log.
    old, new = (hashlib.sha256(text).hexdigest().encode() for text in (before, after))
    assert old in said
    statements.write_bytes(said.replace(old, new))
    try:
        with pytest.raises(RefusedError, match=r"K001  evidence/tasks|K001  evidence/gates"):
            sealed(project, tmp_path)
    finally:
        log.write_bytes(before)
        statements.write_bytes(said)
    assert not (tmp_path / "evidence").exists()
