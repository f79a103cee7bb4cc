"""Statements: written in one form, read strictly, and honest."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateproof.evidence.statement import (
    MAX_DEPTH,
    MAX_SIZE,
    PROVENANCE,
    STATEMENT,
    VERDICT,
    Build,
    Resource,
    Summary,
    artifact,
    decode,
    encode,
    parse,
    parse_all,
    provenance,
    source,
    statement,
    utc_moment,
    utc_text,
    verdict,
)
from gateproof.model import Subject

SUBJECT = Subject(git_tree="a" * 40, dir_hash="b" * 64)
NOW = datetime(2026, 11, 24, 3, 18, 39, tzinfo=UTC)

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


def a_statement(**changes: Any) -> bytes:
    whole: dict[str, Any] = statement(subject=[source(SUBJECT)], predicate_type="urn:x", predicate={"a": 1})
    return encode({name: value for name, value in {**whole, **changes}.items() if value is not None})


def summary(**changes: Any) -> Summary:
    told: dict[str, Any] = {
        "verified_at": NOW,
        "resource_uri": "pkg:generic/shop@1",
        "policy": artifact("noxfile.py", "c" * 64),
        "inputs": (artifact("evidence/x", "d" * 64),),
        "rehearsal": False,
        "is_pass": True,
        "verifier_version": "0.1.0",
        "extension": {"gates": []},
    }
    return Summary(**{**told, **changes})


@given(st.dictionaries(texts, values, max_size=5))
def test_what_is_written_is_read_back_the_same(value: dict[str, Any]) -> None:
    line = encode(value)
    assert b"\n" not in line
    assert decode(line) == value
    assert encode(decode(line)) == line


@given(st.binary(max_size=60))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    with contextlib.suppress(ValueError):
        decode(raw)


def test_a_statement_is_read_back() -> None:
    read = parse(a_statement())
    assert read.predicate_type == "urn:x"
    assert read.predicate == {"a": 1}
    assert read.sources() == (SUBJECT,)
    assert read.subject[0].has("sha256") is None


def test_a_subject_is_a_source_only_with_both_digests() -> None:
    half = {"name": "source", "digest": {"gitTree": "a" * 40}}
    assert parse(a_statement(subject=[half])).sources() == ()


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not strict UTF-8 JSON"),
        (b"[]", "not a JSON object"),
        (b'{"a":1,"a":2}', "a key is there twice"),
        (b'{"a":{"b":1,"b":1}}', "a key is there twice"),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":-Infinity}', "Infinity"),
        (b'{"a":1e999}', "too large"),
        (b'{"a":' + b"9" * 5000 + b"}", "not strict"),
        (b'{"a":"\xff"}', "not strict"),
        (b'\xef\xbb\xbf{"a":1}', "not strict"),
        (b'{"a":"\\ud800"}', "surrogate"),
        (b'{"\\udfff":1}', "surrogate"),
        (b'{"a":1} x', "not strict"),
        (b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1), "deep"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "deep"),
        (b'{"a":[' + b"[]," * 300_000 + b"1]}", "parts"),
        (b'{"a":"' + b"x" * MAX_SIZE + b'"}', "more than"),
    ],
)
def test_json_that_two_readers_could_read_differently_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        decode(raw)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"_type": "https://in-toto.io/Statement/v0.1"}, "its _type"),
        ({"_type": None}, "its _type"),
        ({"predicateType": None}, "predicateType"),
        ({"predicateType": ""}, "predicateType"),
        ({"predicateType": 1}, "predicateType"),
        ({"predicate": None}, "predicate"),
        ({"predicate": []}, "predicate"),
        ({"subject": None}, "about nothing"),
        ({"subject": []}, "about nothing"),
        ({"subject": ["x"]}, "not an object"),
        ({"subject": [{"name": "x"}]}, "names nothing"),
        ({"subject": [{"name": "x", "digest": {}}]}, "names nothing"),
        ({"subject": [{"name": 1, "digest": {"sha256": "a" * 64}}]}, "names nothing"),
        ({"subject": [{"digest": {"sha256": "A" * 64}}]}, "lower-case"),
        ({"subject": [{"digest": {"sha256": "a" * 63}}]}, "hexadecimal"),
        ({"subject": [{"digest": {"gitTree": "a" * 64}}]}, "hexadecimal"),
        ({"subject": [{"digest": {"sha256": 1}}]}, "hexadecimal"),
        ({"subject": [{"digest": {"sha 256": "a" * 64}}]}, "not the name of a digest"),
        ({"extra": 1}, "no field 'extra'"),
    ],
)
def test_what_is_no_statement_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse(a_statement(**changes))


def test_the_statements_of_a_file_are_read_and_the_broken_one_named() -> None:
    assert len(parse_all([a_statement(), a_statement()])) == 2
    with pytest.raises(ValueError, match="line 2: its _type"):
        parse_all([a_statement(), b"{}"])
    many = encode({"a": [0] * 300_000})
    with pytest.raises(ValueError, match="its statements have more than"):
        parse_all([many, many])


def test_only_what_json_can_say_is_written() -> None:
    with pytest.raises(ValueError):
        encode({"a": float("nan")})
    with pytest.raises(ValueError):
        encode({"a": "\ud800"})


@pytest.mark.parametrize(
    ("is_pass", "rehearsal", "strangers"),
    [(True, False, "PASSED"), (True, True, "FAILED"), (False, False, "FAILED"), (False, True, "FAILED")],
)
def test_only_a_release_that_passed_says_passed(is_pass: bool, rehearsal: bool, strangers: str) -> None:
    said: Any = verdict(summary(is_pass=is_pass, rehearsal=rehearsal), subject=[source(SUBJECT)])
    predicate = parse(encode(said)).predicate
    assert said["predicateType"] == VERDICT
    assert predicate["verificationResult"] == strangers
    assert (predicate["verifiedLevels"] == ["FAILED"]) == (strangers == "FAILED")
    ours: Any = predicate["gateproof_verdict"]
    assert ours == {"gates": [], "rehearsal": rehearsal, "result": "PASSED" if is_pass else "FAILED"}


def test_further_facts_cannot_replace_the_result() -> None:
    said: Any = verdict(
        summary(is_pass=False, extension={"result": "PASSED", "rehearsal": True}), subject=[source(SUBJECT)]
    )
    assert said["predicate"]["gateproof_verdict"] == {"result": "FAILED", "rehearsal": False}


def test_a_verdict_lists_every_input_by_digest() -> None:
    said: Any = verdict(summary(), subject=[source(SUBJECT)])
    assert said["predicate"]["inputAttestations"] == [{"uri": "evidence/x", "digest": {"sha256": "d" * 64}}]
    assert said["predicate"]["timeVerified"] == "2026-11-24T03:18:39Z"


def test_a_local_build_claims_no_more_than_level_one() -> None:
    build = Build(
        source_uri="git+https://example.org/shop.git",
        commit="e" * 40,
        parameters=(("version", "1"),),
        tools=(("git", "2.39"),),
        started=NOW,
        finished=NOW,
        invocation="1",
        rehearsal=False,
    )
    said: Any = provenance(build, subject=[artifact("shop.zip", "f" * 64)])
    assert json.loads(encode(said))["_type"] == STATEMENT
    assert said["predicateType"] == PROVENANCE
    assert said["predicate"]["gateproof_build"]["level"] == "SLSA_BUILD_LEVEL_1"
    dependency = said["predicate"]["buildDefinition"]["resolvedDependencies"][0]
    assert dependency == {"uri": "git+https://example.org/shop.git", "digest": {"gitCommit": "e" * 40}}


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])))
def test_times_are_read_back_to_the_second(moment: datetime) -> None:
    try:
        text = utc_text(moment)
    except OverflowError:
        return
    assert utc_moment(text) == moment.replace(microsecond=0)


@pytest.mark.parametrize(
    "text", ["", "2026-11-24", "2026-11-24T03:18:39+00:00", "2026-13-01T00:00:00Z", 1, None]
)
def test_other_forms_of_time_are_refused(text: object) -> None:
    with pytest.raises(ValueError):
        utc_moment(text)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        utc_text(datetime(2026, 1, 1))


def test_a_resource_is_found_by_its_digest() -> None:
    assert Resource(name="x", digest=(("sha256", "1"),)).has("sha256") == "1"
