"""Which gates a project declares, in its noxfile's own words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from gateproof.errors import NothingRanError, UnknownError
from gateproof.judge.ci.planned import Declared


def declared_gates(root: Path) -> list[str]:
    """The names of the gates of the noxfile at `root`, in its order. Raises as `declared` does."""
    return list(dict.fromkeys(one.gate for one in declared(root)))


def declared(root: Path) -> tuple[Declared, ...]:
    """The sessions of the noxfile at `root` that are tagged `gate`, in its order.

    Raises UnknownError when nox cannot read the noxfile, and NothingRanError when it declares no gate.
    """
    question = [sys.executable, "-m", "nox", "--list", "--json", "--tags", "gate"]
    # Whoever only asks leaves no bytecode beside the noxfile.
    env = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    answer = subprocess.run(question, cwd=root, env=env, capture_output=True, check=False, encoding="utf-8")
    if answer.returncode:
        words = answer.stderr.strip().splitlines()[-1:] or [f"exit status {answer.returncode}"]
        if "Tag selection caused no sessions" in answer.stderr:
            raise NothingRanError(f"{root / 'noxfile.py'} declares no gate; see CONTRIBUTING.md, Add a gate.")
        raise UnknownError(f"nox could not read {root / 'noxfile.py'}: {words[0]}")
    try:
        found = tuple(
            Declared(gate=entry["name"], session=entry["session"], python=entry["python"])
            for entry in json.loads(answer.stdout)
        )
    except (ValueError, LookupError, TypeError):
        raise UnknownError(
            f"{root / 'noxfile.py'} prints something when it is read, so its gates cannot be listed; make it silent."
        ) from None
    if not found:
        raise NothingRanError(f"{root / 'noxfile.py'} declares no gate; see CONTRIBUTING.md, Add a gate.")
    return found
