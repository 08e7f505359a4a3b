"""Word sent over HTTP: tried three times, without following redirects, without naming secrets.

Proxies are those of the environment (http_proxy, https_proxy, no_proxy), authorities those of the
system (Debian's package ca-certificates).
"""

import os
import time
import urllib.request
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from pathlib import Path
from ssl import SSLCertVerificationError
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from notice import NoticeError

TRIES = 3
PAUSE_SECONDS = 2.0
TIMEOUT_SECONDS = 10.0
_MOST_WORDS = 200
_PASSING = {408, 425, 429}
"""Statuses of a client's error that another try may not meet: too slow, too early, too often."""


def secret(name: str) -> str | None:
    """A credential of this unit; None when there is none of that name.

    Raises:
        NoticeError: it is not one word of ASCII.
    """
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if folder is None or not (file := Path(folder, name)).exists():
        return None
    try:
        text = file.read_text(encoding="ascii").strip()
    except ValueError:
        text = ""
    if not text or not text.isprintable() or " " in text:
        raise NoticeError(
            f"the credential {name} is not one word of ASCII; write nothing else into its file"
        )
    return text


def post(
    url: str, body: bytes, headers: Mapping[str, str], secrets: Sequence[str], hint: str
) -> None:
    """Send a body, and be content with any answer of success.

    Args:
        url: where to.
        body: what.
        headers: more about it.
        secrets: words that are replaced in whatever the server says.
        hint: what to look at when the server refuses.

    Raises:
        NoticeError: nobody took it, after three tries of ten seconds each.
    """
    try:
        request = urllib.request.Request(url, body, dict(headers), method="POST")  # noqa: S310
        _try_to_post(request)
    except (OSError, HTTPException, ValueError) as error:
        text = _reason(error, hint)
        for one in secrets:
            text = text.replace(one, "***")
        raise NoticeError(f"{_server(url)} did not take it: {text}") from None


def _try_to_post(request: urllib.request.Request) -> None:
    for remaining in reversed(range(TRIES)):
        try:
            _opener().open(request, timeout=TIMEOUT_SECONDS).close()
        except (OSError, HTTPException) as error:
            if remaining == 0 or not _may_pass(error):
                raise
            time.sleep(PAUSE_SECONDS)
        else:
            return


def _opener() -> urllib.request.OpenerDirector:
    """One that speaks HTTP, and nothing else.

    A redirect would hand the secret to another address, and turn a POST into a GET.
    """
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _may_pass(error: Exception) -> bool:
    if isinstance(error, HTTPError):
        return error.code in _PASSING or error.code >= 500
    reason = error.reason if isinstance(error, URLError) else error
    return not isinstance(reason, SSLCertVerificationError)


def _reason(error: Exception, hint: str) -> str:
    if isinstance(error, HTTPError):
        if 300 <= error.code < 400:
            location = error.headers.get("Location", "nowhere")
            return f"it redirects to {_plain(location)}; no redirect is followed, use that address"
        words = _plain(error.read(_MOST_WORDS).decode(errors="replace"))
        return f"{error.code} {_plain(error.reason)}: {words or 'no more words'}; {hint}"
    reason = error.reason if isinstance(error, URLError) else error
    text = _plain(str(reason)) or type(reason).__name__
    if isinstance(reason, SSLCertVerificationError):
        return f"{text}; is it the right server, and is the package ca-certificates installed?"
    return f"{text}; can it be reached from this host?"


def _plain(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _server(url: str) -> str:
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}{'' if parts.port is None else f':{parts.port}'}"
