import shutil
import tempfile
from pathlib import Path

import pytest


@pytest.fixture
def home():
    """Under /tmp itself: pytest's own folders are closed, and the database's user has to pass through."""
    folder = Path(tempfile.mkdtemp(prefix="wharfinger-home-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def said():
    return []
