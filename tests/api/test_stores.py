"""What an earlier weir stored, read by this one: each released state of the files is kept as SQL in tests/fixtures/stores-N."""
import json
import pathlib
import sqlite3

import httpx
import pytest

FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "fixtures"


def lay_down(d, version):
    data = d.folder / "data_home" / "weir"
    for folder in (data, d.state_dir):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    places = {"weir": data, "ledger": d.state_dir, "ledger-head": d.state_dir}
    for name, folder in places.items():
        with sqlite3.connect(folder / (name + ".db")) as db:
            db.executescript((FIXTURES / version / (name + ".sql")).read_text())
    return places


@pytest.mark.parametrize("version", ["stores-1"])
def test_forward_from(own, provider, version):
    d = own(start=False)
    lay_down(d, version)
    d.start()
    before = d.cli_json("ledger", "verify")
    assert before["ok"] and before["rows"] == 9
    rows = d.cli_json("ledger")["rows"]
    assert [r["target"] for r in rows if r["kind"] == "send"] == ["farscript", "farscript"]
    assert len(d.cli("ledger", "export", "--zone", "cloud").stdout.splitlines()) == 6
    assert d.cli_json("keys")["keys"][0]["name"] == "laptop"
    old = d.cli_json("why", "56nzku")
    assert old["id"] == "56nzkurgp9yq" and old["asked"].startswith("farscript/")
    assert d.cli_json("replay", "56nzku")["same"]
    label = d.cli_json("label")
    assert label["never_flag"] == 1 and "email" in label["conversations"][0]["label"]
    answer = d.chat("What is a weir?", "cloud/big")
    assert answer.status_code == 200
    after = d.cli_json("ledger", "verify")
    assert after["ok"] and after["rows"] > before["rows"]
    assert d.cli_json("why")["id"] == answer.headers["weir-decision"] and d.cli_json("replay")["same"]
    listed = d.http.get("/weir/v1/decisions")
    assert listed.status_code in (401, 403)


def test_a_failed_migration_leaves_the_file_as_it_was(own):
    d = own(start=False)
    places = lay_down(d, "stores-1")
    ledger = places["ledger"] / "ledger.db"
    with sqlite3.connect(ledger) as db:
        db.execute("CREATE TABLE sealed(in_the_way INTEGER)")
    assert d.cli("serve").returncode == 1
    with sqlite3.connect(ledger) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        assert db.execute("SELECT count(*) FROM ledger").fetchone() == (9,)
        assert db.execute("SELECT name FROM sqlite_master WHERE name = 'ledger_at'").fetchone() is None


def test_a_file_from_a_newer_weir_is_refused(own):
    d = own(start=False)
    places = lay_down(d, "stores-1")
    with sqlite3.connect(places["ledger"] / "ledger.db") as db:
        db.execute("PRAGMA user_version = 99")
    refused = d.cli("serve")
    assert refused.returncode == 1 and "newer weir" in refused.stderr


def test_bodies_are_kept_sealed_while_the_configuration_says_so(own, provider):
    d = own(start=False)
    d.write("weir.toml", (d.config_dir / "weir.toml").read_text() + '[ledger]\nbodies = "30d"\n')
    d.start()
    text = "What is a weir in the river Wren?"
    assert d.chat(text, "cloud/big").status_code == 200
    row = next(r["id"] for r in d.cli_json("ledger")["rows"] if r["kind"] == "send")
    kept = d.cli("ledger", "show", str(row), "--body")
    assert kept.returncode == 0 and json.loads(kept.stdout)["messages"][0]["content"] == text
    assert d.http.get(f"/weir/v1/ledger/{row}?body=1").status_code in (401, 403)
    d.stop()
    for file in d.state_dir.iterdir():
        assert b"river Wren" not in file.read_bytes(), file
    d.write("weir.toml", (d.config_dir / "weir.toml").read_text().replace('[ledger]\nbodies = "30d"\n', ""))
    d.start()
    assert d.cli("ledger", "show", str(row), "--body").returncode == 1
    assert d.cli_json("ledger", "verify")["ok"]
    assert d.chat(text, "cloud/big").status_code == 200
    assert d.cli("ledger", "show", str(row + 3), "--body").returncode == 1


def test_the_ledger_says_who_what_where_and_why(own, provider):
    d = own(policy='preset = "cloud-first"\n')
    question = "Write to anna@wren-hill.org and tom@wren-hill.org about the weir."
    assert d.chat(question, "cloud/big", headers={"user-agent": "curl/8"}).status_code == 200
    assert d.chat("What is a weir?", "farscript/x").status_code == 200
    rows = d.cli_json("ledger", "--provider", "cloud")["rows"]
    assert len(rows) == 1
    want = {"caller": "local", "client": "curl/8", "channel": "openai", "host": "127.0.0.1", "zone": "cloud",
            "permit": "as_is", "transform": "as_is", "rule": "cloud-first: personal", "counts": {"email": 2},
            "labels": ["open", "personal"], "result": "ok", "status": 200, "disguised": 0, "restored": 0,
            "unresolved": 0, "invented": 0}
    assert {k: rows[0].get(k) for k in want} == want
    assert rows[0]["bytes"] > 0 and rows[0]["bytes_in"] > 0 and rows[0]["tokens_in"] > 0 and rows[0]["time"].endswith("Z")
    for filters, count in ((["--zone", "cloud"], 2), (["--caller", "local"], 2), (["--caller", "owner"], 0),
                           (["--rule", "cloud-first: open"], 1), (["--since", "1h"], 2), (["--until", "1h"], 0),
                           (["--since", "2000-01-01", "--until", "2000-12-31"], 0)):
        assert len(d.cli_json("ledger", *filters)["rows"]) == count, filters
    assert d.cli("ledger", "--since", "yesterday").returncode == 1
    assert d.cli("ledger", "--zone", "moon").returncode == 2
    csv = d.cli("ledger", "export", "--format", "csv", "--provider", "cloud").stdout.splitlines()
    assert len(csv) == 4 and "permit" in csv[0] and "restored" in csv[0]


def test_old_decisions_are_forgotten_and_the_ledger_is_not(own):
    d = own(engine=False)
    old, new = (d.chat(text, "farscript/x").headers["weir-decision"] for text in ("What is a weir?", "What is a dam?"))
    d.stop()
    with sqlite3.connect(d.folder / "data_home" / "weir" / "weir.db") as db:
        assert db.execute("UPDATE decision SET at_ms = at_ms - 7200000 WHERE id = ?", (old,)).rowcount == 1
    d.start()
    assert {x["id"] for x in d.owner("GET", "decisions").json()["decisions"]} == {old, new}
    reload(d, '[decisions]\nkeep = "1h"\n')
    assert [x["id"] for x in d.owner("GET", "decisions").json()["decisions"]] == [new]
    gone = d.cli("why", old)
    assert gone.returncode == 1 and "[decisions]" in gone.stderr
    ledger = d.cli_json("ledger")["rows"]
    assert old in [r.get("decision") for r in ledger] and d.cli_json("ledger", "verify")["ok"]
    reload(d, '[decisions]\nkeep = "forever"\nsize = "1 B"\n')
    assert d.owner("GET", "decisions").json()["decisions"] == [] and d.cli_json("ledger")["rows"] == ledger


def reload(d, more):
    """With this at the end of weir.toml; back when it is in force, and what it forgets is forgotten."""
    base = (d.config_dir / "weir.toml").read_text().split("[decisions]")[0]
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(d.folder / "run" / "weir" / "api.sock")), base_url="http://localhost", timeout=60) as c:
        with c.stream("GET", "/weir/v1/events") as events:
            lines = events.iter_lines()
            assert next(lines) == ": weir"
            d.write("weir.toml", base + more)
            while next(lines) != "event: config":
                pass
            assert '"ok":true' in next(lines)


def test_a_flood_of_asks_pushes_no_standing_approval_out(own):
    d = own(policy='preset = "careful"\n[[rule]]\nname = "ask first"\nask = "cloud"\n', engine=False)
    head = {"weir-conversation": "mine"}
    assert d.chat("What is a weir?", "farscript/x", headers=head).status_code == 403
    given = d.cli_json("approvals")["approvals"][0]["id"]
    assert d.cli("approve", given, "--conversation").returncode == 0
    for i in range(520):
        assert d.chat("What is a dam?", "farscript/x", headers={"weir-conversation": f"c{i}"}).status_code == 403
    assert len(d.owner("GET", "approvals?all=1").json()["approvals"]) == 500
    assert d.chat("What is a weir?", "farscript/x", headers=head).status_code == 200
    d.stop()
    d.start()
    assert len(d.owner("GET", "approvals?all=1").json()["approvals"]) == 500
    assert d.chat("What is a weir?", "farscript/x", headers=head).status_code == 200
