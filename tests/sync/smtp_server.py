"""A small mail server on loopback: it answers as a test sets it, and keeps what it takes."""

import contextlib
import socketserver
import threading
from dataclasses import dataclass, field


@dataclass
class MailServer:
    port: int = 0
    refuse: dict = field(default_factory=dict)  # verb -> answer instead of its own
    extensions: tuple = ()
    letters: list = field(default_factory=list)  # (recipients, bytes)


class _Talk(socketserver.StreamRequestHandler):
    def reply(self, text):
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self):
        server = self.server.mail
        self.reply("220 here")
        to = []
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            if verb in server.refuse:
                self.reply(server.refuse[verb])
                if verb == "QUIT":
                    return
                continue
            match verb:
                case "EHLO":
                    lines = ["here", *server.extensions]
                    for text in lines[:-1]:
                        self.reply(f"250-{text}")
                    self.reply(f"250 {lines[-1]}")
                case "RCPT":
                    to.append(line.partition("<")[2].rstrip(">"))
                    self.reply("250 ok")
                case "DATA":
                    self.reply("354 go on")
                    text = b""
                    while (piece := self.rfile.readline()) != b".\r\n":
                        text += piece
                    server.letters.append((to, text))
                    to = []
                    self.reply("250 taken")
                case "QUIT":
                    self.reply("221 bye")
                    return
                case _:
                    self.reply("250 ok")


@contextlib.contextmanager
def mail_server(**behaviour):
    """Listens while the block lasts."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        server.daemon_threads = True
        server.mail = MailServer(port=server.server_address[1], **behaviour)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.mail
        finally:
            server.shutdown()
            thread.join()
