"""The locked runtime requirements against the databases of known weaknesses, as far as they can be reached."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_LIMIT = 300.0


@dataclass(frozen=True, slots=True)
class Audit:
    """`weak`: "name version: ids". `unknown`: of which nothing could be learnt. `fault`: why it did not run."""

    requested: int = 0
    weak: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    fault: str = ""

    def __str__(self) -> str:
        if self.fault:
            return f"NOT AUDITED: {self.fault}"
        if self.weak:
            return f"Known weaknesses: {'; '.join(self.weak)}"
        if self.unknown:
            which = f"{len(self.unknown)} of {self.requested} requirements, {self.unknown[0]} first"
            return f"NOT AUDITED: the database did not know {which}"
        return f"pip-audit knows no weakness of the {self.requested} locked requirements"


def audit(root: Path) -> Audit:
    """By pip-audit. Versions and hashes are the lock's; nothing is installed."""
    lock = root / "requirements/runtime.txt"
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes", "--disable-pip"]
    try:
        ended = subprocess.run(
            [*command, "--progress-spinner", "off", "--format", "json"],
            capture_output=True, text=True, check=False, timeout=_LIMIT,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Audit(fault=f"pip-audit had no answer within {_LIMIT:.0f} seconds")
    return judged(ended.stdout, ended.stderr)


def judged(answer: str, said: str) -> Audit:
    """pip-audit says “No known vulnerabilities found” of what it could not look up too; its answer tells."""
    try:
        requested = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = said.strip().splitlines()[-1:] or ["pip-audit gave no answer"]
        return Audit(fault=last[0])
    weak = tuple(
        f"{one['name']} {one['version']}: {', '.join(found['id'] for found in one['vulns'])}"
        for one in requested
        if one.get("vulns")
    )
    return Audit(len(requested), weak, tuple(one["name"] for one in requested if "skip_reason" in one))
