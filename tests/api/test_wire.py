"""Promise 4: what leaves is known. In a network namespace, all packets recorded (wire.py): the bytes on the wire to the
providers are those of the ledger, and nothing went anywhere else."""
import json
import os
import pathlib
import subprocess
import sys


def test_the_wire_is_the_ledger():
    mapped = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    inside = [sys.executable, str(pathlib.Path(__file__).with_name("wire.py"))]
    done = subprocess.run(["unshare", "--net", *mapped, *inside], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-4000:]
    told = json.loads(done.stdout)
    assert told["requests"] >= 15 and told["bytes"] > 200000 and told["disguised"] >= 4
