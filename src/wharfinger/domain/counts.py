"""A number with its noun: `1 SKU`, `2 SKUs`, `1,200 orders`."""


def counted(number: int, one: str, many: str = "") -> str:
    """`many`: the plural where it is not `one` with an s."""
    return f"{number:,d} {one if number == 1 else many or f'{one}s'}"
