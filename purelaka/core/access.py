"""Who may open a staff page, and where somebody comes from."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_required, user_passes_test
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def client_address(request: HttpRequest) -> str:
    """Return the address that a request came from: the connection's, or the one that the store's proxy saw.

    Of X-Forwarded-For only the last address is the proxy's own word. Those before it are anybody's.
    """
    connected = request.META.get("REMOTE_ADDR", "")
    if not settings.BEHIND_TLS_PROXY:
        return connected
    return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or connected


def staff_only(permission: str) -> Callable[[View], View]:
    """Admit staff who hold the permission, refuse others with 403, and ask the anonymous to sign in."""

    def is_admitted(user) -> bool:
        if user.is_staff and user.has_perm(permission):
            return True
        raise PermissionDenied

    return lambda view: login_required(user_passes_test(is_admitted)(view))
