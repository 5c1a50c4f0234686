"""Each trouble in the shape of whoever asked: OpenAI's, Anthropic's, weir's own and the command line's."""
import json
import socket

import pytest

from conftest import MODEL

OPEN = "What is the capital of France?"
OPENAI_TYPES = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "invalid_request_error",
                413: "invalid_request_error", 429: "rate_limit_error", 502: "server_error", 503: "server_error"}
ANTHROPIC_TYPES = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error",
                   413: "request_too_large", 429: "rate_limit_error", 502: "api_error", 503: "overloaded_error"}
PATHS = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages"}


def ask(d, dialect, model, text=OPEN, **more):
    body = {"model": model, "messages": [{"role": "user", "content": text}], "max_tokens": 24, **more}
    return d.http.post(PATHS[dialect], json=body)


def check_shape(r, dialect, status, says=""):
    """Anthropic's clients know no 503: there it is a 529."""
    assert r.status_code == (529 if dialect == "anthropic" and status == 503 else status), r.text
    assert r.headers["content-type"].startswith("application/json")
    doc = r.json()
    if dialect == "anthropic":
        assert doc["type"] == "error" and doc["request_id"] == r.headers["request-id"]
        assert doc["error"]["type"] == ANTHROPIC_TYPES[status]
    else:
        assert set(doc["error"]) == {"message", "type", "param", "code"}
        assert doc["error"]["type"] == OPENAI_TYPES[status]
    assert says in doc["error"]["message"], doc




@pytest.mark.parametrize("dialect", PATHS)
@pytest.mark.parametrize("model,status,says", [
    ("cloud/fail-401", 401, "`key` in weir.toml"), ("cloud/fail-429", 429, "told to fail"), ("cloud/fail-500", 502, "told to fail"),
    ("cloud/fail-503", 503, "told to fail"), ("cloud/redirect", 502, "correct its url"), ("cloud/html", 502, ""),
    ("nobody/x", 404, "Choices"), ("nothing-of-the-kind", 404, "Choices")])
def test_a_provider_in_trouble(own, dialect, model, status, says):
    d = own(start=False, engine=False)
    d.write("weir.toml", (d.config_dir / "weir.toml").read_text().replace('"fail-500"', '"fail-500", "fail-503"'))
    d.start()
    check_shape(ask(d, dialect, model), dialect, status, says)


@pytest.mark.parametrize("dialect", PATHS)
@pytest.mark.parametrize("change,says", [
    ({"messages": "hello"}, "messages"), ({"messages": [{"role": "user", "content": 7}]}, "content"), ({"model": None}, "model"),
    ({"temperature": "hot"}, "temperature"), ({"stream": "yes"}, "stream"), ({"tools": {}}, "tools"), ({"max_tokens": 1.5}, "max_tokens"),
    ({"weir": {"zonne": "home"}}, "did you mean weir-zone")])
def test_wrong_types_name_the_member(weir, dialect, change, says):
    body = {"model": "script/x", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 24, **change}
    r = weir.http.post(PATHS[dialect], json=body)
    check_shape(r, dialect, 400)
    assert says in r.text


def check_decided(d, r, status, says):
    """It names its decision, and that says what became of it."""
    assert r.status_code == status and r.headers["weir-left"] == "0", r.text
    assert "weir-zone" not in r.headers and "weir-model" not in r.headers
    decision = d.owner("GET", "decisions/" + r.headers["weir-decision"]).json()
    assert decision["chosen"] is None and decision["candidates"] == [] and says in decision["message"], decision
    why = d.cli("why", r.headers["weir-decision"])
    assert why.returncode == 0 and "nowhere" in why.stdout and says in why.stdout, why
    assert d.owner("POST", f"decisions/{r.headers['weir-decision']}/replay").json()["same"]


@pytest.mark.parametrize("dialect", PATHS)
def test_what_was_refused_before_a_choice_has_a_decision_too(weir, dialect):
    post = weir.http.post
    body = {"model": "script/x", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 24}
    check_decided(weir, post(PATHS[dialect], content="{"), 400, "not valid JSON")
    check_decided(weir, post(PATHS[dialect], json={**body, "messages": "hi"}), 400, "messages")
    check_decided(weir, post(PATHS[dialect], json={**body, "messages": [], "x": "y" * 40000}), 400, "message")
    check_decided(weir, post(PATHS[dialect], json=body, headers={"weir-zonne": "home"}), 400, "did you mean")
    check_decided(weir, ask(weir, dialect, "nobody/x"), 404, "Choices")


@pytest.mark.parametrize("dialect", PATHS)
def test_what_is_turned_away_at_the_door_is_no_decision(weir, dialect):
    before = weir.owner("GET", "decisions?limit=1").json()
    r = weir.http.delete(PATHS[dialect])
    assert r.status_code == 405 and not [name for name in r.headers if name.startswith("weir-")], r.headers
    huge = weir.raw(f"POST {PATHS[dialect]} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {1 << 40}\r\n\r\n".encode())
    assert huge.startswith(b"HTTP/1.1 413 ") and b"\r\nweir-" not in huge, huge
    assert weir.owner("GET", "decisions?limit=1").json() == before


PARTS = {"openai": {"type": "video_url", "video_url": {"url": "https://example.com/cat.mp4"}},
         "anthropic": {"type": "container_upload", "file_id": "file_1"}}
PLACE = {"openai": "messages[0].content[1]", "anthropic": "messages.0.content.1"}
SAME = {"openai": "cloud/big", "anthropic": "claude/opus"}
OTHER = {"openai": "claude/opus", "anthropic": "cloud/big"}


@pytest.mark.parametrize("dialect", PATHS)
def test_parts_of_an_unknown_kind(weir, provider, dialect):
    """They go where the client's own bytes go, or the client hears which part it is: never are they left out."""
    part = PARTS[dialect]
    said = [{"type": "text", "text": OPEN}, part]
    for model in (OTHER[dialect], MODEL):
        provider.forget()
        r = ask(weir, dialect, model, said)
        check_shape(r, dialect, 400, PLACE[dialect])
        assert part["type"] in r.text and not provider.bodies()
        assert dialect == "anthropic" or r.json()["error"]["param"] == PLACE[dialect]
    r = ask(weir, dialect, SAME[dialect], said)
    assert r.status_code == 200, r.text
    assert json.loads(provider.bodies()[-1]["body"])["messages"][0]["content"] == said
    # What stands in one is scanned like everything else.
    provider.forget()
    hidden = {"type": part["type"], "note": {"deep": "My AWS key is AKIA" + "QYLPMN5HFIQR7XYA"}}
    r = ask(weir, dialect, SAME[dialect], [{"type": "text", "text": "What does this say?"}, hidden])
    check_shape(r, dialect, 403)
    assert not provider.bodies()


def test_auto_sends_an_unknown_part_where_it_can_go(weir, provider):
    said = [{"type": "text", "text": OPEN}, PARTS["openai"]]
    r = ask(weir, "openai", "auto", said)
    assert r.status_code == 200 and r.headers["weir-model"].startswith("cloud/"), r.text
    assert ask(weir, "anthropic", "auto", [said[0], PARTS["anthropic"]]).status_code == 400
    # Private, and only a provider could take it: that is a matter of policy.
    r = ask(weir, "openai", "auto", [{"type": "text", "text": "I was diagnosed with diabetes."}, PARTS["openai"]])
    check_shape(r, "openai", 403)
    assert r.headers["weir-code"] == "no_backend_permitted"


@pytest.mark.parametrize("dialect", PATHS)
def test_refusals(weir, dialect):
    r = ask(weir, dialect, "cloud/big", "I was diagnosed with diabetes, what should I eat?")
    check_shape(r, dialect, 403)
    assert r.headers["weir-code"] == "policy_refused" and r.headers["weir-decision"] in r.text


@pytest.mark.parametrize("dialect", PATHS)
def test_a_stream_that_fails_before_its_first_event_has_a_status(weir, dialect):
    check_shape(ask(weir, dialect, "cloud/fail-500", stream=True), dialect, 502)


@pytest.mark.parametrize("dialect", PATHS)
@pytest.mark.parametrize("model", ["cloud/cut", "cloud/garbled"])
def test_a_stream_that_breaks_says_so_in_the_stream(weir, dialect, model):
    r = ask(weir, dialect, model, stream=True)
    assert r.status_code == 200
    last = [line for line in r.text.splitlines() if line.startswith("data: ")][-1]
    doc = json.loads(last[6:])
    assert doc["error"]["message"] and (dialect == "openai" or doc["type"] == "error")
    assert "[DONE]" not in r.text and "message_stop" not in r.text


def test_own_routes_and_unknown_ones(weir):
    for method, path in (("GET", "/weir/v1/nothing"), ("POST", "/v1/nothing"), ("DELETE", "/v1/chat/completions")):
        r = weir.http.request(method, path)
        assert r.status_code in (404, 405) and r.json()["error"]["message"], r.text
    r = weir.http.post("/weir/v1/route", content="{")
    assert r.status_code == 400 and "JSON" in r.json()["error"]["message"]


def test_half_closed(weir):
    """Who only stops sending still gets the answer, and the connection's end."""
    body = json.dumps({"model": "script/x", "messages": [{"role": "user", "content": "!wait 50ms\n!say still here"}]}).encode()
    with socket.create_connection(("127.0.0.1", weir.port), timeout=60) as s:
        s.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                  % len(body) + body)
        s.shutdown(socket.SHUT_WR)
        got = b"".join(iter(lambda: s.recv(65536), b""))
    assert got.startswith(b"HTTP/1.1 200 ") and b"still here" in got


def test_a_model_whose_file_is_gone(own, tmp_path):
    import shutil
    from conftest import MODELS
    d = own(start=False)
    mine = tmp_path / "models"
    shutil.copytree(MODELS, mine)
    d.write("weir.toml", (d.config_dir / "weir.toml").read_text().replace(str(MODELS), str(mine)))
    d.start()
    assert any(m["id"] == MODEL for m in d.http.get("/v1/models").json()["data"])
    for file in mine.glob("**/*.gguf"):
        file.unlink()
    for dialect in PATHS:
        check_shape(ask(d, dialect, MODEL), dialect, 503, "could not load")
    assert ask(d, "openai", "script/x").status_code == 200


@pytest.mark.parametrize("text,says", [
    ("[server]\nprot = 1\n", "weir.toml:2:1: unknown key `prot`"), ("[route]\ncloud_share = 2\n", "weir.toml:2:"),
    ("[engine]\nkeep_alive = \"soon\"\n", "weir.toml:2:"), ("[[provider]]\nname = \"x\"\ndialect = \"opanai\"\n", "did you mean"),
    ("[server\n", "weir.toml:1:"), ("[route]\nprofile = \"nigth\"\n", "nigth")])
def test_a_bad_weir_toml_at_start(own, text, says):
    d = own(start=False)
    d.write("weir.toml", text)
    done = d.cli("serve")
    assert done.returncode == 1 and says in done.stderr and len(done.stderr.splitlines()) < 4, done.stderr
    check = d.cli("config", "check")
    assert check.returncode == 1 and says in check.stdout + check.stderr, check.stdout + check.stderr


@pytest.mark.parametrize("text,says", [
    ("preset = \"carefull\"\n", "policy.toml:1:10"), ("[[rule]]\nname = \"a\"\ndney = \"cloud\"\n", "policy.toml:3:1"),
    ("preset = \"careful\"\n[[rule]]\ndeny = \"cloud\"\n", "policy.toml:2:")])
def test_a_bad_policy_closes_the_gate_and_everything_says_so(own, provider, text, says):
    d = own(engine=False, policy=text)
    provider.forget()
    refused = d.cli("policy", "check")
    assert refused.returncode == 1 and says in refused.stdout + refused.stderr
    for dialect in PATHS:
        r = ask(d, dialect, "cloud/big")
        check_shape(r, dialect, 403, "policy is broken")
    assert ask(d, "openai", "script/x").status_code == 200
    assert provider.bodies() == []
    assert "broken" in d.cli("status").stdout and says in d.cli("doctor").stdout
    assert "policy is broken, nothing leaves" in d.http.get("/").text
    for args in (("ask", "-m", "script/x", "hello there"), ("route", "hello there"), ("preview", "hello there"), ("models",), ("providers",)):
        assert says in d.cli(*args).stderr, args


def test_a_weir_toml_that_is_not_in_force_is_told_everywhere(own):
    d = own(engine=False)
    good = (d.config_dir / "weir.toml").read_text()
    d.write("weir.toml", good + '[route]\nprofile = "nigth"\n[profile.night]\nprefer = "cheap"\n')
    while d.owner("GET", "config").json()["ok"]:
        pass  # read again by itself
    at = f"weir.toml:{len(good.splitlines()) + 2}:11: there is no profile `nigth`; did you mean `night`?"
    for args in (("ask", "-m", "script/x", "hello there"), ("route", "hello there"), ("models",), ("config", "check")):
        assert at in d.cli(*args).stderr, args
    assert at in d.cli("status").stdout and at in d.cli("doctor").stdout and at in d.cli("log").stdout
    assert "weir.toml is not in force" in d.http.get("/").text
    assert d.chat("hi", "script/x").status_code == 200  # by the old one
    d.write("weir.toml", good)
    while not d.owner("GET", "config").json()["ok"]:
        pass
    assert d.cli("route", "hello there").stderr == "" and "not in force" not in d.http.get("/").text


def test_later_files_count(own):
    d = own(start=False)
    (d.config_dir / "conf.d").mkdir()
    d.write("weir.toml", (d.config_dir / "weir.toml").read_text() + f'[models.set."{MODEL}"]\ncontext = 4096\ntemperature = 1\n')
    d.write("conf.d/10-a.toml", '[alias]\n"mine" = "script/a"\n"p-*" = "script/a"\n')
    d.write("conf.d/20-b.toml", f'[alias]\n"mine" = "script/b"\n"p-*" = "script/b"\n[models.set."{MODEL}"]\ntemperature = 0.5\ntop_k = 7\n')
    d.start()
    assert d.chat("hi", "mine").headers["weir-model"] == d.chat("hi", "p-x").headers["weir-model"] == "script/b"
    model = next(m for m in d.cli_json("models")["models"] if m["name"] == MODEL)
    assert model["context"] == 4096 and model["sampling"]["temperature"] == 0.5 and model["sampling"]["top_k"] == 7
    assert model["sampling"]["max_tokens"] == 1024  # the family's
