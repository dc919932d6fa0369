"""Those who are notified: what reaches the addresses of the shipped Alertmanager configuration, kept in order."""

import json
import socketserver
import sys
import threading
import time
from contextlib import nullcontext
from dataclasses import dataclass
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server:
    """An HTTP server that can be stopped, and started again on the same port."""

    def __init__(self, answer, *, port, around=nullcontext):
        """`answer(method, path, body)` -> the text to send; called by threads of the server."""
        self.port, self._answer, self._around, self._server = port, answer, around, None

    def heard(self, path, body):
        """What was posted, once the sender has its answer; one that ended before it will post it again."""

    def start(self):
        answer, heard = self._answer, self.heard

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._reply(answer("GET", self.path, b""))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                try:
                    self._reply(answer("POST", self.path, body))
                except ConnectionError:
                    self.close_connection = True
                else:
                    heard(self.path, body)

            def _reply(self, text):
                self.send_response(200)
                self.send_header("Content-Type", "application/json" if text[:1] == "[" else "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                """Nothing: the tests read what was asked."""

        with self._around():
            self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@dataclass(frozen=True, slots=True)
class Note:
    """One alert of one message. `at_s` by the monotonic clock."""

    at_s: float
    receiver: str
    status: str
    labels: dict[str, str]
    words: dict[str, str]  # its annotations

    @property
    def brief(self):
        return self.receiver, self.labels["alertname"], self.status, self.labels["severity"]

    @property
    def cause(self):
        """What was told to whom: receiver, alert, kind, subject, and the service, where it is about one."""
        of = [self.labels.get(name, "") for name in ("alertname", "kind", "subject", "service")]
        return self.receiver, *of

    def __str__(self):
        return f"{self.status} {self.labels['severity']} {' '.join(self.cause)}: {self.words.get('summary_ko')}"


class Notified(Server):
    """The webhooks. `notes` is all that came, `fresh` what came since the last `wait_for`, `beats` the watchdog's."""

    def __init__(self, *, port=9099, around=nullcontext):
        super().__init__(lambda *_: "ok", port=port, around=around)
        self.notes, self.messages, self.beats = [], [], []
        self._seen, self._came = 0, threading.Condition()

    def heard(self, path, body):
        at_s, message, receiver = time.monotonic(), json.loads(body), path.rpartition("/")[2]
        with self._came:
            if receiver == "watchdog":
                self.beats.append(at_s)
            else:
                self.messages.append(message)
                self.notes += [
                    Note(at_s, receiver, one["status"], one["labels"], one["annotations"]) for one in message["alerts"]
                ]
            self._came.notify_all()

    @property
    def fresh(self):
        return self.notes[self._seen :]

    def wait_for(self, *told, within_s=120, by=lambda note: note.brief):
        """Until exactly these were told since the last time, in any order; the notes, which are fresh no more."""
        wanted = sorted(told)
        with self._came:
            assert self._came.wait_for(lambda: len(self.fresh) >= len(wanted), within_s), self._differs(wanted)
            notes = self.fresh
            assert sorted(map(by, notes)) == wanted, self._differs(wanted)
            self._seen = len(self.notes)
            return notes

    def forget(self):
        """What came until now is fresh no more."""
        with self._came:
            self._seen = len(self.notes)

    def nothing_for(self, seconds):
        with self._came:
            assert not self._came.wait_for(lambda: self.fresh, seconds), self._differs([])

    def _differs(self, wanted):
        return "\n".join(["told:", *map(str, self.fresh), "awaited:", *map(str, wanted)])


@dataclass(frozen=True, slots=True)
class Letter:
    to: str
    subject: str
    text: str

    def is_for(self, receiver):
        """Whether its address is that of a receiver, as the shipped configuration names both."""
        return self.to.partition("@")[0] in (receiver.removesuffix("-owner"), f"{receiver.removesuffix('-owner')}s")


class _Letters(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as a mail server on the same machine needs to say."""

    timeout = 10

    def handle(self):
        self._say("220 here")
        to = []
        while line := self.rfile.readline().strip():
            verb = line[:4].upper()
            if verb == b"RCPT":
                to.append(line.partition(b"<")[2].partition(b">")[0].decode())
            if verb == b"DATA":
                self._say("354 go on")
                self._take(to)
                to = []
            self._say("221 bye" if verb == b"QUIT" else "250 ok")
            if verb == b"QUIT":
                return

    def _take(self, to):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        letter = message_from_bytes(b"".join(lines), policy=policy.default)
        text = letter.get_body(("plain",)).get_content()
        self.server.letters += [Letter(each, letter["Subject"], text) for each in to]

    def _say(self, line):
        self.wfile.write(f"{line}\r\n".encode())


class _Post(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        """Alertmanager hangs up when it is stopped, and sends the letter again later; all else is our mistake."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Mailbox:
    """A mail server, and the letters in the order they came."""

    def __init__(self, *, port=25, around=nullcontext):
        self._port, self._around, self._server, self.letters = port, around, None, []

    def start(self):
        with self._around():
            self._server = _Post(("127.0.0.1", self._port), _Letters)
        self._server.letters = self.letters
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
