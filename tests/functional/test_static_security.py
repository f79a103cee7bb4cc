"""The tools that read the source for weaknesses are set up so that they say no."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RUFF: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"][
    "lint"
]


def ruff(name: str, source: str) -> list[str]:
    """The codes that ruff gives to `source`, were it the file `name` of this repository."""
    program = Path(sys.executable).with_name("ruff")
    ended = subprocess.run(
        [
            program,
            "check",
            "--no-cache",
            "--output-format",
            "concise",
            "--stdin-filename",
            str(ROOT / name),
            "-",
        ],
        input=source,
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ended.returncode in (0, 1), ended.stderr
    return re.findall(r":\d+:\d+: (S\d+) ", ended.stdout)


WEAK = {
    "S102": "exec(input())\n",
    "S105": 'password = "kettle-7"\n',
    "S301": "import pickle\n\npickle.loads(input().encode())\n",
    "S307": "eval(input())\n",
    "S324": "import hashlib\n\nhashlib.md5(b'')\n",
    "S501": "import requests\n\nrequests.get('https://a.example', verify=False, timeout=3)\n",
    "S506": "import yaml\n\nyaml.load(input())\n",
    "S602": "import subprocess\n\nsubprocess.run(input(), shell=True, check=True)\n",
    "S608": "def f(c, x):\n    c.execute(f'SELECT * FROM a WHERE b = {x}')\n",
}


@pytest.mark.parametrize(
    "name", ["src/gateproof/made_up.py", "purelaka/orders/made_up.py", "tasks.py", "scripts/made_up.py"]
)
@pytest.mark.parametrize("code", WEAK)
def test_ruff_finds_a_weakness_in_store_and_suite(name: str, code: str) -> None:
    assert code in ruff(name, WEAK[code])


def test_only_tests_and_benchmarks_are_left_out_and_single_rules_with_a_reason() -> None:
    assert "S" in RUFF["select"]
    left_out = {path for path, codes in RUFF["per-file-ignores"].items() if "S" in codes}
    assert left_out == {"tests/**", "purelaka/**/tests/*", "bench/**"}
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for code in (code for code in RUFF["ignore"] if code.startswith("S") and code[1:].isdigit()):
        assert re.search(rf'"{code}",\s+# \w+', text), f"{code} is ignored without a reason"


def test_each_silenced_line_names_its_rules() -> None:
    silenced = [
        (path, line)
        for folder in ("src", "purelaka", "scripts")
        for path in (ROOT / folder).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"#\s*noqa(?!\w)", line)
    ]
    bare = [
        f"{path}: {line.strip()}"
        for path, line in silenced
        if not re.search(r"# noqa: [A-Z]+\d+(?:, [A-Z]+\d+)*(?: |$)", line)
    ]
    assert not bare


def zizmor(folder: Path) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).with_name("zizmor"))
    command = [
        program,
        "--offline",
        "--no-progress",
        "--persona",
        "auditor",
        "--format",
        "plain",
        str(folder),
    ]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


RISKY = """
on: pull_request_target
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
        with:
          ref: ${{ github.event.pull_request.head.sha }}
      - run: echo ${{ github.event.pull_request.title }}
"""


def test_zizmor_finds_what_is_risky_and_nothing_in_ours(tmp_path: Path) -> None:
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "a.yml").write_text(RISKY, encoding="utf-8")
    risky = zizmor(tmp_path / ".github" / "workflows")
    assert risky.returncode > 10
    assert all(name in risky.stdout for name in ("dangerous-triggers", "template-injection", "unpinned-uses"))
    assert zizmor(ROOT / ".github" / "workflows").returncode == 0


def test_the_auditor_sees_more_than_the_regular_persona(tmp_path: Path) -> None:
    """The gate asks for the auditor; a workflow that only the auditor objects to shows that it is asked."""
    noxfile = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    assert '"zizmor", "--offline", "--persona", "auditor", ".github"' in noxfile
    quiet = tmp_path / "a.yml"
    quiet.write_text(
        "name: a\non: push\njobs:\n"
        "  a:\n    runs-on: self-hosted\n    permissions: {}\n    steps:\n      - run: echo\n",
        encoding="utf-8",
    )
    program = str(Path(sys.executable).with_name("zizmor"))
    regular = subprocess.run(
        [program, "--offline", "--no-progress", str(quiet)], capture_output=True, check=False
    )
    assert regular.returncode == 0
    assert zizmor(quiet).returncode > 10


@pytest.mark.acceptance
def test_deploy_check_says_no_to_settings_that_are_not_safe() -> None:
    """The gate's own command, under the settings for development; needs all that the store needs."""
    ended = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT / "purelaka",
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "purelaka.settings.dev",
        },
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ended.returncode == 1
    assert "security.W" in ended.stderr
