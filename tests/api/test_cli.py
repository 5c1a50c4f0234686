"""The command line, as a person and a script use it (SURFACE.md 2)."""
import json
import pathlib
import re
import shutil
import subprocess

import pytest

from conftest import MODEL, MODELS, ROOT, WEIR

COMMANDS = ["ask", "chat", "serve", "start", "stop", "restart", "status", "models", "pull", "engine", "providers", "route", "preview", "why",
            "replay", "ledger", "policy", "approvals", "approve", "deny", "gate", "scan", "detectors", "label", "vault", "keys", "launch", "open",
            "doctor", "config", "log", "completion", "version"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(weir, command):
    r = weir.cli(command, "--help")
    assert r.returncode == 0 and f"weir {command}" in r.stdout


def test_the_manual_page_knows_every_command_and_key(weir):
    page = (ROOT / "docs" / "weir.1").read_text().replace("\\-", "-")
    for line in weir.cli("--help").stdout.splitlines():
        if line.startswith("  ") and not line.startswith("  weir") and not line.startswith("   "):
            name, summary = line.split(None, 1)
            assert f".B weir {name}\n{summary}\n" in page, name
    keys = re.findall(r'_KEYS\[\] = \{(.*?)NULL\}', (ROOT / "src/hub/config.c").read_text(), re.S)
    for key in re.findall(r'"(\w+)"', "".join(keys)):
        if key not in ("ollama_port", "set"):  # not there yet; [models.set]
            assert re.search(rf"\b{key}\b", page), key


def test_wrong_words(weir):
    r = weir.cli("leger")
    assert r.returncode == 2 and "ledger" in r.stderr
    assert weir.cli("policy", "chek").returncode == 2
    assert weir.cli("status", "--jsn").returncode == 2
    assert weir.cli("ledger", "show").returncode == 2
    for args in (("leger", "show"), ("status", "x"), ("version", "--jsno"), ("help", "leger"), ("log", "x"), ("start", "x"), ("doctor", "x"),
                 ("launch",), ("launch", "claud"), ("completion", "tcsh"), ("what", "is", "a", "weir")):
        r = weir.cli(*args)
        assert r.returncode == 2 and r.stdout == "" and r.stderr, args
    assert "claude" in weir.cli("launch", "claud").stderr and "ledger" in weir.cli("help", "leger").stderr


def test_what_is_not_there_yet_says_so(weir):
    for args in (("pull", "qwen3-4b"), ("models", "pull", "qwen3-4b"), ("engine", "build"), ("launch", "codex")):
        r = weir.cli(*args)
        assert r.returncode == 1 and r.stdout == "" and "yet" in r.stderr, args
    for method, path in (("POST", "session"), ("POST", "models/pull"), ("GET", "conversations"), ("GET", "search")):
        r = weir.owner(method, path)
        assert r.status_code == 404 and r.json()["error"]["code"] == "not_there_yet"
    for path in ("/v1/responses", "/api/chat", "/mcp"):
        assert "not there yet" in weir.http.post(path, content="{}").text


def test_models_fit(own):
    """Within a quarter of what the engine then really takes; what may not be is said before it is tried."""
    d = own(start=False)
    text = (d.config_dir / "weir.toml").read_text()
    d.write("weir.toml", text + f'[models.set."{MODEL}"]\ncontext = 8192\nslots = 2\n')
    d.start()
    (fit,) = [m for m in d.cli_json("models", "fit")["models"] if m["name"] == MODEL]
    assert fit["context"] == fit["most_context"] == 8192 and fit["fits"] == "yes"
    assert d.chat("hi", MODEL, max_tokens=1).status_code == 200
    resident = [int(line.split()[1]) * 1024 for path in pathlib.Path("/proc").glob("[0-9]*/status")
                if str(d.folder) in cmdline(path) and "--ctx-size" in cmdline(path)
                for line in path.read_text().splitlines() if line.startswith("VmRSS")]
    assert len(resident) == 1 and 0.75 < fit["needs_bytes"] / resident[0] < 1.25, (fit, resident)
    d.write("weir.toml", text.replace("[engine]\n", '[engine]\nmemory = "220 MiB"\n') + f'[models.set."{MODEL}"]\nslots = 1\n')
    d.stop()
    d.start()
    (fit,) = [m for m in d.cli_json("models", "fit")["models"] if m["name"] == MODEL]
    assert fit["fits"] == "no" and 0 < fit["most_context"] < 8192
    shown = d.cli("models", "fit").stdout
    assert MODEL in shown and " no\n" in shown and "cloud" not in shown


def cmdline(status):
    try:
        return status.with_name("cmdline").read_text()
    except OSError:  # it has ended meanwhile
        return ""


def test_launch(weir, tmp_path):
    printed = weir.cli("launch", "claude", "--print", "-m", "it's").stdout
    assert f"export ANTHROPIC_BASE_URL='{weir.url}'\n" in printed and printed.endswith("claude '--model' 'it'\\''s'\n")
    settings = weir.cli_json("launch", "opencode", "-m", "script/x")
    config = json.loads(settings["env"]["OPENCODE_CONFIG_CONTENT"])
    assert config["model"] == "weir/script/x" and config["provider"]["weir"]["options"]["baseURL"] == weir.url + "/v1"
    program = tmp_path / "qwen"
    program.write_text('#!/bin/sh\necho "$OPENAI_BASE_URL" "$@"\nexit 7\n')
    program.chmod(0o755)
    with_path = dict(weir.env, PATH=f"{tmp_path}:{weir.env['PATH']}")
    r = subprocess.run([str(WEIR), "launch", "qwen", "--", "-p", "two words"], env=with_path, capture_output=True, text=True)
    assert r.returncode == 7 and r.stdout == f"{weir.url}/v1 --auth-type openai --model auto -p two words\n"
    r = weir.cli("launch", "aider")
    assert r.returncode == 1 and "not installed" in r.stderr


def test_open_and_completion(weir):
    assert weir.cli("open").stdout == weir.url + "/\n" and weir.cli_json("open") == {"page": weir.url + "/"}
    script = weir.cli("completion", "bash").stdout
    ask = 'COMP_WORDS=(weir %s); COMP_CWORD=%d; _weir; echo "${COMPREPLY[@]}"'
    r = subprocess.run(["bash", "-c", script + ask % ("led", 1) + "\n" + ask % ("policy e", 2)], capture_output=True, text=True)
    assert r.stdout == "ledger\nexplain edit\n", r.stderr
    assert "fish_seen_subcommand_from ledger" in weir.cli("completion", "fish").stdout
    assert "#compdef weir" in weir.cli("completion", "zsh").stdout


def test_ask(weir):
    r = weir.cli("ask", "-m", "script/x", "hello", "there")
    assert r.returncode == 0 and r.stdout == "hello there\n"
    assert "nothing left" in r.stderr and "device" in r.stderr
    assert weir.cli("-m", "script/x", "two words").returncode in (0, 2)
    bare = weir.cli("ask", "-m", "script/x", "--no-receipt", "x y")
    assert bare.stderr == ""


def test_a_question_without_a_command_and_from_stdin(own, weir):
    echo = own(start=False, engine=False)
    (echo.config_dir / "conf.d").mkdir()
    echo.write("conf.d/echo.toml", '[route]\ncloud_share = 0\n[[provider]]\nname = "near"\ndialect = "scripted"\n'
                                   'zone = "device"\nauto = true\nmodels = ["echo"]\n')
    echo.start()
    bare = echo.cli("hello there everybody", stdin="")
    assert bare.returncode == 0 and bare.stdout == "hello there everybody\n", bare.stderr
    piped = weir.cli("ask", "-m", "script/x", "summarise", "this", stdin="the text")
    assert piped.stdout == "summarise this\n\nthe text\n"


def test_files_and_output(weir, tmp_path):
    note = tmp_path / "note.txt"
    note.write_text("a plain note\n")
    out = tmp_path / "answer.txt"
    r = weir.cli("ask", "-m", "script/x", "-f", str(note), "-o", str(out), "what is it")
    assert r.returncode == 0 and "a plain note" in out.read_text()
    again = weir.cli("ask", "-m", "script/x", "-c", "and then")
    assert again.stdout == "and then\n"


def test_exit_codes(weir):
    assert weir.cli("ask", "-m", "cloud/big", "I have diabetes, what now?").returncode == 3
    assert weir.cli("route", "-m", "cloud/big", "I have diabetes, what now?").returncode == 3
    assert weir.cli("ask", "-m", "nope", "x y").returncode == 1


def test_control_characters_do_not_reach_json(weir):
    r = weir.cli("ask", "-m", "script/x", "a \u001b[31mred word")
    assert r.returncode == 0


@pytest.mark.parametrize("args", [("status",), ("models",), ("providers",), ("route", "x y"), ("preview", "x y"), ("ledger",),
                                  ("ledger", "verify"), ("policy",), ("policy", "check"), ("policy", "explain", "x y"),
                                  ("approvals",), ("gate",), ("scan", "x y"), ("detectors",), ("label",), ("doctor",),
                                  ("config", "show"), ("config", "path"), ("keys",), ("log",), ("version",), ("engine",),
                                  ("open",), ("launch", "claude"), ("vault",)])
def test_json_everywhere(weir, args):
    r = weir.cli(*args, "--json")
    assert isinstance(json.loads(r.stdout), dict)


def test_policy_commands(weir, tmp_path):
    shown = weir.cli("policy", "show").stdout
    assert "careful" in shown and "pseudonymise" in shown
    explained = weir.cli("policy", "explain", "My IBAN is DE89 3704 0044 0532 0130 00").stdout
    assert "iban" in explained and "forbidden" in explained
    cases = tmp_path / "cases.json"
    cases.write_text(json.dumps({"cases": [{"text": "What is a weir?", "to": "cloud", "expect": "as_is"},
                                           {"text": "I have diabetes", "to": "cloud", "expect": "forbidden"}]}))
    assert weir.cli("policy", "test", str(cases)).returncode == 0
    cases.write_text(json.dumps({"cases": [{"text": "I have diabetes", "to": "cloud", "expect": "as_is"}]}))
    assert weir.cli("policy", "test", str(cases)).returncode == 1


def test_policy_explained_and_tried(own, tmp_path):
    d = own(policy="""
[[rule]]
name = "clinic"
match = { topic = "health" }
reach = "trusted"
as = "pseudonymise"
[[rule]]
name = "merger"
match = { words = ["Nightingale"] }
raise = "private"
compartment = "nightingale"
[[rule]]
name = "ask at night"
match = { time = "22:00-07:00" }
ask = "cloud"
[[rule]]
name = "not the phone"
match = { caller = "key:phone" }
deny = "home"
[[rule]]
name = "shadowed"
match = { caller = "key:phone", topic = "legal" }
ask = "cloud"
""")
    explained = d.cli_json("policy", "explain", "I was diagnosed with asthma. Nightingale closes soon.")
    health = next(i for i in explained["items"] if i["kind"] == "health")
    steps = next(p["steps"] for p in health["permits"] if p["zone"] == "trusted")
    assert [(s["kind"], s["rule"]) for s in steps][:2] == [("line", "careful: private"), ("grant", "clinic")]
    assert any(i["raised_by"] == "merger" for i in explained["items"])
    text = d.cli("policy", "explain", "I was diagnosed with asthma").stdout
    assert 'grant "clinic": pseudonymise' in text
    checked = d.cli("policy", "check").stdout
    assert '"shadowed": can never matter: "not the phone"' in checked
    cases = tmp_path / "cases.toml"
    cases.write_text("""
[[case]]
name = "a clinic may have it, disguised"
text = "I was diagnosed with asthma"
to = "trusted"
time = "12:00"
expect = "pseudonymise"
rule = "clinic"
[[case]]
items = [{ level = "private", topic = "finance" }]
to = "trusted"
expect = "forbidden"
[[case]]
text = "What is a weir?"
to = "cloud"
time = "23:30"
expect = "ask"
rule = "ask at night"
[[case]]
text = "What is a weir?"
caller = "key:phone"
to = "home"
expect = "forbidden"
[[case]]
text = "Say something of Nightingale"
time = "12:00"
to = "cloud"
expect = "forbidden"
""")
    tried = d.cli("policy", "test", str(cases))
    assert tried.returncode == 0 and "5 case(s), 0 failed" in tried.stdout, tried.stdout + tried.stderr
    cases.write_text('[[case]]\nname = "wrong"\ntext = "What is a weir?"\ntime = "12:00"\nexpect = "ask"\n')
    tried = d.cli("policy", "test", str(cases))
    assert tried.returncode == 1 and "wrong: expected ask, is as_is" in tried.stdout
    other = tmp_path / "other.toml"
    other.write_text('preset = "local-only"\n[[rule]]\nname = "birds"\nmatch = { words = ["wren"] }\nraise = "secret"\n')
    cases.write_text('[[case]]\ntext = "What is a weir?"\ntime = "12:00"\nexpect = "forbidden"\n')
    assert d.cli("policy", "test", str(cases)).returncode == 1
    assert d.cli("policy", "test", str(cases), "--policy", str(other)).returncode == 0
    (tmp_path / "cases.json").write_text('{"cases": [{"text": "a wren", "to": "home", "expect": "forbidden", "rule": "local-only: secret"}]}')
    assert d.cli("policy", "test", str(tmp_path / "cases.json"), "--policy", str(other)).returncode == 0
    assert '"birds"' in d.cli("policy", "explain", "a wren sings", "--policy", str(other)).stdout
    other.write_text('preset = "locl-only"\n')
    assert "local-only" in d.cli("policy", "test", str(cases), "--policy", str(other)).stderr
    cases.write_text('[[case]]\ntext = "x"\nexpekt = "ask"\n')
    tried = d.cli("policy", "test", str(cases))
    assert tried.returncode != 0 and "case 1" in tried.stderr and "`expect`" in tried.stderr


def test_ledger_export(weir):
    weir.chat("What is the capital of France?", "cloud/big")
    lines = weir.cli("ledger", "export").stdout.splitlines()
    assert lines and all(json.loads(line) for line in lines)
    assert weir.cli("ledger", "export", "--format", "csv").stdout.count("\n") > 1
    row = weir.cli_json("ledger")["rows"][0]["id"]
    assert weir.cli("ledger", "show", str(row)).returncode == 0


def test_providers(own):
    d = own()
    added = d.cli("providers", "add", "mine", "--url", "http://127.0.0.1:9/v1", "--models", "a,b", "--no-key")
    assert added.returncode == 0, added.stderr
    assert any(p["name"] == "mine" for p in d.cli_json("providers")["providers"])
    assert d.cli("providers", "rm", "mine").returncode == 0
    assert d.cli("providers", "rm", "cloud").returncode == 1
    assert d.cli("providers", "test", "cloud").returncode == 0


def test_start_and_stop(own):
    d = own(start=False)
    first = d.cli("ask", "-m", "script/x", "x y")
    assert first.returncode == 0 and "starting" in first.stderr and first.stdout == "x y\n"
    assert d.cli("status").returncode == 0
    assert d.cli("restart").returncode == 0
    assert d.cli("stop").returncode == 0
    assert d.cli("status").returncode == 1


def test_detectors_are_switched_in_weir_toml(own):
    def found(daemon, text):
        return {e["detector"] for e in daemon.cli_json("scan", text)["evidence"]}

    text = "mail me at ada@mailbox.org about PLAT-4821, IBAN DE89 3704 0044 0532 0130 00"
    daemon = own(start=False)
    plain = (daemon.config_dir / "weir.toml").read_text()
    daemon.start()
    assert {"email", "iban"} <= found(daemon, text) and "ticket-id" not in found(daemon, text)
    daemon.stop()
    daemon.write("weir.toml", plain + '\n[sense]\noff = ["email"]\non = ["ticket-id"]\n')
    daemon.start()
    assert {"ticket-id", "iban"} <= found(daemon, text) and "email" not in found(daemon, text)
    rows = {row["id"]: row["on"] for row in daemon.cli_json("detectors")["detectors"]}
    assert rows["iban"] and rows["ticket-id"] and not rows["email"] and not rows["repository"]
    assert "as said in PLAT-4821" in daemon.cli("detectors", "ticket-id").stdout
    assert daemon.cli("detectors", "ticket").returncode == 1
    daemon.write("weir.toml", plain + '\n[sense]\noff = ["emial"]\n')
    wrong = daemon.cli("config", "check")
    assert wrong.returncode != 0 and "email" in wrong.stdout + wrong.stderr


def test_models_are_measured_and_deleted(own):
    weir = own()
    runs = [json.loads(line) for line in weir.cli("models", "bench", MODEL, "--json").stdout.splitlines()]
    assert len(runs) == 3 and all(r["model"] == MODEL and r["usage"]["output_tokens"] > 0 for r in runs)
    assert "tok/s" in weir.cli("models", "bench", MODEL).stdout
    kept = weir.cli("models", "rm", MODEL)
    assert kept.returncode == 1 and "not weir's own folder" in kept.stderr
    folder = weir.folder / "data_home" / "weir" / "models"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(next(MODELS.glob("*.gguf")), folder / "spare.gguf")
    assert "spare" in weir.cli("models").stdout
    done = weir.cli("models", "rm", "spare")
    assert (done.returncode, done.stdout) == (0, "spare: deleted\n")
    assert not list(folder.iterdir()) and "spare" not in weir.cli("models").stdout
    gone = weir.cli("models", "rm", "spare")
    assert gone.returncode == 1 and "no local model" in gone.stderr
