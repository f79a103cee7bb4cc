"""`invoke release` on real repositories: one delivery and one signed tag, or everything as it was."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from functional.project import checks
from functional.releasing import VARIABLE, Shop, make_key, now
from gateproof.config import load_settings
from gateproof.errors import GateproofError, RefusedError, UnknownError, UsageError
from gateproof.evidence import envelope
from gateproof.evidence.gitobjects import read_objects, read_tag
from gateproof.model import Outcome
from gateproof.pack.verify import Answer, verify
from gateproof.release.lock import OWNER, release_lock
from gateproof.release.transaction import Released
from gateproof.release.withdrawing import withdraw

pytestmark = pytest.mark.acceptance


@pytest.fixture(scope="module")
def released(template: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(template.key))
        made = template.copy(tmp_path_factory.mktemp("released"))
        made.release()
    return made


def refuses(shop: Shop, error: type[GateproofError], words: str) -> None:
    """The release says no, and everything is as it was."""
    before = shop.state()
    with pytest.raises(error, match=words):
        shop.release()
    assert shop.state() == before
    assert not list(shop.root.glob("dist/*"))


def test_a_release_is_a_delivery_and_one_signed_tag(released: Shop, template: Shop) -> None:
    refs, head, tree, branch = template.state()
    tag = released.project.git("rev-parse", "v0.2-m2-ops")

    assert released.state() == (f"{refs}\n{tag} tag\trefs/tags/v0.2-m2-ops", head, tree, branch)
    folder = released.root / "dist" / "0.2.0"
    names = {path.name for path in folder.iterdir()}
    assert names >= {
        "shop.zip",
        "shop.zip.sha256",
        "shop.zip.intoto.jsonl",
        "shop.zip.tag",
        "shop-delivery.zip",
    }
    assert [path.name for path in (released.root / "dist").iterdir()] == ["0.2.0"]


@pytest.mark.parametrize("form", ["", "shop.zip", "shop-delivery.zip", "shop.zip.tag"])
def test_a_stranger_verifies_each_form_down_to_the_tag(released: Shop, form: str) -> None:
    answer = verify(released.root / "dist" / "0.2.0" / form, released.signers, now=now())

    assert (answer.answer, answer.findings) == (Answer.VERIFIED, ())
    assert (answer.facts.tag, answer.facts.version) == ("v0.2-m2-ops", "0.2.0")


def test_git_itself_verifies_the_tag(released: Shop) -> None:
    settings = ("-c", "gpg.format=ssh", "-c", f"gpg.ssh.allowedSignersFile={released.signers}")
    command = ["git", *settings, "verify-tag", "v0.2-m2-ops"]
    done = subprocess.run(command, cwd=released.root, capture_output=True, check=False, encoding="utf-8")

    assert done.returncode == 0, done.stderr
    assert 'Good "git" signature for release' in done.stderr


def test_the_tag_marks_a_child_of_the_prepared_commit_that_adds_only_evidence(released: Shop) -> None:
    git = released.project.git
    assert git("rev-parse", "v0.2-m2-ops^{commit}^@") == git("rev-parse", "main")
    changed = git("diff", "--name-only", "main", "v0.2-m2-ops").splitlines()
    assert changed
    assert all(path.startswith("evidence/") for path in changed)


def test_the_message_names_milestone_version_digests_and_verdict(released: Shop) -> None:
    raw = (released.root / "dist" / "0.2.0" / "shop.zip.tag").read_bytes()
    tag = read_tag(read_objects(raw)[0])

    assert "Milestone: m2\nVersion: 0.2.0\n" in tag.message
    assert set(tag.trailers()) == {"Source-gitTree", "Source-dirHash", "Verdict-sha256"}


def test_run_again_it_finds_nothing_missing(released: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(released.key))
    before, stamp = released.state(), (released.root / "dist" / "0.2.0" / "shop.zip").stat().st_mtime_ns

    again = released.release()

    assert not again.is_new
    assert "Nothing was missing" in "\n".join(again.lines())
    assert released.state() == before
    assert (released.root / "dist" / "0.2.0" / "shop.zip").stat().st_mtime_ns == stamp


def test_a_lost_delivery_is_made_again_from_its_tag(shop: Shop) -> None:
    first = shop.release()
    before = shop.state()
    for path in first.folder.iterdir():
        path.unlink()

    again = shop.release()

    assert (again.sha256, again.tag) == (first.sha256, first.tag)
    assert shop.state() == before
    assert verify(again.folder, shop.signers, now=now()).answer is Answer.VERIFIED


def test_a_delivery_without_its_tag_gets_just_the_tag(shop: Shop) -> None:
    first = shop.release()
    shop.project.git("update-ref", "-d", "refs/tags/v0.2-m2-ops")
    stamp = (first.folder / "shop.zip").stat().st_mtime_ns

    again = shop.release()

    assert again.tag == first.tag
    assert shop.project.git("rev-parse", "v0.2-m2-ops") == first.tag.id
    assert (first.folder / "shop.zip").stat().st_mtime_ns == stamp


def test_a_changed_delivery_without_its_tag_is_made_anew(shop: Shop) -> None:
    first = shop.release()
    shop.project.git("update-ref", "-d", "refs/tags/v0.2-m2-ops")
    (first.folder / "shop.zip.sha256").write_text("0" * 64 + "  shop.zip\n", encoding="ascii")

    again = shop.release()

    assert again.tag != first.tag
    assert verify(again.folder, shop.signers, now=now()).answer is Answer.VERIFIED


def test_the_plan_is_shown_and_nothing_is_touched(shop: Shop) -> None:
    before = shop.state(), sorted(shop.root.rglob("*"))

    shown = "\n".join(shop.foresee().lines())

    assert "Release shop 0.2.0, milestone m2" in shown
    assert "take the records of 1 gates from the ledger" in shown
    assert "create the signed tag v0.2-m2-ops" in shown
    assert (shop.state(), sorted(shop.root.rglob("*"))) == before


@pytest.mark.parametrize("arguments", [("release", "--dry-run"), ("--dry", "release")])
def test_both_ways_of_a_dry_run_touch_nothing(shop: Shop, arguments: tuple[str, ...]) -> None:
    before = shop.state(), sorted(shop.root.rglob("*"))

    done = shop.project.run("invoke", *arguments)

    assert done.returncode == 0, done.stdout
    assert "create the signed tag v0.2-m2-ops" in done.stdout
    assert (shop.state(), sorted(shop.root.rglob("*"))) == before


def test_the_push_is_printed_and_left_to_a_person(shop: Shop) -> None:
    shop.project.git("init", "--quiet", "--bare", str(shop.root.parent / "there.git"))
    shop.project.git("remote", "add", "origin", str(shop.root.parent / "there.git"))

    told = "\n".join(shop.release().lines())

    assert "git push origin refs/tags/v0.2-m2-ops" in told
    (publish,) = [line for line in told.splitlines() if "gh release create" in line]
    assert "create v0.2-m2-ops --verify-tag --notes-file" in publish
    assert "/shop.zip.tag" in publish
    assert publish.count("tag-page.md") == 1  # The page's text, and not an asset beside it.
    assert not shop.project.git("ls-remote", "origin")


# What it refuses, each with the command that mends it.


def test_a_dirty_checkout(shop: Shop) -> None:
    shop.project.write("note.txt", "later")
    refuses(shop, RefusedError, r"differs from its commit: note\.txt; run `git status`")


def test_a_change_that_git_was_told_not_to_see(shop: Shop) -> None:
    shop.project.git("update-index", "--assume-unchanged", "good.py")
    refuses(shop, RefusedError, "assume-unchanged")


def test_a_detached_head(shop: Shop) -> None:
    shop.project.git("checkout", "--quiet", "--detach")
    with pytest.raises(RefusedError, match="HEAD is detached; run `git switch"):
        shop.release()


def test_a_shallow_clone_cannot_tell(shop: Shop, tmp_path: Path) -> None:
    shop.project.commit()
    shop.project.git("clone", "--quiet", "--depth=1", shop.root.as_uri(), str(tmp_path / "clone" / "shop"))
    other = Shop(
        project=type(shop.project)(root=tmp_path / "clone" / "shop"), key=shop.key, signers=shop.signers
    )
    refuses(other, UnknownError, "shallow, so tags may be missing; run `git fetch --unshallow --tags`")


def test_a_clone_without_tags_cannot_tell(shop: Shop, tmp_path: Path) -> None:
    shop.release()
    shop.prepare("0.3.0", "0.2.0")
    shop.project.git("clone", "--quiet", "--no-tags", shop.root.as_uri(), str(tmp_path / "clone" / "shop"))
    other = Shop(
        project=type(shop.project)(root=tmp_path / "clone" / "shop"), key=shop.key, signers=shop.signers
    )
    refuses(
        other,
        UnknownError,
        r"has the tag v0\.2-m2-ops, which this clone lacks; run `git fetch --tags origin`",
    )
    other.project.git("remote", "set-url", "origin", str(tmp_path / "nowhere"))
    refuses(other, UnknownError, "the remote origin does not answer")


def test_a_version_that_nobody_prepared(shop: Shop) -> None:
    shop.project.write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n- A till.\n")
    shop.project.commit()
    refuses(shop, RefusedError, r"has no section 0\.2\.0; run `invoke prepare --milestone m2`")


def test_something_unreleased_on_top(shop: Shop) -> None:
    text = (shop.root / "CHANGELOG.md").read_text(encoding="utf-8")
    shop.project.write("CHANGELOG.md", text.replace("[Unreleased]\n", "[Unreleased]\n\n- More.\n"))
    shop.project.commit()
    refuses(shop, RefusedError, "something under Unreleased")


def test_a_milestone_before_its_turn(shop: Shop) -> None:
    shop.prepare("0.3.0", "0.2.0")
    refuses(shop, RefusedError, r"m2 comes before and is not released.*`invoke prepare --milestone m2`")


def test_a_tag_that_exists(shop: Shop) -> None:
    shop.release()
    shop.project.write("more.txt", "more")
    shop.project.commit()
    shop.prove()
    with pytest.raises(
        RefusedError, match=r"Tags are never moved; prepare .*`invoke prepare --milestone m3`"
    ):
        shop.release()


def test_a_tag_on_another_commit_at_the_remote(shop: Shop) -> None:
    shop.project.git("clone", "--quiet", "--bare", str(shop.root), str(shop.root.parent / "there.git"))
    shop.project.git("--git-dir", str(shop.root.parent / "there.git"), "tag", "v0.2-m2-ops", "main")
    shop.project.git("remote", "add", "origin", str(shop.root.parent / "there.git"))
    refuses(shop, RefusedError, r"origin has another tag v0\.2-m2-ops already.*git fetch --tags origin")


def test_a_named_key_that_is_missing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(shop.root.parent / "gone"))
    refuses(shop, RefusedError, r"gone cannot be opened: .*Check its path")


def test_a_named_key_without_a_name(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")
    refuses(shop, RefusedError, "GATEPROOF_SIGNING_KEY is set to nothing")


def test_a_key_that_others_can_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    key, _ = make_key(shop.root.parent, "open")
    key.chmod(0o644)
    monkeypatch.setenv(VARIABLE, str(key))
    refuses(shop, RefusedError, f"Run: chmod 600 {key}")


@pytest.mark.parametrize("mode", [None, 0o644], ids=["missing", "readable by others"])
def test_a_configured_key(shop: Shop, monkeypatch: pytest.MonkeyPatch, mode: int | None) -> None:
    monkeypatch.delenv(VARIABLE)
    key = shop.root.parent / "configured"
    if mode:
        key = make_key(shop.root.parent, "configured")[0]
        key.chmod(mode)
    shop.prepare("0.2.0", extra=f'\n[tool.gateproof.signing]\nkey = "{key.as_posix()}"\n')
    refuses(
        shop, RefusedError, f"chmod 600 {key}" if mode else r"configured cannot be opened: .*Check its path"
    )
    # No other key takes its place, not even one that gateproof would make.
    assert not (shop.root.parent / "keys").exists()


def test_two_at_once(shop: Shop) -> None:
    with release_lock(shop.root):
        refuses(shop, RefusedError, rf"process {os.getpid()} on ")


def test_a_stale_lock_is_recognised_and_said(shop: Shop) -> None:
    gone = {"pid": os.getpid(), "host": platform.node(), "since": "long ago", "born": 1.0}
    (shop.root / ".git" / OWNER).write_text(json.dumps(gone), encoding="utf-8")

    done = shop.project.run("invoke", "release", env={VARIABLE: str(shop.key)})

    assert done.returncode == 0, done.stdout
    assert "its lock was stale" in done.stdout


def test_no_space(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(shop.root)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1 << 20))
    refuses(shop, RefusedError, "1 MiB free and a release may need 64 MiB; make room here and in TMPDIR")


def test_a_gate_without_a_record_that_is_red_when_it_runs(shop: Shop) -> None:
    shop.project.write("good.py", checks(issues=1))
    shop.project.commit()
    refuses(shop, RefusedError, r"every gate green on this very source:\n  totals  RED: FAILED, 1 issues")


def test_a_gate_whose_run_leaves_nothing_behind_cannot_be_told(shop: Shop) -> None:
    shop.project.write("noxfile.py", "\n1 / 0\n")
    shop.project.commit()
    refuses(shop, UnknownError, "nox could not read")


def test_the_provenance_claims_no_more_than_its_level(released: Shop) -> None:
    lines = (released.root / "dist" / "0.2.0" / "shop.zip.intoto.jsonl").read_bytes()
    said = [json.loads(item.payload) for item in envelope.read_lines(lines)]
    (made,) = [one["predicate"] for one in said if one["predicateType"] == "https://slsa.dev/provenance/v1"]
    assert made["gateproof_build"]["level"] == "SLSA_BUILD_LEVEL_1"
    assert made["buildDefinition"]["externalParameters"]["version"] == "0.2.0"
    commit = released.project.git("rev-parse", "v0.2-m2-ops^{commit}")
    assert commit in json.dumps(made["buildDefinition"]["resolvedDependencies"])
    assert "LEVEL_2" not in json.dumps(said)
    assert "LEVEL_3" not in json.dumps(said)


def test_a_red_gate(shop: Shop) -> None:
    shop.prove(Outcome.PASSED, Outcome.FAILED)
    refuses(shop, RefusedError, r"totals  RED: .*`nox -s totals`")


def test_a_flaky_gate_unless_it_is_waived(shop: Shop) -> None:
    shop.prove(Outcome.FAILED, Outcome.PASSED)
    refuses(shop, RefusedError, r"totals  FLAKY: .*\[\[tool\.gateproof\.waivers\]\]")


WAIVER = '\n[[tool.gateproof.waivers]]\ngate = "totals"\nby = "Ada"\nuntil = "{until}"\nreason = "The clock of CI."\n'


def test_a_waived_flaky_gate_is_released_and_said(shop: Shop) -> None:
    text = (shop.root / "docs" / "07_sales_ready.md").read_text(encoding="utf-8")
    # What rests on the flaky gate stays contradicted: the waiver is about the gate, not about the item.
    shop.project.write(
        "docs/07_sales_ready.md", text.replace("`count: totals.looked_at >= 3`", "`file: README.md`")
    )
    shop.prepare("0.2.0", extra=WAIVER.format(until="2999-12-31"))
    shop.prove(Outcome.FAILED, Outcome.PASSED)

    made = shop.release()

    facts = verify(made.folder, shop.signers, now=now()).facts
    assert facts.gates[0].is_flaky
    sealed = shop.project.git("show", "v0.2-m2-ops:evidence/verdict.intoto.jsonl").encode()
    assert b"The clock of CI." in envelope.read_lines(sealed + b"\n")[0].payload
    says_everywhere(made, "The gate totals on .* is flaky: Ada lets it be until 2999-12-31: The clock of CI.")


def says_everywhere(made: Released, sentence: str) -> None:
    """The last lines say it by name, and so do both forms of the notes."""
    texts = [(made.folder / name).read_text(encoding="utf-8") for name in ("NOTES.md", "tag-page.md")]
    for text in ("\n".join(made.lines()), *texts):
        assert re.search(sentence, text.replace("\\", "")), text


def test_a_waived_gate_is_released_and_said_by_its_name(shop: Shop) -> None:
    text = (shop.root / "docs" / "07_sales_ready.md").read_text(encoding="utf-8")
    shop.project.write(
        "docs/07_sales_ready.md", text.replace("`count: totals.looked_at >= 3`", "`file: README.md`")
    )
    shop.project.commit()
    shop.prove(Outcome.WAIVED, reason="The advisories are old, and Ada lets them be.")

    made = shop.release()

    says_everywhere(made, "The gate totals on .* is waived: The advisories are old, and Ada lets them be.")
    again = shop.release()
    assert not again.is_new
    says_everywhere(again, "The gate totals on .* is waived: The advisories are old, and Ada lets them be.")


def test_a_waived_item_is_released_and_said_by_its_name(shop: Shop) -> None:
    text = (shop.root / "docs" / "07_sales_ready.md").read_text(encoding="utf-8")
    waived = text.replace(">= 3`", ">= 300` `waived: 2999-12-31 by Ada: few sums so far`")
    shop.project.write("docs/07_sales_ready.md", waived)
    shop.project.commit()
    shop.prove()

    says_everywhere(shop.release(), "The item S1.1 is waived: by Ada until 2999-12-31: few sums so far")


def test_what_rests_on_nothing_waived_says_no_such_word(shop: Shop) -> None:
    made = shop.release()

    texts = [(made.folder / name).read_text(encoding="utf-8") for name in ("NOTES.md", "tag-page.md")]
    assert not any("waived" in text.lower() for text in ("\n".join(made.lines()), *texts))


def test_a_waiver_that_has_ended_waives_nothing(shop: Shop) -> None:
    shop.prepare("0.2.0", extra=WAIVER.format(until="2020-01-01"))
    shop.prove(Outcome.FAILED, Outcome.PASSED)
    refuses(shop, RefusedError, "totals  FLAKY")


def test_a_file_that_must_not_be_delivered(shop: Shop) -> None:
    shop.project.write(".env", "SECRET_KEY=x\n")
    shop.project.git("add", "--force", ".env")
    shop.project.commit()
    shop.prove()
    refuses(shop, RefusedError, r"must not be handed over(.|\n)*\.env")


# Milestones, in their order; what they need; what a buyer sees of it.


def test_milestones_and_a_patch_are_cut_in_order(shop: Shop) -> None:
    branch = shop.state()[3]
    cut, before = [], ["0.2.0"]
    cut.append(shop.release().tag.name)
    for version in ("0.3.0", "1.0.0", "1.0.1"):
        shop.prepare(version, *reversed(before))
        head = shop.project.git("rev-parse", "HEAD")
        cut.append(shop.release().tag.name)
        assert (shop.project.git("rev-parse", "HEAD"), shop.state()[3]) == (head, branch)
        before.append(version)

    assert cut == ["v0.2-m2-ops", "v0.3-m3-revenue", "v1.0-m4-ready", "v1.0.1"]
    for version in ("0.2.0", "0.3.0", "1.0.0", "1.0.1"):
        assert verify(shop.root / "dist" / version, shop.signers, now=now()).answer is Answer.VERIFIED
    sealed = shop.project.git("ls-tree", "-r", "--name-only", "v1.0.1", "evidence/tags/").splitlines()
    assert sealed == [f"evidence/tags/{name}" for name in ("v0.2-m2-ops", "v0.3-m3-revenue", "v1.0-m4-ready")]
    # S2.1 asks for the tag of m2, which only the sealed tags can show by now.
    assessed = shop.project.run(
        "gateproof",
        "assess",
        "dist/1.0.0/shop-delivery.zip",
        "--signers",
        str(shop.signers),
        "--milestone",
        "m4",
    )
    assert assessed.returncode == 0, assessed.stdout


def test_an_open_item_stops_it_and_is_shown(shop: Shop) -> None:
    text = (shop.root / "docs" / "07_sales_ready.md").read_text(encoding="utf-8")
    shop.project.write("docs/07_sales_ready.md", text.replace(">= 3", ">= 300"))
    shop.project.commit()
    shop.prove()
    refuses(shop, RefusedError, r"The milestone m2 is open: 1 of its items(.|\n)*S1\.1  UNMET")


def test_an_item_that_only_the_delivery_decides_stops_it_too(shop: Shop) -> None:
    text = (shop.root / "docs" / "07_sales_ready.md").read_text(encoding="utf-8")
    shop.project.write("docs/07_sales_ready.md", text.replace("`count:", "`tag: v9.9-other` `count:"))
    shop.project.commit()
    shop.prove()
    refuses(
        shop,
        RefusedError,
        r"finished delivery leaves 1 items of m2 open(.|\n)*nothing shows the tag v9\.9-other",
    )


def test_a_milestone_without_a_checklist_is_refused(shop: Shop) -> None:
    (shop.root / "docs" / "07_sales_ready.md").unlink()
    shop.project.commit()
    shop.prove()
    refuses(shop, RefusedError, r"there is no docs/07_sales_ready\.md; write it")


def test_the_marked_checklist_is_sealed_and_the_notes_lie_beside(released: Shop) -> None:
    marked = released.project.git("show", "v0.2-m2-ops:evidence/checklist.md")
    assert "- [x] S1.1 The totals add up" in marked
    folder = released.root / "dist" / "0.2.0"
    assert "- Version 0.2.0." in (folder / "NOTES.md").read_text(encoding="utf-8")
    (folder / "NOTES.md").rename(folder / "NOTES.kept")
    try:
        (folder / "NOTES.md").write_text("Better notes.\n", encoding="utf-8")
        found = {finding.code for finding in verify(folder, released.signers, now=now()).findings}
    finally:
        (folder / "NOTES.kept").replace(folder / "NOTES.md")
    assert found == {"V045"}


def test_a_gate_without_a_record_is_run_in_the_scratch_clone(template: Shop, tmp_path: Path) -> None:
    shop = template.copy(tmp_path)
    shutil.rmtree(shop.root / ".gateproof")

    done = shop.project.run("invoke", "release", env={VARIABLE: str(shop.key)})

    assert done.returncode == 0, done.stdout
    assert "run 1 gates of 1" in done.stdout
    assert [record.attempt.is_pass for record in shop.project.records()] == [True]


# After a release: withdrawing it, and a new key.


def test_a_withdrawn_release_says_so_and_keeps_its_tag(shop: Shop) -> None:
    made = shop.release()
    before = shop.state()

    taken = withdraw(shop.root, load_settings(shop.root), "v0.2-m2-ops", "It loses orders.", now=now())

    assert shop.state() == before
    for path in (made.folder, made.folder / "shop.zip", made.folder / "shop-delivery.zip"):
        answer = verify(path, shop.signers, now=now())
        assert answer.exit_code == 1
        assert [finding.code for finding in answer.findings] == ["V056"]
        assert "It loses orders." in answer.findings[0].sentence
    with pytest.raises(RefusedError, match="withdrawn already"):
        withdraw(shop.root, load_settings(shop.root), "v0.2-m2-ops", "Again.", now=now())
    stranger = make_key(shop.root.parent, "stranger")[1]
    assert "V056" in {one.code for one in verify(made.folder, stranger, now=now()).findings}
    taken.path.write_bytes(taken.path.read_bytes().replace(b'"sig":"', b'"sig":"AAAA', 1))
    assert "V057" in {one.code for one in verify(made.folder, shop.signers, now=now()).findings}


def test_nobody_withdraws_what_is_not_there_or_for_no_reason(shop: Shop) -> None:
    with pytest.raises(UsageError, match="--why"):
        withdraw(shop.root, load_settings(shop.root), "v0.2-m2-ops", " ", now=now())
    with pytest.raises(RefusedError, match=r"no delivery of v0\.2-m2-ops .*`invoke release`"):
        withdraw(shop.root, load_settings(shop.root), "v0.2-m2-ops", "Why not.", now=now())


def test_a_withdrawal_by_a_stranger_is_none(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    made = shop.release()
    key, _ = make_key(shop.root.parent, "mallory")
    monkeypatch.setenv(VARIABLE, str(key))
    withdraw(shop.root, load_settings(shop.root), "v0.2-m2-ops", "Ha.", now=now())

    assert [one.code for one in verify(made.folder, shop.signers, now=now()).findings] == ["V057"]


def test_keys_are_changed_by_their_spans(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.release()
    tag = read_tag(read_objects((shop.root / "dist/0.2.0/shop.zip.tag").read_bytes())[0])
    new, new_signers = make_key(shop.root.parent, "new")
    monkeypatch.setenv(VARIABLE, str(new))
    time.sleep(1.1)
    shop.prepare("0.3.0", "0.2.0")
    shop.release()
    moment = f"{tag.tagged_at:%Y%m%d%H%M%SZ}"
    old_line, new_line = (path.read_text("ascii") for path in (shop.signers, new_signers))

    def answers(old: str, new: str) -> list[list[str]]:
        lines = old_line.replace("namespaces", f'{old}="{moment}",namespaces')
        lines += new_line.replace("namespaces", f'{new}="{moment}",namespaces')
        signers = shop.root.parent / "spans"
        signers.write_text(lines, encoding="ascii")
        found = [
            verify(shop.root / "dist" / version, signers, now=now()).findings
            for version in ("0.2.0", "0.3.0")
        ]
        return [sorted({one.code for one in findings}) for findings in found]

    assert answers("valid-before", "valid-after") == [[], []]
    # The other way round each was signed outside its span; m2's tag lies in m3's evidence too, and is in time there.
    assert answers("valid-before", "valid-before") == [[], ["V032"]]
