"""Steps of a proof: each is a record of its own, of the kind `deploy`, and the first red one ends the proof."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gateproof.config import Settings
from gateproof.model import Outcome, Reading
from gateproof.record.ledger import DEPLOY
from gateproof.record.readers import Reader
from gateproof.record.recorder import Recorder, leg_of

Tell = Callable[[str], object]
Leaves = Callable[[Path], None]
"""Puts further files of a step, such as service logs and pictures, into its record's `files/`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StepCommand:
    """One command of a step."""

    argv: Sequence[str]
    reads: Reader
    program: str = ""
    """Where `argv[0]` is found; without it, on PATH."""
    cwd: Path = Path()
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What the steps of one proof saw, in their order."""

    steps: tuple[tuple[str, Reading], ...]

    @property
    def outcome(self) -> Outcome:
        """PASSED when every step passed; no step at all is a proof of nothing."""
        red = [reading.outcome for _, reading in self.steps if reading.outcome is not Outcome.PASSED]
        return red[0] if red else Outcome.PASSED if self.steps else Outcome.VACUOUS

    @property
    def exit_code(self) -> int:
        """What a task that made this proof ends with."""
        return self.outcome.exit_code


class Prover:
    """Runs the steps of one proof, and keeps each in the ledger."""

    def __init__(
        self, root: Path, settings: Settings, *, lock: str | None = None, tell: Tell = print
    ) -> None:
        self._root = root
        self._settings = settings
        self._lock = lock
        self._tell = tell
        self._call = secrets.token_hex(8)
        self._steps: list[tuple[str, Reading]] = []

    @property
    def is_green(self) -> bool:
        """Whether no step has said no yet."""
        return all(reading.outcome is Outcome.PASSED for _, reading in self._steps)

    @property
    def proof(self) -> Proof:
        """What was seen so far."""
        return Proof(steps=tuple(self._steps))

    def step(self, name: str, commands: Iterable[StepCommand], *, leaves: Leaves | None = None) -> bool:
        """Run the commands of one step, and record it; True when it passed.

        It is not begun when an earlier step said no: nothing would be shown by it.
        `leaves` is called once the commands have ended, whatever they said.
        Raises KeyboardInterrupt when a person or the system stopped it.
        """
        if not self.is_green:
            return False
        with self._recorder(name) as recorder:
            for command in commands:
                reading = recorder.run(
                    command.argv,
                    program=command.program or command.argv[0],
                    reader=command.reads,
                    cwd=command.cwd,
                    env=command.env,
                )
                if reading.outcome not in {Outcome.PASSED, Outcome.VACUOUS}:
                    break
            if leaves is not None:
                leaves(recorder.folder / "files")
        return self._ended(name, recorder)

    def skip(self, name: str, why: str) -> None:
        """Record that a step could not be begun, and why: SKIPPED, which is never green."""
        with self._recorder(name) as recorder:
            recorder.stop(Outcome.SKIPPED, why)
        self._ended(name, recorder)

    def _recorder(self, name: str) -> Recorder:
        return Recorder.begin(
            self._root,
            settings=self._settings,
            name=name,
            leg=leg_of(),
            call=self._call,
            lock=self._lock,
            kind=DEPLOY,
        )

    def _ended(self, name: str, recorder: Recorder) -> bool:
        reading = recorder.reading
        self._steps.append((name, reading))
        looked_at = f"{reading.looked_at:,} {reading.unit}" if reading.looked_at else ""
        self._tell(f"{reading.outcome:8} {name:20} {looked_at:>22}  {reading.reason}")
        return reading.outcome is Outcome.PASSED
