"""The flows of orders: found, downloaded, taken, proved whole, cancelled, verified."""
