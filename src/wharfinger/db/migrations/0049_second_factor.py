"""The cache that all processes share: used codes of second factors."""

from django.db import migrations

CACHE = """
CREATE TABLE wharfinger_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY, value text NOT NULL, expires timestamp with time zone NOT NULL
);
CREATE INDEX wharfinger_cache_expires ON wharfinger_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0048_listing_reports"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [migrations.RunSQL(CACHE, "DROP TABLE wharfinger_cache")]
