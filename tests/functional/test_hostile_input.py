"""The command line is given what is made to crash it: it says no in a sentence, within 256 MB and ten seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

import packs
from functional.test_hostile_zips import HOSTILE
from gateproof.evidence.subject import FILE
from hostile import CHECKLIST, DOCUMENTS, ESCAPES, SEALED
from limited import SECONDS, Said, gateproof
from packs import SOURCE, make_pack
from zipmaker import Pieces, good, piece

pytest.importorskip("resource", reason="Windows has no limits of this kind")

ROOT = Path(__file__).parents[2]
EXAM = ROOT / CHECKLIST
REFUSALS = (1, 4)


def is_refused(said: Said) -> None:
    """No in a sentence or in findings: no traceback, nothing that drives a terminal, in time."""
    assert said.exit_code in REFUSALS, said
    assert "Traceback" not in said.err
    assert said.is_safe_to_print
    assert said.seconds < SECONDS
    if said.exit_code == 4:
        assert said.err.startswith("gateproof: ")
        assert said.out == ""


def batches(names: Iterable[str], size: int) -> list[tuple[str, ...]]:
    listed = list(names)
    return [tuple(listed[at : at + size]) for at in range(0, len(listed), size)]


FILES = dict(DOCUMENTS)


# In batches, as each process must import everything first.
@pytest.mark.parametrize("names", batches(FILES, 20), ids=lambda names: names[0].replace(" ", "-"))
def test_a_hostile_document_is_assessed_in_little_memory_and_time(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    lines = []
    for number, name in enumerate(names):
        path = tmp_path / f"{number}.zip"
        changed = {inside: (FILE, text.encode()) for inside, text in FILES[name].items()}
        path.write_bytes(packs.zip_of({**SOURCE, **changed}, "0" * 40))
        exam = () if CHECKLIST in changed else ("--checklist", EXAM)
        lines.append(("assess", path, *exam))
    for name, said in zip(names, gateproof(*lines), strict=True):
        print(f"{name}: {said.seconds:.1f} s")
        is_refused(said)


PACKS = dict(SEALED)


@pytest.mark.parametrize("verb", ["verify", "assess"])
def test_a_hostile_seal_is_refused_in_little_memory_and_time(tmp_path: Path, verb: str) -> None:
    lines = []
    for number, change in enumerate(PACKS.values()):
        pack = make_pack(tmp_path / f"made{number}")
        change(pack)
        folder = pack.write(tmp_path / f"{number}").parent
        lines.append((verb, folder, *(("--checklist", EXAM) if verb == "assess" else ())))
    for name, said in zip(PACKS, gateproof(*lines), strict=True):
        print(f"{name}: {said.seconds:.1f} s")
        is_refused(said)


def names_of_escapes() -> bytes:
    return good().add(piece(f"docs/{ESCAPES}.md"), piece(f"evidence/{ESCAPES}")).made()


def traversal() -> bytes:
    names = ("../../etc/passwd", "/etc/passwd", "C:/x", "..\\x", "evidence/../../x", "shop/./x", "")
    return good().add(*map(piece, names)).made()


def a_zip_in_a_zip(depth: int) -> bytes:
    """Each is the outer ZIP of a delivery that is the outer ZIP of a delivery."""
    inner = good().made()
    for _ in range(depth):
        inner = Pieces(pieces=[piece("shop.zip", inner), piece("shop.zip.sha256", b"0" * 64)]).made()
    return inner


def nested() -> bytes:
    return a_zip_in_a_zip(50)


def not_a_zip() -> bytes:
    return b"\x1b[2J" * 1_000_000


def nothing() -> bytes:
    return b""


ALSO = {
    # A ZIP in a ZIP is odd, and nothing is wrong with it.
    ("inspect", "nested"): (0,),
    # There is nothing in it to assess, which is told apart.
    ("assess", "a_hidden_zip_at_the_end"): (3,),
}
SMALL = [names_of_escapes, traversal, nested, not_a_zip, nothing]
LARGE = [made for made, _ in HOSTILE]


def refused_by_every_verb(path: Path, makers: Iterable[Callable[[], bytes]]) -> None:
    names = [made.__name__ for made in makers]
    for made in makers:
        (path / f"{made.__name__}.zip").write_bytes(made())
    for verb, more in (("verify", ()), ("inspect", ()), ("assess", ("--checklist", EXAM))):
        for name, said in zip(
            names, gateproof(*((verb, path / f"{n}.zip", *more) for n in names)), strict=True
        ):
            print(f"{verb} {name}: {said.exit_code} {said.seconds:.1f} s {said.err[:200]}")
            assert said.exit_code in (*REFUSALS, *ALSO.get((verb, name), ())), said
            assert "Traceback" not in said.err
            assert said.is_safe_to_print
            assert said.seconds < SECONDS


def test_a_small_hostile_zip_is_refused_by_every_verb(tmp_path: Path) -> None:
    refused_by_every_verb(tmp_path, SMALL)


@pytest.mark.acceptance
def test_a_large_hostile_zip_is_refused_by_every_verb(tmp_path: Path) -> None:
    refused_by_every_verb(tmp_path, LARGE)


@pytest.mark.parametrize("form", ["--json", "--markdown"])
def test_what_a_stranger_wrote_drives_no_terminal_in_any_form(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a.zip"
    title = {CHECKLIST: (FILE, f"# S0) {ESCAPES}\n- [x] S0.1 {ESCAPES} `file: README.md`\n".encode())}
    path.write_bytes(packs.zip_of({**SOURCE, **title}, "0" * 40))
    (said,) = gateproof(("assess", path, form))
    assert said.exit_code in (0, 1)
    assert "S0.1" in said.out
    assert said.is_safe_to_print


def test_the_limits_are_real(tmp_path: Path) -> None:
    folder = make_pack(tmp_path / "made").write(tmp_path / "delivery").parent
    with pytest.raises(AssertionError, match="ended by -"):
        gateproof(("verify", folder), seconds=0.01)
