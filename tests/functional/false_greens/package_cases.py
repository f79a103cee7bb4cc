"""False greens of build, check-wheel-contents and twine, and what true ones look like."""

from __future__ import annotations

import base64
import io
import zipfile

from functional.false_greens.case import BYTES, ERRORED, FAILED, PASSED, VACUOUS, table, text
from gateproof.record.readers import build, check_wheel_contents, twine_check

PROJECT = text(
    "[build-system]",
    'requires = ["flit_core"]',
    'build-backend = "flit_core.buildapi"',
    "[project]",
    'name = "shop"',
    'version = "1"',
    'description = "A shop"',
)
SHOP = {"pyproject.toml": PROJECT, "shop/__init__.py": "x = 1\n"}

BUILD = "python -m build --no-isolation --outdir d ."
made = table(BUILD, build())
BUILDS = (
    made("both", PASSED, "built shop-1.tar.gz and", 2, files=SHOP),
    made("only the wheel", VACUOUS, "at least 2", 1, argv=f"{BUILD} --wheel", files=SHOP),
    made(
        "only the wheel is wanted",
        PASSED,
        "",
        1,
        argv=f"{BUILD} --wheel",
        reader=build(at_least=1),
        files=SHOP,
    ),
    made("a project that is not TOML", FAILED, "Failed to parse", files=SHOP | {"pyproject.toml": "broken"}),
    made("nothing to build", FAILED, files={"notes.txt": ""}),
    made("metadata only", ERRORED, argv="python -m build --no-isolation --metadata .", files=SHOP),
    made("an option that does not exist", ERRORED, argv=f"{BUILD} --nope", files=SHOP),
    made("the version was asked for", ERRORED, argv="python -m build --version", files=SHOP),
)


def wheel(*names: str, described: bool = True) -> str:
    """A small wheel, in the form that a case takes bytes in."""
    metadata = "Metadata-Version: 2.1\nName: shop\nVersion: 1\n"
    metadata += "Description-Content-Type: text/markdown\n\n# Shop\n" if described else ""
    files = dict.fromkeys(names, "x = 1\n")
    info = {"METADATA": metadata, "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    files |= {f"shop-1.dist-info/{name}": content for name, content in info.items()}
    record = "".join(f"{name},,\n" for name in [*files, "shop-1.dist-info/RECORD"])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made_:
        for name, content in (files | {"shop-1.dist-info/RECORD": record}).items():
            made_.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content)
    return BYTES + base64.b64encode(buffer.getvalue()).decode()


WHEEL = "shop-1-py3-none-any.whl"
ONE = "shop/__init__.py"
GOOD = {WHEEL: wheel(ONE)}
UNTIDY = {WHEEL: wheel(ONE, "tests/__init__.py", "build/x.py")}
JUNK = {WHEEL: "junk"}

contents = table("check-wheel-contents .", check_wheel_contents())
CONTENTS = (
    contents("a tidy wheel", PASSED, "nothing is wrong", 1, files=GOOD),
    contents("tests and build folders inside", FAILED, "W005", 1, files=UNTIDY),
    contents("a wheel of nothing", FAILED, "empty", 1, files={WHEEL: wheel()}),
    contents("an empty folder", VACUOUS, "found no wheel", 0, files={"notes.txt": ""}),
    contents(
        "fewer than required", VACUOUS, "at least 2", reader=check_wheel_contents(at_least=2), files=GOOD
    ),
    contents("no wheel at all", ERRORED, files=JUNK),
    contents("a wheel that does not exist", ERRORED, argv="check-wheel-contents nope.whl", files=GOOD),
    contents("the version was asked for", VACUOUS, argv="check-wheel-contents --version", files=GOOD),
    contents(
        "a hole: a check is left out", PASSED, argv="check-wheel-contents --ignore W005,W009 .", files=UNTIDY
    ),
)

twine = table(f"twine check --strict {WHEEL}", twine_check())
TWINES = (
    twine("described", PASSED, "", 1, files=GOOD),
    twine("not described", FAILED, "FAILED due to warnings", 1, files={WHEEL: wheel(ONE, described=False)}),
    twine("not described, and not strict", VACUOUS, "--strict", argv=f"twine check {WHEEL}", files=GOOD),
    twine("no archive fits", ERRORED, argv="twine check --strict *.tar.gz", files=GOOD),
    twine("no archive is named", ERRORED, argv="twine check --strict", files=GOOD),
    twine("no wheel at all", ERRORED, files=JUNK),
    twine("the version was asked for", ERRORED, argv="twine --version", files=GOOD),
    twine("fewer than required", VACUOUS, "at least 2", reader=twine_check(at_least=2), files=GOOD),
)

CASES = (*BUILDS, *CONTENTS, *TWINES)
