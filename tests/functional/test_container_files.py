"""What the container files promise, held against their text; each promise is seen broken."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PRODUCTION, AROUND = "docker-compose.prod.yml", "docker-compose.yml"
SERVICES = {"beat", "db", "redis", "web", "worker"}
SECRETS = re.compile(r"PASSWORD|SECRET|KEY\b|BROKER_URL|DATABASE_URL")


def said(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def of_dockerfile(text: str) -> list[str]:
    """What is wrong with how the image is made."""
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    last_stage = text.rpartition("\nFROM ")[2]
    users = re.findall(r"^USER (\S+)", last_stage, re.MULTILINE)
    installs = [line for line in text.splitlines() if "pip install" in line or "/pip install" in line]
    wrong = [] if len(bases) > 1 else ["one stage"]
    wrong += [] if "ARG BASE_IMAGE=" in text and set(bases) == {"${BASE_IMAGE}"} else ["a base of its own"]
    wrong += [] if users and users[-1] not in {"root", "0"} else ["root"]
    wrong += [] if installs and all("--require-hashes" in line for line in installs) else ["without hashes"]
    wrong += [] if "HEALTHCHECK" in last_stage else ["no health check"]
    return wrong + [
        f"a value for {name}" for name in re.findall(r"(?:ARG|ENV) (\w*(?:PASSWORD|SECRET|KEY))", text)
    ]


def of_production(text: str) -> list[str]:
    """What is wrong with how production runs."""
    services = yaml.safe_load(text)["services"]
    wrong = [f"no {name}" for name in sorted(SERVICES - services.keys())]
    for name, one in services.items():
        wrong += [] if one.get("read_only") is True else [f"{name} can be written to"]
        wrong += (
            [] if "no-new-privileges:true" in one.get("security_opt", ()) else [f"{name} may gain rights"]
        )
        # The web's own lies in its image.
        wrong += [] if name == "web" or "healthcheck" in one else [f"nobody asks how {name} is"]
        wrong += [
            f"{name} holds a value of {key}"
            for key, value in (one.get("environment") or {}).items()
            if SECRETS.search(key) and not re.search(r"\$\{\w+:[?-]", str(value))
        ]
    return wrong


def test_the_container_files_keep_their_promises() -> None:
    assert of_dockerfile(said("Dockerfile")) == []
    assert of_production(said(PRODUCTION)) == []
    assert yaml.safe_load(said(AROUND))["services"].keys() == SERVICES


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ("FROM ${BASE_IMAGE} AS packages", "FROM python:3.13 AS packages", "a base of its own"),
        ("USER store", "USER root", "root"),
        ("USER store\n", "", "root"),
        ("--require-hashes ", "", "without hashes"),
        ("HEALTHCHECK --interval", "# --interval", "no health check"),
        ("WORKDIR /app", "WORKDIR /app\nENV SECRET_KEY=abc", "a value for SECRET_KEY"),
    ],
)
def test_an_image_that_is_made_otherwise_is_seen(before: str, after: str, wrong: str) -> None:
    text = said("Dockerfile")
    assert before in text

    assert wrong in of_dockerfile(text.replace(before, after))


def without(service: str, key: str) -> Callable[[Any], None]:
    return lambda services: services[service].pop(key)


def told(service: str, key: str, value: str) -> Callable[[Any], None]:
    return lambda services: services[service]["environment"].update({key: value})


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda services: services.pop("beat"), "no beat"),
        (without("web", "read_only"), "web can be written to"),
        (without("db", "security_opt"), "db may gain rights"),
        (without("worker", "healthcheck"), "nobody asks how worker is"),
        (told("web", "SECRET_KEY", "abc"), "web holds a value of SECRET_KEY"),
        (told("db", "POSTGRES_PASSWORD", "abc"), "db holds a value of POSTGRES_PASSWORD"),
    ],
)
def test_a_production_that_runs_otherwise_is_seen(change: Callable[[Any], None], wrong: str) -> None:
    document = yaml.safe_load(said(PRODUCTION))
    change(document["services"])

    assert wrong in of_production(yaml.safe_dump(document))
