"""What machines ask."""

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.health import OK, readiness


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Say that the process answers. It asks nothing else, so that a slow database restarts no process."""
    return JsonResponse({"status": OK})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether the database answers, has its migrations, and holds yesterday's figures. 503 when not."""
    checks = readiness(timezone.now())
    is_ready = all(answer == OK for answer in checks.values())
    content = {"status": OK if is_ready else "not ready", "checks": checks}
    return JsonResponse(content, status=200 if is_ready else 503)
