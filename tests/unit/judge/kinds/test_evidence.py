"""Proofs about the proofs: empty, unreadable, damaged, unindexed or foreign files are named."""

from __future__ import annotations

import zlib

import pytest

from bundles import bundle_of, complaint, judged
from gateproof.judge.pictures import picture_problem
from gateproof.judge.verdict import Verdict
from gateproof.model import Finding

MET, UNMET, UNPROVEN = Verdict.MET, Verdict.UNMET, Verdict.UNPROVEN


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def png(
    *, width: int = 2, height: int = 2, pixels: bytes | None = None, end: bool = True, colour: int = 2
) -> bytes:
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, colour, 0, 0, 0])
    raw = zlib.compress(b"\0" * (height * (width * 3 + 1))) if pixels is None else pixels
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", raw), *([chunk(b"IEND", b"")] if end else [])]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (png(), ""),
        (b"\xff\xd8\xff\xe0 jpeg \xff\xd9", ""),
        (b"\xff\xd8\xff\xe0 jpeg", "cut short"),
        (png(end=False), "cut short"),
        (png()[:-3], "cut short"),
        (png()[:40] + b"x" + png()[41:], "damaged"),
        (png(pixels=b"nonsense"), "do not decode"),
        (png(pixels=zlib.compress(b"\0" * 4)), "pixels are cut short"),
        (png(pixels=zlib.compress(b"\0" * 14)[:-5]), "pixels are cut short"),
        (png(width=0), "none that a screenshot has"),
        (png(colour=5), "none that a screenshot has"),
        (b"GIF89a", "neither a PNG nor a JPEG"),
        (b"", "neither a PNG nor a JPEG"),
    ],
)
def test_a_picture_decodes_or_says_why_not(raw: bytes, words: str) -> None:
    assert words in picture_problem(raw)
    assert bool(words) is bool(picture_problem(raw))


def picture(width: int, height: int, *, depth: int, colour: int, raw: bytes, interlaced: int = 0) -> bytes:
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([depth, colour, 0, 0, interlaced])
    parts = [
        chunk(b"IHDR", header),
        chunk(b"tEXt", b"x"),
        *(chunk(b"IDAT", raw[n : n + 7]) for n in range(0, len(raw), 7)),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


def squeezed(size: int) -> bytes:
    return zlib.compress(b"\0" * size)


CUT, NONE = "it is a PNG that is cut short", "its size or colours are none that a screenshot has"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (picture(1, 1, depth=8, colour=0, raw=squeezed(2)), ""),
        (picture(300, 2, depth=8, colour=2, raw=squeezed(2 * 901)), ""),
        (picture(2, 300, depth=8, colour=6, raw=squeezed(300 * 9)), ""),
        (picture(9, 3, depth=1, colour=3, raw=squeezed(3 * 3)), ""),
        (picture(5, 2, depth=16, colour=4, raw=squeezed(2 * 21)), ""),
        (picture(1000, 1500, depth=8, colour=2, raw=squeezed(1500 * 3001)), ""),
        (picture(9, 3, depth=1, colour=3, raw=squeezed(3 * 2)), "its pixels are cut short"),
        (picture(9, 3, depth=1, colour=3, raw=squeezed(7), interlaced=1), ""),
        (picture(1, 0, depth=8, colour=0, raw=squeezed(2)), NONE),
        (picture(1 << 24, 1 << 24, depth=8, colour=0, raw=squeezed(2)), NONE),
        (picture(10_001, 10_000, depth=8, colour=0, raw=squeezed(2)), NONE),
        (picture(10_000, 10_000, depth=8, colour=0, raw=squeezed(2)), "its pixels are cut short"),
        (picture(1, (1 << 24) + 2, depth=8, colour=0, raw=squeezed(4)), "its pixels are cut short"),
        (picture(1, 1, depth=8, colour=7, raw=squeezed(2)), NONE),
        (picture(1, 1, depth=8, colour=0, raw=b""), "its pixels are cut short"),
        (b"\x89PNG\r\n\x1a\n", CUT),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""), CUT),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(12)) + chunk(b"IEND", b""), CUT),
        (b"\x89PNG\r\n\x1a\n" + (1 << 24).to_bytes(4, "big") + b"IHDR" + bytes(20), CUT),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IH\xffR", b"")[:-1] + b"x", "its IH\ufffdR chunk is damaged"),
        (b"\xff\xd8 jpeg \xff\xd9\0\0\0", ""),
        (b"\0\xff\xd8 jpeg \xff\xd9", "it is neither a PNG nor a JPEG"),
        (b"\xff\xd8 jpeg \xff\xd9X", "it is a JPEG that is cut short"),
        (b"\xff\xd8 jpeg \xff\xd9 ", "it is a JPEG that is cut short"),
    ],
)
def test_what_is_wrong_with_a_picture_is_said_whole(raw: bytes, said: str) -> None:
    assert picture_problem(raw) == said


LOG = "evidence/gates/test/py3.11-linux/20260101T120000Z-00000000/output.log"


@pytest.mark.parametrize(
    ("check", "path", "raw", "verdict", "words"),
    [
        ("not-empty", "a.txt", b"x", MET, "none is empty"),
        ("not-empty", "a.txt", b"", UNMET, "a.txt: it is empty"),
        ("not-empty", "a.txt", b"\xef\xbb\xbf \r\n\0", UNMET, "nothing but blanks"),
        ("utf-8", "a.txt", "größer".encode(), MET, "UTF-8 text without NUL"),
        ("utf-8", "a.txt", "text".encode("utf-16"), UNMET, "it is UTF-16-LE"),
        ("utf-8", "a.txt", b"\xfe\xff\0a", UNMET, "it is UTF-16-BE"),
        ("utf-8", "a.txt", "text".encode("utf-32"), UNMET, "it is UTF-32-LE"),
        ("utf-8", "a.txt", "a long text".encode("utf-16-le"), UNMET, "UTF-16-LE without a mark"),
        ("utf-8", "a.txt", "a long text".encode("utf-16-be"), UNMET, "UTF-16-BE without a mark"),
        ("utf-8", "a.txt", b"text\0", UNMET, "NUL"),
        ("utf-8", "a.txt", b"\0\0\xfe\xff\0\0\0a", UNMET, "it is UTF-32-BE"),
        ("utf-8", "a.txt", b"a\0b\0", UNMET, "UTF-16-LE without a mark"),
        ("utf-8", "a.txt", b"\0a\0b", UNMET, "UTF-16-BE without a mark"),
        ("utf-8", "a.txt", b"a\0b", UNMET, "NUL"),
        ("utf-8", "a.txt", b"\0\0\0\0", UNMET, "NUL"),
        ("utf-8", "a.txt", b"a\0b\0cdefgh", UNMET, "NUL"),
        ("utf-8", "a.txt", b"a\0b\0c\0defg", UNMET, "NUL"),
        ("utf-8", "a.txt", b"a\0" * 10 + b"\0\0" + b"b\0" * 9, UNMET, "UTF-16-LE without a mark"),
        ("utf-8", "a.txt", b"a\0" * 8 + b"\0\0" * 2, UNMET, "NUL"),
        ("utf-8", "a.txt", b"\0a" * 10 + b"\0\0" + b"\0b" * 9, UNMET, "UTF-16-BE without a mark"),
        ("utf-8", "a.txt", b"\0a" * 8 + b"\0\0" * 2, UNMET, "NUL"),
        ("utf-8", "a.txt", b"a" * 512 + b"\0", UNMET, "NUL"),
        ("not-empty", "a.txt", b" " * 4095, UNMET, "nothing but blanks"),
        ("not-empty", "a.txt", b" " * 4096, MET, "none is empty"),
        ("not-empty", "a.txt", b"X", MET, "none is empty"),
        ("only-sealed", "x/evidence/README.md", b"x", UNMET, "nothing that sealing writes"),
        ("utf-8", "a.txt", b"caf\xe9", UNMET, "not UTF-8 (byte 3)"),
        ("utf-8", "a.png", b"x", UNPROVEN, "no file that this is about"),
        ("pictures", "a.png", png(), MET, "each decodes"),
        ("pictures", "a.png", b"x", UNMET, "a.png: it is neither"),
        ("pictures", "a.txt", b"x", UNPROVEN, "no file that this is about"),
        ("only-sealed", LOG.removeprefix("evidence/"), b"x", MET, "that sealing writes"),
        ("only-sealed", "conftest.py", b"x", UNMET, "nothing that sealing writes"),
    ],
)
def test_each_check_says_no(check: str, path: str, raw: bytes, verdict: Verdict, words: str) -> None:
    judgement = judged(f"evidence: {check}", bundle_of({f"evidence/{path}": raw}))

    assert judgement.verdict is verdict
    assert words in judgement.reason


@pytest.mark.parametrize("check", ["not-empty", "utf-8", "pictures", "only-sealed", "indexed"])
def test_no_folder_is_no_proof(check: str) -> None:
    assert judged(f"evidence: {check}", bundle_of({"a.txt": "x"})).verdict is UNPROVEN


@pytest.mark.parametrize("proof", ["evidence: utf-8", "evidence: indexed", "pictures: admin"])
def test_before_sealing_it_is_said_that_sealing_decides(proof: str) -> None:
    judgement = judged(proof, bundle_of({"a.txt": "x"}, is_sealed=False))

    assert judgement.verdict is UNPROVEN
    assert judgement.awaits_delivery
    assert judgement.reason == "decided by sealing: there is no evidence/ yet"


INDEX = "evidence: indexed in docs/proof by docs/index.md"


@pytest.mark.parametrize(
    ("index", "verdict", "words"),
    [
        ("[a](proof/a.txt) [b](proof/b.txt)", MET, "links all 2 files"),
        ("[a](proof/a.txt)", UNMET, "does not link docs/proof/b.txt"),
        ("nothing", UNMET, "and 1 more"),
        (
            "[a](proof/a.txt) [b](proof/b.txt) [c](proof/c.txt)",
            UNMET,
            "links to docs/proof/c.txt, which is not",
        ),
    ],
)
def test_the_index_and_the_folder_are_the_same_set(index: str, verdict: Verdict, words: str) -> None:
    bundle = bundle_of({"docs/index.md": index, "docs/proof/a.txt": "x", "docs/proof/b.txt": "x"})

    judgement = judged(INDEX, bundle)

    assert judgement.verdict is verdict
    assert words in judgement.reason


def test_the_seals_own_files_need_no_line_in_their_own_index() -> None:
    files = {"evidence/README.md": "[log](x.log)", "evidence/x.log": "x", "evidence/SHA256SUMS": "x"}

    assert judged("evidence: indexed", bundle_of(files)).verdict is MET


def test_an_index_may_link_by_its_own_address_and_a_folder_is_there_by_its_files() -> None:
    own = {"pyproject.toml": '[project.urls]\nhome = "https://github.com/me/shop"\n'}
    proof = {"docs/proof/a.txt": "x", "docs/proof/b/c.txt": "x"}
    index = "[a](https://github.com/me/shop/blob/main/docs/proof/a.txt) [b](proof/b/c.txt) [b](proof/b)"

    assert judged(INDEX, bundle_of({"docs/index.md": index} | proof | own)).reason == (
        "docs/index.md links all 2 files of docs/proof/"
    )
    other = {"pyproject.toml": own["pyproject.toml"].replace("me/shop", "me/other")}
    assert judged(INDEX, bundle_of({"docs/index.md": index} | proof | other)).verdict is UNMET


def test_eleven_screenshots_are_ten_links() -> None:
    files = {f"evidence/{n:02}-admin.png": png() for n in range(11)}
    judgement = judged("pictures: admin", bundle_of(files))

    assert judgement.reason == "11 screenshots decode"
    assert judgement.evidence == tuple(sorted(files)[:10])


def test_no_index_is_said() -> None:
    assert "no proof index docs/index.md" in judged(INDEX, bundle_of({"docs/proof/a.txt": "x"})).reason


def test_each_role_has_its_screenshot() -> None:
    files = {"evidence/deploy/x/admin-orders.png": png(), "evidence/deploy/x/customer.png": png()}

    assert judged("pictures: admin, customer", bundle_of(files)).verdict is MET
    assert "no screenshot of ops" in judged("pictures: admin, ops", bundle_of(files)).reason
    damaged = files | {"evidence/y/admin.png": b"x"}
    assert "neither a PNG" in judged("pictures: admin", bundle_of(damaged)).reason
    elsewhere = judged("pictures: admin", bundle_of({"docs/admin.png": png()}))
    assert "docs/admin.png is not in evidence/" in elsewhere.reason


def test_pictures_of_evidence_that_is_not_sound_show_nothing() -> None:
    unsound = (Finding(code="V005", path="evidence/x", sentence="Changed."),)
    bundle = bundle_of({"evidence/admin.png": png()}, unsound=unsound)

    assert judged("pictures: admin", bundle).verdict is UNPROVEN


@pytest.mark.parametrize(
    ("kind", "argument"),
    [("evidence", "pretty"), ("evidence", "utf-8 in"), ("pictures", "a b"), ("claims", "all")],
)
def test_an_argument_that_asks_nothing_is_a_mistake(kind: str, argument: str) -> None:
    assert complaint(kind, argument)


def test_how_many_more_are_wrong_is_said() -> None:
    two, three = ({f"docs/proof/{n}.txt": b"" for n in range(count)} for count in (2, 3))
    for files, said in ((two, "and 1 more"), (three, "and 2 more")):
        judgement = judged("evidence: not-empty in docs/proof", bundle_of(files))
        assert judgement.reason == f"docs/proof/0.txt: it is empty, {said}"
        assert len(judgement.evidence) == len(files)
