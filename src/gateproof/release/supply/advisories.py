"""What the sealed audit saw, for reading: who was asked, how far that reaches, and what is known against the pins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gateproof.evidence.statement import VULNERABILITIES, parse
from gateproof.record.ledger import Record, statement_lines

FILE = "advisories.md"


def advisories_of(records: Iterable[Record]) -> dict[str, bytes]:
    """The document about the latest clean audit among the records, by name; none where nothing was audited."""
    for record in sorted(records, key=lambda one: one.started, reverse=True):
        if not record.attempt.counts:
            continue
        for line in statement_lines(record.folder):
            statement = parse(line)
            if statement.predicate_type == VULNERABILITIES:
                return {FILE: as_markdown(record, statement.predicate).encode()}
    return {}


def as_markdown(record: Record, said: Mapping[str, Any]) -> str:
    """The document; the statement that it is made from is what counts."""
    scanner, attempt = said["scanner"], record.attempt
    database = scanner["db"]
    rows = [_row(one, annotation) for one in scanner["result"] for annotation in one["annotations"]]
    table = [
        "| package | advisory | also called | mended in | let be |",
        "| --- | --- | --- | --- | --- |",
        *rows,
    ]
    return "\n".join(
        [
            "# Advisories against what is pinned",
            "",
            f"**{attempt.outcome}**: {_cell(attempt.reason)}.",
            "",
            f"- {attempt.looked_at} {attempt.unit} were audited by {scanner['uri']}.",
            f"- Asked: {_cell(database['uri'])}, which reaches to {database['lastUpdate']}"
            + (f" (sha256 {database['version']})." if database["version"] else "."),
            f"- Scanned {said['metadata']['scanStartedOn']} to {said['metadata']['scanFinishedOn']}.",
            f"- The statement: `gates/{attempt.gate}/{attempt.leg}/{attempt.run}/`.",
            "",
            *(table if rows else ["No advisory that was known there is about a pinned version."]),
            "",
        ]
    )


def _row(one: Mapping[str, Any], about: Mapping[str, Any]) -> str:
    ignored = about.get("ignored")
    let_be = f"until {ignored['until']}: {ignored['reason']}" if ignored else "no"
    cells = (
        about["package"],
        one["id"],
        ", ".join(about["aliases"]),
        ", ".join(about["fixed"]) or "nothing",
        let_be,
    )
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: object) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ").rstrip(".")
