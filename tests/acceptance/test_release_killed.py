"""Killed anywhere: there is the tag or there is not, the repository is as it was, and the next call completes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
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
SAMPLE = 8  # of some 500


@dataclass(frozen=True, kw_only=True)
class Steps:
    """The system steps of a whole release."""

    tag: int
    """The number of the one that makes the tag."""
    all: int


@pytest.fixture(scope="module")
def steps(template: Shop, tmp_path_factory: pytest.TempPathFactory) -> Steps:
    done = run(template.copy(tmp_path_factory.mktemp("whole")), "0")
    assert done.returncode == 0, done.stderr
    tagged, seen = map(int, done.stdout.split()[-2:])
    return Steps(tag=tagged, all=seen)


def run(
    shop: Shop, stop_before: str, limit: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    scratch = shop.root.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    env = shop.project.environment() | {VARIABLE: str(shop.key), "TMPDIR": str(scratch)}
    return subprocess.run(
        [sys.executable, str(DRIVER), str(shop.root), stop_before],
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


def kill_before(shop: Shop, step: int, steps: Steps) -> None:
    before = shop.state()
    done = run(shop, str(step))
    was_killed = done.returncode == -9
    # How many files git and the libraries touch differs a little between runs, so a step that came after the tag may
    # not come at all. That is no hole: then the release is whole, which is asked, and the steps around the tag are
    # named below instead of counted.
    assert was_killed or (done.returncode, step > steps.tag) == (0, True), (step, done.stderr)
    assert is_whole_or_as_before(shop, before) or was_killed
    completes(shop)


def test_a_release_takes_many_steps_and_some_after_its_tag(steps: Steps) -> None:
    assert steps.tag >= 40
    assert 3 <= steps.all - steps.tag <= 20


@pytest.mark.parametrize("place", range(SAMPLE))
def test_killed_here_and_there(template: Shop, steps: Steps, tmp_path: Path, place: int) -> None:
    """Evenly spread over the whole."""
    kill_before(template.copy(tmp_path), 1 + place * (steps.all - 1) // (SAMPLE - 1), steps)


@pytest.mark.parametrize(
    ("step", "has_delivery", "has_tag"),
    [
        ("pack-objects", False, False),
        ("unpack-objects", False, False),
        ("dist/0.2.0'", False, False),
        ("+dist/0.2.0'", True, False),
        ("update-ref", True, False),
    ],
)
def test_killed_around_what_a_person_would_see(
    template: Shop, tmp_path: Path, step: str, has_delivery: bool, has_tag: bool
) -> None:
    """The objects come, the delivery gets its name, the tag gets its ref; each is there or is not."""
    shop = template.copy(tmp_path)
    before = shop.state()

    done = run(shop, step)

    assert done.returncode == -9, (done.stdout, done.stderr)
    assert is_whole_or_as_before(shop, before) is has_tag
    assert (shop.root / "dist" / "0.2.0").exists() is has_delivery
    completes(shop)


def test_killed_once_the_tag_is_there(template: Shop, tmp_path: Path) -> None:
    """Git makes the ref by itself: killed at the next step, which may come before or after that."""
    shop = template.copy(tmp_path)
    before = shop.state()

    assert run(shop, "+update-ref").returncode == -9

    is_whole_or_as_before(shop, before)
    assert (shop.root / "dist" / "0.2.0").exists()
    completes(shop)


@pytest.mark.long
def test_killed_before_every_single_step(template: Shop, steps: Steps, tmp_path: Path) -> None:
    for step in range(1, steps.all + 1):
        (tmp_path / str(step)).mkdir()
        kill_before(template.copy(tmp_path / str(step)), step, steps)
        shutil.rmtree(tmp_path / str(step))


def _small_files(most: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


@pytest.mark.parametrize("most", [1500, 6000])
def test_a_full_disk_changes_nothing_and_is_said(template: Shop, tmp_path: Path, most: int) -> None:
    shop = template.copy(tmp_path)
    before = shop.state()

    done = run(shop, "0", partial(_small_files, most))

    assert done.returncode != 0
    assert "UnknownError" in done.stderr, done.stderr
    assert not is_whole_or_as_before(shop, before)
    completes(shop)
