"""No secret gets through, however it is written and wherever its blocks are cut."""

from __future__ import annotations

import base64
import itertools
import json
import shlex
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateproof.errors import UsageError
from gateproof.record.lines import LONGEST_LINE
from gateproof.record.redact import LONGEST_MATCH, WELL_KNOWN, Redactor, redactor

# Filled in, because a private key in a source is what the archive's inspection looks for.
KEY = """-----BEGIN {}-----
MIGHAgEAMBMGByqGSM49AgEG
CCqGSM49AwEHBG0wawIBAQQg
AbCd==
-----END {}-----
""".replace("{}", "PRIVATE KEY")


def of(**environment: str) -> Redactor:
    return redactor(environment)


def by_pattern(*patterns: str) -> Redactor:
    return redactor({}, patterns=patterns)


def through(redactor: Redactor, *blocks: str) -> str:
    stream = redactor.stream()
    return "".join(stream.feed(block) for block in blocks) + stream.feed("", final=True)


def blocks_of(text: str, cuts: set[int]) -> list[str]:
    places = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(places)]


@pytest.mark.parametrize(
    "name",
    [
        *("SECRET_KEY", "DJANGO_SECRET", "API_TOKEN", "token", "GITHUB_TOKEN", "DB_PASSWORD", "MYSQL_PASSWD"),
        *("SSH_PASSPHRASE", "EMAIL_PASS", "ADMIN_PWD", "STRIPE_API_KEY", "APIKEY", "AWS_ACCESS_KEY_ID"),
        *(
            "SIGNING_KEY",
            "DEPLOY_PRIVATE",
            "GOOGLE_CREDENTIALS",
            "SESSION_COOKIE",
            "SLACK_WEBHOOK",
            "SENTRY_DSN",
        ),
        *("REGISTRY_AUTH", "PASSWORD_SALT", "Api_Key", "KEY", "PW", "SOME_KEY"),
    ],
)
def test_a_value_under_the_name_of_a_secret_is_redacted(name: str) -> None:
    assert of(**{name: "hunter2-hunter2"}).redact("is hunter2-hunter2!") == f"is [redacted:{name}]!"


@pytest.mark.parametrize(
    "name", ["PATH", "HOME", "PWD", "OLDPWD", "KEYBOARD", "MONKEY", "COMPASS", "LANG", "AUTHOR"]
)
def test_a_value_under_another_name_is_left(name: str) -> None:
    assert of(**{name: "/home/alice"}).redact("in /home/alice") == "in /home/alice"


def test_names_can_be_added() -> None:
    redact = redactor({"SHOP_PIN": "123456789"}, names=[r"_PIN$"])
    assert redact.redact("pin=123456789") == "pin=[redacted:SHOP_PIN]"


@pytest.mark.parametrize(
    ("value", "text", "redacted"),
    [
        ("postgres://shop:s3cr3t-pass@db/shop", "with s3cr3t-pass", "with [redacted:X]"),
        ("postgres://shop:s3cr%2Ft-pass@db/shop", "s3cr/t-pass s3cr%2Ft-pass", "[redacted:X] [redacted:X]"),
        ("redis://:s3cr3t-pass@cache", "s3cr3t-pass", "[redacted:X]"),
        ("--index-url https://u:s3cr3t-pass@pypi.example/", "s3cr3t-pass", "[redacted:X]"),
        (
            "https://0123456789abcdef0123456789abcdef@sentry.example/1",
            "0123456789abcdef0123456789abcdef",
            "[redacted:X]",
        ),
        ("ssh://git@host.example/repo", "git", "git"),
        ("http://host.example/a@b", "host.example", "host.example"),
        ("http://[broken", "broken", "broken"),
    ],
)
def test_a_password_in_a_url_is_redacted_under_any_name(value: str, text: str, redacted: str) -> None:
    assert of(X=value).redact(text) == redacted


SECRET = 'it\'s a "p&ss\\word"/é<%+ñ>'


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        repr(SECRET),
        shlex.quote(SECRET),
        "it&#x27;s a &quot;p&amp;ss\\word&quot;/é&lt;%+ñ&gt;",
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(b"user:" + SECRET.encode() + b"\n").decode(),
        base64.b64encode(b"me:" + SECRET.encode()).decode(),
        base64.urlsafe_b64encode(b"four" + SECRET.encode()).decode(),
    ],
)
def test_a_secret_is_found_as_programs_write_it(form: str) -> None:
    redact = of(TOKEN=SECRET).redact(f"header {form} trailer")
    assert "[redacted:TOKEN]" in redact
    assert not any(form[place : place + 8] in redact for place in range(4, len(form) - 11))


def test_a_key_of_many_lines_is_found_whole_and_line_by_line() -> None:
    redact = of(DEPLOY_PRIVATE_KEY=KEY)
    assert redact.redact(f"<{KEY.strip()}>") == "<[redacted:DEPLOY_PRIVATE_KEY]>"
    assert redact.redact(KEY.strip().replace("\n", "\r\n")) == "[redacted:DEPLOY_PRIVATE_KEY]"
    assert redact.redact(json.dumps(KEY)) == '"[redacted:DEPLOY_PRIVATE_KEY]\\n"'
    assert redact.redact("  | MIGHAgEAMBMGByqGSM49AgEG\n") == "  | [redacted:DEPLOY_PRIVATE_KEY]\n"
    assert redact.redact("-----BEGIN PRIVATE KEY-----") == "-----BEGIN PRIVATE KEY-----"


def test_a_secret_that_is_not_text_is_found_as_the_decoder_writes_it() -> None:
    redact = of(TOKEN="caf\udce9-secret")
    assert redact.redact("caf\ufffd-secret") == "[redacted:TOKEN]"
    assert redact.redact("caf\udce9-secret") == "[redacted:TOKEN]"


def test_a_secret_with_control_characters_is_found_as_the_cleaner_leaves_it() -> None:
    assert of(TOKEN="\x1b[31mhunter2\x1b[0m\x07hunter2").redact("hunter2␇hunter2") == "[redacted:TOKEN]"


def test_what_is_not_redacted_is_named() -> None:
    redact = of(
        A_TOKEN="12345",
        B_TOKEN="",
        C_PASSWORD="postgres",
        D_PASSWORD="ChangeMe",
        E_TOKEN="  \n",
        F_TOKEN="s3cr3t",
    )
    assert redact.too_short == ("A_TOKEN",)
    assert redact.well_known == ("C_PASSWORD", "D_PASSWORD")
    assert redact.redact("12345 postgres ChangeMe s3cr3t") == "12345 postgres ChangeMe [redacted:F_TOKEN]"


def test_the_shortest_length_can_be_chosen() -> None:
    assert redactor({"PIN_TOKEN": "1234"}, shortest=4).redact("1234") == "[redacted:PIN_TOKEN]"


def test_well_known_words_are_lower_case_and_would_be_redacted_otherwise() -> None:
    assert {word.lower() for word in WELL_KNOWN} == WELL_KNOWN


def test_one_value_under_two_names_is_redacted_once() -> None:
    stream = of(B_TOKEN="hunter2-hunter2", A_TOKEN="hunter2-hunter2").stream()
    assert stream.feed("hunter2-hunter2", final=True) == "[redacted:A_TOKEN]"
    assert stream.count == 1


def test_the_longer_of_two_secrets_wins() -> None:
    redact = of(A_TOKEN="hunter", B_TOKEN="hunter2-hunter2")
    assert (
        through(redact, "hunter2-hunt", "er2 hunter2", "-hunt")
        == "[redacted:B_TOKEN] [redacted:A_TOKEN]2-hunt"
    )


def test_the_repr_shows_no_secret() -> None:
    assert "hunter2" not in repr(of(TOKEN="hunter2-hunter2"))


def test_a_name_that_is_not_text_can_be_written_down() -> None:
    assert (
        redactor({"caf\udce9_TOKEN": "hunter2"}).redact("hunter2").encode() == b"[redacted:caf\\udce9_TOKEN]"
    )


def test_only_what_may_become_a_secret_is_held_back() -> None:
    stream = of(TOKEN="hunter2-hunter2").stream()
    assert stream.feed("password: hun") == "password: "
    assert stream.holds
    assert stream.feed("k") == "hunk"
    assert not stream.holds
    assert stream.feed("hukhunter2-hunter") == "huk"
    assert stream.feed("2") == "[redacted:TOKEN]"
    assert stream.count == 1


def test_with_a_pattern_an_unfinished_line_is_held_back() -> None:
    stream = by_pattern(r"tok_\w+").stream()
    assert stream.feed("one\ntwo tok_1") == "one\n"
    assert stream.holds
    assert stream.feed("23\n") == "two [redacted:pattern 1]\n"


@pytest.mark.parametrize(
    ("pattern", "text", "redacted"),
    [
        (r"ghp_[A-Za-z0-9]{6}", "a ghp_abcdef b\n", "a [redacted:pattern 1] b\n"),
        (r"password=(?P<secret>\S+)", "password=abc other\n", "password=[redacted:pattern 1] other\n"),
        (r"x(?P<secret>y)?z", "xz xyz", "[redacted:pattern 1] x[redacted:pattern 1]z"),
        (r"^key .*$", "no key a\nkey a\nkey b", "no key a\n[redacted:pattern 1]\n[redacted:pattern 1]"),
        (r"\Akey", "a\nkey\n", "a\n[redacted:pattern 1]\n"),
        (r"key\Z", "a key\nkey b\nkey", "a key\nkey b\n[redacted:pattern 1]"),
        (r"begin[^x]*end", "begin\nend begin end\n", "begin\nend [redacted:pattern 1]\n"),
        (r"key(?!\s)", "key\nkeys\nkey x\n", "key\n[redacted:pattern 1]s\nkey x\n"),
    ],
)
def test_a_pattern_finds_secrets_within_a_line(pattern: str, text: str, redacted: str) -> None:
    assert by_pattern(pattern).redact(text) == redacted
    assert through(by_pattern(pattern), *text) == redacted


def test_a_value_is_redacted_before_a_pattern_looks() -> None:
    both = redactor({"TOKEN": "hunter2"}, patterns=[r"id_\d+", r"\d{4}-\d{4}"])
    assert (
        both.redact("hunter2 id_7 1234-5678") == "[redacted:TOKEN] [redacted:pattern 1] [redacted:pattern 2]"
    )


@pytest.mark.parametrize(
    "place", [0, 100, LONGEST_LINE - LONGEST_MATCH - 10, LONGEST_LINE - 10, LONGEST_LINE, 150_000]
)
def test_a_pattern_finds_secrets_in_a_line_of_any_length(place: int) -> None:
    text = "." * place + "<" + "7" * 2000 + ">" + "." * 200_000
    assert by_pattern("<7+>").redact(text) == "." * place + "[redacted:pattern 1]" + "." * 200_000


@pytest.mark.parametrize("bad", ["(", "x*", "", "a|"])
def test_a_pattern_that_is_broken_or_matches_nothing_is_refused(bad: str) -> None:
    with pytest.raises(UsageError, match="pattern"):
        by_pattern(bad)
    with pytest.raises(UsageError, match="pattern"):
        redactor({}, names=[bad])


# Few letters, so that secrets overlap and texts nearly contain them; none that a label has.
SECRETS = st.lists(st.text("XYZ\n&é", min_size=6, max_size=12), max_size=4)


@given(secrets=SECRETS, pieces=st.lists(st.text("XYZ\n&é", max_size=8), max_size=8), data=st.data())
@example(secrets=["XXXXXY", "XXXYZZ"], pieces=["XXXXXYZZ"], data=None)
def test_redaction_does_not_depend_on_blocks_and_leaves_no_secret(
    secrets: list[str], pieces: list[str], data: st.DataObject | None
) -> None:
    redact = redactor(
        {f"T{number}_TOKEN": secret for number, secret in enumerate(secrets)}, patterns=["Z[XY]Z", "é$"]
    )
    without_patterns = redactor({f"T{number}_TOKEN": secret for number, secret in enumerate(secrets)})
    if data is not None:
        pieces = [data.draw(st.sampled_from([piece, *secrets])) for piece in pieces]
    text = "".join(pieces)
    cuts = set(range(len(text))) if data is None else data.draw(st.sets(st.integers(0, len(text))))
    assert through(redact, *blocks_of(text, cuts)) == redact.redact(text)
    done = through(without_patterns, *blocks_of(text, cuts))
    assert done == without_patterns.redact(text)
    assert not any(secret.strip() in done for secret in secrets if len(secret.strip()) >= 6)
