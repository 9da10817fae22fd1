"""What pages show of the warehouse itself: its groups of sites, and levels over time."""
