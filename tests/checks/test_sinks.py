"""The servers that tests let the product talk to do what the tests believe."""
import email.message
import pathlib
import smtplib
import sys
import urllib.error
import urllib.request

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness.hooks import HookSink  # noqa: E402
from harness.smtp import MailSink  # noqa: E402


def letter(to="ada@example.com", text="See https://example.com/a?code=1 and\n.\n..dots\n"):
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = "wharf@example.com", to, "Grüße"
    message.set_content(text)
    message.add_alternative("<p>rich</p>", subtype="html")
    return message


def test_a_mail_sink_keeps_mails():
    with MailSink() as sink, smtplib.SMTP("127.0.0.1", sink.port) as client:
        client.send_message(letter())
        client.send_message(letter("bob@example.com"))
        mail = sink.wait(to="ada@example.com")
        assert (mail.sender, mail.to, mail.subject) == ("wharf@example.com", ["ada@example.com"], "Grüße")
        assert mail.text == "See https://example.com/a?code=1 and\n.\n..dots\n"
        assert mail.html.strip() == "<p>rich</p>"
        assert mail.link("code=") == "https://example.com/a?code=1"
        assert len(sink.mails()) == 2
        with pytest.raises(AssertionError):
            sink.wait(to="eve@example.com", seconds=0.1)


def test_a_mail_sink_refuses():
    with MailSink(username="wharf", password="secret") as sink, smtplib.SMTP("127.0.0.1", sink.port) as client:
        with pytest.raises(smtplib.SMTPSenderRefused):
            client.send_message(letter())
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("wharf", "wrong")
        client.login("wharf", "secret")
        sink.refuse(550, 1)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.send_message(letter())
        client.send_message(letter())
        assert sink.wait().user == "wharf"


def test_a_hook_sink_keeps_requests():
    with HookSink() as sink:
        sink.answer(500, 200)
        request = urllib.request.Request(sink.url("/hook?x=1"), b'{"a": 1}', {"X-Mine": "yes"})
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(request)
        assert urllib.request.urlopen(request).status == 200
        got = sink.wait(path="/hook?x=1", count=2)
        assert (got.method, got.json(), got.headers["x-mine"]) == ("POST", {"a": 1}, "yes")
        assert sink.requests("/other") == []
