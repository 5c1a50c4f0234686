"""What can be read is scanned, whatever it is called; only pictures, sound and documents count as unread (POLICY.md 1)."""
import base64

import pytest

TOLD = "the password is hunter2!!xY9 and the key is AKIAIOSFODNN7QXAMPLE, says anna@wren-hill.org, who was diagnosed with asthma"
ENCODED = base64.b64encode(TOLD.encode()).decode()


@pytest.mark.parametrize("content", [
    "Data: " + TOLD,  # begins like a URL, and is none
    "data:text/plain," + TOLD,
    [{"type": "file", "file": {"filename": "a.txt", "file_data": "data:text/plain;base64," + ENCODED}}],
    [{"type": "file", "file": {"filename": "a.txt", "file_data": TOLD}}],
    [{"type": "input_audio", "input_audio": {"format": "wav", "data": ENCODED}}],
    [{"type": "custom", "data": TOLD}],
])
def test_what_can_be_read_is_scanned(weir, content):
    """A secret is a secret, whatever the field is called that it stands in."""
    r = weir.owner("POST", "scan", {"model": "auto", "messages": [{"role": "user", "content": content}]})
    assert r.status_code == 200 and r.json()["level"] == "secret", r.text
    assert {"password", "api_key"} <= {e["kind"] for e in r.json()["evidence"]}


@pytest.mark.parametrize("block", [
    {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": TOLD}},
    {"type": "tool_use", "id": "t1", "name": "save", "input": {"data": TOLD}},
])
def test_a_secret_in_data_stays_on_the_device(weir, block):
    role = "assistant" if block["type"] == "tool_use" else "user"
    messages = [{"role": "user", "content": "save it"}, {"role": role, "content": [block]}]
    r = weir.http.post("/v1/messages", json={"model": "farscript/x", "max_tokens": 9, "messages": messages})
    assert r.status_code == 403 and weir.owner("GET", "decisions/" + r.headers["weir-decision"]).json()["level"] == "secret", r.text
