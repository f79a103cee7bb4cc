"""A proof map names the proofs of a document that has none of its own."""

from __future__ import annotations

from datetime import date

import pytest

from gateproof.errors import UsageError
from gateproof.judge.checklist import Checklist, parse
from gateproof.judge.proofmap import with_map

KINDS = {"zip": lambda argument: "say clean" if argument != "clean" else None}


def mapped(toml: str, text: str = "## S0)\n- [ ] one\n- [ ] two\n") -> Checklist:
    return with_map(parse(text.encode(), "list.md", KINDS), toml.encode(), "list.proofs.toml", KINDS)


def test_it_gives_an_item_its_proofs_and_its_waiver() -> None:
    checklist = mapped(
        '[proofs]\n"S0.1" = ["zip: clean"]\n'
        '[waivers."S0.2"]\nby = "Ada"\nuntil = 2026-12-31\nreason = "booked"\n'
    )

    assert [[str(proof) for proof in item.proofs] for item in checklist.items] == [["zip: clean"], []]
    waiver = checklist.items[1].waiver
    assert waiver
    assert waiver.until == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ('[proofs]\n"S9.9" = ["zip: clean"]\n', "line 2: list.md has no item S9.9"),
        ('[proofs]\n"S0.1" = ["zap: clean"]\n', "line 2: S0.1: there is no proof kind `zap:`"),
        ('[proofs]\n"S0.1" = ["zip: dirty"]\n', "line 2: S0.1: say clean"),
        ('[proofs]\n"S0.1" = ["clean"]\n', "'clean' is not a proof"),
        ('[proofs]\n"S0.1" = []\n', "S0.1 needs a list of proofs"),
        ('[proofs]\n"S0.1" = "zip: clean"\n', "S0.1 needs a list of proofs"),
        ('[proof]\n"S0.1" = ["zip: clean"]\n', "line 1: there is no table 'proof'"),
        ("", "it names no proof"),
        ('[proofs]\n"S0.1" = ["zip: clean"]\n[waivers."S0.2"]\nby = "Ada"\n', "needs by, until (a day)"),
        ("[proofs\n", "is not TOML"),
        ("\nproofs = 1\n", "line 2: proofs must be a table"),
        ('[proofs]\n"S0.1" = ["zip: clean"]\n[x]\nwaivers = 1\n', "line 3: there is no table 'x'"),
        ('waivers = 1\n[proofs]\n"S0.1" = ["zip: clean"]\n', "line 1: waivers must be a table"),
        ("# x\n# proofs\n[proofs]\n", "line 2: it names no proof"),
        ('[proofs]\n"S0.1" = ["zip: clean"]\n[waivers]\n"S0.2" = 1\n', "the waiver of S0.2 needs by"),
        (
            '[proofs]\n"S0.1" = ["zip: clean"]\n[waivers."S0.2"]\nby = " "\nuntil = 2026-12-31\nreason = "x"\n',
            "needs by",
        ),
        (
            '[proofs]\n"S0.1" = ["zip: clean"]\n[waivers."S0.2"]\nby = "A"\nuntil = 2026-12-31\nreason = " "\n',
            "needs by",
        ),
        (
            '[proofs]\n"S0.1" = ["zip: clean"]\n[waivers."S0.2"]\nby = 1\nuntil = 2026-12-31\nreason = "x"\n',
            "needs by",
        ),
        (
            '[proofs]\n"S0.1" = ["zip: clean"]\n[waivers."S0.2"]\nby = "A"\nuntil = "x"\nreason = "x"\n',
            "needs by",
        ),
    ],
)
def test_a_mistake_is_named(toml: str, words: str) -> None:
    with pytest.raises(UsageError) as error:
        mapped(toml)

    assert words in str(error.value)


def test_proofs_in_two_places_are_a_mistake() -> None:
    with pytest.raises(UsageError, match="keep them in one place"):
        mapped('[proofs]\n"S0.1" = ["zip: clean"]\n', "## S0)\n- [ ] one `zip: clean`\n")
