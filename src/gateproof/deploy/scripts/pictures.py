"""List the pictures of a folder, with what each page said, a JSON line each: `pictures.py FOLDER`."""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    for path in sorted(Path(arguments[0]).glob("*.png")):
        head = path.read_bytes()[:24]
        beside = path.with_suffix(".json")
        facts = json.loads(beside.read_text(encoding="utf-8")) if beside.exists() else {}
        width, height = (
            struct.unpack(">II", head[16:24]) if head[:4] == b"\x89PNG" and len(head) == 24 else (0, 0)
        )
        print(json.dumps({"picture": path.name, "width": width, "height": height, **facts}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
