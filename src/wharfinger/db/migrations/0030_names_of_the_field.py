"""The names of the field: what was sent, read back and requested; periodic tasks."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("wharfinger", "0029_remedies"),
    ]

    operations = [
        migrations.RenameModel(old_name="ChoreSchedule", new_name="PeriodicTaskSchedule"),
        migrations.RenameField(model_name="periodictaskschedule", old_name="chore", new_name="task"),
        migrations.RenameField(
            model_name="amazonapplication",
            old_name="rotation_asked_at",
            new_name="rotation_requested_at",
        ),
        migrations.RenameField(
            model_name="listing",
            old_name="seen_quantity",
            new_name="read_back_quantity",
        ),
        migrations.RenameField(
            model_name="listing",
            old_name="told_at",
            new_name="sent_at",
        ),
        migrations.RenameField(
            model_name="listing",
            old_name="told_quantity",
            new_name="sent_quantity",
        ),
        migrations.RenameField(
            model_name="listing",
            old_name="told_why",
            new_name="sent_why",
        ),
        migrations.RenameField(
            model_name="testmail",
            old_name="asked_at",
            new_name="requested_at",
        ),
        migrations.RenameField(
            model_name="testmail",
            old_name="asked_by",
            new_name="requested_by",
        ),
    ]
