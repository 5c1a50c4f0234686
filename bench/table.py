"""Turns what load printed into one Markdown table, each figure absolute and as a ratio to nginx.

An absolute figure is the median of the rounds. A ratio is taken inside each round, between parties that were
measured within seconds of each other; the table shows the median ratio.

    table.py FOLDER              the table
    table.py --compare FOLDER    do all parties give the same answers?
"""

import json
import re
import statistics
import sys
from pathlib import Path

REFERENCE = "nginx"
TRANSLATED = {"weir-local"}
PLAIN, BUSY, STREAMS = "plain-1", "plain-16", "streams-500"

# heading, result, figure; a leading + means: less the direct arm's, in the same round
COLUMNS = [
    ("p50", PLAIN, "latency_p50_us"),
    ("added p50", PLAIN, "+latency_p50_us"),
    ("p99", PLAIN, "latency_p99_us"),
    ("requests/s (16 connections)", BUSY, "rps"),
    ("CPU per request", BUSY, "cpu_us_per_request"),
    ("relay per event p50", STREAMS, "relay_p50_us"),
    ("p99", STREAMS, "relay_p99_us"),
    ("CPU per event", STREAMS, "cpu_us_per_event"),
]


def figure(arms, name, number, key):
    """One figure of one arm in one round, or None."""
    row = arms[name]["rounds"][number]
    if key.startswith("+"):
        if name == "direct" or "direct" not in arms:
            return None
        own, base = (figure(arms, n, number, key[1:]) for n in (name, "direct"))
        return None if own is None or base is None else own - base
    if key == "cpu_us_per_event":
        return row["cpu_s"] * 1e6 / row["events"] if row.get("events") else None
    return row.get(key)


def show(value, key):
    if not key.endswith("us") and "_us" not in key:
        return f"{value:,.0f}"
    if abs(value) >= 1000:
        return f"{value / 1000:,.1f} ms"
    return f"{value:,.1f} µs" if abs(value) < 10 else f"{value:,.0f} µs"


def times(ratio):
    return f"{ratio:,.0f}×" if ratio >= 10 else f"{ratio:.2f}×"


def cell(report, name, key):
    arms = {arm["name"]: arm for arm in report["arms"]}
    rounds = range(report["rounds"])
    values = [v for i in rounds if (v := figure(arms, name, i, key)) is not None]
    if not values:
        return "-"
    text = show(statistics.median(values), key)
    if name == REFERENCE or REFERENCE not in arms:
        return text
    pairs = [(figure(arms, name, i, key), figure(arms, REFERENCE, i, key)) for i in rounds]
    ratios = [own / ref for own, ref in pairs if own is not None and ref is not None and ref > 0]
    return f"{text} ({times(statistics.median(ratios))})" if ratios else text


def memory(report, name, key):
    kb = next(arm[key] for arm in report["arms"] if arm["name"] == name)
    return f"{kb / 1024:.1f} MiB" if kb else "-"


def remarks(reports, name):
    notes = []
    for title, report in reports.items():
        total = next(arm["all"] for arm in report["arms"] if arm["name"] == name)
        if total["errors"]:
            notes.append(f"{title}: {total['errors']} errors")
        if total.get("events") and total["stream_events_min"] != total["stream_events_max"]:
            notes.append(f"{total['stream_events_min']} to {total['stream_events_max']} events")
    return "; ".join(notes) or "-"


def print_row(cells):
    print("| " + " | ".join(cells) + " |")


def spread(report, key):
    arms = {arm["name"]: arm for arm in report["arms"]}
    values = [figure(arms, "direct", i, key) for i in range(report["rounds"])]
    return f"{show(min(values), key)} to {show(max(values), key)}"


def print_notes(folder, reports):
    plain = reports[PLAIN]
    print()
    print("Requests and answers of about 1 KB and 568 bytes; 500 streams of 50 events, 100 ms apart.")
    print(f"Median of {plain['rounds']} rounds; in brackets the ratio to {REFERENCE}, taken inside each round.")
    if any(arm["name"] == "weir" for arm in plain["arms"]):
        print("weir: the mock as a provider; every request is in the ledger, durably, before it is sent.")
        print("weir-local: the mock as the engine, over a Unix socket; a request without stream is one of one event;")
        print("answers are translated.")
    print("p50, p99, requests/s and CPU per request: everything on one CPU. Streams: all CPUs.")
    print(f"direct, measured at both ends of each round, had a p50 from {spread(plain, 'latency_p50_us')}.")
    for title, report in reports.items():
        if report["void_rounds"]:
            print(
                f"{title}: {report['void_rounds']} rounds were disturbed,"
                f" of them {report['disturbed']} are counted."
            )
    direct = statistics.median(r["rps"] for r in reports[BUSY]["arms"][0]["rounds"])
    for arm in reports[BUSY]["arms"][1:]:
        if statistics.median(r["rps"] for r in arm["rounds"]) * 1.3 > direct:
            print(f"{arm['name']}: requests/s are bound by the client.")
    print("; ".join((folder / "versions").read_text().split("\n")).strip("; ") + ".")


def table(folder):
    reports = {n: json.loads((folder / f"{n}.json").read_text()) for n in (PLAIN, BUSY, STREAMS)}
    print_row(["", *(c[0] for c in COLUMNS), "PSS idle", "with 500 streams", "remarks"])
    print_row(["---"] + ["--:"] * (len(COLUMNS) + 2) + ["---"])
    for arm in reports[PLAIN]["arms"]:
        name = arm["name"]
        cells = [cell(reports[report], name, key) for _, report, key in COLUMNS]
        cells.append(memory(reports[PLAIN], name, "pss_before_kb"))
        cells.append(memory(reports[STREAMS], name, "pss_mid_kb"))
        print_row([name, *cells, remarks(reports, name)])
    print_notes(folder, reports)


def content(event):
    choice = event["choices"][0]
    return [re.sub(r"\[ts=\d+\]", "", choice["delta"].get("content") or ""), choice["finish_reason"]]


def comparable(path, exact):
    """What must be the same from everybody: not the times, and not weir's own id of an answer."""
    text = path.read_text()
    if path.suffix == ".plain":
        return [(c["message"]["content"], c["finish_reason"]) for c in json.loads(text)["choices"]]
    if exact:
        return re.sub(r'\[ts=\d+\]|"id":"[^"]*"|"created":\d+', "", text)
    events = [line[6:] for line in text.splitlines() if line.startswith("data: ")]
    contents = [content(json.loads(e)) for e in events[:-1]]
    return [c for c in contents if c != ["", None]], events[-1]


def compare(folder):
    code = 0
    for kind in ("plain", "stream"):
        for path in sorted(folder.glob(f"*.{kind}")):
            exact = path.stem not in TRANSLATED
            if kind == "plain" and not exact:
                continue  # it is made of one event of a stream
            if comparable(path, exact) != comparable(folder / f"direct.{kind}", exact):
                print(f"bench: {path.stem} gives another {kind} answer than direct", file=sys.stderr)
                code = 1
    return code


if __name__ == "__main__":
    if sys.argv[1] == "--compare":
        sys.exit(compare(Path(sys.argv[2])))
    table(Path(sys.argv[1]))
