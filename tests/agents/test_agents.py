"""Claude Code and opencode work through weir on a neutral project: disguised on the way out, at work here as if nothing were."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

from conftest import ROOT, Daemon, Provider

BIN = ROOT / "build" / "agents" / "node_modules" / ".bin"
NAME, MAIL, USER = "Ottilie Brandt", "ottilie.brandt@mailbox.org", "obrandt"
ORIGINALS = ["Ottilie", "Brandt", "brandt", "mailbox.org"]
NOTES = f"""# Notes
maintainer: {NAME} <{MAIL}>
The queue is drained once a second; a job that fails three times is parked.
"""
CODE = """def drain(queue):
    \"\"\"Hands out what waits, oldest first.\"\"\"
    while queue:
        yield queue.pop(0)
"""
CONFIG = """
[[provider]]
name = "{name}"
dialect = "{dialect}"
url = "http://127.0.0.1:{port}/v1"
zone = "cloud"
models = ["played"]

[alias]
"claude-*" = "{name}/played"
"agent" = "{name}/played"
"""


@pytest.fixture()
def folder():
    path = pathlib.Path(tempfile.mkdtemp(prefix="weir-agent-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture()
def model(folder):
    p = Provider(folder, "agents/model.py")
    yield p
    p.close()


@pytest.fixture()
def weir(folder, model, request):
    (folder / "weir").mkdir()
    text = CONFIG.format(name="far", dialect=request.param, port=model.port)
    d = Daemon(folder / "weir", text, engine=False).start()
    yield d
    d.stop()


def project(folder):
    """A home folder of its own, without credentials, and a small project in it."""
    home = folder / "home" / USER
    work = home / "drain"
    work.mkdir(parents=True)
    (work / "notes.txt").write_text(NOTES)
    (work / "drain.py").write_text(CODE)
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "NO_COLOR": "1", "USER": USER, "TERM": "dumb"}
    for words in (["init", "-q"], ["config", "user.name", NAME], ["config", "user.email", MAIL], ["add", "."],
                  ["commit", "-qm", "drain: hands out what waits"]):
        subprocess.run(["git", *words], cwd=work, env=env, check=True)
    return work, env


def run(words, work, env):
    done = subprocess.run([str(w) for w in words], cwd=work, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=300)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def claude(weir, work, env):
    env = {**env, "ANTHROPIC_BASE_URL": weir.url, "ANTHROPIC_API_KEY": "not-a-key", "DISABLE_TELEMETRY": "1",
           "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1"}
    return run([BIN / "claude", "-p", "Who maintains this project? Read notes.txt.", "--model", "claude-agent"], work, env)


def opencode(weir, work, env):
    config = {"provider": {"weir": {"npm": "@ai-sdk/openai-compatible", "options": {"baseURL": weir.url + "/v1", "apiKey": "none"},
                                    "models": {"agent": {"name": "agent", "tool_call": True}}}},
              "model": "weir/agent", "small_model": "weir/agent", "autoupdate": False, "share": "disabled"}
    (work / "opencode.json").write_text(json.dumps(config))
    return run([BIN / "opencode", "run", "--model", "weir/agent", "Who maintains this project? Read notes.txt."], work, env)


@pytest.mark.parametrize("weir,agent", [("anthropic", claude), ("openai", claude), ("openai", opencode), ("anthropic", opencode)],
                         indirect=["weir"])
def test_works_disguised(weir, model, folder, agent):
    work, env = project(folder)
    said = agent(weir, work, env)
    assert "I read: " in said and NAME in said and MAIL in said, said
    bodies = model.bodies()
    assert len(bodies) >= 2
    for b in bodies:
        assert not [o for o in ORIGINALS if o in b["body"]], b["body"]
    rows = weir.cli_json("ledger")["rows"]
    assert sorted((r["bytes"], r["sha256"]) for r in rows) == sorted((b["length"], b["sha256"]) for b in bodies)
    why = weir.cli("why").stdout
    label = next(line for line in why.splitlines() if line.startswith("  label"))
    assert label.split(None, 1)[1] == "personal (home_path, name, email)", why
