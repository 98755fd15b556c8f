"""Mail that the real binary sends: it arrives, works, outlives the server, and keeps its secrets."""
import re
import time
from urllib.parse import urlsplit

import requests

from harness.process import free_port
from harness.smtp import MailSink


# The links in mails begin with the configured name, whatever a request says it is.
NAME = {"SERVER_HOSTNAME": "registry.example.com"}


def post_recovery(server, name):
    browser = requests.Session()
    token = browser.get(server.url + "/csrf_token", timeout=30).json()["csrf_token"]
    return browser.post(server.url + "/api/v1/recovery", json={"email": f"{name}@example.com"},
                        headers={"X-CSRF-Token": token}, timeout=30)


def ask_for_recovery(server, name):
    answer = post_recovery(server, name)
    assert (answer.status_code, answer.json()["status"]) == (200, "sent"), answer.text


def test_a_forgotten_password_is_recovered_by_mail(new_server):
    with MailSink(username="wharf", password="mail-password") as sink:
        server = new_server("mail", settings=sink.settings | NAME).start()
        server.initialize()
        server.user("ada")
        ask_for_recovery(server, "ada")
        mail = sink.wait(to="ada@example.com")
        assert (mail.sender, mail.user) == ("wharf@example.com", "wharf")
        assert "ada" in mail.text and "ada" in mail.html
        link = mail.link("/recovery?code=")
        assert link.startswith("http://registry.example.com/")
        link = server.url + link.removeprefix("http://registry.example.com")

        session = requests.Session()
        entered = session.get(link, timeout=30, allow_redirects=False)
        assert entered.status_code == 302, entered.text
        assert session.cookies, "the link signs in"
        again = requests.get(link, timeout=30, allow_redirects=False)
        assert again.status_code == 400, "a link is good once"

        code = re.search(r"code=(.+)", urlsplit(link).query)[1]
        server.stop()
        log = server.log_tail(1_000_000)
        assert code not in log and "mail-password" not in log and "ada@example.com" not in log


def test_mail_waits_for_a_mail_server_and_outlives_a_power_cut(new_server):
    # Nobody listens there yet.
    settings = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": free_port(), "MAIL_USE_TLS": False} | NAME
    server = new_server("waiting", settings=settings).start()
    server.initialize()
    server.user("ada")
    ask_for_recovery(server, "ada")
    end = time.monotonic() + 30
    while "could not be sent" not in server.log_tail():
        assert time.monotonic() < end, server.log_tail()
        time.sleep(0.1)
    server.kill()
    assert "ada@example.com" not in server.log_tail(1_000_000)
    for file in server.data.rglob("wharf.db*"):
        assert b"/recovery?code=" not in file.read_bytes(), "what the database keeps is sealed"

    with MailSink() as sink:
        (server.data / "config.yaml").write_text(re.sub(
            r'"MAIL_PORT": \d+', f'"MAIL_PORT": {sink.port}', (server.data / "config.yaml").read_text()))
        server.start()
        # It failed once, so that it comes again after a while.
        assert sink.wait(to="ada@example.com", seconds=90).link("/recovery?code=")
        server.stop()


def test_without_a_mail_server_nobody_is_promised_mail(new_server):
    server = new_server("silent").start()
    server.initialize()
    answer = post_recovery(server, "admin")
    assert answer.status_code == 404, answer.text
    server.stop()
