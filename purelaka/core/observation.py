"""What one look at the database saw."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """How many rows an invariant looked at, and one sentence for each thing that is wrong."""

    looked_at: int
    issues: tuple[str, ...] = ()
