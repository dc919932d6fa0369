"""What a camera says before it knows who asks: 401 to any request (RFC 2326). Served by threads of the test."""

import socketserver
import threading

REFUSED = b'RTSP/1.0 401 Unauthorized\r\nCSeq: %s\r\nWWW-Authenticate: Digest realm="camera", nonce="0"\r\n\r\n'


class _Conversation(socketserver.StreamRequestHandler):
    timeout = 10

    def handle(self):
        sequence = b"0"
        for line in self.rfile:
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"cseq":
                sequence = value.strip()
            if not line.strip():
                self.wfile.write(REFUSED % sequence)
                return


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        """Whoever hung up half-way needs no answer; a camera prints nothing."""


class Stream:
    """Listens in the namespace in which it is made."""

    def __init__(self, address, port):
        self._server = _Server((address, port), _Conversation)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="rtsp", daemon=True)
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
