"""A column of an enum's values is text without choices: an enum that grows needs no migration. No SQL is run."""

from django.db import migrations, models

COLUMNS = [
    ("alert", "kind", models.CharField(max_length=30)),
    ("amazonapplication", "kind", models.CharField(default="unlisted", max_length=10)),
    ("authorisationattempt", "outcome", models.CharField(blank=True, default="", max_length=20)),
    ("authorisationattempt", "state", models.CharField(default="Open", max_length=20)),
    ("channel", "activated_for", models.CharField(blank=True, default="", max_length=10)),
    ("channel", "import_fba_orders", models.CharField(max_length=20)),
    ("channel", "kind", models.CharField(max_length=3)),
    ("channel", "link_state", models.CharField(default="Waiting for authorisation", max_length=30)),
    ("channeloption", "customer_policy", models.CharField(blank=True, default="", max_length=30)),
    ("channeloption", "order_type", models.CharField(blank=True, max_length=20)),
    ("confirmation", "state", models.CharField(default="Waiting", max_length=12)),
    ("courierservice", "tracking", models.CharField(max_length=30)),
    ("importedorder", "state", models.CharField(max_length=20)),
    ("importedorder", "wish", models.CharField(blank=True, default="", max_length=12)),
    ("mailsettings", "security", models.CharField(max_length=10)),
    ("listing", "fulfilment", models.CharField(blank=True, max_length=3)),
    ("marketplace", "pool", models.CharField(max_length=10)),
    ("marketplace", "region", models.CharField(max_length=2)),
    ("movement", "reason", models.CharField(max_length=30)),
    ("problem", "kind", models.CharField(max_length=40)),
    ("rawmessage", "state", models.CharField(default="Waiting", max_length=12)),
    ("runningshop", "state", models.CharField(max_length=10)),
    ("salesorder", "order_type", models.CharField(max_length=20)),
    ("salesorder", "state", models.CharField(max_length=20)),
    ("selleraccount", "link_state", models.CharField(default="Waiting for authorisation", max_length=30)),
    ("selleraccount", "region", models.CharField(max_length=2)),
    ("signinlimit", "kind", models.CharField(max_length=10)),
    ("site", "kind", models.CharField(max_length=20)),
    ("site", "pool", models.CharField(blank=True, max_length=10)),
    ("stockpush", "outcome", models.CharField(default="Attempted", max_length=10)),
    ("user", "decimal_sign", models.CharField(db_default="point", default="point", max_length=10)),
    ("user", "role", models.CharField(max_length=20)),
]


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0030_names_of_the_field")]

    operations = [migrations.AlterField(model, name, field) for model, name, field in COLUMNS]
