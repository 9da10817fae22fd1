"""What the write guard holds, and each channel's limits."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0039_counts"),
    ]

    operations = [
        migrations.CreateModel(
            name="StockGuard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.BooleanField(default=True)),
                ("zero_percent", models.PositiveSmallIntegerField(default=30)),
                ("more_percent", models.PositiveSmallIntegerField(default=50)),
                ("factor", models.PositiveIntegerField(default=10)),
                ("at_least", models.PositiveIntegerField(default=20)),
                ("held_at", models.DateTimeField(null=True)),
                ("kept_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveIndex(
            model_name="stocknotice",
            name="stock_notices_waiting",
        ),
        migrations.RemoveIndex(
            model_name="stocknotice",
            name="stock_notices_due",
        ),
        migrations.AddField(
            model_name="stocknotice",
            name="held",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="stocknotice",
            name="past_guard",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="stocknotice",
            name="sender",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="wharfinger.channel",
            ),
        ),
        migrations.AddField(
            model_name="stocknotice",
            name="unguarded",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="stocknotice",
            name="wanted",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="stocknotice",
            name="passes",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.ExpressionWrapper(
                    models.Q(("unguarded", False), models.Q(("held", False), ("past_guard", True), _connector="OR")),
                    output_field=models.BooleanField(),
                ),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.AddIndex(
            model_name="stocknotice",
            index=models.Index(
                condition=models.Q(("feed__isnull", True), ("passes", True)),
                fields=["account", "-urgency", "raised_at"],
                name="stock_notices_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="stocknotice",
            index=models.Index(
                condition=models.Q(("feed__isnull", True), ("passes", True)),
                fields=["account", "again_at"],
                name="stock_notices_due",
            ),
        ),
        migrations.AddIndex(
            model_name="stocknotice",
            index=models.Index(
                condition=models.Q(("unguarded", True)), fields=["account"], name="stock_notices_unguarded"
            ),
        ),
        migrations.AddIndex(
            model_name="stocknotice",
            index=models.Index(
                condition=models.Q(("held", True)), fields=["sender", "listing"], name="stock_notices_held"
            ),
        ),
        migrations.AddField(
            model_name="stockguard",
            name="channel",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="stock_guard", to="wharfinger.channel"
            ),
        ),
        migrations.AddField(
            model_name="stockguard",
            name="kept_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="stockguard",
            constraint=models.CheckConstraint(
                condition=models.Q(("factor__gte", 2), ("more_percent__lte", 100), ("zero_percent__lte", 100)),
                name="guard_within_limits",
            ),
        ),
    ]
