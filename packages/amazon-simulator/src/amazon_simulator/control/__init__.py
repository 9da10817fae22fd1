"""Control by JSON under /_simulator: accounts, books, clock, orders, faults … One module for each noun."""
