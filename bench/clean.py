#!/usr/bin/env python3
"""Builds a corpus in which nothing needs to be hidden, for bench/gate.py.

    python3 bench/clean.py FOLDER

prose.txt   Newton's Opticks (1704, public domain), from Debian's golang-1.19-src; nouns within sentences, which that age wrote
            with a capital, in small letters
source.txt  sqlite3.h (public domain), from Debian's libsqlite3-dev
spec.txt    tzfile(5), zic(8), zdump(8), tzselect(8) (public domain; RFC 9636 is made from the first), from Debian's manpages
logs.txt    lines as servers, build tools and kernels write them; made here with a fixed seed, addresses and hosts are
            those that standards set apart for documentation and for networks of one's own

Debian's packages are downloaded by apt-get and unpacked beside the corpus; nothing is installed.
"""
import gzip
import random
import re
import subprocess
import sys
from pathlib import Path

PIECE = 200_000  # characters of each
PACKAGES = {
    "golang-1.19-src": ["usr/share/go-1.19/src/testdata/Isaac.Newton-Opticks.txt"],
    "libsqlite3-dev": ["usr/include/sqlite3.h"],
    "manpages": ["usr/share/man/man5/tzfile.5.gz", "usr/share/man/man8/zic.8.gz", "usr/share/man/man8/zdump.8.gz",
                 "usr/share/man/man8/tzselect.8.gz"],
}


def unpacked(folder, package):
    """The package's files, read; [] when it cannot be had."""
    where = folder / "packages"
    where.mkdir(parents=True, exist_ok=True)
    found = list(where.glob(f"{package}_*.deb"))
    if not found:
        subprocess.run(["apt-get", "download", "-qq", package], cwd=where, stderr=subprocess.DEVNULL)
        found = list(where.glob(f"{package}_*.deb"))
    if not found:
        return []
    subprocess.run(["dpkg-deb", "-x", found[0].name, package], cwd=where, check=True)
    paths = [where / package / name for name in PACKAGES[package]]
    if not all(p.exists() for p in paths):
        return []
    return [gzip.decompress(p.read_bytes()).decode() if p.suffix == ".gz" else p.read_text(errors="replace") for p in paths]


def plain(roff):
    """A manual page as text: without comments, requests and fonts."""
    lines = []
    for line in roff.splitlines():
        line = re.sub(r"\\f.|\\&|\\/|\\,", "", line).replace("\\-", "-").replace("\\(bu", "*").replace("\\e", "\\")
        if line.startswith((".\\\"", "'\\\"", ".de", ".if", ".ie", ".el", ".ds", ".nr", ".rm")):
            continue
        line = re.sub(r"^\.(SH|SS|B|BR|I|IR|RB|RI|BI|TP|IP|TH)\b ?", "", line)
        if not line.startswith("."):
            lines.append(line.replace('"', ""))
    return "\n".join(lines)


def modern(text):
    """Capitals begin sentences and headings only."""
    return re.sub(r"(?<=[a-z,;_’'] )(_?)([A-Z])(?=[a-z'])", lambda m: m.group(1) + m.group(2).lower(), re.sub(r"([a-z,;])\n(?=[A-Z][a-z])", r"\1 ", text))


def log_lines(r):
    """One line of each form, again and again."""
    hexes = lambda n: "".join(r.choice("0123456789abcdef") for _ in range(n))
    uuid = lambda: f"{hexes(8)}-{hexes(4)}-4{hexes(3)}-a{hexes(3)}-{hexes(12)}"
    host = lambda: f"{r.choice(['10.0', '192.168', '172.16'])}.{r.randrange(255)}.{r.randrange(1, 255)}"
    document = lambda: f"{r.choice(['192.0.2', '198.51.100', '203.0.113'])}.{r.randrange(1, 255)}"
    clock = lambda: f"{r.randrange(24):02}:{r.randrange(60):02}:{r.randrange(60):02}"
    day = lambda: f"2025-{r.randrange(1, 13):02}-{r.randrange(1, 29):02}"
    number = lambda: r.randrange(1, 10 ** r.randrange(1, 10))
    word = lambda: r.choice("cache worker index queue table parser socket buffer request lease shard snapshot upload".split())
    while True:
        yield f'{document()} - - [{r.randrange(1, 29):02}/Mar/2025:{clock()} +0000] "GET /static/{hexes(12)}.js?v={number()} HTTP/1.1" 200 {number()} "-" "curl/8.5.0"'
        yield f"{day()}T{clock()}.{r.randrange(1000):03}Z INFO {word()}::{word()} took {r.randrange(9000)} ms, {number()} of {number()} bytes, trace={hexes(32)}"
        yield f'{{"ts":"{day()}T{clock()}Z","level":"warn","msg":"{word()} is full","size":{number()},"id":"{uuid()}","peer":"{host()}:{r.randrange(1024, 65535)}"}}'
        yield f"Mar {r.randrange(1, 29):2} {clock()} localhost kernel: [{number()}.{r.randrange(10 ** 6):06}] usb {r.randrange(9)}-{r.randrange(9)}: new device number {r.randrange(99)} using xhci_hcd"
        yield f"commit {hexes(40)}"
        yield f"    {word()}: make the {word()} wait for the {word()} before the {word()} is dropped"
        yield f"[{r.randrange(100)}%] Building C object src/CMakeFiles/{word()}.dir/{word()}.c.o"
        yield f"src/{word()}/{word()}.c:{r.randrange(999)}:{r.randrange(80)}: warning: unused variable '{word()}_{word()}' [-Wunused-variable]"
        yield f'  File "/usr/lib/python3/dist-packages/{word()}/{word()}.py", line {r.randrange(2000)}, in {word()}_{word()}'
        yield f"  at {word().title()}{word().title()}.run ({word()}.js:{r.randrange(900)}:{r.randrange(60)})"
        yield f"sha256:{hexes(64)}  {word()}-{r.randrange(20)}.{r.randrange(20)}.{r.randrange(40)}-linux-x86_64.tar.gz"
        yield f"{day()} {clock()},{r.randrange(1000):03} DEBUG [{word()}-{r.randrange(32)}] retry {r.randrange(9)} of 8 for http://127.0.0.1:{r.randrange(1024, 65535)}/v{r.randrange(4)}/{word()}/{uuid()}"
        yield f"rtt min/avg/max/mdev = {r.random():.3f}/{r.random() * 9:.3f}/{r.random() * 40:.3f}/{r.random():.3f} ms, 64 bytes from {host()}: icmp_seq={r.randrange(999)} ttl=64"
        yield f"go: downloading example.com/{word()}/{word()} v{r.randrange(3)}.{r.randrange(30)}.{r.randrange(9)}-0.2025{r.randrange(10, 13)}{r.randrange(10, 29)}{r.randrange(100000, 235959)}-{hexes(12)}"


def logs():
    out, size = [], 0
    for line in log_lines(random.Random(1)):
        out.append(line)
        size += len(line) + 1
        if size > PIECE:
            return "\n".join(out)


def build(folder):
    """{name: text} of what can be had."""
    texts = {"logs": logs()}
    for name, package in (("prose", "golang-1.19-src"), ("source", "libsqlite3-dev"), ("spec", "manpages")):
        path = folder / f"{name}.txt"
        if path.exists():
            texts[name] = path.read_text()
            continue
        parts = unpacked(folder, package)
        if parts:
            text = "\n\n".join(plain(p) if name == "spec" else p for p in parts)
            at = text.find("ADVERTISEMENT") if name == "prose" else 0  # behind the publisher's preface
            text = text[max(at, 0):][:PIECE]
            texts[name] = modern(text) if name == "prose" else text
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text)
    return texts


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for name, text in sorted(build(Path(sys.argv[1])).items()):
        print(f"{name}: {len(text):,} characters")
