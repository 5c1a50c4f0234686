"""The scripted backend (SURFACE.md 6): each command, plain and streamed, in both dialects."""
import json
import time

import openai
import anthropic
import pytest


class Answer:
    """What an official SDK made of it."""

    def __init__(self, weir, dialect, stream, script, model="script/x", **more):
        ask = dict(model=model, messages=more.pop("messages", [{"role": "user", "content": script}]), max_tokens=100)
        if dialect == "openai":
            client = openai.OpenAI(base_url=weir.url + "/v1", api_key="none", max_retries=0)
            if stream:
                self.take_chunks(client.chat.completions.create(stream=True, stream_options={"include_usage": True}, **ask))
                return
            r = client.chat.completions.create(**ask)
            m = r.choices[0].message
            self.text, self.thought = m.content or "", getattr(m, "reasoning_content", "") or ""
            self.calls = [(c.function.name, json.loads(c.function.arguments)) for c in m.tool_calls or []]
            self.stop, self.usage = r.choices[0].finish_reason, (r.usage.prompt_tokens, r.usage.completion_tokens)
            return
        client = anthropic.Anthropic(base_url=weir.url, api_key="none", max_retries=0)
        if stream:
            with client.messages.stream(**ask) as s:
                r = s.get_final_message()
        else:
            r = client.messages.create(**ask)
        self.text = "".join(b.text for b in r.content if b.type == "text")
        self.thought = "".join(b.thinking for b in r.content if b.type == "thinking")
        self.calls = [(b.name, b.input) for b in r.content if b.type == "tool_use"]
        self.stop, self.usage = r.stop_reason, (r.usage.input_tokens, r.usage.output_tokens)

    def take_chunks(self, chunks):
        self.text, self.thought, self.stop, calls = "", "", None, {}
        for chunk in chunks:
            if chunk.usage:
                self.usage = (chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
            for c in chunk.choices:
                self.text += c.delta.content or ""
                self.thought += getattr(c.delta, "reasoning_content", "") or ""
                self.stop = c.finish_reason or self.stop
                for call in c.delta.tool_calls or []:
                    name, arguments = calls.get(call.index, ("", ""))
                    calls[call.index] = (name + (call.function.name or ""), arguments + (call.function.arguments or ""))
        self.calls = [(name, json.loads(arguments)) for _, (name, arguments) in sorted(calls.items())]


each = pytest.mark.parametrize("dialect,stream", [("openai", False), ("openai", True), ("anthropic", False), ("anthropic", True)])
ERRORS = (openai.APIStatusError, anthropic.APIStatusError)


@each
def test_words(weir, dialect, stream):
    assert Answer(weir, dialect, stream, "plain\n\ntext").text == "plain\n\ntext"
    assert Answer(weir, dialect, stream, "!say hello there").text == "hello there"
    assert Answer(weir, dialect, stream, "!repeat 3 ab ").text == "ab ab ab "
    assert Answer(weir, dialect, stream, "no !say here").text == "no !say here"
    a = Answer(weir, dialect, stream, "!think hmm\n!say yes")
    assert (a.thought, a.text, a.usage) == ("hmm", "yes", (4, 2))
    assert Answer(weir, dialect, stream, "!usage 7 9\n!say x").usage == (7, 9)


@pytest.mark.parametrize("model,script,says", [
    ("script/x", "one two three", 3), ("script/x", "!usage 7 9\n!say x", 7), ("claude/opus", "Hello there.", 11)])
def test_a_message_starts_with_its_input_tokens(weir, model, script, says):
    assert started(weir, model, script) == (says, says)


@pytest.mark.parametrize("model", ["smollm2-135m-instruct", "cloud/big"])
def test_input_tokens_that_only_the_end_knows_are_estimated(weir, model):
    """About four bytes each; the end says what the backend counted."""
    first, last = started(weir, model, "What is a weir good for? " * 20)
    assert 100 < first < 200 and last != first and last > 0


def started(weir, model, text):
    """Of a streamed message: input tokens in message_start, and in the last message_delta."""
    client = anthropic.Anthropic(base_url=weir.url, api_key="none", max_retries=0)
    events = list(client.messages.create(model=model, messages=[{"role": "user", "content": text}], max_tokens=4, stream=True))
    first = next(e for e in events if e.type == "message_start").message.usage.input_tokens
    last = next(e for e in events if e.type == "message_delta").usage.input_tokens
    return first, first if last is None else last  # Anthropic's own may leave it out there


@each
def test_calls_and_their_results(weir, dialect, stream):
    a = Answer(weir, dialect, stream, '!call first {"city":"Paris"}\n!call second {}')
    assert a.calls == [("first", {"city": "Paris"}), ("second", {})] and a.stop in ("tool_calls", "tool_use")
    long = "ä" * 300
    result = ([{"role": "tool", "tool_call_id": "c", "content": long}] if dialect == "openai" else
              [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": long}]}])
    call = ({"role": "assistant", "content": None, "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}
            if dialect == "openai" else {"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "f", "input": {}}]})
    a = Answer(weir, dialect, stream, "", messages=[{"role": "user", "content": "!say not this"}, call, *result])
    assert a.text == "result: " + "ä" * 200


@each
@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_failing(weir, dialect, stream, status):
    with pytest.raises(ERRORS) as e:
        Answer(weir, dialect, stream, f"!fail {status} because of that")
    told = {500: 502, 503: 529 if dialect == "anthropic" else 503}.get(status, status)
    assert e.value.status_code == told and "because of that" in str(e.value)


@each
def test_failing_and_cut_in_the_middle(weir, dialect, stream):
    for script in ("!say some\n!fail 500 late", "!say some\n!cut"):
        with pytest.raises((openai.APIError, anthropic.APIError)):
            Answer(weir, dialect, stream, script)


@each
def test_times(weir, dialect, stream):
    begun = time.monotonic()
    assert Answer(weir, dialect, stream, "!wait 200ms\n!pace 20ms\n!repeat 5 w ").text == "w w w w w "
    assert time.monotonic() - begun >= 0.3


@pytest.mark.parametrize("script,how", [("!sya x", "!say"), ("!call f {oops", "!call NAME"), ("!repeat x y", "!repeat N"), ("!pace fast", "!pace 20ms"),
                                        ("!wait soon", "!wait 2s"), ("!fail 200", "!fail 429"), ("!usage a b", "!usage IN OUT"), ("!call", "!call NAME")])
def test_a_wrong_script_is_told_how_it_is_written(weir, script, how):
    r = weir.chat(script, "script/x")
    assert r.status_code == 400 and how in r.json()["error"]["message"]


def test_it_stops_at_one_mebibyte(weir):
    r = weir.chat("!repeat 300000 abcdefgh", "script/x").json()["choices"][0]
    assert r["finish_reason"] == "length" and len(r["message"]["content"]) <= 1 << 20


def test_beyond_the_device_it_passes_the_gate_and_the_ledger(weir):
    before = len(weir.cli_json("ledger", "-n", "1000")["rows"])
    assert weir.chat("!say hello", "farscript/x").headers["weir-zone"] == "cloud"
    rows = weir.cli_json("ledger", "-n", "1000")["rows"]
    assert len(rows) > before and "scripted" in json.dumps(rows)
    assert weir.chat("I have diabetes. !say x", "farscript/x").status_code == 403
    assert weir.http.post("/v1/messages/count_tokens", json={
        "model": "script/x", "messages": [{"role": "user", "content": "one two three"}]}).json() == {"input_tokens": 3}
