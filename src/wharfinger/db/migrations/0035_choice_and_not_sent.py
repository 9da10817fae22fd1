"""The first import's choice gets its name, and so does the reason for which a quantity is not sent."""

from django.db import migrations

_RENAME_KEY = (
    "UPDATE wharfinger_listing "
    "SET sent_why = (sent_why - '{before}') || jsonb_build_object('{after}', sent_why -> '{before}') "
    "WHERE sent_why ? '{before}'"
)
NOT_SENT = _RENAME_KEY.format(before="not_told", after="not_sent")
NOT_TOLD = _RENAME_KEY.format(before="not_sent", after="not_told")


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0034_states_as_codes")]
    operations = [
        migrations.RenameField("importedorder", "wish", "first_import_choice"),
        migrations.RunSQL(NOT_SENT, NOT_TOLD),
    ]
