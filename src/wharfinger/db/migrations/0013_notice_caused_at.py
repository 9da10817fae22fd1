"""When the newest change came for which a listing's quantity is looked at again. Additive."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0012_totals_accepted")]

    operations = [
        migrations.AddField(
            model_name="stocknotice",
            name="caused_at",
            field=models.DateTimeField(null=True),
        ),
    ]
