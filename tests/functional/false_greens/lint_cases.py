"""False greens of ruff, mypy, flake8, black and isort, and what true ones look like."""

from __future__ import annotations

from functional.false_greens.case import ERRORED, FAILED, PASSED, VACUOUS, table, text
from gateproof.record.readers import black, canary, flake8, isort, mypy, ruff_check, ruff_format

CLEAN = "x = 1\n"
UNUSED = "import os\n"
UGLY = "x   =  1\n"
CUT = "def (\n"
MIXED = {"a.py": UNUSED, "b.py": CLEAN}
_NOQA = "# ruff: noqa\n" + UNUSED

RUFF = "ruff check ."
ruff = table(RUFF, ruff_check())
RUFF_CHECKS = (
    ruff("clean files", PASSED, "2 files", 2, files={"a.py": CLEAN, "b.py": CLEAN}),
    ruff("a line's noqa", PASSED, "", 1, files={"a.py": "import os  # noqa: F401\n"}),
    ruff("a finding", FAILED, "Found 1 error", 2, files=MIXED),
    ruff("a file that is no Python", FAILED, files={"a.py": CUT}),
    ruff("settings that fix", FAILED, files={"a.py": UNUSED, "ruff.toml": "fix = true\n"}),
    ruff("settings that only fix", ERRORED, files={"a.py": UNUSED, "ruff.toml": "fix-only = true\n"}),
    ruff("exit 0 whatever is found", FAILED, argv="ruff check --exit-zero .", files=MIXED),
    ruff(
        "exit 0, and nothing to find",
        VACUOUS,
        "--exit-zero",
        argv="ruff check --exit-zero .",
        files={"a.py": CLEAN},
    ),
    ruff("fixes what it finds", FAILED, argv="ruff check --fix .", files=MIXED),
    ruff("only fixes", ERRORED, argv="ruff check --fix-only .", files=MIXED),
    ruff("adds noqa", ERRORED, argv="ruff check --add-noqa .", files=MIXED),
    ruff("only shows a difference", ERRORED, argv="ruff check --diff .", files={"a.py": "import os as o\n"}),
    ruff("lists files", ERRORED, argv="ruff check --show-files .", files=MIXED),
    ruff("lists rules", ERRORED, argv="ruff rule --all", files=MIXED),
    ruff("every file excluded", VACUOUS, "no files", 0, argv="ruff check --exclude *.py .", files=MIXED),
    ruff("every file excluded by settings", VACUOUS, files=MIXED | {"ruff.toml": 'exclude = ["*"]\n'}),
    ruff("every file ignored by git", VACUOUS, files=MIXED | {".gitignore": "*.py\n", ".git/HEAD": ""}),
    ruff("an empty folder", VACUOUS, "no files", files={"notes.txt": "no Python\n"}),
    ruff("standard input", VACUOUS, argv="ruff check -", files=MIXED),
    ruff(
        "no Python but settings", VACUOUS, files={"pyproject.toml": '[project]\nname = "x"\nversion = "1"\n'}
    ),
    ruff("every file says noqa", VACUOUS, files={"a.py": _NOQA}),
    ruff("every file says noqa to flake8", VACUOUS, files={"a.py": "# flake8: noqa\n" + UNUSED}),
    ruff("some files say noqa", PASSED, "1 files", 1, files={"a.py": _NOQA, "b.py": CLEAN}),
    ruff(
        "every rule ignored in every file",
        VACUOUS,
        files=MIXED | {"ruff.toml": '[lint.per-file-ignores]\n"*" = ["ALL"]\n'},
    ),
    ruff("a file that does not exist", FAILED, argv="ruff check nope.py", files=MIXED),
    ruff(
        "a file that does not exist, ignored", ERRORED, argv="ruff check --ignore E902 nope.py", files=MIXED
    ),
    ruff("broken settings", ERRORED, files=MIXED | {"ruff.toml": "nope\n"}),
    ruff("an option that does not exist", ERRORED, argv="ruff check --nope", files=MIXED),
    ruff("another format", ERRORED, argv="ruff check --output-format json .", files={"a.py": CLEAN}),
    ruff(
        "another format by the environment",
        PASSED,
        files={"a.py": CLEAN},
        env={"RUFF_OUTPUT_FORMAT": "json", "RUFF_OUTPUT_FILE": "out"},
    ),
    ruff("another file by an option", ERRORED, argv="ruff check -o out .", files=MIXED),
    ruff(
        "fewer than required", VACUOUS, "at least 40", reader=ruff_check(at_least=40), files={"a.py": CLEAN}
    ),
    ruff("a hole: no rule is on", PASSED, files=MIXED | {"ruff.toml": "lint.select = []\n"}),
    ruff(
        "its canary: no rule is on",
        VACUOUS,
        reader=canary(ruff_check(), finds="F401"),
        files=MIXED | {"ruff.toml": "lint.select = []\n"},
    ),
    ruff(
        "its canary: rules are on", PASSED, "F401", 1, reader=canary(ruff_check(), finds="F401"), files=MIXED
    ),
)

FORMAT = "ruff format --check ."
form = table(FORMAT, ruff_format())
RUFF_FORMATS = (
    form("in form", PASSED, "", 2, files={"a.py": CLEAN, "b.py": CLEAN}),
    form("out of form", FAILED, "1 file would", 2, files={"a.py": CLEAN, "b.py": UGLY}),
    form("nothing in form", FAILED, "", 1, files={"b.py": UGLY}),
    form("every file excluded", VACUOUS, argv="ruff format --check --exclude *.py .", files={"a.py": UGLY}),
    form("every file ignored by git", VACUOUS, files={"a.py": UGLY, ".gitignore": "*.py\n", ".git/HEAD": ""}),
    form("an empty folder", VACUOUS, files={"notes.txt": ""}),
    form("changes the files", ERRORED, argv="ruff format .", files={"a.py": CLEAN}),
    form("shows a difference", ERRORED, argv="ruff format --diff .", files={"a.py": CLEAN}),
    form("quiet", ERRORED, argv="ruff format --check -q .", files={"a.py": CLEAN}),
    form("standard input", ERRORED, argv="ruff format --check -", files={"a.py": UGLY}),
    form("a file that is no Python", ERRORED, files={"a.py": CLEAN, "b.py": CUT}),
    form("lint is not form", ERRORED, argv=RUFF, files={"a.py": UGLY}),
)

TYPED = "x: int = 1\n"
WRONG = 'x: int = "one"\n'
types = table("mypy .", mypy())
MYPY = (
    types("typed", PASSED, "", 2, files={"a.py": TYPED, "b.py": TYPED}),
    types("a wrong type", FAILED, "Found 1 error", 2, files={"a.py": WRONG, "b.py": TYPED}),
    types("in colour", PASSED, "", 1, files={"a.py": TYPED}, env={"MYPY_FORCE_COLOR": "1", "TERM": "xterm"}),
    types("every file excluded", ERRORED, argv="mypy --exclude . .", files={"a.py": WRONG}),
    types("an empty folder", ERRORED, files={"notes.txt": ""}),
    types("a file that does not exist", ERRORED, argv="mypy nope.py", files={"a.py": TYPED}),
    types("a file that is no Python", ERRORED, files={"a.py": CUT}),
    types("a text, not files", VACUOUS, "-c", argv="mypy -c x=1", files={"a.py": WRONG}),
    types(
        "another file in its place",
        VACUOUS,
        argv="mypy --shadow-file a.py b.py a.py",
        files={"a.py": WRONG, "b.py": TYPED},
    ),
    types("a text, not files, in one word", VACUOUS, argv="mypy -cx=1", files={"a.py": WRONG}),
    types("no sum", ERRORED, argv="mypy --no-error-summary .", files={"a.py": TYPED}),
    types("another format", ERRORED, argv="mypy --output json .", files={"a.py": TYPED}),
    types("the version was asked for", ERRORED, argv="mypy --version", files={"a.py": TYPED}),
    types(
        "a hole: errors are ignored",
        PASSED,
        files={"a.py": WRONG, "mypy.ini": "[mypy]\nignore_errors = True\n"},
    ),
    types(
        "its canary: errors are ignored",
        VACUOUS,
        reader=canary(mypy(), finds="[assignment]"),
        files={"a.py": WRONG, "mypy.ini": "[mypy]\nignore_errors = True\n"},
    ),
    types(
        "its canary: errors are found",
        PASSED,
        "",
        1,
        reader=canary(mypy(), finds="[assignment]"),
        files={"a.py": WRONG},
    ),
)

style = table("flake8 .", flake8())
FLAKE8 = (
    style("clean files", PASSED, "", 2, files={"a.py": CLEAN, "b.py": CLEAN}),
    style("a finding", FAILED, "", 2, files=MIXED),
    style("exit 0 whatever is found", FAILED, argv="flake8 --exit-zero .", files=MIXED),
    style(
        "exit 0, and nothing to find",
        VACUOUS,
        "--exit-zero",
        argv="flake8 --exit-zero .",
        files={"a.py": CLEAN},
    ),
    style("every file excluded", VACUOUS, "", 0, argv="flake8 --exclude * .", files=MIXED),
    style("every file says noqa", VACUOUS, files={"a.py": "# flake8: noqa\n" + UNUSED}),
    style("a file that does not exist, ignored", VACUOUS, argv="flake8 --ignore E902 nope.py", files=MIXED),
    style("another file", ERRORED, argv="flake8 --output-file out .", files=MIXED),
    style("an option that does not exist", ERRORED, argv="flake8 --nope .", files=MIXED),
    style("a hole: no rule is on", PASSED, argv="flake8 --select X .", files=MIXED),
    style(
        "its canary: no rule is on",
        VACUOUS,
        argv="flake8 --select X .",
        reader=canary(flake8(), finds="F401"),
        files=MIXED,
    ),
)

BLACK = "black --check ."
blackened = table(BLACK, black())
BLACKS = (
    blackened("in form", PASSED, "", 2, files={"a.py": CLEAN, "b.py": CLEAN}),
    blackened("out of form", FAILED, "", 2, files={"a.py": CLEAN, "b.py": UGLY}),
    blackened(
        "every file excluded",
        VACUOUS,
        "no Python",
        0,
        argv="black --check --exclude . .",
        files={"a.py": UGLY},
    ),
    blackened(
        "every file excluded by settings",
        VACUOUS,
        files={"a.py": UGLY, "pyproject.toml": '[tool.black]\nforce-exclude = ".*"\n'},
    ),
    blackened("no file is included", VACUOUS, argv="black --check --include nope .", files={"a.py": UGLY}),
    blackened("changes the files", ERRORED, argv="black .", files={"a.py": UGLY}),
    blackened("shows a difference", VACUOUS, "--check", argv="black --diff .", files={"a.py": CLEAN}),
    blackened("quiet", ERRORED, argv="black --check -q .", files={"a.py": CLEAN}),
    blackened("a text, not files", ERRORED, argv="black --check -c x␣=␣1", files={"a.py": UGLY}),
    blackened("standard input", VACUOUS, "standard input", argv="black --check -", files={"a.py": UGLY}),
    blackened(
        "some lines only",
        VACUOUS,
        argv="black --check --line-ranges 1-1 a.py",
        files={"a.py": CLEAN + CLEAN + UGLY},
    ),
    blackened("a file that is no Python", ERRORED, files={"a.py": CLEAN, "b.py": CUT}),
    blackened(
        "a hole: a file says that it is not to be formatted", PASSED, files={"a.py": "# fmt: off\n" + UGLY}
    ),
    blackened("a path that does not exist", ERRORED, argv="black --check nope", files={"a.py": CLEAN}),
)

SORTED = text("import os", "import sys")
UNSORTED = text("import sys", "import os")
ISORT = "isort --check-only ."
imports = table(ISORT, isort())
ISORTS = (
    imports("in order", PASSED, "", 2, files={"a.py": SORTED, "b.py": SORTED}),
    imports("out of order", FAILED, "", 2, files={"a.py": SORTED, "b.py": UNSORTED}),
    imports(
        "every file skipped",
        VACUOUS,
        "",
        0,
        argv="isort --check-only --skip-glob * .",
        files={"a.py": UNSORTED},
    ),
    imports("every file skips itself", VACUOUS, files={"a.py": "# isort: skip_file\n" + UNSORTED}),
    imports("an empty folder", VACUOUS, files={"notes.txt": ""}),
    imports("changes the files", VACUOUS, argv="isort .", files={"a.py": UNSORTED}),
    imports("lists files", VACUOUS, argv="isort --show-files .", files={"a.py": UNSORTED}),
    imports("a path that does not exist", ERRORED, argv="isort --check-only nope.py", files={"a.py": SORTED}),
)

CASES = (*RUFF_CHECKS, *RUFF_FORMATS, *MYPY, *FLAKE8, *BLACKS, *ISORTS)
