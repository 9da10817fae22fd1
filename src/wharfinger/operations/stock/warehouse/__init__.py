"""What people do in a warehouse: bins, counts, transfers, reorder levels."""
