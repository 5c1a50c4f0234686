"""What Microsoft Presidio does with each text of a JSONL file, in the form of bench_gate_lines: its default analyser,
English, every entity; what it finds is replaced by <TYPE>, as its default anonymiser does.

    build/presidio/bin/python bench/presidio_lines.py FILE.jsonl MODEL

Kinds are weir's where weir has one for the same thing, else Presidio's in small letters.
"""
import json
import logging
import sys

from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngineProvider

KINDS = {"PERSON": "name", "EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone", "LOCATION": "place", "CREDIT_CARD": "card",
         "IBAN_CODE": "iban", "IP_ADDRESS": "ip", "MAC_ADDRESS": "mac", "US_SSN": "ssn", "US_DRIVER_LICENSE": "drivers_license",
         "US_PASSPORT": "passport", "US_ITIN": "tax_id", "US_BANK_NUMBER": "bank_account", "CRYPTO": "crypto_address",
         "MEDICAL_LICENSE": "medical_id", "UK_NHS": "medical_id", "UK_NINO": "national_id", "ORGANIZATION": "organisation"}


def merged(results):
    """Findings that overlap are one; the surest says what it is."""
    out = []
    for r in sorted(results, key=lambda r: (r.start, -r.end)):
        if out and r.start < out[-1][1]:
            if r.score > out[-1][3]:
                out[-1][2:] = [r.entity_type, r.score]
            out[-1][1] = max(out[-1][1], r.end)
        else:
            out.append([r.start, r.end, r.entity_type, r.score])
    return out


def main():
    logging.disable(logging.WARNING)
    engine = NlpEngineProvider(nlp_configuration={
        "nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": sys.argv[2]}]}).create_engine()
    analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])
    for line in open(sys.argv[1]):
        text = json.loads(line)["text"]
        found, hidden, out, at = [], [], [], 0
        for a, b, kind, _ in merged(analyzer.analyze(text=text, language="en")):
            place = [len(text[:a].encode()), len(text[:b].encode())]
            found.append([KINDS.get(kind, kind.lower()), *place])
            hidden.append(place)
            out += [text[at:a], f"<{kind}>"]
            at = b
        print(json.dumps({"found": found, "hidden": hidden, "out": "".join(out) + text[at:]}), flush=False)


if __name__ == "__main__":
    main()
