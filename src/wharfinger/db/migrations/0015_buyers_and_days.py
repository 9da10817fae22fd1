"""The zone of each marketplace's days, and a person's answers about addresses and cancellations. Additive."""

import functools

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import wharfinger.db.encryption
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.marketplaces import likely_zone


def fill_zones(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    marketplace = apps.get_model("wharfinger", "Marketplace")
    for pk, region, country in marketplace.objects.values_list("pk", "region", "country"):
        marketplace.objects.filter(pk=pk).update(time_zone=likely_zone(pk, region, country))


_text = functools.partial(models.CharField, blank=True, default="")


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0014_worker_versions")]

    operations = [
        migrations.AddField("activity", "personal", wharfinger.db.encryption.EncryptedJson(null=True)),
        migrations.AddField("marketplace", "time_zone", models.CharField(default="UTC", max_length=60)),
        migrations.AddField("marketplace", "proposed_zone", _text(max_length=60)),
        migrations.AddField("salesorder", "cancel_answered_at", models.DateTimeField(null=True)),
        migrations.AddField("salesorder", "confirmed_address_hash", _text(max_length=64)),
        migrations.AlterField(
            "problem",
            "kind",
            models.CharField(max_length=40, choices=[(kind.value, kind.value) for kind in ProblemKind]),
        ),
        migrations.RunPython(fill_zones, migrations.RunPython.noop),
    ]
