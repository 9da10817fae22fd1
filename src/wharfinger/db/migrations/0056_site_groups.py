"""Site groups: sites that a channel sells from together, and orders that may be served from them."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0055_label_batches"),
    ]

    operations = [
        migrations.CreateModel(
            name="SiteGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("may_split", models.BooleanField(db_default=False, default=False)),
                ("version", models.PositiveIntegerField(db_default=1, default=1)),
                ("made_at", models.DateTimeField()),
                ("sites", models.ManyToManyField(related_name="groups", to="wharfinger.site")),
            ],
        ),
        migrations.AddField(
            model_name="channeloption",
            name="site_group",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="channel_options",
                to="wharfinger.sitegroup",
            ),
        ),
        migrations.AddField(
            model_name="importedline",
            name="site_group",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="wharfinger.sitegroup",
            ),
        ),
        migrations.AddField(
            model_name="salesorder",
            name="site_group",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="wharfinger.sitegroup",
            ),
        ),
        migrations.AddConstraint(
            model_name="channeloption",
            constraint=models.CheckConstraint(
                condition=models.Q(("site__isnull", True), ("site_group__isnull", True), _connector="OR"),
                name="option_of_a_site_or_a_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="sitegroup",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"), name="site_group_name_once"
            ),
        ),
    ]
