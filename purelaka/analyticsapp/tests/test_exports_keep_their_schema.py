"""An export is a file that a program can rely on: its columns, its version, its bytes."""

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import CommandError, call_command

from analyticsapp.exports import EXPORTS
from analyticsapp.snapshots import take_snapshots
from analyticsapp.tests.test_a_day_has_one_snapshot import DAY, LATER
from core.tests.people import StoreTestCase

# To change a line here is to change what others read: raise the version in the same change.
SCHEMAS = {
    "orders/1": "schema,order_reference,placed_at,status,sku,product,quantity,unit_price_minor,"
    "line_total_minor,currency",
    "kpis/1": "schema,day,definitions_version,customers_joined,orders_placed,orders_cancelled,payments_taken,"
    "gross_minor,refunded_minor,net_minor,currency",
}


class ExportsKeepTheirSchema(StoreTestCase):
    def export(self, name: str) -> str:
        out = io.StringIO()
        call_command("export_csv", name, stdout=out)
        return out.getvalue()

    def test_each_version_has_its_header(self):
        headers = {export.schema: next(export.lines()).rstrip("\n") for export in EXPORTS.values()}
        self.assertEqual(headers, SCHEMAS)

    def test_every_row_has_every_column_and_names_its_schema(self):
        self.paid_order(), self.cancelled_order()
        take_snapshots(DAY, DAY, now=LATER)
        for name, export in EXPORTS.items():
            rows = list(csv.DictReader(io.StringIO(self.export(name)), strict=True))
            self.assertTrue(rows)
            for row in rows:
                self.assertEqual(row["schema"], export.schema)
                self.assertNotIn(None, [*row, *row.values()])

    def test_an_order_has_a_row_a_line(self):
        order = self.paid_order()
        self.assertEqual(
            self.export("orders").splitlines()[1:],
            [f"orders/1,{order.reference},2026-03-02T12:00:00Z,paid,MUG,Mug,2,1400,2800,GBP"],
        )

    def test_a_day_has_a_row(self):
        self.paid_order(refunded_minor=2800)
        take_snapshots(DAY, DAY, now=LATER)
        self.assertEqual(
            self.export("kpis").splitlines()[1:], ["kpis/1,2026-03-02,1,2,1,0,1,2800,2800,0,GBP"]
        )

    def test_an_empty_export_is_a_header(self):
        self.assertEqual(self.export("orders"), SCHEMAS["orders/1"] + "\n")

    def test_a_file_holds_the_same_bytes_and_leaves_nothing_beside_it(self):
        self.paid_order()
        with TemporaryDirectory() as folder:
            target = Path(folder) / "orders.csv"
            call_command("export_csv", "orders", "--output", str(target), stdout=io.StringIO())
            self.assertEqual(target.read_bytes().decode("utf-8"), self.export("orders"))
            self.assertEqual([path.name for path in Path(folder).iterdir()], ["orders.csv"])

    def test_a_file_that_cannot_be_written_is_said_so(self):
        with TemporaryDirectory() as folder:
            missing = Path(folder) / "missing" / "orders.csv"
            with self.assertRaisesMessage(CommandError, "Cannot write"):
                call_command("export_csv", "orders", "--output", str(missing))

    def test_an_unknown_export_is_refused(self):
        with self.assertRaisesMessage(CommandError, "invalid choice: 'customers'"):
            call_command("export_csv", "customers")
