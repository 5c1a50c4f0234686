"""Bad input and trouble: each has a defined answer in the caller's shape, and nothing stored is lost."""
import json
import os
import signal
import socket
import subprocess

import httpx
import pytest

from conftest import ENGINE, MODEL, WEIR


def post(weir, body, path="/v1/chat/completions", **headers):
    return weir.http.post(path, content=body if isinstance(body, bytes) else body.encode(),
                          headers={"content-type": "application/json", **headers})


@pytest.mark.parametrize("body", ["{", "", "[]", '{"model": 5}', '{"model":"auto"}', '{"model":"auto","messages":[]}',
                                  '{"model":"auto","model":"auto","messages":[{"role":"user","content":"x"}]}',
                                  '{"model":"auto","messages":[{"role":"nobody","content":"x"}]}',
                                  '{"model":"auto","messages":[{"role":"user","content":"x"}],"max_tokens":-1}'])
def test_malformed_requests(weir, body):
    r = post(weir, body)
    assert r.status_code == 400 and r.json()["error"]["type"] == "invalid_request_error" and r.json()["error"]["message"]
    a = post(weir, body, "/v1/messages")
    assert a.status_code == 400 and a.json()["type"] == "error"


def test_bad_utf8(weir):
    assert post(weir, b'{"model":"auto","messages":[{"role":"user","content":"\xff\xfe"}]}').status_code == 400


def test_too_large(own):
    d = own(start=False)
    text = (d.config_dir / "weir.toml").read_text().replace("port = 0\n", 'port = 0\nmax_body = "64 KiB"\n')
    d.write("weir.toml", text)
    d.start()
    r = post(d, json.dumps({"model": "script/x", "messages": [{"role": "user", "content": "x" * 100000}]}))
    assert r.status_code == 413 and "error" in r.json()


def test_wrong_keys(own):
    d = own()
    assert d.chat("hi", "script/x", headers={"authorization": "Bearer sk-anything"}).status_code == 200
    key = d.cli_json("keys", "add", "laptop")["key"]
    assert d.chat("hi", "script/x", headers={"authorization": "Bearer " + key}).status_code == 200
    wrong = d.chat("hi", "script/x", headers={"authorization": "Bearer sk-anything"})
    assert wrong.status_code == 401 and wrong.json()["error"]["code"] == "invalid_api_key"
    assert not [name for name in wrong.headers if name.startswith("weir-")]  # nobody of ours: no decision is kept
    assert d.cli("keys", "revoke", "laptop").returncode == 0
    assert d.chat("hi", "script/x", headers={"authorization": "Bearer " + key}).status_code == 401


def test_an_agent_cannot_govern(weir):
    """Owner routes are not for keyless loopback."""
    for method, path in (("GET", "policy"), ("PUT", "policy"), ("GET", "approvals"), ("POST", "gate/open"), ("GET", "ledger"),
                         ("GET", "decisions"), ("POST", "keys"), ("POST", "labels")):
        assert weir.http.request(method, "/weir/v1/" + path, content="{}").status_code in (401, 403), path
    assert weir.http.get("/weir/v1/status").status_code == 200


def test_host_and_origin(weir):
    assert weir.http.get("/healthz", headers={"host": "evil.example"}).status_code in (400, 403, 421)
    r = weir.http.post("/v1/chat/completions", content="{}", headers={"origin": "https://evil.example"})
    assert r.status_code == 403


@pytest.mark.parametrize("model,status", [("cloud/fail-401", 401), ("cloud/fail-429", 429), ("cloud/fail-500", 502),
                                          ("cloud/redirect", 502), ("cloud/html", 502)])
def test_a_provider_in_trouble(own, model, status):
    r = own().chat("What is the capital of France?", model)
    assert r.status_code == status, r.text
    assert r.json()["error"]["message"]
    if status == 429:
        assert r.headers["retry-after"] == "7"


@pytest.mark.parametrize("model", ["cut", "garbled"])
def test_a_cut_stream_ends_with_an_error(own, model):
    d = own()
    with d.http.stream("POST", "/v1/chat/completions", json={
            "model": "cloud/" + model, "stream": True, "messages": [{"role": "user", "content": "What is a river?"}]}) as r:
        try:
            text = r.read().decode()
        except httpx.RemoteProtocolError:
            text = "error"
    assert "error" in text and '"finish_reason":"stop"' not in text


def test_a_provider_that_is_not_there(own):
    d = own(start=False)
    text = (d.config_dir / "weir.toml").read_text()
    d.write("weir.toml", text + '\n[[provider]]\nname = "gone"\ndialect = "openai"\nurl = "http://127.0.0.1:1/v1"\n'
                                'zone = "cloud"\nmodels = ["m"]\n')
    d.start()
    r = d.chat("What is the capital of France?", "gone/m")
    assert r.status_code in (502, 503) and r.json()["error"]["message"]


def test_hanging_up_stops_the_provider(weir, provider):
    provider.forget()
    with weir.http.stream("POST", "/v1/chat/completions", json={
            "model": "cloud/endless", "stream": True, "messages": [{"role": "user", "content": "What is a river?"}]}) as r:
        next(r.iter_lines())
    while not any(x.get("cut_by_client") for x in provider.got()):
        pass  # the provider itself tells when its connection was cut


def engine_pids(weir):
    """Children of the daemon that are engines."""
    out = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as f:
                parent = int(f.read().rsplit(")", 1)[1].split()[1])
            with open(f"/proc/{pid}/comm") as f:
                name = f.read().strip()
        except OSError:
            continue
        if parent == weir.process.pid and name == "llama-server":
            out.append(int(pid))
    return out


def test_an_engine_that_crashes_in_the_middle(own):
    d = own()
    d.chat("Say hi.", MODEL)
    with d.http.stream("POST", "/v1/chat/completions", json={
            "model": MODEL, "stream": True, "max_tokens": 2000, "messages": [{"role": "user", "content": "Tell a long story."}]}) as r:
        lines = r.iter_lines()
        for _ in range(6):
            next(lines)
        for pid in engine_pids(d):
            os.kill(pid, signal.SIGKILL)
        try:
            rest = "\n".join(lines)
        except httpx.RemoteProtocolError:
            rest = "error"
    assert "error" in rest
    assert d.chat("Say hi.", MODEL).status_code == 200


def test_no_engine(own):
    d = own(start=False)
    text = (d.config_dir / "weir.toml").read_text()
    d.write("weir.toml", text.replace(str(ENGINE), "/nowhere/llama-server"))
    d.start()
    for model in ("auto", MODEL):
        r = d.chat("Say hi.", model, headers={"weir-zone": "device"})
        assert r.status_code == 503 and "llama-server" in r.json()["error"]["message"]
    assert d.cli("doctor").returncode == 1


def test_nothing_at_all(own):
    """No engine, no model, and the caller wants to stay here."""
    d = own(engine=False)
    r = d.chat("Say hi.", "auto", headers={"weir-zone": "device"})
    assert r.status_code == 403 and r.headers["weir-code"] == "no_backend_permitted"


def test_a_corrupt_model(own):
    d = own(start=False)
    models = d.folder / "data_home" / "weir" / "models"
    models.mkdir(parents=True)
    (models / "broken-1b.gguf").write_bytes(b"GGUF\x03\x00\x00\x00" + b"\xff" * 200)
    d.start()
    r = d.chat("Say hi.", "broken-1b")
    assert r.status_code == 503 and "broken-1b" in r.json()["error"]["message"]
    assert d.chat("Say hi.", MODEL).status_code == 200


def test_a_taken_port(own, weir):
    d = own(start=False)
    text = (d.config_dir / "weir.toml").read_text().replace("port = 0", f"port = {weir.port}")
    d.write("weir.toml", text)
    r = d.cli("serve")
    assert r.returncode == 1 and str(weir.port) in r.stderr


def test_two_daemons_in_one_place(weir):
    r = weir.cli("serve", "--port", "0")
    assert r.returncode == 1 and "already" in r.stderr


def test_a_state_folder_that_cannot_be_written(own):
    d = own(start=False)
    state = d.folder / "state_home"
    state.mkdir()
    (state / "weir").write_text("a file where the folder should be")
    r = d.cli("serve")
    assert r.returncode == 1 and str(state) in r.stderr


def test_a_full_disk_at_the_ledger_sends_nothing(own, provider):
    """A ledger that cannot be written: the file's own limit plays the full disk."""
    d = own(start=False)
    d.start()
    assert d.chat("What is the capital of France?", "cloud/big").status_code == 200
    d.stop()
    wal = d.state_dir / "ledger.db"
    size = wal.stat().st_size
    import resource
    import subprocess
    from conftest import WEIR
    limit = max(size, 65536)
    log = open(d.folder / "limited.log", "w")
    d.process = subprocess.Popen([str(WEIR), "serve"], env=d.env, stdout=log, stderr=log,
                                 preexec_fn=lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
                                                     resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))))
    d.cli("status", "--wait", "30")
    d.port = json.loads(d.cli("status", "--json").stdout)["port"]
    d.http = httpx.Client(base_url=f"http://127.0.0.1:{d.port}", timeout=60)
    provider.forget()
    statuses = [d.chat("What is the capital of France? " + "x" * 2000, "cloud/big").status_code for _ in range(200)]
    failed = [s for s in statuses if s != 200]
    assert failed and len(provider.bodies()) == statuses.count(200)


def test_nothing_is_lost_by_a_kill(own):
    d = own()
    assert d.chat("What is the capital of France?", "cloud/big").status_code == 200
    rows = len(d.cli_json("ledger")["rows"])
    d.process.kill()
    d.process.wait()
    d.start()
    assert len(d.cli_json("ledger")["rows"]) == rows
    assert d.cli_json("ledger", "verify")["ok"]


def test_a_changed_ledger_is_found(own):
    import sqlite3
    d = own()
    for _ in range(3):
        d.chat("What is the capital of France?", "cloud/big")
    d.stop()
    with sqlite3.connect(d.state_dir / "ledger.db") as db:
        db.execute("UPDATE ledger SET body = body || ' ' WHERE id = 2")
    d.start()
    check = d.cli_json("ledger", "verify")
    assert not check["ok"] and check["first_broken"] == 2
    assert d.cli("ledger", "verify").returncode == 1


def test_stopping_does_not_wait_for_a_provider_that_says_nothing(own):
    """A list of models is asked for on a worker, which waits for the loop; the daemon ends all the same, after its grace."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        d = own(start=False, engine=False)
        text = (d.config_dir / "weir.toml").read_text()
        d.write("weir.toml", text + f'[[provider]]\nname = "silent"\ndialect = "openai"\nzone = "cloud"\nurl = "http://127.0.0.1:{silent.getsockname()[1]}/v1"\n')
        d.start()
        asking = subprocess.Popen([str(WEIR), "providers", "test", "silent"], env=d.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        called = silent.accept()[0]
        d.stop()  # waits for the process's end
        out, err = asking.communicate(timeout=60)
        assert asking.returncode == 1 and "ended before it answered" in err, out + err
        called.close()
