"""Run the commands of a document as they stand: `as_written.py DOCUMENT SECTION…`, in the folder that one is in.

Each indented block of these sections is run by bash, which stops at its first error.
Prints what they say, and a JSON line a block; ends with 0 when each ended with 0, with 1 at the first that did not,
and with 4 when a section is not there or holds no block.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path


def main(arguments: list[str]) -> int:
    text = Path(arguments[0]).read_text(encoding="utf-8")
    sections = {name: blocks(section(text, name)) for name in arguments[1:]}
    if empty := [name for name, found in sections.items() if not found]:
        print(f"{arguments[0]} has no commands below {', '.join(empty)}")
        return 4
    for name, found in sections.items():
        for block in found:
            print(f"$ {block}", flush=True)
            ended = subprocess.run(["bash", "-e", "-u", "-o", "pipefail", "-c", block], check=False)
            words = {"section": name, "block": block.splitlines()[0], "exit": ended.returncode}
            print(json.dumps(words), flush=True)
            if ended.returncode:
                return 1
    return 0


def section(text: str, name: str) -> str:
    """What stands below a heading, to the next one of its kind."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True)).get(name, "")


def blocks(text: str) -> list[str]:
    """The indented blocks, in their order."""
    found = re.findall(r"(?:(?<=\n\n)|\A)((?: {4,}\S.*(?:\n|\Z))+)", text)
    return [textwrap.dedent(block).strip() for block in found]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
