"""What evidence/ may hold, by name and by content."""

from __future__ import annotations

import pytest

from gateproof.evidence.contents import PNG, checked
from gateproof.evidence.layout import REQUIRED, Kind, kind_of, record_of

RUN = "gates/unit/py3.11-linux/20261124T031839Z-0123abcd"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("README.md", Kind.INDEX),
        ("checklist.md", Kind.DOCUMENT),
        ("sbom.cdx.json", Kind.DOCUMENT),
        (f"{RUN}/statements.intoto.jsonl", Kind.STATEMENTS),
        (f"{RUN}/output.log", Kind.LOG),
        (f"{RUN}/commands/1/stdout", Kind.STREAM),
        (f"{RUN}/commands/12/stderr", Kind.STREAM),
        (f"{RUN}/commands/1/files/junit.xml", Kind.ARTIFACT),
        (f"{RUN}/files/deep/er/report.json", Kind.ARTIFACT),
        (f"{RUN}/files/admin.png", Kind.PICTURE),
        ("deploy/fresh/py3.13-linux/20261124T031839Z-0123abcd/output.log", Kind.LOG),
        ("tags/v0.2-m2-ops-control", Kind.TAG),
    ],
)
def test_what_sealing_writes_has_a_kind(path: str, kind: Kind) -> None:
    assert kind_of(path) is kind


@pytest.mark.parametrize(
    "path",
    [
        "",
        "conftest.py",
        "pyproject.toml",
        ".gitattributes",
        "README.md.py",
        "readme.md",
        "gates",
        f"{RUN}/statements.jsonl",
        f"{RUN}/conftest.py",
        f"{RUN}/output.log/x",
        f"{RUN}/files/conftest.py",
        f"{RUN}/files/run.sh",
        f"{RUN}/files/page.html",
        f"{RUN}/files/.hidden.json",
        f"{RUN}/files/../../x.json",
        f"{RUN}/files/a b.json",
        f"{RUN}/files/x.json\n",
        f"{RUN}/commands/0x1/stdout",
        RUN.replace("gates", "other") + "/output.log",
        RUN.replace("Z-", "Z_") + "/output.log",
        RUN.replace("unit", "../unit") + "/output.log",
        RUN.replace("unit", "con.") + "/output.log",
        "tags/.hidden",
        "tags/a/b",
    ],
)
def test_everything_else_has_none(path: str) -> None:
    assert kind_of(path) is None


def test_what_is_required_has_a_kind() -> None:
    assert all(kind_of(path) for path in REQUIRED)


def test_a_path_tells_its_record() -> None:
    assert record_of(f"{RUN}/commands/1/stdout") == RUN
    assert record_of("README.md") is None
    assert record_of(RUN) is None
    assert record_of("tags/v1/x/y/z") is None


@pytest.mark.parametrize("blocks", [[b"passed \xe2\x9c", b"\x93\n"], [b"x"], [b"", b"x"]])
def test_text_may_be_cut_anywhere_into_blocks(blocks: list[bytes]) -> None:
    assert list(checked(blocks, Kind.LOG)) == blocks


def test_a_picture_is_a_png() -> None:
    assert list(checked([PNG, b"\0\xff"], Kind.PICTURE)) == [PNG, b"\0\xff"]
    with pytest.raises(ValueError, match="not a PNG"):
        list(checked([b"GIF89a"], Kind.PICTURE))


@pytest.mark.parametrize(
    ("blocks", "why"),
    [
        ([], "empty"),
        ([b""], "empty"),
        ([b"a\0"], "NUL"),
        ([b"\xff"], "not UTF-8"),
        ([b"\xe2\x9c"], "not UTF-8"),
        (["x".encode("utf-16")], "not UTF-8|NUL"),
        ([b"x" * (1 << 20)] * 257, "more than"),
    ],
)
def test_what_readers_would_see_differently_is_refused(blocks: list[bytes], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        for _ in checked(blocks, Kind.LOG):
            pass
