from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0020_running_shop"),
    ]

    operations = [
        migrations.AddField(
            model_name="amazonapplication",
            name="kind",
            field=models.CharField(
                choices=[("private", "private"), ("unlisted", "unlisted"), ("listed", "listed")],
                default="unlisted",
                max_length=10,
            ),
        ),
    ]
