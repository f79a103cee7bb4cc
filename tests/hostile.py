"""Documents and sealed statements that are made to hang, flood or crash whoever reads them.

Add one by adding a line: its name, and the files of the ZIP that it lies in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from gateproof.evidence import envelope
from packs import VERDICT, Pack

DEEP = 100_000
ENDLESS = 1 << 20
ESCAPES = "\x1b]0;owned\x07\x1b[2J\x1b[31mDone\x9b0m\r\u202e"
"""Sets the title, clears the screen, writes in red, begins the line again, turns it round."""

WORKFLOW = ".github/workflows/gates.yml"
CHECKLIST = "docs/07_sales_ready.md"
Files = Mapping[str, str]


def workflow(run: str, *, top: str = "") -> str:
    """A workflow of one step."""
    lines = (
        "name: gates",
        "on: [push]",
        top,
        "jobs:",
        "  one:",
        "    runs-on: ubuntu-24.04",
        "    steps:",
        f"      - run: {run}",
    )
    return "\n".join(filter(None, lines)) + "\n"


def alias_bomb() -> str:
    """Ten lines that stand for ten thousand million values."""
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    return "\n".join(rows) + "\n"


def scripts_that_call_twice() -> Files:
    """Thirty scripts, each of which runs the next one twice: a thousand million commands."""
    scripts = {f"scripts/s{number}.sh": f"sh scripts/s{number + 1}.sh\n" * 2 for number in range(30)}
    return {WORKFLOW: workflow("sh scripts/s0.sh"), **scripts, "scripts/s30.sh": "pytest\n"}


def variables_that_double() -> str:
    rows = [f"A{number} = $(A{number + 1})$(A{number + 1})" for number in range(30)]
    return "\n".join([*rows, "A30 = pytest", "test:", "\t$(A0)", ""])


def targets_that_need_two() -> str:
    rows = [f"t{number}: a{number} b{number}\na{number} b{number}: t{number + 1}\n" for number in range(30)]
    return "".join(rows) + "t30:\n\tpytest\n"


def matrix(axes: int) -> str:
    """Ten values on each axis."""
    values = "".join(f"        a{axis}: [{', '.join(map(str, range(10)))}]\n" for axis in range(axes))
    return (
        "on: [push]\njobs:\n  one:\n    runs-on: x\n    strategy:\n      matrix:\n"
        f"{values}    steps:\n      - run: nox -s ${{{{ matrix.a0 }}}}\n"
    )


TOX = {WORKFLOW: workflow("tox")}
DOCUMENTS: list[tuple[str, Files]] = [
    ("yaml: an alias bomb", {WORKFLOW: alias_bomb()}),
    ("yaml: merges that double", {WORKFLOW: "a0: &a0 {k: v}\n" + "".join(
        f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}], k{n}: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 40))}),
    ("yaml: nested without end", {WORKFLOW: "[" * DEEP}),
    ("yaml: nested by indentation", {WORKFLOW: "".join(f"{' ' * n}a:\n" for n in range(1000))}),
    ("yaml: one endless line", {WORKFLOW: workflow("x" * (ENDLESS - 200))}),
    ("yaml: an endless key", {WORKFLOW: "? " + "k" * ENDLESS}),
    ("yaml: a matrix of ten million", {WORKFLOW: matrix(7)}),
    ("yaml: gitlab, an alias bomb", {".gitlab-ci.yml": alias_bomb()}),
    ("yaml: compose, an alias bomb", {"compose.yml": alias_bomb(), "docker-compose.yml": alias_bomb()}),
    ("yaml: pre-commit, an alias bomb", {".pre-commit-config.yaml": alias_bomb(), WORKFLOW: workflow("pre-commit run -a")}),
    ("expression: brackets", {WORKFLOW: workflow("x").replace("- run: x", f"- if: ${{{{ {'(' * 20_000} }}}}\n        run: pytest")}),
    ("expression: not not not", {WORKFLOW: workflow("x").replace("- run: x", f"- if: ${{{{ {'!' * 20_000}true }}}}\n        run: pytest")}),
    ("expression: without end", {WORKFLOW: workflow("'" + "${{ " * 100_000 + "'")}),
    ("shell: substitutions", {WORKFLOW: workflow("|\n          " + "$(" * 20_000)}),
    ("shell: subshells", {WORKFLOW: workflow("|\n          " + "( " * 20_000)}),
    ("shell: braces", {WORKFLOW: workflow("|\n          " + "{ " * 20_000)}),
    ("shell: ifs", {WORKFLOW: workflow("|\n          " + "if true; then " * 20_000)}),
    ("shell: quotes", {WORKFLOW: workflow("|\n          " + "\"$(echo '" * 10_000)}),
    ("shell: sh -c in sh -c", {WORKFLOW: workflow("|\n          " + "sh -c " * 50_000)}),
    ("shell: pipes", {WORKFLOW: workflow("|\n          " + "a | " * 50_000)}),
    ("shell: commands", {WORKFLOW: workflow("|\n          " + "pytest; " * 50_000)}),
    ("shell: here documents", {WORKFLOW: workflow("|\n          " + "cat <<E " * 20_000)}),
    ("shell: scripts that call twice", scripts_that_call_twice()),
    ("shell: a script that calls itself", {WORKFLOW: workflow("sh a.sh"), "a.sh": "sh a.sh\nsh a.sh\n"}),
    ("make: variables that double", {WORKFLOW: workflow("make test"), "Makefile": variables_that_double()}),
    ("make: targets that need two", {WORKFLOW: workflow("make t0"), "Makefile": targets_that_need_two()}),
    ("make: nested references", {WORKFLOW: workflow("make test"), "Makefile": "test:\n\t" + "$(" * 50_000 + "\n"}),
    ("make: an endless line", {WORKFLOW: workflow("make test"), "Makefile": "test:\n\t" + "a " * 500_000 + "\n"}),
    ("tox: factors that double", {WORKFLOW: workflow("tox"), "tox.ini": "[tox]\nenvlist = " + "{a,b}-" * 40 + "c\n[testenv]\ncommands = pytest\n"}),
    ("tox: nested factors", {WORKFLOW: workflow("tox"), "tox.ini": "[tox]\nenvlist = " + "{" * 100_000 + "\n[testenv]\ncommands = pytest\n"}),
    ("toml: arrays", TOX | {"pyproject.toml": "a = " + "[" * DEEP}),
    ("toml: tables", TOX | {"pyproject.toml": "a = " + "{a=" * DEEP}),
    ("toml: a dotted key", TOX | {"pyproject.toml": "a." * DEEP + "a = 1\n"}),
    ("toml: many headers", TOX | {"pyproject.toml": "".join(f"[{'a.' * 300}a{n}]\n" for n in range(3000))}),
    ("toml: an endless number", TOX | {"pyproject.toml": "a = " + "9" * ENDLESS + "\n"}),
    ("toml: tool is no table", TOX | {"pyproject.toml": "tool = 7\n"}),
    ("toml: nothing is what it should be", TOX | {"pyproject.toml": "[tool]\ntox = 1\nnox = 1\npoe = 1\nhatch = 1\npdm = 1\ngateproof = 1\n[project]\nname = 3\ndependencies = 7\n"}),
    ("json: nested", {"package.json": '{"scripts":' * DEEP, WORKFLOW: workflow("npm run test"), "package-lock.json": "[" * DEEP, "Pipfile.lock": "[" * DEEP}),
    ("json: an endless number", {"package.json": '{"scripts": {"test": ' + "9" * ENDLESS + "}}", WORKFLOW: workflow("npm run test")}),
    ("json: scripts that are none", {"package.json": '{"scripts": [1]}', WORKFLOW: workflow("npm run test && npm test")}),
    ("json: scripts that call each other", {"package.json": json.dumps({"scripts": {f"s{n}": f"npm run s{n + 1} && npm run s{n + 1}" for n in range(30)} | {"s30": "pytest"}}), WORKFLOW: workflow("npm run s0")}),
    ("python: brackets", {"noxfile.py": "(" * DEEP, "tasks.py": "[" * DEEP, "shop/settings.py": "(" * DEEP, "manage.py": ""}),
    ("python: a sum", {"noxfile.py": "x = " + "1+" * DEEP + "1\n", "shop/settings.py": "SECRET_KEY = " + "'a'+" * DEEP + "'a'\n", "manage.py": "", "tasks.py": "x = " + "1+" * DEEP + "1\n"}),
    ("python: a small sum", {"noxfile.py": "x = " + "1+" * 900 + "1\n", "shop/settings.py": "SECRET_KEY = " + "'a'+" * 900 + "'a'\n", "manage.py": ""}),
    ("python: minus minus", {"noxfile.py": "x = " + "-" * DEEP + "1\n", "shop/settings.py": "SECRET_KEY = " + "-" * DEEP + "1\n", "manage.py": ""}),
    ("python: attributes", {"noxfile.py": "x" + ".x" * DEEP + "\n", "shop/settings.py": "X = x" + ".x" * DEEP + "\n", "manage.py": ""}),
    ("python: calls", {"noxfile.py": "x" + "()" * DEEP + "\n", "shop/settings.py": "X = x" + "()" * DEEP + "\n", "manage.py": ""}),
    ("python: else if", {"noxfile.py": "if x: pass\n" + "elif x: pass\n" * 20_000, "shop/settings.py": "if x: pass\n" + "elif x: pass\n" * 20_000, "manage.py": ""}),
    ("python: an endless number", {"noxfile.py": "x = " + "9" * ENDLESS + "\n", "shop/settings.py": "SECRET_KEY = " + "9" * 5000 + "\n", "manage.py": ""}),
    ("python: a NUL and a form feed", {"noxfile.py": "x = 1\f\n\x0b", "shop/settings.py": "\ud7ff = 1\n", "manage.py": ""}),
    ("nox: sessions that notify each other", {"noxfile.py": "import nox\n" + "".join(f"@nox.session\ndef s{n}(session):\n    session.notify('s{n + 1}')\n    session.notify('s{n + 1}')\n    session.run('nox', '-s', 's{n + 1}')\n    session.run('nox', '-s', 's{n + 1}')\n" for n in range(30)), WORKFLOW: workflow("nox -s s0")}),
    ("markdown: comments that never end", {"README.md": "<!--" * (ENDLESS // 4)}),
    ("markdown: links that never end", {"README.md": "[" * ENDLESS, "docs/a.md": "[a](" * (ENDLESS // 4), "docs/b.md": "![" * (ENDLESS // 2)}),
    ("markdown: angles that never end", {"README.md": "<a " * (ENDLESS // 3), "docs/a.md": "<http://" * (ENDLESS // 8)}),
    ("markdown: code that never ends", {"README.md": "`" * ENDLESS, "docs/a.md": "".join("`" * (n % 1000 + 1) + " " for n in range(2000))}),
    ("markdown: blanks", {"README.md": "# a" + " " * ENDLESS + "b\n", "docs/a.md": "# " + "# " * (ENDLESS // 2) + "b\n"}),
    ("markdown: stars", {"README.md": "*" * ENDLESS, "STATUS.md": "**a" * (ENDLESS // 3)}),
    ("markdown: a table", {"README.md": "|" * ENDLESS, "STATUS.md": "| S1.1 " * (ENDLESS // 7), "docs/acceptance_matrix.md": "| a " * (ENDLESS // 4) + "\n|" + "---|" * (ENDLESS // 4)}),
    ("markdown: a list of nothing", {"README.md": "- " * (ENDLESS // 2), "docs/out_of_scope.md": "# Out of scope\n" + "- a:" * (ENDLESS // 4) + "\n- " + "a " * (ENDLESS // 2)}),
    ("markdown: claims", {"README.md": "<!-- claim: " * (ENDLESS // 12), "STATUS.md": "<!-- claim: a -->" * 60_000, "docs/a.md": "<!--" + " " * ENDLESS}),
    ("markdown: headings of one name", {"README.md": "# a\n" * 100_000 + "[x](#a-99999)\n"}),
    ("markdown: statuses", {"STATUS.md": "S1.1 done " * (ENDLESS // 10), "README.md": "S1" * (ENDLESS // 2)}),
    ("markdown: many links", {"README.md": "[a](b.md) " * 100_000}),
    ("checklist: boxes without end", {CHECKLIST: "- [ ] a\n" * 500_000}),
    ("checklist: an endless line", {CHECKLIST: "- [ ] " + "`a: b` " * 150_000 + "\n"}),
    ("checklist: blanks", {CHECKLIST: "- [ ] a" + " " * ENDLESS + "b\n"}),
    ("checklist: tabs", {CHECKLIST: "\t" * ENDLESS + "- [ ] a\n"}),
    ("checklist: marks", {CHECKLIST: "- [ ] a" + " (**Done**" * 100_000 + "\n"}),
    ("checklist: nested", {CHECKLIST: "".join(f"{' ' * (2 * n)}- [ ] a\n" for n in range(1500))}),
    ("checklist: no text", {CHECKLIST: "- [ ] S1.1 a\0b\n"}),
    ("checklist: proofs by map", {CHECKLIST: "- [ ] S1.1 a\n", CHECKLIST.replace(".md", ".proofs.toml"): "a = " + "[" * DEEP}),
    ("escapes everywhere", {
        "README.md": f"# {ESCAPES}\n[{ESCAPES}]({ESCAPES}.md)\nS0.1 {ESCAPES} done\n",
        CHECKLIST: f"# S0) {ESCAPES}\n- [x] S0.1 {ESCAPES} `file: {ESCAPES}.md`\n- [ ] S0.2 x `waived: 2030-01-01 by {ESCAPES}: x`\n",
        WORKFLOW: workflow(f'"{json.dumps(ESCAPES)[1:-1]} pytest"').replace("name: gates", f'name: "{json.dumps(ESCAPES)[1:-1]}"'),
        "noxfile.py": f"import nox\n@nox.session(name={ESCAPES!r}, tags=['gate'])\ndef a(session):\n    session.run('pytest', {ESCAPES!r})\n",
        "pyproject.toml": f"[project]\nname = {json.dumps(ESCAPES)}\n[[tool.gateproof.milestones]]\nname = {json.dumps(ESCAPES)}\n",
        "shop/settings.py": f"SECRET_KEY = {ESCAPES!r}\n", "manage.py": "",
    }),
]  # fmt: skip


def _payload(raw: bytes) -> Callable[[Pack], None]:
    """Have the one who seals sign exactly these bytes as a record and as the verdict."""

    def change(pack: Pack) -> None:
        line = envelope.seal(raw, pack.signer).encode() + b"\n"
        pack.put(pack.first("statements.intoto.jsonl"), line)
        pack.put(VERDICT, line)
        pack.sign_sums()

    return change


def _file(path: str, raw: bytes) -> Callable[[Pack], None]:
    def change(pack: Pack) -> None:
        pack.put(path, raw)
        pack.sign_sums()

    return change


def _beside(ending: str, raw: bytes) -> Callable[[Pack], None]:
    return lambda pack: pack.beside.update({ending: raw})


def _reason(pack: Pack) -> None:
    def change(predicate: dict[str, object]) -> None:
        ours = predicate["gateproof_run"]
        assert isinstance(ours, dict)
        ours |= {"reason": ESCAPES, "unit": ESCAPES, "outcome": "FAILED"}
        predicate["result"] = "FAILED"

    pack.sign_record("statements.intoto.jsonl", change)


def _verdict_words(predicate: dict[str, object]) -> None:
    ours = predicate["gateproof_verdict"]
    assert isinstance(ours, dict)
    ours |= {"product": ESCAPES, "version": ESCAPES, "against": [ESCAPES], "required": [ESCAPES], "result": "FAILED"}  # fmt: skip


def _log(pack: Pack) -> None:
    pack.put(pack.first("output.log"), ESCAPES.encode())
    pack.sign_sums()


SEALED: list[tuple[str, Callable[[Pack], None]]] = [
    ("json nested without end", _payload(b'{"a":' * 300_000)),
    ("json of lists", _payload(b"[" * 1_000_000)),
    ("json of many parts", _payload(b'{"a":[' + b"0," * 900_000 + b"0]}")),
    ("json of a long number", _payload(b'{"a":' + b"9" * 2_000_000 + b"}")),
    ("json of a large number", _payload(b'{"a":1e999999999}')),
    ("json of a long text", _payload(b'{"a":"' + b"\\u0000" * 600_000 + b'"}')),
    ("json of nothing", _payload(b"")),
    ("json that is none", _payload(b"\x1b[2J")),
    ("an envelope without end", _file(VERDICT, b'{"payload":"' + b"A" * 5_000_000)),
    ("envelopes without end", _file(VERDICT, b"{}\n" * 1_500_000)),
    ("an empty line without end", _file(VERDICT, b"\n" * 4_000_000)),
    ("sums without end", _file("evidence/SHA256SUMS", (b"0" * 64 + b"  a\n") * 100_000)),
    ("a signature without end", _file("evidence/SHA256SUMS.sig", b"-----BEGIN SSH SIGNATURE-----\n" + b"A" * 3_000_000)),
    ("a tag without end", _beside(".tag", b"0" * 3_000_000)),
    ("attestations nested without end", _beside(".intoto.jsonl", b'{"a":' * 300_000)),
    ("a checksum without end", _beside(".sha256", b"0" * 3_000_000)),
    ("escapes in the words of a record", _reason),
    ("escapes in the words of the verdict", lambda pack: pack.sign_verdict(_verdict_words)),
    ("escapes in a log", _log),
]  # fmt: skip
