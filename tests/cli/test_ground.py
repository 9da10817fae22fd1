import pytest
from django.contrib.auth import get_user_model
from django.db import connection


@pytest.mark.django_db
def test_the_test_database_is_postgresql_with_our_tables():
    assert connection.vendor == "postgresql"
    assert get_user_model().objects.count() == 0
