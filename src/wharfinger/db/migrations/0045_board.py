"""The ship-by board: cut-offs of courier services, zones of sites, and what it is counted from."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0044_reorder_levels"),
    ]

    operations = [
        migrations.CreateModel(
            name="CourierCutOff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.TimeField()),
                ("weekdays", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="salesorder",
            name="goes_to",
            field=models.CharField(blank=True, db_default="", default="", max_length=2),
        ),
        migrations.AddField(
            model_name="site",
            name="time_zone",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ["ready_to_ship", "ready_in_part", "part_shipped", "awaiting_stock", "held"])
                ),
                fields=["ship_by", "id"],
                include=("channel", "site", "courier_group", "order_type", "service_level", "goes_to", "state"),
                name="sales_orders_to_ship",
            ),
        ),
        migrations.AddField(
            model_name="couriercutoff",
            name="service",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="cut_offs",
                to="wharfinger.courierservice",
            ),
        ),
        migrations.AddField(
            model_name="couriercutoff",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="wharfinger.site"
            ),
        ),
        migrations.AddConstraint(
            model_name="couriercutoff",
            constraint=models.UniqueConstraint(fields=("service", "site"), name="one_cut_off_of_a_site"),
        ),
    ]
