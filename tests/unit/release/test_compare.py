"""A ZIP and a commit are compared in both directions: names, modes and contents."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from gateproof.findings import Code
from gateproof.git import SUBMODULE, TreeEntry
from gateproof.pack.zipreader import Limits, open_zip
from gateproof.release.archive import compare
from zipmaker import COMMIT, GOOD, Pieces, good, piece


def tree(algorithm: str = "sha1") -> list[TreeEntry]:
    """GOOD as git would list it."""
    return [
        TreeEntry(
            path=name, mode=mode, blob=hashlib.new(algorithm, b"blob %d\0" % len(data) + data).hexdigest()
        )
        for name, (mode, data) in GOOD.items()
    ]


def compared(path: Path, lines: list[TreeEntry], limits: Limits | None = None) -> set[str]:
    with open_zip(path, limits or Limits()) as zf:
        return {finding.code for finding in compare(zf, COMMIT, lines)}


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_zip_of_the_commit_is_equal_to_it(tmp_path: Path, algorithm: str) -> None:
    assert compared(good().write(tmp_path / "a.zip"), tree(algorithm)) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda z: z.pieces.pop(0), Code.MISSING),
        (lambda z: z.add(piece("extra.py")), Code.FOREIGN),
        (lambda z: z.of("logo.png").renamed(b"other.png"), Code.FOREIGN),
        (lambda z: z.add(piece("manage.py", b"x")), Code.FOREIGN),
        (lambda z: z.pieces.append(piece("README.md", b"other\n")) or z.pieces.pop(0), Code.CONTENT),
        (lambda z: z.of("logo.png").put(payload=bytes(256)), Code.CRC),
        (lambda z: z.of("logo.png").lists(made_by=0x0317, external=0o100755 << 16), Code.MODE),
        (lambda z: z.of("manage.py").lists(made_by=0, external=0), Code.MODE),
        (lambda z: z.of("shop/latest").lists(made_by=0, external=0), Code.MODE),
        (lambda z: z.of("shop/urls.py").lists(made_by=0x0317, external=0o120777 << 16), Code.MODE),
        (lambda z: z.put(comment=b"f" * 40), Code.OTHER_COMMIT),
    ],
)
def test_a_difference_is_found(tmp_path: Path, change: Callable[[Pieces], object], code: Code) -> None:
    pieces = good()
    change(pieces)
    assert code.code in compared(pieces.write(tmp_path / "a.zip"), tree())


def test_submodules_have_nothing_to_compare(tmp_path: Path) -> None:
    lines = [*tree(), TreeEntry(path="lib", mode=SUBMODULE, blob="0" * 40)]
    assert compared(good().write(tmp_path / "a.zip"), lines) == set()


def test_what_the_reader_has_said_is_not_said_again(tmp_path: Path) -> None:
    assert compared(good().write(tmp_path / "a.zip"), tree(), Limits(size=300)) == set()
