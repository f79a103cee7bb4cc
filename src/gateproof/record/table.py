"""The table of gates that a person reads at the end of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gateproof.model import Outcome
from gateproof.record.faults import Blame, blame
from gateproof.record.ledger import LOG, Record

if TYPE_CHECKING:
    from rich.console import Console

NEVER_STARTED = "NOT STARTED"
_MOST_READ = 32 * 1024
STYLES = {Outcome.PASSED: "green", Outcome.FAILED: "red", Outcome.ERRORED: "magenta"}


@dataclass(frozen=True, kw_only=True, slots=True)
class GateRow:
    """One gate of a run: its record, or that it left none."""

    name: str
    record: Record | None

    @property
    def is_green(self) -> bool:
        """True only for a record that ended and passed."""
        return self.record is not None and self.record.is_green

    @property
    def is_accepted(self) -> bool:
        """True for a green record, and for one that a person waived, which is said and never counted as passed."""
        return self.record is not None and self.record.is_accepted

    @property
    def outcome(self) -> str:
        """The word in the table."""
        return self.record.attempt.outcome.value if self.record else NEVER_STARTED

    @property
    def looked_at(self) -> str:
        """Such as "42 tests"; empty for nothing."""
        if self.record is None or not self.record.attempt.looked_at:
            return ""
        return f"{self.record.attempt.looked_at:,} {self.record.attempt.unit}"

    @property
    def blame(self) -> Blame | None:
        """Whose fault it is, and what to do; None for what is green, or was waived."""
        if self.is_accepted:
            return None
        if self.record is None:
            return blame(gate=self.name, outcome=None, reason="", looked_at=0, log="")
        attempt = self.record.attempt
        path = self.record.folder / LOG
        return blame(
            gate=self.name,
            outcome=attempt.outcome,
            reason=attempt.reason,
            looked_at=attempt.looked_at,
            log=_end_of(path),
            place="the log",
        )

    @property
    def sentence(self) -> str:
        """The outcome with its reason."""
        if self.record is None:
            return "never started, so nothing is known"
        return f"{self.record.attempt.outcome}, {self.record.attempt.reason}"


def _end_of(path: Path) -> str:
    """The end of a log; nothing where it cannot be read, for it only helps to find words."""
    try:
        with path.open("rb") as log:
            log.seek(max(0, log.seek(0, 2) - _MOST_READ))
            return log.read().decode("utf-8", "replace")
    except OSError:
        return ""


def gate_rows(names: Iterable[str], run_records: Iterable[Record]) -> tuple[GateRow, ...]:
    """One row a record, and one for each name that has none."""
    by_name: dict[str, list[Record | None]] = {}
    for record in run_records:
        by_name.setdefault(record.attempt.gate, []).append(record)
    return tuple(
        GateRow(name=name, record=record) for name in names for record in by_name.get(name) or [None]
    )


def print_gates(rows: Sequence[GateRow], console: Console) -> None:
    """Print the table: gate, outcome, what it looked at, seconds; then why each red one is red."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for title, justify in (
        ("gate", "left"),
        ("outcome", "left"),
        ("looked at", "right"),
        ("seconds", "right"),
        ("fault", "left"),
    ):
        table.add_column(title, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    legs = len({row.record.attempt.leg for row in rows if row.record}) > 1
    for row in rows:
        name = f"{row.name} {row.record.attempt.leg}" if legs and row.record else row.name
        style = STYLES.get(row.record.attempt.outcome, "yellow") if row.record else "yellow"
        seconds = f"{row.record.seconds:.1f}" if row.record and row.record.seconds is not None else ""
        table.add_row(
            name,
            f"[{style}]{row.outcome}[/]",
            row.looked_at,
            seconds,
            row.blame.fault.value if row.blame else "",
        )
    console.print()
    console.print(table)
    for row in rows:
        if row.is_accepted and not row.is_green:
            console.print(f"\n{row.name}: {row.sentence}", style="yellow", markup=False, highlight=False)
    red = [row for row in rows if not row.is_accepted]
    for row in red:
        console.print(f"\n{row.name}: {row.sentence}", style="red", markup=False, highlight=False)
        if row.record:
            console.print(f"  see {row.record.folder.as_posix()}/output.log", markup=False, soft_wrap=True)
        if found := row.blame:
            words = f"  fault: {found.fault}; next: {found.advice}"
            console.print(words, markup=False, highlight=False, soft_wrap=True)
    unclean = sorted({path for row in rows if row.record for path in row.record.unclean})
    console.print()
    if unclean:
        shown = ", ".join(unclean[:3]) + (f" and {len(unclean) - 3} more" if len(unclean) > 3 else "")
        console.print(f"These runs do not count for a release: not in the commit: {shown}.", markup=False)
    passed = sum(row.is_green for row in rows)
    waived = len(rows) - len(red) - passed
    total = f"{passed} of {len(rows)} gates passed{f', {waived} waived' if waived else ''}."
    style = "bold red" if red or not rows else "bold yellow" if waived else "bold green"
    console.print(total, style=style, highlight=False)
