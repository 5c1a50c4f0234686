"""The gate from outside: every place of a request is looked at, a finding is answered in the order that docs/policy.md
names, and who is not the owner is told no more than POLICY.md 4 allows."""
import base64
import json
import urllib.parse

import pytest

import conftest

IBAN = "DE89 3704 0044 0532 0130 00"
SAID = "please note " + IBAN + " for later"


def user(text):
    return {"role": "user", "content": text}


def called(arguments, result="ok"):
    return [user("Look."), {"role": "assistant", "content": None, "tool_calls": [
        {"id": "t1", "type": "function", "function": {"name": "look", "arguments": arguments}}]},
        {"role": "tool", "tool_call_id": "t1", "content": result}]


def with_tool(**function):
    tool = {"name": "look", "parameters": {"type": "object", "properties": {}}, **function}
    return {"messages": [user("Hello.")], "tools": [{"type": "function", "function": tool}]}


def schema(properties):
    return {"type": "object", "properties": properties}


ESCAPED = "".join(f"\\u{ord(c):04x}" for c in IBAN)
OPENAI = {
    "system": {"messages": [{"role": "system", "content": SAID}, user("Hello.")]},
    "developer": {"messages": [{"role": "developer", "content": SAID}, user("Hello.")]},
    "user": {"messages": [user(SAID)]},
    "an earlier turn": {"messages": [user(SAID), {"role": "assistant", "content": "Noted."}, user("Hello.")]},
    "assistant": {"messages": [user("Hello."), {"role": "assistant", "content": SAID}, user("Go on.")]},
    "a part": {"messages": [user([{"type": "text", "text": "Hello."}, {"type": "text", "text": SAID}])]},
    "over two parts": {"messages": [user([{"type": "text", "text": SAID[:24]}, {"type": "text", "text": SAID[24:]}])]},
    "over two messages": {"messages": [user(SAID[:24]), user(SAID[24:])]},
    "a participant's name": {"messages": [{**user("Hello."), "name": IBAN.replace(" ", "")}]},
    "a call's arguments": {"messages": called(json.dumps({"note": SAID}))},
    "JSON in a call's JSON": {"messages": called(json.dumps({"note": json.dumps({"n": SAID})}))},
    "escapes in a call's JSON": {"messages": called('{"note": "' + ESCAPED + '"}')},
    "a tool's result": {"messages": called("{}", SAID)},
    "a tool's description": with_tool(description=SAID),
    "a parameter's description": with_tool(parameters=schema({"a": {"type": "string", "description": SAID}})),
    "a parameter's default": with_tool(parameters=schema({"a": {"type": "string", "default": SAID}})),
    "a parameter's choice": with_tool(parameters=schema({"a": {"enum": ["x", SAID]}})),
    "a parameter's name": with_tool(parameters=schema({IBAN: {"type": "string"}})),
    "the answer's schema": {"messages": [user("Hello.")], "response_format": {"type": "json_schema", "json_schema": {
        "name": "x", "schema": schema({"a": {"type": "string", "description": SAID}})}}},
    "metadata": {"messages": [user("Hello.")], "metadata": {"note": SAID}},
    "a key of metadata": {"messages": [user("Hello.")], "metadata": {IBAN: "x"}},
    "the user's id": {"messages": [user("Hello.")], "user": IBAN.replace(" ", "")},
    "a stop word": {"messages": [user("Hello.")], "stop": [IBAN]},
    "an unknown field": {"messages": [user("Hello.")], "x_new": {"deep": [{"deeper": SAID}]}},
    "an unknown field of a message": {"messages": [{**user("Hello."), "x_new": SAID}]},
    "percent-encoded": {"messages": [user("http://x.test/?q=" + urllib.parse.quote(SAID))]},
    "base64": {"messages": [user("see " + base64.b64encode(SAID.encode()).decode())]},
    "base64 of base64": {"messages": [user(base64.b64encode(base64.b64encode(SAID.encode())).decode())]},
    "HTML entities": {"messages": [user("see " + "".join(f"&#{ord(c)};" for c in IBAN))]},
    "escapes in a text": {"messages": [user("see " + ESCAPED)]},
    "invisible characters": {"messages": [user(SAID.replace("0", "0\u200b"))]},
}
ANTHROPIC = {
    "system": {"system": SAID, "messages": [user("Hello.")]},
    "a block of system": {"system": [{"type": "text", "text": SAID}], "messages": [user("Hello.")]},
    "user": {"messages": [user(SAID)]},
    "a call's input": {"messages": [user("Look."), {"role": "assistant", "content": [
        {"type": "tool_use", "id": "t1", "name": "look", "input": {"a": [{"b": SAID}]}}]}, user([
            {"type": "tool_result", "tool_use_id": "t1", "content": "ok"}])]},
    "a key of a call's input": {"messages": [user("Look."), {"role": "assistant", "content": [
        {"type": "tool_use", "id": "t1", "name": "look", "input": {IBAN: 1}}]}, user([
            {"type": "tool_result", "tool_use_id": "t1", "content": "ok"}])]},
    "a tool's result": {"messages": [user("Look."), {"role": "assistant", "content": [
        {"type": "tool_use", "id": "t1", "name": "look", "input": {}}]}, user([
            {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text", "text": SAID}]}])]},
    "a tool's schema": {"messages": [user("Hello.")], "tools": [
        {"name": "look", "input_schema": schema({"a": {"type": "string", "description": SAID}})}]},
    "the user's id": {"messages": [user("Hello.")], "metadata": {"user_id": IBAN.replace(" ", "")}},
    "a stop word": {"messages": [user("Hello.")], "stop_sequences": [IBAN]},
}


@pytest.fixture(scope="module")
def plain(provider, tmp_path_factory):
    d = conftest.make(tmp_path_factory.mktemp("plain"), provider, engine=False).start()
    yield d
    d.stop()


def stays(d, provider, path, body):
    provider.forget()
    r = d.http.post(path, json=body, headers={"weir-conversation": str(hash(json.dumps(body)))})
    assert r.status_code == 403 and r.headers["weir-code"] == "policy_refused", r.text
    assert provider.bodies() == []
    seen = d.owner("POST", "scan", body).json() if path.endswith("completions") else {"level": "private"}
    assert seen["level"] == "private", seen


@pytest.mark.parametrize("place", OPENAI)
def test_every_place_of_a_request_is_looked_at(plain, provider, place):
    stays(plain, provider, "/v1/chat/completions", {"model": "cloud/big", **OPENAI[place]})


@pytest.mark.parametrize("place", ANTHROPIC)
def test_every_place_of_a_message_is_looked_at(plain, provider, place):
    stays(plain, provider, "/v1/messages", {"model": "claude/opus", "max_tokens": 20, **ANTHROPIC[place]})


def test_a_files_name_does_not_leave(plain, tmp_path, provider):
    path = tmp_path / (IBAN.replace(" ", "") + ".txt")
    path.write_text("Nothing in here.")
    provider.forget()
    assert plain.cli("ask", "-m", "cloud/big", "-f", str(path), "What is in it?").returncode == 0
    assert "Nothing in here." in provider.bodies()[0]["body"] and "DE89" not in provider.bodies()[0]["body"]


def test_names_in_keys_are_disguised(plain, provider):
    provider.forget()
    body = {"model": "cloud/big", "messages": [user("Who scored?")], "metadata": {"Wilhelmina Krause": "3"}}
    assert plain.http.post("/v1/chat/completions", json=body).status_code == 200
    assert "Krause" not in provider.bodies()[0]["body"] and "NAME_1_" in provider.bodies()[0]["body"]


PERSON = "Write a poem about Anna Krause, step by step, and prove that it rhymes."
ORDER = """
[route]
cloud_share = 1
[[provider]]
name = "own"
dialect = "scripted"
zone = "device"
auto = {device}
[[provider]]
name = "far"
dialect = "openai"
url = "http://127.0.0.1:{port}/v1"
zone = "cloud"
models = ["big"]
"""


def ordered(folder, provider, device, rules):
    d = conftest.Daemon(folder, ORDER.format(device=str(device).lower(), port=provider.port), policy=rules, engine=False)
    return d.start()


def answered(d):
    r = d.http.post("/v1/chat/completions", json={"model": "auto", "messages": [user(PERSON)]})
    row = d.cli_json("ledger")["rows"]
    return r.status_code, r.headers.get("weir-code") or (r.headers["weir-zone"], row[0]["transform"] if row else "")


@pytest.mark.parametrize("device,rules,want", [
    (True, 'preset = "careful"\n[route_is_in_weir_toml]\n', (200, ("device", ""))),  # broken: nothing leaves
    (False, 'preset = "careful"\n', (200, ("cloud", "pseudonymise"))),
    (True, 'preset = "careful"\n[[rule]]\nname = "ask"\nask = "cloud"\n', (200, ("device", ""))),
    (False, 'preset = "careful"\n[[rule]]\nname = "ask"\nask = "cloud"\n', (403, "needs_approval")),
    (False, 'preset = "careful"\n[[rule]]\nname = "no"\ndeny = "cloud"\n', (403, "no_backend_permitted")),
])
def test_a_finding_is_answered_in_order(tmp_path, provider, device, rules, want):
    """Where nothing needs to be hidden, then disguised, then the person is asked, then refused."""
    d = ordered(tmp_path, provider, device, rules)
    assert answered(d) == want
    d.stop()


def test_what_others_are_told(own, provider):
    provider.forget()
    d = own(policy='preset = "cloud-first"\n[[rule]]\nname = "the merger"\nmatch = { words = ["Nightingale"] }\nraise = "private"\n'
                   'compartment = "nightingale"\n[[rule]]\nname = "the merger stays"\nmatch = { compartment = "nightingale" }\n'
                   'deny = "home"\n', engine=False)
    body = {"model": "cloud/big", "messages": [user("Where is Nightingale?")]}
    mine = d.socket("POST", "/v1/chat/completions", body)
    key = d.cli_json("keys", "add", "laptop")["key"]
    others = [d.http.post("/v1/chat/completions", json=body),
              d.http.post("/v1/chat/completions", json=body, headers={"authorization": "Bearer " + key})]
    assert mine.status_code == 403 and "the merger" in mine.text
    for r in others:
        assert r.status_code == 403 and r.headers["weir-code"] == "policy_refused" and r.headers["weir-decision"]
        assert "merger" not in r.text and "nightingale" not in r.text and "device" in r.text
    scan = d.http.post("/weir/v1/scan", json=body).text
    route = d.http.post("/weir/v1/route", json=body).text
    preview = d.http.post("/weir/v1/preview", json={**body, "model": "script/x"}).text
    assert "merger" not in scan + route + preview and "nightingale" not in scan + route + preview
    assert "merger" in d.owner("POST", "scan", body).text
    assert provider.bodies() == []


def test_the_persons_no_is_a_row(own, provider):
    d = own(policy='preset = "careful"\n[[rule]]\nname = "ask first"\nask = "cloud"\n', engine=False)
    assert d.chat("What is a weir?", "cloud/big").headers["weir-code"] == "needs_approval"
    waiting = d.cli_json("approvals")["approvals"][0]["id"]
    assert d.cli("deny", waiting).returncode == 0
    assert d.cli_json("approvals")["approvals"] == []
    assert d.chat("What is a weir?", "cloud/big").status_code == 403
    row = next(r for r in d.cli_json("ledger")["rows"] if r.get("note") == "approval")
    assert row["detail"]["state"] == "denied", row


def test_never_flag_is_remembered_but_not_for_secrets(own, provider):
    d = own(engine=False)
    for text in ("Nordwind Krause", "Xk93!vuQz7w"):
        assert d.cli("label", "never-flag", text).returncode == 0
    d.stop()
    d.start()
    provider.forget()
    assert d.chat("Write to Mr Nordwind Krause please.", "cloud/big").status_code == 200
    assert "Nordwind Krause" in provider.bodies()[0]["body"]
    assert d.chat("My password is Xk93!vuQz7w", "cloud/big").headers["weir-code"] == "policy_refused"
