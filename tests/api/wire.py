"""Runs inside a network namespace of its own (test_wire.py makes it): every address of it is this computer, and all
packets of it are recorded. A daemon, a recording provider and requests of every kind; then: what was on the wire is what
the ledger says, byte for byte, and nothing else was."""
import collections
import fcntl
import hashlib
import json
import pathlib
import socket
import struct
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import conftest  # noqa: E402

OUTGOING = 4                    # linux/if_packet.h PACKET_OUTGOING
SIOCSIFFLAGS, IFF_UP_RUNNING = 0x8914, 0x41
RTM_NEWROUTE, NLM_REQUEST_ACK_CREATE = 24, 0x405
LAST_WORD = b"that was all"


def lo_is_everything():
    """The loopback up, and every IPv4 address local: a packet to anywhere would be seen."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP_RUNNING))
    # rtmsg: family, dst_len 0, src_len, tos, table local, protocol boot, scope host, type local; RTA_OIF lo
    route = struct.pack("=BBBBBBBBI", socket.AF_INET, 0, 0, 0, 255, 3, 254, 2, 0)
    route += struct.pack("=HHI", 8, 4, socket.if_nametoindex("lo"))
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as s:
        s.sendto(struct.pack("=IHHII", 16 + len(route), RTM_NEWROUTE, NLM_REQUEST_ACK_CREATE, 1, 0) + route, (0, 0))
        error = struct.unpack_from("=i", s.recv(4096), 16)[0]
        assert error == 0, f"no route: {-error}"


class Wire(threading.Thread):
    """Every packet on lo, put together by connection and direction."""

    def __init__(self):
        super().__init__()
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
        self.socket.bind(("lo", 3))
        self.tcp = collections.defaultdict(dict)  # (from, to) → {sequence number: bytes}
        self.first = {}
        self.others = []
        self.start()

    def run(self):
        while True:
            packet, where = self.socket.recvfrom(1 << 18)
            if where[2] != OUTGOING:
                continue  # on lo each is seen again as it arrives
            if packet[0] >> 4 == 4:
                head, protocol = (packet[0] & 15) * 4, packet[9]
                source, to = packet[12:16], packet[16:20]
                total = struct.unpack_from(">H", packet, 2)[0] or len(packet)
            else:
                head, protocol = 40, packet[6]
                source, to = packet[8:24], packet[24:40]
                total = 40 + struct.unpack_from(">H", packet, 4)[0]
            body = packet[head:total]
            if LAST_WORD in body and protocol == socket.IPPROTO_UDP:
                return
            if protocol == socket.IPPROTO_TCP:
                self.add(source, to, body)
            else:
                self.others.append((protocol, to.hex(), body[:64]))

    def add(self, source, to, body):
        sport, dport, seq = struct.unpack_from(">HHI", body)
        flow = (source, sport, to, dport)
        if body[13] & 2:  # SYN: bytes are counted from here
            self.first[flow] = (seq + 1) & 0xFFFFFFFF
            self.tcp[flow] = {}
        data = body[(body[12] >> 4) * 4:]
        if data:
            self.tcp[flow][(seq - self.first[flow]) & 0xFFFFFFFF] = data

    def close(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.sendto(LAST_WORD, ("127.0.0.1", 9))
        self.join()

    def streams(self):
        for (_, _, to, port), pieces in self.tcp.items():
            out = b""
            for at in sorted(pieces):
                out += pieces[at][max(0, len(out) - at):]
            yield to, port, out


def requests_of(stream):
    """The HTTP requests of one connection: head and body."""
    while stream:
        head, blank, rest = stream.partition(b"\r\n\r\n")
        assert blank, stream[:200]
        length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0)
        assert b"chunked" not in head.lower() and len(rest) >= length, head
        yield head, rest[:length]
        stream = rest[length:]


def ask(weir, model, text, **more):
    body = {"model": model, "messages": [{"role": "user", "content": text}], **more}
    return weir.http.post("/v1/chat/completions", json=body)


def hang_up(weir):
    body = {"model": "cloud/endless", "messages": [{"role": "user", "content": "Go on."}], "stream": True}
    with weir.http.stream("POST", "/v1/chat/completions", json=body) as r:
        next(r.iter_lines())


def play(weir):
    """Requests of every kind; the status of each is known, so that none is passed over."""
    open_text, personal = "What does a weir do?", "Write to anna.krause@mailbox.org, says Anna Krause."
    secret = "my key is AKIA" + "Q7ZP3MDT5NW2XK4R"
    cases = [("cloud/big", open_text, 200), ("cloud/echo", personal, 200), ("cloud/big", secret, 403), ("claude/opus", open_text, 200),
             ("claude/echo", personal, 200), ("cloud/fail-500", open_text, 502), ("cloud/fail-429", open_text, 429),
             ("cloud/redirect", open_text, 502), ("cloud/html", open_text, 502), ("cloud/garbled", open_text, 200),
             ("nobody/x", open_text, 404), ("auto", "Prove that the square root of 2 is irrational. " + "x" * 200000, 200)]
    for model, text, status in cases:
        for stream in (False, True):
            r = ask(weir, model, text, stream=stream)
            assert r.status_code == status, f"{model}: {r.status_code} {r.text[:300]}"
    hang_up(weir)
    assert weir.cli("preview", "-m", "cloud/big", open_text).returncode == 0
    assert weir.cli("gate", "close").returncode == 0
    assert ask(weir, "cloud/big", open_text).status_code == 403
    assert weir.cli("gate", "open").returncode == 0


def main():
    lo_is_everything()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-wire-"))
    provider = conftest.Provider(folder)
    wire = Wire()
    weir = conftest.make(folder, provider, engine=False).start()
    play(weir)
    rows = [json.loads(line) for line in weir.cli("ledger", "export").stdout.splitlines()]
    weir.stop()
    wire.close()
    provider.close()
    assert not wire.others, wire.others
    seen = []
    for to, port, stream in wire.streams():
        if port == provider.port:
            seen += list(requests_of(stream))
        else:  # the client's requests, and all answers: to this test's or the provider's own connections
            assert to in (b"\x7f\0\0\1", b"\0" * 15 + b"\1"), (to.hex(), port, stream[:100])
            assert port == weir.port or port not in (53, 80, 443, 1), (port, stream[:100])
    sent = [r["body"] for r in rows if r["body"]["kind"] == "send"]
    said = sorted((r["bytes"], r["sha256"]) for r in sent)
    found = sorted((len(b), hashlib.sha256(b).hexdigest()) for _, b in seen)
    assert said == found, (said, found)
    everything = b"".join(h + b for h, b in seen)
    for original in (b"mailbox.org", b"Krause", b"AKIA"):
        assert original not in everything, original
    print(json.dumps({"requests": len(found), "bytes": sum(n for n, _ in found),
                      "disguised": sum(r.get("transform") == "pseudonymise" for r in sent)}))


if __name__ == "__main__":
    main()
