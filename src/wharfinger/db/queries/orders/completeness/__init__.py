"""What proves that no order is missing, for pages and flows."""
