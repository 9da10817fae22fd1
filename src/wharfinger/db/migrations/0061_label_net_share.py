"""The share of a label's amounts that is not tax, worked out when it is requested."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0060_rights_of_a_person"),
    ]

    operations = [
        migrations.AddField(
            model_name="courierlabel",
            name="net_share",
            field=models.DecimalField(decimal_places=18, max_digits=20, null=True),
        )
    ]
