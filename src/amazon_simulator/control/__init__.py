"""Control by JSON under /_simulator: accounts, books, clock, orders, faults … One module for each noun."""

from amazon_simulator.control.accounts import SIGN_IN_PASSWORD, accounts, email_of, register, suspend
from amazon_simulator.control.allowance import set_limit
from amazon_simulator.control.books import books, order_of_books
from amazon_simulator.control.bustle import set_traffic
from amazon_simulator.control.door import answer
from amazon_simulator.control.goods import move_stock, take_back
from amazon_simulator.control.hours import set_clock
from amazon_simulator.control.newcomers import add_account
from amazon_simulator.control.orders import place_one
from amazon_simulator.control.others import let_others_call
from amazon_simulator.control.roles import set_role
from amazon_simulator.control.stories import tell_story
from amazon_simulator.control.trouble import set_fault

__all__ = [
    "SIGN_IN_PASSWORD",
    "accounts",
    "add_account",
    "answer",
    "books",
    "email_of",
    "let_others_call",
    "move_stock",
    "order_of_books",
    "place_one",
    "register",
    "set_clock",
    "set_fault",
    "set_limit",
    "set_role",
    "set_traffic",
    "suspend",
    "take_back",
    "tell_story",
]
