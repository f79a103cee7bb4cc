"""The figures and the exports, for staff."""

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analyticsapp.exports import EXPORTS
from analyticsapp.models import DailySnapshot
from core.access import staff_only

DAYS_SHOWN = 30


@staff_only("analyticsapp.view_dailysnapshot")
@require_safe
def days(request: HttpRequest) -> HttpResponse:
    """Show the last days' figures."""
    page = {"snapshots": DailySnapshot.objects.all()[:DAYS_SHOWN], "exports": EXPORTS.values()}
    return render(request, "analyticsapp/days.html", page)


@staff_only("analyticsapp.export_data")
@require_safe
def export(request: HttpRequest, name: str) -> StreamingHttpResponse:
    """Stream an export as a file."""
    if name not in EXPORTS:
        raise Http404(f"There is no export {name!r}.")
    chosen = EXPORTS[name]
    headers = {
        "Content-Disposition": f'attachment; filename="{chosen.filename}"',
        "X-Export-Schema": chosen.schema,
        "Cache-Control": "no-store",
    }
    return StreamingHttpResponse(chosen.lines(), content_type="text/csv; charset=utf-8", headers=headers)
