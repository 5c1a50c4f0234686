"""Texts that a regular expression in Go's notation matches: each choice at random, repetitions short where they may be."""
import math
import random
import re
import string
from re import _parser as parser

CLASSES = {"alnum": "0-9A-Za-z", "alpha": "A-Za-z", "digit": "0-9", "xdigit": "0-9A-Fa-f", "lower": "a-z", "upper": "A-Z"}
CATEGORY = {"CATEGORY_WORD": string.ascii_letters + string.digits + "_", "CATEGORY_DIGIT": string.digits, "CATEGORY_SPACE": " "}
PRINTED = string.ascii_letters + string.digits + "-_.:/"


def for_python(regex):
    """Flags within a group hold to its end, which Python says otherwise; some names differ."""
    for name, signs in CLASSES.items():
        regex = regex.replace(f"[:{name}:]", signs)
    out, open_flags, i, in_class = "", [0], 0, False
    while i < len(regex):
        flag = None if in_class else re.match(r"\(\?(-?[ims]+)\)", regex[i:])
        c = regex[i]
        if c == "\\":
            pair = regex[i:i + 2]
            out += r"\Z" if pair == r"\z" else pair
            i += 2
        elif flag:
            out += f"(?{flag.group(1)}:"
            open_flags[-1] += 1
            i += flag.end()
        else:
            if in_class:
                in_class = c != "]"
            elif c == "[":
                in_class = True
                if regex[i + 1:i + 2] == "]":
                    out, i, c = out + "[", i + 1, "\\]"
            elif c == "(":
                open_flags.append(0)
            elif c == ")":
                out += ")" * open_flags.pop()
            out += c
            i += 1
    return out + ")" * open_flags.pop()


def signs_of(items):
    kept, negated = set(), False
    for op, arg in items:
        op = str(op)
        if op == "NEGATE":
            negated = True
        elif op == "LITERAL":
            kept.add(chr(arg))
        elif op == "RANGE":
            kept |= {chr(c) for c in range(arg[0], min(arg[1], 126) + 1)}
        elif op == "CATEGORY":
            kept |= set(CATEGORY.get(str(arg), PRINTED))
    kept = set(PRINTED) - kept if negated else kept
    return sorted(kept & set(PRINTED)) or sorted(kept)


class Maker:
    def __init__(self, regex, seed):
        self.tree = parser.parse(for_python(regex))
        self.random = random.Random(seed)

    def text(self):
        """The text, and its first group (the whole where there is none)."""
        self.groups = {}
        whole = self.of(self.tree)
        return whole, next((g for _, g in sorted(self.groups.items()) if g), whole)

    def of(self, items):
        return "".join(self.one(str(op), arg) for op, arg in items)

    def one(self, op, arg):
        if op == "LITERAL":
            return chr(arg)
        if op == "NOT_LITERAL":
            return self.random.choice([c for c in PRINTED if c != chr(arg)])
        if op == "ANY":
            return self.random.choice(PRINTED)
        if op == "IN":
            return self.random.choice(signs_of(arg))
        if op == "BRANCH":
            return self.of(self.random.choice(arg[1]))
        if op == "SUBPATTERN":
            made = self.of(arg[3])
            if arg[0] is not None:
                self.groups[arg[0]] = made
            return made
        if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, what = arg
            most = min(int(most), least + (8 if least < 8 else 40))
            return "".join(self.of(what) for _ in range(self.random.randint(least, max(least, most))))
        return ""  # a place, not a sign


def entropy(text):
    return -sum(text.count(c) / len(text) * math.log2(text.count(c) / len(text)) for c in set(text)) if text else 0


def texts(regex, floor, n, seed):
    """n texts whose secret is random enough; fewer where the expression hardly makes such."""
    maker, whole, out = Maker(regex, seed), re.compile(for_python(regex)), []
    for _ in range(n * 30):
        text, secret = maker.text()
        found = whole.search(text)
        if found and found.group() == text and entropy(secret) >= max(floor, 2.5 if len(secret) > 8 else 0):
            out.append(text)
        if len(out) == n:
            break
    return out
