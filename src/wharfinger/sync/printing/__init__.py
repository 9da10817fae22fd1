"""Labels and test pages for printers on the own network: the flow, and the line to them."""
