"""`gateproof assess` on sealed deliveries: evidence about this source, about another, and none that holds."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateproof import cli
from gateproof.errors import NothingRanError, UnknownError, UsageError
from gateproof.evidence import gitobjects, sshsig
from gateproof.evidence.gitobjects import GitObject
from gateproof.evidence.subject import FILE
from gateproof.judge.assess import Assessment
from gateproof.judge.verdict import Judgement, Verdict
from gateproof.model import Outcome
from gateproof.pack.assessing import Exam, assess_zips
from packs import (
    CASES,
    NOW,
    PREPARED,
    SOURCE,
    Case,
    Content,
    Pack,
    make_pack,
    make_signer,
    signers_file,
    zip_of,
)

CHECKLIST = """## S1
- [ ] S1.1 tests `ran: pytest`
- [ ] S1.2 from git `zip: from-git`
- [ ] S1.3 tag `tag: v1.0.0`
- [ ] S1.4 evidence `evidence: indexed` `evidence: only-sealed` `evidence: utf-8` `evidence: not-empty`
- [ ] S1.5 clean `zip: env-file, database, virtualenv, ide, cache`
- [ ] S1.6 counted `count: unit.looked_at >= 12`
- [ ] S1.7 earlier `tag: v0.2`
- [ ] S1.8 reviewed `signed: legal`
"""
OWN = "docs/07_sales_ready.md"
SETTINGS = b'[[tool.gateproof.milestones]]\nname = "m1"\nitems = ["S1.1"]\n'
MET, UNMET, UNPROVEN = Verdict.MET, Verdict.UNMET, Verdict.UNPROVEN
STALE, CONTRADICTED = Verdict.STALE, Verdict.CONTRADICTED

SIGNER = make_signer()
REVIEW = b"date: 2026-11-01\nreason: every licence was read\n"


def earlier_tag(name: str = "v0.2") -> bytes:
    """The signed tag of an earlier milestone, whose commit is the parent of the proven one."""
    who = "Ada <ada@example.org> 1795000000 +0000"

    def commit(parent: str = "") -> GitObject:
        line = f"parent {parent}\n" if parent else ""
        body = f"tree {'0' * 40}\n{line}author {who}\ncommitter {who}\n\nx\n".encode()
        return GitObject(kind="commit", id=gitobjects.object_id("commit", body), body=body)

    prepared = commit()
    released = commit(prepared.id)
    unsigned = f"object {released.id}\ntype commit\ntag {name}\ntagger {who}\n\nx\n".encode()
    body = gitobjects.sign_tag(unsigned, SIGNER)
    tag = GitObject(kind="tag", id=gitobjects.object_id("tag", body), body=body)
    return gitobjects.write_objects((tag, released, prepared))


def source(**more: bytes) -> dict[str, Content]:
    signature = sshsig.sign([REVIEW], SIGNER, namespace=sshsig.FOR_PACKS)
    files = {OWN: CHECKLIST.encode(), "pyproject.toml": SETTINGS}
    files |= {"docs/signed/legal.md": REVIEW, "docs/signed/legal.md.sig": signature, **more}
    return {**SOURCE, **{path: (FILE, raw) for path, raw in files.items()}}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return make_pack(tmp_path_factory.mktemp("release"), signer=SIGNER, content=source())


def assessed(path: Path, tmp_path: Path) -> Assessment:
    exam = Exam(signers=signers_file(tmp_path, SIGNER))
    (assessment,) = assess_zips([path], exam, now=NOW).assessments
    return assessment


def on(assessment: Assessment, item: str) -> Judgement:
    one = assessment.item(item)
    assert one
    return one.judgement


def test_a_release_proves_its_items_each_with_its_evidence(release: Pack, tmp_path: Path) -> None:
    assessment = assessed(release.write(tmp_path / "delivery").parent, tmp_path)

    verdicts = {one.item.id: one.judgement.verdict for one in assessment.items}
    assert {item for item, verdict in verdicts.items() if verdict is MET} == {
        "S1.1", "S1.2", "S1.3", "S1.4", "S1.5", "S1.6", "S1.8",
    }  # fmt: skip
    assert on(assessment, "S1.1").evidence[0].startswith("evidence/gates/")
    assert on(assessment, "S1.8").reason.startswith("signed by release@example.org on 2026-11-01")
    assert "its tag is v1.0.0" in on(assessment, "S1.7").reason


def test_from_the_bare_zip_the_same_but_for_what_the_delivery_decides(release: Pack, tmp_path: Path) -> None:
    path = tmp_path / "alone" / "shop.zip"
    path.parent.mkdir()
    path.write_bytes(release.as_zip())

    assessment = assessed(path, tmp_path)

    awaiting = [one.item.id for one in assessment.items if one.judgement.awaits_delivery]
    assert awaiting == ["S1.2", "S1.3", "S1.7"]
    assert on(assessment, "S1.1").verdict is MET


def test_a_file_changed_after_sealing_makes_the_evidence_stale_and_names_it(
    release: Pack, tmp_path: Path
) -> None:
    pack = release.copy()
    pack.put("shop/urls.py", b"urlpatterns = [1]\n")
    path = tmp_path / "shop.zip"
    path.write_bytes(pack.as_zip())

    judgement = on(assessed(path, tmp_path), "S1.1")

    assert judgement.verdict is STALE
    assert judgement.reason == "'pytest' passed on another source (1 file differs: shop/urls.py)"


@pytest.mark.parametrize("what", ["log", "statements", "signature"])
def test_evidence_changed_after_sealing_proves_nothing(release: Pack, tmp_path: Path, what: str) -> None:
    pack = release.copy()
    ending = {"log": "output.log", "statements": "statements.intoto.jsonl", "signature": "SHA256SUMS.sig"}[
        what
    ]
    pack.flip(pack.first(ending), at=1)
    path = tmp_path / "shop.zip"
    path.write_bytes(pack.as_zip())

    judgement = on(assessed(path, tmp_path), "S1.1")

    assert judgement.verdict is CONTRADICTED
    assert "the sealed evidence is not sound: V" in judgement.reason


def test_evidence_that_a_stranger_sealed_proves_nothing(release: Pack, tmp_path: Path) -> None:
    path = release.write(tmp_path / "delivery").parent
    exam = Exam(signers=signers_file(tmp_path, make_signer()))

    (assessment,) = assess_zips([path], exam, now=NOW).assessments

    assert on(assessment, "S1.1").verdict is CONTRADICTED
    assert "V030" in on(assessment, "S1.1").reason
    assert on(assessment, "S1.8").verdict is UNPROVEN


def test_a_tag_that_leads_elsewhere_contradicts(release: Pack, tmp_path: Path) -> None:
    pack = release.copy()
    pack.make_tag(tree="0" * 40)
    assessment = assessed(pack.write(tmp_path / "delivery").parent, tmp_path)

    assert on(assessment, "S1.2").verdict is CONTRADICTED
    assert on(assessment, "S1.3").verdict is CONTRADICTED
    assert on(assessment, "S1.1").verdict is MET


def test_a_rehearsal_proves_its_gates_and_has_no_tag(tmp_path: Path) -> None:
    failed = Case(outcome=Outcome.FAILED, reason="1 test failed.", minutes=-5)
    pack = make_pack(tmp_path / "r", signer=SIGNER, content=source(), rehearsal=True, cases=[*CASES, failed])
    assessment = assessed(pack.write(tmp_path / "delivery").parent, tmp_path)

    assert on(assessment, "S1.1").verdict is CONTRADICTED
    assert "failed 1 of 2 times" in on(assessment, "S1.1").reason
    assert "a rehearsal has no tag" in on(assessment, "S1.2").reason


def test_an_earlier_milestone_is_proven_by_its_tag_in_evidence(tmp_path: Path) -> None:
    raw = earlier_tag()
    prepared = gitobjects.read_objects(raw)[-1].id
    pack = make_pack(
        tmp_path / "p", signer=SIGNER, content=source(), documents={"tags/v0.2": raw}, commit=prepared
    )
    path = tmp_path / "shop.zip"
    path.write_bytes(pack.as_zip())

    assert on(assessed(path, tmp_path), "S1.7").verdict is MET


@pytest.mark.parametrize(
    ("name", "commit"), [("v0.2", PREPARED), ("v0.3", None)], ids=["no way leads there", "another tag"]
)
def test_a_tag_that_does_not_lie_below_proves_nothing(tmp_path: Path, name: str, commit: str | None) -> None:
    raw = earlier_tag(name)
    told = commit or gitobjects.read_objects(raw)[-1].id
    pack = make_pack(
        tmp_path / "p", signer=SIGNER, content=source(), documents={"tags/v0.2": raw}, commit=told
    )
    path = tmp_path / "shop.zip"
    path.write_bytes(pack.as_zip())

    assert on(assessed(path, tmp_path), "S1.7").verdict is UNPROVEN


def bare(folder: Path, own: bytes | None = None, name: str = "bare.zip", start: str = "") -> Path:
    path = folder / name
    content = SOURCE if own is None else {**SOURCE, OWN: (FILE, own)}
    path.write_bytes(zip_of({f"{start}{file}": one for file, one in content.items()}))
    return path


def test_a_download_wrapped_in_one_folder_is_unwrapped(tmp_path: Path) -> None:
    path = bare(tmp_path, b"- [ ] a `file: manage.py`\n", start="shop-main/")

    assert assessed(path, tmp_path).done


def test_the_buyers_own_checklist_judges_and_the_zips_weaker_copy_is_a_finding(tmp_path: Path) -> None:
    path = bare(tmp_path, b"- [ ] a `file: manage.py`\n")
    mine = tmp_path / "07_sales_ready.md"
    mine.write_text("- [ ] a `file: manage.py` `file: LICENSE`\n", encoding="utf-8")

    (assessment,) = assess_zips([path], Exam(checklist=mine), now=NOW).assessments

    assert assessment.items[0].judgement.reason == "there is no LICENSE"
    assert [finding.code for finding in assessment.findings] == ["J010"]


def test_a_zip_whose_own_checklist_cannot_be_read_is_judged_by_the_buyers(tmp_path: Path) -> None:
    path = bare(tmp_path, "- [ ] a".encode("utf-16"))
    mine = tmp_path / "mine.md"
    mine.write_text("- [ ] a `file: manage.py`\n", encoding="utf-8")

    (assessment,) = assess_zips([path], Exam(checklist=mine), now=NOW).assessments

    assert [finding.code for finding in assessment.findings] == ["J012"]
    with pytest.raises(UnknownError, match="is UTF-16"):
        assess_zips([path], Exam(), now=NOW)


def test_without_any_checklist_there_is_nothing_to_judge_by(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="give your own with --checklist"):
        assess_zips([bare(tmp_path)], Exam(), now=NOW)


def test_what_cannot_be_judged_is_not_a_no(tmp_path: Path) -> None:
    lie = tmp_path / "lie.zip"
    whole = zip_of(SOURCE)
    lie.write_bytes(whole[: len(whole) // 2])
    empty = tmp_path / "empty.zip"
    empty.write_bytes(zip_of({}))

    with pytest.raises(UnknownError, match=r"lie\.zip"):
        assess_zips([lie], Exam(), now=NOW)
    with pytest.raises(NothingRanError, match="holds no file"):
        assess_zips([empty], Exam(), now=NOW)


def test_several_zips_give_a_table_and_one_that_cannot_be_read_hides_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = bare(tmp_path, b"- [ ] a `file: manage.py`\n", "good.zip")
    bad = bare(tmp_path, b"- [ ] a `file: LICENSE`\n", "bad.zip")
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"no zip")

    codes = [cli.main(["assess", *map(str, paths)]) for paths in ([good], [good, bad], [good, bad, broken])]
    said = capsys.readouterr().out

    assert codes == [0, 1, 4]
    assert "good.zip  1     0" in said
    assert "broken.zip: " in said


def test_the_command_speaks_json_markdown_and_of_one_milestone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The command looks at the real clock, so this pack must be of the past on every machine.
    pack = make_pack(tmp_path / "p", signer=SIGNER, content=source(), now=datetime(2020, 1, 1, tzinfo=UTC))
    folder = str(pack.write(tmp_path / "delivery").parent)
    signers = ["--signers", str(signers_file(tmp_path, SIGNER))]

    assert cli.main(["assess", folder, *signers, "--milestone", "m1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["open"] == []
    assert cli.main(["assess", folder, *signers, "--markdown"]) == 1
    assert "- [x] S1.1 tests `ran: pytest` (**Done** — " in capsys.readouterr().out
    assert cli.main(["assess", folder, "--milestone", "m9"]) == 2
    assert "names no milestone m9; it has m1" in capsys.readouterr().err


@pytest.mark.parametrize(("sha256", "codes"), [("0" * 64, ["J013"]), (None, [])])
def test_a_verdict_that_was_sealed_by_another_checklist_is_said(
    tmp_path: Path, sha256: str | None, codes: list[str]
) -> None:
    digest = sha256 or hashlib.sha256(CHECKLIST.encode()).hexdigest()
    pack = make_pack(
        tmp_path / "p", signer=SIGNER, content=source(), further={"checklist": {"sha256": digest}}
    )
    path = tmp_path / "shop.zip"
    path.write_bytes(pack.as_zip())

    assert [finding.code for finding in assessed(path, tmp_path).findings] == codes
