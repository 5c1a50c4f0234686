"""DESIGN.md section 1: every promise has a test of its name."""
import hashlib
import json

from conftest import MODEL

PRIVATE = "I have diabetes and my IBAN is DE89 3704 0044 0532 0130 00. What should I eat?"
HARD = "Prove step by step that the square root of 2 is irrational and compute the integral of x^2."


def test_one_endpoint_every_client(weir):
    chat = weir.chat("Say hi.", MODEL).json()
    assert chat["object"] == "chat.completion" and chat["choices"][0]["message"]["content"]
    message = weir.http.post("/v1/messages", json={"model": MODEL, "max_tokens": 16, "messages": [
        {"role": "user", "content": "Say hi."}]}, headers={"anthropic-version": "2023-06-01"}).json()
    assert message["type"] == "message" and message["content"][0]["text"]


def test_auto_works_and_a_named_model_is_never_replaced(weir):
    auto = weir.chat("Say hello.", "auto", headers={"weir-zone": "device"})
    assert auto.json()["model"] == "auto" and auto.headers["weir-model"] == MODEL
    named = weir.chat("Say hello.", MODEL)
    assert named.headers["weir-model"] == MODEL
    failing = weir.chat("Say hello.", "cloud/fail-500")
    assert failing.status_code >= 500
    assert weir.chat("Say hello.", "no-such-model").status_code == 404


def test_private_data_cannot_leave_by_accident(weir, provider):
    provider.forget()
    auto = weir.chat(PRIVATE, "auto:best")
    assert auto.status_code == 200 and auto.headers["weir-zone"] == "device" and auto.headers["weir-left"] == "0"
    named = weir.chat(PRIVATE, "cloud/big")
    assert named.status_code == 403 and named.headers["weir-code"] == "policy_refused"
    assert provider.bodies() == []


def test_what_leaves_is_known(weir, provider):
    provider.forget()
    before = {r["id"] for r in weir.cli_json("ledger")["rows"]}
    sent = weir.chat("What is the capital of France?", "cloud/big")
    assert sent.status_code == 200
    rows = [r for r in weir.cli_json("ledger")["rows"] if r["id"] not in before and r["kind"] == "send"]
    got = provider.bodies()
    assert len(rows) == len(got) == 1
    assert rows[0]["sha256"] == got[0]["sha256"] == hashlib.sha256(got[0]["body"].encode()).hexdigest()
    assert rows[0]["bytes"] == got[0]["length"] == int(sent.headers["weir-left"])
    assert weir.cli_json("ledger", "verify")["ok"]


def test_what_may_leave_disguised_leaves_disguised(weir, provider):
    """`pseudonymise` is the permit for personal data; test_disguise.py has the rest."""
    provider.forget()
    r = weir.chat("Write to ada.lovelace@mailbox.org for me.", "cloud/echo")
    assert r.status_code == 200 and "ada.lovelace@mailbox.org" in r.json()["choices"][0]["message"]["content"]
    assert [("lovelace" in b["body"], "EMAIL_1_" in b["body"]) for b in provider.bodies()] == [(False, True)]


def test_every_decision_explains_itself(weir):
    decision = weir.chat(PRIVATE).headers["weir-decision"]
    why = weir.cli_json("why", decision)
    assert why["id"] == decision and why["reason"] == "private_stays" and why["counterfactual"]
    assert {e["kind"] for e in why["evidence"]} >= {"iban"}
    assert "3704" not in json.dumps(why)
    assert weir.cli_json("replay", decision)["same"]
    assert weir.cli("replay", decision).returncode == 0


def test_it_says_what_it_measures(weir):
    weir.chat("Say hi.", MODEL)
    model = next(m for m in weir.cli_json("models")["models"] if m["name"] == MODEL)
    assert model["tokens_per_second"] > 0


def test_it_answers_before_the_engine_is_slow(weir):
    """Speed itself belongs to bench/; here: the first event leaves before the last one is made."""
    with weir.http.stream("POST", "/v1/chat/completions", json={
            "model": "script/x", "stream": True, "messages": [{"role": "user", "content": "!pace 100ms\n!repeat 5 word "}]}) as r:
        first = next(r.iter_lines())
        assert first.startswith("data: ") and "[DONE]" not in first


def test_it_keeps_working(weir, provider):
    """A provider that fails is answered for by another backend under `auto`."""
    for model in ("cloud/fail-500", "cloud/html", "cloud/redirect"):
        assert weir.chat("hello", model).status_code >= 400
    assert weir.chat("Say hello.", "auto").status_code == 200


def test_no_telemetry(weir, provider):
    """What a provider saw is what was asked of it: nothing is sent by itself."""
    provider.forget()
    weir.cli("status"), weir.cli("doctor"), weir.cli("route", "--explain", HARD), weir.cli("preview", HARD)
    assert provider.got() == []
