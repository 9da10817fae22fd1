"""Customers have a list, sorted and searched by indexes; open problems are found without the solved ones."""

from django.db import migrations, models
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Collate, Left, Upper

BARE = Func(F("code"), Value(" -_./#:"), Value(""), function="TRANSLATE", output_field=TextField())
DIGITS = Func(F("code"), Value("[^0-9]"), Value(""), Value("g"), function="REGEXP_REPLACE", output_field=TextField())


class Migration(migrations.Migration):
    dependencies = [("wharfinger", "0006_search_words")]

    operations = [
        migrations.AddIndex("customer", models.Index(fields=["made_at", "id"], name="customers_by_making")),
        migrations.AddIndex(
            "customer", models.Index(Collate(Upper(Left(BARE, 60)), "C"), name="customers_code_begins")
        ),
        migrations.AddIndex(
            "customer",
            models.Index(
                Collate(Func(DIGITS, Value("0"), function="LTRIM", output_field=TextField()), "C"),
                name="customers_code_digits",
            ),
        ),
        migrations.AddIndex(
            "problem", models.Index(fields=["id"], condition=Q(solved_at__isnull=True), name="problems_open")
        ),
        migrations.AddIndex(
            "salesorder", models.Index(fields=["customer", "-placed_at"], name="sales_orders_by_customer")
        ),
    ]
