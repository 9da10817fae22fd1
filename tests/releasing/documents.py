"""What lies beside the wheels of a release: the list of what it is made of, checksums, and their signature."""

import hashlib
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

SUMS, SIGNATURE = "SHA256SUMS", "SHA256SUMS.sig"


class UnusableKey(Exception):
    """A sentence: why the file cannot sign."""


def write_sbom(root: Path, target: Path, version: str) -> Path:
    """CycloneDX 1.6 as JSON, of the locked runtime requirements with their hashes."""
    place = target / f"wharfinger-{version}.cdx.json"
    lock, project = root / "requirements/runtime.txt", root / "pyproject.toml"
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", str(lock), "--pyproject", str(project)]
    options = ["--output-reproducible", "--spec-version", "1.6", "--output-format", "JSON", "--output-file", str(place)]
    ended = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"cyclonedx-py wrote no SBOM: {ended.stderr}")
    return place


def write_sums(files: Iterable[Path], target: Path) -> Path:
    """As `sha256sum --check` reads them, by name."""
    sums = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    place = target / SUMS
    place.write_text("".join(f"{sums[name]}  {name}\n" for name in sorted(sums)), encoding="utf-8")
    return place


def signing_key(file: Path) -> Ed25519PrivateKey:
    """Of a PEM file without a passphrase, as `openssl genpkey -algorithm ed25519` makes it."""
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except OSError as fault:
        raise UnusableKey(f"The key {file} cannot be read: {fault.strerror}.") from fault
    except TypeError as fault:
        raise UnusableKey(f"The key {file} is locked by a passphrase: give the unlocked one.") from fault
    except ValueError as fault:
        raise UnusableKey(f"{file} is no private key in a PEM file.") from fault
    if not isinstance(key, Ed25519PrivateKey):
        raise UnusableKey(f"The key {file} is not an Ed25519 key.")
    return key


def sign(sums: Path, key: Ed25519PrivateKey) -> Path:
    """64 bytes, which openssl verifies with the public key."""
    place = sums.with_name(SIGNATURE)
    place.write_bytes(key.sign(sums.read_bytes()))
    return place
