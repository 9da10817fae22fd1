"""What the web process serves."""

import pytest

from wharfinger.cli.serve import application


def test_pages_that_cannot_be_imported_stop_the_start(settings):
    settings.ROOT_URLCONF = "tests.no_such_pages"
    with pytest.raises(ModuleNotFoundError, match="no_such_pages"):
        application()
