"""A sound delivery in each of its forms, and what verifying says to whom."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from gateproof.errors import NothingRanError, UnknownError, UsageError
from gateproof.evidence.statement import artifact
from gateproof.evidence.subject import FILE
from gateproof.model import Outcome
from gateproof.pack.report_verification import as_mapping, lines
from gateproof.pack.verify import Answer, Form, verify
from packs import CASES, NOW, Case, Pack, make_pack, make_signer, signers_file, zip_of
from said import listening

to_the_word = listening(Path(__file__).with_suffix(".said.json"), "gateproof.pack.", by_test=True)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    earlier = Case(outcome=Outcome.FAILED, reason="1 test failed.", minutes=-5)
    return make_pack(tmp_path_factory.mktemp("release"), cases=[*CASES, earlier])


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return make_pack(tmp_path_factory.mktemp("rehearsal"), rehearsal=True)


def outer_zip(folder: Path, pack: Pack, **more: bytes) -> Path:
    """One outer ZIP of a whole delivery."""
    inside = {
        pack.zip_name: pack.as_zip(),
        **{pack.zip_name + end: data for end, data in pack.beside.items()},
    }
    path = folder / "shop-delivery.zip"
    path.write_bytes(zip_of({name: (FILE, data) for name, data in {**inside, **more}.items()}))
    return path


def test_a_release_in_a_folder_is_verified(release: Pack, tmp_path: Path) -> None:
    folder = release.write(tmp_path / "delivery").parent
    verification = verify(folder, signers_file(tmp_path, release.signer), now=NOW)
    assert verification.answer is Answer.VERIFIED
    assert verification.exit_code == 0
    assert verification.findings == ()
    assert verification.notes == ()
    assert verification.facts.form is Form.FOLDER
    assert verification.facts.principals == ("release@example.org",)
    assert verification.facts.fingerprint == release.signer.public.fingerprint
    assert verification.facts.tag == "v1.0.0"
    assert (verification.facts.records, verification.facts.statements) == (3, 6)
    assert verification.facts.signatures == 6 + 2


def test_a_release_in_one_outer_zip_is_verified(release: Pack, tmp_path: Path) -> None:
    verification = verify(outer_zip(tmp_path, release), signers_file(tmp_path, release.signer), now=NOW)
    assert verification.answer is Answer.VERIFIED
    assert verification.facts.form is Form.OUTER


@pytest.mark.parametrize("ending", [".tag", ".sha256", ".intoto.jsonl"])
def test_a_part_stands_for_the_zip_beside_it(release: Pack, tmp_path: Path, ending: str) -> None:
    path = release.write(tmp_path / "delivery")
    signers = signers_file(tmp_path, release.signer)
    verification = verify(path.with_name(path.name + ending), signers, now=NOW)
    assert verification.answer is Answer.VERIFIED
    assert (verification.facts.zip_name, verification.facts.tag) == (path.name, "v1.0.0")

    path.write_bytes(path.read_bytes()[:-1])
    assert verify(path.with_name(path.name + ending), signers, now=NOW).answer is Answer.REFUSED
    path.unlink()
    with pytest.raises(UsageError, match=r"is a part of a delivery, and shop\.zip is not beside it"):
        verify(path.with_name(path.name + ending), signers, now=NOW)


def test_no_git_is_asked_down_to_the_tag(
    release: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = release.write(tmp_path / "delivery").parent
    signers = signers_file(tmp_path, release.signer)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("subprocess.Popen", _no_program)
    verification = verify(folder, signers, now=NOW)
    assert (verification.answer, verification.facts.tag) == (Answer.VERIFIED, "v1.0.0")


def _no_program(*arguments: object, **options: object) -> None:
    raise AssertionError(f"{arguments} was started")


def test_the_zip_alone_is_verified_and_what_was_not_there_is_said(release: Pack, tmp_path: Path) -> None:
    alone = release.copy()
    alone.beside.clear()
    verification = verify(alone.write(tmp_path / "x"), signers_file(tmp_path, release.signer), now=NOW)
    assert verification.answer is Answer.VERIFIED
    assert verification.facts.form is Form.ZIP
    assert [note.split(" is ")[0] for note in verification.notes] == [
        "shop.zip.sha256",
        "shop.zip.intoto.jsonl",
        "shop.zip.tag",
    ]


def test_what_lies_beside_a_zip_is_looked_at_without_being_named(release: Pack, tmp_path: Path) -> None:
    pack = release.copy()
    pack.beside[".sha256"] = b"0" * 64 + b"  shop.zip\n"
    verification = verify(pack.write(tmp_path / "x"), signers_file(tmp_path, release.signer), now=NOW)
    assert [finding.code for finding in verification.findings] == ["V040"]


def test_without_signers_nobody_vouches_and_the_answer_is_not_yes(release: Pack, tmp_path: Path) -> None:
    verification = verify(release.write(tmp_path / "delivery").parent, None, now=NOW)
    assert verification.answer is Answer.UNVOUCHED
    assert verification.exit_code == 4
    assert "no one vouches for the key" in verification.notes[-1]


def test_a_rehearsal_is_never_answered_as_a_release(rehearsal: Pack, tmp_path: Path) -> None:
    folder, signers = rehearsal.write(tmp_path / "d").parent, signers_file(tmp_path, rehearsal.signer)
    refused = verify(folder, signers, now=NOW)
    accepted = verify(folder, signers, now=NOW, accept_rehearsal=True)
    unvouched = verify(folder, None, now=NOW, accept_rehearsal=True)
    assert {refused.answer, accepted.answer, unvouched.answer} == {Answer.REHEARSAL}
    assert (refused.exit_code, accepted.exit_code, unvouched.exit_code) == (1, 0, 4)
    assert "This is a rehearsal, not a release." in "\n".join(lines(accepted))


def test_a_failed_rehearsal_is_refused_even_where_a_rehearsal_is_accepted(tmp_path: Path) -> None:
    failed = [Case(gate="lint"), Case(outcome=Outcome.FAILED, reason="1 test failed.")]
    pack = make_pack(tmp_path, cases=failed, rehearsal=True)
    pack.beside.clear()
    verification = verify(
        pack.write(tmp_path / "d"), signers_file(tmp_path, pack.signer), now=NOW, accept_rehearsal=True
    )
    assert verification.exit_code == 1
    assert {finding.code for finding in verification.findings} == {"V023", "V024"}


@pytest.mark.parametrize("kind", ["ecdsa", "ed25519"])
def test_both_kinds_of_key_are_verified(tmp_path: Path, kind: str) -> None:
    pack = make_pack(tmp_path, signer=make_signer(kind))
    folder = pack.write(tmp_path / "d").parent
    assert verify(folder, signers_file(tmp_path, pack.signer), now=NOW).answer is Answer.VERIFIED


def test_an_earlier_failure_on_the_same_source_is_shown(release: Pack, tmp_path: Path) -> None:
    verification = verify(release.write(tmp_path / "d").parent, None, now=NOW)
    unit = verification.facts.gates[1]
    assert (unit.gate, unit.state, unit.attempts, unit.is_flaky) == ("unit", "PASSED", 2, True)
    assert "gate unit on py3.11-linux: PASSED, 12 tests, 2 attempts that disagree" in list(
        lines(verification)
    )


def test_files_that_the_attestations_name_may_lie_in_the_delivery(release: Pack, tmp_path: Path) -> None:
    pack = release.copy()
    sbom = b'{"bomFormat": "CycloneDX"}\n'
    pack.make_beside(others=[artifact("sbom.cdx.json", hashlib.sha256(sbom).hexdigest())])
    folder = pack.write(tmp_path / "d").parent
    (folder / "sbom.cdx.json").write_bytes(sbom)
    (folder / "allowed_signers").write_bytes(pack.get("evidence/allowed_signers"))
    signers = signers_file(tmp_path, pack.signer)
    assert verify(folder, signers, now=NOW).answer is Answer.VERIFIED
    (folder / "sbom.cdx.json").write_bytes(sbom + b" ")
    assert [(f.code, f.path) for f in verify(folder, signers, now=NOW).findings] == [
        ("V045", "sbom.cdx.json")
    ]


def test_what_the_attestations_name_must_lie_in_the_delivery(release: Pack, tmp_path: Path) -> None:
    pack = release.copy()
    pack.make_beside(others=[artifact("sbom.cdx.json", "ab" * 32)])
    folder = pack.write(tmp_path / "d").parent
    signers = signers_file(tmp_path, pack.signer)

    assert [(f.code, f.path) for f in verify(folder, signers, now=NOW).findings] == [
        ("V044", "sbom.cdx.json")
    ]


def test_an_outer_zip_in_the_same_folder_is_left_to_be_verified_by_itself(
    release: Pack, tmp_path: Path
) -> None:
    folder = release.write(tmp_path / "d").parent
    outer_zip(folder, release)
    verification = verify(folder, signers_file(tmp_path, release.signer), now=NOW)
    assert verification.answer is Answer.VERIFIED
    assert verification.notes == (
        "shop-delivery.zip lies in the same folder and was not looked at; verify it by itself.",
    )


def test_an_outer_zip_with_something_more_in_it_is_refused(release: Pack, tmp_path: Path) -> None:
    path = outer_zip(tmp_path, release, **{"run/me.sh": b"true\n"})
    verification = verify(path, signers_file(tmp_path, release.signer), now=NOW)
    assert [(f.code, f.path) for f in verification.findings] == [("V045", "run/me.sh")]
    assert verification.exit_code == 1


def test_a_damaged_outer_zip_is_refused(release: Pack, tmp_path: Path) -> None:
    path = outer_zip(tmp_path, release)
    data = bytearray(path.read_bytes())
    data[len("shop.zip") + 200] ^= 1  # somewhere in the data of the first entry
    path.write_bytes(data)
    assert verify(path, signers_file(tmp_path, release.signer), now=NOW).answer is Answer.REFUSED


def test_an_outer_zip_with_bytes_after_its_end_is_refused(release: Pack, tmp_path: Path) -> None:
    path = outer_zip(tmp_path, release)
    path.write_bytes(path.read_bytes() + b"more")
    verification = verify(path, signers_file(tmp_path, release.signer), now=NOW)
    assert [finding.code for finding in verification.findings] == ["Z004"]
    assert verification.notes == ("Nothing inside was looked at.",)


def test_an_unsound_zip_is_refused_before_anything_in_it_is_believed(release: Pack, tmp_path: Path) -> None:
    path = release.write(tmp_path / "d")
    path.write_bytes(path.read_bytes() + b"more")
    verification = verify(path.parent, signers_file(tmp_path, release.signer), now=NOW)
    assert {finding.code for finding in verification.findings} == {"Z004"}
    assert verification.notes == ("The ZIP is not sound, so nothing inside it was looked at.",)
    assert verification.facts.subject is None


def test_what_cannot_be_asked_is_raised(release: Pack, tmp_path: Path) -> None:
    path = release.write(tmp_path / "d")
    (tmp_path / "none").mkdir()
    (tmp_path / "none_signers").write_bytes(b"# nobody\n")
    (tmp_path / "notes.txt").write_bytes(b"no zip")
    with pytest.raises(NothingRanError, match="no ZIP"):
        verify(tmp_path / "none", None, now=NOW)
    with pytest.raises(UnknownError):
        verify(tmp_path / "missing.zip", None, now=NOW)
    with pytest.raises(UnknownError, match="not a ZIP"):
        verify(tmp_path / "notes.txt", None, now=NOW)
    with pytest.raises(UnknownError, match="signers file"):
        verify(path, tmp_path / "no_such_file", now=NOW)
    with pytest.raises(UsageError, match="names no signer"):
        verify(path, tmp_path / "none_signers", now=NOW)
    path.with_name("other.zip").write_bytes(b"")
    with pytest.raises(UsageError, match="several ZIPs"):
        verify(path.parent, None, now=NOW)


def test_a_disk_that_fails_is_not_an_answer(
    release: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: Path) -> str:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("gateproof.pack.verify.sha256_of", broken)
    with pytest.raises(UnknownError, match="Input/output error"):
        verify(release.write(tmp_path / "d"), None, now=NOW)


def test_an_earlier_tag_is_looked_at_with_and_without_signers(release: Pack, tmp_path: Path) -> None:
    pack = release.copy()
    pack.make_tag(name="v0.9")
    pack.put("evidence/tags/v0.9", pack.beside.pop(".tag"))
    pack.sign_sums()
    pack.beside.clear()
    path = pack.write(tmp_path / "d")
    assert verify(path, None, now=NOW).answer is Answer.UNVOUCHED
    assert verify(path, signers_file(tmp_path, pack.signer), now=NOW).answer is Answer.VERIFIED


def test_the_answer_is_there_for_programs_too(release: Pack, tmp_path: Path) -> None:
    folder = release.write(tmp_path / "d").parent
    said = json.loads(json.dumps(as_mapping(verify(folder, signers_file(tmp_path, release.signer), now=NOW))))
    assert (said["answer"], said["exitCode"], said["rehearsal"]) == ("VERIFIED", 0, False)
    assert said["key"]["principals"] == ["release@example.org"]
    assert said["subject"]["gitTree"] == release.subject().git_tree
    assert [gate["state"] for gate in said["gates"]] == ["PASSED", "PASSED"]
    assert said["checked"]["signatures"] == 8


def test_a_refusal_says_what_to_do_and_cannot_drive_a_terminal(release: Pack, tmp_path: Path) -> None:
    pack = release.copy()
    pack.put("evil\u202egnp.sh", b"")
    text = "\n".join(lines(verify(pack.write(tmp_path / "d"), None, now=NOW)))
    assert "REFUSED  shop.zip" in text
    assert "V007 evil\\u202egnp.sh\n  The file is not named by SHA256SUMS.\n  Someone added it" in text
    assert "\u202e" not in text
    unsound = tmp_path / "d" / "cut.zip"
    unsound.write_bytes(pack.as_zip()[:-4])
    assert as_mapping(verify(unsound, None, now=NOW))["subject"] is None
