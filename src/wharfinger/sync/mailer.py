"""The narrow seam to e-mail: a mail server by SMTP, or files in a demo system."""

import re
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from django.core import mail
from django.core.mail.backends.smtp import EmailBackend

from wharfinger.domain.installation.alerts import EmailMessage, MailSecurity

TIMEOUT = 20
"""Machine seconds for each step of a conversation with the mail server."""


class NotSent(Exception):
    """The e-mail was not sent. The text says why and what to do, and holds no secret."""


class EmailSender(Protocol):
    way: str
    """Where e-mail goes, for a page."""

    def send(self, email: EmailMessage, recipients: Sequence[str]) -> None:
        """NotSent where it did not leave."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    host: str
    port: int
    security: str
    username: str
    password: str = field(repr=False)
    sender: str


class SmtpEmailSender:
    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self.way = f"{server.host}:{server.port}"

    def send(self, email: EmailMessage, recipients: Sequence[str]) -> None:
        server = self._server
        backend = EmailBackend(
            host=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.security == MailSecurity.STARTTLS,
            use_ssl=server.security == MailSecurity.TLS,
            timeout=TIMEOUT,
        )
        message = mail.EmailMessage(email.subject, email.body, server.sender, list(recipients), connection=backend)
        try:
            message.send()
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(_why(error, self.way)) from None  # its cause may quote the password
        finally:
            backend.close()  # a conversation that broke off at the sign-in is open still


def _why(error: OSError | smtplib.SMTPException, way: str) -> str:
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"{way} does not accept the user name and password ({error.smtp_code}). Correct them."
        case smtplib.SMTPSenderRefused():
            return f"{way} does not accept the sender's address ({error.smtp_code}). Choose one that it may send for."
        case smtplib.SMTPRecipientsRefused():
            codes = sorted({code for code, _ in error.recipients.values()})
            return f"{way} accepts none of the recipients ({', '.join(map(str, codes))}). Check their addresses."
        case smtplib.SMTPNotSupportedError():
            return f"{way} does not offer STARTTLS or the sign-in. Choose the security that it offers."
        case smtplib.SMTPResponseException():
            return f"{way} refused the message ({error.smtp_code}). It is sent again automatically."
        case ssl.SSLCertVerificationError():
            return f"The certificate of {way} is not valid for that name. Check the server's name."
        case ssl.SSLError():
            return f"{way} does not offer TLS on this port. Use STARTTLS with port 587, TLS with 465."
        case TimeoutError():
            return f"{way} did not answer in time. Check name, port and security."
        case ConnectionRefusedError():
            return f"No server answers at {way}. Check name and port."
        case _:
            return f"{way} cannot be reached ({type(error).__name__}). Check name, port and security."


class FileEmailSender:
    """Each e-mail a file of its own, named by a running number; `folder` is made when needed."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender
        self.way = f"a file in {folder}"

    def send(self, email: EmailMessage, recipients: Sequence[str]) -> None:
        message = mail.EmailMessage(email.subject, email.body, self._sender, list(recipients))
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            numbers = [int(path.name[:5]) for path in self._folder.glob("[0-9][0-9][0-9][0-9][0-9]-*.eml")]
            slug = re.sub(r"[^a-z0-9]+", "-", email.subject.lower()).strip("-")[:60]
            name = f"{max(numbers, default=0) + 1:05d}-{slug}.eml"
            (self._folder / name).write_bytes(message.message().as_bytes())
        except OSError as error:
            raise NotSent(
                f"The file could not be written ({type(error).__name__}): check the folder {self._folder}."
            ) from None
