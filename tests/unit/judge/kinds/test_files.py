"""Proofs that the files themselves give, and every way in which they do not."""

from __future__ import annotations

import pytest

from bundles import bundle_of, complaint, judged
from gateproof.judge.kinds.files import ENOUGH
from gateproof.judge.verdict import Verdict

MET, UNMET = Verdict.MET, Verdict.UNMET
LONG = "These are more than eight words about how it is really done here.\n"


@pytest.mark.parametrize(
    ("files", "proof", "verdict", "words"),
    [
        ({"LICENSE": "MIT"}, "file: LICENSE", MET, "3 bytes"),
        ({"LICENSE": ""}, "file: LICENSE", UNMET, "is empty"),
        ({}, "file: LICENSE", UNMET, "there is no LICENSE"),
        ({"a/LICENSE": "MIT"}, "file: LICENSE", UNMET, "there is a/LICENSE"),
        ({"license": "MIT"}, "file: LICENSE", UNMET, "there is license"),
        ({"LICENSE": "MIT"}, "file: LICENSE, NOTICE", UNMET, "there is no NOTICE"),
        ({"a.md": f"# A\n## Use\n{LONG}"}, "doc: a.md -> Use", MET, "has 'Use'"),
        ({"a.md": f"# A\n## How to **use** it\n{LONG}"}, "doc: a.md -> use", MET, "has 'use'"),
        ({"a.md": f"A\n===\n\nUse\n---\n\n{LONG}"}, "doc: a.md -> Use", MET, "has 'Use'"),
        ({"a.md": f"# A\n{LONG}"}, "doc: a.md", MET, "says something"),
        ({"a.md": "# A\n## Use\nShort.\n"}, "doc: a.md -> Use", UNMET, "says next to nothing (1 words)"),
        ({"a.md": f"# A\n## Use\nTODO {LONG}"}, "doc: a.md -> Use", UNMET, "holds a placeholder"),
        ({"a.md": f"# A\n## Use\n{LONG}"}, "doc: a.md -> Use; Risks", UNMET, "no section 'Risks'"),
        ({"a.md": f"# A\n```\n## Use\n```\n{LONG}"}, "doc: a.md -> Use", UNMET, "no section 'Use'"),
        ({"a.md": b"\xff\xfe"}, "doc: a.md", UNMET, "not readable UTF-8"),
        ({"a.md": "# A\n"}, "doc: a.md", UNMET, "next to nothing"),
        ({}, "doc: a.md", UNMET, "there is no a.md"),
        ({"a.md": f"# A\n{LONG}"}, "doc: a.md -> Use; Risks", UNMET, "no section 'Use' and none 'Risks'"),
        ({"a.md": f"# A\n## Use\n{LONG}## Risks\n{LONG}"}, "doc: a.md -> Use; Risks", MET, "'Use', 'Risks'"),
        ({"a.md": f"# A\n## Use it\nNo.\n## Use\n{LONG}"}, "doc: a.md -> Use", MET, "has 'Use'"),
        ({"a.md": "# A\n## Use\n" + "word " * ENOUGH}, "doc: a.md -> Use", MET, "has 'Use'"),
        ({"a.md": "# A\n## Use\n" + "word " * (ENOUGH - 1)}, "doc: a.md -> Use", UNMET, "next to nothing"),
        (
            {"a.md": "# A\n## Use\nTBD " + "word " * (10 * ENOUGH - 2)},
            "doc: a.md -> Use",
            UNMET,
            "holds a placeholder",
        ),
        ({"a.md": "# A\n## Use\nTBD " + "word " * (10 * ENOUGH - 1)}, "doc: a.md -> Use", MET, "has 'Use'"),
    ],
)
def test_files_and_documents(files: dict[str, str | bytes], proof: str, verdict: Verdict, words: str) -> None:
    judgement = judged(proof, bundle_of(files))

    assert judgement.verdict is verdict
    assert words in judgement.reason


def test_a_link_in_the_place_of_a_file_is_no_file() -> None:
    bundle = bundle_of({"LICENSE": "../x"}, links=frozenset({"LICENSE"}))

    assert "is a link" in judged("file: LICENSE", bundle).reason


OWN = {"pyproject.toml": '[project.urls]\nhome = "https://github.com/me/shop"\n'}
LEADS = [
    "[m](docs/m.md)",
    "[m](./docs/m.md#status)",
    "[m](/docs/m.md)",
    "[m](<docs/m.md> 'title')",
    "[m][1]\n\n[1]: docs/m.md",
    '<a href="docs/m.md">m</a>',
    "[![badge](https://x/y.svg)](docs/m.md)",
    "[m](https://github.com/me/shop/blob/main/docs/m.md)",
    "[m](https://github.com/Me/Shop/blob/feature/x/docs/m.md)",
    "[m](https://gitlab.com/me/shop/-/blob/main/docs/m.md?plain=1)",
]
DOES_NOT_LEAD = [
    "docs/m.md",
    "`[m](docs/m.md)`",
    "```\n[m](docs/m.md)\n```",
    "<!-- [m](docs/m.md) -->",
    "[m](docs/other.md)",
    "[m](https://example.org/docs/m.md)",
    "[m](https://github.com/other/shop/blob/main/docs/m.md)",
    "[m](mailto:docs/m.md)",
]


@pytest.mark.parametrize("text", LEADS)
def test_a_link_leads_there(text: str) -> None:
    bundle = bundle_of({"README.md": text, "docs/m.md": "x", **OWN})

    assert judged("link: README.md -> docs/m.md", bundle).verdict is MET


@pytest.mark.parametrize("text", DOES_NOT_LEAD)
def test_a_link_does_not(text: str) -> None:
    bundle = bundle_of({"README.md": text, "docs/m.md": "x", **OWN})

    assert judged("link: README.md -> docs/m.md", bundle).verdict is UNMET


def test_without_metadata_an_absolute_link_is_taken_for_ones_own() -> None:
    bundle = bundle_of({"README.md": "[m](https://github.com/me/shop/blob/main/docs/m.md)", "docs/m.md": "x"})

    assert judged("link: README.md -> docs/m.md", bundle).verdict is MET


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"docs/m.md": "x"}, "there is no README.md"),
        ({"README.md": b"\xff", "docs/m.md": "x"}, "cannot be read as text"),
        ({"README.md": "[m](docs/m.md)"}, "there is no docs/m.md to link to"),
        ({"README.md": "a\nsee docs/m.md", "docs/m.md": "x"}, "line 2 names it without a link"),
    ],
)
def test_why_a_link_leads_nowhere(files: dict[str, str | bytes], words: str) -> None:
    assert words in judged("link: README.md -> docs/m.md", bundle_of(files)).reason


COMPOSE = "services:\n  db: {image: postgres}\n  web:\n    build: {context: app, dockerfile: D}\n    depends_on: [db]\n"


@pytest.mark.parametrize(
    ("files", "verdict", "words"),
    [
        ({"c.yml": COMPOSE, "app/D": "x"}, MET, "services db, web"),
        ({"c.yml": COMPOSE}, UNMET, "web is built from app/D, which is not there"),
        ({"c.yml": "services: {a: {image: x, depends_on: {b: {}}}}"}, UNMET, "a depends on b"),
        ({"c.yml": "services: {a: {build: 'https://x'}}"}, MET, "services a"),
        ({"c.yml": "services: {}\nversion: 3"}, UNMET, "names no service"),
        ({"c.yml": "services: ["}, UNMET, "is not YAML"),
        ({"c.yml": b"\xff"}, UNMET, "not readable"),
        ({"c.yml": ""}, UNMET, "is empty"),
        (
            {"c.yml": "services: {web: {build: .}}\n"},
            UNMET,
            "web is built from Dockerfile, which is not there",
        ),
        ({"c.yml": "services: {web: {build: .}}\n", "Dockerfile": "x"}, MET, "has the services web"),
        ({"c.yml": "services: {web: {build: {context: .}}}\n", "Dockerfile": "x"}, MET, "services web"),
        ({"c.yml": "services: {web: {build: {dockerfile: D}}}\n", "D": "x"}, MET, "services web"),
        ({"c.yml": "services: {web: {build: 'https://x/y'}}\n"}, MET, "services web"),
        ({"c.yml": "services: {web: {build: '$HERE'}}\n"}, MET, "services web"),
        ({"c.yml": "services: {web: {build: {context: ., dockerfile: '$D'}}}\n"}, MET, "services web"),
        ({"c.yml": "services: {web: {build: {dockerfile_inline: FROM x}}}\n"}, MET, "services web"),
        (
            {"c.yml": "services: {web: {image: x, depends_on: [db]}}\n"},
            UNMET,
            "web depends on db, which is no service",
        ),
        (
            {"c.yml": "services: {web: {image: x, depends_on: {db: {condition: x}}}}\n"},
            UNMET,
            "depends on db",
        ),
    ],
)
def test_compose_files(files: dict[str, str | bytes], verdict: Verdict, words: str) -> None:
    judgement = judged("compose: c.yml", bundle_of(files))

    assert judgement.verdict is verdict
    assert words in judgement.reason


@pytest.mark.parametrize(
    ("text", "verdict", "words"),
    [
        ("# a\ndjango==5.2 \\\n    --hash=sha256:ab\nx[y]==1 --hash=sha256:cd\n", MET, "pins 2 packages"),
        ("django==5.2\n", UNMET, "without a hash"),
        ("django>=5 --hash=sha256:ab\n", UNMET, "does not pin django>=5"),
        ("# nothing\n--no-binary x\n", UNMET, "pins nothing"),
        (b"\xff", UNMET, "not readable"),
        ("", UNMET, "is empty"),
    ],
)
def test_locks(text: str | bytes, verdict: Verdict, words: str) -> None:
    judgement = judged("pinned: r.txt", bundle_of({"r.txt": text}))

    assert judgement.verdict is verdict
    assert words in judgement.reason


@pytest.mark.parametrize(
    ("kind", "argument"),
    [
        ("file", "/etc/passwd"),
        ("file", "../x"),
        ("file", ","),
        ("file", "a b"),
        ("doc", "-> Use"),
        ("link", "README.md"),
        ("link", "README.md ->"),
        ("compose", ""),
        ("pinned", "*.txt"),
    ],
)
def test_an_argument_that_is_no_path_is_a_mistake(kind: str, argument: str) -> None:
    assert complaint(kind, argument)


def test_a_compose_file_in_a_folder_builds_from_there() -> None:
    files = {"deploy/c.yml": "services: {web: {build: app}}\n", "deploy/app/Dockerfile": "FROM x\n"}

    assert judged("compose: deploy/c.yml", bundle_of(files)).verdict is MET
    assert judged("compose: deploy/c.yml", bundle_of({"deploy/c.yml": files["deploy/c.yml"]})).reason == (
        "deploy/c.yml: web is built from deploy/app/Dockerfile, which is not there"
    )
