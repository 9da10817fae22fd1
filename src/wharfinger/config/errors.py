class ConfigurationError(Exception):
    """The start is stopped; the message is one sentence that names the variable and the remedy."""
