"""What held personal data when it was last counted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0066_confirmation_channel"),
    ]

    operations = [
        migrations.CreateModel(
            name="PrivacyProof",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("counted_at", models.DateTimeField(null=True)),
                ("places", models.JSONField(default=list)),
                ("erased", models.PositiveIntegerField(default=0)),
                ("wanted_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
