#!/usr/bin/env python3
"""What the scanner finds in corpora that say what is there: one table.

    python3 bench/sense_score.py PROGRAM CORPORA [--split dev]

PROGRAM is bench_sense_lines; CORPORA a folder with open-prompts, gitleaks, presidio-vectors as their projects publish
them, one JSON object per line. Nothing of their texts is printed. Corpora that are not there are left out.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

LEVELS = ["open", "personal", "private", "secret"]


def levels_of_kinds():
    """Each kind's level, from the one table that says so."""
    source = (Path(__file__).parent.parent / "src/label/kinds.c").read_text()
    return {kind: level.lower() for kind, level in re.findall(r'\{"(\w+)",\s*LEVEL_(\w+)', source)}


def scan(program, path, field):
    out = subprocess.run([program, path, field], capture_output=True, text=True, check=True).stdout
    for line in out.split("\n")[:-1]:
        yield [item.split(" ")[0] for item in line.split("\t") if item]


def rows(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def share(part, whole):
    return f"{part} of {whole} ({100 * part / whole:.1f} %)" if whole else "-"


def open_prompts(program, path, split, levels):
    kept, opens, right, higher = 0, 0, 0, 0
    for row, kinds in zip(rows(path), scan(program, path, "text")):
        if row["split"] != split:
            continue
        found = max([LEVELS.index(levels.get(k, "open")) for k in kinds], default=0)
        want = LEVELS.index(row["level"])
        opens += want == 0
        kept += want == 0 and found == 0
        higher += want > 0
        right += want > 0 and found >= want
    yield "open-prompts: open ones stay open", share(kept, opens)
    yield "open-prompts: higher ones at least that high", share(right, higher)


def gitleaks(program, path, split, levels):
    hit, positives, false, negatives = 0, 0, 0, 0
    for row, kinds in zip(rows(path), scan(program, path, "text")):
        if row["split"] != split:
            continue
        secret = any(levels.get(k) == "secret" for k in kinds)
        positive = row["label"] == "positive"
        positives += positive
        hit += positive and secret
        negatives += not positive
        false += not positive and secret
    yield "gitleaks: positives found", share(hit, positives)
    yield "gitleaks: negatives that fire", share(false, negatives)


def presidio(program, path, split, levels):
    hit, positives, false, negatives = 0, 0, 0, 0
    for row, kinds in zip(rows(path), scan(program, path, "text")):
        if row["split"] != split or "expected_len" not in row:
            continue
        found = any(levels.get(k, "open") != "open" for k in kinds)
        positive = row["expected_len"] > 0
        positives += positive
        hit += positive and found
        negatives += not positive
        false += not positive and found
    yield "presidio-vectors (every kind): found", share(hit, positives)
    yield "presidio-vectors (every kind): must-not-fire that fire", share(false, negatives)


CORPORA = [("open-prompts/prompts.jsonl", open_prompts), ("gitleaks/rule_fixtures.jsonl", gitleaks),
           ("presidio-vectors/recognizer_vectors.jsonl", presidio)]


def main(argv):
    if len(argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    split = argv[argv.index("--split") + 1] if "--split" in argv else "dev"
    levels = levels_of_kinds()
    print(f"| what ({split}) | figure |\n| --- | --- |")
    for name, score in CORPORA:
        path = Path(argv[2]) / name
        if path.exists():
            for what, figure in score(argv[1], path, split, levels):
                print(f"| {what} | {figure} |")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
