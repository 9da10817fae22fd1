"""Django's own commands, for those who build Wharfinger (`wharfinger manage makemigrations`)."""

import argparse

from django.core.management import execute_from_command_line


def run(arguments: argparse.Namespace) -> int:
    execute_from_command_line(["wharfinger manage", *arguments.words])
    return 0
