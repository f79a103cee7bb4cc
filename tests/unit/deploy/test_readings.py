"""Each reading of a deployment proof is seen to say no."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateproof.deploy.readings import (
    all_applied,
    answered,
    counted_tables,
    gone,
    healthy,
    inspected_layers,
    listed,
    migrated,
    none_left,
    pictured,
    refused,
    seeded,
)
from gateproof.model import Capture, Ended, Ending, Outcome
from gateproof.record.readers import Reader, decide

PASSED, FAILED, VACUOUS, ERRORED = Outcome.PASSED, Outcome.FAILED, Outcome.VACUOUS, Outcome.ERRORED
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def ended(folder: Path, stdout: str, *, code: int = 0, argv: Sequence[str] = ("tool",)) -> Ended:
    """A command that printed this and ended."""
    captures = {}
    for name, text in (("stdout", stdout), ("stderr", ""), ("log", stdout)):
        path = folder / name
        path.write_text(text, encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        captures[name] = Capture(path=path, size=len(text.encode()), sha256=digest)
    return Ended(
        argv=tuple(argv),
        cwd=Path(),
        ending=Ending.EXITED,
        exit_code=code,
        signal=None,
        started=NOON,
        finished=NOON,
        files=folder,
        stdout=captures["stdout"],
        stderr=captures["stderr"],
        log=captures["log"],
    )


def answers(*pairs: tuple[str, int]) -> str:
    return "".join(json.dumps({"path": path, "status": status}) + "\n" for path, status in pairs)


def picture(
    role: str = "admin",
    *,
    width: str = "desktop",
    pixels: int = 1200,
    said: str = "Orders",
    status: int = 200,
    **more: object,
) -> str:
    name = f"{role}-orders-{width}.png"
    facts = {"picture": name, "width": pixels, "said": said, "status": status, "console": [], **more}
    return json.dumps(facts) + "\n"


def refusals(*widths: str) -> str:
    return "".join(picture("stranger", width=width, said="Not for you", status=403) for width in widths)


PICTURES = pictured(roles=("admin",), widths={"desktop": 1200, "phone": 390})
PHONE, REFUSED = picture(width="phone", pixels=390), refusals("desktop", "phone")
OF_OPS = picture("ops") + picture("ops", width="phone", pixels=390)
PLAN = ("manage.py", "showmigrations", "--plan")
APPLIED = "Running migrations:\n  Applying shop.0001_initial... OK\n"
EMPTY, FULL = counted_tables(none=True), counted_tables(none=False)
WEB = answered("/healthz", "/readyz")
HEALTHY = '{"Service": "web", "State": "running", "Health": "healthy"}\n'
LAYERS = '{"layers": 4, "files": 90, "words": 3}\n'
GONE = '{"what": "folder:/x", "there": false}\n'
CASES: list[tuple[str, Reader, str, int, Outcome]] = [
    ("an empty database", EMPTY, "store|0\n", 0, PASSED),
    ("a database with tables", EMPTY, "store|3\n", 0, FAILED),
    ("a database that should have tables", FULL, "store|0\n", 0, FAILED),
    ("a full database", FULL, "store|48\n", 0, PASSED),
    ("no answer", EMPTY, "", 0, ERRORED),
    ("a number without a database", EMPTY, "0\n", 0, ERRORED),
    ("a server that was not reached", EMPTY, "store|0\n", 2, ERRORED),
    ("migrations", migrated(), APPLIED, 0, PASSED),
    ("a database that was migrated before", migrated(), "  No migrations to apply.\n", 0, VACUOUS),
    ("a migration that broke", migrated(), "  Applying shop.0001_initial...", 1, FAILED),
    ("a migrate that fell after its last migration", migrated(), APPLIED, 1, FAILED),
    ("everything applied", all_applied(), "[X]  shop.0001_initial\n", 0, PASSED),
    ("one left to apply", all_applied(), "[X]  shop.0001_initial\n[ ]  shop.0002_x\n", 0, FAILED),
    ("no migration at all", all_applied(), "", 0, VACUOUS),
    ("demo data", seeded(), "orders paid: 4 (4 new)\ncustomers: 2 (2 new)\n", 0, PASSED),
    ("demo data without one kind", seeded(), "orders paid: 0 (0 new)\ncustomers: 2 (2 new)\n", 0, FAILED),
    ("demo data that was there before", seeded(), "orders paid: 4 (0 new)\n", 0, VACUOUS),
    ("a silent seed", seeded(), "", 0, ERRORED),
    ("a refused seed", seeded(), "orders paid: 4 (4 new)\n", 1, ERRORED),
    ("a healthy server", WEB, answers(("/healthz", 200), ("/readyz", 200)), 0, PASSED),
    ("a server that is not ready", WEB, answers(("/healthz", 200), ("/readyz", 503)), 1, FAILED),
    ("a server that was not asked everything", WEB, answers(("/healthz", 200)), 0, ERRORED),
    ("a server that fell", WEB, answers(("/healthz", 200), ("/readyz", 200)), 4, FAILED),
    ("a server that only says so", WEB, "healthy\n", 0, ERRORED),
    ("three of three", listed(at_least=3), "a\nb\nc\n", 0, PASSED),
    ("two of three", listed(at_least=3), "a\nb\n", 0, FAILED),
    ("an engine that is away", listed(at_least=1), "a\n", 1, ERRORED),
    ("a healthy service", healthy("web"), HEALTHY, 0, PASSED),
    ("a service that is not there", healthy("web", "beat"), HEALTHY, 0, FAILED),
    ("a service without a health check", healthy("web"), HEALTHY.replace('"healthy"', '""'), 0, FAILED),
    ("no service", healthy("web"), "", 0, ERRORED),
    ("an empty list", none_left(), "", 0, PASSED),
    ("a list that is not empty", none_left(), "4f2a\n", 0, FAILED),
    ("a list that could not be had", none_left(), "", 1, ERRORED),
    ("clean layers", inspected_layers(), LAYERS, 0, PASSED),
    ("no layer of ours", inspected_layers(), LAYERS.replace("4", "0"), 0, VACUOUS),
    ("no secret was looked for", inspected_layers(), LAYERS.replace("3", "0"), 0, VACUOUS),
    ("a finding", inspected_layers(), '{"path": "app/.env", "finding": "no"}\n' + LAYERS, 1, FAILED),
    ("a look that broke off", inspected_layers(), "", 1, ERRORED),
    ("the refusal that was asked for", refused("not empty"), "It is not empty.\n", 1, PASSED),
    ("a refusal for another reason", refused("not empty"), "No such file.\n", 1, FAILED),
    ("no refusal", refused("not empty"), "It is not empty.\n", 0, FAILED),
    ("pictures", PICTURES, picture() + PHONE + REFUSED, 0, PASSED),
    ("nobody is refused", PICTURES, picture() + PHONE, 0, FAILED),
    ("nobody is refused on a phone", PICTURES, picture() + PHONE + refusals("desktop"), 0, FAILED),
    ("a silent console", PICTURES, picture(console=None) + PHONE + REFUSED, 0, FAILED),
    ("a width that is missing", PICTURES, picture() + REFUSED, 0, FAILED),
    ("a picture of another width", PICTURES, picture() + picture(width="phone") + REFUSED, 0, FAILED),
    ("another role", PICTURES, OF_OPS + REFUSED, 0, FAILED),
    ("a page that said nothing", PICTURES, picture(said=" ") + PHONE + REFUSED, 0, FAILED),
    ("a page that failed", PICTURES, picture(status=500) + PHONE + REFUSED, 0, FAILED),
    ("no picture", PICTURES, "", 0, ERRORED),
    ("nothing left", gone(), GONE, 0, PASSED),
    ("a folder left", gone(), GONE.replace("false", "true"), 1, FAILED),
    ("a folder left, and a script that ends with 0", gone(), GONE.replace("false", "true"), 0, FAILED),
    ("nobody looked", gone(), "", 0, ERRORED),
    ("a look that did not end", gone(), GONE, 2, ERRORED),
]


@pytest.mark.parametrize(
    ("reader", "stdout", "code", "outcome"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_reading(tmp_path: Path, reader: Reader, stdout: str, code: int, outcome: Outcome) -> None:
    argv = PLAN if reader.name == "all-applied" else ("tool",)

    assert decide(reader, ended(tmp_path, stdout, code=code, argv=argv)).outcome is outcome


def test_what_was_seeded_is_counted_by_name(tmp_path: Path) -> None:
    reading = decide(seeded(), ended(tmp_path, "orders refunded: 3 (3 new)\nstripe events: 9 (9 new)\n"))

    assert dict(reading.counts) == {"orders.refunded": 3, "stripe.events": 9}
