#!/usr/bin/env python3
"""Builds a corpus in which nothing needs to be hidden, for bench/gate.py.

    python3 bench/clean.py FOLDER

prose.txt   Newton's Opticks (1704, public domain), from Debian's golang-1.19-src; nouns within sentences, which that age wrote
            with a capital, in small letters
source.txt  sqlite3.h (public domain), from Debian's libsqlite3-dev
spec.txt    tzfile(5), zic(8), zdump(8), tzselect(8) (public domain; RFC 9636 is made from the first), from Debian's manpages
logs.txt    lines as servers, build tools and kernels write them; made here with a fixed seed, addresses and hosts are
            those that standards set apart for documentation and for networks of one's own

In FOLDER/validate is a second one, to see that nothing was chosen by the first:

prose.txt   the constitution and the declaration of independence of the US (public domain), from miscfiles, without who signed them,
            and Debian's constitution and social contract, from doc-debian
source.txt  liblzma's headers (public domain), from liblzma-dev
spec.txt    the .xz file format (public domain), from liblzma-dev, and the beginning of Debian's policy (GPL), from debian-policy
logs.txt    lines of other programs

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
    "miscfiles": ["usr/share/state/us-declaration.gz", "usr/share/state/us-constitution.gz"],
    "doc-debian": ["usr/share/doc/debian/constitution.txt.gz", "usr/share/doc/debian/social-contract.txt.gz"],
    "liblzma-dev": ["usr/include/lzma.h", *(f"usr/include/lzma/{name}.h" for name in (
        "base bcj block check container delta filter hardware index index_hash lzma12 stream_flags version vli").split())],
    "xz-format": ["usr/share/doc/liblzma-dev/xz-file-format.txt.gz"],
    "debian-policy": ["usr/share/doc/debian-policy/policy.txt.gz"],
}
SAME = {"xz-format": "liblzma-dev"}  # another part of that package
TEXTS = {
    "dev": {"prose": ["golang-1.19-src"], "source": ["libsqlite3-dev"], "spec": ["manpages"]},
    "validate": {"prose": ["miscfiles", "doc-debian"], "source": ["liblzma-dev"], "spec": ["xz-format", "debian-policy"]},
}


def unpacked(folder, package):
    """The package's files, read; [] when it cannot be had."""
    where = folder / "packages"
    wanted = PACKAGES[package]
    package = SAME.get(package, package)
    where.mkdir(parents=True, exist_ok=True)
    found = list(where.glob(f"{package}_*.deb"))
    if not found:
        subprocess.run(["apt-get", "download", "-qq", package], cwd=where, stderr=subprocess.DEVNULL)
        found = list(where.glob(f"{package}_*.deb"))
    if not found:
        return []
    subprocess.run(["dpkg-deb", "-x", found[0].name, package], cwd=where, check=True)
    paths = [where / package / name for name in wanted]
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


def other_log_lines(r):
    """The same of other programs."""
    hexes = lambda n: "".join(r.choice("0123456789abcdef") for _ in range(n))
    small = lambda: r.randrange(1, 10 ** r.randrange(1, 6))
    clock = lambda: f"{r.randrange(24):02}:{r.randrange(60):02}:{r.randrange(60):02}"
    day = lambda: f"2025-{r.randrange(1, 13):02}-{r.randrange(1, 29):02}"
    word = lambda: r.choice("archive broker chunk device engine filter gateway header journal kernel ledger mirror node overlay plugin registry".split())
    version = lambda: f"{r.randrange(9)}.{r.randrange(30)}.{r.randrange(40)}"
    host = lambda: f"10.{r.randrange(255)}.{r.randrange(255)}.{r.randrange(1, 255)}"
    while True:
        yield f"{day()} {clock()} status installed lib{word()}{r.randrange(9)}:amd64 {version()}-{r.randrange(1, 9)}+deb12u{r.randrange(1, 4)}"
        yield f"Mar {r.randrange(1, 29):02} {clock()} localhost systemd[1]: Started {word()}.service - {word().title()} of the {word()}."
        yield f"{day()} {clock()}.{r.randrange(1000):03} UTC [{small()}] LOG:  checkpoint complete: wrote {small()} buffers ({r.random() * 9:.1f}%); sync={r.random():.3f} s"
        yield f"{day().replace('-', '/')} {clock()} [error] {small()}#{small()}: *{small()} connect() failed (111: Connection refused) while connecting to upstream, client: {host()}"
        yield f"-rw-r--r-- 1 root root {small():>8} Mar {r.randrange(1, 29):2} {clock()[:5]} {word()}-{version()}.tar.xz"
        yield f"   Compiling {word()}-{word()} v{version()}"
        yield f"error[E{r.randrange(100, 700):04}]: mismatched types in `{word()}::{word()}`, expected `u{r.choice([8, 16, 32, 64])}`, found `&str`"
        yield f"Warning  BackOff  {r.randrange(59)}m (x{r.randrange(99)} over {r.randrange(9)}h)  kubelet  Back-off restarting failed container {word()} in pod {word()}-{hexes(10)}-{hexes(5)}"
        yield f"time={day()}T{clock()}Z level=info msg=\"{word()} is ready\" component={word()} took={small()}ms attempt={r.randrange(9)}"
        yield f"#{r.randrange(30)} sha256:{hexes(64)} {r.random() * 90:.2f}MB / {90 + r.random() * 90:.2f}MB {r.random() * 30:.1f}s"
        yield f"Exception in thread \"{word()}-{r.randrange(40)}\" java.lang.IllegalStateException: the {word()} was closed before the {word()}"
        yield f"npm warn deprecated {word()}-{word()}@{version()}: this version is no longer supported"
        yield f"diff --git a/src/{word()}.c b/src/{word()}.c"
        yield f"index {hexes(9)}..{hexes(9)} 100644"
        yield f"ok {r.randrange(400)} - the {word()} waits for the {word()} # time={small()}ms"
        yield f"root        {small():>6}  0.{r.randrange(9)}  {r.random() * 9:.1f} {small():>7} {small():>6} ?        Ssl  {clock()[:5]}   0:{r.randrange(60):02} /usr/sbin/{word()}d --config /etc/{word()}.conf"
        yield f"/dev/nvme0n1p{r.randrange(9)}   {small()}G   {r.randrange(99)}G   {r.randrange(99)}G  {r.randrange(99)}% /var/lib/{word()}"
        yield f"{clock()}.{r.randrange(10 ** 6):06} IP {host()}.{small()} > {host()}.{r.choice(['https', 'domain', '8080'])}: Flags [P.], seq {small()}, ack {small()}, win {small()}, length {small()}"


def logs(lines):
    out, size = [], 0
    for line in lines:
        out.append(line)
        size += len(line) + 1
        if size > PIECE:
            return "\n".join(out)


def signed(text):
    """Without the names below it."""
    at = [i for i in (text.find("In WITNESS"), text.find("In Witness"), text.find("mutually pledge to each other"), text.find("DONE in")) if i > 0]
    return text[:min(at)] if at else text


def prepared(split, name, parts):
    if name == "spec" and split == "dev":
        return "\n\n".join(plain(p) for p in parts)
    if name == "prose" and split == "dev":
        text = "\n\n".join(parts)
        return text[max(text.find("ADVERTISEMENT"), 0):]  # behind the publisher's preface
    return "\n\n".join(signed(p) if name == "prose" else p for p in parts)


def build(folder, split="dev"):
    """{name: text} of what can be had."""
    lines = log_lines(random.Random(1)) if split == "dev" else other_log_lines(random.Random(2))
    texts = {"logs": logs(lines)}
    kept = folder if split == "dev" else folder / split
    for name, packages in TEXTS[split].items():
        path = kept / f"{name}.txt"
        if path.exists():
            texts[name] = path.read_text()
            continue
        parts = [unpacked(folder, package) for package in packages]
        if all(parts):
            text = prepared(split, name, [p for of in parts for p in of])[:PIECE]
            texts[name] = modern(text) if name == "prose" else text
    kept.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (kept / f"{name}.txt").write_text(text)
    return texts


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for split in TEXTS:
        for name, text in sorted(build(Path(sys.argv[1]), split).items()):
            print(f"{split} {name}: {len(text):,} characters")
