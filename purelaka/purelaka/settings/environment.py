"""The environment variables that the store reads, with what production demands of each.

The table is pure: it judges a mapping and touches neither Django nor the real environment, so that every
refusal can be tested. README.md shows the same table, and a test holds the two together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

POSTGRES_SCHEMES = frozenset({"postgres", "postgresql", "pgsql", "psql"})
INSECURE_KEY_PREFIXES = ("django-insecure-", "dev-only-insecure-")
PLACEHOLDERS = ("changeme", "change-me", "change_me", "example", "placeholder", "password", "secret")
TRUE_WORDS = frozenset({"1", "on", "ok", "t", "true", "y", "yes"})

Objection = str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Variable:
    """One environment variable: its meaning, its value when unset, and production's objection to a value."""

    name: str
    meaning: str
    default: str
    objection: Callable[[str], Objection]


def looks_guessable(value: str, *, length: int, distinct: int) -> bool:
    """Say whether a secret is too short, too uniform, or contains a word that people put there to replace."""
    is_placeholder = any(word in value.lower() for word in PLACEHOLDERS)
    return len(value) < length or len(set(value)) < distinct or is_placeholder


def object_to_secret_key(value: str) -> Objection:
    """Django signs sessions and password resets with it. `check --deploy` asks for 50 characters."""
    if not value:
        return "is missing. Set it to 50 or more random characters"
    if value.startswith("$"):
        return "begins with '$', which would be read as the name of another variable. Make another one"
    if value.startswith(INSECURE_KEY_PREFIXES):
        return "is a development key. Set it to 50 or more random characters"
    if looks_guessable(value, length=50, distinct=10):
        return "is weak. Set it to 50 or more random characters, without words such as 'changeme'"
    return None


def object_to_debug(value: str) -> Objection:
    """Debug pages show settings and source to anyone."""
    return "is on. Unset it, or set it to false" if value.lower() in TRUE_WORDS else None


def object_to_allowed_hosts(value: str) -> Objection:
    """Without host names, or with any allowed, links in e-mails can be forged."""
    hosts = [host.strip() for host in value.split(",") if host.strip()]
    if not hosts:
        return "is empty. Set it to the store's host names, separated by commas"
    if any("*" in host for host in hosts):
        return "allows every host ('*'). Set it to the store's host names, separated by commas"
    return None


def object_to_database_url(value: str) -> Objection:
    """SQLite takes one writer at a time and lies inside the release folder: not for real orders."""
    try:
        address = urlsplit(value)
    except ValueError:
        return "cannot be read. Set it to postgres://USER:PASSWORD@HOST:PORT/NAME"
    if not value:
        return "is missing. Set it to postgres://USER:PASSWORD@HOST:PORT/NAME"
    if address.scheme == "sqlite":
        return "names SQLite. Set it to postgres://USER:PASSWORD@HOST:PORT/NAME"
    if address.scheme not in POSTGRES_SCHEMES or not address.path.strip("/"):
        return "names no PostgreSQL database. Set it to postgres://USER:PASSWORD@HOST:PORT/NAME"
    return None


def object_to_webhook_secret(value: str) -> Objection:
    """Who knows or guesses it can mark orders as paid."""
    if not value:
        return "is missing. Set it to the signing secret (whsec_…) of the webhook endpoint in Stripe"
    if not value.startswith("whsec_") or looks_guessable(value.removeprefix("whsec_"), length=24, distinct=8):
        return "is weak or not Stripe's. Set it to the signing secret (whsec_…) of the webhook endpoint"
    return None


def object_to_fallbacks(value: str) -> Objection:
    """An old key opens what the new one opens, as long as it stands here."""
    keys = [key.strip() for key in value.split(",") if key.strip()]
    if any(object_to_secret_key(key) for key in keys):
        return "holds a weak key. Set it to earlier SECRET_KEYs, separated by commas, or unset it"
    return None


def object_to_stripe_key(value: str) -> Objection:
    """Who has it can take and give back money in the store's name."""
    if not value:
        return "is missing. Set it to the secret or restricted key of the account in Stripe"
    kind, _, rest = value.partition("_")
    if kind not in {"sk", "rk"} or looks_guessable(rest.partition("_")[2], length=24, distinct=8):
        return "is weak or not Stripe's. Set it to the secret or restricted key of the account in Stripe"
    return None


def object_to_broker(value: str) -> Objection:
    """Who can write to the broker can have jobs done. In memory or in a folder, jobs would be lost."""
    try:
        address = urlsplit(value)
    except ValueError:
        return "cannot be read. Set it to redis://:PASSWORD@HOST:PORT/NUMBER"
    if not value:
        return "is missing. Set it to redis://:PASSWORD@HOST:PORT/NUMBER"
    if address.scheme not in {"redis", "rediss"} or not address.hostname:
        return "names no Redis server. Set it to redis://:PASSWORD@HOST:PORT/NUMBER"
    if looks_guessable(address.password or "", length=16, distinct=8):
        return "has a weak password or none. Set it to redis://:PASSWORD@HOST:PORT/NUMBER"
    return None


def object_to_api_base(value: str) -> Objection:
    """Anybody's server could say that an order is paid."""
    return "sends payments elsewhere than to Stripe. Unset it" if value else None


def object_to_trusted_origins(value: str) -> Objection:
    """A form must not be accepted from a page that came without TLS."""
    origins = [origin.strip() for origin in value.split(",") if origin.strip()]
    if all(origin.startswith("https://") and "*" not in origin for origin in origins):
        return None
    return "holds an origin without https:// or with '*'. Set it to https:// origins, separated by commas"


def no_objection(value: str) -> Objection:
    """Accept any value."""
    return None


VARIABLES = (
    Variable(
        name="SECRET_KEY",
        meaning="Signs sessions and password resets; 50 or more random characters",
        default="a key made up on the spot, in dev only",
        objection=object_to_secret_key,
    ),
    Variable(
        name="SECRET_KEY_FALLBACKS",
        meaning="Earlier SECRET_KEYs, separated by commas, while a new one is brought in",
        default="none",
        objection=object_to_fallbacks,
    ),
    Variable(
        name="DEBUG",
        meaning="Shows debug pages",
        default="true in dev, false elsewhere",
        objection=object_to_debug,
    ),
    Variable(
        name="ALLOWED_HOSTS",
        meaning="Host names that the store answers to, separated by commas",
        default="localhost in dev, none elsewhere",
        objection=object_to_allowed_hosts,
    ),
    Variable(
        name="DATABASE_URL",
        meaning="postgres://USER:PASSWORD@HOST:PORT/NAME, or sqlite:///PATH in dev",
        default="db.sqlite3 beside manage.py, in dev only",
        objection=object_to_database_url,
    ),
    Variable(
        name="STRIPE_WEBHOOK_SECRET",
        meaning="Signing secret (whsec_…) of the webhook endpoint in Stripe",
        default="none: the webhook answers 503, in dev only",
        objection=object_to_webhook_secret,
    ),
    Variable(
        name="STRIPE_SECRET_KEY",
        meaning="Secret or restricted key (sk_live_…, rk_live_…; sk_test_… in staging) of the account in Stripe",
        default="none: nobody can pay or be refunded, in dev only",
        objection=object_to_stripe_key,
    ),
    Variable(
        name="STRIPE_API_BASE",
        meaning="Where the stand-in for Stripe listens; read in dev only",
        default="Stripe itself",
        objection=object_to_api_base,
    ),
    Variable(
        name="CELERY_BROKER_URL",
        meaning="redis://:PASSWORD@HOST:PORT/NUMBER, or rediss:// for TLS",
        default="a folder among the temporary ones (memory on Windows), in dev only",
        objection=object_to_broker,
    ),
    Variable(
        name="CSRF_TRUSTED_ORIGINS",
        meaning="https:// origins whose forms are accepted, separated by commas",
        default="none",
        objection=object_to_trusted_origins,
    ),
    Variable(
        name="BEHIND_TLS_PROXY",
        meaning="Believe the proxy's X-Forwarded-Proto; only where the proxy always sets it",
        default="false",
        objection=no_objection,
    ),
    Variable(
        name="BACKUP_FOLDER",
        meaning="Where the nightly backup goes, outside the release",
        default="none: the job fails, and is seen to",
        objection=no_objection,
    ),
    Variable(name="BACKUP_KEEP", meaning="How many backups stay there", default="14", objection=no_objection),
    Variable(name="LOG_LEVEL", meaning="What the log shows", default="INFO", objection=no_objection),
    Variable(
        name="DEMO_PASSWORD",
        meaning="Password that seed_demo gives to the demo's people",
        default="none: nobody of the demo can sign in",
        objection=no_objection,
    ),
)


def problems(environment: Mapping[str, str], *, stage: str = "production") -> tuple[str, ...]:
    """Name everything in the environment that would make production unsafe, without repeating any value."""
    objections = {
        variable.name: variable.objection(environment.get(variable.name, "")) for variable in VARIABLES
    }
    # Real money is for production, play money for everything else; a mix-up is found before the first order.
    if not objections["STRIPE_SECRET_KEY"]:
        is_live = environment["STRIPE_SECRET_KEY"].split("_")[1] == "live"
        if is_live != (stage == "production"):
            kind = "live" if is_live else "test"
            objections["STRIPE_SECRET_KEY"] = f"is a {kind} key, which is not for {stage}"
    return tuple(f"{name} {objection}." for name, objection in objections.items() if objection)


def refuse_unsafe(environment: Mapping[str, str], *, settings: str, stage: str = "production") -> None:
    """Raise ImproperlyConfigured, naming all problems at once, unless the environment is safe."""
    if found := problems(environment, stage=stage):
        lines = "\n".join(f"  - {problem}" for problem in found)
        raise ImproperlyConfigured(f"{settings} refuses to start unsafe:\n{lines}")


def as_markdown() -> str:
    """Return the table for people. README.md holds it, and `describe_environment --check` compares."""
    rows = (f"| `{one.name}` | {one.meaning} | {one.default} |" for one in VARIABLES)
    return "\n".join(("| variable | meaning | when unset |", "| --- | --- | --- |", *rows))
