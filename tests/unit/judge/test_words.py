"""What ran is what a proof names, in any spelling, and nothing weaker."""

from __future__ import annotations

import pytest

from gateproof.judge.words import alternatives, bare, runs, weaknesses, words_of


@pytest.mark.parametrize(
    ("command", "is_bare"),
    [
        ("python manage.py check", "manage.py check"),
        ("python3.12 -X dev ./manage.py check", "manage.py check"),
        ("uv run --locked python src/manage.py check", "manage.py check"),
        ("poetry run pytest -q", "pytest -q"),
        ("python -m pytest -q", "pytest -q"),
        ("coverage run --source=hc manage.py test", "manage.py test"),
        ("coverage run -m pytest", "pytest"),
        ("DEBUG=0 env CI=1 ruff check .", "ruff check ."),
        ("timeout 30s ruff check", "ruff check"),
        ("docker compose -f a.yml exec -T web python manage.py test", "manage.py test"),
        ("docker compose run --rm web pytest", "pytest"),
        ("uvx ruff check", "ruff check"),
        ("pipx run black --check .", "black --check ."),
        (r".venv\Scripts\ruff.exe check", "ruff.exe check"),
        ("python -c pass", "python -c pass"),
        ("python", "python"),
        ("docker build .", "docker build ."),
        ("docker-compose run --rm web pytest -q", "pytest -q"),
        ("podman exec web pytest -q", "pytest -q"),
        ("docker exec 7 pytest", "pytest"),
        ("uv run -- pytest -q", "pytest -q"),
        ("uv run --with x --python 3.12 pytest", "pytest"),
        ("timeout -k 5 30s ruff check", "ruff check"),
        ("pipx install black", "install black"),
        ("env run pytest", "run pytest"),
        ("", ""),
    ],
)
def test_the_bare_command_has_no_interpreter_runner_or_path(command: str, is_bare: str) -> None:
    assert " ".join(bare(command.split())).replace("ruff.exe", "ruff") == is_bare.replace("ruff.exe", "ruff")


DOES = [
    ("python manage.py check --deploy --fail-level WARNING", "manage.py check --deploy --fail-level WARNING"),
    ("python manage.py check --fail-level=WARNING --deploy", "manage.py check --deploy --fail-level WARNING"),
    ("python manage.py check --deploy --fail-level INFO", "manage.py check --deploy --fail-level WARNING"),
    ("python manage.py test analyticsapp -v2", "manage.py test analyticsapp -v 2"),
    ("python manage.py test -v 3 analyticsapp", "manage.py test analyticsapp -v 2"),
    ("python manage.py test --verbosity=2 analyticsapp", "manage.py test analyticsapp -v 2"),
    ("python manage.py --settings x.y check", "manage.py check"),
    ("ruff check .", "ruff check"),
    ("ruff --config a.toml check src", "ruff check"),
    ("pip-audit -r requirements.txt", "pip-audit"),
    ("pytest -q tests", "pytest"),
    ("python manage.py test --verbosity 2 analyticsapp", "manage.py test analyticsapp -v 2"),
    ("pytest --override-ini=addopts=-q", "pytest --override-ini addopts=-q"),
    ("pytest --cov shop", "pytest --cov shop"),
    ("ruff check . --diff", "ruff check --diff ."),
]
DOES_NOT = [
    ("python manage.py check --deploy", "manage.py check --deploy --fail-level WARNING"),
    ("python manage.py check --deploy --fail-level ERROR", "manage.py check --deploy --fail-level WARNING"),
    ("python manage.py check --deploy --fail-level WARNING --fail-level ERROR", "manage.py check --fail-level WARNING"),
    ("python manage.py check", "manage.py check --deploy"),
    ("python manage.py help check", "manage.py check"),
    ("python manage.py test", "manage.py test analyticsapp -v 2"),
    ("echo ruff check", "ruff check"),
    ("ruff format --check", "ruff check"),
    ("pip install pip-audit", "pip-audit"),
    ("pipx install black", "black"),
    ("pytest --cov other", "pytest --cov shop"),
    ("pytest run --cov tests shop tests", "pytest run --cov shop tests"),
    ("", "ruff check"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "wanted"), DOES)
def test_it_does_what_is_wanted(command: str, wanted: str) -> None:
    assert runs(command.split(), alternatives(wanted)[0])


@pytest.mark.parametrize(("command", "wanted"), DOES_NOT)
def test_it_does_not(command: str, wanted: str) -> None:
    assert not runs(command.split(), alternatives(wanted)[0])


@pytest.mark.parametrize(
    ("command", "wanted", "why"),
    [
        ("ruff check --exit-zero .", "ruff check", "cannot fail"),
        ("pytest --co", "pytest", "only lists"),
        ("pytest -k fast", "pytest", "a part of the tests"),
        ("pytest -m fast", "pytest", "a part of the tests"),
        ("django-admin test shop", "django-admin test", "it tests only shop"),
        ("python manage.py test shop basket", "manage.py test", "it tests only shop, basket"),
        ("python manage.py test --keepdb shop", "manage.py test --keepdb", "it tests only shop"),
        ("python manage.py test --tag fast", "manage.py test", "a part of the tests"),
        ("python manage.py test analyticsapp", "manage.py test", "it tests only analyticsapp"),
        ("pip-audit --ignore-vuln X", "pip-audit", "ignores advisories"),
        ("ruff check --help", "ruff check", "prints help"),
        ("ruff check --fix .", "ruff check", "mends what it should find"),
        ("ruff check --select=E9 .", "ruff check", "a part of the rules"),
        ("ruff check --exclude * .", "ruff check", "leaves files out"),
        ("pytest --ignore=tests", "pytest", "leaves something out"),
        ("python manage.py migrate --dry-run", "manage.py migrate", "what it would do"),
    ],
)
def test_what_makes_it_weaker_is_named(command: str, wanted: str, why: str) -> None:
    assert why in " ".join(weaknesses(command.split(), alternatives(wanted)[0]))


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("python manage.py test -v 2 --settings a.b", "manage.py test"),
        ("python -m pytest", "pytest"),
        ("python manage.py makemigrations --check --dry-run", "manage.py makemigrations --check --dry-run"),
        ("python manage.py test analyticsapp -v 2", "manage.py test analyticsapp -v 2"),
        ("python manage.py test analyticsapp", "manage.py test analyticsapp"),
        ("mytool -m part", "mytool"),
    ],
)
def test_what_a_proof_itself_asks_for_is_no_weakness(command: str, wanted: str) -> None:
    assert weaknesses(command.split(), alternatives(wanted)[0]) == ()


def test_a_bar_stands_between_commands_any_of_which_will_do() -> None:
    assert alternatives("ruff format --check | black --check") == (
        ("ruff", "format", "--check"),
        ("black", "--check"),
    )


def test_quotes_that_do_not_match_are_split_at_spaces() -> None:
    assert words_of("echo 'a") == ("echo", "'a")


@pytest.mark.parametrize(
    "option",
    [
        "--settings",
        "-v",
        "--parallel",
        "-p",
        "-t",
        "--top-level-directory",
        "--testrunner",
        "--pythonpath",
        "--durations",
        "--shuffle",
    ],
)
def test_the_value_of_an_option_is_no_label(option: str) -> None:
    command = f"python manage.py test {option} 3".split()
    assert weaknesses(command, alternatives("manage.py test")[0]) == ()
    assert weaknesses([*command, "shop"], alternatives("manage.py test")[0]) == ("it tests only shop",)
    assert "it tests only 3" not in weaknesses([*command, "shop"], alternatives("manage.py test")[0])


@pytest.mark.parametrize("option", ["--tag", "--exclude-tag", "-k"])
def test_the_value_of_an_option_that_narrows_is_no_label_either(option: str) -> None:
    told = weaknesses(f"python manage.py test {option} slow".split(), alternatives("manage.py test")[0])
    assert told
    assert not any("tests only" in why for why in told)


@pytest.mark.parametrize(
    ("command", "inside"),
    [
        ("docker compose exec web python manage.py test", ("manage.py", "test")),
        ("docker exec -it web python manage.py test", ("manage.py", "test")),
        ("docker compose run --rm web pytest", ("pytest",)),
        ("docker compose up web", ("docker", "compose", "up", "web")),
    ],
)
def test_a_command_in_a_container_is_that_command(command: str, inside: tuple[str, ...]) -> None:
    assert bare(command.split()) == inside
