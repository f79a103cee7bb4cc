"""Our workflows run by act on this machine, with stand-ins for what only GitHub has: for tests."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from functional.project import SRC, Project

ROOT = Path(__file__).parents[2]
REUSABLE = ".github/workflows/reusable.yml"
ACTION = ".github/actions/gate/action.yml"
RELEASE = ".github/workflows/release.yml"
REPOSITORY = "ada/shop"
BOOTSTRAP = """import os, sys
# The environment is made already: the stand-in for setup-python put it on PATH.
os.execvp(sys.argv[1], sys.argv[1:])
"""
TASKS = f"import sys\nsys.path.insert(0, {str(SRC)!r})\nfrom gateproof.tasks import namespace\n"
STAND_INS = {
    # act checks the source out by itself; this one is the base's, which only a pull request has.
    "actions/checkout": """
        test -n "$REF" || { echo "there is no base in a push"; exit 1; }
        git clone --quiet . "$FROM"
        git -C "$FROM" checkout --quiet "$REF" """,
    "actions/setup-python": 'echo "$PYTHONS/$VERSION/bin" >> "$GITHUB_PATH"',
    "actions/upload-artifact": """
        test -e "$FROM" || { echo "No files were found: $FROM"; exit 1; }
        mkdir -p "$STORE/$NAME"
        if [ -d "$FROM" ]; then cp -R "$FROM/." "$STORE/$NAME"; else cp "$FROM" "$STORE/$NAME"; fi""",
    "actions/download-artifact": """
        mkdir -p "$FROM"
        if [ -n "$NAME" ]; then cp -R "$STORE/$NAME/." "$FROM"; exit; fi
        for one in "$STORE"/$PATTERN; do cp -R "$one" "$FROM/"; done""",
    # What it would sign is named; that GitHub signs it is GitHub's.
    "actions/attest": 'ls $SUBJECT && ls $SUBJECT > "$STORE/attested"',
}
# What GitHub would say of a run (a file of `ANSWERS`), and what the base's run uploaded (the folder `UPLOADED`).
GH = """#!/bin/sh
case "$1 $2" in
    "api "*) cat "$ANSWERS/${2##*/}.json" ;;
    "run list") test -z "$UPLOADED" || echo 5 ;;
    "run download") test "$3" = 5 && mkdir -p "$7" && cp -R "$UPLOADED/$5/." "$7" ;;
    *) exit 2 ;;
esac
"""
INPUTS = (
    "python-version",
    "name",
    "path",
    "pattern",
    "include-hidden-files",
    "if-no-files-found",
    "overwrite",
    "run-id",
    "github-token",
    "fetch-depth",
    "persist-credentials",
    "subject-path",
    "ref",
)


@dataclass(frozen=True, kw_only=True)
class Acted:
    """One run of the workflow, and what its jobs uploaded."""

    code: int
    said: str
    store: Path

    def job(self, name: str) -> str:
        """The lines of the jobs whose title has `name`."""
        return "\n".join(line for line in self.said.splitlines() if name in line.partition("]")[0])

    def has_ended(self, job: str, command: str) -> str:
        """How the step with that command ended, in act's words; its word for a job is one for all of a matrix."""
        found = re.findall(rf"(Success|Failure) - Main .*{re.escape(command)}", self.job(job))
        return found[-1] if found else "never"

    @property
    def uploaded(self) -> list[str]:
        return sorted(path.name for path in self.store.iterdir())


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What both runs share: two Pythons with the suite, and the stand-ins."""

    folder: Path
    versions: tuple[str, str]

    @classmethod
    def make(cls, folder: Path) -> Stage:
        """The suite installed for the two lowest Pythons of this machine."""
        (folder / "home").mkdir()
        present = interpreters()
        assert len(present) >= 2, f"two Pythons are needed, and only {sorted(present)} are here"
        first, second = sorted(present)[:2]
        for version in (first, second):
            venv = folder / "pythons" / version
            uv("venv", "--quiet", "--seed", "--python", str(present[version]), str(venv))
            into = ("--quiet", "--python", str(venv / "bin" / "python"))
            uv("pip", "install", *into, "--require-hashes", "-r", str(ROOT / "requirements" / "suite.txt"))
            uv("pip", "install", *into, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
        for action, script in STAND_INS.items():
            write_stand_in(folder / action, script)
        program = folder / "bin" / "gh"
        program.parent.mkdir()
        program.write_text(GH, encoding="utf-8")
        program.chmod(0o755)
        return cls(folder=folder, versions=(first, second))

    def act(
        self,
        project: Project,
        name: str,
        *event: str,
        store: Path | None = None,
        secrets: Mapping[str, str] | None = None,
    ) -> Acted:
        """Run the workflows that `event` starts in a fresh clone; `store` holds what an earlier run uploaded."""
        clone, store = self.folder / f"clone-{name}", store or self.folder / f"store-{name}"
        subprocess.run(["git", "clone", "--quiet", str(project.root), str(clone)], check=True)
        # Whence act knows the repository's name; nothing is asked of it.
        subprocess.run(
            ["git", "remote", "set-url", "origin", f"https://github.com/{REPOSITORY}.git"],
            cwd=clone,
            check=True,
        )
        store.mkdir(exist_ok=True)
        command = ["act", *(event or ("push",)), "-P", "ubuntu-24.04=-self-hosted", "--no-cache-server"]
        command += [
            f"--local-repository={action}@{ref}={self.folder / action}" for action, ref in used_actions()
        ]
        command += ["--env", f"STORE={store}", "--env", f"PYTHONS={self.folder / 'pythons'}"]
        for secret in secrets or {}:
            command += ["--secret", secret]
        env = {
            n: v
            for n, v in os.environ.items()
            if not n.startswith(("NOX", "GATEPROOF", "COV", "PYTHON", "GITHUB"))
        }
        env |= {"HOME": str(self.folder / "home"), "XDG_CACHE_HOME": str(self.folder / "cache")}
        env |= dict(secrets or {})
        env["PATH"] = os.pathsep.join([str(self.folder / "bin"), env["PATH"]])
        done = subprocess.run(
            command,
            cwd=clone,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            encoding="utf-8",
            timeout=300,
        )
        return Acted(code=done.returncode, said=done.stdout, store=store)


def used_actions() -> list[tuple[str, str]]:
    """The actions that our workflows use and a stand-in is for, each with its commit."""
    text = "".join((ROOT / path).read_text(encoding="utf-8") for path in (REUSABLE, ACTION, RELEASE))
    used = set(re.findall(r"uses: (actions/[\w-]+)@(\w+)", text))
    return sorted(one for one in used if one[0] in STAND_INS)


def interpreters() -> dict[str, Path]:
    """The Pythons of this machine that the suite supports, by version."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = {here: Path(sys.executable)}
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for minor in range(11, 15):
        # pyenv's own names on PATH only say that there is no such Python.
        installed = sorted(versions.glob(f"3.{minor}.*/bin/python"))
        on_path = shutil.which(f"python3.{minor}")
        if installed or (on_path and "shims" not in on_path):
            found.setdefault(f"3.{minor}", installed[-1] if installed else Path(str(on_path)))
    return found


def uv(*arguments: str) -> None:
    done = subprocess.run(["uv", *arguments], capture_output=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr


def write_stand_in(folder: Path, script: str) -> None:
    inputs = "".join(f"  {name}: {{default: ''}}\n" for name in INPUTS)
    names = {"VERSION": "python-version", "NAME": "name", "FROM": "path", "PATTERN": "pattern"}
    names |= {"SUBJECT": "subject-path", "REF": "ref"}
    env = "".join(f"        {name}: ${{{{ inputs.{key} }}}}\n" for name, key in names.items())
    text = "\n".join("        " + line.strip() for line in script.strip().splitlines())
    folder.mkdir(parents=True)
    (folder / "action.yml").write_text(
        f"name: stand-in\ninputs:\n{inputs}runs:\n  using: composite\n  steps:\n    - shell: bash\n"
        f"      env:\n{env}      run: |\n{text}\n",
        encoding="utf-8",
    )
    for command in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
