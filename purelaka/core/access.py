"""Who may open a staff page."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required, user_passes_test
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

View = Callable[..., HttpResponse]


def staff_only(permission: str) -> Callable[[View], View]:
    """Admit staff who hold the permission, refuse others with 403, and ask the anonymous to sign in."""

    def is_admitted(user) -> bool:
        if user.is_staff and user.has_perm(permission):
            return True
        raise PermissionDenied

    return lambda view: login_required(user_passes_test(is_admitted)(view))
