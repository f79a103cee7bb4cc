"""Log lines that programs can read, that say to which request they belong, and that name no person."""

import ipaddress
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import structlog

MASK = "***"
# Never written, whatever they hold: where somebody was, and with what.
DROPPED = frozenset({"ip", "user_agent"})
# A field with one of these words in its name is a secret or a person.
TELLING = re.compile(
    r"passw|secret|token|authori[sz]ation|cookie|signature|api_?key|e-?mail|username|first_name|last_name|phone",
    re.IGNORECASE,
)
# What people and secrets look like in running text, an exception's included.
SPEAKING = re.compile(
    r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"  # an e-mail address
    r"|\b(?:whsec|sk|rk|pk)_[A-Za-z0-9_]{6,}"  # a secret of Stripe's
    r"|(?<=://)[^\s/@]+:[^\s/@]+(?=@)"  # user and password in a URL
    r"|\b(?:\d{1,3}\.){3}\d{1,3}\b"  # an IPv4 address
    r"|\b\d(?:[ -]?\d){12,18}\b",  # a card number
    re.IGNORECASE,
)


MAYBE_IPV6 = re.compile(r"(?<![\w:.])[0-9a-f]*:[0-9a-f:]*:[0-9a-f:.]*(?![\w:])", re.IGNORECASE)


def mask(_logger: object, _method: str, line: dict[str, object]) -> dict[str, object]:
    """Take out of a log line what names a person or opens a door. It is the last step before writing."""
    return {key: _masked(key, value) for key, value in line.items() if key not in DROPPED}


def _masked(key: str, value: object) -> object:
    if TELLING.search(key):
        return MASK
    if isinstance(value, str):
        return _masked_text(value)
    if isinstance(value, Mapping):
        return {str(name): _masked(str(name), inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_masked(key, inner) for inner in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return _masked_text(str(value))


def _masked_text(text: str) -> str:
    return MAYBE_IPV6.sub(lambda found: MASK if _is_address(found[0]) else found[0], SPEAKING.sub(MASK, text))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


@contextmanager
def traced(**context: object) -> Iterator[str]:
    """Give everything logged within one request id: the one at work already, or a new one for a command."""
    known = structlog.contextvars.get_contextvars().get("request_id")
    request_id = str(known or uuid.uuid4())
    with structlog.contextvars.bound_contextvars(request_id=request_id, **context):
        yield request_id


SHARED = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure() -> None:
    """Send structlog's lines through the standard library's handlers, so that all lines have one form."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def formatter(renderer: object) -> dict[str, object]:
    """Return a formatter for LOGGING, for the store's own lines and for those of libraries."""
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": SHARED,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            mask,
            renderer,
        ],
    }


JSON = formatter(structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False))
TEXT = formatter(structlog.dev.ConsoleRenderer(colors=False))
