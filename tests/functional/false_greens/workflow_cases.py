"""False greens of zizmor, actionlint and our own parity, and what true ones look like."""

from __future__ import annotations

from functional.false_greens.case import ERRORED, FAILED, PASSED, VACUOUS, table, text
from gateproof.record.readers import actionlint, canary, parity, zizmor

GOOD = text(
    "name: gates",
    "on: [push]",
    "permissions: {}",
    "jobs:",
    "  lint:",
    "    name: lint",
    "    runs-on: ubuntu-24.04",
    "    steps:",
    "      - run: echo hello",
)
BAD = GOOD.replace("echo hello", "echo ${{ github.event.issue.title }}")
IGNORED = GOOD.replace(
    "echo hello", "echo ${{ github.event.issue.title }} # zizmor: ignore[template-injection]"
)
CUT = "jobs: [\n"


def _workflows(**named: str) -> dict[str, str]:
    return {".git/HEAD": ""} | {f".github/workflows/{name}.yml": content for name, content in named.items()}


ZIZMOR = "zizmor --offline ."
zizmor_on = table(ZIZMOR, zizmor())
ZIZMORS = (
    zizmor_on("two workflows", PASSED, "", 2, files=_workflows(a=GOOD, b=GOOD)),
    zizmor_on("a finding", FAILED, "high", 2, files=_workflows(a=GOOD, b=BAD)),
    zizmor_on("logs are off", PASSED, "", 1, files=_workflows(a=GOOD), env={"RUST_LOG": "off"}),
    zizmor_on("nothing to audit", VACUOUS, "nothing", 0, files={"notes.txt": ""}),
    zizmor_on("exit 0 whatever is found", FAILED, argv=f"{ZIZMOR} --no-exit-codes", files=_workflows(a=BAD)),
    zizmor_on(
        "exit 0, and nothing to find", VACUOUS, argv=f"{ZIZMOR} --no-exit-codes", files=_workflows(a=GOOD)
    ),
    zizmor_on("quiet", VACUOUS, argv=f"{ZIZMOR} -q", files=_workflows(a=GOOD)),
    zizmor_on("fixes what it finds", VACUOUS, "--fix", argv=f"{ZIZMOR} --fix", files=_workflows(a=GOOD)),
    zizmor_on("another format", ERRORED, argv=f"{ZIZMOR} --format json", files=_workflows(a=GOOD)),
    zizmor_on("one that cannot be parsed", ERRORED, files=_workflows(a=GOOD, b=CUT)),
    zizmor_on("an empty standard input", VACUOUS, argv="zizmor --offline -", files=_workflows(a=BAD)),
    zizmor_on("a path that does not exist", ERRORED, argv="zizmor --offline nope", files=_workflows(a=GOOD)),
    zizmor_on("findings are ignored", VACUOUS, "ignored", files=_workflows(a=IGNORED)),
    zizmor_on("one ignored is accepted", PASSED, reader=zizmor(ignored=1), files=_workflows(a=IGNORED)),
    zizmor_on(
        "a hole: a rule is off",
        PASSED,
        files=_workflows(a=BAD) | {"zizmor.yml": "rules: {template-injection: {disable: true}}\n"},
    ),
    zizmor_on(
        "its canary: a rule is off",
        VACUOUS,
        reader=canary(zizmor(), finds="template-injection"),
        files=_workflows(a=BAD) | {"zizmor.yml": "rules: {template-injection: {disable: true}}\n"},
    ),
)

actionlint_on = table("actionlint", actionlint())
ACTIONLINTS = (
    actionlint_on("two workflows", PASSED, "", 2, files=_workflows(a=GOOD, b=GOOD)),
    actionlint_on(
        "one by name",
        PASSED,
        "",
        1,
        argv="actionlint .github/workflows/a.yml",
        files=_workflows(a=GOOD, b=BAD),
    ),
    actionlint_on("a finding", FAILED, "2 workflows", 2, files=_workflows(a=GOOD, b=BAD)),
    actionlint_on("one that cannot be parsed", FAILED, files=_workflows(a=GOOD, b=CUT)),
    actionlint_on(
        "every finding ignored", VACUOUS, "ignored", argv="actionlint -ignore .*", files=_workflows(a=BAD)
    ),
    actionlint_on(
        "every finding ignored by settings",
        VACUOUS,
        files=_workflows(a=BAD) | {".github/actionlint.yaml": 'paths: {"**/*.yml": {ignore: [".*"]}}\n'},
    ),
    actionlint_on("nothing to lint", ERRORED, files={".git/HEAD": "", ".github/workflows/notes.txt": ""}),
    actionlint_on("no repository", ERRORED, files={"notes.txt": ""}),
    actionlint_on(
        "the version was asked for", VACUOUS, "", 0, argv="actionlint -version", files=_workflows(a=BAD)
    ),
    actionlint_on(
        "a configuration is made", VACUOUS, argv="actionlint -init-config", files=_workflows(a=BAD)
    ),
    actionlint_on("a file that does not exist", ERRORED, argv="actionlint nope.yml", files=_workflows(a=BAD)),
    actionlint_on("an empty standard input", FAILED, argv="actionlint -", files=_workflows(a=BAD)),
)

NOXFILE = text("@gate()", "def lint(session):", "    session.run('ruff', 'check', '.')")


def _gated(command: str, noxfile: str = NOXFILE) -> dict[str, str]:
    return _workflows(a=GOOD.replace("echo hello", command)) | {"noxfile.py": noxfile}


PARITY = "gateproof parity --json"
parity_on = table(PARITY, parity())
PARITIES = (
    parity_on("ci runs the gate", PASSED, "all 1 gates", 1, files=_gated("nox -s lint")),
    parity_on("ci leaves it out", FAILED, "J030", 0, files=_gated("echo no")),
    parity_on("ci cannot fail in it", FAILED, "J031", 0, files=_gated("nox -s lint || true")),
    parity_on("ci runs a check that is no gate", FAILED, "J032", 1, files=_gated("nox -s lint && pytest")),
    parity_on("no gate at all", VACUOUS, "declares no gate", 0, files=_gated("nox", "import nox\n")),
    parity_on("no noxfile", VACUOUS, "declares no gate", 0, files=_workflows(a=GOOD)),
    parity_on("for a person", ERRORED, argv="gateproof parity", files=_gated("nox -s lint")),
)

CASES = (*ZIZMORS, *ACTIONLINTS, *PARITIES)
