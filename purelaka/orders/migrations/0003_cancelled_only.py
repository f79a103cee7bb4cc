"""From here on the database refuses any other spelling."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_one_spelling_of_cancelled")]

    operations = [
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["pending", "paid", "refunded", "cancelled"])),
                name="order_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "cancelled"), _negated=True),
                    ("cancelled_at__isnull", False),
                    _connector="OR",
                ),
                name="cancelled_order_says_when",
            ),
        ),
    ]
