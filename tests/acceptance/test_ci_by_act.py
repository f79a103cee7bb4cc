"""Our own workflows, run by act on this machine from a fresh clone of a small repository that uses them.

What this shows: the plan, the dynamic matrix, a job a leg on two Pythons, the shards, the merge, the refusal; and
that five lines are enough for another repository, because the small one is one.
What it does not show: GitHub's runners (also Windows and macOS), the real actions and artifact service, permissions,
fork pull requests, environments with reviewers, attestations. setup-python and the artifact actions are stand-ins.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from acceptance.strangers import STRANGERS
from functional.project import HEAD, IGNORED, SRC, TAIL, Project, checks
from functional.project import gate as gate_text

pytestmark = pytest.mark.acceptance

ROOT = Path(__file__).parents[2]
REUSABLE = ".github/workflows/reusable.yml"
ACTION = ".github/actions/gate/action.yml"
OWN = """on: [workflow_dispatch]
permissions: {{contents: read}}
jobs:
  totals:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
        with: {{persist-credentials: false}}
      - uses: ./.github/actions/gate
        with: {{session: totals, leg: py{main}-linux, python: "{main}"}}
"""
FIVE_LINES = """on: [push]
permissions: {contents: read, actions: read}
jobs:
  gates:
    uses: ./.github/workflows/reusable.yml
"""
BOOTSTRAP = """import os, sys
# The environment is made already: the stand-in for setup-python put it on PATH.
os.execvp(sys.argv[1], sys.argv[1:])
"""
TASKS = f"import sys\nsys.path.insert(0, {str(SRC)!r})\nfrom gateproof.tasks import namespace\n"
STAND_INS = {
    # act checks the source out by itself; this one would be the base's, which only a pull request has.
    "actions/checkout": 'echo "there is no base in a push"; exit 1',
    "actions/setup-python": 'echo "$PYTHONS/$VERSION/bin" >> "$GITHUB_PATH"',
    "actions/upload-artifact": """
        test -e "$FROM" || { echo "No files were found: $FROM"; exit 1; }
        mkdir -p "$STORE/$NAME"
        if [ -d "$FROM" ]; then cp -R "$FROM/." "$STORE/$NAME"; else cp "$FROM" "$STORE/$NAME"; fi""",
    "actions/download-artifact": """
        mkdir -p "$FROM"
        if [ -n "$NAME" ]; then cp -R "$STORE/$NAME/." "$FROM"; exit; fi
        for one in "$STORE"/$PATTERN; do cp -R "$one" "$FROM/"; done""",
}
INPUTS = (
    "python-version",
    "name",
    "path",
    "pattern",
    "include-hidden-files",
    "if-no-files-found",
    "overwrite",
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

    def act(self, project: Project, name: str, *event: str) -> Acted:
        clone, store = self.folder / f"clone-{name}", self.folder / f"store-{name}"
        subprocess.run(["git", "clone", "--quiet", str(project.root), str(clone)], check=True)
        store.mkdir()
        text = "".join((ROOT / path).read_text(encoding="utf-8") for path in (REUSABLE, ACTION))
        used = set(re.findall(r"uses: (actions/[\w-]+)@(\w+)", text))
        stubs = [
            f"--local-repository={action}@{ref}={self.folder / action}"
            for action, ref in sorted(used)
            if action in STAND_INS
        ]
        command = [
            "act",
            *(event or ("push",)),
            "-P",
            "ubuntu-24.04=-self-hosted",
            "--no-cache-server",
            *stubs,
        ]
        command += ["--env", f"STORE={store}", "--env", f"PYTHONS={self.folder / 'pythons'}"]
        env = {
            n: v
            for n, v in os.environ.items()
            if not n.startswith(("NOX", "GATEPROOF", "COV", "PYTHON", "GITHUB"))
        }
        env |= {"HOME": str(self.folder / "home"), "XDG_CACHE_HOME": str(self.folder / "cache")}
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


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("ci")
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
    return Stage(folder=folder, versions=(first, second))


def uv(*arguments: str) -> None:
    done = subprocess.run(["uv", *arguments], capture_output=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr


def write_stand_in(folder: Path, script: str) -> None:
    inputs = "".join(f"  {name}: {{default: ''}}\n" for name in INPUTS)
    names = {"VERSION": "python-version", "NAME": "name", "FROM": "path", "PATTERN": "pattern"}
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


@pytest.fixture(scope="module")
def small(stage: Stage) -> Project:
    """A repository of somebody else's: two cheap gates, our workflow, five lines."""
    main, other = stage.versions
    settings = f'[tool.gateproof]\nproduct = "shop"\n[tool.gateproof.ci]\npython = "{main}"\n'
    settings += f'pythons = ["{other}"]\neverywhere = ["counts"]\n'
    files = {
        "pyproject.toml": settings,
        ".gitignore": IGNORED,
        ".github/workflows/ci.yml": FIVE_LINES.rstrip() + f'\n    with: {{python: "{main}"}}\n',
        ".github/workflows/own.yml": OWN.format(main=main),
        ACTION: (ROOT / ACTION).read_text(encoding="utf-8"),
        REUSABLE: (ROOT / REUSABLE).read_text(encoding="utf-8"),
        "scripts/bootstrap.py": BOOTSTRAP,
        "tasks.py": TASKS,
        "noxfile.py": HEAD.format(src=str(SRC))
        + gate_text("counts")
        + gate_text("totals", "totals.py")
        + TAIL,
        "totals.py": checks(),
    }
    return Project.make(stage.folder / "small", "", files)


@pytest.fixture(scope="module")
def green(stage: Stage, small: Project) -> Acted:
    return stage.act(small, "green")


@pytest.fixture(scope="module")
def red(stage: Stage, small: Project, green: Acted) -> Acted:
    small.write("totals.py", checks(issues=2))
    small.commit("Break the totals")
    return stage.act(small, "red")


def shards(stage: Stage) -> list[str]:
    main, other = stage.versions
    legs = [("counts", main), ("counts", other), ("totals", main)]
    return [f"ledger-{gate}-py{python}-linux-1" for gate, python in legs]


def test_green_gates_on_two_pythons_are_merged_and_sealed(stage: Stage, green: Acted) -> None:
    assert green.code == 0, green.said
    assert green.uploaded == sorted([*shards(stage), "merged-ledger", "plan"])
    assert "Merged 3 records of 3 shards, 3 of them new." in green.said
    assert "3 of 3 planned legs passed." in green.said
    assert "All 3 gates are proven" in green.said
    assert green.has_ended("Merge", "Say on this page what the gates saw") == "Success"
    assert len(list((green.store / "merged-ledger").rglob("statements.jsonl"))) == 3


def test_a_workflow_of_ones_own_runs_a_gate_by_the_composite_action(
    stage: Stage, small: Project, green: Acted
) -> None:
    done = stage.act(small, "own", "workflow_dispatch", "-W", ".github/workflows/own.yml")

    name = f"ledger-totals-py{stage.versions[0]}-linux-1"
    assert done.code == 0, done.said
    assert done.uploaded == [name]
    assert len(list((done.store / name).rglob("statements.jsonl"))) == 1


def test_a_project_that_was_adopted_runs_what_init_wrote(stage: Stage, tmp_path: Path) -> None:
    stranger = next(one for one in STRANGERS if one.name == "variables and a data folder")
    project = stranger.make(tmp_path / "shop")
    assert project.run("gateproof", "init", "--yes").returncode == 0
    project.commit("Adopt")

    done = stage.act(project, "adopted")

    gates = ("check", "deploy-check", "test")
    assert done.code == 0, done.said
    assert done.uploaded == sorted(
        [*(f"ledger-{gate}-py3.11-linux-1" for gate in gates), "merged-ledger", "plan"]
    )
    assert "3 of 3 planned legs passed." in done.said
    assert "All 3 gates are proven" in done.said


def test_a_broken_gate_fails_alone_all_upload_and_the_seal_says_why(stage: Stage, red: Acted) -> None:
    main, other = stage.versions

    assert red.code == 1
    assert red.has_ended(f"totals on py{main}", "nox") == "Failure"
    assert (
        red.has_ended(f"counts on py{main}", "nox")
        == red.has_ended(f"counts on py{other}", "nox")
        == "Success"
    )
    assert set(shards(stage)) < set(red.uploaded)
    assert red.has_ended("Merge", "gateproof merge") == "Failure"
    assert f"The gate totals on py{main}-linux is FAILED: 2 issues" in red.job("Merge")
    assert "merged-ledger" not in red.uploaded
