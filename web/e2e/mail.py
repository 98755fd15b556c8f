#!/usr/bin/python3
"""A mail server for the flows. Its first line of output is the settings that send a server's mail here, as JSON; then,
for each line "ADDRESS" on standard input, the last mail to it once there is one: {"subject": …, "text": …}."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "tests"))

from harness.smtp import MailSink  # noqa: E402


def main():
    with MailSink() as sink:
        print(json.dumps(sink.settings), flush=True)
        for line in sys.stdin:
            mail = sink.wait(to=line.strip(), seconds=60)
            print(json.dumps({"subject": mail.subject, "text": mail.text}), flush=True)


if __name__ == "__main__":
    main()
