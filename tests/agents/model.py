"""A provider that plays the model of a coding agent: first it reads a file of the project, by the path it was told, then it says
what it read. Its own process; every body is recorded. Run: model.py RECORD_FILE. Prints its port."""
import json
import re
import sys

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/api")
import provider  # noqa: E402

FILE = "notes.txt"
FOLDER = re.compile(r"(?:working directory|Working directory|cwd)[^/\n]{0,40}(/[^\s\"'<>\\]+)")


def texts(node):
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)


def results(doc):
    """What the tools said, in either dialect."""
    for m in doc["messages"]:
        if m["role"] == "tool":
            yield " ".join(texts(m["content"]))
        elif isinstance(m["content"], list):
            for part in m["content"]:
                if part.get("type") == "tool_result":
                    yield " ".join(texts(part["content"]))


def reading_tool(doc):
    """Name of the tool that reads a file, and of its parameter."""
    for t in doc.get("tools", []):
        f = t.get("function", t)
        schema = f.get("parameters") or f.get("input_schema") or {}
        for key in ("file_path", "filePath"):
            if f["name"].lower() == "read" and key in schema.get("properties", {}):
                return f["name"], key
    return None


def plan(doc):
    """(text, call): what the model does next."""
    tool, read = reading_tool(doc), list(results(doc))
    if not tool:
        return "Notes of a project", None
    if read:
        line = next((x for x in re.split(r"\\n|\n", read[-1]) if "maintainer" in x), "nothing")
        return f"I read: {line}", None
    folder = FOLDER.search("\n".join(texts(doc)))
    path = (folder.group(1).rstrip(".,") if folder else "/nowhere") + "/" + FILE
    return "", (tool[0], {tool[1]: path})


class Handler(provider.Handler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.record(body)
        doc = json.loads(body)
        if self.path.endswith("/messages"):
            self.anthropic_plan(doc)
        else:
            self.openai_plan(doc)

    def anthropic_plan(self, doc):
        text, call = plan(doc)
        if not doc.get("stream"):
            block = {"type": "tool_use", "id": "toolu_1", "name": call[0], "input": call[1]} if call else {"type": "text", "text": text}
            self.reply(200, {"id": "msg_1", "type": "message", "role": "assistant", "model": doc["model"], "content": [block],
                             "stop_reason": "tool_use" if call else "end_turn", "stop_sequence": None,
                             "usage": {"input_tokens": 11, "output_tokens": 7}})
            return
        self.begin_stream()
        for name, data in provider.anthropic_events(doc["model"], text, call):
            self.event(data, name)

    def openai_plan(self, doc):
        text, call = plan(doc)
        delta = {"role": "assistant", "content": text}
        if call:
            delta = {"role": "assistant", "content": None, "tool_calls": [
                {"index": 0, "id": "call_1", "type": "function",
                 "function": {"name": call[0], "arguments": json.dumps(call[1])}}]}
        finish = "tool_calls" if call else "stop"
        if not doc.get("stream"):
            message = {**delta, "tool_calls": [{k: v for k, v in c.items() if k != "index"} for c in delta["tool_calls"]]} \
                if call else delta
            self.reply(200, {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": doc["model"],
                             "choices": [{"index": 0, "message": message, "finish_reason": finish}],
                             "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}})
            return
        self.begin_stream()
        for piece in [delta] if call else [{"role": "assistant", "content": p} for p in provider.pieces(text)]:
            self.event(provider.openai_chunk(doc["model"], piece))
        self.event(provider.openai_chunk(doc["model"], {}, finish))
        if doc.get("stream_options", {}).get("include_usage"):
            self.event({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": doc["model"], "choices": [],
                        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}})
        self.event(b"[DONE]")


if __name__ == "__main__":
    provider.serve(sys.argv[1], Handler)
