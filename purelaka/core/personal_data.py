"""Which fields hold personal data. Each model says so itself, in PERSONAL_DATA; libraries' models are below.

`describe_personal_data` writes the inventory into docs/data_governance.md, and with --check compares.
A model that says nothing is refused: silence is not "none".
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models

Declared = dict[str, str]

# What the libraries' models hold. {} means: looked at, and none.
OTHERS: dict[str, Declared] = {
    "admin.logentry": {"object_repr": "The name of what was edited; for a customer, their name"},
    "auth.permission": {},
    "auth.group": {},
    "auth.user": {
        "username": "The e-mail address, with which one signs in",
        "email": "The e-mail address",
        "first_name": "Staff only: the first name",
        "last_name": "Staff only: the last name",
        "password": "A salted hash of the password",
        "last_login": "When the person last signed in",
    },
    "contenttypes.contenttype": {},
    "sessions.session": {"session_data": "Who is signed in, signed and not encrypted"},
    "axes.accessattempt": {
        "username": "The name with which signing in failed",
        "ip_address": "The address from which signing in failed",
        "user_agent": "The browser with which signing in failed",
        "get_data": "Masked by django-axes",
        "post_data": "Masked by django-axes",
        "http_accept": "What the browser says it accepts",
    },
    "axes.accessattemptexpiration": {},
    # Switched off in the settings; the tables stay empty.
    "axes.accesslog": {
        "username": "Nothing: not written",
        "ip_address": "Nothing: not written",
        "user_agent": "Nothing: not written",
        "http_accept": "Nothing: not written",
        "session_hash": "Nothing: not written",
    },
    "axes.accessfailurelog": {
        "username": "Nothing: not written",
        "ip_address": "Nothing: not written",
        "user_agent": "Nothing: not written",
        "http_accept": "Nothing: not written",
    },
}
# A field of such a name that nobody declared is probably a mistake.
SUSPECT = ("name", "email", "phone", "address", "ip_", "user_agent", "birth")
NOT_A_PERSON = frozenset(
    {"catalogue.product.name", "auth.permission.name", "auth.permission.codename", "auth.group.name"}
)


class NotDeclared(ValueError):
    """A model that does not say which personal data it holds, or says something wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """One field that holds personal data."""

    model: str
    field: str
    what: str


def holdings() -> Iterator[Holding]:
    """Yield every field with personal data in the whole store, or raise NotDeclared and name every omission."""
    found, problems = [], []
    for model in apps.get_models():
        label = model._meta.label_lower
        declared = OTHERS[label] if label in OTHERS else getattr(model, "PERSONAL_DATA", None)
        if declared is None:
            problems.append(f"{label} does not say which personal data it holds (PERSONAL_DATA).")
            continue
        problems += _doubts(model, declared)
        found += [Holding(model=label, field=field, what=what) for field, what in declared.items()]
    if problems:
        raise NotDeclared("\n".join(problems))
    yield from sorted(found, key=lambda one: (one.model, one.field))


def _doubts(model: type[models.Model], declared: Declared) -> list[str]:
    label, fields = model._meta.label_lower, {field.name for field in model._meta.concrete_fields}
    doubts = [f"{label} has no field {name}." for name in declared if name not in fields]
    return doubts + [
        f"{label}.{name} looks like personal data and is not declared."
        for name in sorted(fields - declared.keys())
        if any(word in name for word in SUSPECT) and f"{label}.{name}" not in NOT_A_PERSON
    ]


def as_markdown() -> str:
    """Return the inventory as a table."""
    rows = (f"| `{one.model}` | `{one.field}` | {one.what} |" for one in holdings())
    return "\n".join(("| model | field | what it holds |", "| --- | --- | --- |", *rows))
