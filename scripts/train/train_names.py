"""Trains the tagger of names: a softmax over hashed features, one pass of stochastic gradient per epoch, with the model's own
guesses for the words before. Reads the features from train_extract, so that training and scanner cannot differ.

    WORDS=DICT build/train/bin/python scripts/train/train_names.py TRAIN_EXTRACT WNUT17_TRAIN PROMPTS QUESTIONS [SHARE] > src/sense/data/names.weights

SHARE: how much of WNUT-17's training part to train with (default all); the rest is then good for measuring.
"""
import struct
import subprocess
import sys

import numpy as np

import texts

STATIC, MOVING, CLASSES, BITS = 30, 5, 4, 16
RECORD = np.dtype([("text", "<u4"), ("number", "<u4"), ("from", "<u4"), ("to", "<u4"), ("always", "<u4"),
                   ("name", "<u4"),
                   ("at", "<u2", STATIC), ("moving", "<u4", MOVING)])
SCALE, EPOCHS, SEED, COUNT, DROP = 16, 5, 7, 50000, 0.15
# Now and then the model has to do without most of what one kind of feature says: the words around, the word itself.
AROUND = np.isin(np.arange(STATIC + MOVING), [2, 3, 4, 5, 14, 15, 16, 17, 25])
ITSELF = np.isin(np.arange(STATIC + MOVING), [1, 18, 19, 20, 32])


def extract(tool, samples):
    data = b"".join(struct.pack("<I", len(t)) + t for t in samples)
    out = subprocess.run([tool], input=data, stdout=subprocess.PIPE, check=True).stdout
    return np.frombuffer(out, RECORD)


def in_bytes(text, spans):
    return text.encode(), spans if spans == texts.UNKNOWN else [(len(text[:a].encode()), len(text[:b].encode()), k) for a, b, k in spans]


def moving_buckets(moving):
    """feature_bucket() for each of the values that the kinds before may give: [word][feature][value]."""
    values = np.arange(16, dtype=np.uint64)
    ids = (np.arange(MOVING, dtype=np.uint64) + STATIC)[None, :, None]
    a = moving.astype(np.uint64)[:, :, None]
    mask = np.uint64(0xffffffff)
    h = (a ^ (values * np.uint64(0x9e3779b1) & mask)) * np.uint64(0x85ebca6b) + ids * np.uint64(0xc2b2ae35) & mask
    h ^= h >> np.uint64(15)
    h = h * np.uint64(0x27d4eb2f) & mask
    return (h >> np.uint64(32 - BITS)).astype(np.int32)


def labels(records, spans):
    out = np.zeros(len(records), np.int8)
    for i, r in enumerate(records):
        if spans[r["text"]] == texts.UNKNOWN:
            out[i] = texts.UNKNOWN if r["name"] else 0
            continue
        for a, b, kind in spans[r["text"]]:
            if r["from"] < b and a < r["to"]:
                out[i] = kind
    return out


def train(records, gold):
    rng = np.random.default_rng(SEED)
    weights = np.zeros((1 << BITS, CLASSES), np.float64)
    total = np.zeros_like(weights)
    squares = np.full((1 << BITS), 0.5)
    static = records["at"].astype(np.int32)
    moving = moving_buckets(records["moving"])
    starts = np.flatnonzero(np.r_[True, records["text"][1:] != records["text"][:-1]])
    ends = np.r_[starts[1:], len(records)]
    number = records["number"].astype(np.int64)
    always = records["always"]
    for epoch in range(EPOCHS):
        right = seen = 0
        for s in rng.permutation(len(starts)):
            before = (0, 0)
            last = -9
            for i in range(starts[s], ends[s]):
                gap = number[i] - last
                kinds = before if gap == 1 else (0, before[0]) if gap == 2 else (0, 0)
                last = number[i]
                if gold[i] < 0 or (not always[i] and not kinds[0]):
                    before = (0, kinds[0])
                    continue
                v = kinds[0] + 1
                m = moving[i]
                at = np.concatenate((static[i], (m[0, kinds[0] + 4 * kinds[1]], m[1, v], m[2, v], m[3, v], m[4, v])))
                at = at[rng.random(len(at)) > DROP + 0.4 * (AROUND if rng.random() < 0.5 else ITSELF)]
                scores = weights[at].sum(0)
                p = np.exp(scores - scores.max())
                p /= p.sum()
                guess = int(scores.argmax())
                g = p
                g[gold[i]] -= 1
                squares[at] += (g * g).sum()
                weights[at] -= (0.25 / np.sqrt(squares[at]))[:, None] * g
                right += guess == gold[i]
                seen += 1
                before = (guess, kinds[0])
        weights *= 0.995
        if epoch >= 1:
            total += weights
        print(f"epoch {epoch}: {right / seen:.4f} of {seen}", file=sys.stderr)
    return total / (EPOCHS - 1)


def main():
    tool, wnut, prompts, questions = sys.argv[1:5]
    samples = list(texts.Maker(SEED).texts(int(COUNT)))
    posts = list(texts.wnut(wnut))
    posts = posts[:int(len(posts) * float(sys.argv[5] if len(sys.argv) > 5 else 1))]
    samples += posts * 3 + [(t.lower(), s) for t, s in posts if len(t.lower()) == len(t)]
    samples += list(texts.docstrings()) + list(texts.sources()) + list(texts.prompts(prompts)) + texts.questions(questions, 6000)
    pairs = [in_bytes(t, s) for t, s in samples]
    records = extract(tool, [t for t, _ in pairs])
    gold = labels(records, [s for _, s in pairs])
    print(len(records), "words,", np.bincount(gold[gold >= 0]), file=sys.stderr)
    weights = np.clip(np.rint(train(records, gold) * SCALE), -127, 127).astype(int)
    print("# names.weights 1: a line of four weights (none, person, organisation, place; sixteenths) for each bucket;"
          " scripts/train/train_names.py made it")
    for row in weights:
        print(*row)


if __name__ == "__main__":
    main()
