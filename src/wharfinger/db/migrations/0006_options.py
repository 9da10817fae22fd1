import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0005_setup_whole_data")]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="generic_channel",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wharfinger.channel"
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="generic_month",
            field=models.CharField(blank=True, default="", max_length=4),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="invoice",
            name="issued_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.UniqueConstraint(
                fields=("generic_channel", "generic_month"), name="one_generic_customer_a_month"
            ),
        ),
    ]
