"""Lists are sorted by any column and searched by codes, by indexes; people save views of them."""

from typing import Any

import django.db.models.deletion
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Collate, Left, Lower, Upper


def squeezed(column: str) -> Collate:
    bare = Func(F(column), Value(" -_./#:"), Value(""), function="TRANSLATE", output_field=TextField())
    return Collate(Upper(Left(bare, 60)), "C")


def digits(column: str) -> Collate:
    only = Func(F(column), Value("[^0-9]"), Value(""), Value("g"), function="REGEXP_REPLACE", output_field=TextField())
    return Collate(Func(only, Value("0"), function="LTRIM", output_field=TextField()), "C")


def pieces(*columns: str) -> Func:
    text: Any = F(columns[0])
    for column in columns[1:]:
        text = Func(
            text, Value(" "), F(column), template="(%(expressions)s)", arg_joiner=" || ", output_field=TextField()
        )
    signs = Value("-_./#:,;@+&=()[]<>|*'\"")
    apart = Func(text, signs, Value(" " * 22), function="TRANSLATE", output_field=TextField())
    return Func(Value("simple"), apart, function="to_tsvector", output_field=models.CharField())


def indexes(model: str, *several: models.Index) -> list[migrations.AddIndex]:
    return [migrations.AddIndex(model, index) for index in several]


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0036_language_of_a_user")]

    operations = [
        *indexes(
            "importedorder",
            models.Index(fields=["amazon_status", "-placed_at"], name="imported_orders_by_status"),
            models.Index(fields=["order_ref", "id"], name="imported_orders_by_ref"),
            models.Index(fields=["total", "id"], name="imported_orders_by_total"),
            models.Index(fields=["ship_by", "id"], name="imported_orders_by_deadline"),
            models.Index(squeezed("amazon_order_id"), name="imported_orders_number_begins"),
            models.Index(squeezed("order_ref"), name="imported_orders_ref_begins"),
            models.Index(digits("amazon_order_id"), name="imported_orders_number_digits"),
            GinIndex(pieces("amazon_order_id", "order_ref"), name="imported_orders_pieces"),
        ),
        *indexes(
            "salesorder",
            models.Index(fields=["state", "-placed_at"], name="sales_orders_by_state"),
            models.Index(fields=["order_type", "-placed_at"], name="sales_orders_by_type"),
            models.Index(
                fields=["invoice_priority", "-placed_at"],
                condition=Q(invoice_priority__isnull=False),
                name="sales_orders_by_priority",
            ),
            models.Index(fields=["total", "id"], name="sales_orders_by_total"),
            models.Index(fields=["ship_by", "id"], name="sales_orders_by_deadline"),
            models.Index(fields=["shipped_at", "id"], name="sales_orders_by_shipping"),
            models.Index(squeezed("code"), name="sales_orders_code_begins"),
            models.Index(digits("code"), name="sales_orders_code_digits"),
        ),
        *indexes(
            "salesorderline",
            models.Index(squeezed("sku"), name="order_lines_sku_begins"),
            GinIndex(pieces("sku"), condition=Q(item__isnull=True), name="order_lines_unmatched_pieces"),
        ),
        *indexes(
            "invoice",
            models.Index(squeezed("code"), name="invoices_code_begins"),
            models.Index(digits("code"), name="invoices_code_digits"),
        ),
        *indexes(
            "shipment",
            models.Index(squeezed("tracking_number"), name="shipments_tracking_begins"),
            models.Index(digits("tracking_number"), name="shipments_tracking_digits"),
        ),
        *indexes(
            "listing",
            models.Index(squeezed("sku"), name="listings_sku_begins"),
            GinIndex(pieces("sku"), name="listings_sku_pieces"),
        ),
        *indexes(
            "stockitem",
            models.Index(squeezed("code"), name="stock_items_code_begins"),
            GinIndex(pieces("code", "name", "other_reference"), name="stock_items_pieces"),
        ),
        *indexes("stockbarcode", models.Index(squeezed("code"), name="stock_barcodes_code_begins")),
        migrations.CreateModel(
            "SavedView",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("list", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=60)),
                ("filters", models.JSONField(default=dict)),
                ("sort", models.CharField(blank=True, max_length=40)),
                ("columns", models.JSONField(null=True)),
                ("made_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="wharfinger.user",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        F("list"), F("user"), Lower("name"), name="one_view_of_a_name", nulls_distinct=False
                    )
                ]
            },
        ),
        migrations.CreateModel(
            "ListSetting",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("list", models.CharField(max_length=20)),
                ("page_size", models.PositiveSmallIntegerField(null=True)),
                ("columns", models.JSONField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="wharfinger.user"
                    ),
                ),
                (
                    "view",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="wharfinger.savedview",
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=["user", "list"], name="one_setting_of_a_list")]},
        ),
    ]
