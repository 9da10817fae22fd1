"""Which files may be attached, by their bytes; and the names they are given back under."""

import pytest

from wharfinger.domain.orders.attachments import AttachmentKind, kind_of, safe_name


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 ...", AttachmentKind.PDF),
        (b"\x89PNG\r\n\x1a\n...", AttachmentKind.PNG),
        (b"\xff\xd8\xff\xe0...", AttachmentKind.JPEG),
        ("Größe: 5\r\n".encode(), AttachmentKind.TEXT),
        (b"a;b\n1;2\n", AttachmentKind.TEXT),
        (b"", None),
        (b"   \n", None),
        (b"<html><script>alert(1)</script>", None),
        (b"  <svg onload=alert(1)>", None),
        (b"#!/bin/sh\nrm -rf /", None),
        (b"MZ\x90\x00", None),
        (b"PK\x03\x04", None),
        (b"\xff\xfe<\x00", None),
        (b"text with a \x00 NUL", None),
    ],
)
def test_the_bytes_say_what_a_file_is(content, kind):
    assert kind_of(content) is kind


@pytest.mark.parametrize(
    ("name", "kind", "safe"),
    [
        ("scan.pdf", AttachmentKind.PDF, "scan.pdf"),
        ("photo.JPEG", AttachmentKind.JPEG, "photo.jpeg"),
        ("invoice.pdf.exe", AttachmentKind.PDF, "invoice.pdf.pdf"),
        ("../../etc/passwd", AttachmentKind.TEXT, "passwd.txt"),
        ("C:\\temp\\Müller & Söhne (2).png", AttachmentKind.PNG, "Müller & Söhne (2).png"),
        ('a"b\r\nSet-Cookie: x.txt', AttachmentKind.TEXT, "a b Set-Cookie x.txt"),
        ("", AttachmentKind.PDF, "attachment.pdf"),
        (".htaccess", AttachmentKind.TEXT, "htaccess.txt"),
        ("x" * 500 + ".pdf", AttachmentKind.PDF, "x" * 120 + ".pdf"),
    ],
)
def test_a_name_is_given_back_tidy_and_with_its_true_ending(name, kind, safe):
    assert safe_name(name, kind) == safe
