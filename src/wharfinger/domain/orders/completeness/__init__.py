"""What proves that no order is missing: Amazon's order report compared with what is held. Pure."""
