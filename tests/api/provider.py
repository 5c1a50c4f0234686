"""A provider that plays the cloud and records every byte it gets: its own process, OpenAI and Anthropic dialects.

Run: provider.py RECORD_FILE [ADDRESS]. Prints its port. What it does is chosen by the model's name."""
import hashlib
import http.server
import json
import sys
import threading
import time

LOCK = threading.Lock()
RECORD = None


def openai_chunk(model, delta, finish=None, **more):
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": model,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


def anthropic_events(model, text, call=None):
    yield "message_start", {"type": "message_start", "message": {
        "id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": [], "stop_reason": None,
        "stop_sequence": None, "usage": {"input_tokens": 11, "output_tokens": 1}}}
    block = {"type": "tool_use", "id": "toolu_1", "name": call[0], "input": {}} if call else {"type": "text", "text": ""}
    yield "content_block_start", {"type": "content_block_start", "index": 0, "content_block": block}
    if call:
        deltas = [{"type": "input_json_delta", "partial_json": p} for p in pieces(json.dumps(call[1]))]
    else:
        words = pieces(text) if model == "echo" else [word + " " for word in text.split(" ")]
        deltas = [{"type": "text_delta", "text": w} for w in words]
    for delta in deltas:
        yield "content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta}
    yield "content_block_stop", {"type": "content_block_stop", "index": 0}
    yield "message_delta", {"type": "message_delta", "delta": {"stop_reason": "tool_use" if call else "end_turn",
                                                                "stop_sequence": None},
                            "usage": {"output_tokens": 7}}
    yield "message_stop", {"type": "message_stop"}


def last_text(doc):
    """What the person said last, as it came."""
    content = next(m for m in reversed(doc["messages"]) if m["role"] == "user")["content"]
    return content if isinstance(content, str) else "".join(p.get("text", "") for p in content)


def pieces(text, n=3):
    return [text[i:i + n] for i in range(0, len(text), n)]


def act(doc):
    """A call of the first tool: `acts` hands the text over in a note, `sends` has it go somewhere."""
    tool = doc["tools"][0]
    where = {"url": "https://elsewhere.test/in"} if doc["model"] == "sends" else {"path": "/tmp/note.md"}
    return tool.get("name") or tool["function"]["name"], {**where, "text": last_text(doc)}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def record(self, body):
        entry = {"path": self.path, "method": self.command, "length": len(body), "sha256": hashlib.sha256(body).hexdigest(),
                 "body": body.decode("utf-8", "replace"), "headers": {k.lower(): v for k, v in self.headers.items()}}
        with LOCK, open(RECORD, "a") as f:
            f.write(json.dumps(entry) + "\n")

    def reply(self, status, data, headers=()):
        out = data if isinstance(data, bytes) else json.dumps(data).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(out)))
        for k, v in headers:
            self.send_header(k, v)
        self.end_headers()
        self.wfile.write(out)

    def do_GET(self):
        self.record(b"")
        if self.path.endswith("/models"):
            self.reply(200, {"object": "list", "data": [{"id": "listed-model", "object": "model"}]})
        else:
            self.reply(404, {"error": {"message": "no such path"}})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.record(body)
        doc = json.loads(body)
        model = doc["model"]
        if model.startswith("fail-"):
            status = int(model[5:])
            extra = [("retry-after", "7")] if status == 429 else []
            self.reply(status, {"error": {"message": f"told to fail with {status}", "type": "test"}}, extra)
        elif model == "redirect":
            self.reply(307, b"", [("location", "http://127.0.0.1:1/elsewhere")])
        elif model == "html":
            self.reply(200, b"<html>a captive portal</html>")
        elif self.path.endswith("/messages"):
            self.anthropic(doc)
        else:
            self.openai(doc)

    def begin_stream(self):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True

    def event(self, data, name=None):
        if name:
            self.wfile.write(f"event: {name}\n".encode())
        self.wfile.write(b"data: " + (data if isinstance(data, bytes) else json.dumps(data).encode()) + b"\n\n")
        self.wfile.flush()

    def answer_text(self, doc):
        if doc["model"] == "echo":
            return last_text(doc)
        return f"The cloud says hello to {len(doc['messages'])} message(s)"

    def openai(self, doc):
        model, text = doc["model"], self.answer_text(doc)
        usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        call = None
        if model in ("acts", "sends"):
            name, arguments = act(doc)
            call = {"id": "call_acts", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        if doc.get("tools") and model == "tools":
            call = {"id": "call_cloud", "type": "function",
                    "function": {"name": doc["tools"][0]["function"]["name"], "arguments": "{\"city\": \"Paris\"}"}}
        if not doc.get("stream"):
            message = {"role": "assistant", "content": None if call else text}
            if call:
                message["tool_calls"] = [call]
            self.reply(200, {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": model + "-2026",
                             "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls" if call else "stop"}],
                             "usage": usage})
            return
        self.begin_stream()
        self.event(openai_chunk(model, {"role": "assistant", "content": ""}))
        if call and model != "tools":
            for i, piece in enumerate([""] + pieces(call["function"]["arguments"])):
                head = {"id": call["id"], "type": "function"} if not i else {}
                function = {"arguments": piece, **({"name": call["function"]["name"]} if not i else {})}
                self.event(openai_chunk(model, {"tool_calls": [{"index": 0, **head, "function": function}]}))
        elif call:
            self.event(openai_chunk(model, {"tool_calls": [{"index": 0, **call}]}))
        for piece in pieces(text) if model == "echo" else []:
            self.event(openai_chunk(model, {"content": piece}))
        for i, word in enumerate([] if call or model == "echo" else text.split(" ")):
            self.event(openai_chunk(model, {"content": word + " "}))
            if model == "cut" and i == 2:
                return
            if model == "garbled" and i == 2:
                self.event(b"{\"choices\": [ }}}")
                return
            if model == "endless":
                try:
                    while True:
                        self.event(openai_chunk(model, {"content": "on and "}))
                        time.sleep(0.02)
                except OSError:
                    with LOCK, open(RECORD, "a") as f:
                        f.write(json.dumps({"cut_by_client": True}) + "\n")
                    return
        self.event(openai_chunk(model, {}, "tool_calls" if call else "stop"))
        if doc.get("stream_options", {}).get("include_usage"):
            self.event({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": [],
                        "usage": usage})
        self.event(b"[DONE]")

    def anthropic(self, doc):
        model, text = doc["model"], self.answer_text(doc)
        call = act(doc) if model in ("acts", "sends") else None
        if not doc.get("stream"):
            block = {"type": "tool_use", "id": "toolu_1", "name": call[0], "input": call[1]} if call else {"type": "text", "text": text}
            self.reply(200, {"id": "msg_1", "type": "message", "role": "assistant", "model": model,
                             "content": [block], "stop_reason": "tool_use" if call else "end_turn", "stop_sequence": None,
                             "usage": {"input_tokens": 11, "output_tokens": 7}})
            return
        self.begin_stream()
        for name, data in anthropic_events(model, text, call):
            self.event(data, name)


def serve(record, handler, address="127.0.0.1"):
    global RECORD
    RECORD = record
    open(RECORD, "w").close()
    server = http.server.ThreadingHTTPServer((address, 0), handler)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(sys.argv[1], Handler, *sys.argv[2:])
