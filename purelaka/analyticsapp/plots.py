"""Drawing the figures as SVG, on the server: no script, no build step, nothing loaded from elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import leather
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from analyticsapp.models import DailySnapshot
from core.money import MINOR_UNITS

WIDTH, HEIGHT = 760, 300
# Told apart by dashes too, and each dark enough on the paper: not everybody sees colours.
STYLES = (("#0b5d4e", None), ("#9c1c1c", (6, 4)))

leather.theme.background_color = "none"
leather.theme.margin = 0.03
leather.theme.default_line_width = 2.5
for part in ("title", "legend", "axis_title", "tick"):
    setattr(leather.theme, f"{part}_font_family", "system-ui, sans-serif")
leather.theme.legend_color = leather.theme.label_color = "#1d2430"
leather.theme.default_series_colors = [colour for colour, _ in STYLES]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plot:
    """One drawing: its heading, what it says to those who cannot see it, and the SVG itself."""

    name: str
    heading: str
    words: str
    svg: SafeString


Line = tuple[str, Sequence[tuple[date, float]]]


def plots_of(snapshots: Iterable[DailySnapshot]) -> tuple[Plot, ...]:
    """Draw money and orders over the days, oldest first. Fewer than two days make no line."""
    days = sorted(snapshots, key=lambda snapshot: snapshot.day)
    if len(days) < 2:
        return ()
    span = f"from {days[0].day} to {days[-1].day}"

    def line(label: str, field: str, unit: int = 1) -> Line:
        return label, [(one.day, float(Decimal(getattr(one, field)) / unit)) for one in days]

    return (
        _draw(
            name="money",
            heading="Pounds a day",
            span=span,
            lines=(
                line("taken", "gross_minor", MINOR_UNITS),
                line("given back", "refunded_minor", MINOR_UNITS),
            ),
        ),
        _draw(
            name="orders",
            heading="Orders a day",
            span=span,
            lines=(line("placed", "orders_placed"), line("cancelled", "orders_cancelled")),
        ),
    )


def _draw(*, name: str, heading: str, span: str, lines: Sequence[Line]) -> Plot:
    highest = max(value for _, points in lines for _, value in points)
    chart = leather.Chart()
    # From zero, so that a small change does not look like a large one.
    chart.add_y_scale(0, max(highest, 1))
    for (label, points), (colour, dashes) in zip(lines, STYLES, strict=False):
        chart.add_line(points, name=label, stroke_color=colour, stroke_dasharray=_dashes(dashes))
    peaks = "; ".join(
        f"{label}: {sum(value for _, value in points):,.0f} in all, at most {max(v for _, v in points):,.0f} a day"
        for label, points in lines
    )
    words = f"{heading} {span}. {peaks}."
    label = f'role="img" aria-label="{escape(words)}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    drawn = chart.to_svg(width=WIDTH, height=HEIGHT)
    # A view box in place of a size, so that the page decides how wide it is. What leather writes is numbers
    # and the labels above: nothing in it comes from outside.
    svg = drawn.replace(f'<svg width="{WIDTH}" height="{HEIGHT}"', f"<svg {label}", 1)
    return Plot(name=name, heading=heading, words=words, svg=mark_safe(svg))  # noqa: S308


def _dashes(dashes: tuple[int, int] | None) -> str:
    return " ".join(map(str, dashes)) if dashes else "none"
