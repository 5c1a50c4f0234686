"""`auto` with a provider: open and hard goes there, private stays, and everything says why."""
import json

from conftest import MODEL

HARD = "Prove step by step that the square root of 2 is irrational and compute the integral of x^2."
PRIVATE = "I have diabetes, explain step by step and prove how insulin works in my body."


def test_open_and_hard_goes_to_the_cloud(weir, provider):
    provider.forget()
    r = weir.chat(HARD)
    assert r.status_code == 200 and r.headers["weir-zone"] == "cloud"
    assert len(provider.bodies()) == 1
    assert json.loads(provider.bodies()[0]["body"])["model"] != "auto"
    assert r.json()["model"] == "auto"


def test_the_key_is_a_header_and_nothing_else(weir, provider):
    provider.forget()
    weir.chat(HARD)
    got = provider.bodies()[0]
    assert got["headers"]["authorization"] == "Bearer sk-test-not-a-real-key-0123456789"
    assert "sk-test" not in got["body"]


def test_explain_and_preview_send_nothing(weir, provider):
    provider.forget()
    explain = weir.cli_json("route", "--explain", HARD)
    assert explain["chosen"]["zone"] == "cloud" and explain["candidates"]
    preview = weir.cli_json("preview", HARD)
    assert preview["leaves"] and preview["sha256"] and json.loads(preview["body"])["messages"][0]["content"] == HARD
    assert weir.cli_json("route", PRIVATE)["chosen"]["zone"] == "device"
    assert provider.got() == []


def test_a_preview_is_sent_as_shown_or_not_at_all(weir, provider):
    provider.forget()
    body = {"model": "cloud/big", "messages": [{"role": "user", "content": "What is a weir?"}]}
    shown = weir.owner("POST", "preview", body).json()
    sent = weir.http.post("/v1/chat/completions", json=body, headers={"weir-preview": shown["id"]})
    assert sent.status_code == 200 and provider.bodies()[0]["sha256"] == shown["sha256"]
    other = {**body, "temperature": 0.5}
    assert weir.http.post("/v1/chat/completions", json=other, headers={"weir-preview": shown["id"]}).status_code == 409
    assert len(provider.bodies()) == 1


def send(d, shown, body, **headers):
    return d.http.post("/v1/chat/completions", json=body, headers={"weir-preview": shown, **headers})


def refused(r, code, word):
    return r.status_code == 409 and r.headers["weir-code"] == code and word in r.json()["error"]["message"]


def test_a_preview_ends_when_anything_changes(own, provider):
    d = own()
    provider.forget()
    body = {"model": "cloud/big", "messages": [{"role": "user", "content": "What is a weir?"}]}

    def preview(headers=None):
        return d.http.post("/weir/v1/preview", json=body, headers=headers or {}).json()

    shown = preview()["id"]
    assert refused(send(d, "pnosuch", body), "preview_unknown", "no such preview")
    key = d.cli_json("keys", "add", "laptop")["key"]
    bearer = {"authorization": "Bearer " + key}
    assert refused(send(d, shown, body, **bearer), "preview_of_another", "another caller")
    assert refused(send(d, preview(bearer)["id"], body), "preview_of_another", "another caller")
    assert refused(send(d, shown, {**body, "temperature": 0.5}), "preview_changed", "other bytes")
    assert d.cli("gate", "close").returncode == 0
    assert refused(send(d, shown, body), "preview_changed", "gate has been closed")
    assert d.cli("gate", "open").returncode == 0
    assert provider.bodies() == []
    assert send(d, shown, body).status_code == 200 and len(provider.bodies()) == 1
    assert d.cli("policy", "reset", "balanced").returncode == 0
    assert refused(send(d, shown, body), "preview_changed", "policy has changed")
    shown = preview()["id"]
    d.write("weir.toml", (d.config_dir / "weir.toml").read_text() + "# changed\n")
    d.process.send_signal(1)
    while not refused(send(d, shown, body), "preview_changed", "configuration has changed"):
        pass
    shown = d.http.post("/weir/v1/preview", json={**body, "model": "auto"}).json()
    assert send(d, shown["id"], {**body, "model": "auto"}).headers["weir-model"] == shown["model"]


def test_a_preview_shows_labels_with_spans_and_cost(own):
    d = own()
    text = "Write to anna.berg@wren-hill.org about the weir."
    shown = d.http.post("/weir/v1/preview", json={"model": "auto", "messages": [{"role": "user", "content": text}]}).json()
    mail = next(e for e in shown["evidence"] if e["kind"] == "email")
    assert text[mail["from"]:mail["to"]] == "anna.berg@wren-hill.org" and mail["where"] == "messages[0]"
    assert shown["level"] == "personal" and shown["zone"] == "device" and shown["left_bytes"] == 0
    assert text not in json.dumps(d.cli_json("ledger"))
    said = d.cli("preview", text)
    assert "found      email in messages[0], bytes 9 to 32" in said.stderr and said.stdout == ""


def test_the_command_line_sends_a_preview(own, provider):
    d = own()
    provider.forget()
    shown = d.cli_json("preview", "-m", "cloud/big", "What is a weir?")
    assert d.cli("ask", "-m", "cloud/big", "--preview", shown["id"], "What is a weir?").returncode == 0
    assert provider.bodies()[0]["sha256"] == shown["sha256"]
    assert d.cli("ask", "-m", "cloud/big", "--preview", shown["id"], "What is a dam?").returncode == 1
    assert len(provider.bodies()) == 1


def test_a_conversation_keeps_its_label(weir, provider):
    provider.forget()
    first = weir.chat(PRIVATE, headers={"weir-conversation": "c1"})
    assert first.headers["weir-zone"] == "device"
    again = weir.chat(HARD, headers={"weir-conversation": "c1"})
    assert again.headers["weir-zone"] == "device" and provider.bodies() == []
    label = next(c for c in weir.cli_json("label")["conversations"] if "health" in c["label"])
    assert weir.cli("label", "reset", label["id"]).returncode == 0


def metric(d, name):
    lines = d.socket("GET", "/metrics").text.splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(name + " ")))


def test_what_a_conversation_repeats_is_scanned_once(own):
    d = own()
    system = {"role": "system", "content": "The river rises in spring, and the weir holds. " * 800}
    turns = [system, {"role": "user", "content": "Write to anna@wren-hill.org. " * 20}]
    body = {"model": "script/x", "messages": turns}
    first = d.http.post("/weir/v1/scan", json=body).json()
    assert metric(d, "weir_scan_known_total") == 0 and metric(d, "weir_scan_new_total") == 2
    again = d.http.post("/weir/v1/scan", json=body).json()
    assert again == first and metric(d, "weir_scan_known_total") == 2
    changed = {**system, "content": system["content"] + "Call +49 170 1234567."}
    other = d.http.post("/weir/v1/scan", json={**body, "messages": [changed, turns[1]]}).json()
    assert "phone" in [e["kind"] for e in other["evidence"]] and metric(d, "weir_scan_new_total") == 3
    d.http.post("/v1/chat/completions", json=body)
    label = next(c for c in d.cli_json("label")["conversations"] if "email" in c["label"])
    assert d.cli("label", "reset", label["id"]).returncode == 0
    assert metric(d, "weir_scan_memory_bytes") == 0
    assert d.cli("label", "never-flag", "anna@wren-hill.org").returncode == 0
    quiet = d.http.post("/weir/v1/scan", json=body).json()
    assert quiet["level"] == "open"


def test_an_answer_carries_the_label_of_its_request(weir, provider):
    answer = weir.chat("I have HIV. !", "script/x")
    provider.forget()
    text = weir.chat("My doctor says I have epilepsy and I should rest for a long while", "script/x").json()
    content = text["choices"][0]["message"]["content"]
    assert answer.status_code == 200 and len(content) >= 16
    elsewhere = weir.chat("Summarise: " + "x", "cloud/big", messages=[
        {"role": "user", "content": "A new talk about rivers"}, {"role": "assistant", "content": content},
        {"role": "user", "content": "Go on"}])
    assert elsewhere.status_code == 403 and provider.bodies() == []


def test_claims_only_tighten(weir, provider):
    provider.forget()
    assert weir.chat(HARD, headers={"weir-zone": "device"}).headers["weir-zone"] == "device"
    assert weir.chat(HARD, headers={"weir-label": "private"}).headers["weir-zone"] == "device"
    assert weir.chat(HARD, headers={"weir-zone": "mars"}).status_code == 400
    assert weir.chat(HARD, headers={"weir-nonsense": "1"}).status_code == 400
    assert weir.chat(HARD, weir={"zone": "device"}).headers["weir-zone"] == "device"
    assert provider.bodies() == []


def test_the_receipt_in_the_body(weir):
    plain = weir.chat("hello there", "script/x", headers={"weir-receipt": "body"}).json()
    assert plain["weir"]["zone"] == "device" and "nothing left" in plain["weir"]["line"]


def test_aliases_and_names(weir):
    assert weir.chat("Say hi.", "gpt-x", headers={"weir-zone": "device"}).status_code == 200
    assert weir.chat("Say hi.", "claude-sonnet-4-5").headers["weir-zone"] == "device"
    assert weir.chat("Say hi.", "local/" + MODEL).headers["weir-model"] == MODEL
    missing = weir.chat("Say hi.", "nothing-like-it")
    assert missing.status_code == 404 and missing.json()["error"]["code"] == "model_not_found"
    assert MODEL in missing.json()["error"]["message"]


def test_dialects_cross(weir, provider):
    """An OpenAI client at an Anthropic provider, and the other way round."""
    r = weir.chat("What is the capital of France?", "claude/opus")
    assert r.status_code == 200 and r.json()["choices"][0]["message"]["content"].startswith("The cloud says")
    m = weir.http.post("/v1/messages", json={"model": "cloud/big", "max_tokens": 20, "messages": [
        {"role": "user", "content": "What is the capital of France?"}]}).json()
    assert m["content"][0]["text"].startswith("The cloud says") and m["stop_reason"] == "end_turn"


def test_the_panic_switch(own, provider):
    d = own()
    assert d.cli("gate", "close").returncode == 0
    provider.forget()
    refused = d.chat("What is the capital of France?", "cloud/big")
    assert refused.status_code == 403 and refused.headers["weir-code"] == "gate_closed"
    assert d.chat("Say hello.", "auto").headers["weir-zone"] == "device"
    d.stop()
    d.start()
    assert d.chat("What is the capital of France?", "cloud/big").status_code == 403
    assert provider.got() == []
    assert d.cli("gate", "open").returncode == 0
    assert d.chat("What is the capital of France?", "cloud/big").status_code == 200


def test_approvals(own, provider):
    d = own(policy='preset = "careful"\n[[rule]]\nname = "ask first"\nask = "cloud"\n')
    provider.forget()
    first = d.chat("What is the capital of France?", "cloud/big")
    assert first.status_code == 403 and first.headers["weir-code"] == "needs_approval" and provider.bodies() == []
    waiting = d.cli_json("approvals")["approvals"]
    assert len(waiting) == 1
    assert d.cli("approve", waiting[0]["id"]).returncode == 0
    assert d.chat("What is the capital of France?", "cloud/big").status_code == 200
    assert d.chat("What is the capital of France?", "cloud/big").status_code == 403  # once is once
    assert "approval" in [r.get("note") for r in d.cli_json("ledger")["rows"]]
    assert d.cli("ask", "-m", "cloud/big", "What is the capital of Spain?").returncode == 4


def test_asking_what_would_be_sends_nothing_at_all(own, provider):
    """Not even the question to a provider what models it has."""
    d = own(start=False)
    config = (d.config_dir / "weir.toml").read_text()
    d.write("weir.toml", "".join(line for line in config.splitlines(True) if not line.startswith("models = [\"")))
    d.start()
    provider.forget()
    for args in (("route", "--explain", HARD), ("preview", HARD), ("scan", HARD), ("policy", "explain", HARD)):
        d.cli(*args)
    assert "not asked  cloud" in d.cli("route", HARD).stdout
    assert provider.got() == []
    assert "cloud/listed-model" in d.cli("models").stdout
    provider.forget()
    assert "cloud/listed-model" in d.cli("route", "--explain", HARD).stdout
    assert provider.got() == []


def test_the_person_lowers_a_conversation(own, provider):
    d = own()
    head = {"weir-conversation": "c5"}
    assert d.chat(PRIVATE, "script/x", headers=head).headers["weir-zone"] == "device"
    assert d.chat("What is a weir?", "cloud/big", headers=head).status_code == 403
    label = next(c for c in d.cli_json("label")["conversations"] if "health" in c["label"])
    assert d.cli("label", "treat", label["id"], "as", "open").returncode == 0
    assert d.cli("label", "treat", label["id"], "as", "secret").returncode == 1
    assert d.cli("label", "treat", "cnosuch", "as", "open").returncode == 1
    d.stop()
    d.start()  # it is remembered
    assert d.chat("What is a weir?", "cloud/big", headers=head).status_code == 200
    secret = d.chat("My password is Xk93!vuQz7w", "cloud/big", headers=head)
    assert secret.status_code == 403 and secret.headers["weir-code"] == "policy_refused"
    assert d.chat(PRIVATE, "cloud/big", headers={"weir-conversation": "c6"}).status_code == 403
    changes = [r["detail"] for r in d.cli_json("ledger")["rows"] if r.get("note") == "label"]
    assert [(c["change"], c["as"], c["conversation"]) for c in changes] == [("treat", "open", label["id"])]


def test_a_key_that_a_rule_names_stays(own):
    d = own(policy='[[rule]]\nname = "phone stays"\nmatch = { caller = "key:phone" }\ndeny = "home"\n')
    assert d.cli("keys", "add", "phone").returncode == 0 and d.cli("keys", "add", "pho").returncode == 0
    kept = d.cli("keys", "revoke", "phone")
    assert kept.returncode == 1 and "phone stays" in kept.stderr
    assert d.cli("keys", "revoke", "pho").returncode == 0


def test_an_approval_is_spent_once_by_many(own, provider):
    """Requests side by side: one approval, one sending."""
    from concurrent.futures import ThreadPoolExecutor
    d = own(policy='preset = "careful"\n[[rule]]\nname = "ask first"\nask = "cloud"\n')
    question = "What is the capital of France?"
    assert d.chat(question, "cloud/big").status_code == 403
    approval = d.cli_json("approvals")["approvals"][0]["id"]
    assert d.cli("approve", approval).returncode == 0
    provider.forget()
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: d.chat(question, "cloud/big").status_code, range(8)))
    assert sorted(codes) == [200] + [403] * 7 and len(provider.bodies()) == 1
    sent = next(r for r in d.cli_json("ledger")["rows"] if r["kind"] == "send")
    assert sent["approval"] == approval


def test_an_approval_for_a_conversation_asks_again_for_new_items(own, provider):
    d = own(policy='preset = "cloud-first"\n[[rule]]\nname = "ask first"\nask = "cloud"\n')
    head = {"weir-conversation": "c9"}
    assert d.chat("What is a weir?", "cloud/big", headers=head).status_code == 403
    first = d.cli_json("approvals")["approvals"][0]["id"]
    assert d.cli("approve", first, "--conversation").returncode == 0
    assert d.chat("What is a weir?", "cloud/big", headers=head).status_code == 200
    assert d.chat("What is a dam?", "cloud/big", headers=head).status_code == 200
    assert d.chat("What is a dam?", "claude/opus", headers=head).status_code == 403  # another backend
    assert d.chat("What is a dam?", "cloud/big", headers={"weir-conversation": "c10"}).status_code == 403
    assert d.chat("Write to anna@wren-hill.org", "cloud/big", headers=head).headers["weir-code"] == "needs_approval"
    assert d.cli("deny", first).returncode == 0
    assert d.chat("What is a lake?", "cloud/big", headers=head).status_code == 403
    notes = [r for r in d.cli_json("ledger")["rows"] if r.get("note") == "approval"]
    assert [n["detail"]["state"] for n in notes] == ["denied", "conversation"]


def test_an_approval_never_beats_a_deny(own, provider):
    ask = 'preset = "careful"\n[[rule]]\nname = "ask first"\nask = "cloud"\n'
    d = own(policy=ask)
    provider.forget()
    assert d.chat("What is a weir?", "cloud/big").status_code == 403
    waiting = d.cli_json("approvals")["approvals"][0]["id"]
    shown = d.owner("POST", "approvals/" + waiting, {"as": "rule", "show": True}).json()
    assert "[[rule]]" in shown["rule"] and shown["state"] == "pending"
    assert "approved " + waiting not in d.cli("policy", "show").stdout
    approved = d.cli("approve", waiting, "--rule")
    assert approved.returncode == 0 and shown["rule"].strip() in approved.stdout
    assert "approved " + waiting in d.cli("policy", "show").stdout
    assert d.chat("What is a weir?", "cloud/big").status_code == 200
    assert d.cli("policy", "reset", "local-only").returncode == 0
    denied = d.chat("What is a weir?", "cloud/big")
    assert denied.status_code == 403 and denied.headers["weir-code"] == "policy_refused" and len(provider.bodies()) == 1


def test_a_key_is_known_to_be_of_its_project(own, provider):
    d = own(policy="""
[[rule]]
name = "blue may go"
match = { project = "blue", level = "personal" }
reach = "cloud"
as = "as_is"
""")
    key = d.cli_json("keys", "add", "laptop", "--project", "blue")["key"]
    bearer = {"authorization": "Bearer " + key}
    text = "Write to anna@wren-hill.org"
    provider.forget()
    assert d.chat(text, "cloud/big", headers=bearer).status_code == 200
    assert d.chat(text, "cloud/big", headers={**bearer, "weir-project": "red"}).status_code == 200
    other = d.cli_json("keys", "add", "phone")["key"]
    claimed = d.chat(text, "cloud/big", headers={"authorization": "Bearer " + other, "weir-project": "blue"})
    assert claimed.status_code == 200
    assert ["anna@" in b["body"] for b in provider.bodies()] == [True, False, False]  # else only disguised


def test_a_broken_policy_closes_the_gate(own, provider):
    d = own(policy='preset = "carefull"\n')
    provider.forget()
    r = d.chat("What is the capital of France?", "cloud/big")
    assert r.status_code == 403 and provider.got() == []
    check = d.cli("policy", "check")
    assert check.returncode == 1 and "policy.toml:1:10" in check.stdout and "careful" in check.stdout
    assert "policy is broken" in d.owner("POST", "route", {"text": "What is the capital of France?"}).json()["counterfactual"]
    assert "broken" in d.cli("status").stdout
    assert d.cli("policy", "reset").returncode == 0
    assert d.chat("What is the capital of France?", "cloud/big").status_code == 200


def test_a_bad_configuration_keeps_the_old_one(own):
    d = own()
    good = (d.config_dir / "weir.toml").read_text()
    d.write("weir.toml", good.replace("[alias]", "[alais]"))
    for _ in range(200):  # the file watch works by events of the kernel; asking is what waits for it
        if not d.cli_json("config", "check").get("ok", True):
            break
    shown = d.cli("config", "check")
    assert shown.returncode == 1 and "did you mean `alias`" in shown.stderr and "weir.toml:" in shown.stderr
    assert d.chat("Say hi.", "gpt-x", headers={"weir-zone": "device"}).status_code == 200
    d.stop()
    refused = d.cli("serve")
    assert refused.returncode == 1 and "did you mean `alias`" in refused.stderr
