"""Tampering: whatever is done to a delivery without the key, it never verifies, and never breaks the verifier.

Run the long form with `pytest -m long`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateproof.errors import GateproofError
from gateproof.evidence.subject import EXECUTABLE, FILE, SYMLINK
from gateproof.pack.verify import Answer, Verification, verify
from packs import NOW, SOURCE, VERDICT, Pack, make_pack, make_signer, seal_pack, signers_file

STRANGER = make_signer()
IN_GATE, IN_LONG_RUN = 250, 10_000
QUICK = settings(max_examples=IN_GATE, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LONG = settings(QUICK, max_examples=IN_LONG_RUN)


def _made() -> tuple[Pack, Pack]:
    with tempfile.TemporaryDirectory() as folder:
        pack = make_pack(Path(folder) / "one")
        other = make_pack(
            Path(folder) / "other",
            signer=pack.signer,
            content={**SOURCE, "shop/urls.py": (FILE, b"urlpatterns = [1]\n")},
        )
    return pack, other


PACK, OTHER = _made()
PATHS = sorted(PACK.content)
PARTS = sorted(PACK.beside)
ADDED = [
    "evidence/conftest.py",
    "evidence/gates/x.py",
    "conftest.py",
    "EVIDENCE/README.md",
    "evidence/tags/v1",
]
Mutation = Callable[[Pack], object]


@st.composite
def bytes_changed(draw: st.DrawFn, data: bytes) -> bytes:
    """These bytes with one of them flipped, some cut out, some doubled or some put in."""
    at = draw(st.integers(0, max(0, len(data) - 1)))
    length = draw(st.integers(1, 40))
    how = draw(st.sampled_from(["flip", "cut", "double", "insert", "truncate", "empty"]))
    if how == "flip" and data:
        return data[:at] + bytes([data[at] ^ (1 << draw(st.integers(0, 7)))]) + data[at + 1 :]
    if how == "cut":
        return data[:at] + data[at + length :]
    if how == "double":
        return data[: at + length] + data[at : at + length] + data[at + length :]
    if how == "truncate":
        return data[:at]
    return b"" if how == "empty" else data[:at] + draw(st.binary(min_size=1, max_size=20)) + data[at:]


@st.composite
def mutations(draw: st.DrawFn) -> Mutation:
    """One thing that someone without the key can do."""
    path, other = draw(st.sampled_from(PATHS)), draw(st.sampled_from(PATHS))
    mode, data = PACK.content[path]
    part = draw(st.sampled_from(PARTS))
    changed, changed_part = draw(bytes_changed(data)), draw(bytes_changed(PACK.beside[part]))
    added, new_mode = draw(st.sampled_from(ADDED)), draw(st.sampled_from([FILE, EXECUTABLE, SYMLINK]))
    at = draw(st.integers(0, 1_000_000))
    ways: list[Mutation] = [
        lambda pack: pack.content.update({path: (mode, changed)}),
        lambda pack: pack.content.update({path: (new_mode, data)}),
        lambda pack: pack.content.pop(path, None),
        lambda pack: pack.content.update({path: PACK.content[other]}),
        lambda pack: pack.content.update({path: PACK.content[other], other: (mode, data)}),
        lambda pack: pack.content.update({added: (new_mode, b"x = 1\n")}),
        lambda pack: pack.content.update({f"{path}x": pack.content.pop(path, (FILE, b""))}),
        lambda pack: pack.content.update({path: OTHER.content.get(path, (FILE, b""))}),
        lambda pack: pack.beside.update({part: changed_part}),
        lambda pack: pack.beside.pop(part, None),
        lambda pack: pack.beside.update({part: OTHER.beside[part]}),
        lambda pack: pack.beside.update({".extra": b"x"}),
        lambda pack: pack.sign_sums(STRANGER),
        _sign_beside_anew,
        lambda pack: setattr(pack, "comment", "0" * 40),
        lambda pack: setattr(pack, "zip_bytes", _raw(at, changed)),
    ]
    return draw(st.sampled_from(ways))


def _sign_beside_anew(pack: Pack) -> None:
    if VERDICT in pack.content:
        pack.make_beside(STRANGER)


def _raw(at: int, data: bytes) -> Callable[[bytes], bytes]:
    """Change the bytes of the ZIP itself."""

    def change(packed: bytes) -> bytes:
        place = at % len(packed)
        return packed[:place] + (data[:3] or b"\0") + packed[place + 3 :]

    return change


def is_unchanged(pack: Pack) -> bool:
    """Whether the mutations came to nothing after all."""
    return pack.beside == PACK.beside and pack.as_zip() == PACK.as_zip()


def answer_for(path: Path, folder: Path) -> Verification | GateproofError:
    """The answer to the buyer who holds the seller's key; any other error than an expected one is a bug."""
    try:
        return verify(path, signers_file(folder, PACK.signer), now=NOW, accept_rehearsal=True)
    except GateproofError as error:
        return error


def never_verifies(changes: list[Mutation]) -> None:
    pack = PACK.copy()
    for change in changes:
        change(pack)
    if is_unchanged(pack):
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = pack.write(folder / "delivery")
        answer = answer_for(path.parent, folder)
    if isinstance(answer, GateproofError):
        assert answer.exit_code != 0
    else:
        assert answer.answer is Answer.REFUSED
        assert answer.exit_code == 1
        assert answer.findings


def never_verifies_alone(changes: list[Mutation]) -> None:
    """The ZIP alone verifies only where every name, mode and byte in it is what it was."""
    pack = PACK.copy()
    for change in changes:
        change(pack)
    pack.beside.clear()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = pack.write(folder / "delivery")
        answer = answer_for(path, folder)
    if isinstance(answer, GateproofError):
        assert answer.exit_code != 0
    elif answer.answer is Answer.VERIFIED:
        assert pack.content == PACK.content
        assert answer.facts.subject == PACK.subject()
    else:
        assert answer.findings


some_changes = st.lists(mutations(), min_size=1, max_size=3)


@pytest.mark.no_cover
@QUICK
@given(some_changes)
def test_a_changed_delivery_never_verifies(changes: list[Mutation]) -> None:
    never_verifies(changes)


@pytest.mark.no_cover
@QUICK
@given(some_changes)
def test_a_changed_zip_never_verifies(changes: list[Mutation]) -> None:
    never_verifies_alone(changes)


@pytest.mark.long
@LONG
@given(some_changes)
def test_ten_thousand_changed_deliveries_never_verify(changes: list[Mutation]) -> None:
    never_verifies(changes)


@pytest.mark.long
@LONG
@given(some_changes)
def test_ten_thousand_changed_zips_never_verify(changes: list[Mutation]) -> None:
    never_verifies_alone(changes)


def test_the_delivery_that_is_changed_here_verifies_unchanged(tmp_path: Path) -> None:
    for pack in (PACK, OTHER):
        folder = pack.write(tmp_path / str(id(pack))).parent
        assert verify(folder, signers_file(tmp_path, PACK.signer), now=NOW).answer is Answer.VERIFIED


def test_the_evidence_of_one_source_never_verifies_another(tmp_path: Path) -> None:
    replayed = PACK.copy()
    replayed.content["shop/urls.py"] = OTHER.content["shop/urls.py"]
    honest: Any = seal_pack(tmp_path / "again", signer=PACK.signer, content=SOURCE)
    for path in honest.files:
        replayed.put(f"evidence/{path}", (honest.folder / path).read_bytes())
    replayed.make_beside()
    folder = replayed.write(tmp_path / "d").parent
    found = verify(folder, signers_file(tmp_path, PACK.signer), now=NOW).findings
    assert {"V005", "V014"} <= {finding.code for finding in found}
