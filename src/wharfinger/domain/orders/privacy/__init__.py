"""Personal data by the clock."""
