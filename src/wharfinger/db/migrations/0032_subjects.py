"""Keys that could not be read back, or were opened under one key and solved under another, get one that can."""

from django.db import migrations

ONE_KEY = """
UPDATE wharfinger_problem SET key = 'readback:' || substr(key, 7) WHERE kind = 'Listing refused' AND key LIKE 'shown:%';
UPDATE wharfinger_problem SET key = 'application:0' WHERE key = 'application:None';
UPDATE wharfinger_alert SET key = 'application:0' || substr(key, 17), subject = 'application:0'
    WHERE subject = 'application:None';
UPDATE wharfinger_importedorder SET waits_for = replace(waits_for, ':None:', '::')
    WHERE waits_for LIKE 'nochannel:%:None:%';
"""


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0031_values_without_choices")]

    operations = [migrations.RunSQL(ONE_KEY, migrations.RunSQL.noop)]
