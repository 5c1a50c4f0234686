"""The command line and words that a careful program would not type: told in weir's own words, never half done."""
import json
import subprocess
import sys

import pytest

from conftest import WEIR


@pytest.mark.parametrize("args", [("approve", "a b"), ("deny", "a b"), ("keys", "revoke", "a b"), ("models", "load", "a b"), ("models", "rm", "a b"),
                                  ("providers", "rm", "a b"), ("providers", "test", "a b"), ("vault", "export", "a b"), ("vault", "rm", "a b"),
                                  ("why", "a b"), ("replay", "a b"), ("why", "A"), ("models", "show", "a b"), ("approve", "x?as=1#"), ("why", "%41")])
def test_a_word_may_hold_anything(weir, args):
    r = weir.cli(*args)
    assert r.returncode == 1 and r.stdout == "" and f"`{args[-1]}`" in r.stderr, r


@pytest.mark.parametrize("args", [("models", "ls", "x"), ("models", "fit", "x"), ("providers", "ls", "x"), ("ledger", "verify", "x"), ("ledger", "ls", "x"),
                                  ("ledger", "export", "x"), ("policy", "show", "x"), ("policy", "reset", "careful", "x"), ("policy", "check", "a", "b"),
                                  ("policy", "edit", "x"), ("label", "show", "x"), ("vault", "ls", "x"), ("keys", "ls", "x"), ("chat", "x"),
                                  ("status", "--wait", "x"), ("scan",), ("approve", ""), ("keys", "add", "k", "--days", "many")])
def test_what_means_nothing_is_wrong_usage(weir, args):
    r = weir.cli(*args)
    assert r.returncode == 2 and r.stdout == "" and r.stderr, r
    assert "k" not in [k["name"] for k in weir.cli_json("keys")["keys"]]


def test_a_number_that_is_none(weir):
    r = weir.cli("ledger", "-n", "abc")
    assert r.returncode == 1 and "whole number" in r.stderr


@pytest.mark.parametrize("args", [("--port", "x"), ("--port=x",), ("--port", "65536"), ("--port",), ("--port", "-1")])
def test_a_port_that_is_none(weir, args):
    r = weir.cli("serve", *args)
    assert r.returncode == 2 and "--port takes a number" in r.stderr


def test_one_detector_as_json(weir):
    assert json.loads(weir.cli("detectors", "iban", "--json").stdout)["id"] == "iban"
    assert len(weir.cli_json("detectors")["detectors"]) > 100


def test_a_file_that_is_checked_is_not_in_force(weir, tmp_path):
    bad = tmp_path / "mine.toml"
    bad.write_text('preset = "carefull"\n')
    r = weir.cli("policy", "check", str(bad))
    assert r.returncode == 1 and "careful" in r.stdout and "not in force" in r.stdout and "Nothing leaves" not in r.stdout


def test_a_key_s_project_is_listed(own):
    d = own(engine=False)
    assert d.cli("keys", "add", "laptop", "--project", "blue").returncode == 0
    assert "blue" in d.cli("keys").stdout


def test_a_file_in_a_conversation_that_goes_on(weir, tmp_path):
    """It is sent, and known to be from its folder."""
    (tmp_path / "note.txt").write_text("the text of the note")
    assert weir.cli("ask", "-m", "script/x", "first words").returncode == 0
    assert weir.cli("ask", "-c", "-m", "script/x", "-f", str(tmp_path / "note.txt"), "!say second words").stdout.strip().endswith("second words")
    sent = json.loads((weir.state_dir / "last-ask.json").read_text())
    assert [m["role"] for m in sent] == ["user", "assistant", "user", "assistant"]
    assert sent[2]["content"][0]["text"] == "the text of the note"
    assert [i["file"] for i in weir.owner("GET", "decisions/last").json()["items"] if "file" in i] == [str(tmp_path / "note.txt")]


def test_an_answer_into_a_file(weir, tmp_path):
    out = tmp_path / "answer"
    out.write_text("what was there before, and is longer than the answer")
    refused = weir.cli("ask", "-m", "farscript/x", "--label", "secret", "-o", str(out), "hello there")
    assert refused.returncode == 3 and out.read_text().startswith("what was there")
    assert weir.cli("ask", "-m", "script/x", "-o", str(out), "hello there").returncode == 0 and out.read_text() == "hello there\n"
    whole = weir.cli("ask", "-m", "script/x", "--json", "-o", str(out), "hello again")
    assert whole.stdout == "" and json.loads(out.read_text())["choices"][0]["message"]["content"] == "hello again"
    assert json.loads((weir.state_dir / "last-ask.json").read_text())[-1]["content"] == "hello again"


def test_folders_with_quotes_in_their_names(own):
    d = own(start=False, engine=False)
    odd = d.folder / 'o"d\\d'
    odd.mkdir(mode=0o700)
    d.env["XDG_RUNTIME_DIR"] = str(odd)
    d.start()
    assert json.loads((odd / "weir" / "weir.json").read_text())["socket"] == str(odd / "weir" / "api.sock")
    assert d.cli("ask", "-m", "script/x", "hello there").stdout == "hello there\n"
    d.env["XDG_CONFIG_HOME"] = str(odd)
    assert d.cli_json("config", "path")["path"] == str(odd / "weir" / "weir.toml")


def test_a_daemon_that_does_not_start(own):
    """What looks for the reason must not need the daemon."""
    d = own(start=False, engine=False)
    nothing = d.cli("log")
    assert nothing.returncode == 1 and "no daemon is running" in nothing.stderr
    d.write("weir.toml", "[server]\nprot = 1\n")
    assert d.cli("start").returncode == 1
    log = d.cli("log")
    assert log.returncode == 0 and "did you mean `port`" in log.stdout and "daemon.log" in log.stderr
    assert "prot" in d.cli_json("log")["log"]
    doctor = d.cli("doctor")
    assert doctor.returncode == 1 and "✗ daemon: " in doctor.stdout and "did you mean `port`" in doctor.stdout and "weir.toml" in doctor.stdout
    assert d.cli_json("doctor")["checks"][0]["state"] == "bad"
    assert subprocess.run([str(WEIR), "status"], env=d.env, capture_output=True).returncode == 1


def test_an_editor_with_words_and_a_text_that_is_wrong(own, tmp_path):
    """What was typed is not lost: the next edit goes on with it."""
    d = own(engine=False)
    editor = tmp_path / "editor.py"
    editor.write_text("import sys\np = sys.argv[-1]\nassert sys.argv[1] == '--wait'\nt = open(p).read()\n"
                      "open(p, 'w').write(t.replace('carefull', 'balanced') if 'carefull' in t else t.replace('careful', 'carefull'))\n")
    d.env.pop("VISUAL", None)
    d.env["EDITOR"] = f"{sys.executable} {editor}  --wait"
    wrong = d.cli("policy", "edit")
    assert wrong.returncode == 1 and "did you mean" in wrong.stderr and "unchanged" in wrong.stderr and not (d.config_dir / "policy.toml").exists()
    again = d.cli("policy", "edit")
    assert again.returncode == 0 and "going on with your text" in again.stderr and "preset balanced" in again.stdout
    assert not list(d.config_dir.glob("*.edit"))
    d.env["EDITOR"] = "/no/such/editor"
    none = d.cli("policy", "edit")
    assert none.returncode == 1 and "EDITOR" in none.stderr and "weir: \n" not in none.stderr
    assert not list(d.config_dir.glob("*.edit"))


def test_a_key_s_file_is_named_from_where_the_person_is(own, tmp_path):
    d = own(engine=False)
    (tmp_path / "k").write_text("sk-of-somebody\n")
    (tmp_path / "k").chmod(0o600)
    added = subprocess.run([str(WEIR), "providers", "add", "mine", "--url", "http://127.0.0.1:9/v1", "--key-file", "k"],
                           env=d.env, cwd=tmp_path, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert added.returncode == 0, added.stderr
    assert f'"{tmp_path}/k"' in (d.config_dir / "conf.d" / "provider-mine.toml").read_text()


@pytest.mark.parametrize("option, word, right, code", [("--zone", "devcie", "device", 2), ("--label", "privat", "private", 2),
                                                       ("--profile", "bset", None, 1)])
def test_a_claim_that_is_misspelt(weir, option, word, right, code):
    r = weir.cli("ask", "-m", "script/x", option, word, "hello there")
    assert r.returncode == code and r.stdout == "" and (right is None or f"did you mean {right}?" in r.stderr), r.stderr


@pytest.mark.parametrize("words", [("ledger", "--zone", "claud"), ("ledger", "export", "--format", "jsno"),
                                   ("preview", "--label", "opne", "hello"), ("chat", "--zone", "")])
def test_a_word_that_an_option_does_not_take_needs_no_daemon(own, words):
    d = own(engine=False)
    d.stop()
    r = d.cli(*words)
    assert r.returncode == 2 and r.stdout == "" and " is " in r.stderr and "starting" not in r.stderr, r.stderr


def test_a_looser_policy_is_said_once(own):
    d = own(policy='preset = "careful"\n', engine=False)
    ask = ("ask", "-m", "script/x", "--no-receipt", "hello there")
    assert d.cli(*ask).stderr == ""
    d.stop()
    d.write("policy.toml", 'preset = "cloud-first"\n')
    d.start()
    assert "looser than it was at the last stop" in d.cli(*ask).stderr
    assert d.cli(*ask).stderr == "" and "looser" in d.cli("status").stdout
    d.stop()
    d.start()
    assert d.cli(*ask).stderr == ""  # as it was at the last stop


def test_never_flag_says_what_it_does_not_cover(own):
    d = own(engine=False)
    whole = d.cli("label", "never-flag", "desk@wren-hill.org")
    assert whole.returncode == 0 and whole.stderr == ""
    part = d.cli("label", "never-flag", "write to desk@wren-hill.org today")
    assert part.returncode == 0 and 'stays flagged: "desk@wren-hill.org" (email)' in part.stderr, part.stderr
