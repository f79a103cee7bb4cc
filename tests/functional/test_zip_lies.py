"""No lie told with a ZIP that git made is ever clean."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateproof.errors import UnknownError
from gateproof.findings import Code
from gateproof.git import TreeEntry, tree_entries
from gateproof.model import Finding
from gateproof.pack.zipreader import ZipLieError, open_zip
from gateproof.release.archive import archive, compare
from gitmaker import File, repository, run_git
from ziplies import CONTENT_LIES, HEADER_LIES
from zipmaker import GOOD, Pieces, good, pieces_of

Contents = dict[str, tuple[int, bytes]]


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files: dict[str | bytes, File] = dict(GOOD.items())
    return repository(tmp_path_factory.mktemp("lies") / "repo", files)


@pytest.fixture(scope="module")
def made_by_git(repo: Path) -> bytes:
    target = repo.parent / "good.zip"
    assert archive(repo, "main", target).findings == ()
    return target.read_bytes()


@pytest.fixture(scope="module")
def commit(repo: Path) -> str:
    return run_git(repo, "rev-parse", "main").decode().strip()


@pytest.fixture(scope="module")
def tree(repo: Path, commit: str) -> tuple[TreeEntry, ...]:
    return tree_entries(repo, commit)


@pytest.mark.skipif(
    zlib.ZLIB_RUNTIME_VERSION != zlib.ZLIB_VERSION, reason="another zlib may deflate otherwise"
)
def test_the_builder_of_these_tests_writes_what_git_writes(made_by_git: bytes, commit: str) -> None:
    ours, git = good().put(comment=commit.encode()), pieces_of(made_by_git)
    for one, other in zip(ours.pieces, git.pieces, strict=True):
        assert one.header() + one.listed(0) == other.header() + other.listed(0)
    assert git.made() == made_by_git


@pytest.mark.parametrize(
    ("change", "code"),
    [lie[1:] for lie in (*HEADER_LIES, *CONTENT_LIES)],
    ids=[lie[0] for lie in (*HEADER_LIES, *CONTENT_LIES)],
)
def test_no_lie_is_clean(
    tmp_path: Path, made_by_git: bytes, change: Callable[[Pieces], object], code: Code
) -> None:
    pieces = pieces_of(made_by_git)
    change(pieces)
    with open_zip(pieces.write(tmp_path / "a.zip")) as zf:
        assert code.code in {finding.code for finding in (*zf.findings, *zf.content_findings())}


LIES_ABOUT_THE_COMMIT: list[tuple[str, Callable[[Pieces], object], Code]] = [
    ("a link stored as a file", lambda z: z.of("shop/latest").lists(made_by=0, external=0), Code.MODE),
    ("made executable", lambda z: z.of("logo.png").lists(made_by=0x317, external=0o100755 << 16), Code.MODE),
    ("made plain", lambda z: z.of("manage.py").lists(made_by=0, external=0), Code.MODE),
    ("left out", lambda z: z.pieces.remove(z.of("logo.png")), Code.MISSING),
    ("renamed", lambda z: z.of("logo.png").renamed(b"other.png"), Code.FOREIGN),
    ("another commit", lambda z: z.put(comment=b"f" * 40), Code.OTHER_COMMIT),
    ("no commit", lambda z: z.put(comment=b""), Code.OTHER_COMMIT),
    (
        "other contents, and all checksums right",
        lambda z: (
            z.of("shop/urls.py")
            .put(payload=b"urlpatterns = 1;\n")
            .both(crc=zlib.crc32(b"urlpatterns = 1;\n"))
        ),
        Code.CONTENT,
    ),
]


@pytest.mark.parametrize(
    ("change", "code"),
    [lie[1:] for lie in LIES_ABOUT_THE_COMMIT],
    ids=[lie[0] for lie in LIES_ABOUT_THE_COMMIT],
)
def test_what_no_zip_can_show_alone_the_commit_shows(  # noqa: PLR0917
    tmp_path: Path,
    made_by_git: bytes,
    commit: str,
    tree: tuple[TreeEntry, ...],
    change: Callable[[Pieces], object],
    code: Code,
) -> None:
    pieces = pieces_of(made_by_git)
    change(pieces)
    with open_zip(pieces.write(tmp_path / "a.zip")) as zf:
        assert zf.findings == ()
        assert code.code in {finding.code for finding in compare(zf, commit, tree)}


def seen_in(path: Path) -> tuple[tuple[Finding, ...], Contents]:
    """All findings about a ZIP, and what could be read of it."""
    with open_zip(path) as zf:
        findings, contents = list(zf.findings), {}
        for entry in zf.entries:
            try:
                contents[entry.name] = (entry.mode, zf.read(entry))
            except ZipLieError as lie:
                findings.append(lie.finding)
        return tuple(findings), contents


def never_clean_and_different(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        findings, contents = seen_in(path)
    except UnknownError:
        return
    if not findings:
        assert contents == GOOD


QUIETLY = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)


@pytest.mark.no_cover
@QUIETLY
@given(data=st.data())
def test_flipped_bytes_are_never_clean_and_different(
    tmp_path: Path, made_by_git: bytes, data: st.DataObject
) -> None:
    changed = bytearray(made_by_git)
    places = st.integers(0, len(changed) - 1)
    # Headers are where the lies are, and most of them stand at the end.
    late = st.integers(len(changed) - 700, len(changed) - 1)
    for place in data.draw(st.lists(places | late, min_size=1, max_size=4)):
        changed[place] ^= data.draw(st.integers(1, 255))
    never_clean_and_different(tmp_path / "a.zip", bytes(changed))


@pytest.mark.no_cover
@QUIETLY
@given(data=st.data())
def test_cut_and_moved_bytes_are_never_clean_and_different(
    tmp_path: Path, made_by_git: bytes, data: st.DataObject
) -> None:
    size = len(made_by_git)
    start, stop, to = (data.draw(st.integers(0, size)) for _ in range(3))
    part = made_by_git[min(start, stop) : max(start, stop)]
    rest = made_by_git[: min(start, stop)] + made_by_git[max(start, stop) :]
    for changed in (rest, part, rest[:to] + part + rest[to:], made_by_git[:to] + part + made_by_git[to:]):
        never_clean_and_different(tmp_path / "a.zip", changed)


@pytest.mark.no_cover
@QUIETLY
@given(data=st.binary(max_size=400), at=st.sampled_from([0, None]))
def test_bytes_put_in_front_or_behind_are_never_clean(
    tmp_path: Path, made_by_git: bytes, data: bytes, at: int | None
) -> None:
    changed = data + made_by_git if at == 0 else made_by_git + data
    (tmp_path / "a.zip").write_bytes(changed)
    findings, contents = seen_in(tmp_path / "a.zip")
    assert bool(findings) == bool(data)
    assert findings or contents == GOOD
