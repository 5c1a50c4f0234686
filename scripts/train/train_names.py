"""Trains the tagger of names: makes the texts; train_learn does the rest with the scanner's own code.

    WORDS=DICT build/train/bin/python scripts/train/train_names.py TRAIN_LEARN WNUT17_TRAIN PROMPTS QUESTIONS [SHARE] > src/sense/data/names.weights

SHARE: how much of WNUT-17's training part to train with (default all); the rest is then good for measuring.
"""
import os
import struct
import subprocess
import sys

import texts

SEED, COUNT, FORMS = 7, 132000, 60000


def packed(text, spans):
    raw = text.encode()
    head = struct.pack("<I", len(raw)) + raw
    if spans == texts.UNKNOWN:
        return head + struct.pack("<I", 0xffffffff)
    names = b"".join(struct.pack("<3I", len(text[:a].encode()), len(text[:b].encode()), kind) for a, b, kind in spans)
    return head + struct.pack("<I", len(spans)) + names


def main():
    if os.environ.get("PYTHONHASHSEED") != "0":  # some of Faker's lists come out of sets
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
    tool, wnut, prompts, questions = sys.argv[1:5]
    maker = texts.Maker(SEED)
    samples = list(maker.texts(COUNT)) + list(maker.forms(FORMS, os.environ["HUGE"]))
    posts = list(texts.wnut(wnut))
    posts = posts[:int(len(posts) * float(sys.argv[5] if len(sys.argv) > 5 else 1))]
    samples += posts * 3 + [maker.swapped(*post) for _ in range(3) for post in posts if post[1]] + [(t.lower(), s) for t, s in posts if len(t.lower()) == len(t)]
    samples += list(texts.docstrings()) + list(texts.sources()) + list(texts.prompts(prompts)) + texts.questions(questions, 6000)
    print(len(samples), "texts", file=sys.stderr)
    subprocess.run([tool], input=b"".join(packed(t, s) for t, s in samples), check=True)


if __name__ == "__main__":
    main()
