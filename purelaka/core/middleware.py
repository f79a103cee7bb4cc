"""Each request has an id: in every log line that it causes, and in its answer."""

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

HEADER = "X-Request-ID"


class RequestIdMiddleware(RequestMiddleware):
    """django-structlog's, which also tells the caller the id and logs no query: searches hold names.

    The id is always made here. One that a caller sends could be anything, a name or a forged line included.
    """

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Return the method and the path."""
        return f"{request.method} {request.path}"

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        """Put the id into the answer before the context is cleared."""
        response.headers[HEADER] = structlog.contextvars.get_contextvars().get("request_id", "")
        super().handle_response(request, response)
