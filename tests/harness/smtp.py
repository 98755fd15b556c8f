"""A mail server on a free loopback port that keeps what it gets. Source: RFC 5321, RFC 4954 for AUTH PLAIN."""
import base64
import dataclasses
import email
import email.policy
import re
import socketserver
import threading
import time


@dataclasses.dataclass
class Mail:
    """A mail as it arrived: the envelope, and the message as Python's email package reads it."""
    sender: str
    to: list
    message: email.message.EmailMessage
    user: str = ""  # who signed in

    @property
    def subject(self):
        return self.message["Subject"]

    @property
    def text(self):
        part = self.message.get_body(("plain",))
        return part.get_content().replace("\r\n", "\n") if part else ""

    @property
    def html(self):
        part = self.message.get_body(("html",))
        return part.get_content() if part else ""

    def link(self, part=""):
        """The first URL in the text that has `part` in it."""
        for url in re.findall(r"https?://[^\s<>]+", self.text):
            if part in url:
                return url
        raise AssertionError(f"no link with {part!r} in {self.text!r}")


class MailSink:
    """`with MailSink() as sink:`; `sink.settings` are the configuration keys that send a server's mail here."""

    def __init__(self, *, username="", password=""):
        self.username, self.password = username, password
        self._mails = []
        self._changed = threading.Condition()
        self._refusal = (0, 0)
        sink = self

        class Session(_Session):
            pass

        Session.sink = sink
        self._server = _Server(("127.0.0.1", 0), Session)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def settings(self):
        keys = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": self.port, "MAIL_USE_TLS": False,
                "MAIL_DEFAULT_SENDER": "Wharf <wharf@example.com>"}
        if self.username:
            keys |= {"MAIL_USERNAME": self.username, "MAIL_PASSWORD": self.password}
        return keys

    def mails(self, to=None):
        """What came until now, to one address if asked."""
        with self._changed:
            return [mail for mail in self._mails if to is None or to in mail.to]

    def wait(self, *, to=None, count=1, seconds=20):
        """The last of `count` mails (to one address if asked), once they are there."""
        end = time.monotonic() + seconds
        with self._changed:
            while True:
                found = [mail for mail in self._mails if to is None or to in mail.to]
                if len(found) >= count:
                    return found[-1]
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"{len(found)} mails to {to or 'anybody'} in {seconds} s, not {count}")
                self._changed.wait(left)

    def refuse(self, code, times):
        """The next `times` recipients are refused: 4xx for now, 5xx for good."""
        with self._changed:
            self._refusal = (code, times)

    def _take_refusal(self):
        with self._changed:
            code, times = self._refusal
            self._refusal = (code, max(times - 1, 0))
            return code if times > 0 else 0

    def _add(self, mail):
        with self._changed:
            self._mails.append(mail)
            self._changed.notify_all()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


class _Session(socketserver.StreamRequestHandler):
    sink = None

    def handle(self):
        self.user, self.sender, self.to = "", "", []
        self.say("220 sink")
        while line := self.rfile.readline():
            text = line.decode("ascii", "replace").rstrip("\r\n")
            if not self.obey(text.split(" ")[0].upper(), text):
                return

    def say(self, *lines):
        self.wfile.write("".join(line + "\r\n" for line in lines).encode())

    def obey(self, word, line):
        if word in ("EHLO", "HELO"):
            self.say("250-sink", *(["250-AUTH PLAIN"] if self.sink.username else []), "250 8BITMIME")
        elif word == "AUTH":
            self.sign_in(line)
        elif word == "MAIL" and self.sink.username and not self.user:
            self.say("530 sign in first")
        elif word == "MAIL":
            self.sender, self.to = _address(line), []
            self.say("250 fine")
        elif word == "RCPT":
            if code := self.sink._take_refusal():
                self.say(f"{code} not this one")
            else:
                self.to.append(_address(line))
                self.say("250 fine")
        elif word == "DATA":
            self.take_message()
        elif word == "QUIT":
            self.say("221 bye")
            return False
        else:
            self.say("250 fine")
        return True

    def sign_in(self, line):
        words = line.split(" ")
        if len(words) < 3:
            self.say("334 ")
            words.append(self.rfile.readline().decode().strip())
        _, name, password = base64.b64decode(words[2]).decode().split("\0")
        if (name, password) == (self.sink.username, self.sink.password):
            self.user = name
            self.say("235 fine")
        else:
            self.say("535 no")

    def take_message(self):
        self.say("354 go on")
        raw = b""
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return
            raw += line[1:] if line.startswith(b".") else line
        message = email.message_from_bytes(raw, policy=email.policy.default)
        self.sink._add(Mail(self.sender, self.to, message, self.user))
        self.say("250 taken")


def _address(line):
    return re.search(r"<([^>]*)>", line)[1]
