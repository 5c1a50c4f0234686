"""Trains the topics: a softmax over nothing, mentioned, told for each word of a topic. Reads the features from train_look.

    build/train/bin/python scripts/train/train_topics.py TRAIN_LOOK PROMPTS QUESTIONS [--hold] > src/sense/data/topics.weights

--hold trains without a quarter of the families (templates and clauses) and says how texts of these are judged.
"""
import struct
import subprocess
import sys
import zlib

import numpy as np

import texts
import topic_texts

FEATURES, CLASSES, BITS = 30, 3, 15
OWN_WORDS = 8  # the first features name words; the rest knows their groups alone
RECORD = np.dtype([("text", "<u4"), ("from", "<u4"), ("to", "<u4"), ("field", "<u4"), ("at", "<u2", FEATURES)])
FIELDS = ["health", "finance", "legal", "minors", "work", "third"]
SCALE, EPOCHS, SEED, COUNT, BATCH, RATE, DECAY = 16, 10, 3, 70000, 64, 0.2, 0.97
DROP = np.where(np.arange(FEATURES) < OWN_WORDS, 0.5, 0.35)
SURE_TOLD, SURE_MENTIONED = -20, 8  # src/sense/topics.c


def look(tool, samples):
    data = b"".join(struct.pack("<I", len(t.encode())) + t.encode() for t in samples)
    out = subprocess.run([tool], input=data, stdout=subprocess.PIPE, check=True).stdout
    return np.frombuffer(out, RECORD)


def gold_of(records, truth):
    """What is open speaks of nothing; where a fact is told, only words of its topic are sure."""
    out = np.full(len(records), -1, np.int8)
    for i, (text, field) in enumerate(zip(records["text"], records["field"])):
        of, level = truth[text]
        if level == 0 or FIELDS[field] == of:
            out[i] = level
    return out


def train(at, gold):
    rng = np.random.default_rng(SEED)
    weights = np.zeros((1 << BITS, CLASSES))
    total = np.zeros_like(weights)
    squares = np.ones(1 << BITS)
    for epoch in range(EPOCHS):
        for part in np.array_split(rng.permutation(len(gold)), len(gold) // BATCH):
            a = at[part]
            on = rng.random(a.shape) > DROP
            s = (weights[a] * on[:, :, None]).sum(1)
            p = np.exp(s - s.max(1, keepdims=True))
            p /= p.sum(1, keepdims=True)
            p[np.arange(len(part)), gold[part]] -= 1
            where, who = a[on], np.broadcast_to(np.arange(len(part))[:, None], a.shape)[on]
            np.add.at(squares, where, (p * p).sum(1)[who])
            np.add.at(weights, where, -(RATE / np.sqrt(squares[where]))[:, None] * p[who])
        weights *= DECAY
        if epoch >= 2:
            total += weights
    return total / (EPOCHS - 2)


def guesses(weights, records):
    sums = weights[records["at"].astype(np.int32)].sum(1)
    sure = sums - sums[:, :1]
    told = (sure[:, 2] >= SURE_TOLD) & (sums[:, 2] > sums[:, 1])
    return np.where(told, 2, np.where(sure[:, 1] >= SURE_MENTIONED, 1, 0))


def judge(tool, weights, samples):
    """Whole texts: the highest of their words."""
    records = look(tool, [t for t, _, _ in samples])
    best = np.zeros(len(samples), int)
    np.maximum.at(best, records["text"], guesses(weights, records))
    for field in [*FIELDS, "none"]:
        for level in range(CLASSES):
            mine = np.array([f == field and l == level for _, f, l in samples])
            if mine.any():
                print(f"{field} {level}: {mine.sum()}, judged 0/1/2: {np.bincount(best[mine], minlength=3)}", file=sys.stderr)
    level = np.array([l for _, _, l in samples])
    print(f"open stay open {(best[level == 0] == 0).mean():.3f}, others at least that high {(best >= level)[level > 0].mean():.3f}", file=sys.stderr)


def main():
    tool, prompts, questions = sys.argv[1:4]
    hold = "--hold" in sys.argv
    held = lambda t: zlib.crc32(t.encode()) % 4 == 0
    maker = topic_texts.Maker(SEED)
    samples = list(maker.texts(COUNT, (lambda t: not held(t)) if hold else lambda t: True))
    samples += [(t, "none", 0) for t, _ in texts.prompts(prompts)]
    samples += [(t, "none", 0) for t, _ in texts.questions(questions, 5000)]
    records = look(tool, [t for t, _, _ in samples])
    gold = gold_of(records, [(f, l) for _, f, l in samples])
    keep = gold >= 0
    weights = train(records["at"][keep].astype(np.int32), gold[keep])
    weights = np.clip(np.rint(weights * SCALE), -127, 127)
    print(len(records), "words,", np.bincount(gold[keep]), file=sys.stderr)
    if hold:
        judge(tool, weights, list(maker.texts(6000, held)))
    print("# topics.weights 2: a line of three weights (nothing, mentioned, told; sixteenths) for each bucket;"
          " scripts/train/train_topics.py made it")
    for row in weights.astype(int):
        print(*row)


if __name__ == "__main__":
    main()
