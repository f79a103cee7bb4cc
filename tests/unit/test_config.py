"""The settings are checked whole, and every mistake is named at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateproof.config import Deploy, Pins, Settings, load_settings, parse_settings
from gateproof.errors import UsageError


def parse(**table: Any) -> Settings:
    return parse_settings({"product": "shop"} | table, "pyproject.toml")


def test_only_the_product_is_required() -> None:
    settings = parse()

    assert settings.product == "shop"
    assert settings.time_limit == 1800
    assert settings.archive.name == "clean_share.zip"


def test_every_setting_is_taken() -> None:
    settings = parse(
        **{"time-limit": 60, "jobs": 4},
        environment={"pass-on": ["SHOP_*"]},
        redact={"names": ["PIN"], "patterns": ["pin-[0-9]+"]},
        signing={"principal": "ada@example.org", "key": "~/.ssh/release"},
        deploy={
            "project": "shop",
            "lock": "web",
            "production-settings": "shop.live",
            "made-up": ["KEY={hex}"],
            "test-processes": 3,
            "upgrade-changes": ["orders_order.status"],
        },
        waivers=[{"gate": "test", "by": "Ada", "until": "2026-12-31", "reason": "A slow clock."}],
        accepted=[
            {"gate": "check", "finding": "security.W004", "reason": "The proxy.", "until": "2026-12-31"}
        ],
        archive={
            "name": "shop.zip",
            "rules": [{"name": "drafts", "patterns": ["drafts/"], "sentence": "A draft is delivered."}],
            "exceptions": [{"rule": "env-file", "path": "demo.env", "reason": "holds no secret"}],
        },
        pins={
            "folder": "locks",
            "engine": "uv",
            "universal": True,
            "pythons": ["3.12"],
            "platforms": ["linux"],
            "cadence-days": 30,
        },
        ci={
            "python": "3.12",
            "pythons": ["3.13"],
            "systems": ["linux", "macos"],
            "everywhere": ["unit"],
            "runners": {"macos": "macos-14"},
            "documents": ["README.md"],
        },
        secrets={"allow": [{"path": "docs/", "rule": "betterleaks.jwt", "reason": "the RFC's example"}]},
        audit={
            "service": "osv",
            "max-age-days": 3,
            "override": "No network.",
            "ignored": [{"id": "PYSEC-1", "reason": "It is not called.", "until": "2026-12-31"}],
            "licences": ["MIT"],
            "determined": [{"package": "shop", "of": "ab", "licence": "MIT", "reason": "Read."}],
            "excepted": [{"package": "shop", "licence": "ISC", "reason": "Bought.", "until": "2026-12-31"}],
        },
    )

    assert (settings.time_limit, settings.jobs) == (60, 4)
    assert settings.deploy == Deploy(
        project="shop",
        lock="web",
        production_settings="shop.live",
        made_up=("KEY={hex}",),
        test_processes=3,
        upgrade_changes=("orders_order.status",),
    )
    assert settings.pins == Pins(
        folder="locks",
        engine="uv",
        universal=True,
        pythons=("3.12",),
        platforms=("linux",),
        cadence_days=30,
    )
    assert settings.environment.pass_on == ("SHOP_*",)
    assert settings.redact.patterns == ("pin-[0-9]+",)
    assert settings.accepted[0].finding == "security.W004"
    assert settings.signing.key == "~/.ssh/release"
    assert (settings.ci.python, settings.ci.pythons, settings.ci.everywhere) == ("3.12", ("3.13",), ("unit",))
    assert (settings.ci.runners.macos, settings.ci.runners.linux) == ("macos-14", "ubuntu-24.04")
    assert settings.archive.rules[0].patterns == ("drafts/",)
    assert settings.archive.exceptions[0].reason == "holds no secret"
    assert settings.secrets.allow[0].rule == "betterleaks.jwt"
    assert (settings.audit.service, settings.audit.max_age_days, settings.audit.override) == (
        "osv",
        3,
        "No network.",
    )
    assert settings.audit.ignored[0].until == "2026-12-31"


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"tyme-limit": 3}, "tyme-limit"),
    ({"archive": {"nme": "x.zip"}}, "nme"),
    ({"product": 7}, "tool.gateproof.product"),
    ({"time-limit": True}, "tool.gateproof.time-limit"),
    ({"time-limit": "60"}, "tool.gateproof.time-limit"),
    ({"time-limit": 0}, "time-limit must be more than 0 seconds"),
    ({"ci": {"python": "three"}}, "'three' is no Python"),
    ({"ci": {"pythons": ["2.7"]}}, "'2.7' is no Python"),
    ({"ci": {"systems": ["beos"]}}, "'beos' is none of linux, macos, windows"),
    ({"ci": {"systems": [], "everywhere": ["unit"]}}, "run nowhere"),
    (
        {"accepted": [{"gate": "x", "finding": "W1", "reason": " ", "until": "2026-12-31"}]},
        "finding 'W1' needs",
    ),
    ({"accepted": [{"gate": "x", "finding": "W2", "reason": "r", "until": "2026-12"}]}, "finding 'W2' needs"),
    ({"jobs": 0}, "jobs must be at least 1"),
    ({"jobs": 1.5}, "tool.gateproof.jobs"),
    ({"product": " "}, "must not be empty"),
    ({"environment": {"pass-on": "HOME"}}, "tool.gateproof.environment.pass-on"),
    ({"environment": {"pass-on": [1]}}, "tool.gateproof.environment.pass-on"),
    ({"environment": ["HOME"]}, "tool.gateproof.environment"),
    ({"deploy": {"made-up": ["KEY"]}}, "deploy.made-up must be NAME=value"),
    ({"deploy": {"test-processes": 0}}, "deploy.test-processes must be at least 1"),
    ({"audit": {"service": "safety"}}, "audit.service must be pypi or osv"),
    ({"audit": {"max-age-days": -1}}, "audit.max-age-days"),
    ({"audit": {"ignored": [{"id": "PYSEC-1", "reason": "x"}]}}, "tool.gateproof.audit.ignored[0].until"),
    (
        {"audit": {"ignored": [{"id": "PYSEC-1", "reason": " ", "until": "2026-12-31"}]}},
        "needs an id, a reason",
    ),
    ({"audit": {"ignored": [{"id": "PYSEC-1", "reason": "x", "until": "soon"}]}}, "a day such as 2026-12-31"),
    (
        {"audit": {"determined": [{"package": "x", "of": "ab", "licence": "MIT", "reason": " "}]}},
        "the licence determined for 'x' needs",
    ),
    (
        {"audit": {"excepted": [{"package": "x", "licence": "ISC", "reason": "y", "until": "soon"}]}},
        "the licence excepted for 'x' needs",
    ),
    ({"pins": {"engine": "conda"}}, "pins.engine must be pip-tools or uv"),
    ({"pins": {"universal": True}}, "pins.universal needs the engine uv"),
    ({"pins": {"universal": 1}}, "tool.gateproof.pins.universal"),
    ({"pins": {"pythons": ["4"]}}, "pins.pythons"),
    ({"pins": {"platforms": ["amiga"]}}, "pins.platforms"),
    ({"pins": {"cadence-days": 0}}, "pins.cadence-days"),
    ({"archive": {"name": "shop.tar"}}, "ends with .zip"),
    ({"archive": {"name": "../shop.zip"}}, "plain file name"),
    ({"archive": {"rules": [{"name": "drafts"}]}}, "tool.gateproof.archive.rules[0].patterns"),
    ({"secrets": {"allow": [{"path": "docs/", "rule": "r"}]}}, "tool.gateproof.secrets.allow[0].reason"),
    ({"secrets": {"allow": [{"path": "docs/", "rule": "r", "reason": " "}]}}, "a rule and a reason"),
    ({"secrets": {"allow": [{"path": "**", "rule": "r", "reason": "x"}]}}, "not everything"),
    ({"milestones": [{"name": "m2", "version": "1", "tag": "a/b"}]}, "is not a plain name"),
    (
        {"waivers": [{"gate": "test", "by": "Ada", "until": "soon", "reason": "x"}]},
        "the waiver for the gate test",
    ),
    ({"waivers": [{"gate": "test", "by": "Ada", "until": "2026-12-31", "reason": " "}]}, "and a reason"),
    ({"archive": {"exceptions": [{"rule": "r", "path": "p", "reason": " "}]}}, "needs a reason"),
]


@pytest.mark.parametrize(("table", "named"), MISTAKES, ids=[named for _, named in MISTAKES])
def test_a_mistake_is_named(table: dict[str, Any], named: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(**table)

    assert named in str(caught.value)
    assert str(caught.value).startswith("pyproject.toml")


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        parse(tyme=1, jobs="two", archive={"nme": 1})

    assert all(word in str(caught.value) for word in ("tyme", "jobs", "nme"))


def test_a_table_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="expected Settings"):
        parse_settings(7, "pyproject.toml")


FILES = [
    (None, "does not exist"),
    (b"[tool.gateproof\n", "is not TOML"),
    (b"\xff\xfe[", "is not UTF-8"),
    (b"[tool.ruff]\n", "has no [tool.gateproof]"),
]


@pytest.mark.parametrize(("content", "named"), FILES, ids=[named for _, named in FILES])
def test_a_file_that_cannot_be_read_is_one_sentence(
    tmp_path: Path, content: bytes | None, named: str
) -> None:
    if content is not None:
        (tmp_path / "pyproject.toml").write_bytes(content)

    with pytest.raises(UsageError) as caught:
        load_settings(tmp_path)

    assert named in str(caught.value)


def test_a_folder_in_the_place_of_the_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()

    with pytest.raises(UsageError, match="could not be read"):
        load_settings(tmp_path)


def test_this_repositorys_own_settings_are_right() -> None:
    assert load_settings(Path(__file__).parents[2]).product == "purelaka"
