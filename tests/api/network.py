"""Runs inside a network namespace of its own (test_network.py makes it): a home network of two computers, this one and, in
a second namespace, the gateway with a provider behind it. The provider is at home by `network`, as long as it is."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import conftest  # noqa: E402

PRIVATE = "I was diagnosed with asthma."


def sh(*words):
    subprocess.run(words, check=True)


class House:
    """The gateway 10.9.0.1, the provider 10.9.0.8 beside it and 10.8.0.8 at the end of another cable."""

    def __init__(self, folder):
        self.record = folder / "record.jsonl"
        program = str(conftest.ROOT / "tests/api/provider.py")
        self.process = subprocess.Popen(["unshare", "--net", sys.executable, program, str(self.record), "0.0.0.0"],
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.inside = ["nsenter", f"--net=/proc/{self.process.pid}/ns/net"]
        sh("ip", "link", "set", "lo", "up")
        for number, cable in ((9, "lan"), (8, "vpn")):
            sh("ip", "link", "add", cable, "type", "veth", "peer", "name", cable + "-far")
            sh("ip", "link", "set", cable + "-far", "netns", str(self.process.pid))
            sh("ip", "address", "add", f"10.{number}.0.7/24", "dev", cable)
            sh("ip", "link", "set", cable, "up")
            sh(*self.inside, "ip", "address", "add", f"10.{number}.0.8/24", "dev", cable + "-far")
            sh(*self.inside, "ip", "link", "set", cable + "-far", "up")
        sh(*self.inside, "ip", "address", "add", "10.9.0.1/24", "dev", "lan-far")
        sh("ip", "route", "add", "default", "via", "10.9.0.1")
        self.say_hello()

    def say_hello(self):
        """So that each knows the other's hardware address."""
        sh(sys.executable, "-c", f"import socket; socket.create_connection(('10.9.0.1', {self.port}), 20)")

    def another_router(self):
        sh(*self.inside, "ip", "link", "set", "lan-far", "address", "02:00:00:00:09:99")
        sh("ip", "neighbour", "flush", "dev", "lan")
        self.say_hello()

    def arrived(self):
        return self.record.read_text().count(PRIVATE)


def providers(house, network):
    text = ""
    for name, host, proof in (("basement", "10.9.0.8", True), ("unproven", "10.9.0.8", False), ("tunnel", "10.8.0.8", True)):
        text += f'[[provider]]\nname = "{name}"\ndialect = "openai"\nurl = "http://{host}:{house.port}/v1"\nzone = "home"\n'
        text += f'models = ["big"]\n' + (f'network = "{network}"\n' if proof else "")
    return text


def doctor(weir):
    return {c["name"]: c for c in weir.cli_json("doctor")["checks"]}


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-network-"))
    house = House(folder)
    weir = conftest.Daemon(folder, "", engine=False).start()
    network = re.search(r'network = "([0-9a-f]{32})"', doctor(weir)["network"]["text"]).group(1)
    weir.write("weir.toml", "[server]\nport = 0\n" + providers(house, network))
    weir.stop()
    weir.start()
    told = {}
    for name in ("basement", "unproven", "tunnel"):
        r = weir.chat(PRIVATE, name + "/big")
        told[name] = [r.status_code, r.headers.get("weir-code", ""), house.arrived()]
    told["doctor"] = [doctor(weir)["provider " + n]["state"] for n in ("basement", "unproven")]
    house.another_router()
    r = weir.chat(PRIVATE, "basement/big")
    told["elsewhere"] = [r.status_code, r.headers.get("weir-code", ""), house.arrived()]
    told["doctor elsewhere"] = doctor(weir)["provider basement"]["state"]
    told["zones"] = [(row["target"], row["zone"], row["result"]) for row in weir.cli_json("ledger")["rows"]]
    weir.stop()
    house.process.kill()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
