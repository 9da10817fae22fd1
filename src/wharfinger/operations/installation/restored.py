"""What a restore writes into the database that it has just read in, before that takes the other's place."""

from typing import Any

from psycopg import sql

from wharfinger.db.queries.installation.live import RESTORED_COMMENT


def make_copy(connection: Any, database: str, *, name: str, has_backups: bool) -> None:
    """Nothing of what was under way when the backup was made goes on: this is a copy until somebody says otherwise.

    `connection`: psycopg's, within a transaction, to the database that was read in; Django knows another one. The mark
    is the database's comment, which its tables need not know: those of an older version (not `has_backups`) do not. Its
    owner may write that; a setting of the database's, as it was once, wants a superuser.
    """
    mark = sql.SQL("COMMENT ON DATABASE {} IS {}")
    connection.execute(mark.format(sql.Identifier(database), sql.Literal(RESTORED_COMMENT + name[:200])))
    if not has_backups:
        return
    connection.execute(
        "UPDATE wharfinger_installation SET shadow_since = now(), live_place = '', restored_from = %s", [name[:200]]
    )
    # The row under way is that of the very backup that was read in and compared: one is made at a time.
    connection.execute(
        "UPDATE wharfinger_backup SET state = 'done', ended_at = now(), verified_at = now(), name = %s "
        "WHERE state = 'running'",
        [name[:120]],
    )
    connection.execute(
        "UPDATE wharfinger_backup SET state = 'failed', ended_at = now(), error = %s WHERE state = 'wanted'",
        ["It was wanted before this installation was restored."],
    )
