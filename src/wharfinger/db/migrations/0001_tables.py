"""Every table of release 0.1.0.

These three steps stand for all that came before the release; `replaces` tells a database that has had those that it
needs nothing of them. One that has had some of them only is refused (`cli/migrate.py`).
"""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Collate, Left, Lower, Upper

import wharfinger.db.encryption


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


class Migration(migrations.Migration):
    replaces = [
        ("wharfinger", "0001_first"),
        ("wharfinger", "0002_seed"),
        ("wharfinger", "0003_first_import_decisions"),
        ("wharfinger", "0004_setup_whole"),
        ("wharfinger", "0005_setup_whole_data"),
        ("wharfinger", "0006_options"),
        ("wharfinger", "0006_options_data"),
        ("wharfinger", "0007_house_work"),
        ("wharfinger", "0008_append_only_truncate"),
        ("wharfinger", "0009_cancel_reason_encrypted"),
        ("wharfinger", "0010_cancel_reason_data"),
        ("wharfinger", "0011_fba_levels"),
        ("wharfinger", "0012_totals_accepted"),
        ("wharfinger", "0013_notice_caused_at"),
        ("wharfinger", "0014_worker_versions"),
        ("wharfinger", "0015_buyers_and_days"),
        ("wharfinger", "0016_amazon_answers"),
        ("wharfinger", "0017_parcel_corrections"),
        ("wharfinger", "0018_barcodes_and_headings"),
        ("wharfinger", "0019_sign_in_limit"),
        ("wharfinger", "0020_running_shop"),
        ("wharfinger", "0021_application_kind"),
        ("wharfinger", "0022_reservations"),
        ("wharfinger", "0023_parcels_not_shown"),
        ("wharfinger", "0024_listing_issues"),
        ("wharfinger", "0025_service_shipping_method"),
        ("wharfinger", "0026_denied_flows"),
        ("wharfinger", "0027_decimal_sign"),
        ("wharfinger", "0028_marketplace_reading"),
        ("wharfinger", "0029_remedies"),
        ("wharfinger", "0030_names_of_the_field"),
        ("wharfinger", "0031_values_without_choices"),
        ("wharfinger", "0032_subjects"),
        ("wharfinger", "0033_pages_by_subject"),
        ("wharfinger", "0034_states_as_codes"),
        ("wharfinger", "0035_choice_and_not_sent"),
        ("wharfinger", "0036_language_of_a_user"),
        ("wharfinger", "0037_list_views_and_search"),
        ("wharfinger", "0038_numbers_by_sequence"),
    ]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("username", models.CharField(max_length=150, unique=True)),
                ("full_name", models.CharField(blank=True, max_length=150)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("role", models.CharField(max_length=20)),
                ("is_active", models.BooleanField(default=True)),
                ("time_zone", models.CharField(default="Europe/London", max_length=60)),
                ("theme", models.CharField(default="auto", max_length=10)),
                ("decimal_sign", models.CharField(db_default="point", default="point", max_length=10)),
                ("language", models.CharField(db_default="en-gb", default="en-gb", max_length=10)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AmazonApplication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(default="Wharfinger", max_length=80)),
                ("application_id", models.CharField(max_length=120, unique=True)),
                ("client_id", models.CharField(max_length=200)),
                ("client_secret", wharfinger.db.encryption.EncryptedText()),
                ("secret_last_four", models.CharField(max_length=4)),
                ("secret_set_at", models.DateTimeField()),
                ("secret_expires_on", models.DateField(null=True)),
                ("kind", models.CharField(default="unlisted", max_length=10)),
                ("is_draft", models.BooleanField(default=True)),
                ("regions", models.JSONField(default=list)),
                ("roles", models.JSONField(default=list)),
                ("redirect_uri", models.CharField(blank=True, max_length=300)),
                ("queue_url", models.CharField(blank=True, max_length=300)),
                ("queue_region", models.CharField(blank=True, max_length=30)),
                ("queue_key_id", models.CharField(blank=True, max_length=60)),
                ("queue_secret", wharfinger.db.encryption.EncryptedText(blank=True, default="")),
                ("queue_last_four", models.CharField(blank=True, max_length=4)),
                ("rotation_requested_at", models.DateTimeField(null=True)),
                ("rotation_called_at", models.DateTimeField(null=True)),
                ("rotation_error", models.TextField(blank=True)),
                ("rotated_at", models.DateTimeField(null=True)),
                ("old_secret_works_until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Channel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("kind", models.CharField(max_length=3)),
                ("enabled", models.BooleanField(default=True)),
                ("activated", models.BooleanField(default=True)),
                ("activated_for", models.CharField(blank=True, default="", max_length=10)),
                ("archived", models.BooleanField(default=False)),
                ("link_state", models.CharField(default="waiting", max_length=30)),
                ("start_date", models.DateField()),
                ("order_ref_format", models.CharField(default="{0}", max_length=60)),
                ("dont_import_orders", models.BooleanField(default=False)),
                ("dont_upload_order_status", models.BooleanField(default=False)),
                ("dont_upload_stock_levels", models.BooleanField(default=False)),
                ("use_amazon_sku", models.BooleanField(default=True)),
                ("import_fba_orders", models.CharField(max_length=20)),
                ("stock_upload_approved_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("made_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Marketplace",
            fields=[
                ("id", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                ("country", models.CharField(max_length=2)),
                ("currency", models.CharField(max_length=3)),
                ("region", models.CharField(max_length=2)),
                ("pool", models.CharField(max_length=10)),
                ("seller_central", models.CharField(max_length=100)),
                ("time_zone", models.CharField(default="UTC", max_length=60)),
                ("proposed_zone", models.CharField(blank=True, default="", max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name="PeriodicTaskSchedule",
            fields=[
                ("task", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("due_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=200)),
                ("error", models.TextField(blank=True)),
                ("failures", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="RawMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("key", models.CharField(max_length=60)),
                ("body", wharfinger.db.encryption.EncryptedBytes(null=True)),
                ("body_hash", models.CharField(max_length=64)),
                ("source", models.CharField(max_length=20)),
                ("state", models.CharField(default="waiting", max_length=12)),
                ("error", models.TextField(blank=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("again_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SetupLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="WorkerHeartbeat",
            fields=[
                ("name", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("seen_at", models.DateTimeField()),
                ("started_at", models.DateTimeField()),
                ("version", models.CharField(blank=True, default="", max_length=40)),
                ("fault", models.TextField(blank=True, default="")),
                ("faulty_since", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="BankAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("archived", models.BooleanField(default=False)),
                ("currency", models.CharField(blank=True, max_length=3)),
            ],
            options={
                "abstract": False,
                "constraints": [models.UniqueConstraint(Lower("name"), name="bankaccount_once")],
            },
        ),
        migrations.CreateModel(
            name="AuthorisationAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state_hash", models.CharField(max_length=64, unique=True)),
                ("session_hash", models.CharField(max_length=64)),
                ("state", models.CharField(default="open", max_length=20)),
                ("opened_at", models.DateTimeField()),
                ("returned_at", models.DateTimeField(null=True)),
                ("code", wharfinger.db.encryption.EncryptedText(blank=True, default="")),
                ("seller_id", models.CharField(blank=True, max_length=30)),
                ("outcome", models.CharField(blank=True, default="", max_length=20)),
                ("redirect_uri", models.CharField(max_length=300)),
                ("exchanges", models.PositiveSmallIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="authorisations",
                        to="wharfinger.channel",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CompanyClass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("archived", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
                "constraints": [models.UniqueConstraint(Lower("name"), name="companyclass_once")],
            },
        ),
        migrations.CreateModel(
            name="CourierGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("archived", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [models.UniqueConstraint(Lower("name"), name="courier_group_once")],
            },
        ),
        migrations.CreateModel(
            name="CourierService",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("courier", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=80)),
                ("tracking", models.CharField(max_length=30)),
                ("gives_number", models.BooleanField(default=False)),
                ("number_prefix", models.CharField(blank=True, max_length=4)),
                ("amazon_carrier_code", models.CharField(max_length=60)),
                ("amazon_carrier_name", models.CharField(blank=True, max_length=60)),
                ("amazon_shipping_method", models.CharField(blank=True, default="", max_length=60)),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("courier", "name"), name="one_courier_service")],
            },
        ),
        migrations.CreateModel(
            name="CsvHeading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("heading", models.CharField(max_length=120)),
                ("column", models.CharField(max_length=40)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("kind", "heading"), name="one_csv_heading")],
            },
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True)),
                ("generic", models.BooleanField(default=False)),
                ("generic_month", models.CharField(blank=True, max_length=4)),
                ("name", wharfinger.db.encryption.EncryptedText(blank=True)),
                ("email", wharfinger.db.encryption.EncryptedText(blank=True)),
                ("address", wharfinger.db.encryption.EncryptedJson(null=True)),
                ("address_hash", models.CharField(blank=True, db_index=True, max_length=64)),
                ("name_hash", models.CharField(blank=True, db_index=True, max_length=64)),
                ("surname_hash", models.CharField(blank=True, db_index=True, max_length=64)),
                ("postcode_hash", models.CharField(blank=True, db_index=True, max_length=64)),
                ("email_hash", models.CharField(blank=True, db_index=True, max_length=64)),
                ("made_at", models.DateTimeField()),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "company_class",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wharfinger.companyclass",
                    ),
                ),
                (
                    "generic_channel",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wharfinger.channel",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ImportedOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amazon_order_id", models.CharField(max_length=30)),
                ("fulfilment", models.CharField(blank=True, max_length=3)),
                ("state", models.CharField(max_length=20)),
                ("reason", models.TextField(blank=True)),
                ("remedy", models.TextField(blank=True)),
                ("waits_for", models.CharField(blank=True, db_index=True, max_length=120)),
                ("first_import_choice", models.CharField(blank=True, default="", max_length=12)),
                ("record_only", models.BooleanField(default=False)),
                ("amazon_status", models.CharField(max_length=24)),
                ("order_ref", models.CharField(blank=True, max_length=100)),
                ("summary", models.CharField(blank=True, max_length=300)),
                ("placed_at", models.DateTimeField()),
                ("amazon_updated_at", models.DateTimeField()),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("total", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("found_at", models.DateTimeField()),
                ("imported_at", models.DateTimeField(null=True)),
                ("ship_by", models.DateTimeField(null=True)),
                ("reservation_ended_at", models.DateTimeField(null=True)),
                (
                    "channel",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imported_orders",
                        to="wharfinger.channel",
                    ),
                ),
                (
                    "marketplace",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="wharfinger.marketplace"
                    ),
                ),
                (
                    "raw_message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wharfinger.rawmessage",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("system", models.CharField(max_length=10)),
                ("made_at", models.DateTimeField()),
                ("next_sales_order", models.PositiveBigIntegerField(default=1)),
                ("next_invoice", models.PositiveBigIntegerField(default=1)),
                ("next_customer", models.PositiveBigIntegerField(default=1)),
                ("pending_reservation_days", models.PositiveSmallIntegerField(default=7)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_installation")],
            },
        ),
        migrations.CreateModel(
            name="MailSettings",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("host", models.CharField(max_length=200)),
                ("port", models.PositiveIntegerField(default=587)),
                ("security", models.CharField(max_length=10)),
                ("username", models.CharField(blank=True, max_length=200)),
                ("password", wharfinger.db.encryption.EncryptedText(blank=True, default="")),
                ("password_last_four", models.CharField(blank=True, max_length=4)),
                ("sender", models.EmailField(max_length=254)),
                ("recipients", models.JSONField(default=list)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_mail_settings")],
            },
        ),
        migrations.AddField(
            model_name="channel",
            name="marketplace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="channels", to="wharfinger.marketplace"
            ),
        ),
        migrations.CreateModel(
            name="OrderNumberPrefix",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("archived", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
                "constraints": [models.UniqueConstraint(Lower("name"), name="ordernumberprefix_once")],
            },
        ),
        migrations.CreateModel(
            name="RunningShop",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("state", models.CharField(max_length=10)),
                ("step", models.PositiveSmallIntegerField(default=0)),
                ("days", models.PositiveSmallIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SalesOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True)),
                ("order_ref", models.CharField(max_length=100)),
                ("order_type", models.CharField(max_length=20)),
                ("state", models.CharField(max_length=20)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("total", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("delivery", wharfinger.db.encryption.EncryptedJson(null=True)),
                ("buyer", wharfinger.db.encryption.EncryptedJson(null=True)),
                ("confirmed_address_hash", models.CharField(blank=True, default="", max_length=64)),
                ("postcode_hash", models.CharField(blank=True, db_index=True, max_length=64)),
                ("surname_hash", models.CharField(blank=True, db_index=True, max_length=64)),
                ("email_hash", models.CharField(blank=True, db_index=True, max_length=64)),
                ("invoice_priority", models.PositiveSmallIntegerField(null=True)),
                ("confirmed", models.BooleanField(default=True)),
                ("totals_accepted", models.TextField(blank=True, default="")),
                ("picked_at", models.DateTimeField(null=True)),
                ("service_level", models.CharField(blank=True, max_length=40)),
                ("programs", models.JSONField(default=list)),
                ("replaces", models.CharField(blank=True, max_length=30)),
                ("ship_by", models.DateTimeField(null=True)),
                ("deliver_by", models.DateTimeField(null=True)),
                ("placed_at", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
                ("shipped_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("cancel_requested", models.BooleanField(default=False)),
                ("cancel_answered_at", models.DateTimeField(null=True)),
                ("cancel_reason", wharfinger.db.encryption.EncryptedText(blank=True, default="")),
                (
                    "bank_account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wharfinger.bankaccount",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sales_orders",
                        to="wharfinger.channel",
                    ),
                ),
                (
                    "courier_group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wharfinger.couriergroup",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sales_orders",
                        to="wharfinger.customer",
                    ),
                ),
                (
                    "imported",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sales_order",
                        to="wharfinger.importedorder",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("total", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("issued_at", models.DateTimeField(null=True)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invoices", to="wharfinger.salesorder"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SalesOrderLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order_item_id", models.CharField(max_length=40)),
                ("sku", models.TextField()),
                ("asin", models.CharField(blank=True, max_length=20)),
                ("title", models.CharField(blank=True, max_length=500)),
                ("held_reason", models.TextField(blank=True)),
                ("quantity_ordered", models.PositiveIntegerField()),
                ("quantity_cancelled", models.PositiveIntegerField(default=0)),
                ("quantity_shipped", models.PositiveIntegerField(default=0)),
                ("amount_item", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("amount_shipping", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("amount_gift_wrap", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("amount_discount", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("amount_tax", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("amount_other", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("amount_total", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("tax_collected_by", models.CharField(blank=True, max_length=40)),
                ("ioss_number", models.CharField(blank=True, max_length=40)),
                ("gift_message", wharfinger.db.encryption.EncryptedText(blank=True)),
                ("gift_wrap_level", models.CharField(blank=True, max_length=60)),
                ("customisation_url", wharfinger.db.encryption.EncryptedText(blank=True)),
                ("serial_numbers_required", models.BooleanField(default=False)),
                ("cancel_requested", models.BooleanField(default=False)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="wharfinger.salesorder"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SalesSource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("archived", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
                "constraints": [models.UniqueConstraint(Lower("name"), name="salessource_once")],
            },
        ),
        migrations.AddField(
            model_name="salesorder",
            name="sales_source",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wharfinger.salessource"
            ),
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
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
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ListSetting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("list", models.CharField(max_length=20)),
                ("page_size", models.PositiveSmallIntegerField(null=True)),
                ("columns", models.JSONField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
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
        ),
        migrations.CreateModel(
            name="SellerAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("region", models.CharField(max_length=2)),
                ("seller_id", models.CharField(blank=True, max_length=30)),
                ("refresh_token", wharfinger.db.encryption.EncryptedText(blank=True, default="")),
                ("token_last_four", models.CharField(blank=True, max_length=4)),
                ("token_set_at", models.DateTimeField(null=True)),
                ("token_expiry", models.DateField(null=True)),
                ("link_state", models.CharField(default="waiting", max_length=30)),
                ("link_error", models.TextField(blank=True)),
                ("lost_at", models.DateTimeField(null=True)),
                ("probed_at", models.DateTimeField(null=True)),
                ("participations_read_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                (
                    "application",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="wharfinger.amazonapplication",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="rawmessage",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="raw_messages", to="wharfinger.selleraccount"
            ),
        ),
        migrations.CreateModel(
            name="RateBudget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation", models.CharField(max_length=60)),
                ("rate", models.DecimalField(decimal_places=6, max_digits=12)),
                ("burst", models.DecimalField(decimal_places=4, max_digits=12)),
                ("tokens", models.DecimalField(decimal_places=8, max_digits=18)),
                ("counted_at", models.DateTimeField()),
                ("calls", models.PositiveBigIntegerField(default=0)),
                ("refused", models.PositiveBigIntegerField(default=0)),
                ("blocked_until", models.DateTimeField(null=True)),
                ("refusals", models.PositiveIntegerField(default=0)),
                ("pressure", models.DecimalField(decimal_places=6, default=0, max_digits=10)),
                ("share", models.DecimalField(decimal_places=4, default=1, max_digits=5)),
                ("throttled_since", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="budgets",
                        to="wharfinger.selleraccount",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Participation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("store_name", models.CharField(blank=True, max_length=120)),
                ("participating", models.BooleanField()),
                ("suspended_listings", models.BooleanField()),
                (
                    "marketplace",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="wharfinger.marketplace"),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participations",
                        to="wharfinger.selleraccount",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OrderReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(default="wanted", max_length=12)),
                ("report_id", models.CharField(blank=True, max_length=60)),
                ("since", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("wanted_at", models.DateTimeField()),
                ("requested_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("orders", models.PositiveIntegerField(default=0)),
                ("unreadable", models.PositiveIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                (
                    "wanted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="order_reports",
                        to="wharfinger.selleraccount",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OrderCursor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("after", models.DateTimeField()),
                ("marketplace_ids", models.JSONField(default=list)),
                ("page_token", models.TextField(blank=True)),
                ("token_at", models.DateTimeField(null=True)),
                ("window_before", models.DateTimeField(null=True)),
                ("caught_up_at", models.DateTimeField(null=True)),
                ("pages_read", models.PositiveBigIntegerField(default=0)),
                ("orders_seen", models.PositiveBigIntegerField(default=0)),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cursor",
                        to="wharfinger.selleraccount",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MarketplaceReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("began_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField()),
                ("skus", models.JSONField(default=list)),
                ("unreadable", models.PositiveIntegerField(default=0)),
                (
                    "marketplace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="wharfinger.marketplace"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="wharfinger.selleraccount"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Listing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku", models.CharField(max_length=400)),
                ("fulfilment", models.CharField(blank=True, max_length=3)),
                ("product_type", models.CharField(blank=True, max_length=80)),
                ("lead_time_days", models.PositiveSmallIntegerField(null=True)),
                ("sent_quantity", models.PositiveIntegerField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("sent_why", models.JSONField(null=True)),
                ("submitted_quantity", models.IntegerField(null=True)),
                ("read_back_quantity", models.IntegerField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                ("fell_at", models.DateTimeField(null=True)),
                ("read_back_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
                ("found_at", models.DateTimeField()),
                ("gone_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listings",
                        to="wharfinger.selleraccount",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="importedorder",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="imported_orders",
                to="wharfinger.selleraccount",
            ),
        ),
        migrations.CreateModel(
            name="FlowSchedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("flow", models.CharField(max_length=40)),
                ("due_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=200)),
                ("waiting_for", models.CharField(blank=True, max_length=200)),
                ("error", models.TextField(blank=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("denied_call", models.CharField(blank=True, db_default="", default="", max_length=60)),
                ("denied_roles", models.CharField(blank=True, db_default="", default="", max_length=200)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="flows", to="wharfinger.selleraccount"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CompletenessGap",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("amazon_order_id", models.CharField(max_length=60)),
                ("placed_at", models.DateTimeField()),
                ("kinds", models.JSONField(default=list)),
                ("state", models.CharField(default="open", max_length=12)),
                ("cause", models.CharField(default="unexplained", max_length=24)),
                ("note", models.TextField(blank=True)),
                ("amazon", models.JSONField(null=True)),
                ("ours", models.JSONField(null=True)),
                ("covered_until", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField()),
                ("downloaded_at", models.DateTimeField(null=True)),
                ("downloads", models.PositiveSmallIntegerField(default=0)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "marketplace",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="wharfinger.marketplace",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="completeness_gaps",
                        to="wharfinger.selleraccount",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CompletenessDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("whole", models.BooleanField()),
                ("amazon_orders", models.IntegerField()),
                ("amazon_units", models.IntegerField()),
                ("amazon_money", models.JSONField(default=dict)),
                ("our_orders", models.IntegerField()),
                ("our_units", models.IntegerField()),
                ("our_money", models.JSONField(default=dict)),
                ("checked_at", models.DateTimeField()),
                ("covered_until", models.DateTimeField()),
                (
                    "marketplace",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="wharfinger.marketplace",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="completeness_days",
                        to="wharfinger.selleraccount",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="channel",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="channels", to="wharfinger.selleraccount"
            ),
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30)),
                ("key", models.CharField(max_length=120)),
                ("subject", models.CharField(max_length=120)),
                ("text", models.TextField()),
                ("remedy", models.TextField()),
                ("raised_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                ("mail_error", models.TextField(blank=True)),
                ("mail_again_at", models.DateTimeField(null=True)),
                ("mail_failures", models.PositiveSmallIntegerField(default=0)),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to="wharfinger.selleraccount"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Shipment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("package_reference", models.CharField(max_length=10)),
                ("tracking_number", models.CharField(blank=True, max_length=60)),
                ("number_confirmed", models.BooleanField(default=False)),
                ("shipped_at", models.DateTimeField()),
                ("delivered_at", models.DateTimeField(null=True)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipments",
                        to="wharfinger.salesorder",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="wharfinger.courierservice"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(default="waiting", max_length=12)),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("attempted_version", models.PositiveSmallIntegerField(default=0)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("attempted_at", models.DateTimeField(null=True)),
                ("attempted_at_machine", models.DateTimeField(null=True)),
                ("again_at", models.DateTimeField()),
                ("first_accepted_at", models.DateTimeField(null=True)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("sent_carrier", models.CharField(blank=True, max_length=130)),
                ("shown_carrier", models.CharField(blank=True, max_length=120)),
                ("stale_carrier", models.CharField(blank=True, max_length=120)),
                ("read_backs", models.PositiveSmallIntegerField(default=0)),
                ("resends", models.PositiveSmallIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                ("made_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmations",
                        to="wharfinger.selleraccount",
                    ),
                ),
                (
                    "shipment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="confirmation",
                        to="wharfinger.shipment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ShipmentLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipment_lines",
                        to="wharfinger.salesorderline",
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="wharfinger.shipment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SignInLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("subject_hash", models.CharField(max_length=64)),
                ("name_hash", models.CharField(blank=True, db_index=True, max_length=64)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("tried_at", models.DateTimeField(db_index=True)),
                ("paused_until", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("kind", "subject_hash"), name="one_sign_in_limit")],
            },
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True)),
                ("kind", models.CharField(max_length=20)),
                ("pool", models.CharField(blank=True, max_length=10)),
                ("priority", models.PositiveSmallIntegerField(default=10)),
                ("address", models.TextField(blank=True)),
                ("levels_loaded_at", models.DateTimeField(null=True)),
                ("levels_read_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sites",
                        to="wharfinger.selleraccount",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="salesorder",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="sales_orders", to="wharfinger.site"
            ),
        ),
        migrations.CreateModel(
            name="ChannelOption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order_type", models.CharField(blank=True, max_length=20)),
                ("late_courier_acknowledged", models.BooleanField(default=False)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("customer_policy", models.CharField(blank=True, default="", max_length=30)),
                ("invoice_priority", models.PositiveSmallIntegerField(null=True)),
                ("orders_confirmed", models.BooleanField(null=True)),
                ("assign_invoice_code", models.BooleanField(null=True)),
                ("auto_pick", models.BooleanField(null=True)),
                (
                    "bank_account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wharfinger.bankaccount",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="options", to="wharfinger.channel"
                    ),
                ),
                (
                    "company_class",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wharfinger.companyclass",
                    ),
                ),
                (
                    "courier_group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="channel_options",
                        to="wharfinger.couriergroup",
                    ),
                ),
                (
                    "courier_service",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="channel_options",
                        to="wharfinger.courierservice",
                    ),
                ),
                (
                    "order_number_prefix",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wharfinger.ordernumberprefix",
                    ),
                ),
                (
                    "sales_source",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wharfinger.salessource",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="channel_options",
                        to="wharfinger.site",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StockItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=400, unique=True)),
                ("name", models.CharField(max_length=300)),
                ("other_reference", models.CharField(blank=True, db_index=True, max_length=120)),
                ("weight_grams", models.PositiveIntegerField(null=True)),
                ("commodity_code", models.CharField(blank=True, max_length=20)),
                ("country_of_origin", models.CharField(blank=True, max_length=2)),
                ("archived", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(squeezed("code"), name="stock_items_code_begins"),
                    GinIndex(pieces("code", "name", "other_reference"), name="stock_items_pieces"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockBarcode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("type", models.CharField(max_length=30)),
                ("code", models.CharField(db_index=True, max_length=400)),
                ("gtin", models.CharField(blank=True, max_length=14)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="barcodes", to="wharfinger.stockitem"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="salesorderline",
            name="item",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="order_lines",
                to="wharfinger.stockitem",
            ),
        ),
        migrations.CreateModel(
            name="Problem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=200)),
                ("cause", models.TextField()),
                ("remedy", models.TextField()),
                ("count", models.PositiveIntegerField(default=1)),
                ("opened_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("solved_at", models.DateTimeField(null=True)),
                (
                    "channel",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to="wharfinger.channel"),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "imported_order",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to="wharfinger.importedorder"
                    ),
                ),
                (
                    "listing",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to="wharfinger.listing"),
                ),
                (
                    "sales_order",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to="wharfinger.salesorder"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to="wharfinger.selleraccount"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to="wharfinger.site"),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to="wharfinger.stockitem"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Movement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.IntegerField()),
                ("on_hand_after", models.IntegerField()),
                ("reason", models.CharField(max_length=30)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("moved_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="wharfinger.salesorderline"
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="wharfinger.shipment"),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="movements", to="wharfinger.site"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="movements", to="wharfinger.stockitem"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="KitComponent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                (
                    "component",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="used_in", to="wharfinger.stockitem"
                    ),
                ),
                (
                    "kit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="components",
                        to="wharfinger.stockitem",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ImportedLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order_item_id", models.CharField(max_length=40)),
                ("sku", models.TextField()),
                ("asin", models.CharField(blank=True, max_length=20)),
                ("title", models.CharField(blank=True, max_length=500)),
                ("quantity_ordered", models.PositiveIntegerField(default=0)),
                ("quantity_cancelled", models.PositiveIntegerField(default=0)),
                ("quantity_shipped", models.PositiveIntegerField(default=0)),
                ("quantity_moved", models.PositiveIntegerField(default=0)),
                (
                    "imported",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="wharfinger.importedorder"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wharfinger.site"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imported_lines",
                        to="wharfinger.stockitem",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ChannelProduct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asin", models.CharField(blank=True, db_index=True, max_length=20)),
                ("title", models.CharField(blank=True, max_length=500)),
                ("issues", models.JSONField(default=list)),
                ("shown", models.BooleanField(null=True)),
                ("linked_by", models.CharField(blank=True, max_length=20)),
                ("linked_at", models.DateTimeField(null=True)),
                ("found_at", models.DateTimeField()),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="products", to="wharfinger.listing"
                    ),
                ),
                (
                    "marketplace",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="wharfinger.marketplace"),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="channel_products",
                        to="wharfinger.stockitem",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "imported_line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="allocations",
                        to="wharfinger.importedline",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="allocations",
                        to="wharfinger.salesorderline",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="allocations", to="wharfinger.site"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="wharfinger.stockitem",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("happened_at", models.DateTimeField()),
                ("text", models.CharField(max_length=400)),
                ("personal", wharfinger.db.encryption.EncryptedJson(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to="wharfinger.channel"),
                ),
                (
                    "imported_order",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to="wharfinger.importedorder"
                    ),
                ),
                (
                    "listing",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to="wharfinger.listing"),
                ),
                (
                    "sales_order",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to="wharfinger.salesorder"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to="wharfinger.selleraccount"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to="wharfinger.stockitem"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StockLevel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on_hand", models.IntegerField(default=0)),
                ("allocated", models.IntegerField(default=0)),
                ("counted_at", models.DateTimeField(null=True)),
                ("fba_ordered", models.IntegerField(default=0)),
                ("fba_reserved", models.IntegerField(default=0)),
                ("fba_inbound", models.IntegerField(default=0)),
                ("fba_unfulfillable", models.IntegerField(default=0)),
                ("fba_researching", models.IntegerField(default=0)),
                ("fba_unexplained", models.IntegerField(default=0)),
                ("fba_other", models.JSONField(default=dict)),
                ("fba_read_at", models.DateTimeField(null=True)),
                ("fba_doubted", models.IntegerField(null=True)),
                ("fba_doubted_at", models.DateTimeField(null=True)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="levels", to="wharfinger.stockitem"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="levels", to="wharfinger.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StockNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1)),
                ("urgency", models.PositiveSmallIntegerField(default=0)),
                ("cause", models.CharField(max_length=120)),
                ("caused_at", models.DateTimeField(null=True)),
                ("raised_at", models.DateTimeField()),
                ("again_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stock_notices",
                        to="wharfinger.selleraccount",
                    ),
                ),
                (
                    "listing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notice", to="wharfinger.listing"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StockPush",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                ("why", models.JSONField()),
                ("outcome", models.CharField(default="attempted", max_length=10)),
                ("submission_id", models.CharField(blank=True, max_length=60)),
                ("error", models.TextField(blank=True)),
                ("attempted_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pushes", to="wharfinger.listing"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TestMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("to", models.EmailField(max_length=254)),
                ("requested_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
                ("way", models.CharField(blank=True, max_length=200)),
                (
                    "requested_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WantedOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amazon_order_id", models.CharField(max_length=60)),
                ("source", models.CharField(max_length=12)),
                ("wanted_at", models.DateTimeField()),
                ("times", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField(null=True)),
                ("again_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="wanted_orders",
                        to="wharfinger.selleraccount",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("verb", models.CharField(max_length=60)),
                ("noun", models.CharField(max_length=40)),
                ("noun_id", models.CharField(max_length=40)),
                ("before", wharfinger.db.encryption.EncryptedJson(null=True)),
                ("after", wharfinger.db.encryption.EncryptedJson(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["noun", "noun_id", "-id"], name="audit_by_noun")],
            },
        ),
        migrations.CreateModel(
            name="ChannelCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=120)),
                ("ok", models.BooleanField(null=True)),
                ("message", models.TextField(blank=True)),
                ("remedy", models.TextField(blank=True)),
                ("checked_at", models.DateTimeField(null=True)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="checks", to="wharfinger.channel"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [models.UniqueConstraint(fields=("channel", "position"), name="one_check_line")],
            },
        ),
        migrations.CreateModel(
            name="CourierLevelMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service_level", models.CharField(max_length=40)),
                ("invoice_priority", models.PositiveSmallIntegerField(null=True)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="courier_levels",
                        to="wharfinger.channel",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="levels", to="wharfinger.couriergroup"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("channel", "service_level"), name="one_courier_level")],
            },
        ),
        migrations.CreateModel(
            name="CourierMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("carrier_code", models.CharField(max_length=60)),
                ("carrier_name", models.CharField(blank=True, max_length=60)),
                ("shipping_method", models.CharField(blank=True, max_length=60)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="courier_mappings",
                        to="wharfinger.channel",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mappings",
                        to="wharfinger.courierservice",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("channel", "service"), name="one_courier_mapping")],
            },
        ),
        migrations.CreateModel(
            name="CourierGroupRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("service_level", models.CharField(blank=True, max_length=40)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("grams_at_most", models.PositiveIntegerField(null=True)),
                (
                    "channel",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="wharfinger.channel",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rules", to="wharfinger.couriergroup"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="group_rules",
                        to="wharfinger.courierservice",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [models.UniqueConstraint(fields=("group", "position"), name="one_courier_group_rule")],
            },
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.UniqueConstraint(
                fields=("generic_channel", "generic_month"), name="one_generic_customer_a_month"
            ),
        ),
        migrations.AddConstraint(
            model_name="runningshop",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="one_running_shop"),
        ),
        migrations.AddIndex("invoice", models.Index(squeezed("code"), name="invoices_code_begins")),
        migrations.AddIndex("invoice", models.Index(digits("code"), name="invoices_code_digits")),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                models.F("list"),
                models.F("user"),
                Lower("name"),
                name="one_view_of_a_name",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="listsetting",
            constraint=models.UniqueConstraint(fields=("user", "list"), name="one_setting_of_a_list"),
        ),
        migrations.AddConstraint(
            model_name="selleraccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("seller_id", ""), _negated=True),
                fields=("region", "seller_id"),
                name="one_account_for_a_seller_and_region",
            ),
        ),
        migrations.AddIndex(
            model_name="rawmessage",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["account", "id"], name="raw_messages_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="rawmessage",
            index=models.Index(fields=["account", "key"], name="raw_messages_by_key"),
        ),
        migrations.AddConstraint(
            model_name="ratebudget",
            constraint=models.UniqueConstraint(fields=("account", "operation"), name="one_budget"),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.UniqueConstraint(fields=("account", "marketplace"), name="one_participation"),
        ),
        migrations.AddIndex(
            model_name="orderreport",
            index=models.Index(fields=["account", "-wanted_at"], name="order_reports_newest"),
        ),
        migrations.AddConstraint(
            model_name="orderreport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["wanted", "preparing"])),
                fields=("account",),
                name="one_open_order_report",
            ),
        ),
        migrations.AddConstraint(
            model_name="marketplacereading",
            constraint=models.UniqueConstraint(fields=("account", "marketplace"), name="one_reading_of_a_marketplace"),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                condition=models.Q(("read_back_at__isnull", False)),
                fields=["account", "read_back_at"],
                name="listings_to_read_back",
            ),
        ),
        migrations.AddIndex("listing", models.Index(squeezed("sku"), name="listings_sku_begins")),
        migrations.AddIndex("listing", GinIndex(pieces("sku"), name="listings_sku_pieces")),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.UniqueConstraint(fields=("account", "sku"), name="one_listing_for_a_sku"),
        ),
        migrations.AddIndex(
            model_name="importedorder",
            index=models.Index(fields=["-placed_at", "-id"], name="imported_orders_newest"),
        ),
        migrations.AddIndex(
            model_name="importedorder",
            index=models.Index(fields=["channel", "-placed_at"], name="imported_orders_by_channel"),
        ),
        migrations.AddIndex(
            model_name="importedorder",
            index=models.Index(fields=["amazon_order_id"], name="imported_orders_by_number"),
        ),
        migrations.AddIndex(
            model_name="importedorder",
            index=models.Index(fields=["state", "-placed_at"], name="imported_orders_by_state"),
        ),
        migrations.AddIndex(
            model_name="importedorder",
            index=models.Index(fields=["amazon_status", "-placed_at"], name="imported_orders_by_status"),
        ),
        migrations.AddIndex(
            model_name="importedorder",
            index=models.Index(fields=["order_ref", "id"], name="imported_orders_by_ref"),
        ),
        migrations.AddIndex(
            model_name="importedorder",
            index=models.Index(fields=["total", "id"], name="imported_orders_by_total"),
        ),
        migrations.AddIndex(
            model_name="importedorder",
            index=models.Index(fields=["ship_by", "id"], name="imported_orders_by_deadline"),
        ),
        migrations.AddIndex(
            "importedorder", models.Index(squeezed("amazon_order_id"), name="imported_orders_number_begins")
        ),
        migrations.AddIndex("importedorder", models.Index(squeezed("order_ref"), name="imported_orders_ref_begins")),
        migrations.AddIndex(
            "importedorder", models.Index(digits("amazon_order_id"), name="imported_orders_number_digits")
        ),
        migrations.AddIndex(
            "importedorder", GinIndex(pieces("amazon_order_id", "order_ref"), name="imported_orders_pieces")
        ),
        migrations.AddIndex(
            model_name="importedorder",
            index=models.Index(
                condition=models.Q(
                    ("amazon_status__in", ["UNSHIPPED", "PARTIALLY_SHIPPED"]),
                    ("fulfilment", "FBM"),
                    models.Q(("state", "ok"), _negated=True),
                ),
                fields=["account", "marketplace"],
                name="imported_orders_unsent",
            ),
        ),
        migrations.AddIndex(
            model_name="importedorder",
            index=models.Index(
                condition=models.Q(("amazon_status__in", ["PENDING", "PENDING_AVAILABILITY"])),
                fields=["account", "placed_at"],
                name="imported_orders_pending",
            ),
        ),
        migrations.AddConstraint(
            model_name="importedorder",
            constraint=models.UniqueConstraint(
                fields=("account", "amazon_order_id"), name="an_amazon_order_exists_once"
            ),
        ),
        migrations.AddIndex(
            model_name="flowschedule",
            index=models.Index(fields=["due_at"], name="flows_due"),
        ),
        migrations.AddConstraint(
            model_name="flowschedule",
            constraint=models.UniqueConstraint(fields=("account", "flow"), name="one_line_of_the_timetable"),
        ),
        migrations.AddIndex(
            model_name="completenessgap",
            index=models.Index(fields=["account", "-day", "-id"], name="completeness_gaps_newest"),
        ),
        migrations.AddIndex(
            model_name="completenessgap",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "stuck"])),
                fields=["account", "id"],
                name="completeness_gaps_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="completenessgap",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "healed"), _negated=True),
                fields=("account", "amazon_order_id"),
                name="one_standing_completeness_gap",
            ),
        ),
        migrations.AddIndex(
            model_name="completenessday",
            index=models.Index(fields=["account", "-day"], name="completeness_days_newest"),
        ),
        migrations.AddConstraint(
            model_name="completenessday",
            constraint=models.UniqueConstraint(
                fields=("account", "marketplace", "day"), name="one_completeness_day", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.UniqueConstraint(Lower("name"), name="channel_name_once"),
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.UniqueConstraint(
                condition=models.Q(("archived", False)),
                fields=("account", "marketplace", "kind"),
                name="one_channel_for_a_marketplace_and_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(fields=["-raised_at"], name="alerts_newest"),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(condition=models.Q(("closed_at__isnull", True)), fields=["subject"], name="alerts_open"),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(fields=("key",), name="an_alert_is_raised_once"),
        ),
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(fields=["tracking_number"], name="shipments_by_tracking"),
        ),
        migrations.AddIndex("shipment", models.Index(squeezed("tracking_number"), name="shipments_tracking_begins")),
        migrations.AddIndex("shipment", models.Index(digits("tracking_number"), name="shipments_tracking_digits")),
        migrations.AddConstraint(
            model_name="shipment",
            constraint=models.UniqueConstraint(fields=("order", "package_reference"), name="one_package_reference"),
        ),
        migrations.AddIndex(
            model_name="confirmation",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "attempted", "accepted"])),
                fields=["account", "again_at"],
                name="confirmations_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="shipmentline",
            constraint=models.UniqueConstraint(fields=("shipment", "line"), name="one_shipment_line"),
        ),
        migrations.AddConstraint(
            model_name="shipmentline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="shipment_line_ships_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "fba"), models.Q(("pool", ""), _negated=True)),
                    models.Q(models.Q(("kind", "fba"), _negated=True), ("pool", "")),
                    _connector="OR",
                ),
                name="fba_site_has_a_pool",
            ),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(fields=["-placed_at", "-id"], name="sales_orders_newest"),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(fields=["state", "ship_by"], name="sales_orders_by_ship_by"),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(fields=["channel", "-placed_at"], name="sales_orders_by_channel"),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(fields=["order_ref"], name="sales_orders_by_ref"),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(fields=["state", "-placed_at"], name="sales_orders_by_state"),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(fields=["order_type", "-placed_at"], name="sales_orders_by_type"),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(
                condition=models.Q(("invoice_priority__isnull", False)),
                fields=["invoice_priority", "-placed_at"],
                name="sales_orders_by_priority",
            ),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(fields=["total", "id"], name="sales_orders_by_total"),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(fields=["ship_by", "id"], name="sales_orders_by_deadline"),
        ),
        migrations.AddIndex(
            model_name="salesorder",
            index=models.Index(fields=["shipped_at", "id"], name="sales_orders_by_shipping"),
        ),
        migrations.AddIndex("salesorder", models.Index(squeezed("code"), name="sales_orders_code_begins")),
        migrations.AddIndex("salesorder", models.Index(digits("code"), name="sales_orders_code_digits")),
        migrations.AddConstraint(
            model_name="channeloption",
            constraint=models.UniqueConstraint(fields=("channel", "order_type"), name="one_option_row"),
        ),
        migrations.AddIndex("stockbarcode", models.Index(squeezed("code"), name="stock_barcodes_code_begins")),
        migrations.AddConstraint(
            model_name="stockbarcode",
            constraint=models.UniqueConstraint(fields=("type", "code"), name="one_barcode"),
        ),
        migrations.AddConstraint(
            model_name="stockbarcode",
            constraint=models.UniqueConstraint(
                condition=models.Q(("gtin", ""), _negated=True), fields=("gtin",), name="one_gtin"
            ),
        ),
        migrations.AddIndex(
            model_name="salesorderline",
            index=models.Index(
                condition=models.Q(("item__isnull", True)), fields=["item"], name="order_lines_unmatched"
            ),
        ),
        migrations.AddIndex("salesorderline", models.Index(squeezed("sku"), name="order_lines_sku_begins")),
        migrations.AddIndex(
            "salesorderline",
            GinIndex(pieces("sku"), condition=Q(item__isnull=True), name="order_lines_unmatched_pieces"),
        ),
        migrations.AddConstraint(
            model_name="salesorderline",
            constraint=models.UniqueConstraint(fields=("order", "order_item_id"), name="an_order_item_exists_once"),
        ),
        migrations.AddConstraint(
            model_name="salesorderline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity_shipped__lte", models.F("quantity_ordered"))),
                name="no_more_shipped_than_ordered",
            ),
        ),
        migrations.AddIndex(
            model_name="problem",
            index=models.Index(fields=["-opened_at"], name="problems_newest"),
        ),
        migrations.AddConstraint(
            model_name="problem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("solved_at__isnull", True)), fields=("kind", "key"), name="one_open_problem"
            ),
        ),
        migrations.AddIndex(
            model_name="movement",
            index=models.Index(fields=["item", "site", "-id"], name="movement_by_item"),
        ),
        migrations.AddConstraint(
            model_name="movement",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity", 0), _negated=True), name="movement_moves_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="kitcomponent",
            constraint=models.UniqueConstraint(fields=("kit", "component"), name="one_component_row"),
        ),
        migrations.AddConstraint(
            model_name="kitcomponent",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="component_quantity_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="kitcomponent",
            constraint=models.CheckConstraint(
                condition=models.Q(("kit", models.F("component")), _negated=True), name="kit_is_not_its_own_component"
            ),
        ),
        migrations.AddConstraint(
            model_name="importedline",
            constraint=models.UniqueConstraint(fields=("imported", "order_item_id"), name="one_imported_line"),
        ),
        migrations.AddConstraint(
            model_name="channelproduct",
            constraint=models.UniqueConstraint(fields=("listing", "marketplace"), name="one_channel_product"),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.UniqueConstraint(fields=("line", "item", "site"), name="one_allocation"),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.UniqueConstraint(fields=("imported_line", "item", "site"), name="one_reservation"),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("imported_line__isnull", False), ("line__isnull", True)),
                    models.Q(("imported_line__isnull", True), ("line__isnull", False)),
                    _connector="OR",
                ),
                name="allocation_has_one_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="allocation_promises_something"
            ),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(fields=["-id"], name="activities_newest"),
        ),
        migrations.AddConstraint(
            model_name="stocklevel",
            constraint=models.UniqueConstraint(fields=("item", "site"), name="one_level"),
        ),
        migrations.AddConstraint(
            model_name="stocklevel",
            constraint=models.CheckConstraint(condition=models.Q(("allocated__gte", 0)), name="allocated_not_negative"),
        ),
        migrations.AddIndex(
            model_name="stocknotice",
            index=models.Index(fields=["account", "-urgency", "raised_at"], name="stock_notices_next"),
        ),
        migrations.AddIndex(
            model_name="stockpush",
            index=models.Index(fields=["listing", "-id"], name="stock_pushes_of_a_listing"),
        ),
        migrations.AddIndex(
            model_name="wantedorder",
            index=models.Index(fields=["account", "wanted_at"], name="wanted_orders_oldest"),
        ),
        migrations.AddConstraint(
            model_name="wantedorder",
            constraint=models.UniqueConstraint(fields=("account", "amazon_order_id"), name="one_wanted_order"),
        ),
    ]
