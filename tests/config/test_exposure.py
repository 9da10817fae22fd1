import pytest

from wharfinger.config.environment import read
from wharfinger.config.errors import ConfigurationError
from wharfinger.config.exposure import exposures, refuse_exposures


def variables(**environ):
    return [exposure.variable for exposure in exposures(read({"WHARFINGER_SYSTEM": "live", **environ}))]


HTTP, DATABASE = "WHARFINGER_ALLOW_PLAIN_HTTP", "WHARFINGER_ALLOW_PLAIN_DATABASE"


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({}, []),
        ({"WHARFINGER_URL": "http://localhost:9000", "WHARFINGER_LISTEN": "[::1]:9000"}, []),
        ({"WHARFINGER_URL": "https://shop.example", "WHARFINGER_LISTEN": "0.0.0.0:8000"}, []),
        ({"WHARFINGER_URL": "http://shop.example"}, [HTTP]),
        ({"WHARFINGER_URL": "http://192.168.1.7:8000"}, [HTTP]),
        ({"WHARFINGER_LISTEN": "0.0.0.0:8000"}, [HTTP]),
        ({"WHARFINGER_LISTEN": "[::]:8000"}, [HTTP]),
        ({"WHARFINGER_URL": "http://shop.example", "WHARFINGER_SYSTEM": "demo"}, []),
        ({"DATABASE_URL": "postgresql:///shop"}, []),
        ({"DATABASE_URL": "postgresql://u:p@localhost/shop"}, []),
        ({"DATABASE_URL": "postgresql://u:p@127.0.0.1/shop"}, []),
        ({"DATABASE_URL": "postgresql://u:p@%2Frun%2Fpostgresql/shop"}, []),
        ({"DATABASE_URL": "postgresql://u:p@db.example/shop"}, [DATABASE]),
        ({"DATABASE_URL": "postgresql://u:p@db.example/shop?sslmode=prefer"}, [DATABASE]),
        ({"DATABASE_URL": "postgresql://u:p@db.example/shop?sslmode=require"}, []),
        ({"DATABASE_URL": "postgresql://u:p@db.example/shop?sslmode=verify-full"}, []),
        ({"DATABASE_URL": "postgresql://u:p@localhost,db.example/shop"}, [DATABASE]),
        ({"DATABASE_URL": "postgresql:///shop?host=db.example"}, [DATABASE]),
        ({"DATABASE_URL": "postgresql://localhost/shop?hostaddr=192.0.2.1"}, [DATABASE]),
    ],
)
def test_what_would_be_readable_on_a_network_is_found(environ, found):
    assert variables(**environ) == found


def test_it_is_refused_with_the_remedy_unless_the_owner_allows_it():
    given = {"WHARFINGER_URL": "http://shop.example", "DATABASE_URL": "postgresql://u:s3cret@db.example/shop"}
    words = r"https address\. If .* set WHARFINGER_ALLOW_PLAIN_HTTP=yes"
    with pytest.raises(ConfigurationError, match=words) as refused:
        refuse_exposures(read(given))
    assert "s3cret" not in str(refused.value)
    with pytest.raises(ConfigurationError, match=r"sslmode=require"):
        refuse_exposures(read({**given, HTTP: "yes"}))
    refuse_exposures(read({**given, HTTP: "yes", DATABASE: "yes"}))
    assert [exposure.allowed for exposure in exposures(read({**given, HTTP: "yes"}))] == [True, False]
    with pytest.raises(ConfigurationError, match="yes, no"):
        read({HTTP: "perhaps"})
