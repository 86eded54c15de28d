"""The mail of the embedded profile, read in the browser. The page exists only there."""

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

MAILS_SHOWN = 50


@dataclass(frozen=True)
class Mail:
    """One message as it would have been delivered."""

    subject: str
    to: str
    date: str
    text: str


def _messages(path: Path) -> list[Mail]:
    """The messages of one file: the file backend writes those of one connection after one another."""
    mails = []
    for part in path.read_bytes().split(b"\n" + b"-" * 79 + b"\n"):
        if not part.strip():
            continue
        message = email.message_from_bytes(part, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain",))
        mails.append(
            Mail(
                subject=str(message["Subject"] or ""),
                to=str(message["To"] or ""),
                date=str(message["Date"] or ""),
                text=body.get_content() if body is not None else "",
            )
        )
    return mails


@login_not_required
def mailbox(request: HttpRequest) -> HttpResponse:
    """The latest messages, newest first."""
    folder = Path(settings.EMAIL_FILE_PATH)
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)[:MAILS_SHOWN]
    mails = [mail for path in files for mail in reversed(_messages(path))]
    return render(request, "mailbox.html", {"mails": mails[:MAILS_SHOWN]})
