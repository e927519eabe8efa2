"""Whether a server is there."""

import http.server
import threading

import pytest

from tasks.core import health


@pytest.mark.parametrize(("body", "healthy"), [(b"true", True), (b"<html>", False)])
def test_only_what_answers_as_prefect_does_is_taken_for_a_server(body, healthy):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert health.answers(f"http://127.0.0.1:{server.server_port}/api") is healthy


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/api", "nonsense", ""])
def test_what_does_not_answer_is_no_server(url):
    assert not health.answers(url)
