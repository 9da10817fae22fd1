"""Forms of the stock: items, sites, bins, rules."""
