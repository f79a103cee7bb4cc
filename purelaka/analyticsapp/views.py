"""The figures and the exports, for staff."""

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from analyticsapp.exports import EXPORTS
from analyticsapp.kpis import DEFINITIONS_VERSION, KPIS, summarise
from analyticsapp.models import DailySnapshot
from analyticsapp.plots import plots_of
from core.access import staff_only
from core.health import snapshot_freshness

# How many days one may look at; the second is what one sees first.
SPANS = (7, 30, 90)


@staff_only("analyticsapp.view_dailysnapshot")
@require_safe
def days(request: HttpRequest) -> HttpResponse:
    """Show the last days' figures: what they come to, how they went, and each of them."""
    asked = request.GET.get("days", "")
    shown = int(asked) if asked in map(str, SPANS) else SPANS[1]
    snapshots = list(DailySnapshot.objects.all()[:shown])
    page = {
        "snapshots": snapshots,
        "summary": summarise(snapshot.figures() for snapshot in snapshots),
        "plots": plots_of(snapshots),
        "spans": SPANS,
        "shown": shown,
        "version": DEFINITIONS_VERSION,
        "kpis": KPIS,
        "freshness": snapshot_freshness(timezone.now()),
        "exports": EXPORTS.values(),
    }
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
