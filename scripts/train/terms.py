"""Makes src/sense/data/topic_terms.txt of WordNet (Debian's wordnet-base): what is below a sense of a noun and is used for nothing else.

    python3 scripts/train/terms.py WORDNET TOPICS > src/sense/data/topic_terms.txt

WORDNET is the folder with data.noun, TOPICS topics.txt, whose words are left out. A word of more than one sense, or that is a verb or an adjective
too, is ambiguous and left out; so is one of three words, a name, and one that an ending of topics.txt finds."""
import re
import sys
from pathlib import Path

# group: words, with the number of the sense that is meant
ROOTS = {
    "health.condition": "disease.0 illness.0 disorder.0 pathology.1 mental_illness.0 wound.0 injury.0",
    "health.symptom": "symptom.0 pain.0",
    "health.drug": "medicine.1 narcotic.0 controlled_substance.0",
    "health.treat": "medical_procedure.0 diagnostic_procedure.0 therapy.0",
    "health+person.doctor": "specialist.1 doctor.0 nurse.0",
}
LEFT_OUT = "plant_disease.0 animal_disease.0"
NAMES = ("health.condition", "health.drug")  # of diseases and makers, written with a capital
# Used of other things, though WordNet knows none; of animals; of trades that are no doctor's.
OTHER = set("""altering flooding clubbing griping cutting_out drugging implosion_therapy veterinarian veterinary_surgeon horse_doctor back_breaker
daftness folie dry_socket dusting_powder baby_powder bath_powder rubbing_alcohol spirits booster_dose exposure formication foster_nurse
extern interne diplomate vivisection spots spaying neutering smarting drip_feed token_economy assertiveness_training sword_cut houseman
maladjustment unwellness hereditary mental_disease medical_procedure diagnostic_procedure diagnostic_technique liquid_pred elvis bayer
bends basuco sens scag skag salol alexia maoi physic clavus chrism prosom window_pane super_c super_acid mary_jane split_personality
social_disease school_phobia mexican_green mexican_valium easy_lay cure_all crack_up holy_oil honey_oil hell_dust sacramental_oil
toilet_powder talcum_powder face_powder baby_oil battery_acid blue_angel green_goddess magic_bullet love_bite blocking_agent
atomic_cocktail disco_biscuit loony_toons special_k powdered_mustard white_lung lethal_dose knockout_drops mickey_finn bitter_aloes
birch_oil castor_oil camphor_ice carbon_dichloride ethylene_tetrachloride kaffir_pox acapulco_gold frenzy stigmata xenophobia insanity
mental_unsoundness retarded_depression opium""".split())


def read(folder):
    """{offset: (words, offsets below)}, {word: offsets by sense}, words of other parts of speech."""
    below, senses, other = {}, {}, set()
    for line in (folder / "data.noun").read_text().splitlines():
        if line.startswith("  "):
            continue
        f = line.split(" | ")[0].split()
        words = f[4:4 + 2 * int(f[3], 16):2]
        links = f[5 + 2 * len(words):]
        below[f[0]] = words, [links[i + 1] for i in range(0, len(links) - 3, 4) if links[i] in ("~", "~i") and links[i + 2] == "n"]
    for part in ("noun", "verb", "adj", "adv"):
        for line in (folder / f"index.{part}").read_text().splitlines():
            f = line.split()
            if line.startswith("  "):
                continue
            if part == "noun":
                senses[f[0]] = f[-int(f[2]):]
            else:
                other.add(f[0])
    return below, senses, other


def main():
    below, senses, other = read(Path(sys.argv[1]))

    def under(roots):
        todo, seen = [senses[w][int(n)] for w, n in (r.split(".") for r in roots.split())], set()
        while todo:
            at = todo.pop()
            if at not in seen:
                seen.add(at)
                todo += below[at][1]
        return seen

    lines = [l.split() for l in Path(sys.argv[2]).read_text().splitlines() if not l.startswith("#")]
    known = {w for _, *words in lines for w in words}
    endings = tuple(w[1:] for w in known if re.fullmatch(r"\*.{4}", w))
    left_out = under(LEFT_OUT)
    print("# topic_terms.txt 1: terms of medicine from WordNet 3.0, by scripts/train/terms.py, in the form and the groups of topics.txt")
    for group, roots in ROOTS.items():
        found = set()
        for at in sorted(under(roots) - left_out):
            for word in below[at][0]:
                low = word.lower()
                term = low.replace("-", "_")
                if len(senses[low]) == 1 and low not in other and re.fullmatch(r"[a-z]{4,}(_[a-z]+)?", term) and term not in known | OTHER \
                        and (word == low or group in NAMES) and not term.endswith(endings) and not (term.endswith("s") and term[:-1] in known):
                    found.add(term)
        known |= found
        words = sorted(found)
        for i in range(0, len(words), 12):
            print(group, *words[i:i + 12])


if __name__ == "__main__":
    main()
