"""The proof index: one table of every artifact, as Markdown for git hosts and as a page for reading.

Both are made from the same values and the same sentences, so that they cannot disagree.
"""

from __future__ import annotations

import html
import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from gateproof.evidence import layout
from gateproof.evidence.attempts import Attempt, Leg, State, waived
from gateproof.evidence.statement import utc_text
from gateproof.model import Subject
from gateproof.pack.report_style import STYLE

PROVES = (
    "A signature proves that nothing changed since the holder of this key signed.",
    "It does not prove that the holder is honest, nor when it was signed: the times are the signer's own.",
    "It says who signed only if you got the key, or its fingerprint, from somewhere other than this ZIP.",
    "Deleting a record before sealing cannot be detected. Every record that was sealed is in the verdict.",
)
LIMITS = (
    "These three commands see a changed or missing file. They do not see an added file, and do not read the "
    "gates. `gateproof verify` does both, offline, and needs nothing but the ZIP and the key."
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""For browsers: nothing is fetched and nothing runs."""
REHEARSAL = "This is a rehearsal. It is not a release and must not be handed over as one."


@dataclass(frozen=True, kw_only=True, slots=True)
class Index:
    """Everything that the index tells."""

    product: str
    version: str
    commit: str
    zip_name: str
    principal: str
    rehearsal: bool
    against: tuple[str, ...]
    sealed_at: datetime
    subject: Subject
    legs: tuple[Leg, ...]
    others: tuple[tuple[str, Attempt], ...]
    """Sealed runs that are no gates, each with its place inside `evidence/`."""
    files: tuple[tuple[str, int], ...]
    """Every path inside `evidence/` with its size; 0 where it cannot be known while this is written."""
    fingerprint: str
    is_identity: bool
    links: int

    @property
    def title(self) -> str:
        """What this is about."""
        return f"{self.product} {self.version}: proof"

    @property
    def answer(self) -> str:
        """The verdict in one sentence."""
        said = "Every gate passed, on every leg."
        if self.waived:
            said = (
                "Not every gate passed: what a person lets be open stands below. For strangers it is no pass."
            )
        if self.against:
            said = "Not a pass."
        return f"{REHEARSAL} {said}" if self.rehearsal else said

    @property
    def waived(self) -> tuple[str, ...]:
        """What it rests on beside what was seen, a sentence each."""
        return waived(self.legs)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Names and values that a reader compares."""
        return (
            ("Source, gitTree", self.subject.git_tree),
            ("Source, dirHash", self.subject.dir_hash),
            ("Proven commit", self.commit),
            ("Sealed (the signer's own clock)", utc_text(self.sealed_at)),
            ("Signed by the key", self.fingerprint),
            ("Named in allowed_signers", self.principal),
        )

    @property
    def about_key(self) -> str:
        """What the key is worth."""
        if self.is_identity:
            return "Compare the fingerprint with the one that the seller gave you before."
        return "The key was made by gateproof because none was configured: it proves integrity, not identity."

    @property
    def about_links(self) -> str:
        """Said only where it matters."""
        if not self.links:
            return ""
        return (
            f"Symbolic links in the source: {self.links}. `sha256sum` follows a link, so links have no line "
            "in SHA256SUMS; gitTree and dirHash cover where they point."
        )


def commands(index: Index) -> str:
    """The three commands that check a ZIP without Python, exactly as they can be run beside it."""
    folder = shlex.quote(PurePosixPath(index.zip_name).stem)
    return (
        f"unzip -q {shlex.quote(index.zip_name)} -d {folder} && cd {folder}\n"
        "sha256sum -c evidence/SHA256SUMS\n"
        f"ssh-keygen -Y verify -f evidence/allowed_signers -I {shlex.quote(index.principal)} -n gateproof "
        "-s evidence/SHA256SUMS.sig < evidence/SHA256SUMS\n"
    )


def as_markdown(index: Index) -> str:
    """`evidence/README.md`: it renders on any git host."""
    parts = [
        f"# {_md(index.title)}",
        "Check this ZIP without Python, with three commands beside it:",
        f"```sh\n{commands(index)}```",
        f"{_md(LIMITS, keep='`')} {_md(index.about_links, keep='`')}".rstrip(),
        f"**{_md(index.answer)}**",
        *([_list((*index.against, *index.waived))] if index.against or index.waived else []),
        _table(("what", "value"), [(name, f"`{value}`") for name, value in index.facts], code=True),
        _md(index.about_key),
        "## Gates",
        _table(("gate", "leg", "outcome", "looked at", "attempts"), [_gate_cells(leg) for leg in index.legs]),
        "## Runs",
        "Every run on this source, earlier failures included. Of each gate the latest that counts decides.",
        _table(
            ("record", "outcome", "looked at", "why"),
            [
                (_link(f"{place}/{layout.STATEMENTS}", place), *_attempt_cells(attempt))
                for place, attempt in _attempts(index)
            ],
            raw=1,
        ),
        "## What a signature proves",
        _list(PROVES),
        "## Every file",
        _table(
            ("file", "what it is", "bytes"),
            [(_link(path, path), _kind(path), _size(size)) for path, size in index.files],
            raw=1,
        ),
    ]
    return "\n\n".join(parts) + "\n"


def as_html(index: Index) -> str:
    """`evidence/index.html`: the same for reading; one file, no script, nothing fetched."""
    tone = "rehearsal" if index.rehearsal else "no" if index.against or index.waived else "yes"
    against = "".join(f"<li>{_h(reason)}</li>" for reason in (*index.against, *index.waived))
    attempts = [
        (
            _a(f"{place}/{layout.STATEMENTS}", place),
            *map(_h, _attempt_cells(attempt)),
        )
        for place, attempt in _attempts(index)
    ]
    files = [(_a(path, path), _h(_kind(path)), _size(size)) for path, size in index.files]
    body = [
        f"<h1>{_h(index.title)}</h1>",
        f'<p class="answer {tone}">{_h(index.answer)}</p>',
        f"<ul>{against}</ul>" if against else "",
        _html_table(("", ""), [(_h(name), f"<code>{_h(value)}</code>") for name, value in index.facts]),
        f"<p>{_h(index.about_key)}</p>",
        "<h2>Check it without Python</h2>",
        f"<pre>{_h(commands(index))}</pre>",
        f"<p>{_h(LIMITS).replace('`', '')} {_h(index.about_links).replace('`', '')}</p>",
        "<h2>Gates</h2>",
        _html_table(
            ("gate", "leg", "outcome", "looked at", "attempts"),
            [tuple(map(_h, _gate_cells(leg))) for leg in index.legs],
            marks=(2, [leg.state is State.PASSED for leg in index.legs]),
        ),
        "<h2>Runs</h2>",
        "<p>Every run on this source, earlier failures included. Of each gate the latest that counts decides.</p>",
        _html_table(
            ("record", "outcome", "looked at", "why"),
            attempts,
            marks=(1, [attempt.is_pass for _, attempt in _attempts(index)]),
        ),
        "<h2>What a signature proves</h2>",
        f"<ul>{''.join(f'<li>{_h(sentence)}</li>' for sentence in PROVES)}</ul>",
        "<h2>Every file</h2>",
        _html_table(("file", "what it is", "bytes"), files),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{_h(index.title)}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(part for part in body if part)
        + "\n</main>\n</body>\n</html>\n"
    )


def _attempts(index: Index) -> list[tuple[str, Attempt]]:
    of_gates = (attempt for leg in index.legs for attempt in leg.attempts)
    return [*((f"gates/{a.gate}/{a.leg}/{a.run}", a) for a in of_gates), *index.others]


def _gate_cells(leg: Leg) -> tuple[str, ...]:
    deciding = leg.deciding
    count = len(leg.attempts)
    passed = sum(attempt.is_pass for attempt in leg.attempts)
    history = "1" if count == 1 else f"{count}, of which {passed} passed"
    outcome = (
        str(deciding.outcome) if leg.state is not State.UNCOUNTED else f"{deciding.outcome}, does not count"
    )
    return leg.gate, leg.leg, outcome, _looked_at(deciding), f"{history} (flaky)" if leg.is_flaky else history


def _attempt_cells(attempt: Attempt) -> tuple[str, ...]:
    reasons = [attempt.reason, *attempt.contradictions]
    if not attempt.is_clean:
        reasons.append("the checkout was not clean, so it does not count")
    return str(attempt.outcome), _looked_at(attempt), "; ".join(filter(None, reasons))


def _looked_at(attempt: Attempt) -> str:
    return f"{attempt.looked_at:,} {attempt.unit}" if attempt.looked_at else "nothing"


def _kind(path: str) -> str:
    kind = layout.kind_of(path)
    return kind.value if kind else ""


def _size(size: int) -> str:
    return f"{size:,}" if size else ""


def _md(text: str, keep: str = "") -> str:
    """Text as Markdown that shows exactly this text."""
    flat = " ".join(text.split())
    return re.sub(r"[\\`*_{}\[\]<>#|~!&]", lambda m: m[0] if m[0] in keep else f"\\{m[0]}", flat)


def _link(path: str, text: str) -> str:
    return f"[{_md(text)}]({path})"  # paths in evidence/ hold no character that Markdown or HTML would read


def _list(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {_md(sentence)}" for sentence in sentences)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, raw: int = 0, code: bool = False) -> str:
    """A table; the first `raw` cells of each row are Markdown already, and so is a `code` cell at its end."""
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    for row in rows:
        end = len(row) - code
        cells = [cell if i < raw or i >= end else _md(cell) for i, cell in enumerate(row)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _h(text: str) -> str:
    return html.escape(text)


def _a(path: str, text: str) -> str:
    return f'<a href="{_h(path)}">{_h(text)}</a>'


def _html_table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, marks: tuple[int, Sequence[bool]] | None = None
) -> str:
    """A table of cells that are HTML already; `marks` says a column, and which rows are good."""
    head = "".join(f"<th>{_h(text)}</th>" for text in heads)
    lines = []
    for number, row in enumerate(rows):
        cells = [f"<td>{cell}</td>" for cell in row]
        if marks:
            at, good = marks
            cells[at] = f'<td class="{"yes" if good[number] else "no"}">{row[at]}</td>'
        lines.append(f"<tr>{''.join(cells)}</tr>")
    top = f"<thead><tr>{head}</tr></thead>" if any(heads) else ""
    return f'<div class="wide"><table>{top}<tbody>{"".join(lines)}</tbody></table></div>'
