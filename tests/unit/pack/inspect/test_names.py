"""Names that other file systems, or the eye, take for something else."""

from __future__ import annotations

import pytest

from gateproof.findings import Code
from gateproof.pack.inspect.names import name_findings


def codes(*names: str, longest: int = 240) -> list[tuple[str, str]]:
    return [(finding.code, path) for _, path, finding in name_findings(names, longest)]


@pytest.mark.parametrize(
    ("names", "code", "path"),
    [
        (["Urls.py", "urls.py"], Code.CASE_COLLISION, "urls.py"),
        (["Shop/a.py", "shop/b.py"], Code.CASE_COLLISION, "shop"),
        (["stra\u00dfe", "STRASSE"], Code.CASE_COLLISION, "STRASSE"),
        (["caf\u00e9", "cafe\u0301"], Code.UNICODE_COLLISION, "cafe\u0301"),
        (["caf\u00e9/a", "cafe\u0301/b"], Code.UNICODE_COLLISION, "caf\u00e9"),
        (["CAF\u00c9", "cafe\u0301"], Code.CASE_COLLISION, "cafe\u0301"),
        (["aux.py"], Code.RESERVED_NAME, "aux.py"),
        (["con/a.py"], Code.RESERVED_NAME, "con/a.py"),
        (["NUL"], Code.RESERVED_NAME, "NUL"),
        (["com1.tar.gz"], Code.RESERVED_NAME, "com1.tar.gz"),
        (["lpt\u00b9.txt"], Code.RESERVED_NAME, "lpt\u00b9.txt"),
        (["aux .py"], Code.RESERVED_NAME, "aux .py"),
        (["a:b"], Code.ILLEGAL_NAME, "a:b"),
        (["what?.md"], Code.ILLEGAL_NAME, "what?.md"),
        (["a."], Code.ILLEGAL_NAME, "a."),
        (["a /b"], Code.ILLEGAL_NAME, "a /b"),
        (["x" * 241], Code.LONG_PATH, "x" * 241),
        (["\U0001f600" * 121], Code.LONG_PATH, "\U0001f600" * 121),
        (["a\u202egpj.exe"], Code.INVISIBLE, "a\u202egpj.exe"),
        (["a\u200b.py"], Code.INVISIBLE, "a\u200b.py"),
        ([".e\u200cnv"], Code.INVISIBLE, ".e\u200cnv"),
        (["a\ufe0f.py"], Code.INVISIBLE, "a\ufe0f.py"),
        (["a\u2028b.py"], Code.INVISIBLE, "a\u2028b.py"),
        (["a\ufff9.py"], Code.INVISIBLE, "a\ufff9.py"),
        (["\ufeffa.py"], Code.INVISIBLE, "\ufeffa.py"),
    ],
)
def test_a_name_that_is_a_trap_is_found(names: list[str], code: Code, path: str) -> None:
    assert codes(*names) == [(code.code, path)]


@pytest.mark.parametrize(
    "names",
    [
        ["shop/urls.py", "shop/views.py"],
        ["auxiliary.py", "console/a.py", "com10.py", "nullable"],
        ["caf\u00e9", "cafe"],
        ["x" * 120 + "/" + "y" * 119],
        ["\u05e9\u05dc\u05d5\u05dd.md", "\U0001f468\u200d\U0001f469.md"],
        ["bad\udcff.txt"],
        ["\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.md", "\u2764\ufe0f.md"],
        [".gitignore", "a..b"],
    ],
)
def test_an_ordinary_name_is_let_through(names: list[str]) -> None:
    assert codes(*names) == []


def test_the_longest_path_is_a_setting_and_the_longest_part_is_not() -> None:
    assert codes("a/b", longest=2) == [(Code.LONG_PATH.code, "a/b")]
    assert codes("x" * 256, longest=9999) == [(Code.LONG_PATH.code, "x" * 256)]
