"""The release: observe, plan, apply in a scratch clone, observe again. One tag appears, last, or nothing changes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from gateproof.config import Settings
from gateproof.errors import RefusedError, UnknownError
from gateproof.evidence.gitobjects import read_commit, read_objects, read_tag
from gateproof.evidence.keyfiles import AskPassphrase, about
from gateproof.evidence.keys import Signer
from gateproof.evidence.subject import SourceFile, subject_of
from gateproof.git import git
from gateproof.judge.assess import Assessment
from gateproof.judge.render import standing_lines
from gateproof.judge.standing import Standing, State, stand
from gateproof.pack.bundle import open_bundle
from gateproof.pack.inspect.inspection import inspect_commit
from gateproof.pack.verifier.delivery import TAG
from gateproof.pack.verify import verify
from gateproof.record.accepting import refuse_expired
from gateproof.record.ledger import Record, records
from gateproof.record.source import source_files
from gateproof.release.archive import Archive
from gateproof.release.clean import refuse, rule_set
from gateproof.release.delivering import (
    SealedCommit,
    Sealing,
    Work,
    deliver,
    keep_records,
    of_checklist,
    pack,
    sealed_before,
    take_records,
)
from gateproof.release.gates import declared_gates
from gateproof.release.judging import Judged, counted, judge_delivery, judge_source, question
from gateproof.release.lock import release_lock
from gateproof.release.marking import refuse_other_marks, seal_marked
from gateproof.release.notes import notes, tag_page
from gateproof.release.noting import gather
from gateproof.release.placing import replacing_folder, sweep
from gateproof.release.planning import Plan, gates_to_run, plan_release, waivers_used
from gateproof.release.progress import Progress
from gateproof.release.proving import prove
from gateproof.release.repository import State as Repository
from gateproof.release.repository import observe, refuse_change
from gateproof.release.scratch import identity_of, scratch_clone
from gateproof.release.secretscan.texts import refuse_secrets_in
from gateproof.release.signing import open_signer, published_signers, refuse_unpublished, write_own_signers
from gateproof.release.situation import observe_release
from gateproof.release.tagging import (
    ReleaseTag,
    carry_over,
    create_tag,
    earlier_tags,
    first,
    is_whole,
    keys_of,
    make_tag,
    objects,
)

NOTES, TAG_PAGE = "NOTES.md", "tag-page.md"
"""The notes as a document, and as `gh release create --notes-file` takes them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Prospect:
    """A plan, and what the ledger already holds for it."""

    plan: Plan
    before: Repository
    files: tuple[SourceFile, ...]
    standing: Standing
    to_run: tuple[str, ...]
    """The gates without a clean record on this source."""

    @property
    def git_tree(self) -> str:
        return self.standing.git_tree

    def lines(self) -> list[str]:
        """For `--dry-run`."""
        head, *steps = self.plan.lines()
        known = len(self.standing.gates) - len(self.to_run)
        run = f", and run {', '.join(self.to_run)} in a scratch clone" if self.to_run else ""
        gates = [] if self.plan.made else [f"  take the records of {known} gates from the ledger{run}"]
        gates += [
            f"  rest on {gate.gate}, WAIVED and not passed: {gate.sentence}" for gate in self.standing.waived
        ]
        return [head, *gates, *steps]


@dataclass(frozen=True, kw_only=True, slots=True)
class Released:
    """A release, as it lies in `dist/`."""

    plan: Plan
    folder: Path
    sha256: str
    signer: Signer
    tag: ReleaseTag
    is_new: bool
    """False where everything was there already."""
    judged: Judged
    remotes: tuple[str, ...]
    zip_name: str

    def lines(self) -> list[str]:
        """What a person should know and do at the end."""
        folder, tag = self.folder.as_posix(), self.tag.name
        remote = self.remotes[0] if self.remotes else "REMOTE"
        parts = sorted(path.name for path in self.folder.iterdir() if path.name != TAG_PAGE)
        said = "Released" if self.is_new else "Nothing was missing: released already is"
        return [
            "",
            f"{said} {self.plan.product} {self.plan.version} as {tag}, on {self.tag.commit[:12]}.",
            f"  {folder}/{self.zip_name}",
            f"  sha256 {self.sha256}",
            about(self.signer),
            *self.judged.lines(),
            "Nothing has left this machine. When you are ready, run:",
            f"  git push {remote} refs/tags/{tag}",
            f"  gh release create {tag} --verify-tag --notes-file {folder}/{TAG_PAGE} "
            + " ".join(f"{folder}/{name}" for name in parts),
        ]


def foresee(root: Path, settings: Settings) -> Prospect:
    """What `release` would do; nothing is written.

    Raises what `plan_release` and `gates_to_run` raise, RefusedError for a commit that must not be handed over,
    and NothingRanError where no gate is declared.
    """
    seen = observe_release(root, settings)
    plan = plan_release(seen, settings)
    refuse(inspect_commit(root, plan.commit, rule_set(settings)), f"Commit {plan.commit[:12]}")
    files = source_files(root, plan.commit)
    git_tree = subject_of(files).git_tree
    standing = stand(declared_gates(root), records(root), git_tree)
    refuse_expired(settings.accepted, _now().date())
    to_run = gates_to_run(standing, settings.waivers, today=_now().date())
    return Prospect(plan=plan, before=seen.repository, files=files, standing=standing, to_run=to_run)


def release(root: Path, settings: Settings, progress: Progress, ask: AskPassphrase | None = None) -> Released:
    """Release the commit that is checked out: a delivery in `dist/<version>/`, and one signed tag.

    Does only what is missing, so that it can be called again after any end. Nothing is pushed.
    Raises RefusedError for every reason not to, with what mends it, and UnknownError for what could not be found
    out; then there is no tag, and branches and work tree are as they were.
    """
    with release_lock(root) as stale:
        progress.step("look at the repository")
        if stale:
            progress.note(stale)
        prospect = foresee(root, settings)
        for remark in prospect.plan.remarks:
            progress.note(remark)
        identity = identity_of(root)
        signer = open_signer(root, settings, os.environ, ask)
        published = published_signers(root, settings)
        refuse_unpublished(signer, published, now=_now())
        remotes = tuple(git("remote", cwd=root).decode("utf-8", "replace").split())
        target = root / "dist" / prospect.plan.version
        sweep(target)
        tags = earlier_tags(root, prospect.plan)
        signers = partial(write_own_signers, signer, settings, earlier=keys_of(tags), published=published)
        left = _left_by_an_earlier_call(root, prospect, settings, signers)
        is_new = left is None or prospect.plan.made is None
        if left:
            tag, judged = left
        else:
            with scratch_clone(root, prospect.plan.commit) as clone:
                work = Work(
                    clone=clone,
                    commit=prospect.plan.commit,
                    version=prospect.plan.version,
                    settings=settings,
                    signer=signer,
                    identity=identity,
                    started=_now(),
                    rehearsal=False,
                    earlier=keys_of(tags),
                    published=published,
                )
                tag, judged = _apply(root, prospect, work, tags, progress)
        if prospect.plan.made is None:
            progress.step(f"create the tag {tag.name}")
            refuse_change(prospect.before, observe(root))
            create_tag(root, tag)
        progress.step("see that the tag is all that is new")
        _refuse_more_than_the_tag(prospect.before, observe(root), tag)
        name = settings.archive.name
        return Released(
            plan=prospect.plan,
            folder=target,
            sha256=(target / f"{name}.sha256").read_text(encoding="ascii").split()[0],
            signer=signer,
            tag=tag,
            is_new=is_new,
            judged=judged,
            remotes=remotes,
            zip_name=name,
        )


def _now() -> datetime:
    return datetime.now(UTC)


def _apply(
    root: Path, prospect: Prospect, work: Work, tags: Mapping[str, bytes], progress: Progress
) -> tuple[ReleaseTag, Judged]:
    """Everything but the ref: afterwards the delivery lies in its place, and the tag's objects in the repository."""
    plan = prospect.plan
    marked: Assessment | None = None
    asked = question(work.clone, work.settings, plan.judged_by)
    if plan.made:
        tag = ReleaseTag(name=plan.tag, id=plan.made.id, commit=plan.made.commit)
        sealed = sealed_before(work, tag.commit, prospect.files)
    else:
        standing = _prove(root, prospect, work, progress)
        progress.step("judge the checklist")
        assessment = judge_source(asked, work.clone, plan.commit, work.settings, work.signers, now=_now())
        progress.note(counted(assessment))
        progress.step("seal the evidence")
        sealing = partial(_sealing, prospect, work, standing, tags)
        sealed, marked = seal_marked(work, prospect.files, asked, assessment, sealing)
        tag = make_tag(
            work.clone,
            plan,
            sealed.commit,
            subject=sealed.subject,
            verdict_sha256=sealed.verdict_sha256,
            signer=work.signer,
            identity=work.identity,
        )
    with replacing_folder(root / "dist" / plan.version) as folder:
        _deliver(root, work, sealed, tag, folder=folder, progress=progress)
        progress.step("judge the finished delivery")
        finished = judge_delivery(asked, folder, work.settings, work.signers, now=_now())
        progress.note(counted(finished.assessment))
        refuse_other_marks(marked, finished.assessment)
        if not plan.made:
            refuse_change(prospect.before, observe(root))
            carry_over(work.clone, root, tag, plan.commit)
    return tag, finished


def _prove(root: Path, prospect: Prospect, work: Work, progress: Progress) -> Standing:
    """The standing on which the release rests, with every record of it in the clone's ledger."""
    progress.step("take what the ledger holds")
    take_records(_clean(root, prospect.git_tree), root, work.clone)
    standing = stand(declared_gates(work.clone), records(work.clone), prospect.git_tree)
    to_run = gates_to_run(standing, work.settings.waivers, today=_now().date())
    if to_run:
        progress.step(f"run {len(to_run)} gates of {len(standing.gates)}")
        standing = prove(work.clone, work.settings, prospect.git_tree, progress, to_run)
        keep_records(work.clone, root)
        still = gates_to_run(standing, work.settings.waivers, today=_now().date())
        if still:
            raise RefusedError(
                f"Not every gate is proven ({', '.join(still)}), so nothing was released:\n  "
                + "\n  ".join(standing_lines(standing))
            )
    return standing


def _clean(root: Path, git_tree: str) -> list[Record]:
    """Every clean attempt on the source, failed ones too: which decides is for whoever reads them."""
    return [record for record in records(root, git_tree=git_tree) if record.attempt.is_clean]


def _sealing(
    prospect: Prospect,
    work: Work,
    standing: Standing,
    tags: Mapping[str, bytes],
    assessment: Assessment | None,
) -> Sealing:
    plan = prospect.plan
    waivers = waivers_used(standing, work.settings.waivers, today=_now().date())
    flaky = [gate.gate for gate in standing.gates if gate.state is State.FLAKY]
    further: Mapping[str, object] = {
        "tag": plan.tag,
        "milestone": plan.milestone.name if plan.milestone else "",
        "flaky": flaky,
        "waivers": [
            {"gate": one.gate, "by": one.by, "until": one.until, "reason": one.reason} for one in waivers
        ],
    }
    required = tuple(sorted({gate.gate for gate in standing.gates}))
    marked = of_checklist(assessment)
    return Sealing(
        required=required,
        documents={**tags, **marked.get("documents", {})},
        further={**further, **marked.get("further", {})},
    )


def _deliver(
    root: Path, work: Work, sealed: SealedCommit, tag: ReleaseTag, *, folder: Path, progress: Progress
) -> None:
    progress.step("pack source and evidence")
    packed = pack(work, sealed.commit, folder / work.name)
    progress.step("write what lies beside it, and verify it as a stranger would")
    parts = _notes(root, work, packed)
    deliver(work, sealed, packed, tag=objects(work.clone, (tag.id, tag.commit)), parts=parts)


def _notes(root: Path, work: Work, packed: Archive) -> dict[str, bytes]:
    """The notes, in both forms, from the ZIP itself. Raises RefusedError for a secret in them."""
    now = _now()
    with open_bundle(packed.path, signers=work.signers, now=now, rules=rule_set(work.settings)) as bundle:
        facts = gather(
            root,
            work.settings,
            bundle,
            commit=work.commit,
            version=work.version,
            day=now.date(),
            now=now,
            checksums=[(packed.path.name, packed.sha256)],
        )
    texts = {NOTES: notes(facts).encode("utf-8"), TAG_PAGE: tag_page(facts).encode("utf-8")}
    refuse_secrets_in(texts)
    return texts


def _left_by_an_earlier_call(
    root: Path, prospect: Prospect, settings: Settings, write_signers: Callable[[Path], Path]
) -> tuple[ReleaseTag, Judged] | None:
    """The delivery that lies there whole already, from a call that was stopped: its tag, and how it is judged.

    Raises RefusedError when an item that the milestone needs is open by now, such as one whose waiver has ended.
    """
    plan = prospect.plan
    target = root / "dist" / plan.version
    path = target / f"{settings.archive.name}{TAG}"
    try:
        found = read_objects(path.read_bytes())
        tag, commit = read_tag(first(found)), read_commit(found[1])
    except (OSError, ValueError, LookupError):
        return None
    made = ReleaseTag(name=tag.name, id=found[0].id, commit=tag.commit)
    is_it = (tag.name, commit.parents) == (plan.tag, (plan.commit,)) and is_whole(root, made.id, plan.commit)
    if not is_it or (plan.made and plan.made.id != made.id):
        return None
    signers = write_signers(target.parent / f".{target.name}-signers")
    # What was tagged was judged, and stays.
    asked = question(root, settings, None if plan.made else plan.judged_by)
    try:
        if verify(target, signers=signers, now=_now()).findings:
            return None
        return made, judge_delivery(asked, target, settings, signers, now=_now())
    finally:
        signers.unlink()


def _refuse_more_than_the_tag(before: Repository, after: Repository, tag: ReleaseTag) -> None:
    """Raises UnknownError when anything but the tag differs, or the tag is not what was made."""
    line = f"{tag.id} tag\trefs/tags/{tag.name}\n".encode()
    if line not in after.refs:
        raise UnknownError(f"The tag {tag.name} is not what was made; look at `git show-ref {tag.name}`.")
    refs = before.refs if line in before.refs else after.refs.replace(line, b"", 1)
    if (refs, after.commit, after.work_tree) != (before.refs, before.commit, before.work_tree):
        raise UnknownError(
            f"The tag {tag.name} was created, and something else changed meanwhile; look at `git status`."
        )
