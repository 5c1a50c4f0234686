"""Promise 5: what may leave only disguised leaves so, and comes back as it was; in both dialects, plain and streamed."""
import json
import re

import conftest
import pytest

TEXT = "Anna Krause (anna.krause@mailbox.org, +49 171 2345678) asks; Anna's \"note\" to KRAUSE."
ORIGINALS = ["Krause", "KRAUSE", "mailbox.org", "2345678"]
TOKEN = re.compile(r"\b[A-Z]+_\d+[a-z]{0,2}_[a-z0-9]{6}")


def tool(name="write_note"):
    schema = {"type": "object", "properties": {"text": {"type": "string"}}}
    return [{"type": "function", "function": {"name": name, "parameters": schema}}]


def ask_openai(weir, model, text, stream, tools=None, headers=None):
    body = {"model": model, "messages": [{"role": "user", "content": text}], "stream": stream}
    if tools:
        body["tools"] = tools
    r = weir.http.post("/v1/chat/completions", json=body, headers=headers or {})
    assert r.status_code == 200, r.text
    if not stream:
        m = r.json()["choices"][0]["message"]
        return m.get("content") or "", [c["function"]["arguments"] for c in m.get("tool_calls") or []]
    said, calls = "", {}
    for line in r.text.splitlines():
        if line.startswith("data: {"):
            for choice in json.loads(line[6:])["choices"]:
                said += choice["delta"].get("content") or ""
                for c in choice["delta"].get("tool_calls") or []:
                    calls[c["index"]] = calls.get(c["index"], "") + c["function"].get("arguments", "")
    return said, list(calls.values())


def ask_anthropic(weir, model, text, stream, tools=None, headers=None):
    body = {"model": model, "messages": [{"role": "user", "content": text}], "stream": stream, "max_tokens": 100}
    if tools:
        body["tools"] = [{"name": t["function"]["name"], "input_schema": t["function"]["parameters"]} for t in tools]
    r = weir.http.post("/v1/messages", json=body, headers=headers or {})
    assert r.status_code == 200, r.text
    if not stream:
        blocks = r.json()["content"]
        return ("".join(b.get("text", "") for b in blocks),
                [json.dumps(b["input"]) for b in blocks if b["type"] == "tool_use"])
    said, calls = "", ""
    for line in r.text.splitlines():
        if line.startswith("data: {"):
            delta = json.loads(line[6:]).get("delta", {})
            said += delta.get("text", "")
            calls += delta.get("partial_json", "")
    return said, [calls] if calls else []


ASK = {"openai": ask_openai, "anthropic": ask_anthropic}


def left(provider):
    """What left, as text; none of the originals is in it."""
    bodies = [b["body"] for b in provider.bodies()]
    for body in bodies:
        assert not [o for o in ORIGINALS if o in body], body
        assert TOKEN.search(body), body
    return bodies


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("backend", ["cloud", "claude"])
@pytest.mark.parametrize("dialect", ["openai", "anthropic"])
def test_there_and_back(weir, provider, dialect, backend, stream):
    provider.forget()
    said, _ = ASK[dialect](weir, backend + "/echo", TEXT, stream)
    assert said == TEXT
    assert len(left(provider)) == 1


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("backend", ["cloud", "claude"])
@pytest.mark.parametrize("dialect", ["openai", "anthropic"])
def test_calls_come_back_unless_they_reach_outward(weir, provider, dialect, backend, stream):
    provider.forget()
    _, calls = ASK[dialect](weir, backend + "/acts", TEXT, stream, tool())
    assert [json.loads(c)["text"] for c in calls] == [TEXT]
    row = weir.cli_json("ledger")["rows"][0]
    assert row["transform"] == "pseudonymise" and row["disguised"] >= 3 and row["restored"] >= 3 and row["unresolved"] == 0
    for model, tools in (("sends", tool()), ("acts", tool("send_email"))):
        _, calls = ASK[dialect](weir, f"{backend}/{model}", TEXT, stream, tools)
        kept = json.loads(calls[0])["text"]
        assert not [o for o in ORIGINALS if o in kept] and TOKEN.search(kept)
        row = weir.cli_json("ledger")["rows"][0]
        assert row["restored"] == 0 and row["unresolved"] >= 3
    assert len(left(provider)) == 3


def test_later_turns_match(weir, provider):
    provider.forget()
    first = [{"role": "user", "content": TEXT}]
    more = first + [{"role": "assistant", "content": "Noted, Anna Krause."}, {"role": "user", "content": "And krause?"}]
    for messages in (first, more):
        weir.http.post("/v1/chat/completions", json={"model": "cloud/echo", "messages": messages})
    one, two = [json.loads(b)["messages"][0]["content"] for b in left(provider)]
    assert one == two
    names = {t[:6] for t in TOKEN.findall(provider.bodies()[1]["body"]) if t.startswith("NAME")}
    assert names == {"NAME_1"}


def test_what_few_know_is_hidden_beside_the_rest(weir, provider):
    provider.forget()
    text = "My colleague Anna Krause moved from Hamburg to Oberammergau and left Nordwind Logistics for Siemens."
    assert weir.chat(text, "cloud/echo").json()["choices"][0]["message"]["content"] == text
    body = provider.bodies()[0]["body"]
    assert not [o for o in ("Krause", "Oberammergau", "Nordwind") if o in body] and "Hamburg" in body, body
    weir.chat("We drove from Hamburg to Oberammergau.", "cloud/echo")
    assert "Oberammergau" in provider.bodies()[1]["body"]


def test_terms_are_hidden_in_talks_only(weir, provider):
    text = "Anna Krause (anna.krause@mailbox.org) has the order QX7-4410 and wants to know what top_p means."
    for tools, stays in ((None, False), (tool(), True)):
        provider.forget()
        weir.http.headers["weir-conversation"] = "terms-" + str(stays)
        body = {"model": "cloud/echo", "messages": [{"role": "user", "content": text}], "top_p": 0.5}
        r = weir.http.post("/v1/chat/completions", json={**body, "tools": tools} if tools else body)
        del weir.http.headers["weir-conversation"]
        assert r.status_code == 200, r.text
        [sent] = left(provider)
        assert ("QX7-4410" in sent) == stays
        assert json.loads(sent)["top_p"] == 0.5, "what the dialect calls it is no term"
        assert tools or text == r.json()["choices"][0]["message"]["content"]


def test_another_conversations_placeholder_restores_nothing(weir, provider):
    provider.forget()
    weir.chat("Call Berta Novak.", "cloud/echo")
    token = TOKEN.search(left(provider)[0]).group()
    said, _ = ask_openai(weir, "cloud/echo", f"Tell Anna Krause about {token}, {token[:-1]}", False)
    assert token in said and "Novak" not in said and "Anna Krause" in said
    row = weir.cli_json("ledger")["rows"][0]
    assert row["invented"] == 1


def test_preview_is_what_is_sent(weir, provider):
    provider.forget()
    body = {"model": "cloud/echo", "messages": [{"role": "user", "content": TEXT}]}
    p = weir.owner("POST", "preview", body).json()
    assert p["transform"] == "pseudonymise" and p["disguised"] >= 3
    assert {x["original"] for x in p["placeholders"]} >= {"Anna Krause", "anna.krause@mailbox.org"}
    assert provider.bodies() == []
    r = weir.socket("POST", "/v1/chat/completions", {**body, "weir": {"preview": p["id"]}})
    assert r.status_code == 200, r.text
    assert [b["sha256"] for b in provider.bodies()] == [p["sha256"]]
    assert left(provider) == [p["body"]]


def test_receipt_why_and_replay(weir):
    done = weir.cli("ask", "-m", "cloud/echo", TEXT)
    assert done.stdout.strip() == TEXT, done.stderr
    assert re.search(r"· \d names disguised ·", done.stderr), done.stderr
    why = weir.cli_json("why")
    assert why["chosen"]["transform"] == "pseudonymise" and why["disguised"] >= 3 and why["restored"] >= 3
    assert "put back" in weir.cli("why").stdout
    assert weir.cli_json("replay")["same"]


@pytest.mark.parametrize("stream", [False, True])
def test_the_scripted_backend_sees_the_disguise_and_the_client_what_it_asked_for(weir, stream):
    body = {"model": "farscript/tell", "stream": stream, "messages": [{"role": "user", "content": TEXT}]}
    r = weir.http.post("/v1/chat/completions", json=body, headers={"weir-receipt": "body"})
    last = r.json() if not stream else [json.loads(x[6:]) for x in r.text.splitlines() if x.startswith("data: {")][-1]
    assert last["model"] == "farscript/tell" and last["weir"]["disguised"] >= 3 and last["weir"]["restored"] >= 3
    assert "usage" not in last or not stream
    assert "mailbox.org" in r.text and not TOKEN.search(r.text)


def test_the_vault_is_the_owners(weir, provider):
    provider.forget()
    weir.cli("ask", "-m", "cloud/echo", "Please greet Zacharias Winterbottom.")
    assert "Winterbottom" not in provider.bodies()[0]["body"]
    conversation = weir.cli_json("why")["conversation"]
    assert conversation in {c["conversation"] for c in weir.cli_json("vault")["conversations"]}
    book = weir.cli_json("vault", "export", conversation)
    assert any("Zacharias Winterbottom" in e["forms"].values() for e in book["originals"])
    assert weir.http.get("/weir/v1/vault").status_code in (401, 403)
    assert weir.cli("vault", "rm", conversation).returncode == 0
    assert weir.cli("vault", "export", conversation).returncode == 1


def test_it_lasts_and_is_sealed(own, provider):
    d = own(engine=False)
    provider.forget()
    for _ in range(2):
        d.chat(TEXT, "cloud/echo")
        d.stop()
        for path in d.folder.rglob("weir.db*"):
            assert b"Krause" not in path.read_bytes()
        d.start()
    one, two = left(provider)
    assert one == two


def test_what_cannot_be_disguised_stays(weir, provider):
    provider.forget()
    picture = "data:image/png;base64," + "iVBORw0KGgo" * 20
    content = [{"type": "text", "text": TEXT}, {"type": "image_url", "image_url": {"url": picture}}]
    r = weir.http.post("/v1/chat/completions", json={"model": "cloud/big", "messages": [{"role": "user", "content": content}]})
    assert r.status_code == 403 and provider.bodies() == []


def spellings(n):
    """One address in n spellings."""
    name = "annakrauselake"
    return ["".join(c.upper() if i >> k & 1 else c for k, c in enumerate(name)) + "@mailbox.org" for i in range(n)]


def test_what_turns_out_not_to_be_disguised_stays(weir, provider):
    provider.forget()
    text = "Compare " + ", ".join(spellings(700))
    named = weir.chat(text, "cloud/echo")
    assert named.status_code == 403 and named.headers["weir-code"] == "policy_refused"
    assert provider.bodies() == []
    assert weir.chat("Compare " + ", ".join(spellings(600)), "cloud/echo").status_code == 200


@pytest.mark.parametrize("dialect,backend", [("openai", "cloud"), ("anthropic", "claude")])
def test_what_a_program_declares_keeps_its_words(weir, provider, dialect, backend):
    """Tools' names and descriptions are a program's words; a whole name among them is still somebody's."""
    provider.forget()
    words = "Mark runs a Skill or a Hook in the Worktree. Haiku is fast; Reading falls back to Max. Pass CronList to the REPL."
    tools = tool("Skill")
    tools[0]["function"]["description"] = words + " Written by Wilhelmina Krause."
    schema = tools[0]["function"]["parameters"]["properties"]
    schema["Hooks"] = {"type": "string", "description": words}
    ASK[dialect](weir, backend + "/echo", "What waits in the queue? " + TEXT, False, tools)
    doc = json.loads(left(provider)[0])["tools"][0]
    declared = doc.get("function", doc)
    assert declared["name"] == "Skill"
    if dialect == "openai":
        assert declared["description"].startswith(words + " Written by NAME_")
    inner = (declared.get("parameters") or declared.get("input_schema"))["properties"]["Hooks"]["description"]
    assert inner == words


SURROGATE = 'preset = "careful"\n[disguise]\nform = "surrogate"\n'


@pytest.fixture(scope="module")
def masked(provider, tmp_path_factory):
    """A daemon whose policy wants surrogates."""
    d = conftest.make(tmp_path_factory.mktemp("masked"), provider, policy=SURROGATE, engine=False).start()
    yield d
    d.stop()


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("backend", ["cloud", "claude"])
@pytest.mark.parametrize("dialect", ["openai", "anthropic"])
def test_surrogates_there_and_back(masked, provider, dialect, backend, stream):
    provider.forget()
    said, _ = ASK[dialect](masked, backend + "/echo", TEXT, stream)
    assert said == TEXT
    _, calls = ASK[dialect](masked, backend + "/acts", TEXT, stream, tool())
    assert [json.loads(c)["text"] for c in calls] == [TEXT]
    _, calls = ASK[dialect](masked, backend + "/sends", TEXT, stream, tool())
    assert not [o for o in ORIGINALS if o in calls[0]]
    row = masked.cli_json("ledger")["rows"][0]
    assert row["disguised"] >= 3 and row["restored"] == 0 and row["unresolved"] >= 3
    for body in provider.bodies():
        assert not [o for o in ORIGINALS if o in body["body"]] and not TOKEN.search(body["body"]), body
        assert re.search(r"@example\.(com|org|net), \+49 \d{3} \d{7}\)", body["body"]), body


def test_surrogates_stay_and_last(masked, provider):
    provider.forget()
    masked.chat("Write to Anna Krause.", "cloud/echo", headers={"weir-conversation": "stays"})
    masked.stop()
    masked.start()
    masked.chat("Write to Anna Krause. And to Krause.", "cloud/echo", headers={"weir-conversation": "stays"})
    one, two = [json.loads(b["body"])["messages"][0]["content"] for b in provider.bodies()]
    name = re.fullmatch(r"Write to (\w+ \w+)\.", one).group(1)
    assert two == f"{one} And to {name.split()[1]}."
    preview = masked.owner("POST", "preview", {"model": "cloud/echo", "messages": [
        {"role": "user", "content": "Write to Anna Krause."}]}).json()
    assert [p["original"] for p in preview["placeholders"]] == ["Anna Krause"]
    book = masked.cli_json("vault", "export", masked.cli_json("vault")["conversations"][0]["conversation"])
    assert any(e.get("surrogates") for e in book["originals"])


def test_an_unknown_form_closes_the_gate(own):
    d = own(policy='[disguise]\nform = "surogate"\n', engine=False)
    r = d.chat("What is a weir?", "cloud/echo")
    assert r.status_code == 403 and "did you mean" in d.cli("policy", "check").stderr + d.cli("policy", "check").stdout
