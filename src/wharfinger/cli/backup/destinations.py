"""Where backups are kept: a folder, or a bucket of an S3-compatible storage."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, BinaryIO, Protocol

import boto3
from boto3.exceptions import Boto3Error  # of uploads; not one of botocore's
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from wharfinger.cli.backup.sealed import BadFile
from wharfinger.config.backups import BackupSettings

SUFFIX = ".wharfinger"
_PARTIAL = ".partial"


class NotKept(Exception):
    """The place cannot be written or read; the message is a sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class Kept:
    name: str
    size: int
    made_at: datetime


class Destination(Protocol):
    @property
    def label(self) -> str: ...

    def writing(self, name: str) -> Any:
        """A context that gives a file; what it wrote is there under the name when it ends well, else not at all."""
        ...

    def reading(self, name: str) -> Any:
        """A context that gives the file for reading."""
        ...

    def listed(self) -> tuple[Kept, ...]: ...

    def remove(self, name: str) -> None: ...


def destination(settings: BackupSettings) -> Destination:
    if settings.to.startswith("s3://"):
        return Bucket(settings)
    return Folder(Path(settings.to), is_own=settings.is_own_folder)


@dataclass(frozen=True, slots=True)
class Folder:
    """`is_own`: the home's, which is made when it is missing; one that the owner named is mounted by the owner."""

    path: Path
    is_own: bool

    @property
    def label(self) -> str:
        return str(self.path)

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        self._prepare()
        draft = self.path / f".{name}{_PARTIAL}"
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            draft.rename(self.path / name)
        except OSError as error:
            raise NotKept(
                f"The backup cannot be written to {self.path} ({error.strerror}): {_advice(error)}."
            ) from error
        finally:
            draft.unlink(missing_ok=True)

    def _prepare(self) -> None:
        """Drafts that a killed process left behind go; only one backup is made at a time."""
        if self.is_own:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.path.is_dir():
            raise NotKept(f"The backups' folder {self.path} is not there: create it, or mount the disk that holds it.")
        for left in self.path.glob(f".*{_PARTIAL}"):
            left.unlink(missing_ok=True)

    @contextmanager
    def reading(self, name: str) -> Iterator[BinaryIO]:
        with _opened(self.path / name) as file:
            yield file

    def listed(self) -> tuple[Kept, ...]:
        found = []
        with suppress(OSError):
            for path in self.path.glob(f"*{SUFFIX}"):
                facts = path.stat()
                found.append(Kept(path.name, facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC)))
        return tuple(sorted(found, key=lambda kept: kept.name))

    def remove(self, name: str) -> None:
        with suppress(OSError):
            (self.path / name).unlink(missing_ok=True)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise BadFile(f"{path} cannot be read ({error.strerror}): look at its name and its folder.") from error
    with file:
        yield file


def opened_file(path: Path) -> Any:
    """A context that gives a backup's file for reading; BadFile when it cannot be."""
    return _opened(path)


class Bucket:
    """Written to a file of this machine first: an upload that fails is then tried again automatically, in parts."""

    def __init__(self, settings: BackupSettings) -> None:
        self._bucket, _, prefix = settings.to.removeprefix("s3://").partition("/")
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._spool = settings.spool
        self.label = settings.to
        self._client = boto3.client(
            "s3",
            endpoint_url=settings.s3_endpoint or None,
            region_name=settings.s3_region or None,
            aws_access_key_id=settings.s3_key_id or None,
            aws_secret_access_key=settings.s3_secret or None,
            config=Config(connect_timeout=10, read_timeout=60, retries={"max_attempts": 5, "mode": "standard"}),
        )

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        self._spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in self._spool.glob("upload-*"):
            left.unlink(missing_ok=True)
        try:
            with tempfile.NamedTemporaryFile(prefix="upload-", dir=self._spool) as file:
                yield file
                file.flush()
                size = Path(file.name).stat().st_size
                with self._named("written to"):
                    self._client.upload_file(file.name, self._bucket, self._prefix + name)
                    there = self._client.head_object(Bucket=self._bucket, Key=self._prefix + name)["ContentLength"]
        except OSError as error:
            raise NotKept(
                f"The backup cannot be written to {self._spool} ({error.strerror}): {_advice(error)}."
            ) from error
        if there != size:
            raise NotKept(
                f"{self.label} holds {there:,} bytes of {size:,}: the backup was not kept; it is tried again."
            )

    @contextmanager
    def reading(self, name: str) -> Iterator[BinaryIO]:
        with self._named("read from"):
            body = self._client.get_object(Bucket=self._bucket, Key=self._prefix + name)["Body"]
        with tempfile.TemporaryFile(prefix="download-") as file:
            with self._named("read from"):
                shutil.copyfileobj(body, file)
            file.seek(0)
            yield file

    def listed(self) -> tuple[Kept, ...]:
        found = []
        with self._named("listed in"):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
            for page in pages:
                for each in page.get("Contents", ()):
                    name = each["Key"].removeprefix(self._prefix)
                    if name.endswith(SUFFIX) and "/" not in name:
                        found.append(Kept(name, each["Size"], each["LastModified"]))
        return tuple(sorted(found, key=lambda kept: kept.name))

    def remove(self, name: str) -> None:
        with self._named("removed from"):
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + name)

    @contextmanager
    def _named(self, what: str) -> Iterator[None]:
        try:
            yield
        except (Boto3Error, BotoCoreError, ClientError) as error:
            raise NotKept(
                f"Backups cannot be {what} {self.label} ({error}): look at the bucket's name, its endpoint and the key."
            ) from error


def _advice(error: OSError) -> str:
    return {
        errno.ENOSPC: "free some space on that disk, or name another folder in WHARFINGER_BACKUP_TO",
        errno.EACCES: "let this user write there, or name another folder in WHARFINGER_BACKUP_TO",
        errno.EROFS: "mount that disk for writing",
    }.get(error.errno or 0, "look at that disk")
