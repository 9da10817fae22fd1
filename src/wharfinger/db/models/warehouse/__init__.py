"""What people do in a warehouse: counts, transfers."""
