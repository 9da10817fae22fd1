"""What the actions on a sales order need to know, and what became of them, for its page."""
