"""What a local model adds to the gate (docs/measured.md): for `gate.py --model FILE.gguf`.

Each text of a sample is cut, asked about and read by weir's own code (bench_gate_lines); only the engine is asked from here, as weir asks
it. Answers are kept in build/bench, by the model's file and what was asked."""
import hashlib
import http.client
import json
import os
import random
import socket
import subprocess
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
ENGINE = HERE / "build/fetched/engine/llama-server"
SEED = 7


class Engine:
    """The model's process, on a socket of its own, as weir starts it."""

    def __init__(self, model, folder):
        self.path = str(folder / f"look-{os.getpid()}.sock")
        Path(self.path).unlink(missing_ok=True)
        command = [ENGINE, "--host", self.path, "--model", model, "--alias", "model", "--ctx-size", "4096", "--parallel", "1", "--offline", "--no-webui",
                   "--jinja", "--no-slots", "--cache-ram", "1024"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "OMP_WAIT_POLICY": "passive"})
        while self.process.poll() is None and self.ask("GET", "/health")[0] != 200:
            time.sleep(0.1)

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("engine", timeout=600)
        connection.sock = socket.socket(socket.AF_UNIX)
        try:
            connection.sock.connect(self.path)
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, ValueError, http.client.HTTPException):
            return 0, None
        finally:
            connection.close()

    def close(self):
        """The processor's seconds that it took, loading included."""
        self.process.terminate()
        used = os.wait4(self.process.pid, 0)[2]
        self.process.returncode = 0
        Path(self.path).unlink(missing_ok=True)
        return used.ru_utime + used.ru_stime


def sample(rows, n):
    """Of the dev part alone, the same ones each time."""
    dev = [r for r in rows if r["split"] == "dev"]
    return random.Random(SEED).sample(dev, min(n, len(dev)))


def answers(tool, work, name, model, texts):
    """Texts and the model's answers, as files, and the seconds that they took, by the clock and of the processor."""
    source = work / f"{name}.look.jsonl"
    source.write_text("".join(json.dumps({"text": t}, ensure_ascii=False) + "\n" for t in texts))
    asks = subprocess.run([tool, source, "ask"], stdout=subprocess.PIPE, check=True, text=True).stdout
    mark = hashlib.sha256((asks + model.name + str(model.stat().st_size)).encode()).hexdigest()[:16]
    kept, seconds = work / f"{name}.{mark}.answers.jsonl", work / f"{name}.{mark}.seconds"
    if not seconds.exists():
        engine = Engine(model, work)
        engine.ask("POST", "/v1/chat/completions", json.dumps({"messages": [{"role": "user", "content": "hi"}], "max_tokens": 1}))
        began, out = time.monotonic(), []
        for line in asks.splitlines():
            pieces = []
            for begin, end, request in json.loads(line):
                status, said = engine.ask("POST", "/v1/chat/completions", json.dumps(request))
                pieces.append([begin, end, said["choices"][0]["message"]["content"] if status == 200 else None])
            out.append(json.dumps(pieces, ensure_ascii=False) + "\n")
        taken = time.monotonic() - began
        kept.write_text("".join(out))
        seconds.write_text(f"{taken:.1f} {engine.close():.1f}")
    return source, kept, [float(n) for n in seconds.read_text().split()]


def arms(tool, work, name, model, texts):
    """[what weir does with each text alone, the same with the model], seconds a KB by clock and processor, share of texts left undecided."""
    source, kept, seconds = answers(tool, work, name, model, texts)
    both = []
    for more in ([], [f"@{kept}"]):
        out = subprocess.run([tool, source, "raised", *more], stdout=subprocess.PIPE, check=True, text=True).stdout
        both.append([json.loads(line) for line in out.split("\n")[:-1]])
    kilobytes = sum(len(t.encode()) for t in texts) / 1024
    undecided = sum(any(k == "undecided" for k, _, _ in line["found"]) for line in both[1])
    return both, [n / kilobytes for n in seconds], undecided / max(1, len(texts))
