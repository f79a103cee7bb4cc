"""The page of a CI run: what the ledger says of the source that lies here, and how it differs from another checkout."""

from __future__ import annotations

from pathlib import Path

from gateproof.evidence.attempts import legs
from gateproof.judge.bundle import Bundle
from gateproof.judge.changes import compare
from gateproof.judge.ci.summary import changes_lines, gates_table
from gateproof.record.ledger import Record, records
from gateproof.record.source import observe_source
from gateproof.release.assessing import with_records
from gateproof.release.checkout import checkout_bundle
from gateproof.release.gates import declared_gates


def summary(root: Path, base: Path | None) -> list[str]:
    """Markdown for GitHub's job summary; `base` is a checkout with its own ledger, where there is one.

    Raises UnknownError when a checkout or a ledger cannot be read.
    """
    tree, found = _found(root)
    missing = sorted({*declared_gates(root)} - {record.attempt.gate for record in found})
    told = ["## Gates", "", *gates_table(legs(record.attempt for record in found), missing)]
    if base is not None:
        told += changes_lines(compare(_bundle(base, *_found(base)), _bundle(root, tree, found)))
    return told


def _found(root: Path) -> tuple[str, tuple[Record, ...]]:
    tree = observe_source(root).subject.git_tree
    return tree, records(root, git_tree=tree)


def _bundle(root: Path, tree: str, found: tuple[Record, ...]) -> Bundle:
    return with_records(checkout_bundle(root), found, tree, root=root)
