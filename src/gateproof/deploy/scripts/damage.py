"""Make damaged copies of a backup: `damage.py DUMP FOLDER` writes FOLDER/{truncated,altered,unchecked}/DUMP."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    dump, folder = Path(arguments[0]), Path(arguments[1])
    raw = dump.read_bytes()
    half = len(raw) // 2
    copies = {
        "truncated": raw[:half],
        "altered": raw[:half] + bytes([raw[half] ^ 1]) + raw[half + 1 :],
        "unchecked": raw,
    }
    for how, content in copies.items():
        target = folder / how / dump.name
        target.parent.mkdir(parents=True)
        target.write_bytes(content)
        if how != "unchecked":
            checksum = dump.with_name(f"{dump.name}.sha256")
            shutil.copy(checksum, target.with_name(checksum.name))
        print(f"{how}: {len(content)} of {len(raw)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
