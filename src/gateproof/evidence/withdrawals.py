"""Withdrawals: a signed statement that a release is not to be used any more, and why. Its tag stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateproof.evidence.statement import Resource, artifact, encode, parse, statement, utc_moment, utc_text

PREDICATE = "urn:gateproof:withdrawal:v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawal:
    """What a seller says of a release that they take back."""

    zip_name: str
    zip_sha256: str
    tag: str
    tag_id: str
    """The id of the tag object, which stays where it is."""
    why: str
    withdrawn_at: datetime


def encode_withdrawal(said: Withdrawal) -> bytes:
    """The statement, ready to be signed."""
    about = (
        artifact(said.zip_name, said.zip_sha256),
        Resource(name=said.tag, digest=(("gitTag", said.tag_id),)),
    )
    predicate = {"tag": said.tag, "why": said.why, "withdrawnOn": utc_text(said.withdrawn_at)}
    return encode(statement(subject=about, predicate_type=PREDICATE, predicate=predicate))


def read_withdrawal(raw: bytes) -> Withdrawal:
    """Read it back. Raises ValueError, with a sentence, for any other statement."""
    read = parse(raw)
    if read.predicate_type != PREDICATE:
        raise ValueError(f"it is a statement of the kind {read.predicate_type}")
    zips = [one for one in read.subject if one.has("sha256")]
    tags = [one for one in read.subject if one.has("gitTag")]
    tag, why = read.predicate.get("tag"), read.predicate.get("why")
    if len(zips) != 1 or len(tags) != 1 or not isinstance(why, str) or not why.strip() or tag != tags[0].name:
        raise ValueError("it does not name one ZIP, one tag and a reason")
    return Withdrawal(
        zip_name=zips[0].name,
        zip_sha256=zips[0].has("sha256") or "",
        tag=tags[0].name,
        tag_id=tags[0].has("gitTag") or "",
        why=why,
        withdrawn_at=utc_moment(read.predicate.get("withdrawnOn")),
    )
