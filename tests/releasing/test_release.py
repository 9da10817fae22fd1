"""What `make release` does without a network, on a copy of the tree: refusals, SBOM, checksums, signature, verdicts.

The wheels themselves are `make wheel-test`'s.
"""

import json
import re
import shutil
import subprocess
import sys

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from tests.releasing import __main__ as command
from tests.releasing.audit import Audit, judged
from tests.releasing.documents import UnusableKey, sign, signing_key, write_sbom, write_sums
from tests.releasing.readiness import hindrances, made_at
from tests.wheel.build import ROOT, known_files

VERSION = "9.8.7"


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    place = tmp_path_factory.mktemp("release") / "tree"
    for name in known_files():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, place / name)
    git(place, "init", "--quiet")
    commit(place)
    git(place, "tag", "as-it-was")
    return place


@pytest.fixture
def tree(copied):
    """The checkout, and a release cut in it as docs/releasing.md says."""
    git(copied, "reset", "--quiet", "--hard", "as-it-was")
    git(copied, "clean", "-fdq")
    for name in ("pyproject.toml", "packages/amazon-simulator/pyproject.toml"):
        change(copied / name, r'^version = "[^"]+"', f'version = "{VERSION}"')
    change(copied / "requirements/simulator.in", r"==.*", f"=={VERSION}")
    changelog = copied / "CHANGELOG.md"
    change(changelog, r"^## \[Unreleased\]$", f"## [Unreleased]\n\n## [{VERSION}] - 2031-02-03")
    commit(copied)
    return copied


def git(place, *words):
    who = ("-c", "user.name=Olga", "-c", "user.email=olga@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], cwd=place, check=True, capture_output=True)


def commit(place):
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "--message", "A state of the tree")


def change(file, pattern, by):
    changed, times = re.subn(pattern, by, file.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    assert times == 1, pattern
    file.write_text(changed, encoding="utf-8")


def pem(key, protection=None):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection or NoEncryption())


def test_a_release_that_was_cut_may_be_made(tree):
    assert hindrances(tree) == []
    assert made_at(tree).isdigit()


@pytest.mark.parametrize(
    ("name", "pattern", "by", "said"),
    [
        ("pyproject.toml", r'^version = ".*"', 'version = "9.9.0"', "says 9.9.0, packages/amazon-simulator"),
        ("pyproject.toml", r'^version = ".*"', 'version = "9.9.0"', "the newest version of CHANGELOG.md is 9.8.7."),
        (
            "requirements/simulator.in",
            r"==.*",
            "==9.9.0",
            "asks for wharfinger-amazon-simulator==9.9.0; the version is",
        ),
        ("CHANGELOG.md", r"^## \[Unreleased\]", "## [Unreleased]\n\n- Something.", "has entries under [Unreleased]"),
        ("CHANGELOG.md", r" - 2031-02-03", "", "has no day: ## [9.8.7] - YYYY-MM-DD."),
        ("CHANGELOG.md", r" - 2031-02-03", " - soon", "has no day: ## [9.8.7] - YYYY-MM-DD."),
    ],
)
def test_what_does_not_agree_is_refused(tree, name, pattern, by, said):
    change(tree / name, pattern, by)
    commit(tree)
    assert any(said in reason for reason in hindrances(tree))


def test_the_command_refuses_and_writes_nothing(tree):
    change(tree / "CHANGELOG.md", r"^## \[Unreleased\]", "## [Unreleased]\n\n- Something.")
    (tree / "new.txt").write_text("new", encoding="utf-8")
    words = [sys.executable, "-m", "tests.releasing", "dist", "--key", "no-such.key"]
    ended = subprocess.run(words, cwd=tree, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout.splitlines() == [
        "The tree is not clean: 2 files differ, CHANGELOG.md among them. Commit or remove.",
        "CHANGELOG.md has entries under [Unreleased]: give them a version and a day (docs/releasing.md).",
        "The key no-such.key cannot be read: No such file or directory.",
        "Nothing was released.",
    ]
    assert not (tree / "dist").exists()


def test_the_sbom_lists_what_is_locked(tree, tmp_path):
    sbom = json.loads(write_sbom(tree, tmp_path, VERSION).read_text(encoding="utf-8"))
    assert (sbom["bomFormat"], sbom["specVersion"]) == ("CycloneDX", "1.6")
    about = sbom["metadata"]["component"]
    assert (about["name"], about["version"]) == ("wharfinger", VERSION)
    lock = (tree / "requirements/runtime.txt").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9-]+)(?:\[[^\]]+\])?==([^\s;]+)", lock, re.MULTILINE))
    assert len(locked) > 40
    assert {(one["name"], one["version"]) for one in sbom["components"]} == locked
    assert all(one["externalReferences"][0]["hashes"] for one in sbom["components"])


def test_checksums_are_signed_and_openssl_verifies_them(tmp_path):
    key = ed25519.Ed25519PrivateKey.generate()
    private, public = tmp_path / "release.key", tmp_path / "release.pub"
    private.write_bytes(pem(key))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    files = [tmp_path / "b.whl", tmp_path / "a.json"]
    for file in files:
        file.write_text(file.name, encoding="utf-8")
    sums = write_sums(files, tmp_path)
    assert [line.split("  ")[1] for line in sums.read_text(encoding="utf-8").splitlines()] == ["a.json", "b.whl"]
    signature = sign(sums, signing_key(private))
    key.public_key().verify(signature.read_bytes(), sums.read_bytes())
    verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(public), "-rawin", "-in", str(sums)]
    verify += ["-sigfile", str(signature)]
    assert run_where_it_is(["sha256sum", "--check", "SHA256SUMS"], tmp_path) == 0
    assert run_where_it_is(verify, tmp_path) == 0
    files[0].write_text("another", encoding="utf-8")
    assert run_where_it_is(["sha256sum", "--check", "SHA256SUMS"], tmp_path) != 0
    write_sums(files, tmp_path)
    assert run_where_it_is(verify, tmp_path) != 0
    with pytest.raises(InvalidSignature):
        key.public_key().verify(signature.read_bytes(), sums.read_bytes())


def run_where_it_is(words, folder):
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not here: releases are verified by it")
    return subprocess.run(words, cwd=folder, capture_output=True, check=False).returncode


def test_a_key_that_cannot_sign_is_said(tmp_path):
    file = tmp_path / "release.key"
    unusable = {
        "is locked by a passphrase": pem(ed25519.Ed25519PrivateKey.generate(), BestAvailableEncryption(b"secret")),
        "is not an Ed25519 key": pem(rsa.generate_private_key(65537, 2048)),
        "is no private key in a PEM file": b"nothing",
    }
    for said, content in unusable.items():
        file.write_bytes(content)
        with pytest.raises(UnusableKey, match=said):
            signing_key(file)


@pytest.mark.parametrize(
    ("dependencies", "said"),
    [
        ([{"name": "a", "version": "1", "vulns": []}], "pip-audit knows no weakness of the 1 locked requirements"),
        (
            [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "not found"}],
            "NOT AUDITED: the database did not know 1 of 2 requirements, b first",
        ),
        (
            [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}, {"id": "CVE-2"}]}],
            "Known weaknesses: a 1: CVE-1, CVE-2",
        ),
    ],
)
def test_what_could_not_be_looked_up_was_not_audited(dependencies, said):
    assert str(judged(json.dumps({"dependencies": dependencies}), "No known vulnerabilities found")) == said


def test_a_database_out_of_reach_is_said():
    assert str(judged("", "WARNING: slow\nERROR: no route to host\n")) == "NOT AUDITED: ERROR: no route to host"
    assert str(judged("", "")) == "NOT AUDITED: pip-audit gave no answer"


@pytest.fixture
def release(tree, tmp_path, monkeypatch):
    """The command on the copy; wheels, which need a package index, are two files; the audit is given."""

    def wheels(target):
        made = (target / f"wharfinger-{VERSION}.whl", target / f"wharfinger_amazon_simulator-{VERSION}.whl")
        for wheel in made:
            wheel.write_text(wheel.name, encoding="utf-8")
        return made

    monkeypatch.setattr(command, "ROOT", tree)
    monkeypatch.setattr(command, "build_wheels", wheels)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")  # put back afterwards

    def run(audited, *words):
        monkeypatch.setattr(command, "audit", lambda root: audited)
        monkeypatch.setattr(sys, "argv", ["release", str(tmp_path / "dist"), *words])
        return command.main()

    return run


def test_everything_is_in_the_checksums_and_unsigned_is_said(release, tmp_path, capsys):
    key = tmp_path / "release.key"
    key.write_bytes(pem(ed25519.Ed25519PrivateKey.generate()))
    assert release(Audit(requested=3), "--key", str(key)) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"{VERSION}, signed"
    listed = {line.split("  ")[1] for line in (tmp_path / "dist/SHA256SUMS").read_text(encoding="utf-8").splitlines()}
    there = {file.name for file in (tmp_path / "dist").iterdir()}
    assert there == listed | {"SHA256SUMS", "SHA256SUMS.sig"}
    assert len(listed) == 3
    first = (tmp_path / "dist/SHA256SUMS").read_bytes()
    assert release(Audit(fault="no route to host")) == 0
    said = capsys.readouterr().out.splitlines()[-2:]
    assert said == ["NOT AUDITED: no route to host", f"{VERSION}, UNSIGNED: no RELEASE_KEY_FILE was given"]
    assert not (tmp_path / "dist/SHA256SUMS.sig").exists()  # of the release before
    assert (tmp_path / "dist/SHA256SUMS").read_bytes() == first


def test_a_known_weakness_is_not_released(release, tmp_path, capsys):
    assert release(Audit(requested=3, weak=("a 1: CVE-1",))) == 1
    assert capsys.readouterr().out.splitlines() == ["Known weaknesses: a 1: CVE-1", "Nothing was released."]
    assert not (tmp_path / "dist").exists()
