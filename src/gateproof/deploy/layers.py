"""Look into the layers of an image as into a ZIP: `python -m gateproof.deploy.layers IMAGE.tar BASE_LAYERS`.

The layers of the base image are not the seller's, and installed packages are held by their lock's hashes;
every other file is held to the rules of the ZIP, by name and by what is in it.
No layer, and no word of the image's configuration, may hold a secret;
LOOK_FOR in the environment holds those that were made up, lest the command line tells them.
Prints a JSON line a finding and one at the end; ends with 0 when there is none, with 1 otherwise.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from gateproof.pack.inspect.contents import Watch
from gateproof.pack.inspect.rules import DEFAULT_RULES, caught_by_name
from gateproof.record.redact import SECRET_NAMES

PACKAGES = "opt/store/"
"""Where the image's hash-locked packages lie."""
BLOCK = 1 << 20
LONGEST_WORD = 512


def main(arguments: Sequence[str]) -> int:
    """Inspect one saved image."""
    archive, base = arguments
    words = [word.encode() for word in os.environ.get("LOOK_FOR", "").split()]
    report = inspect(Path(archive), frozenset(filter(None, base.split(","))), words)
    for path, why in report.findings:
        print(json.dumps({"path": path, "finding": why}))  # noqa: T201 - its words are the record
    print(json.dumps({"layers": report.layers, "files": report.files, "words": len(words)}))  # noqa: T201
    return 1 if report.findings else 0


class Report:
    """What was looked at, and what was found."""

    def __init__(self) -> None:
        self.layers = 0
        self.files = 0
        self.findings: list[tuple[str, str]] = []


def inspect(archive: Path, base: frozenset[str], words: Sequence[bytes]) -> Report:
    """Every layer of a `docker save` file that is not in `base` (digests such as `sha256:…`).

    Raises LookupError or OSError for what is no saved image.
    """
    report = Report()
    with tarfile.open(archive) as saved:
        manifest = json.loads(_member(saved, "manifest.json").read())[0]
        raw = _member(saved, manifest["Config"]).read()
        config = json.loads(raw)
        report.findings += _of_configuration(raw, config.get("config") or {}, words)
        for name, digest in zip(manifest["Layers"], config["rootfs"]["diff_ids"], strict=True):
            if digest not in base:
                report.layers += 1
                with tarfile.open(fileobj=_member(saved, name)) as layer:
                    _look(layer, report, words)
    return report


def _member(saved: tarfile.TarFile, name: str) -> IO[bytes]:
    found = saved.extractfile(name)
    if found is None:
        raise LookupError(f"the saved image has no {name}")
    return found


def _of_configuration(
    raw: bytes, config: dict[str, object], words: Sequence[bytes]
) -> Iterator[tuple[str, str]]:
    secret = re.compile("|".join(SECRET_NAMES), re.IGNORECASE)
    variables = config.get("Env")
    for line in variables if isinstance(variables, list) else ():
        name, _, value = str(line).partition("=")
        if value and secret.search(name):
            yield "configuration", f"the variable {name} is named like a secret and has a value"
    if config.get("User") in {None, "", "root", "0"}:
        yield "configuration", "it runs as root"
    if any(word in raw for word in words):
        yield "configuration", "a secret stands in the configuration or in the history of its commands"


def _look(layer: tarfile.TarFile, report: Report, words: Sequence[bytes]) -> None:
    for entry in layer:
        path = entry.name.removeprefix("./").rstrip("/")
        is_package = f"{path}/".startswith(PACKAGES)
        if entry.isfile():
            report.files += 1
            content = layer.extractfile(entry)
            if content is not None:
                report.findings += _of_contents(path, content, words, is_package=is_package)
        if path and not is_package and not entry.isdir():
            report.findings += (
                (path, finding.sentence) for _, _, finding in caught_by_name(DEFAULT_RULES, path)
            )


def _of_contents(
    path: str, content: IO[bytes], words: Sequence[bytes], *, is_package: bool
) -> Iterator[tuple[str, str]]:
    watch, last, told = Watch(), b"", False
    while block := content.read(BLOCK):
        watch.see(block)
        if not told and any(word in last + block for word in words):
            told = True
            yield path, "a secret stands in it"
        last = block[-LONGEST_WORD:]
    if not is_package:
        yield from ((path, f"{code.sentence} {detail}".strip()) for code, detail in watch.codes())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
