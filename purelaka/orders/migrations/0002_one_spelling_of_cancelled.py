"""Bring both spellings of `cancelled` together, before the next migration forbids all but one.

Orders that were loaded from Stripe's own words say `canceled`. Those that do not say when they were cancelled
get the moment at which they were placed, the only one known.
"""

from django.db import migrations
from django.db.models import F, Q


def use_one_spelling(apps, schema_editor):
    """Rewrite what differs, and leave everything else untouched."""
    orders = apps.get_model("orders", "Order").objects.using(schema_editor.connection.alias)
    cancelled = orders.filter(Q(status__iexact="canceled") | Q(status="cancelled"))
    cancelled.filter(cancelled_at=None).update(cancelled_at=F("placed_at"))
    cancelled.update(status="cancelled")


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    # Which orders had the other spelling is not remembered, and nothing needs it back.
    operations = [migrations.RunPython(use_one_spelling, migrations.RunPython.noop, elidable=True)]
