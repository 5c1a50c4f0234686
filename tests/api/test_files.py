"""A document goes to a model that reads documents, or the caller hears what would."""
import base64

import pytest

PDF = base64.b64encode(b"%PDF-1.4\n%%EOF\n").decode()  # short, and text: a document all the same
POLICY = 'preset = "careful"\n[kind]\nunreadable = "open"\n'
READER = ('\n[[provider]]\nname = "reader"\ndialect = "{dialect}"\nurl = "http://127.0.0.1:{port}/v1"\nzone = "cloud"\n'
          'key = {{ file = "{folder}/key" }}\nmodels = [{{ name = "echo", modalities = ["text", "file"] }}]\n')


def openai(model):
    return "/v1/chat/completions", {"model": model, "messages": [{"role": "user", "content": [
        {"type": "text", "text": "what does it say?"}, {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64," + PDF}}]}]}


def anthropic(model):
    return "/v1/messages", {"model": model, "max_tokens": 50, "messages": [{"role": "user", "content": [
        {"type": "text", "text": "what does it say?"},
        {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}}]}]}


def add(d, provider, dialect):
    d.write("weir.toml", (d.config_dir / "weir.toml").read_text() + READER.format(dialect=dialect, port=provider.port, folder=d.folder))


@pytest.mark.parametrize("ask", [openai, anthropic])
@pytest.mark.parametrize("dialect", ["openai", "anthropic"])
def test_auto_finds_the_reader(own, provider, dialect, ask):
    """The engine is there, and so are models that say nothing of files; scripts would answer, but only by name."""
    d = own(policy=POLICY, start=False)
    add(d, provider, dialect)
    d.start()
    provider.forget()
    path, body = ask("auto")
    r = d.http.post(path, json=body)
    assert r.status_code == 200 and r.headers["weir-model"] == "reader/echo", r.text
    assert PDF in provider.bodies()[-1]["body"]
    why = d.owner("GET", "decisions/" + r.headers["weir-decision"]).json()
    reasons = {c["name"]: c["reason"] for c in why["candidates"]}
    assert reasons["local/smollm2-135m-instruct"] == reasons["cloud/big"] == "modality" and reasons["reader/echo"] == "chosen"
    assert d.cli_json("replay", why["id"])["same"] is True


@pytest.mark.parametrize("ask", [openai, anthropic])
def test_nobody_reads_it(own, provider, ask):
    d = own(policy=POLICY)
    provider.forget()
    path, body = ask("auto")
    r = d.http.post(path, json=body)
    assert r.status_code == 400 and "modalities" in r.text and "send the text" in r.text, r.text
    assert provider.bodies() == []


def test_a_private_file_stays_unread(own, provider):
    """Unreadable is private: nobody beyond home may have it, so what would be needed is said, not what it could not read."""
    d = own(start=False)
    add(d, provider, "openai")
    d.start()
    provider.forget()
    path, body = openai("auto")
    r = d.http.post(path, json=body)
    assert r.status_code == 403 and r.headers["weir-code"] == "no_backend_permitted" and provider.bodies() == []


def test_who_names_a_model_finds_out(own, provider):
    d = own(policy=POLICY)
    provider.forget()
    path, body = openai("cloud/echo")
    assert d.http.post(path, json=body).status_code == 200 and PDF in provider.bodies()[-1]["body"]
    path, body = openai("local/smollm2-135m-instruct")
    r = d.http.post(path, json=body)
    assert r.status_code == 400 and "reads no files" in r.text
    assert "file" in d.cli("models", "show", "cloud/echo").stdout
