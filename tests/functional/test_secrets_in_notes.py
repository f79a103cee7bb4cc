"""No secret stands in release notes: one in a commit's subject, the changelog or a file's name stops the release."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bundles import bundle_of, run
from gateproof.errors import RefusedError
from gateproof.judge.changes import compare
from gateproof.release.notes import Commit, Facts, notes, tag_page
from gateproof.release.secretscan.texts import refuse_secrets_in
from secretcorpus import planted

SECRETS = planted(seed=11)
TOKENS = ("GitHub", "GitHub, fine-grained")
FACTS = Facts(
    product="shop",
    version="0.3.0",
    tag="v0.3-m3",
    day=date(2026, 11, 24),
    section="- A till.",
    previous="v0.2-m2",
    checksums=(("shop.zip", "a" * 64),),
    zip_name="shop.zip",
)


def told(facts: Facts) -> dict[str, bytes]:
    return {"NOTES.md": notes(facts).encode(), "tag-page.md": tag_page(facts).encode()}


def in_a_subject(secret: str) -> Facts:
    return replace(FACTS, commits=(Commit(id="2" * 40, subject=f"Use {secret} for the till"),))


def in_the_changelog(secret: str) -> Facts:
    return replace(FACTS, section=f"- The till now uses {secret}.")


def in_a_file_name(secret: str) -> Facts:
    new = bundle_of({f"shop/migrations/0001_{secret}.py": "1"}, run())
    return replace(FACTS, changes=compare(bundle_of({"shop/migrations/0000_a.py": "1"}, run()), new))


@pytest.mark.parametrize("place", [in_a_subject, in_the_changelog, in_a_file_name])
@pytest.mark.parametrize("kind", TOKENS)
def test_a_secret_in_the_notes_stops_the_release(place: object, kind: str) -> None:
    assert callable(place)
    texts = told(place(SECRETS[kind]))
    assert any(SECRETS[kind].encode() in text.replace(b"\\", b"") for text in texts.values())

    with pytest.raises(RefusedError, match="The release notes hold a secret") as refused:
        refuse_secrets_in(texts)

    assert SECRETS[kind] not in str(refused.value)


def test_notes_without_a_secret_pass() -> None:
    refuse_secrets_in(told(FACTS))
    refuse_secrets_in(told(in_a_subject("a drawer")))
