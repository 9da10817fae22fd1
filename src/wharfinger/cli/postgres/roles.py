"""Two roles at one's own PostgreSQL: the owner of the tables changes their form, another one works with their rows.

The working role can take no trigger off a table: the ledger's and the audit's guards hold for whoever has its password.
`DATABASE_OWNER_URL` names the owner, to `wharfinger migrate` and `wharfinger restore` alone.
"""

from django.db import connection
from psycopg import conninfo, sql

from wharfinger.config.environment import Configuration
from wharfinger.domain.installation.health import Finding, soon, well

_GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT SELECT, USAGE, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {role}",
)
_OWNED_BY_ANOTHER = """
SELECT pg_get_userbyid(relowner) FROM pg_class
WHERE oid = to_regclass('public.wharfinger_installation') AND NOT pg_has_role(current_user, relowner, 'USAGE')
"""
_MAY_CREATE = "SELECT has_schema_privilege(current_user, 'public', 'CREATE')"
_ROLE = "SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user"
SEPARATE = "give pages and workers a role of their own, and name the tables' owner in DATABASE_OWNER_URL"


def working_role(configuration: Configuration) -> str:
    """Whom `DATABASE_URL` names while its owner is another role; empty = one role does all."""
    if configuration.database_owner_url is None:
        return ""
    return str(conninfo.conninfo_to_dict(configuration.working_url or "").get("user") or "")


def grant_rows(role: str) -> None:
    """What pages and workers do with rows, after each change of the tables. As their owner."""
    with connection.cursor() as cursor:
        for statement in _GRANTS:
            cursor.execute(sql.SQL(statement).format(role=sql.Identifier(role)))


def why_not_changed() -> str:
    """Why this connection may not change the tables; empty = it may."""
    with connection.cursor() as cursor:
        cursor.execute(_OWNED_BY_ANOTHER)
        if row := cursor.fetchone():
            return f"The tables belong to the role {row[0]}"
        cursor.execute(_MAY_CREATE)
        return "" if (cursor.fetchone() or (False,))[0] else "This role may create no tables"


def look_at_role(configuration: Configuration) -> Finding | None:
    """Of one's own server: which guards hold against the role that pages and workers run as."""
    if configuration.working_url is None:
        return None
    title = "Database role"
    with connection.cursor() as cursor:
        cursor.execute(_ROLE)
        role, is_superuser = cursor.fetchone() or ("", False)
        cursor.execute(_OWNED_BY_ANOTHER)
        owner = (cursor.fetchone() or ("",))[0]
    if is_superuser:
        return soon(title, f"{role} is a superuser, for whom no guard of ledger and audit log holds", SEPARATE)
    if owner:
        return well(title, f"{role} works with the rows, the tables are {owner}'s")
    return well(title, f"{role} owns the tables and is no superuser")
