"""A small web server that keeps what it is sent and answers as it is told, here or on a host.

On a host: python3 receiver.py PORT FOLDER [CERTIFICATE]. Each request becomes a line of JSON in
FOLDER/requests; FOLDER/answers, when there is such a file, holds the answers to give.
"""

import json
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple


class Request(NamedTuple):
    """A request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


class Answer(NamedTuple):
    """What to answer; a status of 0 is to hang up without a word."""

    status: int = 200
    body: str = "OK"
    location: str | None = None


class Receiver(ThreadingHTTPServer):
    """The server. The last of the answers is given again and again."""

    def __init__(self, port: int = 0, folder: Path | None = None) -> None:
        self.folder = folder
        self.requests: list[Request] = []
        self.answers: list[Answer] = []
        super().__init__(("", port), _Handler)

    @property
    def url(self) -> str:
        """Where it is, for programs on the same host."""
        return f"http://127.0.0.1:{self.server_port}"

    def keep(self, request: Request) -> Answer:
        """Note down a request, and give the answer."""
        self.requests.append(request)
        if self.folder is not None:
            with (self.folder / "requests").open("a") as file:
                file.write(f"{json.dumps(request)}\n")
            answers = self.folder / "answers"
            if answers.exists():
                self.answers = [Answer(*one) for one in json.loads(answers.read_text())]
                answers.unlink()
        if not self.answers:
            return Answer()
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length).decode(errors="strict")
        headers = {name.title(): value for name, value in self.headers.items()}
        answer = self.server.keep(Request(self.command, self.path, headers, body))
        if answer.status == 0:
            self.close_connection = True
            return
        self.send_response(answer.status)
        if answer.location is not None:
            self.send_header("Location", answer.location)
        self.send_header("Content-Length", str(len(answer.body.encode())))
        self.end_headers()
        self.wfile.write(answer.body.encode())

    do_GET = do_POST  # noqa: N815 - the name is that of http.server

    def log_message(self, *_: Any) -> None:
        """Say nothing: the requests are kept."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a server in this process for as long as the context lasts."""
    with Receiver() as receiver:
        thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.shutdown()
            thread.join()


def _serve(port: str, folder: str, *certificate: str) -> None:
    with Receiver(int(port), Path(folder)) as receiver:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            receiver.socket = context.wrap_socket(receiver.socket, server_side=True)
        receiver.serve_forever()


if __name__ == "__main__":
    _serve(*sys.argv[1:])
