"""Records the corpus: what each real tool wrote and what its reader made of it, for tests that have no tools.

    PYTHONPATH=src:tests python -m functional.false_greens.recording

plays every case (minutes), or those of the readers that are named, and writes `recorded.json` anew.
Read its diff: it shows each reading that is another now.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from functional.ended import TOOLS
from functional.false_greens import CASES
from functional.false_greens.case import Case
from functional.false_greens.osv import advisory_service
from functional.false_greens.playing import lay_out, play
from gateproof.model import Capture, Ended, Ending, Reading
from gateproof.record.readers import decide

RECORDED = Path(__file__).with_name("recorded.json")
LONGEST = 40_000
"""Characters of a stream or a report that is kept; a case that wrote more is played by acceptance alone."""
_NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def told(reading: Reading) -> dict[str, Any]:
    """A reading as JSON holds it."""
    said: dict[str, Any] = json.loads(json.dumps(asdict(reading), default=dict))
    return said


def record(case: Case, folder: Path, *, osv: str) -> dict[str, Any] | None:
    """How one case ended and was read, without the places of this machine; None for one that wrote too much."""
    ended = play(case, folder, osv=osv, env={"PYTHONPYCACHEPREFIX": str(folder.parent / "compiled")})
    reports = {path.name: path for path in sorted(ended.files.iterdir()) if path.is_file()}
    places = {
        str(folder / "here"): "{here}",
        str(ended.files): "{files}",
        str(folder): "{folder}",
        str(folder.parent): "{folder}",
        osv: "{osv}",
        sys.executable: "{python}",
        str(TOOLS): "{tools}",
        str(Path(sys.prefix)): "{tools}",
        str(Path(sys.base_prefix)): "{tools}",
        str(Path(os.path.realpath(sys.executable)).parents[1]): "{tools}",
    }
    streams = {"stdout": ended.stdout.path, "stderr": ended.stderr.path, **reports}
    texts = {name: path.read_bytes().decode("utf-8", "surrogateescape") for name, path in streams.items()}
    if any(len(text) > LONGEST for text in texts.values()):
        return None
    whole = {
        "argv": list(ended.argv),
        "ending": ended.ending.value,
        "exit_code": ended.exit_code,
        "signal": ended.signal,
        "stdout": texts.pop("stdout"),
        "stderr": texts.pop("stderr"),
        "files": texts,
        "reading": told(decide(case.reader, ended)),
    }
    shown = _without(whole, places)
    assert isinstance(shown, dict)
    return shown


def _without(value: Any, places: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(one, places) for name, one in value.items()}
    if isinstance(value, list):
        return [_without(one, places) for one in value]
    if isinstance(value, str):
        for place, sign in places.items():
            value = value.replace(place, sign)
    return value


def replay(case: Case, recorded: Mapping[str, Any], folder: Path) -> Ended:
    """The recorded run, as if it had just ended in `folder`."""
    here, files = lay_out(case, folder), folder / "files"
    files.mkdir()
    places = {"{here}": str(here), "{files}": str(files), "{folder}": str(folder)}
    again = _without(dict(recorded), places)
    for name, content in again["files"].items():
        (files / name).write_bytes(_bytes(content))
    captures = [_capture(folder / name, _bytes(again[name])) for name in ("stdout", "stderr")]
    return Ended(
        argv=tuple(again["argv"]),
        cwd=here,
        ending=Ending(again["ending"]),
        exit_code=again["exit_code"],
        signal=again["signal"],
        started=_NOON,
        finished=_NOON,
        stdout=captures[0],
        stderr=captures[1],
        log=captures[0],
        files=files,
    )


def read_again(reading: Reading, folder: Path) -> dict[str, Any]:
    """A reading of a replayed run, as it was recorded."""
    places = {str(folder / "here"): "{here}", str(folder / "files"): "{files}", str(folder): "{folder}"}
    said = _without(told(reading), places)
    assert isinstance(said, dict)
    return said


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _capture(path: Path, content: bytes) -> Capture:
    path.write_bytes(content)
    return Capture(path=path, size=len(content), sha256=hashlib.sha256(content).hexdigest())


def main(readers: Sequence[str]) -> None:
    """Record the cases of these readers anew, or all, in the order of the corpus."""
    before = json.loads(RECORDED.read_bytes()) if RECORDED.exists() else {}
    written: dict[str, Any] = {}
    with advisory_service() as osv, TemporaryDirectory(prefix="corpus-") as root:
        for number, case in enumerate(CASES):
            name = str(case)
            if readers and case.reader.name not in readers:
                written |= {name: before[name]} if name in before else {}
                continue
            folder = Path(root) / str(number)
            folder.mkdir()
            if (one := record(case, folder, osv=osv)) is not None:
                written[name] = one
            else:
                print(f"not kept, for it wrote too much: {name}", file=sys.stderr)
    text = json.dumps(written, indent=1, ensure_ascii=True) + "\n"
    RECORDED.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
