"""Stock rules: profiles, and what items, channels and the installation set themselves; whose rule a SKU follows."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

APPEND_ONLY = """
CREATE TRIGGER rule_change_append_only BEFORE UPDATE OR DELETE ON wharfinger_stockrulechange
    FOR EACH ROW EXECUTE FUNCTION wharfinger_append_only();
CREATE TRIGGER rule_change_never_truncated BEFORE TRUNCATE ON wharfinger_stockrulechange
    FOR EACH STATEMENT EXECUTE FUNCTION wharfinger_append_only();
"""

NO_LONGER = """
DROP TRIGGER rule_change_append_only ON wharfinger_stockrulechange;
DROP TRIGGER rule_change_never_truncated ON wharfinger_stockrulechange;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0023_ledger_guard"),
    ]

    operations = [
        migrations.AddField(
            model_name="channelproduct",
            name="specified",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="listing",
            name="rule_channel",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="wharfinger.channel",
            ),
        ),
        migrations.CreateModel(
            name="StockProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("percent", models.PositiveSmallIntegerField(null=True)),
                ("rounding", models.CharField(blank=True, default="", max_length=10)),
                ("buffer", models.PositiveIntegerField(null=True)),
                ("send_zero_at", models.PositiveIntegerField(null=True)),
                ("cap", models.PositiveIntegerField(null=True)),
                ("name", models.CharField(max_length=60)),
                ("archived", models.BooleanField(default=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"), name="stock_profile_name_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent", None), ("percent__lte", 100), _connector="OR"),
                        name="profile_percent_at_most_100",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemStockRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("percent", models.PositiveSmallIntegerField(null=True)),
                ("rounding", models.CharField(blank=True, default="", max_length=10)),
                ("buffer", models.PositiveIntegerField(null=True)),
                ("send_zero_at", models.PositiveIntegerField(null=True)),
                ("cap", models.PositiveIntegerField(null=True)),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stock_rule",
                        to="wharfinger.stockitem",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="wharfinger.stockprofile",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("percent", None), ("percent__lte", 100), _connector="OR"),
                        name="item_percent_at_most_100",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChannelStockRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("percent", models.PositiveSmallIntegerField(null=True)),
                ("rounding", models.CharField(blank=True, default="", max_length=10)),
                ("buffer", models.PositiveIntegerField(null=True)),
                ("send_zero_at", models.PositiveIntegerField(null=True)),
                ("cap", models.PositiveIntegerField(null=True)),
                ("only_specified", models.BooleanField(default=False)),
                ("leads", models.BooleanField(default=False)),
                (
                    "channel",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stock_rule", to="wharfinger.channel"
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="channels",
                        to="wharfinger.stockprofile",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("percent", None), ("percent__lte", 100), _connector="OR"),
                        name="channel_percent_at_most_100",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InstallationStockRule",
            fields=[
                ("percent", models.PositiveSmallIntegerField(null=True)),
                ("rounding", models.CharField(blank=True, default="", max_length=10)),
                ("buffer", models.PositiveIntegerField(null=True)),
                ("send_zero_at", models.PositiveIntegerField(null=True)),
                ("cap", models.PositiveIntegerField(null=True)),
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="one_installation_rule"),
                    models.CheckConstraint(
                        condition=models.Q(("percent", None), ("percent__lte", 100), _connector="OR"),
                        name="installation_percent_at_most_100",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockRuleChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("subject", models.CharField(max_length=12)),
                ("subject_id", models.PositiveBigIntegerField()),
                ("setting", models.JSONField()),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["subject", "subject_id", "-id"], name="rule_changes_of_a_subject")],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, NO_LONGER),
    ]
