"""Killed anywhere: there is the tag or there is not, the repository is as it was, and the next call completes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from functional.releasing import VARIABLE, Shop, now
from gateproof.pack.verify import Answer, verify

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(
        os.name != "posix", reason="SIGKILL and RLIMIT_FSIZE are POSIX; elsewhere it runs in CI."
    ),
]
DRIVER = Path(__file__).with_name("killing.py")
TAG = "v0.2-m2-ops"
SAMPLE = 12  # of some 200


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop.make(tmp_path_factory.mktemp("ready"))


@pytest.fixture(scope="module")
def steps(template: Shop, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many system steps a whole release takes."""
    done = run(template.copy(tmp_path_factory.mktemp("whole")), 0)
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1])


def run(
    shop: Shop, stop_before: int, limit: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    scratch = shop.root.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    env = shop.project.environment() | {VARIABLE: str(shop.key), "TMPDIR": str(scratch)}
    return subprocess.run(
        [sys.executable, str(DRIVER), str(shop.root), str(stop_before)],
        env=env,
        capture_output=True,
        check=False,
        encoding="utf-8",
        preexec_fn=limit,
    )


def is_whole_or_as_before(shop: Shop, before: tuple[str, ...]) -> bool:
    """Whether there is a tag: then all of it is there. Everything else must be as it was, in any case."""
    refs, *others = shop.state()
    assert others == list(before[1:])
    assert shop.project.git("fsck", "--no-dangling", "--connectivity-only") == ""
    if refs == before[0]:
        return False
    tag = shop.project.git("rev-parse", f"refs/tags/{TAG}")
    assert set(refs.splitlines()) - set(before[0].splitlines()) == {f"{tag} tag\trefs/tags/{TAG}"}
    assert verify(shop.root / "dist" / "0.2.0", shop.signers, now=now()).answer is Answer.VERIFIED
    return True


def completes(shop: Shop) -> None:
    """Called again, the release is whole, and nothing of the call that was stopped lies about."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(shop.key))
        shop.release()
    assert [path.name for path in (shop.root / "dist").iterdir()] == ["0.2.0"]
    assert verify(shop.root / "dist" / "0.2.0", shop.signers, now=now()).answer is Answer.VERIFIED
    assert shop.project.git("rev-parse", f"{TAG}^{{commit}}^@") == shop.project.git("rev-parse", "HEAD")


def kill_before(shop: Shop, step: int, *, is_near_end: bool) -> None:
    before = shop.state()
    done = run(shop, step)
    # How many files a library touches differs a little between runs: a last step may not come. Then all is done.
    was_killed = done.returncode == -9
    assert was_killed or (done.returncode, is_near_end) == (0, True), (step, done.stderr)
    assert is_whole_or_as_before(shop, before) or was_killed
    completes(shop)


def test_a_release_takes_many_steps(steps: int) -> None:
    assert steps >= 40


@pytest.mark.parametrize("place", range(SAMPLE))
def test_killed_here_and_there(template: Shop, steps: int, tmp_path: Path, place: int) -> None:
    """Half of the places evenly spread, half the last steps: the delivery's rename, and the tag."""
    half = SAMPLE // 2
    step = 1 + place * steps // half if place < half else steps - (place - half)
    kill_before(template.copy(tmp_path), step, is_near_end=step > steps - 4)


@pytest.mark.long
def test_killed_before_every_single_step(template: Shop, steps: int, tmp_path: Path) -> None:
    for step in range(1, steps + 1):
        (tmp_path / str(step)).mkdir()
        kill_before(template.copy(tmp_path / str(step)), step, is_near_end=step > steps - 4)


def _small_files(most: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


@pytest.mark.parametrize("most", [1500, 6000])
def test_a_full_disk_changes_nothing_and_is_said(template: Shop, tmp_path: Path, most: int) -> None:
    shop = template.copy(tmp_path)
    before = shop.state()

    done = run(shop, 0, partial(_small_files, most))

    assert done.returncode != 0
    assert "UnknownError" in done.stderr, done.stderr
    assert not is_whole_or_as_before(shop, before)
    completes(shop)
