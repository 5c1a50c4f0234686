"""Approvals by the owner's API (POLICY.md 4): said in so many words, one at a time, and as long as what was written stands."""
import concurrent.futures
import json

import httpx

ASK = 'preset = "careful"\n[[rule]]\nname = "ask first"\nask = "cloud"\n'


def wanted(d, conversation, text="What is a weir?"):
    """The approval that this request asks for."""
    before = {a["id"] for a in d.cli_json("approvals")["approvals"]}
    assert d.chat(text, "cloud/big", headers={"weir-conversation": conversation}).headers["weir-code"] == "needs_approval"
    (waiting,) = [a["id"] for a in d.cli_json("approvals")["approvals"] if a["id"] not in before]
    return waiting


def states(d):
    return {a["id"]: a["state"] for a in d.owner("GET", "approvals?all=1").json()["approvals"]}


def test_what_is_not_said_is_not_approved(own):
    d = own(policy=ASK, engine=False)
    waiting = wanted(d, "c1")
    for body in (None, {}, {"as": None}, {"as": 1}, {"as": ""}, {"as": "ONCE"}, {"action": "deny"}, {"as": "once", "until": "x"}, ["once"], "once"):
        assert d.owner("POST", "approvals/" + waiting, body).status_code == 400, body
    assert states(d) == {waiting: "pending"}
    assert d.owner("POST", "approvals/" + waiting, {"as": "once"}).json() == {"id": waiting, "state": "once"}


def test_one_word_at_a_time(own):
    d = own(policy=ASK, engine=False)
    waiting = wanted(d, "c1")
    words = ["once", "deny", "rule", "conversation"] * 3
    with concurrent.futures.ThreadPoolExecutor(len(words)) as pool:
        answers = list(pool.map(lambda word: d.owner("POST", "approvals/" + waiting, {"as": word}), words))
    decided = [a.json()["state"] for a in answers if a.status_code == 200]
    assert {a.status_code for a in answers} == {200, 409}
    # what is in force may be taken back; nothing else follows the first word
    assert len(decided) == 1 or (len(decided) == 2 and decided.count("denied") == 1), decided
    rows = [r["detail"]["state"] for r in d.cli_json("ledger")["rows"] if r.get("note") == "approval"]
    assert sorted(rows) == sorted(decided) and states(d)[waiting] in decided


def test_no_rule_is_lost_side_by_side(own):
    d = own(policy=ASK, engine=False)
    waiting = [wanted(d, f"c{i}", f"What is {i} and {i}?") for i in range(6)]
    with concurrent.futures.ThreadPoolExecutor(len(waiting)) as pool:
        answers = list(pool.map(lambda i: d.owner("POST", "approvals/" + i, {"as": "rule"}).status_code, waiting))
    assert answers == [200] * len(waiting)
    text = d.owner("GET", "policy").json()["text"]
    assert [i for i in waiting if f"approved {i}" not in text] == []


def test_a_rule_that_is_taken_out_approves_no_more(own):
    d = own(policy=ASK, engine=False)
    waiting = wanted(d, "c1")
    assert d.cli("approve", waiting, "--rule").returncode == 0
    assert d.chat("What is a dam?", "cloud/big").status_code == 200
    written = d.owner("GET", "policy").json()["text"]
    assert d.owner("PUT", "policy", {"text": written[:written.rindex("[[rule]]")]}).status_code == 200
    assert d.chat("What is a dam?", "cloud/big").headers["weir-code"] == "needs_approval"
    over = written.replace(f'only  = ["cloud"]\n', 'only  = ["cloud"]\nuntil = 2020-01-01\n')
    assert over != written and d.owner("PUT", "policy", {"text": over}).status_code == 200
    assert d.chat("What is a dam?", "cloud/big").headers["weir-code"] == "needs_approval"
    assert d.owner("PUT", "policy", {"text": written}).status_code == 200
    assert d.chat("What is a dam?", "cloud/big").status_code == 200


def test_the_events_tell_of_an_approval_and_its_end(own):
    d = own(policy=ASK, engine=False)
    client = httpx.Client(transport=httpx.HTTPTransport(uds=str(d.folder / "run" / "weir" / "api.sock")), base_url="http://localhost", timeout=60)
    with client.stream("GET", "/weir/v1/events") as stream:
        lines = (line for line in stream.iter_lines() if line)
        assert next(lines) == ": weir"
        waiting = wanted(d, "c1")
        d.owner("POST", "approvals/" + waiting, {"as": "once"})
        told = [next(lines), next(lines), next(lines), next(lines)]
        assert told[::2] == ["event: approval"] * 2
        assert [json.loads(line[6:]) for line in told[1::2]] == [{"id": waiting, "state": s, "backend": "cloud"} for s in ("pending", "once")]
        d.write("policy.toml", 'preset = "careful"\n[[rule]]\nname = "p"\nmatch = { pattern = "(" }\ndeny = "cloud"\n')
        assert [next(lines), json.loads(next(lines)[6:])] == ["event: config", {"ok": True, "policy_ok": False}]
    assert d.cli_json("status")["policy"]["why"].startswith('policy.toml:4:')


def test_a_refusal_names_what_refuses(own):
    """An ask beside it does not: it could be answered, and nothing would change."""
    d = own(policy=ASK, engine=False)
    refused = d.cli("ask", "-m", "cloud/big", "--label", "secret", "What is a weir?")
    assert refused.returncode == 3 and "careful: secret" in refused.stderr and "ask first" not in refused.stderr
    asked = d.cli("ask", "-m", "cloud/big", "What is a dam?")  # another conversation
    assert asked.returncode == 4 and "rule: ask first" in asked.stderr
