import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0031_audit_encrypted_anew"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListingFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(default="preparing", max_length=12)),
                ("feed_id", models.CharField(blank=True, max_length=60)),
                ("messages", models.PositiveIntegerField(default=0)),
                ("bytes", models.PositiveIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("attempted_at", models.DateTimeField(null=True)),
                ("attempted_at_machine", models.DateTimeField(null=True)),
                ("look_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("accepted", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
            ],
        ),
        migrations.RemoveIndex(
            model_name="stocknotice",
            name="stock_notices_next",
        ),
        migrations.AddField(
            model_name="stocknotice",
            name="feed_version",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="stocknotice",
            name="weighed_version",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="stockpush",
            name="number",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="listingfeed",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="listing_feeds", to="wharfinger.selleraccount"
            ),
        ),
        migrations.AddField(
            model_name="listingfeed",
            name="marketplace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wharfinger.marketplace"
            ),
        ),
        migrations.AddField(
            model_name="stocknotice",
            name="feed",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="notices",
                to="wharfinger.listingfeed",
            ),
        ),
        migrations.AddField(
            model_name="stockpush",
            name="feed",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="pushes",
                to="wharfinger.listingfeed",
            ),
        ),
        migrations.AddIndex(
            model_name="stocknotice",
            index=models.Index(
                condition=models.Q(("feed__isnull", True)),
                fields=["account", "-urgency", "raised_at"],
                name="stock_notices_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="stocknotice",
            index=models.Index(
                condition=models.Q(("feed__isnull", True)), fields=["account", "again_at"], name="stock_notices_due"
            ),
        ),
        migrations.AddIndex(
            model_name="stocknotice",
            index=models.Index(
                condition=models.Q(("feed__isnull", False), ("version__gt", models.F("weighed_version"))),
                fields=["account", "-urgency", "raised_at"],
                name="stock_notices_changed_in_feed",
            ),
        ),
        migrations.AddIndex(
            model_name="stockpush",
            index=models.Index(
                condition=models.Q(("feed__isnull", False)), fields=["feed", "number"], name="stock_pushes_of_a_feed"
            ),
        ),
        migrations.AddIndex(
            model_name="listingfeed",
            index=models.Index(
                condition=models.Q(("state__in", ["preparing", "submitting", "processing", "late"])),
                fields=["account", "look_at"],
                name="listing_feeds_watched",
            ),
        ),
        migrations.AddIndex(
            model_name="listingfeed",
            index=models.Index(fields=["account", "-id"], name="listing_feeds_of_an_account"),
        ),
    ]
