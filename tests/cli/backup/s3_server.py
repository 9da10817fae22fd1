"""As much of an S3-compatible storage as backups use: objects, uploads in parts, lists by pages, one key.

It keeps what it was sent, so that a test can look, and loses bytes or refuses where a test wants it.
"""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qs, unquote, urlsplit

KEY_ID = "AKIATESTTESTTEST"
PAGE = 2
"""Names on one page of a list: few, so that pages are followed."""
_MOMENT = "2026-11-29T03:00:00.000Z"


class Storage(ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answers)
        self.objects, self.parts, self.ids, self.loses, self.fails = {}, {}, count(1), 0, 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def storage():
    server = Storage()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Storage

    def do_PUT(self):
        body = self._body()
        if not self._let_in():
            return
        if "uploadId" in self._query:
            self.server.parts[self._query["uploadId"]][int(self._query["partNumber"])] = body
        else:
            self.server.objects[self._key] = body[: len(body) - self.server.loses]
        self._answer(200, headers={"ETag": '"etag"'})

    def do_POST(self):
        self._body()
        if not self._let_in():
            return
        if "uploads" in self._query:
            upload = str(next(self.server.ids))
            self.server.parts[upload] = {}
            self._answer(
                200, f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
            )
        else:
            parts = self.server.parts.pop(self._query["uploadId"])
            self.server.objects[self._key] = b"".join(parts[number] for number in sorted(parts))
            self._answer(200, "<CompleteMultipartUploadResult><ETag>etag</ETag></CompleteMultipartUploadResult>")

    def do_GET(self):
        if not self._let_in():
            return
        if "list-type" in self._query:
            self._list()
        elif self._key in self.server.objects:
            self._answer(200, self.server.objects[self._key])
        else:
            self._answer(404, "<Error><Code>NoSuchKey</Code><Message>There is none.</Message></Error>")

    def do_HEAD(self):
        self.do_GET()

    def do_DELETE(self):
        if self._let_in():
            self.server.objects.pop(self._key, None)
            self._answer(204)

    def _list(self):
        bucket, prefix = self._key.split("/")[0], self._query.get("prefix", "")
        keys = sorted(key.partition("/")[2] for key in self.server.objects if key.startswith(f"{bucket}/"))
        keys = [key for key in keys if key.startswith(prefix) and key > self._query.get("continuation-token", "")]
        rows = "".join(
            f"<Contents><Key>{key}</Key><Size>{len(self.server.objects[f'{bucket}/{key}'])}</Size>"
            f"<LastModified>{_MOMENT}</LastModified></Contents>"
            for key in keys[:PAGE]
        )
        more = f"<NextContinuationToken>{keys[PAGE - 1]}</NextContinuationToken>" if len(keys) > PAGE else ""
        cut = str(len(keys) > PAGE).lower()
        self._answer(200, f"<ListBucketResult><IsTruncated>{cut}</IsTruncated>{more}{rows}</ListBucketResult>")

    @property
    def _key(self):
        return unquote(urlsplit(self.path).path).strip("/")

    @property
    def _query(self):
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query, True).items()}

    def _let_in(self):
        if self.server.fails:
            self.server.fails -= 1
            self._answer(503, "<Error><Code>SlowDown</Code><Message>Slow down.</Message></Error>")
            return False
        if KEY_ID in self.headers.get("Authorization", ""):
            return True
        self._answer(403, "<Error><Code>InvalidAccessKeyId</Code><Message>Nobody has this key.</Message></Error>")
        return False

    def _body(self):
        """What was sent, taken out of the chunks in which AWS's client signs a stream."""
        if self.headers.get("Expect", "").lower() == "100-continue":
            pass  # the base class has answered it
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "aws-chunked" not in self.headers.get("Content-Encoding", ""):
            return raw
        whole = b""
        while raw:
            line, _, rest = raw.partition(b"\r\n")
            size = int(line.split(b";")[0], 16)
            if not size:
                break
            whole, raw = whole + rest[:size], rest[size + 2 :]
        return whole

    def _answer(self, status, body=b"", headers=None):
        sent = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(sent)

    def log_message(self, *words):
        """Quiet."""
