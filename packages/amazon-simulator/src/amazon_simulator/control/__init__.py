"""Control by JSON under /_simulator: accounts, state report, clock, orders, faults … One module for each noun."""
