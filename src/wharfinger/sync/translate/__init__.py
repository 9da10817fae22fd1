"""Amazon's values → ours, and ours → Amazon's, side by side; one file for each API. Pure."""
