"""Orders that wait for a person's word are few among many: the list finds them by an index of their own."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0007_customers_and_problems")]

    operations = [
        migrations.AddIndex(
            "salesorder",
            models.Index(fields=["-placed_at", "-id"], condition=Q(confirmed=False), name="sales_orders_unconfirmed"),
        )
    ]
