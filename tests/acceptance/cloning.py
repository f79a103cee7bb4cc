"""A clone of this repository for a proof, with environments that this one made already."""

from __future__ import annotations

import subprocess
from pathlib import Path

from gateproof.deploy.environment import environment_of

ROOT = Path(__file__).parents[2]


def cloned(folder: Path, *locks: str) -> Path:
    """Clone into `folder`, and link the environments of these locks."""
    subprocess.run(["git", "clone", "--quiet", "--shared", str(ROOT), str(folder)], check=True)
    environments = folder / ".gateproof" / "environments"
    environments.mkdir(parents=True)
    for lock in locks:
        made = environment_of(ROOT, lock).python.parent.parent
        (environments / made.name).symlink_to(made)
    return folder
