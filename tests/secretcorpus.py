"""A corpus of secrets, made up when it is asked for: two true and two false samples of each kind.

Nothing here is a secret, nor looks like one to a scanner: each is put together from parts.
A line more is a kind more: its name, what is a secret, and what only looks like one.
"""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable
from dataclasses import dataclass

LOWER = string.ascii_lowercase + string.digits
MIXED = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits
BASE32 = string.ascii_uppercase + "234567"
DJANGO = LOWER + "!@#$%^&*(-_=+)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of secret."""

    name: str
    true: tuple[str, ...]
    false: tuple[str, ...]


class Parts:
    """What secrets are made of, the same on each day."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def of(self, letters: str, length: int) -> str:
        """Letters at random, always with some of each kind that the letters have."""
        while True:
            made = "".join(self._random.choices(letters, k=length))
            kinds = (str.islower, str.isupper, str.isdigit)
            wanted = [kind for kind in kinds if any(map(kind, letters))]
            if length < 12 or all(sum(map(kind, made)) > 2 for kind in wanted):
                return made

    def hex(self, length: int) -> str:
        return self.of(HEX, length)

    def mixed(self, length: int) -> str:
        return self.of(MIXED, length)

    def django(self) -> str:
        return self.of(DJANGO.replace("'", ""), 50)

    def password(self) -> str:
        return self.of(LOWER, 6) + "-" + self.of(MIXED, 6)

    def words(self) -> str:
        return " ".join(self.of(string.ascii_lowercase, 5) for _ in range(5))

    def uuid(self) -> str:
        return "-".join(map(self.hex, (8, 4, 4, 4, 12)))


def kinds(seed: int = 4) -> tuple[Kind, ...]:
    """All of them, a file's text a sample."""
    p = Parts(seed)
    return (*_django(p), *_unknown_to_kingfisher(p), *_known_to_kingfisher(p))


def _kind(name: str, true: Callable[[], tuple[str, str]], *false: str) -> Kind:
    return Kind(name=name, true=true(), false=false)


def _django(p: Parts) -> tuple[Kind, ...]:
    return (
        _kind(
            "SECRET_KEY",
            lambda: (
                f"SECRET_KEY = '{p.django()}'\n",
                f'SECRET_KEY: str = "{"django-" + "insecure-"}{p.django()}"\n',
            ),
            'SECRET_KEY = os.environ["SECRET_KEY"]\n',
            'SECRET_KEY = env.str("SECRET_KEY", default="change-me-before-you-deploy")\n',
        ),
        _kind(
            "SECRET_KEY in a dictionary, and old ones",
            lambda: (
                f'settings.configure(**{{"SECRET_KEY": "{p.django()}"}})\n',
                f'SECRET_KEY_FALLBACKS = [\n    "{p.django()}",\n]\n',
            ),
            'CONFIG = {"SECRET_KEY": get_random_secret_key()}\n',
            "SECRET_KEY_FALLBACKS = []\n",
        ),
        _kind(
            ".env with SECRET_KEY",
            lambda: (
                f"DEBUG=off\nSECRET_KEY={p.mixed(50)}\n",
                f"export DJANGO_SECRET_KEY={p.of(LOWER + '!@^&*-_=+', 50)}\n",
            ),
            "SECRET_KEY=\nDEBUG=on\n",
            "SECRET_KEY=${SECRET_KEY_FROM_THE_VAULT_OF_THE_SHOP}\n",
        ),
        _kind(
            "docker-compose with SECRET_KEY",
            lambda: (
                f"services:\n  web:\n    environment:\n      SECRET_KEY: {p.mixed(50)}\n",
                f"services:\n  web:\n    environment:\n      - SECRET_KEY={p.mixed(50)}\n",
            ),
            "services:\n  web:\n    environment:\n      SECRET_KEY: ${SECRET_KEY:?set it in the environment}\n",
            "services:\n  web:\n    environment:\n      - SECRET_KEY\n",
        ),
        _kind(
            "DATABASES PASSWORD",
            lambda: (
                f"DATABASES = {{'default': {{'USER': 'shop', 'PASSWORD': '{p.password()}'}}}}\n",
                f'DATABASES = {{\n    "default": {{\n        "PASSWORD": "{p.password()}",\n    }}\n}}\n',
            ),
            'DATABASES = {"default": {"USER": "shop", "PASSWORD": env("DB_PASSWORD")}}\n',
            'DATABASES = {"default": {"USER": "postgres", "PASSWORD": "postgres"}}\n',
        ),
        _kind(
            "DATABASE_URL",
            lambda: (
                f"DATABASE_URL=postgres://shop:{p.password()}@db.internal:5432/shop\n",
                f'DATABASE_URL = "mysql://shop:{p.password()}@10.0.0.7/shop"\n',
            ),
            "DATABASE_URL=postgres://shop@localhost/shop\n",
            "DATABASE_URL=postgres://USER:PASSWORD@HOST:5432/NAME\n",
        ),
        _kind(
            "CACHES and brokers",
            lambda: (
                f'CACHES = {{"default": {{"LOCATION": "redis://:{p.password()}@cache.internal:6379/1"}}}}\n',
                f"CELERY_BROKER_URL=amqp://shop:{p.password()}@mq.internal//\n",
            ),
            'CACHES = {"default": {"LOCATION": "redis://cache:6379/1"}}\n',
            "CELERY_BROKER_URL=amqp://guest@localhost//\n",
        ),
        _kind(
            "EMAIL_HOST_PASSWORD",
            lambda: (f'EMAIL_HOST_PASSWORD = "{p.password()}"\n', f"EMAIL_HOST_PASSWORD={p.password()}\n"),
            'EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")\n',
            'EMAIL_HOST_PASSWORD = "your-password-here"\n',
        ),
        _kind(
            "passphrases among settings",
            lambda: (
                f'DEPLOY_{"PASS" + "PHRASE"} = "{p.words()}"\n',
                f"signing = {{'KEY_{'PASS' + 'PHRASE'}': '{p.words()}'}}\n",
            ),
            'DEPLOY_PASSPHRASE = os.environ["DEPLOY_PASSPHRASE"]\n',
            'DEPLOY_PASSPHRASE_HELP = "the words that open the key"\n',
        ),
        _kind(
            "other passwords among settings",
            lambda: (
                f"POSTGRES_PASSWORD: {p.password()}\n",
                f"RABBITMQ_DEFAULT_PASSWORD = '{p.password()}'\n",
            ),
            "POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}\n",
            'AUTH_PASSWORD_VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}]\n',
        ),
        _kind(
            "other tokens among settings",
            lambda: (f'GEO_API_KEY = "{p.mixed(24)}"\n', f"PAYMENTS_CLIENT_SECRET={p.mixed(32)}\n"),
            'GEO_API_KEY = config("GEO_API_KEY")\n',
            "PAYMENTS_CLIENT_SECRET=changeme-changeme-changeme-1\n",
        ),
    )


def _unknown_to_kingfisher(p: Parts) -> tuple[Kind, ...]:
    account = {"type": "service_account", "project_id": "shop", "private_key_id": p.hex(40)}
    other = {"private_key_id": p.hex(40), "client_email": "shop@shop.iam.gserviceaccount.com"}
    return (
        _kind(
            "Algolia",
            lambda: (f'ALGOLIA_ADMIN = "{p.hex(32)}"\n', f"algolia:\n  algolia_api_key: {p.hex(32)}\n"),
            'ALGOLIA_INDEX = "shop_products_by_price_ascending"\n',
            f'checksum = "{p.hex(32)}"\n',
        ),
        _kind(
            "Alibaba",
            lambda: (f"id = LTAI{p.mixed(20)}\n", f'aliyun_secret = "{p.mixed(30)}"\n'),
            "Alibaba ids begin with LTAI and are 16 to 24 long.\n",
            "aliyun_region = cn-hangzhou\n",
        ),
        _kind(
            "Artifactory",
            lambda: (f"X-JFrog-Art-Api: AKCp{p.mixed(69)}\n", f"password {'cmVm' + 'dGtuO'}{p.mixed(55)}\n"),
            "X-JFrog-Art-Api: $ARTIFACTORY_KEY\n",
            "AKCpKeysAreLongerThanThis\n",
        ),
        _kind(
            "Atlassian",
            lambda: (f'JIRA_TOKEN = "{p.mixed(24)}"\n', f"ATATT3{p.mixed(180)}={p.of(UPPER, 8)}\n"),
            'JIRA_PROJECT = "SHOP-RELEASE-ENGINEERING"\n',
            "jira = JIRA(server, token_auth=os.environ['JIRA_TOKEN'])\n",
        ),
        _kind(
            "AWS key id",
            lambda: (f"aws_access_key_id = AKIA{p.of(BASE32, 16)}\n", f'KEY = "ASIA{p.of(BASE32, 16)}"\n'),
            f"aws_access_key_id = AKIA{'IOSFODNN7'}EXAMPLE\n",
            "AKIA and ASIA begin the ids of keys.\n",
        ),
        _kind(
            "Discord",
            lambda: (
                f'bot.run("M{p.mixed(25)}.{p.mixed(6)}.{p.mixed(38)}")\n',
                f"https://discord.com/api/webhooks/{p.of('123456789', 18)}/{p.mixed(68)}\n",
            ),
            "https://discord.com/invite/django-users-and-friends\n",
            'bot.run(os.environ["DISCORD_TOKEN"])\n',
        ),
        _kind(
            "Fastly",
            lambda: (f'FASTLY_API = "{p.mixed(32)}"\n', f"fastly-key: {p.mixed(32)}\n"),
            'FASTLY_SERVICE = "shop"\n',
            "Fastly-Key: <your key, thirty-two characters>\n",
        ),
        _kind(
            "Google Cloud service account",
            lambda: (json.dumps(account, indent=2), json.dumps(other)),
            '{"type": "service_account", "private_key_id": "KEY_ID"}\n',
            f'{{"commit": "{p.hex(40)}"}}\n',
        ),
        _kind(
            "Linear",
            lambda: (f'"lin_api_{p.mixed(40)}"\n', f"LINEAR=lin_oauth_{p.mixed(40)}\n"),
            "lin_api_key = load()\n",
            "LINEAR=lin_api_...\n",
        ),
        _kind(
            "PlanetScale",
            lambda: (f"pscale_tkn_{p.mixed(43)}\n", f'password = "pscale_pw_{p.mixed(43)}"\n'),
            "pscale_tkn_ is how they begin\n",
            "pscale connect shop main\n",
        ),
        _kind(
            "Snyk",
            lambda: (f"SNYK_TOKEN={p.uuid()}\n", f'snyk_api = "{p.uuid()}"\n'),
            f'order = "{p.uuid()}"\n',
            "SNYK_TOKEN=${{ secrets.SNYK_TOKEN }}\n",
        ),
        _kind(
            "Sonar",
            lambda: (f"squ_{p.hex(40)}\n", f"sonar.login={p.hex(40)}\n"),
            "sonar.projectKey=shop\n",
            f"sonar.scm.revision={p.hex(40)}\n",
        ),
        _kind(
            "Square",
            lambda: (f"EAAA{p.mixed(60)}\n", f"secret: sq0csp-{p.mixed(43)}\n"),
            "sq0idp and sq0csp begin ids and secrets\n",
            "EAAAccess\n",
        ),
        _kind(
            "Trello",
            lambda: (f"TRELLO_KEY = '{p.hex(32)}'\n", f'trello(token="ATTA{p.hex(72)}")\n'),
            "TRELLO_BOARD = 'shop'\n",
            f"https://boards.example/c/{p.mixed(8)}\n",
        ),
    )


def _known_to_kingfisher(p: Parts) -> tuple[Kind, ...]:
    begin, end = "-----BEGIN {} PRIVATE" + " KEY-----\n", "\n-----END {} PRIVATE" + " KEY-----\n"

    def pem(kind: str) -> str:
        lines = "\n".join(p.of(MIXED + "+/", 64) for _ in range(12))
        return begin.format(kind) + lines + end.format(kind)

    def jwt() -> str:
        parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": p.mixed(12), "iat": 1700000000})
        texts = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts]
        return ".".join([*texts, p.mixed(43)])

    def prefixed(name: str, *prefixes: tuple[str, str, int]) -> Kind:
        """Tokens that are known by how they begin; what only begins so is none."""
        (one, letters, length), (two, others, size) = prefixes[0], prefixes[-1]
        true = (f'token = "{one}{p.of(letters, length)}"\n', f"TOKEN={two}{p.of(others, size)}\n")
        return Kind(
            name=name,
            true=true,
            false=(
                f"Tokens of {name} begin with {one!r}.\n",
                f'if token.startswith("{two}"):\n    accept(token)\n',
            ),
        )

    return (
        prefixed("GitHub", ("ghp_", MIXED, 36), ("gho_", MIXED, 36)),
        prefixed("GitHub, fine-grained", ("github_pat_", MIXED, 82)),
        prefixed("GitLab", ("glpat-", MIXED, 20)),
        _kind(
            "Slack",
            lambda: (
                f'token = "xoxb-{p.of("123456789", 12)}-{p.of("123456789", 12)}-{p.mixed(24)}"\n',
                f"https://hooks.slack.com/services/T{p.of(UPPER, 10)}/B{p.of(UPPER, 10)}/{p.mixed(24)}\n",
            ),
            "Tokens of Slack begin with 'xoxb-'.\n",
            "https://hooks.slack.com/services/TEAM/CHANNEL/KEY\n",
        ),
        prefixed("Stripe", ("sk_live_", MIXED, 24), ("rk_live_", MIXED, 24)),
        prefixed("SendGrid", ("SG." + p.mixed(22) + ".", MIXED, 43)),
        prefixed("npm", ("npm_", MIXED, 36)),
        prefixed("PyPI", ("pypi-" + "AgEIcHlwaS5vcmc", MIXED + "-_", 100)),
        prefixed("Hugging Face", ("hf_", string.ascii_letters, 34)),
        prefixed("DigitalOcean", ("dop_v1_", HEX, 64), ("doo_v1_", HEX, 64)),
        prefixed("Shopify", ("shpat_", HEX, 32), ("shpss_", HEX, 32)),
        prefixed("Databricks", ("dapi", HEX, 32)),
        prefixed("Doppler", ("dp.pt.", MIXED, 43)),
        prefixed("Grafana", ("glsa_" + p.mixed(32) + "_", HEX, 8), ("glc_", MIXED, 40)),
        prefixed("Postman", ("PMAK-" + p.hex(24) + "-", HEX, 34)),
        prefixed("Pulumi", ("pul-", HEX, 40)),
        prefixed("New Relic", ("NRAK-", UPPER, 27)),
        prefixed("Google", ("AIza" + "Sy", MIXED, 33)),
        prefixed("Vault", ("hvs.", MIXED, 92)),
        prefixed("age", ("AGE-SECRET-KEY-1", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)),
        prefixed("Notion", ("ntn_" + p.of("123456789", 11), MIXED, 35)),
        prefixed("RubyGems", ("rubygems_", HEX, 48)),
        prefixed("Docker Hub", ("dckr_pat_", MIXED, 27)),
        _kind(
            "private key",
            lambda: (pem("RSA"), pem("EC")),
            "-----BEGIN PUBLIC KEY-----\n" + p.mixed(64) + "\n-----END PUBLIC KEY-----\n",
            "It begins with -----BEGIN RSA PRIVATE" + " KEY-----.\n",
        ),
        _kind(
            "JSON web token",
            lambda: (f'bearer = "{jwt()}"\n', f"Authorization: Bearer {jwt()}\n"),
            'bearer = "header.payload.signature"\n',
            "Authorization: Bearer $TOKEN\n",
        ),
        _kind(
            "AWS secret",
            lambda: (
                f"aws_access_key_id = AKIA{p.of(BASE32, 16)}\naws_secret_access_key = {p.of(MIXED + '+/', 40)}\n",
                f'AWS_SECRET_ACCESS_KEY = "{p.of(MIXED + "/+", 40)}"\n',
            ),
            "aws_secret_access_key = ...\n",
            'AWS_SECRET_ACCESS_KEY = env("AWS_SECRET_ACCESS_KEY")\n',
        ),
        _kind(
            "Telegram",
            lambda: (
                f'telegram_token = "{p.of("123456789", 10)}:AA{p.mixed(33)}"\n',
                f"TELEGRAM_BOT_TOKEN={p.of('123456789', 9)}:AA{p.mixed(33)}\n",
            ),
            "telegram_chat = -1001234567890\n",
            "https://t.me/shop\n",
        ),
    )


def planted(seed: int = 6) -> dict[str, str]:
    """Secrets by kind, bare: those that are known by their form first, then those that only their name gives away."""
    p = Parts(seed)
    return {**_with_a_form(p), **_without_a_form(p)}


def _with_a_form(p: Parts) -> dict[str, str]:
    return {
        "GitHub": "ghp_" + p.mixed(36),
        "GitHub, fine-grained": "github_pat_" + p.mixed(82),
        "GitLab": "glpat-" + p.mixed(20),
        "Slack": "xoxb-" + p.of("123456789", 12) + "-" + p.mixed(24),
        "Stripe": "sk_live_" + p.mixed(24),
        "Stripe webhook": "whsec_" + p.mixed(32),
        "SendGrid": f"SG.{p.mixed(22)}.{p.mixed(43)}",
        "npm": "npm_" + p.mixed(36),
        "PyPI": "pypi-" + "AgEIcHlwaS5vcmc" + p.mixed(100),
        "Hugging Face": "hf_" + p.of(string.ascii_letters, 34),
        "DigitalOcean": "dop_v1_" + p.hex(64),
        "Shopify": "shpat_" + p.hex(32),
        "Databricks": "dapi" + p.hex(32),
        "Doppler": "dp.pt." + p.mixed(43),
        "Grafana": f"glsa_{p.mixed(32)}_{p.hex(8)}",
        "Postman": f"PMAK-{p.hex(24)}-{p.hex(34)}",
        "Pulumi": "pul-" + p.hex(40),
        "New Relic": "NRAK-" + p.of(UPPER, 27),
        "Google": "AIza" + "Sy" + p.mixed(33),
        "Vault": "hvs." + p.mixed(92),
        "Docker Hub": "dckr_pat_" + p.mixed(27),
        "AWS key id": "AKIA" + p.of(BASE32, 16),
        "Artifactory": "AKCp" + p.mixed(69),
        "Linear": "lin_api_" + p.mixed(40),
        "PlanetScale": "pscale_pw_" + p.mixed(43),
        "Sonar": "squ_" + p.hex(40),
        "Square": "sq0csp-" + p.mixed(43),
        "Trello": "ATTA" + p.hex(72),
    }


def _without_a_form(p: Parts) -> dict[str, str]:
    return {
        "SECRET_KEY": p.django(),
        "password": p.password(),
        "Algolia": p.hex(32),
        "AWS secret": p.of(MIXED + "+/", 40),
        "Snyk": p.uuid(),
        "passphrase": p.words(),
    }


WITHOUT_A_FORM = tuple(_without_a_form(Parts(0)))
"""Kinds that nothing but the name of their variable gives away."""
