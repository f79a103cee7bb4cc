"""Commands whose exit code says nothing: whatever they do, they only support another."""

from __future__ import annotations

import os

from functional.false_greens.case import ERRORED, FAILED, VACUOUS, table, text
from gateproof.record.readers import exit_code

READ = exit_code()
TASKS = text("from invoke import task", "@task", "def fail(c): c.run('exit 3')")
NOXFILE = text(
    "import nox", "@nox.session(venv_backend='none')", "def x(session): session.run('python', '-c', '1/0')"
)


def _nox(*lines: str, more: str = "") -> dict[str, str]:
    """A noxfile with a session that proves nothing, and perhaps one more."""
    session = ["@nox.session(venv_backend='none')", "def x(session):", *(f"    {line}" for line in lines)]
    return {"noxfile.py": text("import nox", *session) + more}


_ONE_MORE = text("@nox.session(venv_backend='none', requires=['x'])", "def y(session): pass")
_ITS_NAMESAKE = text("@nox.session(venv_backend='none')", "def x(session): pass")
_NO_SUCH_PYTHON = text("import nox", "@nox.session(python='2.4')", "def x(session): session.run('false')")
_FORGIVES = "session.run('python', '-c', 'raise SystemExit(3)', success_codes=[0, 3])"

BUMP = text(
    "[tool.bumpversion]",
    'current_version = "1.0.0"',
    "[[tool.bumpversion.files]]",
    'filename = "version.txt"',
)

command = table("python -c pass", READ)
ANYWHERE = (
    command("Python does nothing", VACUOUS, "proves nothing"),
    command("Python fails", FAILED, "3", argv="python -c raise␣SystemExit(3)"),
    command(
        "Python ends by its own hand",
        ERRORED if os.name == "posix" else FAILED,
        argv="python -c import␣os;os.abort()",
    ),
    command("invoke is dry", VACUOUS, argv="invoke --dry fail", files={"tasks.py": TASKS}),
    command("invoke only warns", VACUOUS, argv="invoke -w fail", files={"tasks.py": TASKS}),
    command(
        "invoke only warns, by the environment",
        VACUOUS,
        argv="invoke fail",
        files={"tasks.py": TASKS},
        env={"INVOKE_RUN_WARN": "1"},
    ),
    command("nox only installs", VACUOUS, argv="nox --install-only -s x", files={"noxfile.py": NOXFILE}),
    command(
        "bump-my-version bumps to the version that is there",
        VACUOUS,
        argv="bump-my-version bump --new-version 1.0.0",
        files={"pyproject.toml": BUMP, "version.txt": "1.0.0\n"},
    ),
    command(
        "bump-my-version finds nothing to replace",
        FAILED,
        argv="bump-my-version bump --new-version 1.1.0",
        files={"pyproject.toml": BUMP, "version.txt": "2.0.0\n"},
    ),
    command(
        "bump-my-version only shows",
        VACUOUS,
        argv="bump-my-version show current_version",
        files={"pyproject.toml": BUMP},
    ),
    command("nox skips the session", VACUOUS, argv="nox -s x", files=_nox("session.skip('not today')")),
    command(
        "nox takes a skipped session for one that a later requires",
        VACUOUS,
        argv="nox -s x y",
        files=_nox("session.skip('not today')", more=_ONE_MORE),
    ),
    command("nox runs an empty session", VACUOUS, argv="nox -s x", files=_nox("pass")),
    command(
        "nox misses the interpreter, as it may outside CI",
        VACUOUS,
        argv="nox -s x --no-error-on-missing-interpreters",
        files={"noxfile.py": _NO_SUCH_PYTHON},
    ),
    command(
        "nox runs the second of two sessions of one name",
        VACUOUS,
        argv="nox -s x",
        files=_nox("session.run('python', '-c', '1/0')", more=_ITS_NAMESAKE),
    ),
    command("nox takes another code for success", VACUOUS, argv="nox -s x", files=_nox(_FORGIVES)),
    command("nox runs it", FAILED, argv="nox -s x", files={"noxfile.py": NOXFILE}),
)
posix = table("sh -c false␣|␣cat", READ)
ON_POSIX = (
    posix("a pipe swallows a failure", VACUOUS),
    posix("a later command hides a failure", VACUOUS, argv="sh -c false;␣true"),
    posix(
        "a search finds what is forbidden", VACUOUS, argv="grep -rn SECRET .", files={"a.py": "SECRET = 1\n"}
    ),
    posix("a search that finds nothing", VACUOUS, argv="find . -name *.py -size 0", files={"a.py": "x\n"}),
)

CASES = (*ANYWHERE, *(ON_POSIX if os.name == "posix" else ()))
