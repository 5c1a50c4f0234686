"""Home must be provable (SURFACE.md 3): by the network that weir.toml names, looked at when the connection is made. In
network namespaces, with a real gateway (network.py)."""
import json
import os
import pathlib
import subprocess
import sys


def test_home_is_where_the_gateway_is():
    mapped = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    inside = [sys.executable, str(pathlib.Path(__file__).with_name("network.py"))]
    done = subprocess.run(["unshare", "--net", *mapped, *inside], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-4000:]
    told = json.loads(done.stdout)
    assert told["basement"] == [200, "", 1]
    assert told["unproven"] == [403, "policy_refused", 1]  # counts as cloud
    assert told["tunnel"] == [403, "zone_mismatch", 1]     # the same private ranges, by another cable
    assert told["elsewhere"] == [403, "zone_mismatch", 1]  # the same addresses, another router
    assert told["doctor"] == ["ok", "warn"] and told["doctor elsewhere"] == "warn"
    assert told["zones"] == [["basement", "home", "not_sent"], ["tunnel", "home", "not_sent"], ["basement", "home", "ok"]]
