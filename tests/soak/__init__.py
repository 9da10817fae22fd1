"""Seeded worlds: stories of trade, faults and kills, each played to its end and judged by Amazon's own books."""
