"""The secret scan looks at every file, also at those that its scanner would pass over, and says no."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import re
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from functional.project import PYPROJECT, Project
from gateproof.cli import main
from gateproof.config import Secrets, Settings
from gateproof.errors import RefusedError, UnknownError
from gateproof.evidence import sshsig
from gateproof.evidence.keys import Signer, string
from gateproof.pack.inspect.rules import RuleException
from gateproof.release.secretscan import shadow
from gateproof.release.secretscan.canaries import OURS, THEIRS, token
from gateproof.release.secretscan.kingfisher import Report, run_kingfisher
from gateproof.release.secretscan.scan import (
    SecretScan,
    refuse_secrets,
    scan_folder,
    scan_head,
    scan_zip,
)
from packs import make_signer, seal_pack


def folder_of(root: Path, files: dict[str, bytes | str]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def zipped(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return buffer.getvalue()


def tarred(name: str, content: bytes, mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as packed:  # type: ignore[call-overload]
        info = tarfile.TarInfo(name)
        info.size = len(content)
        packed.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def caught(scan: SecretScan) -> set[tuple[str, str]]:
    return {(finding.code, finding.path) for finding in scan.findings}


def test_a_folder_without_secrets_is_clean(tmp_path: Path) -> None:
    scan = scan_folder(folder_of(tmp_path / "a", {"a.py": "x = 1\n", "b/empty.txt": "", "b/.hidden": "y\n"}))
    assert scan.is_clean
    assert (scan.files, scan.scanned, scan.members) == (3, 3, 0)
    assert scan.planted == scan.found > 0
    assert scan.rules > 400
    assert scan.lines()[-1].startswith("a: 3 of 3 files were looked at by ")


# What kingfisher passes over in silence when it is left to itself.
PASSED_OVER: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("settings.py", bytes),
    ("logo.png", lambda text: b"\x89PNG\r\n\x1a\n\0" + text),
    ("drawing.svg", bytes),
    ("font.woff", bytes),
    ("poetry.lock", bytes),
    ("package-lock.json", bytes),
    ("go.sum", bytes),
    ("node_modules/left-pad/index.js", bytes),
    ("vendor/bundle.css", bytes),
    ("lib/python3.11/site-packages/x.py", bytes),
    (".git/config", bytes),
    ("page.html", lambda text: b"<!doctype html><html><!-- " + text + b" --></html>\n"),
    ("ignored.py", lambda text: text.rstrip() + b"  # kingfisher:ignore gitleaks:allow\n"),
    ("tests/test_it.py", bytes),
    ("utf16.txt", lambda text: text.decode().encode("utf-16")),
    ("binary.dat", lambda text: bytes(range(256)) + text),
    ("without-end-of-line", lambda text: text.rstrip()),
    ("a.zip!in.py", lambda text: zipped("in.py", text)),
    ("a.whl!deep.zip!in.png", lambda text: zipped("deep.zip", zipped("in.png", text))),
    ("a.tar.gz!a.tar!in.py", lambda text: tarred("in.py", text)),
    ("a.tar!in.py", lambda text: tarred("in.py", text, "w:")),
    ("a.txt.bz2!a.txt", bz2.compress),
    ("a.txt.xz!a.txt", lzma.compress),
    ("not-called-so!not-called-so", gzip.compress),
]


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> SecretScan:
    """A token in each of the places, scanned at once."""
    files = {name.partition("!")[0]: wrap(f'x = "{token()}"\n'.encode()) for name, wrap in PASSED_OVER}
    return scan_folder(folder_of(tmp_path_factory.mktemp("everywhere"), dict(files)))


@pytest.mark.parametrize("name", [name for name, _ in PASSED_OVER])
def test_a_secret_is_found_wherever_it_lies(everywhere: SecretScan, name: str) -> None:
    assert ("K001", name) in caught(everywhere)


def test_every_file_is_counted_and_no_secret_is_told(everywhere: SecretScan) -> None:
    assert everywhere.files == everywhere.scanned == len(PASSED_OVER)
    assert everywhere.members == 7
    assert "ghp_" not in json.dumps(everywhere.as_mapping()) + "".join(everywhere.lines())


def test_a_database_is_looked_into(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "db.sqlite3")
    database.execute("create table keys (value text)")
    database.execute("insert into keys values (?)", (token(),))
    database.commit()
    database.close()
    assert caught(scan_folder(tmp_path)) == {("K001", "db.sqlite3")}


def test_a_file_above_the_scanners_own_limit_is_looked_at_to_its_end(tmp_path: Path) -> None:
    with (tmp_path / "big.log").open("wb") as file:
        file.truncate(257 << 20)  # a hole, where the system knows them
        file.seek(0, 2)
        file.write(f'\nx = "{token()}"\n'.encode())
    assert caught(scan_folder(tmp_path)) == {("K001", "big.log")}


def test_a_secret_in_a_name_is_found_and_not_shown(tmp_path: Path) -> None:
    secret = token()
    scan = scan_folder(folder_of(tmp_path, {f"keys/{secret}.txt": "x\n", "keys/b.txt": "x\n"}))
    assert caught(scan) == {("K001", "keys/…")}
    assert secret not in json.dumps(scan.as_mapping()) + "".join(scan.lines())


CLOSED: list[tuple[str, bytes, str]] = [
    ("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(100), "7-Zip"),
    ("a.rar", b"Rar!\x1a\x07\1\0" + bytes(100), "RAR"),
    ("a.zst", b"\x28\xb5\x2f\xfd" + bytes(100), "Zstandard"),
    ("a.deb", b"!<arch>\n" + bytes(100), "ar archive"),
    ("manual.pdf", b"%PDF-1.7\n" + bytes(100), "PDF"),
    ("cut.zip", zipped("a.py", b"x")[:-5], "is cut short"),
    ("cut.gz", gzip.compress(b"x" * 1000)[:-20], "cannot be unpacked"),
    ("behind.zip", zipped("a.py", b"x") + b"and more", "hides something"),
]


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> SecretScan:
    """All of them and a file that is open, scanned at once."""
    files: dict[str, bytes | str] = {name: content for name, content, _ in CLOSED}
    return scan_folder(folder_of(tmp_path_factory.mktemp("closed"), {**files, "b.py": "x\n"}))


@pytest.mark.parametrize(("name", "why"), [(name, why) for name, _, why in CLOSED])
def test_what_cannot_be_looked_into_is_named_with_the_reason(closed: SecretScan, name: str, why: str) -> None:
    (found,) = [finding for finding in closed.findings if finding.path == name]
    assert found.code == "K002"
    assert why in found.sentence


def test_what_cannot_be_looked_into_is_not_counted_as_scanned(closed: SecretScan) -> None:
    assert (closed.files, closed.scanned) == (len(CLOSED) + 1, 1)
    assert len(closed.findings) == len(CLOSED)


def test_one_file_that_cannot_be_looked_into_is_not_green(tmp_path: Path) -> None:
    name, content, _ = CLOSED[0]
    scan = scan_folder(folder_of(tmp_path / "a", {name: content, "b.py": "x\n"}))
    assert not scan.is_clean
    assert (scan.files, scan.scanned) == (2, 1)


def test_an_encrypted_member_is_named(tmp_path: Path) -> None:
    packed = bytearray(zipped("in.py", b"x = 1\n"))
    for header, flags in ((packed.find(b"PK\3\4"), 6), (packed.find(b"PK\1\2"), 8)):
        packed[header + flags] |= 1
    scan = scan_folder(folder_of(tmp_path, {"a.zip": bytes(packed)}))
    assert caught(scan) == {("K002", "a.zip!in.py")}
    assert scan.scanned == 0


def test_an_archive_that_unpacks_to_too_much_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shadow, "MOST_UNPACKED", 1000)
    files: dict[str, bytes | str] = {"a.gz": gzip.compress(bytes(5000)), "b.py": b"x" * 5000}
    scan = scan_folder(folder_of(tmp_path, files))
    assert caught(scan) == {("K002", "a.gz")}


def test_archives_that_lie_too_deep_are_named(tmp_path: Path) -> None:
    content = b"x = 1\n"
    for _ in range(shadow.DEEPEST + 1):
        content = gzip.compress(content)
    [(code, path)] = caught(scan_folder(folder_of(tmp_path, {"a.gz": content})))
    assert (code, path.count("!")) == ("K002", shadow.DEEPEST)


def test_an_empty_folder_is_not_clean(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    scan = scan_folder(tmp_path / "a")
    assert scan.files == 0
    assert not scan.findings
    assert not scan.is_clean


# Scanners that do not do their work.
def blind(_: Path) -> Report:
    return Report(hits=(), files=0, rules=0, version="0")


def without(rule: str) -> Callable[[Path], Report]:
    def run(folder: Path) -> Report:
        report = run_kingfisher(folder)
        return replace(report, hits=tuple(hit for hit in report.hits if hit.rule != rule))

    return run


@pytest.mark.parametrize("rule", [OURS, THEIRS])
def test_a_scanner_whose_rules_are_off_is_noticed_by_the_canaries(tmp_path: Path, rule: str) -> None:
    scan = scan_folder(folder_of(tmp_path, {"a.py": "x = 1\n"}), run=without(rule))
    assert not scan.findings
    assert scan.found < scan.planted
    assert not scan.is_clean


def test_a_scanner_that_looks_at_nothing_is_noticed(tmp_path: Path) -> None:
    scan = scan_folder(folder_of(tmp_path, {"a.py": "x = 1\n"}), run=blind)
    assert caught(scan) == {("K002", "a.py")}
    assert scan.found == 0


def test_a_file_that_the_scanner_passes_over_is_named(tmp_path: Path) -> None:
    def passes_over(folder: Path) -> Report:
        copies = [path for path in folder.rglob("*") if path.is_file()]
        skipped = next((path for path in copies if b"pass me over" in path.read_bytes()), None)
        if skipped is None:  # it was started early, and nothing is there yet
            return blind(folder)
        aside = skipped.replace(folder.with_name("aside"))
        report = run_kingfisher(folder)
        aside.replace(skipped)
        return report

    files: dict[str, bytes | str] = {
        "a.py": "x = 1\n",
        "b.py": "pass me over\n",
        "c.zip": zipped("d.py", b"y\n"),
    }
    given = folder_of(tmp_path, files)
    scan = scan_folder(given, run=passes_over)
    assert caught(scan) == {("K002", "b.py")}
    assert (scan.files, scan.scanned) == (3, 2)
    assert (given / "b.py").read_text(encoding="utf-8") == "pass me over\n"


def test_a_scanner_that_looked_before_there_was_anything_looks_again(tmp_path: Path) -> None:
    seen: list[int] = []

    def looks_at_once(folder: Path) -> Report:
        report = run_kingfisher(folder) if seen else blind(folder)
        seen.append(report.files)
        return report

    text = f'x = "{token()}"\n'
    scan = scan_folder(folder_of(tmp_path, {f"{n}.py": text for n in range(90)}), run=looks_at_once)
    assert len(scan.findings) == scan.scanned == 90
    assert seen == [0, 92]


def test_a_count_that_nothing_explains_is_no_answer(tmp_path: Path) -> None:
    def miscounts(folder: Path) -> Report:
        return replace(run_kingfisher(folder), files=1)

    with pytest.raises(UnknownError, match="does not say at which"):
        scan_folder(folder_of(tmp_path, {"a.py": "x = 1\n"}), run=miscounts)


def allowing(path: str, rule: str = THEIRS) -> RuleException:
    return RuleException(rule=rule, path=path, reason="made up")


def test_an_entry_allows_its_rule_in_its_path_and_nothing_else(tmp_path: Path) -> None:
    text = f'x = "{token()}"\n'
    given = folder_of(tmp_path, {"a.py": text, "b.py": text, "c.7z": CLOSED[0][1]})
    entries = [allowing("a.py"), allowing("c.7z", "not-looked-at"), allowing("b.py", OURS)]
    scan = scan_folder(given, entries)
    assert caught(scan) == {("K001", "b.py"), ("K003", "b.py")}
    assert [(one.entry.path, one.times) for one in scan.allowed] == [("a.py", 1), ("c.7z", 1)]


def test_the_commit_is_scanned_and_not_what_lies_around_it(tmp_path: Path) -> None:
    allow = (
        '[[tool.gateproof.secrets.allow]]\npath = "a.py"\nrule = "betterleaks.github-pat"\nreason = "made up"\n'
        '[[tool.gateproof.secrets.allow]]\npath = "evidence/"\nrule = "betterleaks.jwt"\nreason = "for sealing"\n'
    )
    project = Project.make(
        tmp_path / "shop", files={"pyproject.toml": PYPROJECT + allow, "a.py": f'x = "{token()}"\n'}
    )
    project.write("beside.py", f'x = "{token()}"\n')
    scan = scan_head(project.root)
    assert scan.is_clean
    assert scan.files == scan.scanned == len(project.git("ls-files").splitlines())
    assert [one.times for one in scan.allowed] == [1]
    assert scan.what == f"commit {project.git('rev-parse', 'HEAD')}"
    project.commit()
    assert caught(scan_head(project.root)) == {("K001", "beside.py")}


def test_the_command_line_says_yes_no_and_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = folder_of(tmp_path / "good", {"a.py": "x\n"}), tmp_path / "bad.zip"
    bad.write_bytes(zipped("a.py", f'x = "{token()}"\n'.encode()))
    assert main(["secrets", str(good)]) == 0
    assert main(["secrets", str(bad)]) == 1
    assert "K001  a.py: The file holds a secret. Line 1: betterleaks.github-pat." in capsys.readouterr().out
    assert main(["secrets", "--json", str(bad)]) == 1
    assert json.loads(capsys.readouterr().out)["files"] == 1
    monkeypatch.setitem(__import__("sys").modules, "kingfisher", None)
    assert main(["secrets", str(good)]) == 4
    assert "kingfisher is not installed beside gateproof" in capsys.readouterr().err


def test_variables_of_the_caller_do_not_change_the_scan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KF_RULE_CACHE_DIR", str(tmp_path / "nowhere" / "at all"))
    monkeypatch.setenv("RUST_LOG", "trace")
    assert scan_folder(folder_of(tmp_path / "a", {"a.py": "x\n"})).is_clean


def test_a_zip_that_lies_is_not_scanned(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"no ZIP")
    with pytest.raises(UnknownError):
        scan_zip(tmp_path / "a.zip")


SETTINGS = Settings(product="shop", secrets=Secrets())


def test_a_secret_that_is_found_at_sealing_stops_it(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"K001  evidence/checklist\.md"):
        seal_pack(
            tmp_path,
            signer=make_signer(),
            documents={"checklist.md": f"- [x] {token()}\n".encode()},
            check=lambda folder: refuse_secrets(folder, SETTINGS),
        )
    assert not (tmp_path / "evidence").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["ledger"]


def test_evidence_without_secrets_is_sealed(tmp_path: Path) -> None:
    sealed = seal_pack(tmp_path, signer=make_signer(), check=lambda folder: refuse_secrets(folder, SETTINGS))
    assert sealed.folder.is_dir()


def signature_like_a_token() -> bytes:
    """An SSH signature with bytes that a rule takes for a token of Square; of real ones, one in 1,700 has such."""

    class Chosen:
        public = make_signer().public

        def __init__(self, body: bytes) -> None:
            self.body = body

        def sign_ssh(self, message: bytes) -> bytes:
            return string(b"ssh-ed25519") + string(self.body)

    shape = re.compile(rb"[+/]EAAA[A-Za-z0-9]{40}")
    for before in range(20):
        body = b"\0" * before + base64.b64decode("/EAAA" + token()[4:] + "4Fx")
        armored = sshsig.sign([b""], cast(Signer, Chosen(body[:64].ljust(64))), namespace="gateproof")
        if shape.search(armored):
            return armored
    raise AssertionError("no place for the bytes was found")


def test_a_signature_is_no_secret_whatever_its_bytes_are(tmp_path: Path) -> None:
    armored = signature_like_a_token()
    scan = scan_folder(folder_of(tmp_path / "clean", {"SHA256SUMS.sig": armored}))
    assert scan.is_clean, scan.lines()
    assert scan.scanned == 1


@pytest.mark.parametrize("change", ["text around it", "a token behind it", "not as OpenSSH writes it"])
def test_what_is_not_a_signature_to_its_last_byte_is_looked_at(tmp_path: Path, change: str) -> None:
    armored = signature_like_a_token()
    text = {
        "text around it": b"Received:\n" + armored,
        "a token behind it": armored + token().encode() + b"\n",
        "not as OpenSSH writes it": armored.replace(b"\n-----END", b"\n\n-----END"),
    }[change]
    scan = scan_folder(folder_of(tmp_path / "a", {"SHA256SUMS.sig": text}))
    assert {finding.code for finding in scan.findings} == {"K001"}


def test_a_scan_of_the_evidence_that_proves_nothing_stops_sealing_too(tmp_path: Path) -> None:
    with pytest.raises(UnknownError, match="not known"):
        seal_pack(
            tmp_path,
            signer=make_signer(),
            check=lambda folder: refuse_secrets(folder, SETTINGS, run=without(OURS)),
        )
    assert not (tmp_path / "evidence").exists()
