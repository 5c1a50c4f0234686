"""Runs inside a mount namespace of its own (test_disk.py makes it): small file systems for a daemon's folders, really full
and really read-only."""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import conftest  # noqa: E402

OPEN = "What is the capital of France?"


def mount(folder, options):
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)


def fill(folder):
    """Leaves not a byte."""
    with open(folder / "filler", "wb", buffering=0) as f:
        for size in (65536, 4096, 1):
            try:
                while f.write(b"x" * size):
                    pass
            except OSError as e:
                assert e.errno == 28, e  # ENOSPC, and nothing else
    return folder / "filler"


def full(provider, which):
    """Its state or data folder fills up while it runs, and is emptied again."""
    d = conftest.make(tempfile.mkdtemp(), provider, engine=False)
    folder = d.folder / which / "weir"
    mount(folder, "size=4m,mode=700")
    d.start()
    assert d.chat(OPEN, "cloud/big").status_code == 200
    filler = fill(folder)
    provider.forget()
    sent = [d.chat(OPEN + " " + "x" * 2000, "cloud/big") for _ in range(100)]
    here = [d.chat("hello", "script/x") for _ in range(20)]
    told = {"sent": sorted({r.status_code for r in sent}), "here": sorted({r.status_code for r in here}),
            "arrived": len(provider.bodies()), "says": sorted({r.json()["error"]["message"] for r in sent if r.status_code != 200})}
    told["disguised"] = disguised(d, provider)
    filler.unlink()
    told["after"] = d.chat(OPEN, "cloud/big").status_code
    told["disguised after"] = disguised(d, provider)
    told["why"] = d.cli("why").returncode
    d.stop()
    told["log"] = [line for line in (d.folder / "daemon.log").read_text().splitlines() if "stored" in line or "lost" in line]
    d.start()
    rows = d.cli_json("ledger", "ls", "--limit", "1000")["rows"]
    told["verify"] = d.cli_json("ledger", "verify")["ok"]
    told["rows"] = sum(row.get("sha256", "") != "" for row in rows)
    d.stop()
    return told


def disguised(d, provider):
    """Status, and whether the name left or is missing from the answer."""
    r = d.chat("Please write to anna.krause@mailbox.org about the weir.", "cloud/echo")
    return [r.status_code, sum("krause" in b["body"].lower() for b in provider.bodies()), "anna.krause@mailbox.org" in r.text]


def read_only(provider, which):
    d = conftest.make(tempfile.mkdtemp(), provider, engine=False)
    folder = d.folder / which / "weir"
    mount(folder, "size=4m,mode=700,ro")
    done = d.cli("serve")
    return done.returncode, str(folder) in done.stderr, done.stderr


def main():
    provider = conftest.Provider(pathlib.Path(tempfile.mkdtemp()))
    try:
        print(json.dumps({**{"full " + w: full(provider, w) for w in ("state_home", "data_home")},
                          **{"read-only " + w: read_only(provider, w) for w in ("state_home", "data_home")}}, indent=1))
    finally:
        provider.close()


if __name__ == "__main__":
    main()
