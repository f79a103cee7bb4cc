"""Through the task runners: what `nox -s lint`, `make test` and their like come to."""

from __future__ import annotations

from textwrap import dedent

import pytest

from bundles import bundle_of
from gateproof.judge.ci.reading import read_ci
from gateproof.judge.ci.steps import Step


def below(command: str, files: dict[str, str]) -> list[Step]:
    """What one command in CI comes to, without the command itself."""
    text = f"on: push\njobs: {{a: {{runs-on: x, steps: [{{run: '{command}'}}]}}}}\n"
    contents = {name: dedent(body) for name, body in files.items()}
    return list(read_ci(bundle_of({".github/workflows/ci.yml": text, **contents})).steps[1:])


def commands(command: str, files: dict[str, str]) -> list[str]:
    return [str(step) for step in below(command, files) if not step.weaknesses]


NOX = {
    "noxfile.py": """
    import nox
    from gateproof.nox import gate, gate_names
    STORE = "shop"
    nox.options.sessions = ["lint"]

    @nox.session(tags=["fast"])
    def lint(session):
        session.install("ruff")
        session.run("ruff", "check", ".", *session.posargs)

    @nox.session(python=["3.11", "3.12"], name="tests")
    def test(session: nox.Session) -> None:
        words = ("manage.py", "test")
        for app in ("a", "b"):
            session.run("python", *words, cwd=STORE, env={"A": "1", **OTHER})

    @gate(lock="store")
    def deploy_check(session):
        command = ["python", "manage.py", "check", "--deploy"]
        session.run(*command, str(STORE), reads=x())

    @nox.session(requires=gate_names())
    def gates(session):
        pass

    @nox.session(requires=["lint"], default=False)
    def weak(session):
        session.run("mypy", success_codes=[0, 1])
        if session.posargs:
            session.run("pytest")
        else:
            session.run("flake8")
        try:
            session.run("black")
        except Exception:
            pass
        with suppress(Exception):
            session.run("isort")
        session.skip("no")
        session.run("bandit")
        return
        session.run("never")
    """
}
TOX = {
    "tox.ini": """
    [tox]
    envlist = py{311,312}, lint
    [testenv]
    changedir = {toxinidir}/shop
    commands =
        pytest {posargs:tests}
        py311: extra
        !py311: other
        {[common]commands}
    [common]
    commands = shared
    [testenv:lint]
    commands =
        ruff check \\
            .
        - flake8
        # a comment
    [testenv:loose]
    ignore_outcome = true
    commands = mypy
    """
}
TOX_IN_TOML = {
    "pyproject.toml": '[tool.tox]\nlegacy_tox_ini = """\n[tox]\nenvlist = a\n[testenv]\ncommands = x\n"""\n'
}
MAKE = {
    "Makefile": "RUFF ?= ruff\nFLAGS := --all\n.PHONY: all test\n\nall: lint test\n\n"
    "lint: ; $(RUFF) check .\ntest:\n\t@python manage.py test \\\n\t\t${FLAGS}\n\t-flake8\n"
    "\tcd app && pytest\n\tmypy; true\n"
    "loop: loop\n\tcheck $$HOME $(UNKNOWN)\nsub:\n\t$(MAKE) -C inner one\n",
    "inner/Makefile": "one:\n\tdeep\n",
}
PRE_COMMIT = {
    ".pre-commit-config.yaml": """
    repos:
      - repo: https://example.org/ruff
        hooks:
          - id: ruff
            args: [--fix]
          - id: ruff-format
      - repo: local
        hooks:
          - {id: types, entry: mypy --strict, language: system}
          - {id: slow, entry: slow, language: system, stages: [manual]}
    """
}
NPM = {
    "package.json": '{"scripts": {"pretest": "first", "test": "python manage.py test", "lint": "ruff check; true"}}'
}
JUST = {
    "justfile": 'level := "high"\n\ntest: lint\n    python manage.py test {{level}}\n    -flake8\n\n'
    "lint app='x':\n    ruff check .\n\nscript:\n    #!/usr/bin/env bash -e\n    one\n    two\n"
}
SCRIPTS = {
    "ci.sh": "#!/bin/sh -e\nruff check .\nmypy\n",
    "loose.sh": "ruff check .\nmypy\n",
    "run": "#!/usr/bin/env bash\nset -e\ninner/again.sh\n",
    "inner/again.sh": "set -e\ncheck\n",
    "wrap.py": "import subprocess, sys\nsubprocess.run(sys.argv[1:])\n",
    "fake.py": "print('nothing')\n",
    **NOX,
}
INVOKE = {"tasks.py": "def test(c):\n    c.run('pytest')\n    c.run('mypy', warn=True)\n    c.run(name)\n"}

TABLE = [
    ("nox", NOX, ["ruff check ."]),
    ("nox -s lint", NOX, ["ruff check ."]),
    ("nox -t fast", NOX, ["ruff check ."]),
    ("python -m nox --session=tests-3.12", NOX, ["python manage.py test"]),
    ("nox -s deploy-check", NOX, ["python manage.py check --deploy shop"]),
    ("nox -s gates", NOX, ["python manage.py check --deploy shop"]),
    ("nox -s weak", NOX, ["ruff check ."]),
    ("nox -s lint --install-only", NOX, []),
    ("nox -s test", NOX, []),
    ("nox -s x", {"noxfile.py": "def broken("}, []),
    ("nox", {}, []),
    ("tox", TOX, ["pytest tests", "extra", "shared", "pytest tests", "other", "shared", "ruff check ."]),
    ("tox -e lint", TOX, ["ruff check ."]),
    ("tox run -e lint,py311", TOX, ["ruff check .", "pytest tests", "extra", "shared"]),
    ("tox -e loose", TOX, []),
    ("tox --notest", TOX, []),
    ("tox", TOX_IN_TOML, ["x"]),
    ("tox", {"setup.cfg": "[tox:tox]\nenvlist = a\n[testenv]\ncommands = x\n"}, ["x"]),
    ("make", MAKE, ["ruff check .", "python manage.py test --all", "pytest"]),
    ("make lint", MAKE, ["ruff check ."]),
    ("make test FLAGS=-q", MAKE, ["python manage.py test -q", "pytest"]),
    ("make loop", MAKE, ["check $HOME $(UNKNOWN)"]),
    ("make sub", MAKE, ["make -C inner one", "deep"]),
    ("make -i lint", MAKE, []),
    ("make -n lint", MAKE, []),
    ("make missing", MAKE, []),
    ("pre-commit run --all-files", PRE_COMMIT, ["ruff check", "ruff format --check", "mypy --strict"]),
    ("pre-commit run types --all-files", PRE_COMMIT, ["mypy --strict"]),
    ("SKIP=ruff,types pre-commit run -a", PRE_COMMIT, ["ruff format --check"]),
    ("pre-commit run", PRE_COMMIT, []),
    ("pre-commit install", PRE_COMMIT, []),
    ("npm test", NPM, ["first", "python manage.py test"]),
    ("npm run lint", NPM, []),
    ("yarn test", NPM, ["first", "python manage.py test"]),
    ("npm run test --if-present", NPM, []),
    ("npm ci", NPM, []),
    ("just", JUST, ["ruff check .", "python manage.py test high"]),
    ("just lint", JUST, ["ruff check ."]),
    ("just script", JUST, ["one", "two"]),
    ("./ci.sh", SCRIPTS, ["ruff check .", "mypy"]),
    ("bash -e loose.sh", SCRIPTS, ["ruff check .", "mypy"]),
    ("bash loose.sh", SCRIPTS, ["mypy"]),
    ("sh ci.sh", SCRIPTS, ["mypy"]),
    ("./run", SCRIPTS, ["inner/again.sh", "check"]),
    ("python wrap.py nox -s lint", SCRIPTS, ["ruff check ."]),
    ("python fake.py nox -s lint", SCRIPTS, []),
    ("invoke test", INVOKE, ["pytest"]),
    ("inv missing", INVOKE, []),
]  # fmt: skip


@pytest.mark.parametrize(("command", "files", "is_run"), TABLE)
def test_a_runner_is_what_it_runs(command: str, files: dict[str, str], is_run: list[str]) -> None:
    assert commands(command, files) == is_run


@pytest.mark.parametrize(
    ("command", "files", "program", "why"),
    [
        ("nox -s weak", NOX, "mypy", "success_codes"),
        ("nox -s weak", NOX, "pytest", "only if session.posargs"),
        ("nox -s weak", NOX, "flake8", "only unless session.posargs"),
        ("nox -s weak", NOX, "black", "its failure is caught"),
        ("nox -s weak", NOX, "isort", "suppressed"),
        ("nox -s weak", NOX, "bandit", "skips itself"),
        ("tox -e lint", TOX, "flake8", "tox ignores its failure"),
        ("tox -e loose", TOX, "mypy", "ignores the outcome of loose"),
        ("make test", MAKE, "flake8", "make ignores its failure"),
        ("make test", MAKE, "mypy", "goes on when it fails"),
        ("make lint", {"Makefile": ".IGNORE:\nlint:\n\truff\n"}, "ruff", ".IGNORE"),
        ("pre-commit run", PRE_COMMIT, "ruff", "looks at no file"),
        ("npm run lint", NPM, "ruff", "goes on when it fails"),
        ("just", JUST, "flake8", "just ignores its failure"),
        ("bash loose.sh", SCRIPTS, "ruff", "goes on when it fails"),
        ("invoke test", INVOKE, "mypy", "warn=True"),
    ],
)
def test_what_cannot_fail_below_a_runner_says_why(
    command: str, files: dict[str, str], program: str, why: str
) -> None:
    step = next(step for step in below(command, files) if step.words[0] == program)

    assert any(why in weakness for weakness in step.weaknesses)


def test_what_weakens_the_runner_weakens_what_it_runs() -> None:
    assert commands("nox -s lint || true", NOX) == []


def test_folders_and_variables_of_a_session_are_known() -> None:
    step = below("nox -s tests", NOX)[0]

    assert (step.cwd, step.env["A"], step.where) == ("shop", "1", "noxfile.py:16")


def test_a_circle_of_runners_ends() -> None:
    files = {"Makefile": "a:\n\t./b.sh\n", "b.sh": "make a\n"}

    assert len(below("make a", files)) < 10


def test_our_own_matrix_is_read_from_the_noxfile() -> None:
    text = """
    on: push
    jobs:
      plan:
        runs-on: x
        outputs: {matrix: "${{ steps.plan.outputs.matrix }}"}
        steps: [{id: plan, run: invoke ci.matrix >> $OUT}]
      gate:
        needs: plan
        runs-on: x
        strategy: {matrix: "${{ fromJSON(needs.plan.outputs.matrix) }}"}
        steps: [{run: nox -s "$S", env: {S: "${{ matrix.session }}"}}]
    """

    reading = read_ci(
        bundle_of({".github/workflows/ci.yml": dedent(text), "noxfile.py": dedent(NOX["noxfile.py"])})
    )

    assert [str(step) for step in reading.effective] == [
        "invoke ci.matrix",
        "nox -s deploy-check",
        "python manage.py check --deploy shop",
    ]
