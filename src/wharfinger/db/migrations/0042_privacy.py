"""Personal data by the clock: how long it is kept, legal holds, and erasing in the audit, by who says so."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from wharfinger.db.encryption import EncryptedJson, EncryptedText

_FUNCTION = """
CREATE OR REPLACE FUNCTION wharfinger_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('wharfinger.encrypts_anew', true) = 'yes'
        AND to_jsonb(OLD) - 'before' - 'after' = to_jsonb(NEW) - 'before' - 'after'
        AND (OLD.before IS NULL) = (NEW.before IS NULL) AND (OLD.after IS NULL) = (NEW.after IS NULL)
    THEN
        RETURN NEW;
    END IF;%s
    RAISE EXCEPTION '%% is append-only: write a new line that corrects the old one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""
_ERASES = """
    IF TG_OP = 'UPDATE' AND current_setting('wharfinger.erases', true) = 'yes'
        AND to_jsonb(OLD) - 'before' - 'after' = to_jsonb(NEW) - 'before' - 'after'
        AND NEW.before IS NULL AND NEW.after IS NULL
    THEN
        RETURN NEW;
    END IF;"""


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0041_transfers")]

    operations = [
        migrations.AddField(
            "installation", "personal_data_days", models.PositiveSmallIntegerField(db_default=30, default=30)
        ),
        migrations.AddConstraint(
            "installation",
            models.CheckConstraint(
                condition=models.Q(("personal_data_days__range", (1, 30))), name="personal_data_is_kept_30_days_at_most"
            ),
        ),
        migrations.AlterField("bulkaction", "chosen", EncryptedJson(null=True)),
        migrations.AddField("salesorder", "erased_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "customer",
            models.Index(
                condition=models.Q(("erased_at", None), ("generic", False)), fields=["id"], name="customers_with_people"
            ),
        ),
        migrations.AddIndex(
            "rawmessage",
            models.Index(condition=models.Q(("body__isnull", False)), fields=["id"], name="raw_messages_with_body"),
        ),
        migrations.AddIndex(
            "salesorder",
            models.Index(
                condition=models.Q(("erased_at", None)), fields=["placed_at"], name="sales_orders_with_people"
            ),
        ),
        migrations.CreateModel(
            "LegalHold",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", EncryptedText()),
                ("placed_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="legal_holds",
                        to="wharfinger.salesorder",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "legalhold",
            models.UniqueConstraint(
                condition=models.Q(("lifted_at", None)), fields=("order",), name="one_legal_hold_at_a_time"
            ),
        ),
        migrations.RunSQL(_FUNCTION % _ERASES, _FUNCTION % ""),
    ]
