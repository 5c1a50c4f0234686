"""A daemon of its own for the tests: private XDG folders, the real engine, the real small model, a provider that records."""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

import httpx
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
WEIR = pathlib.Path(os.environ.get("WEIR_BINARY", ROOT / "build" / "weir"))
ENGINE = ROOT / "build" / "fetched" / "engine" / "llama-server"
MODELS = ROOT / "build" / "fetched" / "models"
MODEL = "smollm2-135m-instruct"


class Provider:
    """The recording provider, in its own process."""

    def __init__(self, folder, program="api/provider.py"):
        self.record = folder / "record.jsonl"
        self.process = subprocess.Popen([sys.executable, str(ROOT / "tests" / program), str(self.record)],
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def got(self):
        return [json.loads(line) for line in self.record.read_text().splitlines()]

    def bodies(self):
        return [r for r in self.got() if r.get("method") == "POST"]

    def forget(self):
        self.record.write_text("")

    def close(self):
        self.process.kill()
        self.process.wait()


class Daemon:
    def __init__(self, folder, config, policy=None, engine=True):
        self.folder = pathlib.Path(folder)
        self.env = dict(os.environ)
        for name in ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME"):
            self.env["XDG_" + name] = str(self.folder / name.lower())
        runtime = self.folder / "run"
        runtime.mkdir(mode=0o700, exist_ok=True)
        self.env["XDG_RUNTIME_DIR"] = str(runtime)
        self.env["HOME"] = str(self.folder / "home")
        (self.folder / "home").mkdir(exist_ok=True)
        self.env["NO_COLOR"] = "1"
        self.config_dir = self.folder / "config_home" / "weir"
        self.config_dir.mkdir(parents=True, exist_ok=True)
        self.state_dir = self.folder / "state_home" / "weir"
        head = "[server]\nport = 0\n"
        if engine:
            head += f'[engine]\nbinary = "{ENGINE}"\n[models]\ndirs = ["{MODELS}"]\n'
        self.write("weir.toml", head + config)
        if policy:
            self.write("policy.toml", policy)
        self.process = None

    def write(self, name, text):
        path = self.config_dir / name
        temporary = path.with_suffix(".tmp")
        temporary.write_text(text)
        temporary.chmod(0o600)
        temporary.rename(path)

    def start(self):
        self.log = open(self.folder / "daemon.log", "a")
        self.process = subprocess.Popen([str(WEIR), "serve"], env=self.env, stdout=self.log, stderr=self.log)
        done = self.cli("status", "--wait", "30", "--json")
        assert done.returncode == 0, (self.folder / "daemon.log").read_text()
        self.port = json.loads(done.stdout)["port"]
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = httpx.Client(base_url=self.url, timeout=120)
        return self

    def stop(self, signum=signal.SIGTERM):
        """Ends it. One that had ended by itself fails the test, with its log."""
        if not self.process:
            return
        code = self.process.poll()
        if code is None:
            self.process.send_signal(signum)
            code = self.process.wait(60)
        elif signum == signal.SIGKILL and code == -signal.SIGKILL:
            return
        assert code in (0, -signum), f"the daemon ended with {code}:\n" + (self.folder / "daemon.log").read_text()[-6000:]
        self.process = None

    def cli(self, *args, stdin=None):
        return subprocess.run([str(WEIR), *args], env=self.env, capture_output=True, text=True, input=stdin,
                              stdin=None if stdin is not None else subprocess.DEVNULL, timeout=300)

    def cli_json(self, *args):
        done = self.cli(*args, "--json")
        return json.loads(done.stdout) if done.stdout.strip() else {"error": done.stderr}

    def socket(self, method, path, body=None):
        transport = httpx.HTTPTransport(uds=str(self.folder / "run" / "weir" / "api.sock"))
        with httpx.Client(transport=transport, base_url="http://localhost", timeout=60) as c:
            return c.request(method, path, json=body)

    def owner(self, method, path, body=None):
        """The owner's API, over the Unix socket."""
        return self.socket(method, "/weir/v1/" + path, body)

    def chat(self, text, model="auto", headers=None, **more):
        body = {"model": model, "messages": [{"role": "user", "content": text}], "max_tokens": 24, **more}
        return self.http.post("/v1/chat/completions", json=body, headers=headers or {})

    def raw(self, data):
        """Bytes as they are to the port; all that comes back until it closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as s:
            s.sendall(data)
            out = b""
            while chunk := s.recv(65536):
                out += chunk
            return out


CONFIG = """
[[provider]]
name = "cloud"
dialect = "openai"
url = "http://127.0.0.1:{port}/v1"
zone = "cloud"
key = {{ file = "{folder}/key" }}
models = ["big", "echo", "acts", "sends", "tools", "cut", "garbled", "endless", "redirect", "html", "fail-401", "fail-429", "fail-500"]

[[provider]]
name = "claude"
dialect = "anthropic"
url = "http://127.0.0.1:{port}/v1"
zone = "cloud"
auto = false
key = {{ file = "{folder}/key" }}
models = ["opus", "echo", "acts", "sends"]

[[provider]]
name = "script"
dialect = "scripted"
zone = "device"

[[provider]]
name = "farscript"
dialect = "scripted"
zone = "cloud"

[alias]
"gpt-x" = "auto"
"claude-*" = "auto:private"
"""


def make(folder, provider, **more):
    key = pathlib.Path(folder) / "key"
    key.write_text("sk-test-not-a-real-key-0123456789\n")
    key.chmod(0o600)
    return Daemon(folder, CONFIG.format(port=provider.port, folder=folder), **more)


@pytest.fixture(scope="session")
def folder():
    path = tempfile.mkdtemp(prefix="weir-test-")
    yield pathlib.Path(path)
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def provider(folder):
    p = Provider(folder)
    yield p
    p.close()


@pytest.fixture(scope="session")
def weir(folder, provider):
    d = make(folder, provider).start()
    yield d
    d.stop()


@pytest.fixture()
def own(tmp_path_factory, provider):
    """A daemon for one test, to break."""
    made = []

    def new(start=True, **more):
        path = tempfile.mkdtemp(prefix="weir-own-")
        d = make(path, provider, **more)
        made.append((d, path))
        return d.start() if start else d

    yield new
    for d, path in made:
        d.stop(signal.SIGKILL)
        shutil.rmtree(path, ignore_errors=True)
