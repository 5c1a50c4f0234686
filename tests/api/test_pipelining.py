"""Requests sent before the answer to the one before (docs/decisions/020): answered one after the other, in order."""
import json
import socket

import pytest

PATH = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"


def request(text, **more):
    body = json.dumps({"model": "script/x", "messages": [{"role": "user", "content": text}], **more})
    return f"{PATH}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def answers(stream):
    """(status, head, body) of each, until the connection ends; what is cut fails."""
    while line := stream.readline():
        status, head, body = int(line.split(b" ")[1]), {}, b""
        while (line := stream.readline()) != b"\r\n":
            assert line.endswith(b"\r\n"), line
            name, _, value = line.partition(b":")
            head[name.decode().lower()] = value.strip().decode()
        if "chunked" in head.get("transfer-encoding", ""):
            while size := int(stream.readline(), 16):
                body += stream.read(size)
                assert stream.readline() == b"\r\n"
            assert stream.readline() == b"\r\n"
        else:
            body = stream.read(int(head["content-length"]))
            assert len(body) == int(head["content-length"])
        yield status, head, body.decode()


def send(weir, data):
    """All in one go; then the sending side is shut, and everything is heard."""
    with socket.create_connection(("127.0.0.1", weir.port), timeout=120) as s:
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        return list(answers(s.makefile("rb")))


@pytest.mark.parametrize("count,padding", [(2, 0), (100, 0), (100, 4000)])
def test_answers_come_in_order(weir, count, padding):
    """Plain and streamed, at once and after a wait, bodies that go to another thread: 400 KB ahead, more than is kept."""
    texts = [f"!wait {i % 3}ms\n!say answer {i} " + "x" * (padding + (17000 if i % 50 == 1 else 0)) for i in range(count)]
    got = send(weir, b"".join(request(text, stream=i % 4 == 3) for i, text in enumerate(texts)))
    assert [status for status, _, _ in got] == [200] * count
    for i, (_, head, body) in enumerate(got):
        if i % 4 == 3:
            chunks = [json.loads(line[6:]) for line in body.splitlines() if line.startswith("data: {")]
            said = "".join(c["delta"].get("content", "") for chunk in chunks for c in chunk["choices"])
        else:
            said = json.loads(body)["choices"][0]["message"]["content"]
        assert said == texts[i].partition("!say ")[2], i
    assert len({head["weir-decision"] for _, head, _ in got}) == count


@pytest.mark.parametrize("second,status", [
    (b"NONSENSE\r\n\r\n", 400), (PATH.encode() + b"Content-Length: x\r\n\r\n", 400),
    (PATH.encode() + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    (PATH.encode() + b"Content-Length: 99999999999\r\n\r\n", 413)])
def test_a_bad_one_ends_the_connection_behind_the_good_ones(weir, second, status):
    """What stands behind a message that is not understood could be anything: it is never taken for a request."""
    got = send(weir, request("!wait 5ms\n!say first") + second + request("!say smuggled"))
    assert got[0][0] == 200 and "first" in got[0][2]
    assert len(got) == 2 and got[1][0] == status and got[1][1]["connection"] == "close", got[1:]


def test_one_that_is_understood_and_refused_does_not(weir):
    got = send(weir, request("!say first", n="many") + b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n" + request("!say third"))
    assert [status for status, _, _ in got] == [400, 403, 200] and "third" in got[2][2]


@pytest.mark.parametrize("heard", [0, 1, 3])
def test_a_client_that_leaves_early_leaves_nothing_running(weir, heard):
    many = b"".join(request(f"!pace 1ms\n!repeat 20 {i} ", stream=i % 2 == 1) for i in range(100))
    with socket.create_connection(("127.0.0.1", weir.port), timeout=120) as s:
        s.sendall(many)
        stream = answers(s.makefile("rb"))
        for _ in range(heard):
            assert next(stream)[0] == 200
    while weir.owner("GET", "status").json()["active"]:
        pass
    assert weir.chat("!say still here", "script/x").json()["choices"][0]["message"]["content"] == "still here"
