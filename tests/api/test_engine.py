"""The real engine beside the daemon, asked what it does."""
import json
import pathlib
import re
import shutil
import socket
import tempfile

import httpx

from conftest import ENGINE, MODEL

HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"


def test_hanging_up_while_the_prompt_is_read(own):
    """The engine says itself that it stopped: its one slot serves the next, and the long prompt was never read to its end."""
    d = own(start=False)
    tools = pathlib.Path(tempfile.mkdtemp(prefix="weir-engine-"))  # the engine is another user: not below pytest's private folder
    tools.chmod(0o755)
    slow = tools / "llama-server"  # a few tokens at a time, so that reading lasts; and its own figures can be asked for
    slow.write_text(f'#!/bin/sh\nexec "{ENGINE}" "$@" --slots --metrics --batch-size 8 --ubatch-size 8\n')
    slow.chmod(0o755)
    config = (d.config_dir / "weir.toml").read_text().replace(str(ENGINE), str(slow))
    d.write("weir.toml", config + f'[models.set."{MODEL}"]\nslots = 1\ncontext = 8192\n')
    d.start()
    assert d.chat("hi", MODEL, max_tokens=1).status_code == 200
    (path,) = (d.folder / "run" / "weir" / "engine").glob("*.sock")
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), base_url="http://engine", timeout=60) as engine:
        def figure(name):
            return float(re.search(rf"^llamacpp:{name} (\S+)$", engine.get("/metrics").text, re.M)[1])

        words, before = 6000, figure("prompt_tokens_total")
        body = json.dumps({"model": MODEL, "stream": True, "messages": [{"role": "user", "content": "word " * words}]}).encode()
        with socket.create_connection(("127.0.0.1", d.port)) as s:
            s.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)
            while not engine.get("/slots").json()[0]["is_processing"]:
                pass
        # No question to the engine from here on: each makes it look later whether its client is still there.
        assert d.chat("hi again", MODEL, max_tokens=1).status_code == 200
        assert figure("n_tokens_max") < words and figure("prompt_tokens_total") < before + words
    shutil.rmtree(tools)
