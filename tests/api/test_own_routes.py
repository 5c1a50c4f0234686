"""The own routes (SURFACE.md 5): what is misspelt or of another type is refused, never passed over."""
import pytest

REFUSED = [
    ("GET", "decisions?limit=abc", None, "limit"),
    ("GET", "decisions?limit=0", None, "limit"),
    ("GET", "decisions?limit=99999999999999999999", None, "limit"),
    ("GET", "decisions?foo=1", None, "foo"),
    ("GET", "ledger?limit=-5", None, "limit"),
    ("GET", "ledger?before=x", None, "before"),
    ("GET", "ledger?providr=far", None, "did you mean `provider`"),
    ("GET", "ledger?zone=cloud&zone=home", None, "twice"),
    ("GET", "ledger/export?limit=1", None, "limit"),
    ("GET", "ledger/export?zon=cloud", None, "zone"),
    ("GET", "ledger/1?bdy=1", None, "body"),
    ("GET", "approvals?al=1", None, "all"),
    ("POST", "decisions/last/outcome", {"outcome": "up", "x": 1}, "`x`"),
    ("POST", "route", {"text": 1}, "`text` must be a string, not a number"),
    ("POST", "route", {"text": "hi", "model": 1}, "model"),
    ("POST", "route", {"text": "hi", "zoen": "device"}, "did you mean `zone`"),
    ("POST", "route", {"text": "hi", "weir": {"zone": "device"}}, "weir"),
    ("POST", "preview", {"text": "hi", "policy": ""}, "policy"),
    ("POST", "scan", {"text": "hi", "project": 1}, "project"),
    ("POST", "policy/explain", {"text": "hi", "policy": 1}, "policy"),
    ("POST", "policy/check", {}, "preset"),
    ("POST", "policy/check", {"policy": "preset = 'nix'"}, "policy"),
    ("POST", "policy/check", {"text": "", "preset": "careful"}, "preset"),
    ("PUT", "policy", {"preset": 1}, "preset"),
    ("POST", "keys", {"name": "k", "project": 1}, "project"),
    ("POST", "keys", {"name": "k", "proyect": "blue"}, "did you mean `project`"),
    ("POST", "keys", {"name": "k", "days": "9"}, "days"),
    ("POST", "labels", {"never_flag": 1}, "never_flag"),
    ("POST", "labels", {"never_flag": "  "}, "never_flag"),
    ("POST", "labels", {"reset": "c1", "never_flag": "x"}, "Say"),
    ("POST", "providers", {"name": "a", "url": "http://127.0.0.1:1/v1", "dialect": "openai", "models": "x"}, "models"),
    ("POST", "providers", {"name": "a", "url": "http://127.0.0.1:1/v1", "dialect": "openai", "models": [1]}, "models"),
    ("POST", "providers", {"name": "a", "url": "http://127.0.0.1:1/v1", "dialect": "openai", "key": 1}, "key"),
    ("POST", "providers", {"name": "a", "url": "http://127.0.0.1:1/v1", "dialect": "openai", "key": "k\nx"}, "one line"),
]


@pytest.mark.parametrize("method, path, body, word", REFUSED)
def test_refused(weir, method, path, body, word):
    r = weir.owner(method, path, body)
    assert r.status_code == 400, r.text
    assert word in r.json()["error"]["message"], r.text


@pytest.mark.parametrize("case, word", [({"caller": 1}, "caller"), ({"to": 1}, "to"), ({"rule": 1}, "rule"), ({"project": 1}, "project"), ({"text": 1}, "text"),
                                        ({"date": "2026-99-99"}, "date"), ({"txt": "x"}, "did you mean `text`"),
                                        ({"items": [{"level": "open", "foldr": "/x"}]}, "did you mean `folder`"), ({"items": {}}, "items")])
def test_a_case_that_means_something_else(weir, case, word):
    r = weir.owner("POST", "policy/test", {"cases": [{"expect": "as_is", **case}]})
    assert r.status_code == 400 and "case 1" in r.json()["error"]["message"] and word in r.json()["error"]["message"], r.text


def test_the_ledger_is_filtered_by_the_person_s_word(weir):
    assert weir.chat("What is a weir?", "farscript/x").status_code == 200
    rows = weir.owner("GET", "ledger?provider=farscript&limit=1").json()["rows"]
    assert [r["target"] for r in rows] == ["farscript"] == [r["target"] for r in weir.owner("GET", "ledger?target=farscript&limit=1").json()["rows"]]
    assert weir.owner("GET", "ledger?provider=nobody").json()["rows"] == []


def test_a_text_that_was_never_flagged_off_is_not_taken_back(weir):
    assert weir.owner("POST", "labels", {"flag_again": "never was"}).status_code == 404
    assert weir.owner("POST", "labels", {"never_flag": "  desk@wren-hill.org "}).status_code == 200
    assert weir.owner("POST", "labels", {"flag_again": "desk@wren-hill.org"}).status_code == 200


def test_what_the_person_said_of_a_decision_is_shown(weir):
    id = weir.chat("hello", "script/x").headers["weir-decision"]
    assert "outcome" not in weir.owner("GET", "decisions/" + id).json()
    for said in ("up", "down"):
        assert weir.owner("POST", f"decisions/{id}/outcome", {"outcome": said}).json() == {"id": id, "outcome": said}
        assert weir.owner("GET", "decisions/" + id).json()["outcome"] == said
        assert [d["outcome"] for d in weir.owner("GET", "decisions").json()["decisions"] if d["id"] == id] == [said]
    assert weir.cli_json("replay", id)["same"] is True and "you said   down" in weir.cli("why", id).stdout
