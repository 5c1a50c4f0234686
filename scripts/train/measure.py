"""What the tagger finds in the sets it is measured by. Prints figures only.

    build/train/bin/python scripts/train/measure.py TRAIN_TAG BENCH_DATA [dev|validate] [--show]
"""
import csv
import gzip
import io
import json
import os
import struct
import subprocess
import sys

import texts

TOPICS = []  # of the last texts
FIELDS = ["health", "finance", "legal", "minors", "work", "third"]
NAMES = ["", "person", "organisation", "place", "public", "employer"]


def tag(tool, samples):
    """[[(from, to, kind)]] in bytes."""
    data = b"".join(struct.pack("<I", len(t.encode())) + t.encode() for t in samples)
    out = subprocess.run([tool], input=data, stdout=subprocess.PIPE, check=True).stdout
    hits = [[] for _ in samples]
    TOPICS[:] = [[] for _ in samples]
    for text, a, b, kind in struct.iter_unpack("<4I", out):
        if kind >= 16:
            TOPICS[text].append((a, b, kind))
        elif kind != 4:  # what is known to everybody is open
            hits[text].append((a, b, kind))
    return hits


def byte_spans(text, spans):
    return [(len(text[:a].encode()), len(text[:b].encode()), k) for a, b, k in spans]


def wnut(tool, path, show):
    posts = list(texts.wnut(path))
    if "--rest" in sys.argv:  # what the training with SHARE 0.7 has not seen
        posts = posts[int(len(posts) * 0.7):]
    caught = person = tagged = right = entity = masked = masked_right = 0
    for (text, spans), hits in zip(posts, tag(tool, [t for t, _ in posts])):
        gold = byte_spans(text, spans)
        for a, b, k in gold:
            if k == texts.PERSON:
                person += 1
                caught += any(a < y and x < b for x, y, _ in hits)
        words, at = [], 0
        raw = text.encode()
        for w in raw.split():
            at = raw.index(w, at)
            words.append((at, at + len(w)))
            at += len(w)
        for a, b in words:
            kinds = {k for x, y, k in hits if a < y and x < b}
            truth = {k for x, y, k in gold if a < y and x < b}
            if 1 in kinds:
                tagged += 1
                right += 1 in truth
                entity += bool(truth)
                if show and not truth:
                    print("  FALSE person", repr(raw[max(0, a - 40):b + 30].decode(errors="replace")), "<-", raw[a:b].decode())
            if kinds:
                masked += 1
                masked_right += bool(truth)
    print(f"wnut {os.path.basename(path)}: person tokens {person}, caught {caught / person:.3f}; words tagged person {tagged}, of "
          f"these person {right / tagged:.3f}, any entity {entity / tagged:.3f}; words tagged at all {masked}, any entity "
          f"{masked_right / masked:.3f}")


def presidio(tool, rows, name, show):
    total, found, hit_all, hit_right = {}, {}, 0, 0
    wanted = {"PERSON": 1, "GPE": 3, "LOCATION": 3, "ORGANIZATION": 2}
    for row, hits in zip(rows, tag(tool, [r["full_text"] for r in rows])):
        gold = byte_spans(row["full_text"], [(s["start_position"], s["end_position"], s["entity_type"]) for s in row["spans"]])
        for a, b, k in gold:
            if k in wanted:
                total[k] = total.get(k, 0) + 1
                covered = sum(max(0, min(b, y) - max(a, x)) for x, y, _ in hits)
                found[k] = found.get(k, 0) + (covered >= 0.7 * (b - a))
                if show and covered < 0.7 * (b - a):
                    print("  MISSED", k, repr(row["full_text"].encode()[max(0, a - 40):b + 30].decode(errors="replace")), "<-",
                          row["full_text"].encode()[a:b].decode())
        for x, y, _ in hits:
            hit_all += 1
            right = any(x < b and a < y for a, b, _ in gold)
            hit_right += right
            if show and not right:
                print("  FALSE", NAMES[_], repr(row["full_text"].encode()[max(0, x - 40):y + 30].decode(errors="replace")), "<-",
                      row["full_text"].encode()[x:y].decode())
    each = ", ".join(f"{k} {found[k]}/{total[k]} = {found[k] / total[k]:.3f}" for k in total)
    print(f"presidio {name}: recall {sum(found.values()) / sum(total.values()):.3f} ({each}), precision {hit_right / hit_all:.3f}")


def redactor(tool, rows):
    total, found, hit_all, hit_right = {}, {}, 0, 0
    for row, hits in zip(rows, tag(tool, [r["text"] for r in rows])):
        gold = byte_spans(row["text"], [(s["start"], s["end"], s["kind"]) for s in row["annotations"]])
        for a, b, k in gold:
            if k in ("person", "org_name"):
                total[k] = total.get(k, 0) + 1
                found[k] = found.get(k, 0) + (sum(max(0, min(b, y) - max(a, x)) for x, y, _ in hits) >= b - a)
        for x, y, _ in hits:
            hit_all += 1
            hit_right += any(x < b and a < y for a, b, _ in gold)
    print("llm-redactor wl1:", ", ".join(f"{k} {found[k]}/{total[k]}" for k in total), f"precision {hit_right / hit_all:.3f}")


def open_prompts(tool, rows, show):
    hits = tag(tool, [r["text"] for r in rows])
    open_rows = flagged = named = named_found = topical = private = private_found = either = 0
    for row, found, topics in zip(rows, hits, list(TOPICS)):
        raw = row["text"].encode()
        about = [(FIELDS[k // 2 - 8], k % 2, raw[max(0, a - 30):b + 15].decode(errors="replace")) for a, b, k in topics
                 if k % 2 or k < 22]
        if row["level"] == "open":
            topical += bool(about)
            either += bool(about) or any(k in (1, 5) for _, _, k in found)
            if show and about:
                print("  FALSE topic", row["id"], about[:4])
        if row["level"] == "private":
            private += 1
            private_found += any(told for _, told, _ in about)
            if show and not any(told for _, told, _ in about):
                print("  MISSED topic", row["id"], row["evidence"])
        people = [(raw[a:b].decode(), NAMES[k]) for a, b, k in found if k in (1, 5)]
        names = [e["text"] for e in row.get("evidence") or [] if e["kind"] == "name"]
        if row["level"] == "open":
            open_rows += 1
            flagged += bool(people)
            if show and people:
                print("  FALSE", row["id"], people[:6], repr(row["text"][:200]))
        for n in names:
            named += 1
            ok = any(n in p or p in n for p, _ in people)
            named_found += ok
            if show and not ok:
                print("  MISSED", row["id"], n, repr(row["text"][:200]))
    print(f"open-prompts: open {open_rows}, of these with a name or an employer {flagged} = {flagged / open_rows:.3f}; "
          f"names found {named_found}/{named}; a topic {topical} = {topical / open_rows:.3f}, either {either / open_rows:.3f}; "
          f"private ones with a told topic {private_found}/{private}")


def pupa(tool, path, split):
    csv.field_size_limit(1 << 30)
    rows = [r for r in csv.DictReader(io.TextIOWrapper(gzip.open(path), encoding="utf-8")) if r["split"] == split]
    units = left = masked = size = 0
    for row, found in zip(rows, tag(tool, [r["user_query"] for r in rows])):
        raw = bytearray(row["user_query"].encode())
        size += len(raw)
        for a, b, k in found:
            raw[a:b] = b"\x01" * (b - a)
        masked += raw.count(1)
        after = raw.decode(errors="replace").lower()
        for u in row["pii_units"].split("||"):
            u = u.strip().lower()
            if u and u in row["user_query"].lower():
                units += 1
                left += u in after
    print(f"pupa: units {units}, left {left / units:.3f}, masked {masked / size:.3f} (names alone)")


def main():
    tool, data, split = sys.argv[1:4]
    show = "--show" in sys.argv
    wnut(tool, f"{data}/wnut17/" + ("wnut17train.conll" if split == "dev" else "emerging.dev.conll"), show)
    for name, rows in (("synth", json.load(open(f"{data}/presidio-research/synth_dataset_v2.json"))),
                       ("generated", json.load(gzip.open(f"{data}/presidio-research/generated_large.json.gz")))):
        presidio(tool, [r for r in rows if r["split"] == split], name, show)
    redactor(tool, [r for r in map(json.loads, open(f"{data}/llm-redactor/wl1_pii.jsonl")) if r["split"] == split])
    open_prompts(tool, [r for r in map(json.loads, open(f"{data}/open-prompts/prompts.jsonl")) if r["split"] == split], show)
    pupa(tool, f"{data}/pupa/PUPA_New.csv.gz", split)


if __name__ == "__main__":
    main()
