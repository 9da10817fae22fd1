from importlib.metadata import PackageNotFoundError, version


def own_version() -> str:
    """The version that is installed; empty when the sources run without having been installed."""
    try:
        return version("wharfinger")
    except PackageNotFoundError:
        return ""
