"""Frequent words of languages other than English, written for weir: what every text has, and what people ask about. The
first tell a text's language; all of them are no names."""

# A word that English or somebody's name has, too, is in SHARED below.
# Articles, pronouns, prepositions, question words, auxiliary verbs and what else every sentence has.
FUNCTION = {
    "german": """
der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner dieser diese dieses diesen diesem jeder jede jedes jeden jedem
jener welche welcher welches welchen welchem solche solcher manche manchen alle allen alles beide beiden einige einigen mehrere viele vielen wenige
ich du er sie es wir ihr mich dich ihn uns euch mir dir ihm ihnen sich man mein meine meinen meinem meiner dein deine deinen deinem sein seine seinen
seinem seiner ihre ihren ihrem ihrer unser unsere unseren unserem euer eure jemand niemand etwas nichts selbst
und oder aber denn sondern wenn dass daß ob weil obwohl damit bevor nachdem während sobald falls als wie sowie
in im ins an am ans auf aus bei beim mit nach von vom vor zu zum zur über unter zwischen hinter neben für gegen ohne um durch bis seit trotz wegen statt
ab außer innerhalb außerhalb
wer wen wem wessen was wann wo wohin woher warum wieso weshalb wozu womit wofür woran worauf woraus worin worüber wovon wodurch wonach wobei wieviel
wievielte inwiefern inwieweit
nicht nie niemals auch nur schon noch sehr mehr weniger immer oft selten manchmal wieder hier dort da dann jetzt heute morgen gestern bald gerade
eigentlich vielleicht bestimmt genau etwa fast ganz gar doch mal eben halt so zu sogar zuerst danach dabei dafür dagegen daran darauf daraus darin darüber
davon dazu deshalb deswegen trotzdem außerdem jedoch also besonders einfach wirklich möglichst ungefähr mindestens höchstens ziemlich zusammen allein
ja nein bitte danke
bin bist ist sind seid war warst waren wart gewesen habe hast hat haben habt hatte hatten gehabt werde wirst wird werden werdet wurde wurden worden
kann kannst können könnt konnte konnten könnte könnten könntest muss musst müssen müsst musste müsste darf darfst dürfen durfte dürfte soll sollst sollen
sollte sollten will willst wollen wollte möchte möchten möchtest mag mögen lässt lassen gibt gab geht ging gehen kommt kommen macht machen heißt heißen
""",
    "french": """
le la les un une des du de au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs quel quelle quels quelles
je tu il elle on nous vous ils elles me te se moi toi lui eux y en qui que quoi dont où ça cela ceci celui celle ceux celles tout toute tous toutes
chaque quelque quelques plusieurs aucun aucune autre autres même mêmes tel telle rien personne
et ou mais donc car ni si comme quand lorsque puisque parce pendant avant après depuis jusque jusqu'à dès afin
à dans sur sous avec sans pour par chez vers entre contre selon malgré devant derrière parmi hors
comment combien pourquoi lequel laquelle lesquels lesquelles est-ce qu'est c'est n'est j'ai d'un d'une l'on s'il qu'il qu'elle qu'on qu'un qu'une
aujourd'hui d'abord l'an quelqu'un lorsqu'on n'a n'y s'est m'a t'il jusqu'au
ne pas plus jamais toujours souvent parfois encore déjà très trop peu beaucoup assez moins aussi ainsi bien mal mieux ici là maintenant hier demain
alors ensuite enfin puis peut-être environ presque seulement surtout plutôt ensemble oui non merci
suis es est sommes êtes sont étais était étaient été être serai sera serait ai as a avons avez ont avais avait avaient eu avoir aurai aura aurait
vais vas va allons allez vont aller fais fait faites font faire faut peux peut pouvez peuvent pouvoir pourrait pourrais pourriez dois doit doivent devoir devrait devrais veux
veut voulez veulent vouloir voudrais voudrait sais sait savoir existe quelle
""",
    "spanish": """
el la los las lo un una unos unas al del este esta esto estos estas ese esa eso esos esas aquel aquella aquello mi mis tu tus su sus nuestro nuestra
nuestros nuestras vuestro vuestra yo tú él ella ello nosotros vosotros ellos ellas usted ustedes me te se nos os le les mío mía suyo suya alguien nadie
algo nada todo toda todos todas cada alguno alguna algunos algunas algún ninguno ninguna ningún otro otra otros otras mismo misma mucho mucha muchos
muchas poco poca pocos pocas varios varias tanto tanta ambos
y e o u pero sino porque aunque mientras si como cuando pues entonces
a ante bajo con contra de desde durante en entre hacia hasta para por según sin sobre tras
qué quién quiénes cuál cuáles cómo cuándo cuánto cuánta cuántos cuántas dónde adónde quien quienes cual cuales donde
no sí ya aún todavía siempre nunca también tampoco muy más menos bien mal mejor peor aquí ahí allí ahora hoy ayer mañana luego después antes quizá quizás
casi sólo solo además así tan bastante demasiado
soy eres es somos sois son era eras eran fue fueron sido ser será sería estoy estás está estamos están estaba estaban estar he has ha hemos han había
habían haber hay habrá tengo tienes tiene tenemos tienen tenía tener puedo puedes puede podemos pueden podría poder debo debes debe deben deber debería
quiero quieres quiere queremos quieren querer quisiera voy vas va vamos van ir hago haces hace hacen hacer sé sabe saber dime dame hazme
gracias por favor
""",
    "italian": """
il lo la i gli le un uno una del dello della dei degli delle al allo alla ai agli alle dal dallo dalla dai dagli dalle nel nello nella nei negli nelle sul
sullo sulla sui sugli sulle questo questa questi queste quello quella quelli quelle quel quei mio mia miei mie tuo tua tuoi tue suo sua suoi sue nostro
nostra nostri nostre vostro vostra loro io tu lui lei noi voi essi mi ti si ci vi ne che chi cui qualcuno qualcosa nessuno niente nulla tutto tutta tutti
tutte ogni qualche alcuni alcune altro altra altri altre stesso stessa molto molta molti molte poco poca pochi poche
e ed o oppure ma però perché quindi dunque anche se come quando mentre poiché affinché
di a da in con su per tra fra senza sotto sopra dopo prima durante verso contro presso
quale quali quanto quanta quanti quante dove cosa cos'è com'è dov'è qual c'è l'ho un'altra
non più meno già ancora sempre mai spesso oggi ieri domani adesso ora poi qui qua lì là bene male meglio peggio molto troppo abbastanza così solo soltanto
forse quasi sì no grazie
sono sei è siamo siete era erano stato stata stati essere sarà sarebbe ho hai ha abbiamo avete hanno aveva avevano avere avrà posso puoi può possiamo
possono potere potrebbe devo devi deve dobbiamo devono dovrei dovrebbe voglio vuoi vuole vogliono vorrei vorrebbe faccio fai fa fanno fare vado vai va vanno
andare so sai sapere sto stai sta stanno dimmi
""",
    "portuguese": """
o a os as um uma uns umas do da dos das no na nos nas ao à aos às pelo pela pelos pelas num numa dum duma este esta isto estes estas esse essa isso esses
essas aquele aquela aquilo meu minha meus minhas teu tua seu sua seus suas nosso nossa nossos nossas dele dela deles delas eu tu ele ela nós vós eles elas
você vocês me te se lhe lhes mim ti si alguém ninguém algo nada tudo todo toda todos todas cada algum alguma alguns algumas nenhum nenhuma outro outra
outros outras mesmo mesma muito muita muitos muitas pouco pouca poucos poucas vários várias
e ou mas porém porque pois embora enquanto se como quando então
de em com por para sem sob sobre entre até desde após durante contra perante
que quê quem qual quais quanto quanta quantos quantas onde aonde
não sim já ainda sempre nunca também muito mais menos bem mal melhor pior aqui ali lá agora hoje ontem amanhã depois antes talvez quase só apenas assim tão
sou és é somos são era eram foi foram sido ser será seria estou está estamos estão estava estar tenho tem temos têm tinha ter há houve haver posso pode
podemos podem poderia poder devo deve devem dever quero quer queremos querem querer gostaria vou vai vamos vão ir faço faz fazem fazer sei sabe saber
obrigado obrigada
""",
    "dutch": """
de het een der den dit dat deze die mijn jouw uw zijn haar ons onze hun ik jij je u hij zij ze wij we jullie mij me jou hem hen elkaar iemand niemand iets
niets alles elke elk ieder iedere geen enkele sommige veel weinig meer andere
en of maar want dus omdat hoewel terwijl als toen wanneer zodat voordat nadat indien
aan af bij binnen boven buiten door in langs met na naar naast om onder op over per sinds tegen tijdens tot tussen uit van vanaf voor zonder volgens
wie wat waar waarom hoe welke welk hoeveel waarmee waarvoor waarheen
niet ook nog al altijd nooit vaak soms hier daar er nu toen vandaag morgen gisteren dan heel erg zeer zo te wel misschien alleen bijna ongeveer samen ja nee
ben bent is was waren geweest heb hebt heeft hebben had hadden gehad word wordt worden werd werden kan kunt kunnen kon konden moet moeten moest mag mogen
mocht zal zult zullen zou zouden wil wilt willen wilde ga gaat gaan ging doe doet doen deed maak maakt maken komt komen bedankt graag
""",
}
# English words, too, or parts of names: they say nothing of the language.
SHARED = """ali allen elke han hanno li mai aura devi della darin ela gia nella nelle ora una uma sara wen sue ed sai prima wilde hay su doe hai vi chi dann
alla ate bent deed dime dove elk encore ensemble eras favor ins muss nee non plus qua saber tot wart wilt fast falls word font comment hatten
a ab actor after ai al all also am an and animal ans are art as at bald be been ben bin but by capital car chance chef come con d da dad
dame dan dance das de del den des di die dire do doctor don door dos du due dum e eben el ella elle era erg error es est ex fa far fare fin
final fit fort ga gab gar general go god got had halt hare has hast hat have he heel hem hen her here hier his hoe hotel hun i idea il in is
ist kan l la le lei lo local los ma maar mac mag main mal male man mare marina mas material me men mes met mia mij mine moor moot more most
my na nel ni no normal nos o of ola on one or os ou over pain pan par para pendant per personal pier pode radio rat real regular rod sage
sale san sans santa se seal see sein sera si sia sin so sob sole soll solo son sono sons st sur ta tale tan ten the to too total tu tua u
uber uit under us van via von wage want war ware was wat we web will wit won would y""".split()

# What people ask about and are told to do, without what is somebody's name: verbs, nouns, adjectives.
COMMON = {
    "german": """
schreibe schreib schreiben erkläre erklär erklären erstelle erstellen nenne nennen gib zeig zeige fasse formuliere übersetze übersetzen vergleiche
beschreibe beschreiben entwirf hilf helfen finde finden mach mache sag sage sagen berechne rechne plane empfiehl korrigiere verbessere kürze liste suche
suchen brauche brauchst braucht brauchen bekomme bekommt bekommen dauert dauern kostet kosten verdient verdienen funktioniert funktionieren passiert
bedeutet bedeuten behandelt behandeln erkennt erkennen eignet eignen lernt lernen entsteht entstehen wirkt wirken hilft schützt steht stehen liegt liegen
bleibt bleiben nimmt nehmen trägt sieht sehen spricht sprechen isst essen trinkt trinken schläft schlafen fährt fahren läuft laufen kauft kaufen zahlt
zahlen bezahlt beträgt gilt gelten gehört stimmt weiß wissen kennt kennen glaubt denkt fühlt meint findet sucht hält liest lesen spielt spielen arbeitet
arbeiten wohnt wohnen lebt leben stirbt wächst beginnt endet öffnet schließt ändert löst misst wiegt baut bauen kocht kochen backt backen
gut gute guten guter gutes schlecht groß große großen klein kleine neu neue neuen alt alte alten lang lange kurz kurze hoch hohe schnell langsam leicht
schwer wichtig wichtigsten richtig falsch gesund krank teuer billig günstig warm kalt erste ersten zweite letzte nächste häufig häufigsten bekannt
zehn zwanzig dreißig hundert tausend zwei drei vier fünf sechs sieben acht neun elf zwölf
""",
    "german nouns": """
unterschied unterschiede spiele spiel kurzgeschichte krieg kriege kredit kredite leasing symptome ursache ursachen folgen vorteile nachteile tipps ideen
tricks übungen schritte regeln gründe argumente arten formen beispiele wörter sätze zahlen kosten preise länder städte flüsse berge tiere pflanzen bäume
blumen vögel fische insekten farben kleidung schuhe hose hemd jacke kleid schrank tisch stuhl bett lampe fenster tür dach keller
obst gemüse apfel äpfel birne banane tomate kartoffel kartoffeln zwiebel knoblauch nudeln reis brot brötchen käse wurst fleisch fisch suppe salat nachtisch
kuchen torte teig schokolade honig öl essig gewürze vitamin vitamine eiweiß fett kalorien diät gewicht muskel muskeln knochen haut haare zähne zahn bauch
rücken knie fuß füße finger nase ohr mund lunge leber niere nieren magen darm gehirn nerven fieber husten schnupfen grippe erkältung impfung impfungen
allergie entzündung verletzung wunde krebs diabetes schlaganfall herzinfarkt bluthochdruck schwangerschaft geburt säugling babys baby jugendliche
erwachsene senioren eltern lehrer lehrerin ärztin ärzte pfleger pflegerin beruf berufe stelle stellen vorstellungsgespräch arbeitgeber arbeitnehmer
kündigungsfrist mutterschutz elternzeit rente renten sozialversicherung krankenkasse haftpflicht erbe erbschaft testament scheidung ehe hochzeit
unterhalt sorgerecht mieter vermieter nebenkosten kaution eigenbedarf makler grundstück hypothek zinsen zins aktie aktien anleihe fonds börse inflation
währung schulden insolvenz strafe strafen klage urteil richter verfahren asyl antrag visum pass ausweis führerschein grenze staat regierung
bundestag wahl wahlen partei parteien verfassung grundgesetz demokratie diktatur revolution mittelalter antike jahrhundert jahrzehnt weltkrieg mauer
kaiser könig königin papst kirche religion glaube philosophie kunst musik lied lieder schlaflieder gedichte roman romane buchstabe grammatik
mathematik physik chemie biologie erdkunde geschichte informatik gleichung formel beweis ableitung integral wahrscheinlichkeit durchschnitt fläche umfang
energie strom spannung licht luft erde mond sonne stern sterne planet planeten weltraum klima klimawandel umwelt müll wald meer see fluss berg
insel wüste regen schnee eis wind sturm gewitter erdbeben vulkan frühling herbst feiertag weihnachten ostern geburtstag geschenk geschenke feier
party spaß freude angst trauer wut liebe hass glück pech traum träume schlaf stress ruhe gefühl gefühle gedanke gedanken verhalten gewohnheit gewohnheiten
lügner lüge wahrheit meinung streit gespräch rede vortrag aufsatz überschrift einladung entschuldigung beschwerde mahnung vorlage muster anleitung
fahrrad motor reifen bremse benzin diesel batterie akku ladekabel drucker bildschirm tastatur passwort netzwerk webseite tabelle spalte zeile
maurer bäcker elektriker tischler krankenschwester ingenieur pilot feuerwehr soldat bauernhof fabrik werkstatt büro baustelle
einkommen mindestlohn trinkgeld rechnungen quittung mehrwertsteuer einkommensteuer freibetrag
""",
    "french": """
écris écrire écrivez explique expliquer expliquez donne donner donnez propose proposer rédige rédiger traduis traduire résume résumer corrige liste fais
calcule compare décris trouve trouver cherche chercher apprendre apprend prendre prend mettre mettez dire dis dit voir vois parler parle manger mange boire
dormir dort travailler travaille acheter payer coûte gagne gagner utiliser utilise marche fonctionne signifie soigner soigne traiter éviter évite choisir
calories banane différence conseils idées exemple exemples exercices recette recettes histoire poème lettre courriel discours titre phrase mots mot
règle règles loi contrat bail loyer impôts impôt salaire retraite chômage licenciement divorce mariage héritage testament crédit prêt banque
assurance santé maladie symptômes médecin infirmière vaccin vaccins fièvre grossesse bébé enfants enfant parents femme homme gens ville pays monde
guerre paix roi reine empereur révolution siècle histoire géographie mathématiques physique chimie eau air terre soleil lune ciel mer montagne rivière
arbre fleur animal chien chat oiseau poisson maison appartement chambre cuisine jardin voiture vélo train avion voyage vacances été hiver printemps automne
pomme poire fraise tomate carotte oignon ail pain fromage beurre lait œuf œufs farine sucre sel huile viande poulet poisson riz pâtes soupe salade gâteau
jour jours semaine mois année ans heure heures temps fois matin soir nuit grand grande petit petite bon bonne mauvais nouveau nouvelle vieux premier
première dernier meilleur meilleure facile difficile important deux trois quatre cinq six sept huit neuf dix vingt cent mille trompe trompe-t-elle
""",
    "spanish": """
escribe escribir explica explicar dime dame haz resume resumir traduce traducir corrige calcula compara describe busca buscar encuentra aprender aprende
tocar comer come beber dormir trabajar trabaja comprar pagar cuesta ganar gana usar usa funciona significa sirve sirven necesito necesitas necesita puedo
tratar evitar elegir hablar habla vivir ver leer lee jugar cocinar preparar limpiar
vitaminas vitamina naranja guitarra preguntas pregunta respuesta entrevista trabajo diferencia consejos ideas ejemplo ejemplos ejercicios receta recetas
cuento historia poema carta correo discurso título frase palabras palabra regla reglas ley contrato alquiler impuestos impuesto sueldo salario pensión paro
despido divorcio matrimonio herencia testamento crédito préstamo hipoteca banco seguro salud enfermedad síntomas síntoma médico médica enfermera vacuna
vacunas fiebre embarazo bebé niños niño niña padres mujer hombre gente ciudad país mundo guerra paz rey reina emperador revolución siglo geografía
matemáticas física química agua aire tierra sol luna cielo mar montaña río árbol flor animal perro gato pájaro pez casa piso habitación cocina jardín coche
bicicleta tren avión viaje vacaciones verano invierno primavera otoño manzana pera fresa tomate zanahoria cebolla ajo pan queso mantequilla leche huevo
huevos harina azúcar sal aceite carne pollo pescado arroz pasta sopa ensalada pastel día días semana mes meses año años hora horas tiempo vez veces mañana
tarde noche grande pequeño pequeña bueno buena malo nuevo nueva viejo primero primera último mejor fácil difícil importante diez dos tres cuatro cinco
seis siete ocho nueve veinte cien mil
""",
    "italian": """
scrivi scrivere spiega spiegare dammi riassumi traduci tradurre correggi calcola confronta descrivi trova trovare cerca imparare mangiare bere dormire
lavorare lavora comprare pagare costa guadagna guadagnare usare funziona significa serve curare evitare scegliere parlare vivere vedere leggere giocare
differenza consigli idee esempio esempi esercizi ricetta ricette storia racconto poesia lettera discorso titolo frase parole parola regola regole legge
contratto affitto tasse tassa stipendio pensione licenziamento divorzio matrimonio eredità mutuo prestito banca assicurazione salute malattia sintomi
medico infermiera vaccino febbre gravidanza bambino bambini genitori donna uomo gente città paese mondo guerra pace re regina imperatore rivoluzione secolo
geografia matematica fisica chimica acqua aria terra sole luna cielo mare montagna fiume albero fiore animale cane gatto uccello pesce casa appartamento
camera cucina giardino macchina bicicletta treno aereo viaggio vacanze estate inverno primavera autunno mela pera fragola pomodoro carota cipolla aglio
pane formaggio burro latte uovo uova farina zucchero sale olio carne pollo riso pasta zuppa insalata torta giorno giorni settimana mese mesi anno anni ora
ore tempo volta volte mattina sera notte grande piccolo piccola buono buona cattivo nuovo nuova vecchio primo ultimo migliore facile difficile importante
due tre quattro cinque sei sette otto nove dieci venti cento mille
""",
    "portuguese": """
escreva escreve escrever explique explica explicar dê diga resuma traduza traduzir corrija calcule compare descreva encontre procure aprender comer beber
dormir trabalhar trabalha comprar pagar custa ganha ganhar usar funciona significa serve preciso precisa tratar evitar escolher falar viver ver ler jogar
diferença conselhos dicas ideias exemplo exemplos exercícios receita receitas história conto poema carta discurso título frase palavras palavra regra
regras lei contrato aluguel renda impostos imposto salário aposentadoria reforma demissão divórcio casamento herança crédito empréstimo banco seguro saúde
doença sintomas médico enfermeira vacina vacinas febre gravidez bebê bebé crianças criança pais mulher homem gente cidade país mundo guerra paz rei rainha
imperador revolução século geografia matemática física química água ar terra sol lua céu mar montanha rio árvore flor animal cachorro cão gato pássaro
peixe casa apartamento quarto cozinha jardim carro bicicleta trem comboio avião viagem férias verão inverno primavera outono maçã pera morango tomate
cenoura cebola alho pão queijo manteiga leite ovo ovos farinha açúcar sal óleo carne frango arroz massa sopa salada bolo dia dias semana mês meses ano
anos hora horas tempo vez vezes manhã tarde noite grande pequeno pequena bom boa mau novo nova velho primeiro último melhor fácil difícil importante dois
três quatro cinco seis sete oito nove dez vinte cem mil
""",
    "dutch": """
schrijf schrijven leg uitleggen geef maak vat vertaal vertalen verbeter bereken vergelijk beschrijf vind vinden zoek zoeken leren eten drinken slapen werken
werkt kopen betalen kost verdient verdienen gebruiken werkt betekent behandelen voorkomen kiezen praten leven zien lezen spelen koken bakken nodig
verschil verschillen tips ideeën voorbeeld voorbeelden oefeningen recept recepten verhaal gedicht brief toespraak titel zin woorden woord regel regels wet
contract huur belasting salaris pensioen ontslag scheiding huwelijk erfenis krediet lening hypotheek bank verzekering gezondheid ziekte symptomen arts
verpleegkundige vaccin koorts zwangerschap kinderen kind ouders vrouw mensen stad land wereld oorlog vrede koning koningin keizer revolutie eeuw
aardrijkskunde wiskunde natuurkunde scheikunde water lucht aarde zon maan hemel zee berg rivier boom bloem dier hond kat vogel vis huis appartement kamer
keuken tuin fiets trein vliegtuig reis vakantie zomer winter lente herfst appel peer aardbei tomaat wortel ui knoflook brood kaas boter melk ei eieren meel
suiker zout olie vlees kip rijst soep salade taart dag dagen week maand maanden jaar uur tijd keer ochtend avond nacht groot grote klein kleine goed goede
slecht nieuw nieuwe oud oude eerste laatste beste makkelijk moeilijk belangrijk twee drie vier vijf zes zeven acht negen tien twintig honderd duizend
""",
}

# Of German words, to be put together: what stands before, and nouns that no list holds.
GERMAN_BEFORE = """sonnen wasser straßen kinder lebens arbeits versicherungs steuer kranken haus garten schul sommer winter feuer welt volks stadt land
berg tier pflanzen blumen holz metall papier glas stein sand wind luft licht farb ton bild film musik theater buch zeitungs brief post bank geld
kredit miet wohnungs bau verkehrs bahn flug schiffs auto fahrrad reise urlaubs hotel küchen back brot fleisch fisch gemüse obst kartoffel milch
zucker salz gewürz kaffee tee bier wein getränke speise nacht tages wochen monats jahres zeit uhr herz lungen magen haut haar zahn rücken
knie augen ohren nasen blut nerven muskel knochen kopf bauch fuß hand finger seelen angst schlaf traum familien ehe eltern frauen männer jugend
alters renten gesundheits pflege rechts straf gerichts vertrags erb kauf verkaufs handels wirtschafts industrie energie strom gas öl wärme kälte
umwelt klima wetter regen schnee eis meeres fluss see insel wald feld wiesen""".split()
GERMAN_HEADS = """brand schutz verfahren regelung gebühr kosten preis plan liste buch karte schein pflicht recht gesetz vertrag antrag frist dauer
grund art form farbe größe menge zahl kraft werk zeug maschine anlage gerät teil stück platz raum haus zimmer dach wand boden tür fenster garten weg
bahn brücke hafen markt laden geschäft betrieb amt stelle schule kurs prüfung arbeit aufgabe übung spiel lied film bild geschichte sage märchen
rezept suppe soße kuchen torte brot salat saft pulver mehl fett säure stoff gas druck wärme strahlung messung rechnung formel lehre kunde
forschung theorie krise krieg frieden vertreter führer macher leiter helfer pfleger kasse hilfe leistung zahlung steuer versicherung schaden
unfall verletzung krankheit schmerz schmerzen entzündung mittel tablette salbe behandlung therapie störung sucht schwäche mangel verlust gewinn
wachstum tum schaft ung heit keit nis ling erei chen lein ismus tät ion ment anz enz""".split()
GERMAN_SELDOM = """ahornsirup amboss anker armbrust asche bagger balken bienenstock blitz bohrer borke brennnessel brücke bumerang dachs deich delfin
distel docht dolch drossel efeu eichel eimer elster ente faden falter farn fass feder feige fessel flieder floh flöte forelle frosch galle
geige gerste gießkanne giraffe glocke grille gurke hafen hagel hammer harfe harz hecht hefe henkel hirse hornisse hummel igel ingwer jaguar
käfer kamille karpfen kastanie kelle kerze kiefer kissen klee koralle krähe krebsgang kreide kröte kübel kürbis kutsche lachs lauch lehm leiter
libelle linde luchs made magnet maulwurf meißel melone minze molch moos motte mücke nadel nagel narbe nebel nessel nuss otter paprika pfanne pfeffer
pfeife pilz pinsel qualle quark rabe rasen raupe regal rettich riegel ringelblume säge salbei sattel schaufel schere schilf schlange schnalle
schnecke schraube schwan segel senf sichel sieb specht spinne stachel stiefel storch strauch tanne taube teppich tiger tinte trommel tulpe veilchen
waage wabe wachs walnuss wanne wespe wurzel zange zaun ziege zimt zwerg""".split()

SUFFIXES = tuple("schaft ung heit keit nis ling erei chen lein ismus tät ion ment anz enz".split())


def german_noun(pick, known):
    """One that the lists have, one of two parts, or one that no list has."""
    x = pick.random()
    if x < 0.4:
        word = pick.choice(known)
    elif x < 0.75:
        word = pick.choice(GERMAN_BEFORE) + pick.choice(GERMAN_HEADS)
    elif x < 0.9:
        word = pick.choice(GERMAN_SELDOM) + pick.choice(("", "", "n", "e", "s"))
    else:
        a, b = pick.choice(GERMAN_BEFORE), pick.choice(GERMAN_SELDOM)
        word = a[:4] + b[-4:] + pick.choice((*SUFFIXES, "", ""))
    return word[0].upper() + word[1:]


ENDINGS = {
    "french": "tion ment age eur euse té ière ance ence isme ique aire oir ure ette ée eaux és ons es",
    "spanish": "ción dad miento aje dor dora illa ía encia anza ismo ico ero era ura ito os as es iones amos",
    "italian": "zione ità mento aggio tore trice ezza ia enza anza ismo ico iere iera ura ino i e ioni iamo",
    "portuguese": "ção dade mento agem dor dora eza ia ência ança ismo ico eiro eira ura inho os as es ções amos",
    "dutch": "ing heid schap age er ster sel tje nis erij en s atie isme iek aar lijk ingen",
}


def word(pick, language):
    """A common one, or one that only sounds like it."""
    found = pick.choice(COMMON[language].split())
    if language in ENDINGS and pick.random() < 0.25:
        return found[: pick.randrange(3, 6)] + pick.choice(ENDINGS[language].split())
    return found


# Sentences that name nobody. {q} a word of FUNCTION, {w} one of COMMON, {n} a German noun; capitals as they stand.
SENTENCES = {
    "german": """
Wie {w} man {n}?|Wie {w} man einen {n}?|Wie lange {w} ein {n}?|Wie viel {w} ein {n}?|Wie viele {n} {w} ein {n}?|Was {w} ein {n}?|Was ist ein {n}?|Was ist eine {n}?
Was ist das {n}?|Was ist der Unterschied zwischen {n} und {n}?|Was passiert bei einer {n} wegen {n}?|Was hilft gegen {n}?|Was sind die {n} von {n}?|Was bedeutet {n}?
Welche {n} {w} sich für {n}?|Welche {n} brauche ich für {n}?|Welche {n} gibt es?|Welche {n} haben {n}?|Welcher {n} ist der beste für {n}?|Welches {n} {w} zu {n}?
Woran erkennt man {n}?|Woran {w} man einen {n}?|Woraus {w} {n}?|Warum {w} {n} im {n}?|Warum ist {n} so {w}?|Wieso {w} der {n}?|Wann {w} die {n}?|Wo {w} man {n}?|Wer {w} die {n}?
Schreib eine {n} über einen {n} im {n}.|Schreibe ein {n} über {n} und {n}.|Schreib mir einen {n} für die {n}.|Erkläre mir {n} in einfachen {n}.|Erklär den {n} von {n}.
Erstelle einen {n} für {n} mit {n}.|Erstelle eine {n} mit zehn {n}.|Nenne drei {n} für {n}.|Nenn mir {n} ohne {n}.|Gib mir {n} für {n}.|Fasse den {n} zusammen.
Übersetze den {n} ins Englische.|Formuliere eine {n} für den {n}.|Berechne die {n} eines {n}.|Vergleiche {n} und {n}.|Beschreibe den {n}.|Entwirf ein {n} zum {n}.
{n} für {n}|{n} mit {n} und {n}|{n} ohne {n}|{n} und {n}|{n} zum {n}|{n}: {n} und {n}|Zehn {n} für {n}|Drei {n} gegen {n}|Tipps für {n}|Rezept für {n} mit {n}|Ideen für eine {n}
Ich brauche einen {n} für {n}.|Ich möchte {n} {w}.|Ich suche {n} für meine {n}.|Der {n} {w} im {n}.|Die {n} {w} die {n}.|Das {n} ist {w}.|Eine {n} {w} kein {n}.|Im {n} {w} die {n}.
Kann man {n} mit {n} {w}?|Darf ein {n} {n} {w}?|Muss ich {n} {w}?|Ist {n} {w}?|Sind {n} {w}?|Hat ein {n} {n}?|Gibt es {n} für {n}?|Kannst du mir {n} {w}?|Wirkt {n} gegen {n}?
{Q} {w} {q} {n}?|{Q} {q} {n} {w}?|{W} {q} {n} {q} {n}.|{Q} {q} {w} {n}, {q} {n} {w}?|Bei {n} {w} der {n}.|Gegen {n} {w} {n}.|Seit dem {n} {w} {n}.|{W} Sie {q} {n}.
""",
    "others": """
{Q} {w} {q} {w}?|{Q} {q} {w} {q} {w}?|{Q} {q} {w}?|{W} {q} {w} {q} {w}.|{W} {w} {q} {w}.|{Q} {w} {q} {w} {q} {w}.|{W} {q} {w}|{W} {q} {q} {w} {q} {w}.|{Q} {q} {q} {w} ?|¿{Q} {w} {q} {w}?
{Q} {w} {w} {q} {w}|{W}: {w} {q} {w}|{W} {w}|{Q} {q} {w} {w}, {q} {w}.|- {W} {q} {w}\\n- {W} {q} {w}|{W} {q} {w}: {w}, {w}, {w}.|¡{W} {q} {w}!
""",
}

# The same with names: PEOPLE of texts.py has them for English.
NAMED = {
    "german": """
{Q} {w} {F} {q} {n}?|{F} {w} {q} {n}.|{P} {w} {q} {n}.|{Q} {q} {n} {w} {P} {q} {n}.|Was {w} {P}?|Wer ist {P}?|Die {n} von {P} {w}.|{F} und {F} {w} {q} {n}.|Mit {F} {w} ich {n}.
Mein {n} {F} {w} {n}.|Bei {O} {w} {n}.|In {G} {w} man {n}.|Der {n} in {G}|{T} {L} {w} die {n}.|Warum {w} {F} {q} {n}?|Kennst du {P}?|Für {F} {w} ich {n}.|Welche {n} gibt es in {G}?
Seit {n} {w} {F} {q} {n}.|{F}, {w} du {q} {n}?|Ich {w} {F} {q} {n}.|Sag {F}, dass {q} {n} {w}.|{L} {w} den {n}.|{n} an {P}|{n} für {P}, {n}|{P}, {n}\\n{O}|Name: {P}\\n{n}: {D}
""",
    "others": """
{Q} {w} {F} {q} {w}?|{F} {w} {q} {w}.|{P} {w} {q} {w}.|{Q} {q} {w} {P} {q} {w}.|{F} e {F} {w} {q} {w}.|{Q} {w} {q} {w} {q} {G}?|{Q} {w} {G}?|{q} {w} {q} {O} {w}|{T} {L} {w} {q} {w}.
{W} {q} {w} {q} {F}.|{W} {q} {w} {P}|{F}, {w} {q} {w}?|{Q} {w} {P}?|{w} {q} {P}|{P}, {w} {q} {O}|{Q} {q} {F} {w} {q} {w}.|{w} {F} {q} {w}|{W}: {P}|{F} {q} {F} {w} {q} {G}.|{P}\\n{G}
""",
}

ITALIAN = """
Mi chiamo {P}.|Sono {F} e abito a {G}.|Ciao {F},|Gentile signora {L},|Gentile dottor {L},|Cordiali saluti,\\n{P}|Nome: {P}|Ieri ho parlato con {F}.|Mia sorella {F} lavora da {O}.
Lavoro presso {O} a {G}.|Abitiamo a {G}.|Scrivi una mail a {F}.|Il treno da {G} a {G} è in ritardo.|Il signor {L} è arrabbiato.|{F} e {F} si sposano.|Grazie, {F}.|Paziente: {P}
"""
PORTUGUESE = """
Meu nome é {P}.|Sou {F} e moro em {G}.|Olá {F},|Caro {F},|Prezada senhora {L},|Atenciosamente,\\n{P}|Nome: {P}|Ontem falei com {F}.|Minha irmã {F} trabalha na {O}.
Trabalho na {O} em {G}.|Moramos em {G}.|Escreve um email para {P}.|O comboio de {G} para {G} está atrasado.|O senhor {L} ligou.|{F} e {F} vão casar.|Obrigado, {F}.|Paciente: {P}
"""
DUTCH = """
Mijn naam is {P}.|Ik ben {F} en woon in {G}.|Hallo {F},|Beste {F},|Geachte heer {L},|Geachte mevrouw {L},|Met vriendelijke groet,\\n{P}|Naam: {P}|Ik heb gisteren met {F} gesproken.
Mijn zus {F} werkt bij {O}.|Ik werk bij {O} in {G}.|Wij wonen in {G}.|Schrijf een mail aan {F}.|De trein van {G} naar {G} heeft vertraging.|De heer {L} heeft gebeld.|{F} en {F} trouwen.
"""
