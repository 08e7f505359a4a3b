"""A GitLab that has one merge request, and of that nothing but its notes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs

from attrs import evolve, field, frozen

TOKEN = "glpat-of-the-tests"  # noqa: S105 - of a server that is none


@frozen
class MergeRequest:
    """Its notes by number, and what the server was asked."""

    notes: dict[int, str] = field(factory=dict)
    asked: list[str] = field(factory=list)
    address: str = ""


@contextmanager
def merge_request() -> Iterator[MergeRequest]:
    """Serve what there is of GitLab's notes, to those who know the token."""
    known = MergeRequest()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = parse_qs(self.rfile.read(length).decode()).get("body", [""])[0]
            known.asked.append(f"{self.command} {self.path}")
            if self.command == "POST":
                known.notes[len(known.notes) + 1] = body
            elif self.command == "PUT":
                known.notes[int(self.path.rpartition("/")[2])] = body
            self.send_response(200 if self.headers["PRIVATE-TOKEN"] == TOKEN else 401)
            self.end_headers()
            listed = [{"id": number, "body": text} for number, text in known.notes.items()]
            self.wfile.write(json.dumps(listed).encode())

        do_GET = do_POST = do_PUT = answer  # noqa: N815 - as http.server wants it

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield evolve(known, address=f"http://127.0.0.1:{server.server_port}/api/v4")
        finally:
            server.shutdown()
            thread.join()
