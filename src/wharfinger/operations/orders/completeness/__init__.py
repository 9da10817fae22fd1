"""Order reports, the gaps between them and what is held, and the orders wanted by their numbers."""
