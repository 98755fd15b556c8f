"""A web server on a free loopback port that keeps what it is asked: what webhooks and call-backs are sent to."""
import contextlib
import dataclasses
import email.message
import http.server
import json
import threading
import time


@dataclasses.dataclass
class Request:
    method: str
    path: str  # with the query
    headers: email.message.Message
    body: bytes

    def json(self):
        return json.loads(self.body)


class HookSink:
    """`with HookSink() as sink:`; the product must be let to it: `SSRF_ALLOWED_HOSTS: ["127.0.0.1"]`."""

    def __init__(self):
        self._requests = []
        self._statuses = [200]
        self._speaks = threading.Event()
        self._speaks.set()
        self._changed = threading.Condition()
        sink = self

        class Handler(_Handler):
            pass

        Handler.sink = sink
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def url(self, path="/"):
        return f"http://127.0.0.1:{self.port}{path}"

    def answer(self, *statuses):
        """From now on these statuses, one a request, and the last one from then on. It begins with 200."""
        with self._changed:
            self._statuses = list(statuses)

    @contextlib.contextmanager
    def silent(self):
        """Requests are taken and get no answer, until the end of it."""
        self._speaks.clear()
        try:
            yield
        finally:
            self._speaks.set()

    def requests(self, path=None):
        """What came until now, for one path if asked."""
        with self._changed:
            return [request for request in self._requests if path in (None, request.path)]

    def wait(self, *, path=None, count=1, seconds=20):
        """The last of `count` requests (for one path if asked), once they are there."""
        end = time.monotonic() + seconds
        with self._changed:
            while True:
                found = [request for request in self._requests if path in (None, request.path)]
                if len(found) >= count:
                    return found[-1]
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"{len(found)} requests for {path or 'anything'} in {seconds} s, not {count}")
                self._changed.wait(left)

    def _take(self, request):
        with self._changed:
            self._requests.append(request)
            status = self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]
            self._changed.notify_all()
        self._speaks.wait()
        return status


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    sink = None

    def _answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status = self.sink._take(Request(self.command, self.path, self.headers, body))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

    def log_message(self, *_):
        pass
