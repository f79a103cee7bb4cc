"""What every page is told."""

from django.conf import settings
from django.http import HttpRequest


def environment(request: HttpRequest) -> dict[str, object]:
    """Let a page say that it is staging."""
    return {"is_staging": settings.ENVIRONMENT == "staging"}
