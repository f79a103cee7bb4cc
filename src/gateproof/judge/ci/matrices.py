"""Matrices that a job makes while CI runs, where the noxfile in the ZIP says what they will be."""

from __future__ import annotations

import re

from gateproof.errors import GateproofError
from gateproof.judge.bundle import Bundle
from gateproof.judge.ci.documents import ci_settings, declared_in
from gateproof.judge.ci.noxfile import read_noxfile
from gateproof.judge.ci.planned import cells
from gateproof.judge.yamltext import Table, Value, listed, table, text_of

_FROM_JOB = re.compile(
    r"\$\{\{\s*fromJSON\(\s*needs\.(?P<job>[\w-]+)\.outputs\.(?P<output>[\w-]+)\s*\)\s*(?:\.(?P<key>[\w-]+))?\s*\}\}",
    re.IGNORECASE,
)
_OURS = re.compile(r"\b(?:invoke|inv)\s+ci\.matrix\b")


def dynamic_matrix(expression: str, jobs: Table, bundle: Bundle) -> list[dict[str, Value]] | None:
    """The cells of `fromJSON(needs.JOB.outputs.NAME)` where JOB prints gateproof's own matrix; otherwise None.

    `invoke ci.matrix` prints the gates of the noxfile by the rules of the settings, and both are in the ZIP.
    """
    found = _FROM_JOB.fullmatch(expression.strip())
    if found is None:
        return None
    job = table(jobs.get(found["job"]))
    output = text_of(table(job.get("outputs")).get(found["output"]))
    makes = [step for step in map(table, listed(job.get("steps"))) if _OURS.search(text_of(step.get("run")))]
    if not makes or not any(f"steps.{text_of(step.get('id'))}." in output for step in makes):
        return None
    noxfile = read_noxfile(bundle)
    if noxfile is None:
        return None
    try:
        planned = cells(declared_in(noxfile), ci_settings(bundle))
    except (ValueError, GateproofError):
        return None
    # A session runs the same commands on every leg; the first leg is read for all of them.
    first = {cell.session: cell for cell in reversed(planned)}
    return [dict(cell.as_mapping()) for cell in planned if first[cell.session] is cell]
