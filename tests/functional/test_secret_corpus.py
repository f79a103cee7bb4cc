"""How much the scan finds, and how often it is wrong, on a corpus of our own making."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateproof.release.secretscan.kingfisher import run_kingfisher
from secretcorpus import Kind, kinds

KINDS = kinds()
FEWEST = 40
RECALL, FALSE_ALARMS = 0.97, 0.01


def texts(kind: Kind) -> dict[str, tuple[str, ...]]:
    return {"true": kind.true, "false": kind.false}


@pytest.fixture(scope="module")
def hit(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of all samples that something was found in."""
    folder = tmp_path_factory.mktemp("corpus") / "samples"
    folder.mkdir()
    written = 0
    for place, kind in enumerate(KINDS):
        for which, samples in texts(kind).items():
            for number, text in enumerate(samples):
                (folder / f"{place}-{which}-{number}.txt").write_text(text, encoding="utf-8", newline="\n")
                written += 1
    report = run_kingfisher(folder)
    assert report.files == written
    return {found.name for found in report.hits}


def missed(hit: set[str], which: str, *, wanted: bool) -> list[str]:
    return [
        f"{kind.name} {number}"
        for place, kind in enumerate(KINDS)
        for number, _ in enumerate(texts(kind)[which])
        if (f"{place}-{which}-{number}.txt" in hit) is not wanted
    ]


def test_the_corpus_is_large_and_names_no_kind_twice() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= FEWEST
    assert all(len(set(samples)) >= 2 for kind in KINDS for samples in texts(kind).values())


def test_secrets_are_found(hit: set[str]) -> None:
    all_of_them = sum(len(kind.true) for kind in KINDS)
    not_found = missed(hit, "true", wanted=True)
    assert len(not_found) <= (1 - RECALL) * all_of_them, not_found


def test_what_only_looks_like_a_secret_is_let_pass(hit: set[str]) -> None:
    all_of_them = sum(len(kind.false) for kind in KINDS)
    alarms = missed(hit, "false", wanted=False)
    assert len(alarms) <= FALSE_ALARMS * all_of_them, alarms


def test_without_our_own_rules_too_many_would_be_missed(tmp_path: Path) -> None:
    """The corpus can tell a scanner that knows a kind from one that does not."""
    folder = tmp_path / "samples"
    folder.mkdir()
    for place, kind in enumerate(KINDS):
        (folder / f"{place}.txt").write_text(kind.true[0], encoding="utf-8", newline="\n")
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        "rules:\n  - name: Nothing at all\n    id: none\n    pattern: nothing-at-all-(a{40})\n",
        encoding="utf-8",
    )
    found = {hit.name for hit in run_kingfisher(folder, rules=rules).hits}
    assert len(found) < RECALL * len(KINDS)
