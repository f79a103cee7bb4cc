"""The strict ZIP reader believes no field that another contradicts."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from gateproof.errors import UnknownError
from gateproof.findings import Code
from gateproof.pack import zipreader
from gateproof.pack.zipreader import Entry, Limits, ZipLieError, open_zip
from ziplies import CONTENT_LIES, HEADER_LIES, Change, wide
from zipmaker import COMMIT, EXECUTABLE, FILE, GOOD, Piece, Pieces, good, piece


def codes(path: Path, limits: Limits = zipreader.DEFAULT) -> set[str]:
    with open_zip(path, limits) as zf:
        return {finding.code for finding in zf.findings}


def zip_of(*pieces: Piece) -> Pieces:
    return Pieces(pieces=list(pieces))


def test_a_good_zip_is_clean_and_tells_names_modes_and_contents(tmp_path: Path) -> None:
    with open_zip(good().write(tmp_path / "a.zip")) as zf:
        assert zf.findings == ()
        assert zf.content_findings() == ()
        assert {entry.name: (entry.mode, zf.read(entry)) for entry in zf.entries} == GOOD
        assert zf.folders == ("shop/",)
        assert zf.comment == COMMIT.encode()


@pytest.mark.parametrize(
    ("change", "code"), [lie[1:] for lie in HEADER_LIES], ids=[lie[0] for lie in HEADER_LIES]
)
def test_a_lie_in_the_headers_is_found_on_opening(tmp_path: Path, change: Change, code: Code) -> None:
    pieces = good()
    change(pieces)
    assert code.code in codes(pieces.write(tmp_path / "a.zip"))


@pytest.mark.parametrize(
    ("change", "code"), [lie[1:] for lie in CONTENT_LIES], ids=[lie[0] for lie in CONTENT_LIES]
)
def test_a_lie_in_the_contents_is_found_on_reading(tmp_path: Path, change: Change, code: Code) -> None:
    pieces = good()
    change(pieces)
    with open_zip(pieces.write(tmp_path / "a.zip")) as zf:
        assert code.code in {finding.code for finding in (*zf.findings, *zf.content_findings())}


def test_every_code_about_structure_has_a_lie_that_it_finds() -> None:
    shown = {lie[2] for lie in (*HEADER_LIES, *CONTENT_LIES)}
    assert {code for code in Code if code.code.startswith("Z")} - shown == {Code.TOO_MANY}


@pytest.mark.parametrize("is_deflated", [False, True])
def test_an_entry_that_was_streamed_is_clean(tmp_path: Path, is_deflated: bool) -> None:
    big = piece("big.bin", b"hello\n" * 99, is_streamed=True, is_deflated=is_deflated)
    assert codes(zip_of(big, piece("z.txt")).write(tmp_path / "a.zip")) == set()


@pytest.mark.parametrize(
    ("attributes", "mode"),
    [
        ({"made_by": 0x031E, "external": 0o100644 << 16}, FILE),
        ({"made_by": 0x0314, "external": 0o100755 << 16}, EXECUTABLE),
    ],
)
def test_other_writers_may_spell_out_the_modes_that_git_knows(
    tmp_path: Path, attributes: dict[str, int], mode: int
) -> None:
    with open_zip(zip_of(piece("a.txt").lists(**attributes)).write(tmp_path / "a.zip")) as zf:
        assert zf.findings == ()
        assert zf.entries[0].mode == mode


def test_a_folder_may_spell_out_its_mode(tmp_path: Path) -> None:
    folder = piece("a/").lists(made_by=0x0314, external=0o040755 << 16 | 0x10)
    assert codes(zip_of(folder, piece("a/b")).write(tmp_path / "a.zip")) == set()


@pytest.mark.parametrize("comment", [b"", b"0123456789abcdef" * 4])
def test_no_comment_and_a_sha256_commit_are_clean(tmp_path: Path, comment: bytes) -> None:
    assert codes(good().put(comment=comment).write(tmp_path / "a.zip")) == set()


def test_a_packed_zip_is_not_taken_for_the_end(tmp_path: Path) -> None:
    inner = zip_of(piece("a.txt")).made()
    assert codes(zip_of(piece("inner.zip", inner)).write(tmp_path / "a.zip")) == set()


def test_a_zip_without_its_end_is_truncated(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(good().made()[:300])
    with open_zip(tmp_path / "a.zip") as zf:
        assert {finding.code for finding in zf.findings} == {Code.TRUNCATED.code}
        assert zf.entries == ()


@pytest.mark.parametrize("contents", [b"", b"hello", bytes(100_000)])
def test_what_is_no_zip_is_unknown_rather_than_unclean(tmp_path: Path, contents: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(contents)
    with pytest.raises(UnknownError, match="is not a ZIP file"):
        open_zip(tmp_path / "a.zip")


def test_a_folder_and_a_missing_file_are_no_files(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.zip"):
        with pytest.raises(UnknownError, match="is not a file"):
            open_zip(path)


def test_an_unreadable_file_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = good().write(tmp_path / "a.zip")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UnknownError, match="Permission denied"):
        open_zip(path)


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), KeyboardInterrupt()])
def test_a_disk_that_fails_while_opening_leaves_no_file_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    path = good().write(tmp_path / "a.zip")
    files = []

    def fail(file: object, _: object) -> None:
        files.append(file)
        raise error

    monkeypatch.setattr(zipreader, "survey", fail)
    with pytest.raises(UnknownError if isinstance(error, OSError) else KeyboardInterrupt):
        open_zip(path)
    assert files[0].closed  # type: ignore[attr-defined]


# Limits.


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(entries=3), Code.TOO_MANY),
        (Limits(directory=99), Code.TOO_MANY),
        (Limits(folders=4), Code.TOO_MANY),
        (Limits(size=300), Code.TOO_BIG),
        (Limits(total=600), Code.TOO_BIG),
        (Limits(ratio=10, ratio_from=100), Code.RATIO),
        (Limits(link=3), Code.NOT_A_LINK),
    ],
)
def test_a_limit_is_a_finding(tmp_path: Path, limits: Limits, code: Code) -> None:
    assert codes(good().write(tmp_path / "a.zip"), limits) == {code.code}


def test_nothing_is_read_beyond_the_limit_for_all_together(tmp_path: Path) -> None:
    with open_zip(good().write(tmp_path / "a.zip"), Limits(total=600)) as zf:
        for entry in zf.entries:
            with pytest.raises(ZipLieError, match="Z027"):
                zf.read(entry)
        assert zf.content_findings() == ()


def test_of_many_findings_of_a_kind_the_rest_is_counted(tmp_path: Path) -> None:
    pieces = [piece(f"{number}:", b"") for number in range(150)]
    pieces = [one.lists(external=1) for one in pieces]
    with open_zip(zip_of(*pieces).write(tmp_path / "a.zip")) as zf:
        assert len(zf.findings) == 101
        assert zf.findings[-1].sentence == "And 50 more."


# Contents.


def test_blocks_are_small_and_say_everything(tmp_path: Path) -> None:
    stored, packed = zlib.crc32(b"x").to_bytes(4, "little") * 700_000, b"hello\n" * 500_000
    pieces = zip_of(piece("a", stored), piece("b", packed, is_deflated=True))
    with open_zip(pieces.write(tmp_path / "a.zip")) as zf:
        for entry, data in zip(zf.entries, (stored, packed), strict=True):
            blocks = list(zf.blocks(entry))
            assert b"".join(blocks) == data
            assert len(blocks) > 1
            assert max(map(len, blocks)) <= 1 << 20


def test_deflate_that_says_nothing_for_long_is_read_to_its_end(tmp_path: Path) -> None:
    one = piece("a", b"")
    one.put(payload=b"\0\0\0\xff\xff" * 60_000 + b"\1\0\0\xff\xff")
    one.both(method=8, compressed=len(one.payload))
    with open_zip(zip_of(one).write(tmp_path / "a.zip")) as zf:
        assert (zf.findings, zf.content_findings()) == ((), ())


def test_two_entries_can_be_read_in_turns(tmp_path: Path) -> None:
    data = bytes(range(256)) * 10_000
    with open_zip(zip_of(piece("a", data), piece("b", data)).write(tmp_path / "a.zip")) as zf:
        both = zip(*map(zf.blocks, zf.entries), strict=True)
        assert all(a == b for a, b in both)


def test_a_file_that_was_cut_after_opening_is_a_lie(tmp_path: Path) -> None:
    path = zip_of(piece("a", b"x" * 3_000_000)).write(tmp_path / "a.zip")
    with open_zip(path) as zf:
        with path.open("rb+") as file:
            file.truncate(2_000_000)
        with pytest.raises(ZipLieError, match="Z029 a: "):
            zf.read(zf.entries[0])


def test_what_overlaps_is_not_read(tmp_path: Path) -> None:
    pieces = good()
    pieces.of("logo.png").both(compressed=300, size=300)
    with open_zip(pieces.write(tmp_path / "a.zip")) as zf:
        manage = next(entry for entry in zf.entries if entry.name == "manage.py")
        with pytest.raises(ZipLieError) as caught:
            zf.read(manage)
        assert caught.value.finding.code == Code.OVERLAP.code
        assert caught.value.exit_code == 1


def test_names_come_back_as_the_bytes_that_they_were(tmp_path: Path) -> None:
    with open_zip(zip_of(piece(b"bad\xff.txt")).write(tmp_path / "a.zip")) as zf:
        assert zf.entries[0].name.encode("utf-8", "surrogateescape") == b"bad\xff.txt"
        assert zf.findings[0].path == "bad\\udcff.txt"


# Sizes that only ZIP64 can tell: no such file is made, but the headers are read all the same.

FULL = 0xFFFFFFFF
HUGE = 5 << 30
LIMITLESS = Limits(size=1 << 40, total=1 << 40, ratio=1 << 40)


def entry_of(path: Path) -> tuple[Entry, set[str]]:
    with open_zip(path, LIMITLESS) as zf:
        return zf.entries[0], {finding.code for finding in zf.findings}


def test_a_size_beyond_4_gib_is_read_from_zip64(tmp_path: Path) -> None:
    one = piece("huge.bin", b"hello\n" * 99, is_deflated=True).both(needed=45, size=FULL)
    packed = len(one.payload)
    one.has(compressed=FULL)
    one.put(extra=one.extra + wide(HUGE), own_extra=one.own_extra + wide(HUGE, packed))
    entry, found = entry_of(zip_of(one).write(tmp_path / "a.zip"))
    assert (entry.size, entry.compressed, found) == (HUGE, packed, set())


def test_a_streamed_blob_of_more_than_2_gib_is_read_as_git_writes_it(tmp_path: Path) -> None:
    one = piece("huge.bin", b"hello\n" * 99, is_deflated=True, is_streamed=True)
    packed, crc, size = len(one.payload) - 16, one.line["crc"], 3 << 30
    one.both(needed=45).lists(size=size).has(size=FULL, compressed=FULL)
    one.put(own_extra=one.own_extra + wide(size, 0))
    one.put(payload=one.payload[:-16] + struct.pack("<4sLLL", b"PK\7\x08", crc, packed, size))
    entry, found = entry_of(zip_of(one).write(tmp_path / "a.zip"))
    assert (entry.size, found) == (size, set())


def test_a_streamed_blob_of_more_than_4_gib_has_a_wide_descriptor(tmp_path: Path) -> None:
    one = piece("huge.bin", b"hello\n" * 99, is_deflated=True, is_streamed=True)
    packed, crc = len(one.payload) - 16, one.line["crc"]
    one.both(needed=45, size=FULL).has(compressed=FULL)
    one.put(extra=one.extra + wide(HUGE), own_extra=one.own_extra + wide(HUGE, 0))
    one.put(payload=one.payload[:-16] + struct.pack("<4sLQQ", b"PK\7\x08", crc, packed, HUGE))
    entry, found = entry_of(zip_of(one).write(tmp_path / "a.zip"))
    assert (entry.size, found) == (HUGE, set())


def test_more_than_65535_entries_have_a_zip64_end_record(tmp_path: Path) -> None:
    many = zip_of(*(piece(f"f{number}", b"") for number in range(1000)))
    many.put(
        end64={"entries": 65_536, "entries_here": 65_536}, end={"entries": 0xFFFF, "entries_here": 0xFFFF}
    )
    with open_zip(many.write(tmp_path / "a.zip")) as zf:
        assert [finding.code for finding in zf.findings] == [Code.END_RECORD.code]
        assert zf.findings[0].sentence.endswith("It counts 65,536 entries, the listing 1,000.")
