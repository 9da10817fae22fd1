"""Control by JSON under /_simulator: accounts, books, clock, orders, faults. One module for each noun."""

from amazon_simulator.control.accounts import SIGN_IN_PASSWORD, accounts, email_of
from amazon_simulator.control.books import books, order_of_books
from amazon_simulator.control.door import answer
from amazon_simulator.control.orders import place_one

__all__ = ["SIGN_IN_PASSWORD", "accounts", "answer", "books", "email_of", "order_of_books", "place_one"]
