"""What is wrong with a delivery: `inspect_zip` asks any ZIP, `inspect_commit` what only git can say."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

from gateproof import git
from gateproof.errors import UnknownError
from gateproof.findings import Code, Notes
from gateproof.model import Finding
from gateproof.pack.inspect.contents import Watch
from gateproof.pack.inspect.globs import matches_any
from gateproof.pack.inspect.links import link_findings
from gateproof.pack.inspect.names import name_findings
from gateproof.pack.inspect.nested import is_archive, look_into
from gateproof.pack.inspect.rules import (
    COMMIT_RULES,
    DEFAULT,
    Caught,
    RuleException,
    RuleSet,
    caught,
    caught_by_name,
)
from gateproof.pack.zipchecks import LINK, decoded, encoded, parents_of
from gateproof.pack.zipreader import DEFAULT as DEFAULT_LIMITS
from gateproof.pack.zipreader import Entry, Limits, StrictZip, ZipLieError, open_zip

ATTRIBUTES = ("export-ignore", "export-subst", "ident", "eol", "filter", "working-tree-encoding")
REWRITING = {
    ("export-ignore", "set"): Code.EXPORT_IGNORE,
    ("export-subst", "set"): Code.EXPORT_SUBST,
    ("ident", "set"): Code.IDENT,
    # eol=lf leaves the bytes as they are.
    ("eol", "crlf"): Code.EOL,
}
REWRITING_WITH_ANY_VALUE = {"filter": Code.FILTER, "working-tree-encoding": Code.EOL}


def inspect_zip(
    path: Path, rules: RuleSet = DEFAULT, *, limits: Limits = DEFAULT_LIMITS
) -> tuple[Finding, ...]:
    """Everything that is wrong with the ZIP at `path`; empty when it is clean. Needs no git.

    Reads all contents once, a block at a time, and executes nothing.
    Raises UnknownError when the file cannot be read or is no ZIP.
    """
    notes = Notes()
    sieve = _Sieve((e for e in rules.exceptions if e.rule not in COMMIT_RULES), notes)
    with open_zip(path, limits) as zf:
        known = set(zf.findings)
        for finding in zf.findings:
            notes.take(finding)
        links: dict[str, str] = {}
        for entry in zf.entries:
            try:
                sieve.take(_of_entry(zf, entry, rules, links))
            except ZipLieError as lie:
                if lie.finding not in known:
                    notes.take(lie.finding)
        names = [entry.name for entry in zf.entries]
    sieve.take(name_findings(names, rules.longest_path))
    sieve.take(link_findings(names, links))
    sieve.close()
    return notes.findings()


def _of_entry(zf: StrictZip, entry: Entry, rules: RuleSet, links: dict[str, str]) -> Iterator[Caught]:
    by_name = list(caught_by_name(rules.rules, entry.name))
    yield from by_name
    if entry.mode == LINK:
        links[entry.name] = decoded(zf.read(entry))
        return
    blocks = zf.blocks(entry)
    first = next(blocks, b"")
    if is_archive(entry.name, first):
        yield from look_into(entry.name, first, entry.size, itertools.chain((first,), blocks), rules.rules)
        return
    watch = Watch()
    for block in itertools.chain((first,), blocks):
        watch.see(block)
    already = {rule for rule, _, _ in by_name}
    for code, detail in watch.codes():
        # A database may be known by its name and by its contents; once is enough.
        if code.rule not in already:
            yield caught(code, entry.name, detail)


def inspect_commit(repository: Path, commit: str, rules: RuleSet = DEFAULT) -> tuple[Finding, ...]:
    """Everything wrong with `commit`, and the clone it lies in, that its ZIP cannot show; empty when clean.

    Raises UnknownError when git cannot answer: no git, no repository, no such commit.
    """
    top = git.top_of(repository)
    full = git.full_commit_id(top, commit)
    notes = Notes()
    sieve = _Sieve((e for e in rules.exceptions if e.rule in COMMIT_RULES), notes)
    with git.lent_objects(top) as lent:
        tree = git.tree_entries(lent, full)
        if not tree:
            notes.add(Code.NO_FILES, "")
        sieve.take(caught(Code.SUBMODULE, line.path) for line in tree if line.mode == git.SUBMODULE)
        sieve.take(_attributes(lent, full, [line.path for line in tree]))
    sieve.take(_clone(top))
    sieve.close()
    return notes.findings()


def _attributes(lent: Path, commit: str, files: list[str]) -> Iterator[Caught]:
    # `tests export-ignore` speaks of the folder, not of what is in it, so folders are asked about too.
    asked = [encoded(path) for path in (*files, *sorted(parents_of(files) or ()))]
    for path, name, value in git.attributes_of(lent, commit, ATTRIBUTES, asked):
        code = REWRITING.get((name, value))
        if code is None and value != "unset":
            code = REWRITING_WITH_ANY_VALUE.get(name)
        if code is not None:
            yield caught(code, decoded(path), f"{name}={value}.")


def _clone(top: Path) -> Iterator[Caught]:
    """What this clone hides from whoever looks at it."""
    for oid in git.replaced_objects(top):
        yield caught(Code.REPLACED, oid)
    for name, code in (("info/grafts", Code.REPLACED), ("info/attributes", Code.LOCAL_ATTRIBUTES)):
        if _says_something(git.path_in_git_folder(top, name)):
            yield caught(code, f".git/{name}")
    if not git.is_bare(top):
        for path, flag in git.hidden_changes(top):
            code = Code.SKIP_WORKTREE if flag == "skip-worktree" else Code.ASSUME_UNCHANGED
            yield caught(code, decoded(path))


def _says_something(path: Path) -> bool:
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise UnknownError(f"{path} cannot be read: {error.strerror}.") from error
    return any(line.strip() and not line.lstrip().startswith(b"#") for line in lines)


class _Sieve:
    """Lets through what no exception silences, then the exceptions that silenced nothing.

    One finding at a time, as a hostile ZIP has more of them than memory holds.
    """

    def __init__(self, exceptions: Iterable[RuleException], notes: Notes) -> None:
        self._exceptions = tuple(exceptions)
        self._used: set[RuleException] = set()
        self._notes = notes

    def take(self, found: Iterable[Caught]) -> None:
        """Note each that no exception is about."""
        for rule, path, finding in found:
            fitting = [e for e in self._exceptions if e.rule == rule and matches_any(path, (e.path,))]
            self._used.update(fitting)
            if not fitting:
                self._notes.take(finding)

    def close(self) -> None:
        for exception in self._exceptions:
            if exception not in self._used:
                detail = f"It is from {exception.rule}: {exception.reason}"
                self._notes.add(Code.UNUSED_EXCEPTION, exception.path, detail)
