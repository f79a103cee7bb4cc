"""Which pages need a customer."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse


def customer_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask the anonymous to sign in, and refuse accounts that do not buy, such as those of staff."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not hasattr(request.user, "customer"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return login_required(guarded)
