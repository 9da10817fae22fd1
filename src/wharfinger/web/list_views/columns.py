"""What a list can show: its columns, by which of them it is sorted, and what each writes into a file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from wharfinger.domain.installation.list_views import ListCode

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Cell(Generic[Row]):
    """A column of a file: its heading, and the value as it is, for each kind of file to write in its own way."""

    heading: str
    value: Callable[[Row], object]


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column of a page, which may be several of a file (an amount and its currency).

    `sort`: the key of the list's sorts; empty where no index has its order. `personal`: only for those who may see
    personal data. `usual`: shown until a person chooses. `pinned`: always there.
    """

    code: str
    heading: str
    cells: tuple[Cell[Row], ...]
    sort: str = ""
    css: str = ""
    personal: bool = False
    usual: bool = True
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class ListSpec(Generic[Row]):
    """A list that people live in. `filters`: the names in the page's address that choose its rows."""

    code: ListCode
    columns: tuple[Column[Row], ...]
    filters: tuple[str, ...]

    def columns_for(self, *, sees_people: bool) -> tuple[Column[Row], ...]:
        return tuple(column for column in self.columns if sees_people or not column.personal)
