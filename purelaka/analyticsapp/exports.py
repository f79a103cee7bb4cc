"""The exports: which columns each has, under which schema version, and where its rows come from.

No column identifies a person. Adding, removing or redefining one raises that export's version, which stands
in the first cell of every row and in the file's name.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC

import structlog

from analyticsapp.csvtext import csv_lines
from analyticsapp.models import DailySnapshot
from core.money import CURRENCY
from orders.models import OrderLine

logger = structlog.get_logger(__name__)

ROWS_AT_A_TIME = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """One kind of CSV file."""

    name: str
    version: int
    columns: tuple[str, ...]
    rows: Callable[[], Iterable[tuple[object, ...]]]

    @property
    def schema(self) -> str:
        """Return the name and version that every row carries."""
        return f"{self.name}/{self.version}"

    @property
    def filename(self) -> str:
        """Return the name under which a browser saves it."""
        return f"purelaka-{self.name}-v{self.version}.csv"

    def lines(self) -> Iterator[str]:
        """Yield the file line by line, its header first. The log says when it began and how it ended."""
        # Bound now: when a reader leaves, the lines end outside the request that they belong to.
        log = logger.bind(**structlog.contextvars.get_contextvars(), export=self.schema)
        log.info("export_started")
        rows = -1
        try:
            for line in csv_lines(("schema", *self.columns), ((self.schema, *row) for row in self.rows())):
                rows += 1
                yield line
        except GeneratorExit:
            log.warning("export_abandoned", rows=rows)
            raise
        except Exception:
            log.exception("export_failed", rows=rows)
            raise
        log.info("export_finished", rows=rows)


def order_rows() -> Iterator[tuple[object, ...]]:
    """Yield one row a line of an order, oldest order first."""
    lines = OrderLine.objects.order_by("order__placed_at", "pk").values_list(
        "order__reference",
        "order__placed_at",
        "order__status",
        "product__sku",
        "product__name",
        "quantity",
        "unit_price_minor",
    )
    for reference, placed_at, status, sku, name, quantity, price in lines.iterator(chunk_size=ROWS_AT_A_TIME):
        moment = placed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        yield reference, moment, status, sku, name, quantity, price, quantity * price, CURRENCY


def kpi_rows() -> Iterator[tuple[object, ...]]:
    """Yield one row a day, oldest first."""
    for snapshot in DailySnapshot.objects.order_by("day").iterator(chunk_size=ROWS_AT_A_TIME):
        yield (
            snapshot.day.isoformat(),
            snapshot.definitions_version,
            *snapshot.figures().values(),
            snapshot.net_minor,
            CURRENCY,
        )


EXPORTS = {
    export.name: export
    for export in (
        Export(
            name="orders",
            version=1,
            columns=(
                "order_reference",
                "placed_at",
                "status",
                "sku",
                "product",
                "quantity",
                "unit_price_minor",
                "line_total_minor",
                "currency",
            ),
            rows=order_rows,
        ),
        Export(
            name="kpis",
            version=1,
            columns=(
                "day",
                "definitions_version",
                "customers_joined",
                "orders_placed",
                "orders_cancelled",
                "payments_taken",
                "gross_minor",
                "refunded_minor",
                "net_minor",
                "currency",
            ),
            rows=kpi_rows,
        ),
    )
}
