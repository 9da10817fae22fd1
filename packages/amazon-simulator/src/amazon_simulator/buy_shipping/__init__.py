"""Amazon Buy Shipping: carriers' services, labels that were bought, and what is printed on them."""
