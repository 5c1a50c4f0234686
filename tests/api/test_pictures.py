"""A picture that may leave leaves without what it says beside its pixels; one that cannot be cleaned does not leave."""
import base64
import json
import pathlib

import pytest

CORPUS = pathlib.Path(__file__).resolve().parents[1] / "fuzz" / "corpus" / "codec_image"
POLICY = 'preset = "careful"\n[kind]\nunreadable = "open"\n'


def picture(name):
    return base64.b64encode((CORPUS / name).read_bytes()).decode()


def openai(data, media):
    return "/v1/chat/completions", {"model": "seer/echo", "messages": [{"role": "user", "content": [
        {"type": "text", "text": "what is this?"},
        {"type": "image_url", "image_url": {"url": f"data:{media};base64,{data}"}}]}]}


def anthropic(data, media):
    return "/v1/messages", {"model": "seer/echo", "max_tokens": 50, "messages": [{"role": "user", "content": [
        {"type": "text", "text": "what is this?"},
        {"type": "image", "source": {"type": "base64", "media_type": media, "data": data}}]}]}


@pytest.fixture(scope="module", params=["openai", "anthropic"])
def seer(request, provider, tmp_path_factory):
    """A daemon with a provider that sees, in each dialect."""
    import conftest
    d = conftest.make(tmp_path_factory.mktemp("seer"), provider, policy=POLICY, engine=False)
    more = (f'\n[[provider]]\nname = "seer"\ndialect = "{request.param}"\nurl = "http://127.0.0.1:{provider.port}/v1"\nzone = "cloud"\n'
            f'key = {{ file = "{d.folder}/key" }}\nmodels = [{{ name = "echo", modalities = ["text", "image"] }}]\n')
    d.write("weir.toml", (d.config_dir / "weir.toml").read_text() + more)
    yield d.start()
    d.stop()


@pytest.mark.parametrize("dialect", [openai, anthropic])
@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "gif"])
def test_metadata_stays_here(seer, provider, name, dialect):
    provider.forget()
    path, body = dialect(picture(name), f"image/{name}")
    r = seer.http.post(path, json=body)
    assert r.status_code == 200, r.text
    left = provider.bodies()[-1]["body"]
    raw = (CORPUS / name).read_bytes()
    assert picture(name) not in left
    cleaned = [base64.b64decode(s) for s in find_base64(json.loads(left))]
    assert len(cleaned) == 1 and len(cleaned[0]) < len(raw)
    for secret in (b"place", b"note", b"Anna", b"tail", b"more"):
        assert secret not in cleaned[0].replace(b"more\xff\xd9", b"")
    why = seer.owner("GET", "decisions/" + r.headers["weir-decision"]).json()
    positions = 0 if name == "gif" else 1
    assert why["image_metadata"] >= 1 and why["image_positions"] == positions, why
    row = json.loads(seer.owner("GET", f"ledger/{why['ledger'][0]}").text)
    assert '"image_metadata"' in json.dumps(row)


def test_a_preview_shows_what_would_leave(seer):
    preview = seer.http.post("/weir/v1/preview", json=openai(picture("jpeg"), "image/jpeg")[1]).json()
    assert (preview["image_metadata"], preview["image_positions"]) == (3, 1)
    assert picture("jpeg") not in preview["body"]


def find_base64(v):
    if isinstance(v, dict):
        return [x for value in v.values() for x in find_base64(value)]
    if isinstance(v, list):
        return [x for value in v for x in find_base64(value)]
    if isinstance(v, str) and (v.startswith("data:image/") or len(v) > 40):
        return [v.split(";base64,")[-1]]
    return []


@pytest.mark.parametrize("dialect", [openai, anthropic])
@pytest.mark.parametrize("what", ["cut", "heic", "text"])
def test_what_cannot_be_cleaned_stays_here(seer, provider, what, dialect):
    provider.forget()
    heic = base64.b64encode(b"\0\0\0\x18ftypheic" + bytes(80)).decode()
    data = {"cut": picture("cut"), "heic": heic, "text": base64.b64encode(b"no picture at all " * 8).decode()}[what]
    path, body = dialect(data, "image/jpeg")
    r = seer.http.post(path, json=body)
    assert r.status_code == 403 and r.headers["weir-code"] == "policy_refused", r.text
    assert "picture" in r.text
    assert not provider.bodies()


def test_a_picture_in_a_tool_result_is_cleaned(seer, provider):
    provider.forget()
    body = {"model": "seer/echo", "max_tokens": 50, "messages": [
        {"role": "user", "content": "look"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "shoot", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": [
            {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": picture("jpeg")}}]}]}],
        "tools": [{"name": "shoot", "input_schema": {"type": "object", "properties": {}}}]}
    r = seer.http.post("/v1/messages", json=body)
    assert r.status_code == 200, r.text
    assert picture("jpeg") not in provider.bodies()[-1]["body"]


def test_a_clean_picture_leaves_as_it_is(seer, provider):
    """The same bytes again, already clean."""
    provider.forget()
    path, body = openai(picture("jpeg"), "image/jpeg")
    assert seer.http.post(path, json=body).status_code == 200
    clean = find_base64(json.loads(provider.bodies()[-1]["body"]))[0]
    path, body = openai(clean, "image/jpeg")
    r = seer.http.post(path, json=body)
    assert clean in provider.bodies()[-1]["body"]
    assert "image_metadata" not in seer.owner("GET", "decisions/" + r.headers["weir-decision"]).json()
