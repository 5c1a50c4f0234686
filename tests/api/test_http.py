"""The HTTP edge and what every answer carries (SURFACE.md 5), by raw bytes and plain requests."""
import json
import socket

import pytest

from conftest import MODEL

BODY = json.dumps({"model": "script/x", "messages": [{"role": "user", "content": "hello"}]}).encode()
HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
PATHS = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages"}


def status(answer):
    return int(answer.split(b" ", 2)[1])


def test_a_body_in_chunks_and_one_that_waits_to_be_invited(weir):
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(BODY[i:i + 7]), BODY[i:i + 7]) for i in range(0, len(BODY), 7)) + b"0\r\n\r\n"
    assert b'"hello"' in weir.raw(HEAD + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + chunks)
    with socket.create_connection(("127.0.0.1", weir.port), timeout=60) as s:
        s.sendall(HEAD + b"Expect: 100-continue\r\nConnection: close\r\n" + LENGTH + b"\r\n")
        assert s.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        s.sendall(BODY)
        assert b'"hello"' in b"".join(iter(lambda: s.recv(65536), b""))


@pytest.mark.parametrize("head,code", [
    (b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", 400), (b"Content-Length: 5\r\nContent-Length: 6\r\n", 400),
    (b"Content-Length: 99999999999\r\n", 413), (b"Content-Length: 9999999999999999999999\r\n", 400), (b"Host: localhost\r\n", 400),
    (b"Expect: 100-continue\r\nContent-Length: 99999999999\r\n", 413), (b"X: " + b"y" * 200000 + b"\r\n", 431)])
def test_bad_heads_are_refused_before_the_body(weir, head, code):
    """In the dialect's shape, and without waiting for what was announced."""
    answer = weir.raw(HEAD + b"Connection: close\r\n" + head + b"\r\n")
    assert status(answer) == code and set(json.loads(answer.partition(b"\r\n\r\n")[2])["error"]) == {"message", "type", "param", "code"}


@pytest.mark.parametrize("host,code", [
    ("localhost", 200), ("127.0.0.1:{port}", 200), ("[::1]", 200), ("[::1]:1", 200), ("LOCALHOST:80", 200), ("evil.example", 403),
    ("localhost.evil.example", 403), ("127.0.0.2", 403), ("0.0.0.0", 403), ("10.0.0.1", 403), ("user@localhost", 403), ("", 400)])
@pytest.mark.parametrize("path", ["/healthz", "/", "/v1/models", "/weir/v1/status"])
def test_hosts(weir, host, code, path):
    answer = weir.raw(f"GET {path} HTTP/1.1\r\nHost: {host.format(port=weir.port)}\r\nConnection: close\r\n\r\n".encode())
    assert status(answer) == code


def test_origins(own):
    d = own(start=False, engine=False)
    d.write("weir.toml", (d.config_dir / "weir.toml").read_text().replace("port = 0\n", 'port = 0\norigins = ["https://app.example"]\n'))
    d.start()
    mine, other = {"origin": "https://app.example"}, {"origin": "https://evil.example"}
    for path in ("/v1/models", "/v1/nothing", "/weir/v1/status", "/"):
        assert d.http.get(path, headers=other).status_code == 403
        assert d.http.get(path, headers={"origin": "null"}).status_code == 403
    assert d.http.get("/weir/v1/status", headers=mine).status_code == 403
    for r in (d.http.get("/v1/models", headers=mine), d.http.get("/v1/nothing", headers=mine),
              d.http.post("/v1/messages", content="{", headers=mine), d.chat("hi", "nope", headers=mine)):
        assert r.headers["access-control-allow-origin"] == "https://app.example" and "weir-decision" in r.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in r.headers and "Origin" in r.headers["vary"]
    r = d.http.options("/v1/chat/completions", headers={**mine, "access-control-request-method": "POST",
                                                        "access-control-request-headers": "authorization, x-stainless-os"})
    assert r.status_code == 204 and r.headers["access-control-allow-headers"] == "authorization, x-stainless-os"
    assert "POST" in r.headers["access-control-allow-methods"]


def test_methods(weir):
    assert weir.http.head("/v1/models").text == "" and weir.http.head("/v1/chat/completions").status_code == 200
    assert weir.http.options("/v1/models/x").headers["allow"] == "GET, HEAD, OPTIONS"
    r = weir.http.get("/v1/messages")
    assert r.status_code == 405 and "POST" in r.headers["allow"] and r.json()["request_id"] == r.headers["request-id"]
    assert weir.http.get("/v1/models/").status_code == 200 and weir.http.get("/models").status_code == 200


@pytest.mark.parametrize("dialect", PATHS)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model,code,zone,left", [("script/x", 200, "device", False), ("farscript/x", 200, "cloud", True),
                                                  ("cloud/fail-429", 429, "cloud", True)])
def test_every_answer_says_where_it_ran(own, dialect, stream, model, code, zone, left):
    d = own(engine=False)
    r = d.http.post(PATHS[dialect], json={"model": model, "max_tokens": 20, "stream": stream,
                                          "messages": [{"role": "user", "content": "What is a weir?"}]})
    assert r.status_code == code and r.headers["weir-decision"] and r.headers["weir-zone"] == zone and r.headers["weir-model"] == model
    assert (int(r.headers["weir-left"]) > 0) == left and r.headers["x-request-id"] == r.headers["request-id"]
    assert d.cli_json("why", r.headers["weir-decision"])["id"] == r.headers["weir-decision"]


@pytest.mark.parametrize("dialect", PATHS)
def test_what_a_caller_claims(weir, dialect):
    text = {"openai": "How does a lock gate work?", "anthropic": "How does a fish ladder work?"}[dialect]  # what is claimed stays with it

    def ask(headers=(), **more):
        return weir.http.post(PATHS[dialect], headers=list(headers), json={
            "model": "farscript/x", "max_tokens": 20, "messages": [{"role": "user", "content": text}], **more})

    assert ask().status_code == 200
    for headers, more in (([("weir-zone", "cloud"), ("weir-zone", "device")], {}), ([("weir-zone", "cloud")], {"weir": {"zone": "home"}}),
                          ([("weir-label", "private")], {"weir": {"label": "open"}}), ([("weir-label", "secret")], {})):
        r = ask(headers, **more)
        assert r.status_code == 403 and r.headers["weir-code"] == "policy_refused", (headers, more)
    for headers, more in (([("weir-zone", "moon")], {}), ([("weir-zonne", "home")], {}), ([("weir-receipt", "head")], {}),
                          ([], {"weir": {"zone": 5}}), ([], {"weir": 5}), ([], {"weir": {"what": "x"}}), ([("weir-profile", "nope")], {})):
        assert ask(headers, **more).status_code == 400, (headers, more)
    r = ask([("weir-preview", "nope")])
    assert r.status_code == 409 and r.headers["weir-code"] == "preview_unknown"


@pytest.mark.parametrize("dialect", PATHS)
def test_the_whole_receipt_when_it_is_asked_for(weir, dialect):
    body = {"model": "script/x", "max_tokens": 20, "messages": [{"role": "user", "content": "hello"}]}
    for ask in ({"headers": {"weir-receipt": "body"}, "json": body}, {"json": {**body, "weir": {"receipt": "body"}}}):
        r = weir.http.post(PATHS[dialect], **ask)
        assert r.json()["weir"]["decision"] == r.headers["weir-decision"] and r.json()["weir"]["left_bytes"] == 0
    assert "weir" not in weir.http.post(PATHS[dialect], json=body).json()
    text = weir.http.post(PATHS[dialect], headers={"weir-receipt": "body"}, json={**body, "stream": True}).text
    chunks = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]
    assert "weir" in chunks[-1] and not any("weir" in c for c in chunks[:-1])


def test_models_by_name(own):
    d = own(start=False)
    d.write("weir.toml", (d.config_dir / "weir.toml").read_text() + '"gpt-4*" = "script/four"\n"gpt-*" = "script/any"\n'
            '[[provider]]\nname = "second"\ndialect = "scripted"\nzone = "cloud"\nmodels = ["big", "only"]\n')
    d.start()
    for name, ran in (("gpt-x", None), ("gpt-4o", "script/four"), ("gpt-5", "script/any"), ("only", "second/only"), ("script/free/name", None),
                      ("local/" + MODEL, MODEL), ("cloud%2Fbig", None), ("auto:best", None)):
        assert d.http.get("/v1/models/" + name).status_code == 200, name
        if ran:
            r = d.chat("What is a weir?", name, max_tokens=1)
            assert r.headers["weir-model"] == ran and r.json()["model"] == name
    for name in ("big", "nope", "local/nope", "auto:nope"):
        asked, looked = d.chat("hi", name), d.http.get("/v1/models/" + name)
        assert asked.status_code == looked.status_code == 404 and asked.json()["error"]["code"] == "model_not_found"
        assert asked.json()["error"]["message"] == looked.json()["error"]["message"]
    assert "cloud/big, second/big" in d.chat("hi", "big").json()["error"]["message"]
    r = d.http.get("/v1/models/nope", headers={"anthropic-version": "2023-06-01"})
    assert r.status_code == 404 and r.json()["error"]["type"] == "not_found_error"
    page = d.http.get("/v1/models?limit=1&after_id=auto", headers={"anthropic-version": "2026-10-21"}).json()
    assert page["has_more"] and page["data"][0]["id"] == page["first_id"] == page["last_id"] == "auto:fast"


def test_a_bias_reaches_the_engine(weir):
    """The token that the model would begin with, forbidden."""
    ask = {"temperature": 0, "max_tokens": 1, "logprobs": True}
    first = weir.chat("hello", MODEL, **ask).json()["choices"][0]
    token = first["logprobs"]["content"][0]["id"]
    other = weir.chat("hello", MODEL, logit_bias={str(token): -100}, **ask).json()["choices"][0]
    assert first["message"]["content"] and other["message"]["content"] != first["message"]["content"]


@pytest.mark.parametrize("when", ["queued", "loading"])
def test_hanging_up_before_the_first_word(own, when):
    """Nothing is left running, and the next one is served."""
    d = own()
    if when == "queued":
        d.chat("hi", MODEL, max_tokens=1)
    body = json.dumps({"model": MODEL, "max_tokens": 900, "messages": [{"role": "user", "content": "Tell a long story of the sea."}]}).encode()
    ask = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    clients = [socket.create_connection(("127.0.0.1", d.port)) for _ in range(6)]
    for s in clients:
        s.sendall(ask)
    while d.owner("GET", "status").json()["active"] < 6:
        pass
    for s in clients:
        s.close()
    while d.owner("GET", "status").json()["active"]:
        pass
    assert d.chat("hi", MODEL, max_tokens=2).status_code == 200
