"""A pretend Click & Drop: one business account at Royal Mail, for the demo and the tests.

It follows the published description (`description` is its facts), judges every request and keeps books of its own, by
which the demo's labels are judged. It shares no code with the client in `wharfinger.couriers`, nor with anything else
here. `python -m wharfinger.cli.demo.click_and_drop --help` serves it, with a page that shows its books and its faults.
"""
