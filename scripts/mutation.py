"""Mutation testing: run mutmut over one part of the code in a copy, and list what survived, each with its reason.

    python scripts/mutation.py run PART COPY      # COPY is made, or brought up to date; what is known of it stays known
    python scripts/mutation.py list COPY...       # writes docs/mutation-survivors.md from these copies

mutmut is none of the pinned tools, as it is no gate: `pip install "mutmut>=3.8,<4"` beside requirements/dev.txt.
"""

from __future__ import annotations

import ast
import difflib
import json
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LISTED = ROOT / "docs" / "mutation-survivors.md"
REASONS = ROOT / "docs" / "mutation-reasons.toml"
NOT_LOOKED_AT = "Not looked through: a test is missing, or it is the same."
PARTS = {
    "readers": (["src/gateproof/record/readers/*.py"], ["tests/unit/record/readers"]),
    "judge": (
        ["src/gateproof/judge/*.py"],
        ["tests/unit/judge", "tests/unit/pack/test_proof_index.py", "tests/unit/release/test_notes.py"],
    ),
    "verify": (
        ["src/gateproof/pack/verify.py", "src/gateproof/pack/verifier/*.py"],
        [
            "tests/functional/test_verify_says_no.py",
            "tests/functional/test_verify_forms.py",
            "tests/functional/test_waived_delivery.py",
        ],
    ),
    "plan": (["src/gateproof/release/planning.py"], ["tests/unit/release/test_planning.py"]),
}
"""What is changed, and which tests are asked, by part."""
# What Hypothesis makes up takes seconds a mutant, and is another thing each time.
LEFT_OUT = "not less_than_was and not whatever_is and not another_tools"
COPIED = ["docs", "purelaka", "requirements", "noxfile.py", "tasks.py", "scripts", "bench", ".github"]
SURVIVED, UNREACHED = 0, 33


@dataclass(frozen=True, kw_only=True, slots=True)
class Survivor:
    """One change that no test noticed."""

    part: str
    place: str
    """`module:line`, the line of the code as it is."""
    before: str
    after: str
    is_reached: bool


def run(part: str, copy: Path) -> int:
    """Bring the copy up to date with what git knows here, and run mutmut in it."""
    mutated, tests = PARTS[part]
    copy.mkdir(parents=True, exist_ok=True)
    for one in copy.iterdir():
        if one.name not in ("mutants", ".git"):
            shutil.rmtree(one) if one.is_dir() else one.unlink()
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    settings = {
        "source_paths": ["src"],
        "only_mutate": mutated,
        "do_not_mutate": ["src/gateproof/judge/ci/*.py"],
        "also_copy": [*COPIED, "README.md", "STATUS.md", "CHANGELOG.md", "LICENSE"],
        "pytest_add_cli_args_test_selection": tests,
        "pytest_add_cli_args": [
            "-p",
            "no:cacheprovider",
            "-k",
            LEFT_OUT,
            "-m",
            "not acceptance and not long",
        ],
    }
    told = "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
    with (copy / "pyproject.toml").open("a", encoding="utf-8", newline="\n") as stream:
        stream.write(f"\n[tool.mutmut]\n{told}")
    (copy / "part").write_text(part, encoding="utf-8")
    argv = [sys.executable, "-m", "mutmut", "run", "--max-children", "1"]
    return subprocess.run(argv, cwd=copy, check=False).returncode


def results(copy: Path) -> Iterator[tuple[Path, dict[str, int | None]]]:
    """Each mutated file with what became of its mutants; None is one that was not tried."""
    for meta in sorted((copy / "mutants" / "src").rglob("*.meta")):
        told = _settled(meta)
        yield meta.with_suffix(""), told["exit_code_by_key"]


def _settled(meta: Path) -> dict[str, dict[str, int | None]]:
    """What mutmut knows of a file; it may be writing it anew just now."""
    for _ in range(50):
        try:
            told: dict[str, dict[str, int | None]] = json.loads(meta.read_bytes())
        except ValueError:
            time.sleep(0.1)
        else:
            return told
    raise SystemExit(f"{meta} is broken.")


def survivors(copy: Path, part: str) -> Iterator[Survivor]:
    """Every mutant that was tried and not killed, in the order of the code."""
    for mutated, codes in results(copy):
        name = mutated.relative_to(copy / "mutants")
        lines = mutated.read_text(encoding="utf-8").splitlines()
        places = {
            node.name: node
            for node in ast.walk(ast.parse("\n".join(lines)))
            if isinstance(node, ast.FunctionDef)
        }
        source = (copy / name).read_text(encoding="utf-8").splitlines()
        for key, code in codes.items():
            if code not in (SURVIVED, UNREACHED):
                continue
            function = key.rpartition(".")[2]
            was = _body(lines, places[re.sub(r"__mutmut_\d+$", "__mutmut_orig", function)])
            now = _body(lines, places[function])
            at, before, after = _difference(was, now)
            line = _line_of(source, was, at)
            yield Survivor(
                part=part,
                place=f"{name.as_posix().removeprefix('src/gateproof/')}:{line}",
                before=before,
                after=after,
                is_reached=code == SURVIVED,
            )


def _body(lines: Sequence[str], node: ast.FunctionDef) -> list[str]:
    return list(lines[node.body[0].lineno - 1 : node.end_lineno])


def _difference(was: list[str], now: list[str]) -> tuple[int, str, str]:
    """Where the two differ first, and that part of both."""
    for tag, a, b, c, d in difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if tag != "equal":
            return a, " ".join(map(str.strip, was[a:b])), " ".join(map(str.strip, now[c:d]))
    return 0, "", ""


def _line_of(source: Sequence[str], body: list[str], at: int) -> int:
    """The line, from 1, at which `body` stands in the source, and `at` lines below."""
    wanted = [line.strip() for line in body]
    stripped = [line.strip() for line in source]
    first = next((n for n in range(len(source)) if stripped[n : n + len(wanted)] == wanted), -at)
    return first + at + 1


def reason_for(one: Survivor) -> str:
    """The reason that a person wrote for changes of this kind, or that there is none."""
    if not one.is_reached:
        return "No test here reaches it; functional tests or those of acceptance do."
    for entry in tomllib.loads(REASONS.read_text(encoding="utf-8"))["reason"]:
        if re.search(entry["place"], one.place) and re.search(
            entry["change"], f"{one.before} => {one.after}"
        ):
            return str(entry["why"])
    return NOT_LOOKED_AT


def write_list(copies: Sequence[Path]) -> None:
    """Write the numbers and every survivor."""
    rows, listed = [], []
    for copy in copies:
        part = (copy / "part").read_text(encoding="utf-8").strip()
        codes = [code for _, some in results(copy) for code in some.values()]
        tried = [code for code in codes if code is not None]
        found = list(survivors(copy, part))
        killed = len(tried) - len(found)
        rows.append(
            f"| {part} | {len(codes):,} | {len(tried):,} | {killed:,} | {killed * 1000 // max(1, len(tried)) / 10} % |"
        )
        listed += [f"\n## {part}\n", "| where | was | survived as | why |", "| --- | --- | --- | --- |"]
        listed += [
            f"| `{one.place}` | {_code(one.before)} | {_code(one.after)} | {reason_for(one)} |"
            for one in found
        ]
    head = [
        "# Survivors\n",
        "Made by `python scripts/mutation.py list`; [mutation.md](mutation.md) says what they are.\n",
        "| part | mutants | tried | killed | of those tried |",
        "| --- | --- | --- | --- | --- |",
    ]
    LISTED.write_text("\n".join([*head, *rows, *listed]) + "\n", encoding="utf-8", newline="\n")


def _code(text: str) -> str:
    shown = re.sub(r"\s+", " ", text).replace("|", "\\|").replace("`", "'")
    return f"`{shown[:160]}`" if shown else "(nothing)"


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["run", part, copy]:
            sys.exit(run(part, Path(copy)))
        case ["list", *copies] if copies:
            write_list([Path(copy) for copy in copies])
        case _:
            sys.exit(__doc__)
