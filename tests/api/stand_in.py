"""Stands in for llama-server: loads anything, and answers as it is told.

Run: stand_in.py MODE FILE [llama-server's options]. Each question goes to FILE as a line of JSON. MODE: `quiet` finds nothing;
`lies` calls the whole text everything there is; `garbage` answers no JSON; `sleeps` never answers; `dies` ends itself
over a question."""
import http.server
import json
import os
import socketserver
import sys
import threading

KINDS = ["person", "organisation", "place", "contact", "credential", "identity_number", "health", "finance", "legal", "work", "minors", "third_party"]
MODE, RECORD = sys.argv[1:3]
SOCKET = sys.argv[sys.argv.index("--host") + 1]


def says(question):
    if MODE == "garbage":
        return "Of course! Here is what I found: nothing at all."
    if MODE == "quiet":
        return '{"items": []}'
    text = question["messages"][-1]["content"].removeprefix("<text>\n").removesuffix("\n</text>")
    return json.dumps({"items": [{"kind": kind, "text": text} for kind in KINDS], "level": "open"})


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def address_string(self):
        return "engine"

    def answer(self, doc):
        body = json.dumps(doc).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer({"status": "ok"})

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with open(RECORD, "a") as f:
            f.write(json.dumps(question) + "\n")
        if MODE == "sleeps":
            threading.Event().wait()
        if MODE == "dies":
            os._exit(3)
        self.answer({"choices": [{"message": {"role": "assistant", "content": says(question)}, "finish_reason": "stop"}]})


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

    def get_request(self):
        request, _ = super().get_request()
        return request, ("engine", 0)


if __name__ == "__main__":
    Server(SOCKET, Handler).serve_forever()
