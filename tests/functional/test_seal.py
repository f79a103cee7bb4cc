"""Sealing: what is written, what is refused, and that nothing is left behind."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gateproof.errors import NothingRanError, RefusedError, UnknownError
from gateproof.evidence import envelope, layout
from gateproof.evidence.statement import parse
from gateproof.evidence.subject import FILE, subject_of
from gateproof.model import Outcome
from gateproof.pack.records import LedgerRecord
from gateproof.pack.seal import seal
from gateproof.pack.source import source_from_files, source_from_folder
from packs import (
    CASES,
    SOURCE,
    Case,
    facts,
    make_signer,
    seal_pack,
    source_files,
    unchecked,
    write_record,
    zip_of,
)

SIGNER = make_signer()
FAILED = Case(outcome=Outcome.FAILED, reason="1 of 12 tests failed.")


def test_everything_of_the_records_is_sealed_and_listed(tmp_path: Path) -> None:
    sealed = seal_pack(tmp_path, signer=SIGNER, documents={"checklist.md": b"- [x] done\n"})
    on_disk = {
        path.relative_to(sealed.folder).as_posix() for path in sealed.folder.rglob("*") if path.is_file()
    }
    assert set(sealed.files) == on_disk
    assert {*layout.REQUIRED, "checklist.md"} <= on_disk
    assert all(layout.kind_of(path) for path in on_disk)
    assert sealed.against == ()
    readme = (sealed.folder / "README.md").read_text(encoding="utf-8")
    page = (sealed.folder / "index.html").read_text(encoding="utf-8")
    assert all(f"({path})" in readme and f'href="{path}"' in page for path in on_disk)


def test_the_exact_bytes_of_a_statement_are_signed(tmp_path: Path) -> None:
    subject = subject_of(source_files(SOURCE))
    record = write_record(tmp_path / "ledger", CASES[0], subject)
    lines = (record.folder / "statements.jsonl").read_bytes().splitlines()
    sealed = seal_pack(tmp_path, signer=SIGNER)
    path = next(path for path in sealed.files if path.startswith("gates/lint") and path.endswith(".jsonl"))
    assert [item.payload for item in envelope.read_lines((sealed.folder / path).read_bytes())] == lines


def test_an_empty_output_is_left_out_because_its_size_stands_in_the_statement(tmp_path: Path) -> None:
    assert not any(path.endswith("/stderr") for path in seal_pack(tmp_path, signer=SIGNER).files)


def test_a_run_that_is_no_gate_is_sealed_and_decides_nothing(tmp_path: Path) -> None:
    task = Case(gate="demo", kind="tasks", outcome=Outcome.FAILED, reason="The demo failed.")
    sealed = seal_pack(tmp_path, signer=SIGNER, cases=[*CASES, task])
    assert any(path.startswith("tasks/demo/") for path in sealed.files)
    assert [leg.gate for leg in sealed.legs] == ["lint", "unit"]
    assert "The demo failed." in (sealed.folder / "README.md").read_text(encoding="utf-8")


def test_a_rehearsal_reads_failed_for_strangers_and_tells_its_real_result(tmp_path: Path) -> None:
    sealed = seal_pack(tmp_path, signer=SIGNER, rehearsal=True)
    [item] = envelope.read_lines((sealed.folder / layout.VERDICT).read_bytes())
    predicate: Any = parse(item.payload).predicate
    assert (predicate["verificationResult"], predicate["verifiedLevels"]) == ("FAILED", ["FAILED"])
    assert predicate["gateproof_verdict"]["rehearsal"] is True
    assert predicate["gateproof_verdict"]["result"] == "PASSED"
    assert "This is a rehearsal." in (sealed.folder / "README.md").read_text(encoding="utf-8")


WAIVED = Case(outcome=Outcome.WAIVED, reason="The advisories are old, and Ada lets them be.")


def test_what_rests_on_a_waiver_is_sealed_says_so_and_is_no_pass_for_strangers(tmp_path: Path) -> None:
    sealed = seal_pack(tmp_path, signer=SIGNER, cases=[Case(gate="lint"), WAIVED])
    [item] = envelope.read_lines((sealed.folder / layout.VERDICT).read_bytes())
    predicate: Any = parse(item.payload).predicate

    assert sealed.against == ()
    assert sealed.waived == (f"The gate unit on py3.11-linux is waived: {WAIVED.reason}",)
    assert (predicate["verificationResult"], predicate["verifiedLevels"]) == ("FAILED", ["FAILED"])
    assert predicate["gateproof_verdict"]["result"] == "PASSED"
    assert predicate["gateproof_verdict"]["waived"] == list(sealed.waived)
    for name in ("README.md", "index.html"):
        text = (sealed.folder / name).read_text(encoding="utf-8")
        assert "Not every gate passed" in text
        assert "Every gate passed, on every leg" not in text


def test_a_rehearsal_may_seal_a_no(tmp_path: Path) -> None:
    sealed = seal_pack(tmp_path, signer=SIGNER, cases=[Case(gate="lint"), FAILED], rehearsal=True)
    assert sealed.against == ("The gate unit on py3.11-linux is FAILED: 1 of 12 tests failed.",)
    assert "Not a pass." in (sealed.folder / "index.html").read_text(encoding="utf-8")


REFUSED: list[tuple[str, list[Case], dict[str, Any], str]] = [
    ("a gate that failed", [Case(gate="lint"), FAILED], {}, "unit on py3.11-linux is FAILED: 1 of 12 tests"),
    ("a required gate without a record", [Case()], {}, "lint is required and left no record"),
    ("nothing required", [Case()], {"required": ()}, "nothing was asked"),
    ("no gate among the records", [Case(kind="tasks")], {"required": ()}, "No gate left a record"),
    ("an unclean run", [Case(gate="lint"), Case(is_clean=False)], {}, "is UNCOUNTED"),
    ("a run that did not end", [Case(gate="lint"), Case(has_ended=False)], {}, "is UNCOUNTED"),
    ("a pass that looked at nothing", [Case(gate="lint"), Case(looked_at=0)], {}, "unit on"),
    ("a pass without a command", [Case(gate="lint"), Case(commands=0)], {}, "unit on"),
    ("a reason of the judge", list(CASES), {"against": ("S5 is unmet.",)}, "S5 is unmet."),
    ("a document of no known name", list(CASES), {"documents": {"run.sh": b"x"}}, "run.sh is not a document"),
    ("a document that is no text", list(CASES), {"documents": {"checklist.md": b"\0"}}, "NUL"),
    ("a document that is empty", list(CASES), {"documents": {"checklist.md": b""}}, "empty"),
    ("a name that is none for a record", [Case(gate="a b")], {}, "not named as a record"),
    ("a kind of record that is none", [Case(kind="misc")], {}, "not named as a record"),
    ("a record twice", [CASES[0], *CASES], {}, "is there twice"),
]


@pytest.mark.parametrize(
    ("cases", "changes", "why"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_must_not_be_sealed_is_refused(
    tmp_path: Path, cases: list[Case], changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(RefusedError, match=re.escape(why)):
        seal_pack(tmp_path, signer=SIGNER, cases=cases, **changes)
    assert not (tmp_path / "evidence").exists()
    assert [path.name for path in tmp_path.iterdir()] in ([], ["ledger"])


@pytest.mark.parametrize("name", ["a\nb", "a\\b", "a/" * 600 + "b", "a/../b"])
def test_a_source_that_a_zip_or_git_cannot_hold_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RefusedError, match="cannot be sealed"):
        seal(
            tmp_path,
            source=source_files({name: (FILE, b"")}),
            records=[LedgerRecord(folder=tmp_path)],
            facts=facts(),
            signer=SIGNER,
            check=unchecked,
        )


def spoil(path: str, data: bytes) -> Any:
    def change(folder: Path) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)

    return change


def first_statement(change: Any) -> Any:
    def spoiled(folder: Path) -> None:
        path = folder / "statements.jsonl"
        path.write_bytes(change(path.read_bytes()))

    return spoiled


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (spoil("output.log", "passed".encode("utf-16")), "UTF-8|NUL"),
        (spoil("output.log", b"\xff"), "UTF-8"),
        (spoil("commands/1/files/conftest.py", b"x = 1\n"), "never sealed"),
        (spoil("statements.intoto.jsonl", b"{}\n"), "never sealed"),
        (spoil("statements.jsonl", b""), "cut short"),
        (spoil("output.log", b"all is well\n"), "output.log is not what its statement says"),
        (spoil("commands/1/stdout", b"99 passed\n"), "commands/1/stdout is not what its statement says"),
        (spoil("files/more.txt", b"more\n"), "files/more.txt is not what its statement says"),
        (spoil("output.log", b""), "output.log is missing"),
        (first_statement(lambda data: data.replace(b'"files":{', b'"older":{')), "names no files"),
        (
            first_statement(lambda data: data.replace(b'"captures":{', b'"older":{')),
            "its command's statement",
        ),
        (first_statement(lambda data: data[:-1]), "cut short"),
        (first_statement(lambda data: data + b"{}\n"), "_type"),
        (first_statement(lambda data: data + data), "2 results"),
        (first_statement(lambda data: data.replace(b'"gitTree"', b'"gitBlob"')), "another source"),
        (first_statement(lambda data: data.replace(b"link/v0.3", b"link/v9")), "no statement of the kind"),
    ],
)
def test_a_record_that_a_stranger_could_not_rely_on_is_refused(tmp_path: Path, change: Any, why: str) -> None:
    files = source_files(SOURCE)
    records = [write_record(tmp_path / "ledger", case, subject_of(files)) for case in CASES]
    change(records[0].folder)
    with pytest.raises(RefusedError, match=why):
        seal(tmp_path, source=files, records=records, facts=facts(), signer=SIGNER, check=unchecked)
    assert [path.name for path in tmp_path.iterdir()] == ["ledger"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_in_a_record_is_refused(tmp_path: Path) -> None:
    files = source_files(SOURCE)
    record = write_record(tmp_path / "ledger", CASES[0], subject_of(files))
    (record.folder / "files").mkdir()
    (record.folder / "files" / "passwd.txt").symlink_to("/etc/hostname")
    with pytest.raises(RefusedError, match="is a link"):
        seal(tmp_path, source=files, records=[record], facts=facts(), signer=SIGNER, check=unchecked)


def test_a_record_that_is_not_there_could_not_be_read(tmp_path: Path) -> None:
    record = LedgerRecord(folder=tmp_path / "unit" / "py3.11-linux" / "20261124T100000Z-00000000")
    with pytest.raises(UnknownError, match="could not be read"):
        seal(
            tmp_path,
            source=source_files(SOURCE),
            records=[record],
            facts=facts(),
            signer=SIGNER,
            check=unchecked,
        )


def test_nothing_to_seal_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(NothingRanError):
        seal_pack(tmp_path, signer=SIGNER, cases=[])
    with pytest.raises(NothingRanError):
        seal_pack(tmp_path, signer=SIGNER, content={})


def test_evidence_that_is_there_already_is_not_overwritten(tmp_path: Path) -> None:
    sealed = seal_pack(tmp_path, signer=SIGNER)
    before = (sealed.folder / "SHA256SUMS").read_bytes()
    with pytest.raises(RefusedError, match="there already"):
        seal_pack(tmp_path, signer=SIGNER)
    assert (sealed.folder / "SHA256SUMS").read_bytes() == before


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", no_space)
    with pytest.raises(UnknownError, match="No space left"):
        seal_pack(tmp_path, signer=SIGNER)
    assert [path.name for path in tmp_path.iterdir()] == ["ledger"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no executable bit there")
def test_a_checkout_and_its_files_in_memory_are_the_same_source(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    for path, (mode, data) in SOURCE.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        if mode == 0o120000:
            (tree / path).symlink_to(data.decode())
        else:
            (tree / path).write_bytes(data)
            (tree / path).chmod(mode & 0o777)
    (tree / "evidence").mkdir()
    (tree / "evidence" / "old.txt").write_bytes(b"old")
    (tree / "shop" / "evidence").mkdir()
    assert subject_of(source_from_folder(tree)) == subject_of(source_files(SOURCE))
    modes = {path: mode for path, (mode, _) in SOURCE.items()}
    in_memory = source_from_files({path: data for path, (_, data) in SOURCE.items()}, modes)
    assert subject_of(in_memory) == subject_of(source_files(SOURCE))
    by_path = source_from_files({path: tree / path for path in SOURCE}, {"docs/latest": 0o120000})
    assert subject_of(by_path) == subject_of(source_files(SOURCE))
    os.mkfifo(tree / "pipe")
    with pytest.raises(RefusedError, match="neither a file nor a link"):
        source_from_folder(tree)


def test_a_source_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnknownError, match="could not be read"):
        source_from_folder(tmp_path / "missing")
    with pytest.raises(UnknownError, match="could not be read"):
        source_from_files({"a": tmp_path / "missing"})


def test_a_file_that_grows_while_it_is_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    monkeypatch.setattr("gateproof.pack.source._blocks", lambda path: iter([b"abc", b"d"]))
    with pytest.raises(UnknownError, match="changed while it was read"):
        source_from_files({"a": tmp_path / "a"}, {"a": FILE})


@pytest.mark.skipif(
    not all(map(shutil.which, ("unzip", "sha256sum", "ssh-keygen", "sh"))), reason="the programs are not here"
)
@pytest.mark.parametrize("spoiled", ["", "shop/urls.py", "evidence/SHA256SUMS"])
def test_the_three_commands_of_the_index_run_exactly_as_written(tmp_path: Path, spoiled: str) -> None:
    sealed = seal_pack(tmp_path, signer=SIGNER)
    content = dict(SOURCE)
    for path in sealed.files:
        content[f"evidence/{path}"] = (FILE, (sealed.folder / path).read_bytes())
    readme = content["evidence/README.md"][1].decode("utf-8")
    if spoiled:
        content[spoiled] = (FILE, content[spoiled][1].replace(b"s", b"S").replace(b"a", b"b"))
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / "shop.zip").write_bytes(zip_of(content))
    [block] = re.findall(r"```sh\n(.*?)```", readme, re.DOTALL)
    assert readme.index(block) < readme.index("\n| "), "the commands stand above every table"
    done = subprocess.run(["sh", "-e", "-c", block], cwd=beside, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == (not spoiled), done.stdout + done.stderr
    if not spoiled:
        assert 'Good "gateproof" signature for release@example.org' in done.stdout
