"""What people do to sales orders, and to the customers behind them."""
