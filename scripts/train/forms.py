"""More example texts, built piece by piece and not from whole sentences: blocks of an address, signatures, forms, records of
programs, minutes, comments in code, lists of things that are no names. texts.py says what a text is; every function here
takes its Maker and gives a Text."""
import os
import re

from faker import Faker

import lists
import vocabulary as v

PERSON, ORG, PLACE = 1, 2, 3
LOCALES = """de_DE de_AT de_CH en_GB en_US en_CA en_AU en_IN en_IE en_NZ fr_FR fr_CH pl_PL da_DK fi_FI es_ES es_MX hu_HU nl_NL nl_BE
pt_BR pt_PT it_IT cs_CZ sk_SK sv_SE no_NO ro_RO hr_HR sl_SI tr_TR""".split()
LEGAL = """Inc.|Inc|LLC|Ltd|Ltd.|Limited|PLC|plc|Corp|Corp.|Corporation|GmbH|AG|KG|SE|S.A.|SARL|S.r.l.|SpA|B.V.|N.V.|AB|Oy|A/S|ApS|AS|Kft.|Sp. z o.o.
s.r.o.|d.o.o.|Lda|Ltda.|Pty Ltd|Co.|& Co.|and Sons|& Sons|Holdings|Group""".replace("\n", "|").split("|")
TRADE = """Industries|Enterprises|Solutions|Systems|Technologies|Dynamics|Trading|International|Labs|Laboratories|Science|Sciences|Networks
Robotics|Analytics|Ventures|Biotech|Bioscience|Therapeutics|Aerospace|Pictures|Records|Press|Publishing|Brewing|Foods|Farms|Bakery|Motors|Marine
Shipping|Realty|Properties|Construction|Engineering|Advisory|Legal|Wealth|Finance|Capital|Partners|Associates|Consulting|Logistics|Energy|Power
Insurance|Bank|Media|Studios|Games|Software|Digital|Interactive|Electric|Chemicals|Plastics|Steel|Textiles|Clothing|Jewelers|Pharmacy|Dental
Veterinary|Clinic|Hospital|Academy|School|College|Institute|Foundation|Trust|Society|Association|Union|League|Club|Team|Orchestra|Church|Museum
Gallery|Theatre|Hotel|Resort|Restaurant|Café|Cafe|Grill|Bistro|Airlines|Airways|Rail|Transport|Travel|Cruises|Outfitters|Supplies|Products
Manufacturing|Materials|Instruments|Devices|Medical|Health|Healthcare|Care|Wellness|Fitness|Sports|Council|Agency|Department|Ministry|Authority
Research|Movers|Computing|Supercomputing|Commerce|Express|Direct|Worldwide|Global|Design|Designs|Homes|Kitchens|Toys|Books|Flowers|Garage|Ratings Agency|Life Technologies|Power Finance|Credit Union|Research Center|Law Firm|Housing Association|Football Club|Stores|Market|Markets
""".strip().replace("\n", "|").split("|")
ENDINGS = """ify ly io era ent ex ora ica ata tron tech soft labs byte logic lytics ware gen sys corp zon via ium ara eon ix ova aro omo ly nest
hub kit base point stream cast mind works scape verse pay med care bio nix ent ada tix loop wise bit dex""".split()
PHONES = """Phone: {d3}-{d4}|{d3} {d3} {d2} office|+{d2} {d3} {d4}-Fax|({d3}) {d3}-{d4}|+{d2} (0){d2} {d3} {d3} mobile|Tel. {d3}/{d4}|{d3}.{d3}.{d4}""".split("|")
TITLE_LISTS = """Action & Adventure, Animation, Comedy|Kids & Family, Mystery & Suspense|Arts & Crafts|Home & Garden|Health & Beauty|Terms & Conditions
Food & Drink|Pros & Cons|Q & A|Science Fiction, Drama and Horror|Sports & Outdoors|Electronics, Computers, Smart Home|Books, Movies & Music|Pop, Rock, Jazz
Breaking News|Top 10 Tips|Best Practices|Lessons Learned|Guilty Pleasures|Key Findings|Next Steps|Action Items|Open Questions|Release Notes|Known Issues
Getting Started|Quick Start Guide|Table of Contents|Executive Summary|Work Experience|Skills and Education|Core Competencies|Personal Info|Contact Details
Cover Letter|Job Description|Roles and Responsibilities|Terms of Service|Cookie Policy|Payment Methods|Shipping Address|Billing Address|Order Summary
Artificial Intelligence|Deep Learning|Supply Chain Management|Human Resources|Customer Service|Social Media Marketing|Real Estate|Climate Change
""".strip().replace("\n", "|").split("|")
SQL = """SELECT {i}, {i} FROM {i} WHERE {i} = ?|CREATE TABLE {i} (\n    id SERIAL PRIMARY KEY,\n    {i} VARCHAR(255) NOT NULL,\n    {i} TIMESTAMP DEFAULT NOW()\n);
ALTER TABLE {i} ADD COLUMN {i} VARCHAR(100), ADD COLUMN {i} DATE;|UPDATE {i} SET {i} = {j}.{i} FROM {i} {j} WHERE {j}.id = {i}.id;
INSERT INTO {i} ({i}, {i}) VALUES ($1, $2) RETURNING id;|CREATE INDEX idx_{i} ON {i} ({i});|-- Backfill from {l} export\nDELETE FROM {i};|GRANT SELECT ON {i} TO {i};
FROM python:3.12-slim\n\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt|ENV {I}=1\nEXPOSE 8080\nCMD ["python", "main.py"]
import {j}\nfrom {j} import {i}\n\ndef {i}({i}: int) -> dict:\n    \"\"\"Process {l} from {l}.\"\"\"\n    return {i}|const {i} = await {j}.{i}({{}});
class {x}{y}(BaseModel):\n    {i}: str\n    {i}: Optional[int] = None|if ({i} == NULL) return -1; /* {C} {l} */|public class {x}{y} extends {x} {{
# {C} {l} {l}\n{i} = {j}.get("{i}")|// TODO: {l} the {l}|resource "aws_{i}" "{i}" {{\n  {i} = "{l}"\n}}|{i}:\n  {i}: {l}\n  {i}: true|@app.get("/{l}/{{id}}")
try:\n    {i}()\nexcept {x}Error as e:\n    log.error("{C} {l}: %s", e)|export {I}="{l}"|make {l} && ./{l} --{l}={d3}|git checkout -b {l}/{l}-{l}
{I}_{I} = {d3}|#define {I}_{I} {d2}|[{d2}:{d2}:{d2}] INFO {j}.{i}: {C} {l} in {d3} ms|ERROR {x}{y}: {C} {l} failed|{{"{i}": "{l}", "{i}": {d3}}}
{i}({i}={i}, {i}={d2})|assert {i} is not None, "{C} {l}"|SET SESSION {I} = {d2};|{x}::{i}(&self) -> Result<{x}, Error>|func ({j} *{x}) {x}{y}() error {{
""".strip().split("|")
HEADERS = """{o} internal|{o} confidential|Copyright (c) {d4} {o}|(c) {o}|{o} API client|{o} background tasks|{o} production schema|Author: {p}|Written by {p}
Maintainer: {p}|TODO({p}): {l} this|Reviewed-by: {p}|Migration for {o}|Part of the {o} platform|{o} billing service|property of {o}|Contact {p} at {o}
deployed for {o}|{o} ({o}) integration|Owner: {p}, {o}|see {p}'s note|@author {p}|client: {o}|tenant = {o}|customer {o} wants this""".replace("\n", "|").split("|")


class Text:
    def __init__(self):
        self.text, self.spans = "", []

    def add(self, value, kind=0):
        if kind:
            self.spans.append((len(self.text), len(self.text) + len(value), kind))
        self.text += value
        return self


class Forms:
    def __init__(self, maker, huge):
        self.m = maker
        self.r = maker.random
        self.fakers = [Faker(locale) for locale in LOCALES]
        for f in self.fakers:
            f.seed_instance(maker.seed)
        self.companies = [f.company() for f in self.fakers for _ in range(120)]
        self.streets = [re.sub(r"\s*\n\s*", " ", f.street_address()) for f in self.fakers for _ in range(120)]
        self.towns = [f.city() for f in self.fakers for _ in range(120)]
        self.works = [self.fakers[LOCALES.index("en_US")].job() for _ in range(400)]
        # Words of the language that words.txt does not know: no names either.
        known = set(maker.common) | set(maker.first) | set(maker.last)
        self.strange = sorted(w for w in lists.dictionary(huge) if w not in known and len(w) > 4)

    def pick(self, *values):
        return self.r.choice(values)

    def number(self, digits):
        return str(self.r.randrange(10 ** (digits - 1), 10 ** digits))

    # ---- names ----

    def coined(self):
        r = self.r
        word = r.choice(self.m.common) if r.random() < 0.5 else r.choice(self.m.rare)
        stem = re.sub("[aeiouy]$", "", word[: r.choice((3, 4, 4, 5, 6))])
        name = (stem + r.choice(ENDINGS)).capitalize()
        return name if r.random() < 0.85 else name[:-3] + name[-3:].capitalize()

    def org(self):
        r, m = self.r, self.m
        x = r.random()
        last, common = m.last_name, lambda: m.case(r.choice(m.common))
        if x < 0.14:
            return r.choice(self.companies)
        if x < 0.22:
            return r.choice([f"{last()}, {last()} and {last()}", f"{last()}-{last()}", f"{last()} & {last()}", f"{last()} and {last()}"])
        if x < 0.30:
            return f"{last()} {r.choice(LEGAL)}"
        if x < 0.42:
            return f"{last()} {r.choice(TRADE)}"
        if x < 0.54:
            return self.coined()
        if x < 0.60:
            return f"{self.coined()} {r.choice(LEGAL)}"
        if x < 0.68:
            return f"{self.coined()} {r.choice(TRADE)}"
        if x < 0.78:
            return f"{common()} {r.choice(TRADE)}"
        if x < 0.84:
            return f"{common()} {common()} {r.choice(TRADE)}"
        if x < 0.87:
            return f"{common()} {common()}"
        if x < 0.90:
            return f"{r.choice(self.m.cities)} {r.choice(TRADE)}"
        if x < 0.93:
            return r.choice([f"Bank of {m.place()}", f"University of {m.place()}", f"{m.place()} University", f"Museum of {common()}", f"City of {m.place()}"])
        return m.org()

    def street(self):
        """Street with number, in a country's own way."""
        return self.r.choice(self.streets)

    def town(self):
        r = self.r
        place = r.choice(self.m.small) if r.random() < 0.5 else r.choice(self.towns)
        return place.upper() if r.random() < 0.2 else place

    def address(self, out, separator):
        r = self.r
        numbers = [re.sub(r"\b\d+\b", "", self.street()).strip(" ,")]
        if r.random() < 0.5:
            out.add(self.number(r.choice((1, 2, 3, 4))) + " ").add(numbers[0], PLACE)
        else:
            out.add(numbers[0], PLACE).add(" " + self.number(r.choice((1, 2, 3))))
        if r.random() < 0.4:
            out.add(separator + self.pick("Apt. ", "Suite ", "Unit ", "Flat ", "Apt ", "#", "Floor ") + self.number(3))
        order = r.random()
        if order < 0.4:
            out.add(separator + self.number(r.choice((4, 5))) + " ").add(self.town(), PLACE)
        else:
            out.add(separator).add(self.town(), PLACE)
            if order < 0.7:
                out.add(", ").add(r.choice(self.m.states), PLACE).add(" " + self.number(5))
        if r.random() < 0.5:
            out.add(separator).add(r.choice(self.m.countries), PLACE)
            if r.random() < 0.4:
                out.add(" " + self.number(5))

    def job(self):
        r = self.r
        return r.choice(self.m.jobs) if r.random() < 0.5 else r.choice(self.works)

    # ---- blocks ----

    def block(self):
        """A card, a signature, a recipient."""
        r, m, out = self.r, self.m, Text()
        lead = r.choice(("", "", "", "", "> ", ">", " ", "  ", "* ", "- ", "| ", "// ", "# "))
        line = "\n" + lead
        out.add(lead)
        parts = ["name", "job", "org", "address", "phone", "mail"]
        shuffled = r.random() < 0.2
        if shuffled:
            r.shuffle(parts)
        labels = {"name": ("Name", "Contact", "Full name", "Client"), "job": ("Title", "Position", "Role"), "org": ("Company", "Employer", "Organisation"),
                  "address": ("Address", "Location"), "phone": ("Phone", "Tel"), "mail": ("E-mail", "Email")}
        labelled = r.random() < 0.25
        first = True
        for part in parts:
            if r.random() < (0.1 if part == "name" else 0.45):
                continue
            if not first:
                out.add(line)
            first = False
            if labelled:
                out.add(r.choice(labels[part]) + ":" + self.pick(" ", " ", line))
            if part == "name":
                out.add(m.full(), PERSON)
            elif part == "job":
                out.add(self.job())
            elif part == "org":
                out.add(self.org(), ORG)
                if r.random() < 0.2:
                    out.add(line).add(m.full(), PERSON)
            elif part == "address":
                self.address(out, self.pick(", ", line, line, line + " "))
            elif part == "phone":
                out.add(self.filled(r.choice(PHONES)))
            else:
                out.add(r.choice(m.common) + "@" + r.choice(m.common) + ".com")
        return out

    def moved(self):
        """An address inside of a sentence."""
        r, out = self.r, Text()
        lead = r.choice("""Please send it to |My new address is |I live at |We are at |The office is at |deliver to |Our warehouse: |Ship to: |I moved to |lives at
The shop is located at |Meet me at |Billing address: |Return it to |Your parcel went to |Can you pick me up at |The letter went to |Taxi to """.replace("\n", "|").split("|"))
        out.add(lead)
        self.address(out, self.pick(", ", ", ", "\n", " "))
        return out.add(r.choice((".", " please", " last night.", ", thanks", " after work", "? Thanks.", ".\n")))

    def record(self):
        """A person in a program's way: JSON, YAML, CSV, SQL, a log."""
        r, m = self.r, self.m
        p, o, g = m.full, self.org, m.place
        out = Text()
        x = r.randrange(8)
        if x == 0:
            out.add('{"name": "').add(p(), PERSON).add('", "company": "').add(o(), ORG).add('", "city": "').add(g(), PLACE).add('"}')
        elif x == 1:
            out.add("name: ").add(p(), PERSON).add("\nemployer: ").add(o(), ORG).add("\ncity: ").add(g(), PLACE)
        elif x == 2:
            for _ in range(r.choice((1, 2, 3))):
                out.add(self.number(4) + ",").add(p(), PERSON).add(",").add(o(), ORG).add(",").add(g(), PLACE).add("," + self.number(3) + "\n")
        elif x == 3:
            out.add("INSERT INTO users VALUES (" + self.number(2) + ", '").add(p(), PERSON).add("', '").add(o(), ORG).add("');")
        elif x == 4:
            out.add("INFO user ").add(p(), PERSON).add(" logged in from ").add(g(), PLACE)
        elif x == 5:
            out.add("| ").add(p(), PERSON).add(" | ").add(o(), ORG).add(" | ").add(g(), PLACE).add(" |")
        elif x == 6:
            out.add("From: ").add(p(), PERSON).add(" <x@mail>\nTo: ").add(p(), PERSON).add("\nSubject: " + m.case(r.choice(m.common)) + " " + r.choice(m.common) + "\n\nHi ")
            out.add(m.first_name(), PERSON).add(",")
        else:
            out.add("  ").add(p(), PERSON).add(": " + self.filled(r.choice(PHONES)) + "\n  ").add(p(), PERSON).add(": " + self.number(7))
        return out

    def credits(self):
        r, m, out = self.r, self.m, Text()
        for _ in range(r.choice((1, 2, 3))):
            out.add(r.choice("""Directed By:    |Written by |Produced by: |Director: |Editor: |Photo: |Text: |Lead: |Chair: |Present: |Guests: |Moderator: |Witness: |Tenant:
Landlord: |Seller: |Buyer: |Buyer's name: |Next of kin: |Emergency contact: |Physician: |Sender: |Payee: |Beneficiary: |Account holder: |Cardholder: """
                             .replace("\n", "|").split("|"))).add(m.full(), PERSON).add("\n")
        return out

    def dialogue(self):
        r, m, out = self.r, self.m, Text()
        who = [m.first_name() if r.random() < 0.7 else m.full() for _ in range(r.choice((2, 2, 3)))]
        for _ in range(r.choice((2, 3, 4))):
            out.add(r.choice(who), PERSON).add(": " + r.choice(v.REST.replace("\n", "|").split("|")).capitalize() + self.pick(".", "!", "?", ""))
            out.add("\n")
        return out

    def header(self):
        """A comment at the head of a piece of code."""
        r, out = self.r, Text()
        mark = r.choice(("# ", "// ", "-- ", " * ", "/* ", "; ", "<!-- ", '"""', "% "))
        out.add(mark)
        if r.random() < 0.4:
            out.add(self.m.case(r.choice(self.m.common)) + " " + r.choice(self.m.common) + self.pick(" - ", ", ", " for ", " (", ": "))
        for piece in re.split(r"(\{[opld]\d?\})", r.choice(HEADERS)):
            if piece == "{o}":
                out.add(self.org(), ORG)
            elif piece == "{p}":
                out.add(self.m.full(), PERSON)
            else:
                out.add(self.filled(piece))
        out.add("\n")
        return out.add(self.code().text)

    def workplace(self):
        r, m, out = self.r, self.m, Text()
        for piece in re.split(r"(\{[opgjd]\d?\})", r.choice("""Reference check: {p} at {o}|{p} ({o}) needs access|the {o} account|I work for {o} in {g}|{o}, {g}|our client {o}
{o} was founded in {d4}|{o} hired {p} as {j}|Interview at {o} tomorrow|{p}, {j}, {o}|Invoice from {o}|a contract with {o}|{o}'s lawyers|{o} ({g})|I left {o} in {d4}
{j} at {o}|The {o} was founded in {d4} in {g}|{o} employs {d3} people|Letter of {o} to {p}|Dear {o} team,|{o}\\n{g}|on behalf of {o}|{o} and {o} merged|{o} vs. {o}
{p} of {o} said|{p} from {o}|supplier: {o}|between {o} and {p}|{o} is looking for a {j}|to join {o} as a {j}|position at {o}|{o} offers|meeting with {o}|{o} sues {o}
I want to apply at {o}|write a slogan for {o}|a review of {o}|{o} opened a store in {g}|{p} grew up in {g}|originally from {g}|We moved here from {g}|in {g} they say
born in {g}|I am in {g} for a trip|a man from {g}|He studied in {g}|{p} is from {g}|the United States|in the United Kingdom|from New Zealand to {g}|the {g} office of {o}
{p} v. {o}|{o} Annual Report|{o} newsletter|shares of {o}|{o} CEO {p}|according to {o}|a spokesperson of {o}|{o} told us|sponsored by {o}|{o}: {p}|{o} - {p}
{o} is a company in {g}|{o} is an agency based in {g}|{o} is a bank from {g}|{p} of {o} is {j} of the year|{p}, a {j} from {g}, left {o}|the {o} {j} {p}|{o} {j} {p}
{p} and {p} were friends|{p}, {p} and {p} of {o}|{p} sold {o}|a letter by {p}|songs by {p}|{p}'s book|{p} from {o} is from {g}|it is from {o}|an {o} product"""
                                                   .replace("\n", "|").replace("\\n", "\n").split("|"))):
            if piece in ("{o}", "{p}", "{g}"):
                value, kind = {"{o}": (self.org, ORG), "{p}": (m.full, PERSON), "{g}": (self.town if r.random() < 0.5 else m.place, PLACE)}[piece]
                out.add(value(), kind)
            elif piece == "{j}":
                out.add(self.job())
            elif piece in ("the United States", "in the United Kingdom"):
                out.add(piece[:-len(piece.split("the ")[1])]).add(piece.split("the ")[1], PLACE)
            else:
                out.add(self.filled(piece))
        return out

    # ---- no names ----

    def filled(self, template):
        r, m = self.r, self.m

        def one(match):
            key = match.group(1)
            if key[0] == "d":
                return self.number(int(key[1]))
            word = r.choice(m.common)
            return {"l": word, "C": m.case(word), "I": word.upper(), "j": word[:4], "x": m.case(word), "y": m.case(r.choice(m.common)),
                    "i": r.choice((word, f"{word}_{r.choice(m.common)}"))}[key]
        return re.sub(r"\{(d\d|[lCIjxyi])\}", one, template).replace("{{", "{").replace("}}", "}")

    def code(self):
        return Text().add("\n".join(self.filled(self.r.choice(SQL)) for _ in range(self.r.choice((1, 2, 3)))))

    def titles(self):
        """Words of every day with capitals."""
        r, m, out = self.r, self.m, Text()
        case = lambda: m.case(r.choice(m.common))
        for _ in range(r.choice((1, 1, 2, 3))):
            out.add(r.choice((lambda: r.choice(TITLE_LISTS), lambda: f"{case()} {case()} {case()}", lambda: f"{case()} & {case()}, {case()} & {case()}",
                              lambda: f'"{case()} of the {case()}"', lambda: f"the {case()} {case()} method", lambda: f"{case()}: {case()} {r.choice(m.common)}",
                              lambda: f"You're Supposed To {case()} ({case()} {case()})", lambda: f"I'm {r.choice(m.common)}. It's {r.choice(m.common)}.",
                              lambda: f"{r.randrange(2, 20)} {case()} {case()}", lambda: f"{case()} {case()} vs. {case()} {case()}", lambda: f"**{case()} {case()}**"))())
            out.add(self.pick("\n", ". ", " - ", "\n\n"))
        return out

    def prose(self):
        """Words of the language that few write."""
        r, out, words = self.r, Text(), []
        for _ in range(r.randrange(6, 18)):
            x = r.random()
            words.append(r.choice(self.strange) if x < 0.3 else r.choice(v.FUNCTION.split()[:120]) if x < 0.65 else r.choice(self.m.common))
        sentence = " ".join(words)
        return out.add(sentence[:1].upper() + sentence[1:] + self.pick(".", ".", ";", "", "?"))

    def text(self):
        r = self.r
        kinds = (self.block, self.moved, self.record, self.credits, self.dialogue, self.header, self.workplace, self.code, self.titles, self.prose)
        made = [r.choices(kinds, (22, 8, 6, 4, 5, 8, 22, 10, 10, 14))[0]() for _ in range(r.choice((1, 1, 2)))]
        out = Text()
        for one in made:
            if out.text:
                out.add(self.pick("\n", "\n\n", " "))
            at = len(out.text)
            out.text += one.text
            out.spans += [(a + at, b + at, kind) for a, b, kind in one.spans]
        return out.text, out.spans
