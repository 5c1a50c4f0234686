"""Trains the topics: a softmax over nothing, mentioned, told for each word of a topic. Reads the features from train_look.

    build/train/bin/python scripts/train/train_topics.py TRAIN_LOOK PROMPTS QUESTIONS [--hold] > src/sense/data/topics.weights

--hold trains without a quarter of the templates and says how the rest is judged.
"""
import json
import struct
import subprocess
import sys
import zlib

import numpy as np

import texts
import topic_texts

FEATURES, CLASSES, BITS = 24, 3, 13
RECORD = np.dtype([("text", "<u4"), ("from", "<u4"), ("to", "<u4"), ("field", "<u4"), ("at", "<u2", FEATURES)])
FIELDS = ["health", "finance", "legal", "minors", "work", "third"]
SCALE, EPOCHS, SEED, COUNT, DROP = 16, 8, 3, 40000, 0.3


def look(tool, samples):
    data = b"".join(struct.pack("<I", len(t.encode())) + t.encode() for t in samples)
    out = subprocess.run([tool], input=data, stdout=subprocess.PIPE, check=True).stdout
    return np.frombuffer(out, RECORD)


def gold_of(records, truth):
    out = np.full(len(records), -1, np.int8)
    for i, r in enumerate(records):
        field, level = truth[r["text"]]
        if field == "none" or FIELDS[r["field"]] == field:
            out[i] = level
    return out


def train(at, gold, weight):
    rng = np.random.default_rng(SEED)
    weights = np.zeros((1 << BITS, CLASSES))
    total = np.zeros_like(weights)
    squares = np.full(1 << BITS, 1.0)
    for epoch in range(EPOCHS):
        for i in rng.permutation(len(gold)):
            a = at[i][rng.random(FEATURES) > DROP]
            s = weights[a].sum(0)
            p = np.exp(s - s.max())
            p /= p.sum()
            p[gold[i]] -= 1
            p *= weight[i]
            squares[a] += (p * p).sum()
            weights[a] -= (0.3 / np.sqrt(squares[a]))[:, None] * p
        weights *= 0.98
        if epoch >= 2:
            total += weights
    return total / (EPOCHS - 2)


def main():
    tool, prompts, questions = sys.argv[1:4]
    hold = "--hold" in sys.argv
    held = lambda t: zlib.crc32(t.encode()) % 4 == 0
    maker = topic_texts.Maker(SEED)
    samples = list(maker.texts(COUNT, (lambda t: not held(t)) if hold else lambda t: True))
    samples += [(t, "none", 0) for t, _ in texts.prompts(prompts)]
    samples += [(t, "none", 0) for t, _ in texts.questions(questions, 3000)]
    records = look(tool, [t for t, _, _ in samples])
    gold = gold_of(records, [(f, l) for _, f, l in samples])
    keep = gold >= 0
    made = records["text"] < COUNT
    weights = train(records["at"][keep].astype(np.int32), gold[keep], np.where(made, 1.0, 1.0)[keep])
    weights = np.clip(np.rint(weights * SCALE), -127, 127)
    print(len(records), "words,", np.bincount(gold[keep]), file=sys.stderr)
    if hold:
        rest = list(maker.texts(6000, held))
        records = look(tool, [t for t, _, _ in rest])
        gold = gold_of(records, [(f, l) for _, f, l in rest])
        sums = weights[records["at"].astype(np.int32)].sum(1)
        guess = np.where((sums[:, 2] - sums[:, 0] >= 8) & (sums[:, 2] > sums[:, 1]), 2,
                         np.where((sums[:, 1] - sums[:, 0] >= 8) | (sums[:, 2] - sums[:, 0] >= 8), 1, 0))
        for f, name in enumerate(FIELDS):
            for level in range(3):
                mine = (gold == level) & (records["field"] == f)
                if mine.any():
                    print(f"{name} {level}: {mine.sum()}, judged 0/1/2: {np.bincount(guess[mine], minlength=3)}", file=sys.stderr)
    print("# topics.weights 1: a line of three weights (nothing, mentioned, told; sixteenths) for each bucket;"
          " scripts/train/train_topics.py made it")
    for row in weights.astype(int):
        print(*row)


if __name__ == "__main__":
    main()
