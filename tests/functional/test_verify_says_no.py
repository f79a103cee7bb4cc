"""Every finding of `gateproof verify`, seen once: a sound pack, one change, the codes that it must give."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateproof.evidence import envelope, sshsig
from gateproof.evidence.gitobjects import GitObject, object_id, read_objects, trailer_lines, write_objects
from gateproof.evidence.signers import write_signer
from gateproof.evidence.statement import encode
from gateproof.evidence.subject import EXECUTABLE, SYMLINK
from gateproof.evidence.withdrawals import Withdrawal, encode_withdrawal
from gateproof.pack.verify import Answer, Code, verify
from packs import (
    NOW,
    PNG,
    SOURCE,
    VERDICT,
    Pack,
    make_pack,
    make_signer,
    seal_pack,
    signers_file,
)
from said import listening

to_the_word = listening(Path(__file__).with_suffix(".said.json"), "gateproof.pack.", by_test=True)

STATEMENTS = "statements.intoto.jsonl"
STRANGER = make_signer()

Change = Callable[[Pack], object]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return make_pack(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return make_pack(tmp_path_factory.mktemp("rehearsed"), rehearsal=True)


def changed(pack: Pack, change: Change) -> Pack:
    copy = pack.copy()
    change(copy)
    return copy


def codes_of(pack: Pack, folder: Path, *, alone: bool) -> set[str]:
    """What verifying says of the ZIP alone, or of the folder, to the buyer who holds the seller's key."""
    if alone:
        pack.beside.clear()
    path = pack.write(folder / "delivery")
    verification = verify(
        path if alone else path.parent, signers_file(folder, pack.signer), now=NOW, accept_rehearsal=True
    )
    assert verification.answer is Answer.REFUSED
    assert verification.exit_code == 1
    return {finding.code for finding in verification.findings}


def run_of(predicate: dict[str, Any]) -> Any:
    return predicate["gateproof_run"]


def said(predicate: dict[str, Any]) -> Any:
    return predicate["gateproof_verdict"]


def swap(pack: Pack, one: str, other: str) -> None:
    pack.content[one], pack.content[other] = pack.content[other], pack.content[one]


def rename(pack: Pack, old: str, new: str) -> None:
    pack.content[new] = pack.content.pop(old)


def swap_logs(pack: Pack) -> None:
    lint, unit = sorted(path for path in pack.content if path.endswith("output.log"))
    swap(pack, lint, unit)


def reorder_lines(pack: Pack) -> None:
    lines = pack.get(pack.first(STATEMENTS)).splitlines(keepends=True)
    pack.put(pack.first(STATEMENTS), b"".join(reversed(lines)))


def drop_record(pack: Pack) -> None:
    for path in [path for path in pack.content if "/gates/unit/" in path]:
        pack.drop(path)


def drop_record_and_sign(pack: Pack) -> None:
    drop_record(pack)
    pack.sign_sums()


def drop_evidence(pack: Pack) -> None:
    for path in [path for path in pack.content if path.startswith("evidence/")]:
        pack.drop(path)


def half_subject(statements: list[Any]) -> None:
    del statements[0]["subject"][0]["digest"]["dirHash"]


def earlier_tag(
    name: str = "v0.9", signer: Any = None, message: str | None = None, objects: int = 2
) -> Change:
    """An earlier milestone in `evidence/tags/`, with something wrong about it."""

    def mutate(pack: Pack) -> None:
        other = pack.copy()
        other.make_tag(signer, name="v0.9")
        kept = read_objects(other.beside[".tag"])[:objects]
        if message:
            body = kept[0].body.replace(b"Shop 1.0.0", message.encode())
            kept = (GitObject(kind="tag", id=object_id("tag", body), body=body), *kept[1:])
        pack.put(f"evidence/tags/{name}", write_objects(kept))
        pack.sign_sums()

    return mutate


def retagged(signer: Any = None, **changes: Any) -> Change:
    """The delivery with another tag; all else beside the ZIP fits the ZIP as it then is."""

    def mutate(pack: Pack) -> None:
        pack.make_tag(signer, **changes)
        tag, was_rehearsal = pack.beside[".tag"], pack.rehearsal
        pack.make_beside(tag=False)
        pack.beside[".tag"], pack.rehearsal = tag, was_rehearsal

    return mutate


def tagged_as(version: str) -> Change:
    """The delivery with a tag whose message names this version, and everything else rightly."""

    def mutate(pack: Pack) -> None:
        trailers = trailer_lines(pack.subject(), pack.sha256(VERDICT))
        retagged(message=f"Shop\n\nVersion: {version}\n\n{trailers}")(pack)

    return mutate


def withdrawn(signer: Any = None, **changes: Any) -> Change:
    """The delivery with a withdrawal beside it."""

    def mutate(pack: Pack) -> None:
        facts = {"zip_sha256": hashlib.sha256(pack.as_zip()).hexdigest(), "why": "It loses orders."} | changes
        said = Withdrawal(zip_name="shop.zip", tag="v1.0.0", tag_id="0" * 40, withdrawn_at=NOW, **facts)
        sealed = envelope.seal(encode_withdrawal(said), signer or pack.signer)
        pack.beside[".withdrawn.intoto.jsonl"] = sealed.encode() + b"\n"

    return mutate


def two_commits(pack: Pack) -> None:
    tag, commit = read_objects(pack.beside[".tag"])
    pack.beside[".tag"] = write_objects((tag, commit, commit))


def flip_in_tag(what: bytes) -> Change:
    return lambda pack: pack.beside.update({".tag": pack.beside[".tag"].replace(what, what.lower())})


def rename_in_checksum(pack: Pack) -> None:
    pack.beside[".sha256"] = pack.beside[".sha256"].replace(b"shop", b"shOp")


def only_line(number: int) -> Change:
    return lambda pack: pack.beside.update(
        {".intoto.jsonl": pack.beside[".intoto.jsonl"].splitlines(keepends=True)[number]}
    )


def twice_line(number: int) -> Change:
    return lambda pack: pack.beside.update(
        {".intoto.jsonl": pack.beside[".intoto.jsonl"].splitlines(keepends=True)[number] * 2}
    )


def beside_statement(number: int, change: Callable[[Any], object]) -> Change:
    """Change one statement beside the ZIP, signed anew: 0 is the provenance, 1 the verdict."""

    def mutate(pack: Pack) -> None:
        said_beside = [json.loads(item.payload) for item in envelope.read_lines(pack.beside[".intoto.jsonl"])]
        change(said_beside[number])
        lines = (envelope.seal(encode(item), pack.signer).encode() + b"\n" for item in said_beside)
        pack.beside[".intoto.jsonl"] = b"".join(lines)

    return mutate


def other_source(statement: Any) -> None:
    statement["subject"][1]["digest"]["gitTree"] = "0" * 40


def attestations_of_another_zip(pack: Pack) -> None:
    other = pack.copy()
    other.zip_bytes = lambda data: data + b"\0"
    other.make_beside()
    pack.beside[".intoto.jsonl"] = other.beside[".intoto.jsonl"]


def list_no_inputs(predicate: dict[str, Any]) -> None:
    predicate["inputAttestations"] = predicate["inputAttestations"][:1]


def other_input_digest(predicate: dict[str, Any]) -> None:
    predicate["inputAttestations"][0]["digest"]["sha256"] = "0" * 64


def no_gate_at_all(pack: Pack) -> None:
    for path in [path for path in pack.content if path.startswith("evidence/gates/")]:
        pack.drop(path)
    pack.sign_verdict(lambda verdict: (verdict.update(inputAttestations=[]), said(verdict).update(gates=[])))


def by_another_key(pack: Pack) -> None:
    """Everything signed again by a stranger, who also puts his own key into the pack."""
    for path in [path for path in pack.content if path.endswith(STATEMENTS)]:
        pack.sign_statements(path, lambda statements: None, signer=STRANGER)
    pack.put("evidence/allowed_signers", own_signers(STRANGER))
    pack.sign_statements(
        VERDICT, lambda s: said(s[0]["predicate"]).update(key=STRANGER.public.fingerprint), signer=STRANGER
    )
    pack.sign_sums(STRANGER)


def own_signers(signer: Any) -> bytes:
    return write_signer(signer.public, principal="release@example.org", namespaces=[sshsig.FOR_PACKS])


def envelope_by_stranger(pack: Pack) -> None:
    path = pack.first(STATEMENTS)
    pack.sign_statements(path, lambda statements: None, signer=STRANGER)
    pack.sign_verdict(lambda verdict: None)


def other_keyid(pack: Pack) -> None:
    path = pack.first(STATEMENTS)
    lines = [json.loads(line) for line in pack.get(path).splitlines()]
    lines[0]["signatures"][0]["keyid"] = STRANGER.public.keyid
    pack.put(path, b"".join(encode(line) + b"\n" for line in lines))
    pack.sign_verdict(lambda verdict: _list(pack, verdict, path))


def two_signatures(pack: Pack) -> None:
    path = pack.first(STATEMENTS)
    line = json.loads(pack.get(path).splitlines()[0])
    line["signatures"] *= 2
    pack.put(path, encode(line) + b"\n")
    pack.sign_verdict(lambda verdict: _list(pack, verdict, path))


def spaces_in_envelope(pack: Pack) -> None:
    path = pack.first(STATEMENTS)
    pack.put(path, pack.get(path).replace(b'{"payload":', b'{ "payload":'))
    pack.sign_verdict(lambda verdict: _list(pack, verdict, path))


def _list(pack: Pack, verdict: dict[str, Any], path: str) -> None:
    for item in verdict["inputAttestations"]:
        item["digest"]["sha256"] = pack.sha256(item["uri"])


def broken_statement(pack: Pack) -> None:
    path = pack.first(STATEMENTS)
    twice = b'{"_type":"https://in-toto.io/Statement/v1","_type":"https://in-toto.io/Statement/v1"}'
    pack.put(path, envelope.seal(twice, pack.signer).encode() + b"\n")
    pack.sign_verdict(lambda verdict: _list(pack, verdict, path))


def replay(pack: Pack, folder: Path) -> None:
    """The evidence of another source, honestly sealed by the same key, put beside this source."""
    other = {**SOURCE, "shop/urls.py": (EXECUTABLE, b"import evil\n")}
    sealed = seal_pack(folder, signer=pack.signer, content=other)
    for path in [path for path in pack.content if path.startswith("evidence/")]:
        pack.drop(path)
    for path in sealed.files:
        pack.put(f"evidence/{path}", (sealed.folder / path).read_bytes())


def other_subject(statements: list[Any]) -> None:
    for statement in statements:
        statement["subject"][0]["digest"]["gitTree"] = "0" * 40


def second_subject(statements: list[Any]) -> None:
    statements[0]["subject"].append({"name": "x", "digest": {"sha256": "0" * 64}})


def change_stdout_and_sign(pack: Pack) -> None:
    pack.put(pack.first("/stdout"), b"1000 passed\n")
    pack.sign_sums()


def verdict(change: Callable[[dict[str, Any]], object]) -> Change:
    return lambda pack: pack.sign_verdict(change)


def extension(**values: Any) -> Change:
    """Other values in the verdict's own extension."""
    return verdict(lambda predicate: said(predicate).update(values))


def record(change: Callable[[dict[str, Any]], object]) -> Change:
    """Change the first record's result."""
    return lambda pack: pack.sign_record(STATEMENTS, change)


def result(**values: Any) -> Change:
    """Other values in the first record's own extension."""
    return record(lambda predicate: run_of(predicate).update(values))


def statements(change: Callable[[list[Any]], object]) -> Change:
    """Change the first record's statements."""
    return lambda pack: pack.sign_statements(pack.first(STATEMENTS), change)


def captured(captures: object) -> Change:
    return statements(lambda said: run_of(said[0]["predicate"]).update(captures=captures))


def summary(change: Callable[[list[Any]], object]) -> Change:
    """Change the verdict's statements."""
    return lambda pack: pack.sign_statements(VERDICT, change)


def honest_no(predicate: dict[str, Any]) -> None:
    predicate["verificationResult"] = "FAILED"
    said(predicate).update(result="FAILED", against=["S5 is unmet."])


def never_started(statements: list[Any]) -> None:
    run_of(statements[0]["predicate"])["executed"] = False


def of_another_kind(statements: list[Any]) -> None:
    statements[0]["predicateType"] = "https://slsa.dev/verification_summary/v1"


def add_and_sign(path: str, data: bytes = b"x = 1\n", mode: int = 0o100644) -> Change:
    def mutate(pack: Pack) -> None:
        pack.put(path, data, mode)
        pack.sign_sums()

    return mutate


def put_and_sign(ending: str, data: bytes) -> Change:
    def mutate(pack: Pack) -> None:
        pack.put(pack.first(ending), data)
        pack.sign_sums()

    return mutate


def in_sums(change: Callable[[bytes], bytes]) -> Change:
    """Change SHA256SUMS itself, signed anew."""

    def mutate(pack: Pack) -> None:
        sums = change(pack.get("evidence/SHA256SUMS"))
        pack.put("evidence/SHA256SUMS", sums)
        pack.put("evidence/SHA256SUMS.sig", sshsig.sign([sums], pack.signer, namespace=sshsig.FOR_PACKS))

    return mutate


def change_source_and_sign(pack: Pack) -> None:
    pack.put("shop/urls.py", b"import evil\n")
    pack.sign_sums()


def drop_and_sign(ending: str) -> Change:
    def change(pack: Pack) -> None:
        pack.drop(pack.first(ending))
        pack.sign_sums()

    return change


def slip_in_and_sign(pack: Pack) -> None:
    pack.put(pack.first("junit.xml").replace("junit.xml", "more.xml"), b"<testsuite/>\n")
    pack.sign_sums()


NO_STATEMENTS = {"V006", "V017", "V022", "V024", "V026"}
ODD_KIND = {"V015", "V021", "V022", "V024", "V026"}

# What was done, how, and the codes that it gives.
# The ZIP alone is verified, with the seller's key in hand.
BY_ANYONE: list[tuple[str, Change, set[str]]] = [
    ("a flipped byte in the source", lambda p: p.flip("shop/urls.py"), {"V005", "V014"}),
    ("a flipped byte in a log", lambda p: p.flip(p.first("output.log")), {"V005", "V026"}),
    ("a flipped byte in the index", lambda p: p.flip("evidence/index.html"), {"V005"}),
    ("another principal in the own signers", lambda p: p.flip("evidence/allowed_signers"), {"V005"}),
    ("a file made executable", lambda p: p.put("README.md", p.get("README.md"), EXECUTABLE), {"V014"}),
    ("a program made a plain file", lambda p: p.put("manage.py", p.get("manage.py")), {"V014"}),
    ("a link that points elsewhere", lambda p: p.put("docs/latest", b"../manage.py", SYMLINK), {"V014"}),
    ("a file that became a link", lambda p: p.put("shop/urls.py", b"x", SYMLINK), {"V006", "V014"}),
    ("a dropped file", lambda p: p.drop("shop/urls.py"), {"V006", "V014"}),
    ("a dropped log", lambda p: p.drop(p.first("output.log")), {"V006", "V026"}),
    ("an added file", lambda p: p.put("shop/evil.py", b""), {"V007", "V014"}),
    ("a renamed file", lambda p: rename(p, "shop/urls.py", "shop/url.py"), {"V006", "V007", "V014"}),
    ("two files swapped", lambda p: swap(p, "README.md", "shop/urls.py"), {"V005", "V014"}),
    ("two logs swapped", swap_logs, {"V005", "V026"}),
    ("a file and a folder of one name", lambda p: p.put("README.md/x", b""), {"Z025"}),
    (
        "a dropped file of statements",
        lambda p: p.drop(p.first(STATEMENTS)),
        NO_STATEMENTS,
    ),
    ("a dropped record", drop_record, {"V006", "V017", "V022", "V024"}),
    ("statements in another order", reorder_lines, {"V005", "V018"}),
    ("a dropped verdict", lambda p: p.drop(VERDICT), {"V001", "V006"}),
    ("a dropped index", lambda p: p.drop("evidence/README.md"), {"V001", "V006"}),
    ("dropped signers", lambda p: p.drop("evidence/allowed_signers"), {"V001", "V006"}),
    ("dropped checksums", lambda p: p.drop("evidence/SHA256SUMS"), {"V001"}),
    ("a dropped signature", lambda p: p.drop("evidence/SHA256SUMS.sig"), {"V001"}),
    ("no evidence at all", drop_evidence, {"V001"}),
    ("an empty pack", lambda p: p.content.clear(), {"Z001"}),
    ("an empty signature", lambda p: p.put("evidence/SHA256SUMS.sig", b""), {"V003", "V009"}),
    ("another checksum", lambda p: p.flip("evidence/SHA256SUMS", 3), {"V005", "V009"}),
    ("a checksum that is none", lambda p: p.put("evidence/SHA256SUMS", b"x\n"), {"V004", "V009"}),
    ("a flipped byte in the signature", lambda p: p.flip("evidence/SHA256SUMS.sig", 200), {"V009"}),
    ("evidence/conftest.py", lambda p: p.put("evidence/conftest.py", b"x = 1\n"), {"V002", "V007"}),
    ("a case variant of evidence/", lambda p: p.put("Evidence/conftest.py", b"x\n"), {"V007", "V014"}),
    ("a picture for a log", lambda p: p.put(p.first("output.log"), PNG), {"V003", "V005", "V026"}),
    ("only the checksums by a stranger", lambda p: p.sign_sums(STRANGER), {"V011"}),
    ("all of it by a stranger", by_another_key, {"V030"}),
]
# The same by someone who holds the seller's key. An honest run of gateproof never writes these.
BY_THE_KEY: list[tuple[str, Change, set[str]]] = [
    ("checksums for another purpose", lambda p: p.sign_sums(namespace="git"), {"V009"}),
    ("evidence/conftest.py", add_and_sign("evidence/conftest.py"), {"V002"}),
    ("a link in evidence/", add_and_sign("evidence/checklist.md", b"x", SYMLINK), {"V002"}),
    ("a program in evidence/", add_and_sign("evidence/checklist.md", b"x", EXECUTABLE), {"V002"}),
    ("a verdict that is a link", add_and_sign(VERDICT, b"x", SYMLINK), {"V001", "V002"}),
    ("a log in UTF-16", put_and_sign("output.log", "passed".encode("utf-16")), {"V003", "V026"}),
    ("a log with a NUL", put_and_sign("output.log", b"passed\0"), {"V003", "V026"}),
    ("a log cut within a character", put_and_sign("output.log", "ä".encode()[:1]), {"V003", "V026"}),
    ("an empty log", put_and_sign("output.log", b""), {"V003", "V026"}),
    ("a screenshot that is none", put_and_sign("page.png", b"GIF89a"), {"V003", "V026"}),
    ("checksums out of order", in_sums(lambda s: b"".join(reversed(s.splitlines(True)))), {"V004"}),
    ("a checksum twice", in_sums(lambda s: s.splitlines(True)[0] + s), {"V004"}),
    ("checksums without an end", in_sums(lambda s: s[:-1]), {"V004"}),
    ("no checksum at all", in_sums(lambda s: b""), {"V003", "V007"}),
    ("one checksum missing", in_sums(lambda s: b"".join(s.splitlines(True)[1:])), {"V007"}),
    ("another source", change_source_and_sign, {"V014"}),
    ("names too deep for git", add_and_sign("a/" * 600 + "b"), {"V008"}),
    ("an envelope by a stranger", envelope_by_stranger, {"V011", "V022", "V024"}),
    ("another keyid", other_keyid, {"V012", "V022", "V024"}),
    ("two signatures", two_signatures, {"V010", "V022", "V024"}),
    ("spaces in an envelope", spaces_in_envelope, {"V010", "V022", "V024"}),
    ("a key twice in a statement", broken_statement, {"V013", "V022", "V024"}),
    ("statements about another source", statements(other_subject), {"V014"}),
    ("a statement about two things", statements(second_subject), {"V014"}),
    ("a verdict about another source", summary(other_subject), {"V014"}),
    ("a verdict among the records", statements(of_another_kind), ODD_KIND),
    ("a record taken out", drop_record_and_sign, {"V017", "V022", "V024"}),
    ("a record not listed", verdict(list_no_inputs), {"V016"}),
    ("a record listed wrongly", verdict(other_input_digest), {"V018"}),
    ("a verdict without a rehearsal mark", verdict(lambda v: said(v).pop("rehearsal")), {"V019"}),
    ("a verdict that is a yes, perhaps", verdict(lambda v: v.update(verificationResult="WARNED")), {"V019"}),
    ("a verdict with a rehearsal of 0", extension(rehearsal=0), {"V019"}),
    ("a verdict about half a source", summary(half_subject), {"V019"}),
    ("a verdict without its extension", verdict(lambda v: v.update(gateproof_verdict=[])), {"V019"}),
    ("a verdict with a list for a text", extension(key=[]), {"V019"}),
    ("a verdict with a text for a list", extension(required="unit"), {"V019"}),
    ("a verdict at no time", verdict(lambda v: v.update(timeVerified="today")), {"V019"}),
    ("two verdicts", summary(lambda s: s.append(s[0])), {"V019"}),
    ("no gate at all", no_gate_at_all, {"V020", "V024"}),
    ("nothing required", extension(required=[]), {"V024"}),
    ("more required than ran", extension(required=["deploy-check", "unit"]), {"V024"}),
    ("a pass that is a failure", result(outcome="FAILED"), {"V021", "V022", "V024"}),
    ("a failure that is a pass", record(lambda r: r.update(result="FAILED")), {"V021", "V022", "V024"}),
    ("a pass with warnings", record(lambda r: r.update(result="WARNED")), {"V021", "V022", "V024"}),
    ("a pass that looked at nothing", result(looked_at=0), {"V021", "V022", "V024"}),
    ("a pass that looked at True", result(looked_at=True), {"V021", "V022", "V024"}),
    ("a pass with failed tests", record(lambda r: r.update(failedTests=["t"])), {"V021", "V022", "V024"}),
    ("a pass without a command", statements(lambda s: s.pop(0)), {"V021", "V022", "V024", "V026"}),
    ("a command that never started", statements(never_started), {"V021", "V022", "V024"}),
    ("a record without a result", statements(lambda s: s.pop()), {"V021", "V022", "V024"}),
    ("a record with two results", statements(lambda s: s.append(s[-1])), {"V021", "V022", "V024"}),
    ("a result without our extension", record(lambda r: r.pop("gateproof_run")), {"V021", "V022", "V024"}),
    ("an outcome of its own", result(outcome="GREEN"), {"V021", "V022", "V024"}),
    ("the result of another gate", result(name="easy"), {"V021", "V022", "V024"}),
    ("a run that was not clean", result(is_clean=False), {"V022", "V024"}),
    ("a run that did not end", result(finished=None), {"V022", "V024", "V026"}),
    ("fewer gates than ran", verdict(lambda v: said(v)["gates"].pop()), {"V022"}),
    ("a pass with reasons against it", extension(against=["S5 is unmet."]), {"V022"}),
    ("another key in the verdict", extension(key=STRANGER.public.fingerprint), {"V022"}),
    ("an honest no", verdict(honest_no), {"V023"}),
    ("a rehearsal that says PASSED", extension(rehearsal=True), {"V025"}),
    ("a release that says FAILED", verdict(lambda v: v.update(verificationResult="FAILED")), {"V025"}),
    ("another output of a command", change_stdout_and_sign, {"V026"}),
    ("another log", put_and_sign("output.log", b"all is well\n"), {"V026"}),
    ("a log taken away", drop_and_sign("output.log"), {"V026"}),
    ("a screenshot of another run", put_and_sign("page.png", PNG + b"\0"), {"V026"}),
    ("a file that the run did not leave", slip_in_and_sign, {"V026"}),
    ("a result that names no files", result(files=None), {"V026"}),
    ("a result that names other files", result(files={"output.log": "0" * 64}), {"V026"}),
    ("captures of no known form", captured([1]), {"V026"}),
    ("a capture of no known form", captured({"stdout": {"sha256": 1}}), {"V026"}),
    ("signers without the key", add_and_sign("evidence/allowed_signers", own_signers(STRANGER)), {"V027"}),
    ("signers that are none", add_and_sign("evidence/allowed_signers", b"# no one\n"), {"V027"}),
    ("a list of pins that is none", add_and_sign("evidence/pins.json", b"[]"), {"V029"}),
    ("a verdict of tomorrow", verdict(lambda v: v.update(timeVerified="2026-11-25T12:00:00Z")), {"V028"}),
    ("an earlier tag that is none", add_and_sign("evidence/tags/v0.9", b"tag\n"), {"V050"}),
    ("an earlier tag without its commit", earlier_tag(objects=1), {"V050"}),
    ("an earlier tag of another name", earlier_tag(name="v0.8"), {"V051"}),
    ("an earlier tag by a stranger", earlier_tag(signer=STRANGER), {"V030"}),
    ("an earlier tag changed", earlier_tag(message="Shop 0.9"), {"V052"}),
]
# In the whole folder, where the parts beside the ZIP are due. The ZIP itself is sound.
BESIDE: list[tuple[str, Change, set[str]]] = [
    ("another checksum", lambda p: p.beside.update({".sha256": b"0" * 64 + b"  shop.zip\n"}), {"V040"}),
    ("the checksum of another name", rename_in_checksum, {"V040"}),
    ("no checksum", lambda p: p.beside.pop(".sha256"), {"V044"}),
    ("no attestations", lambda p: p.beside.pop(".intoto.jsonl"), {"V044"}),
    ("no tag", lambda p: p.beside.pop(".tag"), {"V044"}),
    ("attestations that are none", lambda p: p.beside.update({".intoto.jsonl": b"{}\n"}), {"V010"}),
    ("attestations by a stranger", lambda p: p.make_beside(STRANGER), {"V011", "V052"}),
    ("the verdict alone", only_line(1), {"V041"}),
    ("the provenance alone", only_line(0), {"V041"}),
    ("the provenance twice", twice_line(0), {"V041"}),
    ("attestations of another ZIP", attestations_of_another_zip, {"V042"}),
    ("attestations about another source", beside_statement(1, other_source), {"V042"}),
    (
        "another verdict than inside",
        beside_statement(1, lambda s: s["predicate"].update(verificationResult="FAILED")),
        {"V043"},
    ),
    (
        "a verdict of a rehearsal",
        beside_statement(1, lambda s: said(s["predicate"]).update(rehearsal=True)),
        {"V043"},
    ),
    (
        "a verdict that names another one",
        beside_statement(1, lambda s: s["predicate"].update(inputAttestations=[])),
        {"V043"},
    ),
    (
        "a verdict without our extension",
        beside_statement(1, lambda s: s["predicate"].pop("gateproof_verdict")),
        {"V043"},
    ),
    ("a stray file", lambda p: p.beside.update({".README": b"run me\n"}), {"V045"}),
    ("a tag that is none", lambda p: p.beside.update({".tag": b"tag\n"}), {"V050"}),
    ("a tag cut short", lambda p: p.beside.update({".tag": p.beside[".tag"][:-9]}), {"V050"}),
    ("a flipped byte in the commit", flip_in_tag(b"Evidence"), {"V050"}),
    ("a tag with two commits", two_commits, {"V050"}),
    ("a tag of another tree", retagged(tree="0" * 40), {"V051"}),
    ("a tag beside the prepared commit", retagged(parent="0" * 40), {"V051"}),
    ("a tag by a stranger", retagged(signer=STRANGER), {"V052"}),
    ("a tag about another verdict", retagged(message="Shop 1.0.0\n"), {"V053"}),
    ("a tag of another version", tagged_as("9.9.9"), {"V058"}),
    ("a withdrawal", withdrawn(), {"V056"}),
    ("a withdrawal by a stranger", withdrawn(STRANGER), {"V057"}),
    ("a withdrawal of another ZIP", withdrawn(zip_sha256="0" * 64), {"V057"}),
    ("a withdrawal without a reason", withdrawn(why=" "), {"V057"}),
    ("another commit in the comment", lambda p: setattr(p, "comment", "0" * 40), {"V040", "V042", "V055"}),
]


def test_what_is_too_large_to_be_read_whole_is_refused(
    whole: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateproof.evidence.layout.MAX_SUMS", 10)
    assert {"V003"} <= codes_of(whole.copy(), tmp_path, alone=True)
    monkeypatch.undo()
    monkeypatch.setattr("gateproof.pack.verifier.delivery.MAX_ENVELOPES", 10)
    assert codes_of(whole.copy(), tmp_path, alone=False) == {"V040", "V041", "V050"}


def test_a_statement_of_a_million_parts_is_refused(whole: Pack, tmp_path: Path) -> None:
    pack = changed(whole, statements(lambda said: said[0]["predicate"].update(materials=[[]] * 500_000)))
    assert codes_of(pack, tmp_path, alone=True) == {"V013", "V022", "V024"}


def test_a_folder_in_place_of_a_part_is_refused(whole: Pack, tmp_path: Path) -> None:
    pack = changed(whole, lambda pack: pack.beside.pop(".sha256"))
    (tmp_path / "delivery" / "shop.zip.sha256").mkdir(parents=True)
    assert codes_of(pack, tmp_path, alone=False) == {"V040"}


def rows(table: list[tuple[str, Change, set[str]]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("change", "codes"), [row[1:] for row in table], ids=[row[0] for row in table]
    )


@rows(BY_ANYONE)
def test_a_changed_pack_is_refused(whole: Pack, tmp_path: Path, change: Change, codes: set[str]) -> None:
    assert codes_of(changed(whole, change), tmp_path, alone=True) == codes


@rows(BY_THE_KEY)
def test_a_lie_is_refused_even_when_it_is_signed(
    whole: Pack, tmp_path: Path, change: Change, codes: set[str]
) -> None:
    assert codes_of(changed(whole, change), tmp_path, alone=True) == codes


@rows(BESIDE)
def test_a_changed_delivery_is_refused(whole: Pack, tmp_path: Path, change: Change, codes: set[str]) -> None:
    assert codes_of(changed(whole, change), tmp_path, alone=False) == codes


def test_evidence_about_another_source_is_refused(whole: Pack, tmp_path: Path) -> None:
    pack = changed(whole, lambda pack: replay(pack, tmp_path / "other"))
    assert codes_of(pack, tmp_path, alone=True) == {"V005", "V014"}


def test_a_rehearsal_with_a_tag_is_refused(rehearsed: Pack, tmp_path: Path) -> None:
    assert codes_of(changed(rehearsed, retagged()), tmp_path, alone=False) == {"V054"}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"namespaces": ["git"]}, "V031"),
        ({"valid_before": NOW - timedelta(days=1)}, "V032"),
        ({"valid_after": NOW + timedelta(days=1)}, "V032"),
    ],
)
def test_a_key_counts_only_for_its_use_and_its_time(
    whole: Pack, tmp_path: Path, options: dict[str, Any], code: str
) -> None:
    path = whole.write(tmp_path / "delivery")
    verification = verify(path.parent, signers_file(tmp_path, whole.signer, **options), now=NOW)
    assert code in {finding.code for finding in verification.findings}
    assert verification.answer is Answer.REFUSED
    assert verification.facts.principals == ()


def test_every_code_was_seen_to_say_no() -> None:
    seen = {code for table in (BY_ANYONE, BY_THE_KEY, BESIDE) for *_, codes in table for code in codes}
    assert {code.code for code in Code} - seen == {"V031", "V032", "V054"}  # these have tests of their own
