from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0059_prime_labels")]
    operations = [
        migrations.AddField("user", "changed_rights", models.JSONField(db_default={}, default=dict)),
    ]
