"""Steps about a role that the application lacks: one problem for each, whichever flows it stops; they need an open
transaction."""

from collections.abc import Iterable
from datetime import datetime

from wharfinger.db.models import FlowSchedule, Problem, SellerAccount
from wharfinger.domain.access.roles import Roles, cause_of, with_same_cause
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutRoles
from wharfinger.operations.installation._problem_steps import open_problem


def report_role_missing(account_id: int, flow: str, *, error: str, now: datetime) -> None:
    """Amazon denied the flow: its line says what. One problem names every flow with the same cause."""
    lines = _denied(account_id)
    together = [lines[name] for name in with_same_cause(flow, _roles_by_flow(lines))]
    roles = sorted(cause_of(_roles_of(lines[flow]), map(_roles_of, lines.values())))
    account = SellerAccount.objects.get(pk=account_id)
    calls = " and ".join(f"{line.denied_call} ({line.flow.replace('_', ' ')})" for line in together)
    names = " or ".join(f"“{role}”" for role in roles)
    role = f"The application probably lacks the role {names}." if names else "The access itself is valid."
    remedy = f"Give the application the role {' or '.join(roles)}" if names else "Check the application's roles"
    again_at = min(line.due_at for line in together)
    open_problem(
        ProblemKind.ROLE_MISSING,
        _about(account_id, lines[flow], lines.values()),
        cause=f"{account.name}: Amazon denies {calls}; other calls pass. {role} {error}",
        remedy=f"{remedy} in the Solution Provider Portal, then press “Authorise again”: a new role counts only after "
        f"that. The account's other work continues; this is tried again automatically at {again_at:%d %b %H:%M} UTC.",
        account_id=account_id,
        now=now,
    )
    _solve_others(account_id, lines.values(), now)


def note_role_works(account_id: int, flow: str, *, now: datetime) -> None:
    """A flow that was denied passed: the role is there again, and what else it stopped is tried at once."""
    lines = _denied(account_id)
    freed = with_same_cause(flow, _roles_by_flow(lines))
    rows = FlowSchedule.objects.filter(account_id=account_id, flow__in=freed)
    rows.exclude(flow=flow).update(due_at=now, failures=0)
    rows.update(denied_call="", denied_roles="")
    _solve_others(account_id, [line for name, line in lines.items() if name not in freed], now)


def _denied(account_id: int) -> dict[str, FlowSchedule]:
    rows = FlowSchedule.objects.filter(account_id=account_id).exclude(denied_call="").order_by("flow")
    return {row.flow: row for row in rows}


def _roles_of(line: FlowSchedule) -> Roles:
    return frozenset(line.denied_roles.split("\n")) - {""}


def _roles_by_flow(lines: dict[str, FlowSchedule]) -> dict[str, Roles]:
    return {flow: _roles_of(line) for flow, line in lines.items()}


def _about(account_id: int, line: FlowSchedule, lines: Iterable[FlowSchedule]) -> AboutRoles:
    roles = cause_of(_roles_of(line), map(_roles_of, lines))
    return AboutRoles(account_id, ", ".join(sorted(roles)) or line.flow)


def _solve_others(account_id: int, lines: Iterable[FlowSchedule], now: datetime) -> None:
    """Problems that no denied flow of the account stands for any more."""
    denied = list(lines)
    still = {_about(account_id, line, denied) for line in denied}
    open_ones = Problem.objects.filter(kind=ProblemKind.ROLE_MISSING, account_id=account_id, solved_at=None)
    open_ones.exclude(key__in=still).update(solved_at=now)
