"""Is this the live installation, or a copy of one? A copy reads from Amazon and sends nothing.

A database knows the server and the place in it where it is the live one. A dump that is read in anywhere, by
`wharfinger restore` or by hand, finds itself in another place, and is a copy until an administrator says otherwise.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

_PLACE = """
(SELECT system_identifier::text FROM pg_control_system()) || '/' ||
(SELECT oid::text FROM pg_database WHERE datname = current_database())
"""
RESTORED_COMMENT = "wharfinger restored: "
_RESTORED = f"""
COALESCE(NULLIF(current_setting('wharfinger.restored', true), ''), (
    SELECT substring(shobj_description(oid, 'pg_database') FROM '^{RESTORED_COMMENT}(.*)')
    FROM pg_database WHERE datname = current_database()
), '')
"""
_FACTS = (
    f"SELECT shadow_since, live_place, restored_from, {_PLACE}, {_RESTORED} FROM wharfinger_installation WHERE id = 1"
)


@dataclass(frozen=True, slots=True)
class LiveFacts:
    """`place`: where this database is; `live_place`: where it is the live one, empty = that was not said yet;
    `shadow_since`: when it was restored; `restored_from`: the backup's name."""

    shadow_since: datetime | None
    live_place: str
    restored_from: str
    place: str
    mark: str
    """The same as `restored_from`, as the database's comment (once its setting): for backups of older versions, whose
    rows have no place for it. It lasts until the place is said."""

    @property
    def is_copy(self) -> bool:
        if self.live_place:
            return self.live_place != self.place or self.shadow_since is not None
        return self.shadow_since is not None or bool(self.mark)


def live_facts() -> LiveFacts:
    with connection.cursor() as cursor:
        cursor.execute(_FACTS)
        row = cursor.fetchone()
    return LiveFacts(*row) if row else LiveFacts(None, "", "", "", "")


def is_copy() -> bool:
    return live_facts().is_copy
