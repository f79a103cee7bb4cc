"""Release notes: pure, from facts to Markdown. The same facts give the same text on every machine."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from gateproof.findings import printable
from gateproof.judge.changes import Change, Changes
from gateproof.judge.changes_text import code, counted, escaped, table
from gateproof.judge.falls import fall, falls

MOST_OF_A_PAGE = 120_000
"""Characters; a page of GitHub holds 125,000."""
_REFERENCE = re.compile(r"(?<![\w&/])#(\d+)\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class Commit:
    """A commit since the last release."""

    id: str
    """The full id."""
    subject: str
    body: str = ""
    tells_users: bool = False
    """Whether it changes the changelog: then what it did for users stands there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Everything that the notes of one release are made from."""

    product: str
    version: str
    tag: str
    day: date
    section: str
    """What the changelog says of this version, without its heading."""
    previous: str = ""
    """The tag of the release before; empty for the first one."""
    milestone: str = ""
    commits: tuple[Commit, ...] = ()
    """Since the release before, merges left out."""
    changes: Changes | None = None
    """From the release before to this one. For the first release, compared with nothing: only its gates count."""
    waived: tuple[str, ...] = ()
    """What the release rests on beside what was seen, a sentence each."""
    checksums: tuple[tuple[str, str], ...] = ()
    """File name and SHA-256 of everything that is delivered; empty while nothing is packed."""
    zip_name: str = ""
    principal: str = "release"
    is_preview: bool = False
    """Nothing is released yet."""


def notes(facts: Facts) -> str:
    """The notes as a Markdown document of its own."""
    milestone = f", milestone {escaped(facts.milestone)}" if facts.milestone else ""
    released = f"Released {facts.day.isoformat()} as {code(facts.tag)}{milestone}."
    preview = f"A preview of {facts.day.isoformat()}{milestone}; nothing is released yet."
    head = f"# {escaped(facts.product)} {escaped(facts.version)}"
    return _text([head, "", preview if facts.is_preview else released, *_body(facts)])


def tag_page(facts: Facts) -> str:
    """The same for the page of the tag, as `gh release create TAG --notes-file FILE` takes it.

    The page has its own title, and room for a limited text: the lists of commits and dependencies give way first.
    """
    text = _text(_body(facts))
    if len(text) > MOST_OF_A_PAGE:
        text = _text(_body(facts, most=20))
    if len(text) > MOST_OF_A_PAGE:
        text = f"{text[:MOST_OF_A_PAGE].rpartition(chr(10))[0]}\n\nThe rest stands in the notes beside the ZIP.\n"
    return text


def unmentioned(commits: Iterable[Commit], section: str) -> tuple[Commit, ...]:
    """The commits that the changelog's section does not speak of.

    It speaks of a commit that wrote into it, and of one whose subject, abbreviated id or `#number` stands there.
    """
    numbers = set(_REFERENCE.findall(section))
    plain = " ".join(section.casefold().split())
    return tuple(
        commit
        for commit in commits
        if not (
            commit.tells_users
            or commit.id[:7] in section
            or " ".join(commit.subject.casefold().split()).rstrip(".") in plain
            or numbers & set(_REFERENCE.findall(f"{commit.subject}\n{commit.body}"))
        )
    )


def _text(lines: Iterable[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _body(facts: Facts, *, most: int | None = None) -> Iterator[str]:
    yield from ("", facts.section.strip(), "")
    yield from _commits(unmentioned(facts.commits, facts.section), most)
    if facts.changes is not None:
        if facts.previous:
            yield from _changes(facts.previous, facts.changes, most)
        yield from _gates(facts.changes, has_previous=bool(facts.previous))
    if not facts.previous:
        yield from ("", "This is the first release, so there is none to compare it with.")
    yield from _waived(facts.waived)
    yield from _checksums(facts)
    yield from _verify(facts)


def _commits(commits: Sequence[Commit], most: int | None) -> Iterator[str]:
    if commits:
        yield from ("", "## Commits that the changelog does not mention", "")
        for commit in commits[:most]:
            yield f"- {escaped(commit.subject)} ({commit.id[:12]})"
        yield from _more(len(commits), most)


def _more(count: int, most: int | None) -> Iterator[str]:
    if most is not None and count > most:
        yield f"\nAnd {count - most:,} more."


def _changes(previous: str, changes: Changes, most: int | None) -> Iterator[str]:
    yield from ("", f"## Since {escaped(previous)}", "")
    yield f"Files: {counted(changes.files) or 'none differs'}."
    listed = [
        ("Dependencies", changes.dependencies, "No pinned package differs."),
        ("Migrations", changes.migrations, "There is no new migration."),
        ("Settings", changes.settings, "No setting was added or taken away."),
    ]
    for title, group, none in listed:
        yield from ("", f"### {title}", "")
        yield from [*table(group[:most]), *_more(len(group), most)] if group else [none]
    if edited := [change for change in changes.migrations if change.word != "added"]:
        names = ", ".join(code(change.name) for change in edited)
        yield f"\n**A released migration differs: {names}.** A database that ran it will not notice."


def _gates(changes: Changes, *, has_previous: bool) -> Iterator[str]:
    yield from ("", "## Gates", "")
    if not changes.gates:
        yield "There is no evidence of any gate."
    elif has_previous:
        yield "| gate | this release | the one before |"
        yield "| --- | --- | --- |"
        for one in changes.gates:
            fell = f", **{how}**" if (how := fall(one)) else ""
            yield f"| {code(one.name)} | {_seen(one.after)}{fell} | {_before(one)} |"
        yield from (f"\n{escaped(sentence)}" for sentence in falls(changes.gates))
    else:
        yield "| gate | this release |"
        yield "| --- | --- |"
        yield from (f"| {code(one.name)} | {_seen(one.after)} |" for one in changes.gates)
    yield from (f"\n{escaped(reason)}" for reason in changes.unknown)


def _seen(text: str | None) -> str:
    return "no evidence" if text is None else escaped(text)


def _before(gate: Change) -> str:
    return "the same" if gate.is_same else _seen(gate.before)


def _waived(sentences: Sequence[str]) -> Iterator[str]:
    if sentences:
        yield from ("", "## Waived, not passed", "")
        yield "A person lets these be open, for a reason. None of them is a pass, and no item is Done by them."
        yield ""
        yield from (f"- {escaped(sentence)}" for sentence in sentences)


def _checksums(facts: Facts) -> Iterator[str]:
    yield from ("", "## Checksums (SHA-256)", "")
    if not facts.checksums:
        yield "Nothing is packed yet."
        return
    yield "```text"
    yield from (f"{sha256}  {printable(name)}" for name, sha256 in facts.checksums)
    yield "```"


def _verify(facts: Facts) -> Iterator[str]:
    name, principal = shlex.quote(facts.zip_name or "clean_share.zip"), shlex.quote(facts.principal)
    yield from ("", "## How to verify", "")
    yield f"With your own copy of the public key of {code(facts.principal)} in `allowed_signers`, never the ZIP's:"
    yield from ("", "```sh", f"sha256sum -c {name}.sha256")
    yield f"gateproof verify {name} --signers allowed_signers"
    yield "```"
    yield from ("", "Without Python, in the unpacked folder:", "", "```sh")
    yield (
        f"ssh-keygen -Y verify -f allowed_signers -I {principal} -n gateproof "
        "-s evidence/SHA256SUMS.sig < evidence/SHA256SUMS"
    )
    yield from ("sha256sum -c --quiet evidence/SHA256SUMS", "```")
