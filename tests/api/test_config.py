"""weir.toml and conf.d: what would be passed over is refused, what changes counts at once, and the doctor says what does not."""
import httpx
import pytest

PROVIDER = '[[provider]]\nname = "x"\npreset = "openai"\n'
BAD = [
    ('[server]\nport = 0\nmax_body = "60 %"\n', "max_body"),
    ('[server]\nport = 0\nmax_body = "0 B"\n', "1 KiB"),
    ('[server]\nport = 0\nhosts = ["http://weir.lan"]\n', "without scheme"),
    ('[server]\nport = 0\nhosts = ["weir.lan:80"]\n', "without scheme"),
    ('[server]\nport = 0\norigins = ["localhost:3000"]\n', "http://localhost:3000"),
    ('[server]\nport = 0\norigins = ["http://localhost:3000/"]\n', "no path"),
    ('[engine]\nmemory = "0 B"\n', "memory"),
    ('[decisions]\nsize = "10 %"\n', "size"),
    ('[decisions]\nkeep = "10"\n', "keep"),
    ('[decisions]\nkep = "10d"\n', "did you mean `keep`"),
    ('[alias]\nauto = "far/x"\n', "never an alias"),
    ('[alias]\n"auto:best" = "far/x"\n', "never an alias"),
    ('[alias]\n"" = "far/x"\n', "names a model"),
    ('[profile.best]\nreach = "home"\n', "built in"),
    (PROVIDER + 'key = { env = "" }\n', "names a variable"),
    (PROVIDER + 'key = { file = "" }\n', "names a file"),
    (PROVIDER + 'key = { file = "keys/x" }\n', "from the root or from home"),
    (PROVIDER + 'key = { env = "X", file = "/x" }\n', "one place"),
    (PROVIDER + 'timeout = "0s"\n', "timeout"),
    (PROVIDER + 'headers = { "Content-Length" = "3" }\n', "weir writes this header itself"),
    (PROVIDER + 'headers = { host = "other" }\n', "weir writes this header itself"),
    (PROVIDER + 'headers = { authorization = "Bearer x" }\n', "a key is never written here"),
    (PROVIDER + 'models = [{ name = "a", modalities = ["video"] }]\n', "text, image, audio and file"),
]


@pytest.mark.parametrize("text, word", BAD)
def test_what_would_be_passed_over(own, text, word):
    d = own(start=False, engine=False)
    d.write("weir.toml", text)
    r = d.cli("serve")
    assert r.returncode == 1 and "weir.toml:" in r.stderr and word in r.stderr, r.stderr


def events(d):
    client = httpx.Client(transport=httpx.HTTPTransport(uds=str(d.folder / "run" / "weir" / "api.sock")), base_url="http://localhost", timeout=60)
    return client.stream("GET", "/weir/v1/events")


def after_a_change(d, change):
    """Back when what it changed is in force."""
    with events(d) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": weir"
        change()
        while next(lines) != "event: config":
            pass
        return next(lines)


def test_the_door_changes_while_it_runs(own):
    d = own(engine=False)
    base = (d.config_dir / "weir.toml").read_text()
    mine = {"origin": "http://app.example:8080"}
    body = '{"model": "script/x", "messages": [{"role": "user", "content": "' + "a" * 3000 + '"}]}'

    def door():
        return [d.http.get("/v1/models", headers={"host": "weir.lan"}).status_code, d.http.get("/v1/models", headers=mine).status_code,
                d.http.post("/v1/chat/completions", content=body).status_code]

    assert door() == [403, 403, 200]
    other = '[server]\nhosts = ["weir.lan"]\norigins = ["http://app.example:8080"]\nmax_body = "2 KiB"\n'
    assert '"ok":true' in after_a_change(d, lambda: d.write("weir.toml", base.replace("[server]\n", other)))
    assert door() == [200, 200, 413]
    assert d.http.get("/v1/models", headers=mine).headers["access-control-allow-origin"] == "http://app.example:8080"
    after_a_change(d, lambda: d.write("weir.toml", base))
    assert door() == [403, 403, 200]


def test_a_port_waits_for_a_restart(own):
    d = own(engine=False)
    assert "restart" not in d.cli("doctor").stdout
    after_a_change(d, lambda: d.write("weir.toml", (d.config_dir / "weir.toml").read_text().replace("port = 0", "port = 9348")))
    assert "`weir restart` brings them into force" in d.cli("doctor").stdout and "weir restart" in d.cli("log").stdout
    assert d.http.get("/healthz").status_code == 200


def test_conf_d_counts_at_once(own):
    """Also when the folder comes later, goes, and comes again."""
    d = own(engine=False)
    conf = d.config_dir / "conf.d"
    for name in ("one", "two"):
        after_a_change(d, conf.mkdir)
        after_a_change(d, lambda: (conf / "10.toml").write_text(f'[alias]\nzed = "script/{name}"\n[profile.night]\nprefer = "cheap"\n'))
        assert d.chat("hi", "zed").headers["weir-model"] == "script/" + name
        after_a_change(d, lambda: (conf / "20.toml").write_text('[alias]\nzed = "script/later"\n[profile.night]\nprefer = "best"\n'))
        assert d.chat("hi", "zed").headers["weir-model"] == "script/later"
        assert d.owner("POST", "route", {"text": "hi", "model": "auto:night"}).json()["wish"]["prefer"] == "best"
        assert "auto:night" in [m["id"] for m in d.http.get("/v1/models").json()["data"]]
        after_a_change(d, (conf / "20.toml").unlink)
        after_a_change(d, (conf / "10.toml").unlink)
        assert d.chat("hi", "zed").status_code == 404
        after_a_change(d, conf.rmdir)


def test_the_doctor_says_what_to_do(own):
    d = own(start=False, engine=False)
    d.env.pop("NO_SUCH_KEY", None)
    text = (d.config_dir / "weir.toml").read_text()
    d.write("weir.toml", text + '[engine]\nbinary = "/no/such/llama-server"\n[models]\ndefault = "nobody"\ndirs = ["/no/such/folder"]\n'
            '[models.set."nothing"]\ncontext = 1024\n' + PROVIDER + 'key = { env = "NO_SUCH_KEY" }\n')
    d.start()
    r = d.cli("doctor")
    assert r.returncode == 1
    lines = {line[2:].split(": ")[0]: line for line in r.stdout.splitlines()}
    assert "/no/such/llama-server" in lines["engine"] and "[engine] binary" in lines["engine"]
    assert "`nobody`" in lines["[models] default"] and "`nothing`" in lines["[models.set]"] and "/no/such/folder" in lines["[models] dirs"]
    assert lines["provider x"].startswith("✗") and "NO_SUCH_KEY" in lines["provider x"]
    after_a_change(d, lambda: d.write("policy.toml", 'preset = "carefull"\n'))
    broken = next(line for line in d.cli("doctor").stdout.splitlines() if line.startswith("✗ policy"))
    assert "nothing leaves" in broken and "weir policy edit" in broken
    after_a_change(d, lambda: d.write("weir.toml", "[server]\nprot = 1\n"))
    config = next(line for line in d.cli("doctor").stdout.splitlines() if line.startswith("✗ configuration"))
    assert "did you mean `port`" in config and "the configuration before it is in force" in config
