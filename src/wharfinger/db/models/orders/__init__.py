"""Orders from the inbox to the sales order, and what people do to them."""
