"""Words written for weir: no list of anybody else's. What the word lists cannot know (who is known to
everybody, who exists only in books, what kind of word it is) and what the example texts are made of."""

# People of public life and of the past, by the name they are usually called. One word: surname alone is enough.
PUBLIC = """
einstein newton darwin galileo copernicus kepler curie pasteur tesla edison feynman hawking turing lovelace euler gauss
riemann fermat ramanujan hilbert goedel noether bohr heisenberg schroedinger planck maxwell faraday oppenheimer mendel mendeleev
pythagoras archimedes euclid aristotle plato socrates confucius buddha descartes kant hegel nietzsche marx engels freud jung
voltaire rousseau spinoza wittgenstein sartre camus kierkegaard machiavelli seneca cicero aurelius
shakespeare goethe schiller dante cervantes homer virgil ovid chaucer milton austen dickens tolstoy dostoevsky chekhov kafka joyce
hemingway steinbeck faulkner fitzgerald orwell huxley tolkien rowling asimov bradbury vonnegut poe dickinson whitman thoreau emerson
wordsworth keats byron shelley blake yeats wilde woolf bronte melville hawthorne twain borges neruda marquez rilke brecht moliere hugo
proust flaubert balzac zola dumas verne ibsen strindberg beckett pinter shaw nabokov pushkin gogol solzhenitsyn murakami angelou morrison
bach mozart beethoven brahms schubert schumann chopin liszt wagner verdi puccini vivaldi handel haydn tchaikovsky stravinsky
rachmaninoff debussy ravel mahler elvis beatles lennon mccartney dylan hendrix bowie sinatra madonna beyonce rihanna adele eminem
michelangelo leonardo raphael donatello botticelli caravaggio rembrandt vermeer rubens monet manet renoir cezanne gauguin picasso
matisse dali magritte kandinsky klimt kahlo warhol banksy rodin goya velazquez hokusai munch chagall pollock
napoleon caesar cleopatra augustus nero hannibal charlemagne bismarck lincoln washington jefferson roosevelt churchill stalin lenin
hitler mussolini franco mao gandhi nehru mandela castro guevara kennedy nixon reagan obama trump biden clinton putin zelensky merkel
macron thatcher gorbachev thunberg malala columbus magellan cook gagarin armstrong aldrin
disney chaplin hitchcock kubrick spielberg scorsese tarantino nolan kurosawa fellini bergman godard lucas
gates musk bezos zuckerberg buffett rockefeller carnegie dijkstra knuth torvalds stallman ritchie stroustrup rossum hopper
pele maradona messi ronaldo neymar federer nadal djokovic serena schumacher jordan lebron kobe
beyoncé kardashian bieber swift gaga drake kanye shakira oprah winfrey dicaprio
""".split()
PUBLIC_FULL = """
albert einstein|isaac newton|charles darwin|marie curie|nikola tesla|thomas edison|stephen hawking|alan turing|ada lovelace|carl sagan
richard feynman|leonardo da vinci|william shakespeare|jane austen|charles dickens|mark twain|ernest hemingway|george orwell
agatha christie|stephen king|edgar allan poe|emily dickinson|walt whitman|oscar wilde|virginia woolf|maya angelou|toni morrison
johann sebastian bach|wolfgang amadeus mozart|ludwig van beethoven|john lennon|paul mccartney|bob dylan|michael jackson|freddie mercury
elvis presley|taylor swift|lady gaga|justin bieber|selena gomez|miley cyrus|katy perry|ariana grande|ed sheeran|bruno mars|kanye west
kim kardashian|johnny depp|brad pitt|tom cruise|tom hanks|leonardo dicaprio|morgan freeman|will smith|robert downey|emma watson
julius caesar|abraham lincoln|george washington|thomas jefferson|benjamin franklin|theodore roosevelt|franklin roosevelt
winston churchill|adolf hitler|joseph stalin|vladimir lenin|mahatma gandhi|nelson mandela|martin luther|martin luther king
john f. kennedy|john kennedy|richard nixon|ronald reagan|george bush|bill clinton|hillary clinton|barack obama|michelle obama
donald trump|joe biden|kamala harris|vladimir putin|angela merkel|emmanuel macron|margaret thatcher|queen elizabeth|king charles
christopher columbus|neil armstrong|buzz aldrin|amelia earhart|rosa parks|anne frank|helen keller|florence nightingale
walt disney|charlie chaplin|alfred hitchcock|steven spielberg|george lucas|ian fleming|arthur conan doyle|j.k. rowling
bill gates|steve jobs|elon musk|jeff bezos|mark zuckerberg|warren buffett|linus torvalds|guido van rossum|dennis ritchie|donald knuth
michael jordan|lebron james|kobe bryant|lionel messi|cristiano ronaldo|roger federer|rafael nadal|serena williams|usain bolt|tiger woods
vincent van gogh|pablo picasso|claude monet|salvador dali|frida kahlo|andy warhol|andrew johnson|alexander hamilton|karl marx
sigmund freud|carl jung|friedrich nietzsche|immanuel kant|jean paul sartre|john locke|adam smith|john maynard keynes|milton friedman
grace hopper|tim berners lee|katherine johnson|jane goodall|simone biles|oprah winfrey|henry ford|thomas hobbes|david hume|francis bacon
henry viii|louis xiv|johannes gutenberg|james watt|alexander fleming|alexander graham bell|wright brothers|marco polo|joan of arc
jeanne d'arc|anne boleyn|catherine of aragon|jane seymour|anne of cleves|catherine howard|catherine parr|mary queen of scots|mary tudor|lady jane grey
thomas more|thomas cromwell|oliver cromwell|thomas becket|walter raleigh|francis drake|guy fawkes|eleanor of aquitaine|william wallace|robert the bruce
marie antoinette|madame de pompadour|napoleon bonaparte|maximilien robespierre|josephine de beauharnais|charles de gaulle|francois mitterrand|nicolas sarkozy
catherine de medici|lorenzo de medici|cesare borgia|lucrezia borgia|niccolo machiavelli|giuseppe garibaldi|benito mussolini|silvio berlusconi|giorgia meloni
otto von bismarck|konrad adenauer|willy brandt|helmut schmidt|helmut kohl|gerhard schroder|olaf scholz|friedrich merz|erich honecker|walter ulbricht
rosa luxemburg|karl liebknecht|joseph goebbels|heinrich himmler|hermann goring|adolf eichmann|rudolf hess|eva braun|claus von stauffenberg|sophie scholl|hans scholl
maria theresa|maria theresia|marie therese|franz joseph|franz ferdinand|wilhelm ii|kaiser wilhelm|johann wolfgang von goethe|friedrich schiller|thomas mann
heinrich heine|bertolt brecht|gunter grass|heinrich boll|hermann hesse|franz kafka|rainer maria rilke|theodor fontane|erich kastner|astrid lindgren
jacob grimm|wilhelm grimm|brothers grimm|hans christian andersen|lewis carroll|beatrix potter|roald dahl|enid blyton|c.s. lewis|j.r.r. tolkien
leo tolstoy|fyodor dostoevsky|anton chekhov|alexander pushkin|nikolai gogol|boris pasternak|vladimir nabokov|aleksandr solzhenitsyn
victor hugo|gustave flaubert|honore de balzac|emile zola|marcel proust|albert camus|simone de beauvoir|jules verne|alexandre dumas|antoine de saint exupery
charles baudelaire|arthur rimbaud|guy de maupassant|blaise pascal|rene descartes|michel de montaigne|michel foucault|jacques derrida|jean jacques rousseau
miguel de cervantes|gabriel garcia marquez|jorge luis borges|pablo neruda|isabel allende|federico garcia lorca|mario vargas llosa|octavio paz|paulo coelho
fernando pessoa|jose saramago|dante alighieri|umberto eco|italo calvino|giovanni boccaccio|elena ferrante|primo levi|luigi pirandello
mary shelley|percy shelley|lord byron|john keats|william blake|william wordsworth|william butler yeats|james joyce|samuel beckett|george bernard shaw
charlotte bronte|emily bronte|anne bronte|george eliot|thomas hardy|rudyard kipling|robert louis stevenson|h.g. wells|bram stoker|daniel defoe|jonathan swift
aldous huxley|d.h. lawrence|e.m. forster|graham greene|evelyn waugh|william golding|doris lessing|salman rushdie|margaret atwood|alice munro|alice walker
f. scott fitzgerald|john steinbeck|william faulkner|harper lee|j.d. salinger|kurt vonnegut|ray bradbury|isaac asimov|philip k dick|ursula k le guin
sylvia plath|robert frost|langston hughes|t.s. eliot|ezra pound|herman melville|nathaniel hawthorne|henry david thoreau|ralph waldo emerson|louisa may alcott
zora neale hurston|james baldwin|tennessee williams|arthur miller|eugene o'neill|cormac mccarthy|neil gaiman|terry pratchett|dan brown|george r r martin
suzanne collins|stephenie meyer|haruki murakami|chinua achebe|wole soyinka|nadine gordimer|orhan pamuk|rabindranath tagore|khalil gibran|omar khayyam
sun tzu|lao tzu|genghis khan|kublai khan|attila the hun|saladin|suleiman the magnificent|mansa musa|shaka zulu|haile selassie|kwame nkrumah|desmond tutu
cyrus the great|ramses ii|queen nefertiti|mark antony|marcus aurelius|marcus brutus|pontius pilate|nero claudius|spartacus|alexander the great|ivan the terrible
peter the great|catherine the great|frederick the great|richard the lionheart|william the conqueror|john the baptist|simon bolivar|jose de san martin
tsar nicholas|leon trotsky|nikita khrushchev|leonid brezhnev|mikhail gorbachev|boris yeltsin|volodymyr zelensky|alexei navalny|yuri gagarin|grigori rasputin
mao zedong|chiang kai shek|deng xiaoping|xi jinping|ho chi minh|pol pot|kim jong un|kim jong il|kim il sung|jawaharlal nehru|indira gandhi|narendra modi
benazir bhutto|golda meir|yitzhak rabin|yasser arafat|benjamin netanyahu|anwar sadat|gamal abdel nasser|saddam hussein|osama bin laden|muammar gaddafi
ruhollah khomeini|recep tayyip erdogan|mustafa kemal ataturk|fidel castro|che guevara|hugo chavez|evita peron|eva peron|juan peron|augusto pinochet|salvador allende
emiliano zapata|pancho villa|hernan cortes|francisco pizarro|ferdinand magellan|vasco da gama|amerigo vespucci|james cook|roald amundsen|ernest shackleton
robert falcon scott|edmund hillary|tenzing norgay|charles lindbergh|alan shepard|valentina tereshkova|sally ride
john adams|james madison|james monroe|john quincy adams|andrew jackson|ulysses s grant|robert e lee|jefferson davis|woodrow wilson|herbert hoover
harry truman|dwight eisenhower|lyndon johnson|gerald ford|jimmy carter|al gore|dick cheney|mitt romney|john mccain|sarah palin|bernie sanders|elizabeth warren
nancy pelosi|mike pence|jd vance|ron desantis|mitch mcconnell|ruth bader ginsburg|clarence thomas|henry kissinger|robert kennedy|eleanor roosevelt|jackie kennedy
lee harvey oswald|john wilkes booth|malcolm x|harriet tubman|frederick douglass|sojourner truth|susan b anthony|booker t washington|john brown|nat turner
benedict arnold|paul revere|patrick henry|samuel adams|betsy ross|aaron burr|sitting bull|crazy horse|davy crockett|daniel boone|buffalo bill
al capone|bonnie parker|clyde barrow|billy the kid|jesse james|wyatt earp|john dillinger|lucky luciano|pablo escobar|el chapo|charles manson|ted bundy
jack the ripper|o.j. simpson|bernie madoff|jeffrey epstein|harvey weinstein|elizabeth holmes|sam bankman fried|edward snowden|julian assange|richard branson
tony blair|boris johnson|rishi sunak|keir starmer|theresa may|david cameron|gordon brown|neville chamberlain|clement attlee|benjamin disraeli|william gladstone
queen victoria|prince albert|prince charles|prince william|prince harry|princess diana|lady diana|meghan markle|kate middleton|camilla parker bowles
pope francis|john paul ii|mother teresa|dalai lama|john calvin|thomas aquinas|francis of assisi|ignatius of loyola|saint augustine|desiderius erasmus
galileo galilei|nicolaus copernicus|johannes kepler|tycho brahe|giordano bruno|gottfried wilhelm leibniz|leonhard euler|carl friedrich gauss|bernhard riemann
michael faraday|james clerk maxwell|max planck|niels bohr|werner heisenberg|erwin schrodinger|paul dirac|enrico fermi|robert oppenheimer|otto hahn|lise meitner
pierre curie|louis pasteur|robert koch|gregor mendel|alfred nobel|dmitri mendeleev|antoine lavoisier|edwin hubble|rosalind franklin|james watson|francis crick
linus pauling|john von neumann|kurt godel|emmy noether|srinivasa ramanujan|paul erdos|john nash|andrew wiles|grigori perelman|pierre de fermat|evariste galois
charles babbage|claude shannon|edsger dijkstra|alonzo church|john mccarthy|marvin minsky|geoffrey hinton|ken thompson|bjarne stroustrup|james gosling|steve wozniak
larry page|sergey brin|sundar pichai|satya nadella|tim cook|sam altman|jensen huang|larry ellison|jack dorsey|peter thiel|henry cavendish|robert hooke|robert boyle
andrew carnegie|john d rockefeller|j.p. morgan|cornelius vanderbilt|howard hughes|coco chanel|karl lagerfeld|enzo ferrari|gottlieb daimler|carl benz|rudolf diesel
john stuart mill|jeremy bentham|thomas paine|thomas malthus|david ricardo|friedrich engels|friedrich hayek|max weber|emile durkheim|hannah arendt|jurgen habermas
noam chomsky|bertrand russell|ludwig wittgenstein|martin heidegger|soren kierkegaard|arthur schopenhauer|baruch spinoza|john rawls|ayn rand|simone weil|alfred adler
jean piaget|ivan pavlov|b.f. skinner|abraham maslow|erik erikson|maria montessori|phineas gage|anna freud|charles de montesquieu|john dewey
rembrandt van rijn|johannes vermeer|hieronymus bosch|pieter bruegel|albrecht durer|caspar david friedrich|gustav klimt|egon schiele|paul klee|max ernst
edvard munch|henri matisse|paul cezanne|paul gauguin|edgar degas|edouard manet|auguste renoir|auguste rodin|camille claudel|marcel duchamp|rene magritte
diego velazquez|francisco goya|joan miro|diego rivera|jackson pollock|mark rothko|georgia o'keeffe|roy lichtenstein|keith haring|ai weiwei|damien hirst|yayoi kusama
frank lloyd wright|le corbusier|antoni gaudi|zaha hadid|walter gropius|ansel adams|annie leibovitz
joseph haydn|franz schubert|robert schumann|clara schumann|johannes brahms|richard wagner|richard strauss|johann strauss|gustav mahler|felix mendelssohn
frederic chopin|franz liszt|giuseppe verdi|giacomo puccini|antonio vivaldi|gioachino rossini|pyotr ilyich tchaikovsky|igor stravinsky|dmitri shostakovich
sergei rachmaninoff|claude debussy|maurice ravel|george gershwin|leonard bernstein|philip glass|john williams|hans zimmer|ennio morricone|antonio salieri
edith piaf|maria callas|luciano pavarotti|enrico caruso|frank sinatra|ella fitzgerald|louis armstrong|billie holiday|miles davis|john coltrane|duke ellington
nina simone|aretha franklin|ray charles|stevie wonder|marvin gaye|james brown|chuck berry|little richard|buddy holly|johnny cash|dolly parton|willie nelson
jimi hendrix|janis joplin|jim morrison|kurt cobain|david bowie|elton john|mick jagger|keith richards|george harrison|ringo starr|yoko ono|eric clapton
bruce springsteen|bob marley|tina turner|whitney houston|amy winehouse|britney spears|christina aguilera|jennifer lopez|mariah carey|celine dion|michael buble
billie eilish|olivia rodrigo|dua lipa|harry styles|justin timberlake|kendrick lamar|jay z|kanye west|snoop dogg|tupac shakur|nicki minaj|cardi b|lana del rey
phil collins|peter gabriel|roger waters|tom petty|tom waits|leonard cohen|joni mitchell|neil young|paul simon|art garfunkel|freddy mercury|helene fischer
marilyn monroe|audrey hepburn|katharine hepburn|grace kelly|humphrey bogart|ingrid bergman|james dean|marlon brando|marlene dietrich|greta garbo|cary grant
clint eastwood|robert de niro|al pacino|jack nicholson|harrison ford|sean connery|roger moore|daniel craig|anthony hopkins|meryl streep|julia roberts|sandra bullock
nicole kidman|angelina jolie|jennifer aniston|scarlett johansson|natalie portman|keanu reeves|matt damon|ben affleck|george clooney|denzel washington
samuel l jackson|robin williams|jim carrey|adam sandler|ryan reynolds|ryan gosling|margot robbie|timothee chalamet|zendaya coleman|christian bale|heath ledger
joaquin phoenix|arnold schwarzenegger|sylvester stallone|bruce willis|bruce lee|jackie chan|charlize theron|cate blanchett|judi dench|maggie smith|ian mckellen
stanley kubrick|martin scorsese|quentin tarantino|christopher nolan|francis ford coppola|ridley scott|james cameron|peter jackson|tim burton|david lynch|woody allen
akira kurosawa|federico fellini|ingmar bergman|jean luc godard|hayao miyazaki|orson welles|greta gerwig|jim henson|stan lee|matt groening
jimmy fallon|stephen colbert|jon stewart|ellen degeneres|jerry seinfeld|monty python|rowan atkinson|gordon ramsay|jamie oliver|julia child|marie kondo
muhammad ali|mike tyson|joe louis|jesse owens|carl lewis|michael phelps|mark spitz|nadia comaneci|lindsey vonn|lance armstrong|eddy merckx|michael schumacher
lewis hamilton|ayrton senna|max verstappen|sebastian vettel|niki lauda|diego maradona|johan cruyff|franz beckenbauer|zinedine zidane|david beckham|wayne rooney
kylian mbappe|erling haaland|harry kane|jurgen klopp|pep guardiola|alex ferguson|jose mourinho|lamine yamal|thomas muller|manuel neuer
novak djokovic|andy murray|steffi graf|boris becker|martina navratilova|venus williams|naomi osaka|carlos alcaraz|billie jean king|john mcenroe|andre agassi
babe ruth|jackie robinson|hank aaron|shohei ohtani|tom brady|joe montana|patrick mahomes|wayne gretzky|magic johnson|larry bird|kareem abdul jabbar
shaquille o'neal|stephen curry|kevin durant|colin kaepernick|magnus carlsen|garry kasparov|bobby fischer|greta thunberg|malala yousafzai|jamal khashoggi
thomas a edison|clara barton|louis braille|alexander von humboldt|david livingstone|dian fossey|jacques cousteau|david attenborough|neil degrasse tyson|bill nye
emmeline pankhurst|mary wollstonecraft|gloria steinem|betty friedan|coretta scott king|angela davis|anita hill|monica lewinsky|casanova|marquis de sade
"""
# How rulers are called: * is a first name.
RULERS = """
* ii|* iii|* iv|* vi|* vii|* viii|* ix|* xi|* xii|* xiii|* xiv|* xv|* xvi|* xvii|* xviii|* xxiii
* the great|* the terrible|* the conqueror|* the bold|* the wise|* the pious|* the elder|* the younger|* the fat|* the bald|* the lame|* the impaler
* the baptist|* the magnificent|* the lionheart|* the confessor|* the unready|* the apostate|* the mad
* der große|* die große|* der erste|* der zweite|* der kühne|* der schreckliche|* le grand|* la grande|* el grande|* il grande|* de grote|* o grande
* of aragon|* of aquitaine|* of castile|* of cleves|* of arc|* of assisi|* of nazareth|* of troy|* of york|* of england|* of france|* of spain|* of scotland
* von aragon|* d'aragon|* de aragón|* d'aquitaine|* d'arc|* d'este|* de medici|* de' medici|* von österreich|* of austria|* of hungary|* of valois
king *|queen *|pope *|emperor *|empress *|tsar *|czar *|sultan *|pharaoh *|kaiser *|kaiserin *|papst *|zar *|zarin *|könig *|königin *|roi *|reine *|pape *
reina *|empereur *|emperador *|prinz *|prinzessin *|archduke *
"""
# Who exists in stories only.
FICTION = """
gandalf frodo bilbo sauron aragorn legolas gollum hermione dumbledore voldemort hagrid snape sherlock moriarty dracula frankenstein
gatsby hamlet macbeth othello ophelia desdemona juliet romeo banquo odysseus achilles hercules zeus athena poseidon hades aphrodite
apollo ares hera dionysus prometheus thor loki odin batman superman spiderman joker catwoman hulk thanos godzilla pikachu mario luigi zelda
kratos yoda vader skywalker chewbacca spock kirk picard simba mufasa nemo elsa shrek cinderella rapunzel pinocchio gulliver quixote
huckleberry scrooge cratchit heathcliff darcy bovary karenina raskolnikov gregor ishmael ahab holden scout atticus katniss goku naruto
cthulhu tarzan zorro popeye mickey goofy pluto bugs
"""
FICTION_FULL = """
claude|claude code|claude sonnet|claude opus|claude haiku|gemini|google gemini|siri|alexa|cortana|copilot|github copilot|llama|mistral
chatgpt|grok|bard|jarvis|hal 9000|john doe|jane doe|max mustermann|erika mustermann|juan perez|foo bar|lorem ipsum
sherlock holmes|john watson|harry potter|ron weasley|james bond|jay gatsby|nick carraway|daisy buchanan|peter pan|alice in wonderland
bruce wayne|clark kent|peter parker|tony stark|luke skywalker|darth vader|han solo|indiana jones|homer simpson|bart simpson|rick sanchez
elizabeth bennet|jane eyre|captain ahab|tom sawyer|huckleberry finn|robin hood|king arthur|don quixote|winnie the pooh|santa claus
anna karenina|emma bovary|madame bovary|effi briest|dorian gray|victor frankenstein|phileas fogg|captain nemo|jean valjean|oliver twist|ebenezer scrooge
david copperfield|miss havisham|pip pirrip|tess durbeyfield|hester prynne|holden caulfield|scout finch|atticus finch|boo radley|tom joad|willy loman
blanche dubois|stanley kowalski|lady macbeth|king lear|romeo montague|juliet capulet|sydney carton|fitzwilliam darcy|emma woodhouse|george knightley
elinor dashwood|marianne dashwood|becky sharp|edward rochester|catherine earnshaw|rodion raskolnikov|ivan karamazov|alyosha karamazov|pierre bezukhov
natasha rostova|eugene onegin|gregor samsa|josef k|hans castorp|leopold bloom|stephen dedalus|winston smith|big brother|humbert humbert|jay gatsby|nick adams
katniss everdeen|peeta mellark|bella swan|edward cullen|jon snow|daenerys targaryen|arya stark|ned stark|tyrion lannister|cersei lannister|frodo baggins
bilbo baggins|samwise gamgee|albus dumbledore|hermione granger|severus snape|draco malfoy|sirius black|lord voldemort|neville longbottom|rubeus hagrid
percy jackson|artemis fowl|lyra belacqua|lucy pevensie|huck finn|becky thatcher|long john silver|robinson crusoe|lemuel gulliver|dr. jekyll|mr. hyde
miss marple|jane marple|hercule poirot|philip marlowe|sam spade|nancy drew|jack ryan|jason bourne|lisbeth salander|hannibal lecter|clarice starling
norman bates|rick blaine|scarlett o'hara|rhett butler|vito corleone|michael corleone|tony soprano|walter white|jesse pinkman|don draper|dexter morgan
rocky balboa|john wick|john rambo|ellen ripley|sarah connor|marty mcfly|doc brown|ferris bueller|willy wonka|charlie bucket|matilda wormwood|ron burgundy
michael scott|dwight schrute|leslie knope|rachel green|ross geller|chandler bing|monica geller|sheldon cooper|leslie winkle|barney stinson|ted mosby
james kirk|jean luc picard|obi wan kenobi|anakin skywalker|princess leia|kylo ren|lara croft|max payne|princess peach|marge simpson|lisa simpson|fred flintstone
bugs bunny|daffy duck|charlie brown|lucy van pelt|snow white|little red riding hood|goldilocks|hansel and gretel|jack sparrow|wednesday addams|morticia addams
lois lane|lex luthor|diana prince|barry allen|steve rogers|bruce banner|natasha romanoff|mary jane watson|harley quinn|jessica jones|matt murdock
pippi longstocking|pippi langstrumpf|heidi|max und moritz|wilhelm tell|william tell|hans im gluck|don juan|don giovanni|carmen sandoval|faust
mickey mouse|donald duck|mr. darcy|dr. watson|mr. bean|dr. who|dr. no|dr. strange|dr. frankenstein|dr. seuss|mary poppins|forrest gump
"""
TITLES = """mr mrs ms miss mx dr prof professor sir madam lady lord herr frau herrn fräulein monsieur madame mme mlle señor señora sr sra
don doña doctor captain capt sergeant sgt officer detective judge senator president coach father sister brother reverend rev uncle
aunt pastor nurse lieutenant lt colonel general major signor signora meneer mevrouw pan pani docteur maître dipl ing"""
PARTICLES = "de da di do dos das del della der den von vom van zu zur zum la le el al bin ibn ben ter ten af av y e des du st mac mc o d l"
ORG_WORDS = """inc incorporated llc ltd limited gmbh ag kg ohg plc corp corporation co company companies group holding holdings sa sarl sas
spa srl bv nv ab oy oyj aps as asa kgaa ug eg ev university universität université universidad college institute institut school
academy hospital klinik clinic klinikum bank sparkasse versicherung insurance partners associates solutions technologies technology systems
industries enterprises consulting logistics laboratories labs pharma pharmaceuticals energy motors airlines airways railways foundation
stiftung verein association council ministry department agency bureau commission committee union federation league club fc team society
church museum library orchestra hotel restaurant café cafe pharmacy apotheke kanzlei studios studio records entertainment media press
publishing verlag software networks network telecom communications capital ventures financial securities investments trust fund services
service center centre zentrum amt behörde gericht court authority store stores market markets foods brewery"""
ORGS = """google microsoft apple amazon facebook meta twitter instagram whatsapp linkedin netflix spotify uber airbnb tesla nvidia intel amd
ibm oracle sap siemens bosch bmw volkswagen audi porsche daimler mercedes toyota honda nissan hyundai kia samsung sony panasonic lg
huawei xiaomi lenovo dell hp cisco adobe salesforce paypal visa mastercard stripe ebay alibaba tencent baidu tiktok youtube reddit
snapchat pinterest wikipedia github gitlab openai anthropic mozilla nasa fbi cia nato unesco unicef who imf opec walmart target costco
ikea lidl aldi rewe edeka starbucks mcdonald's mcdonalds nike adidas puma zara gucci chanel nestle nestlé unilever pepsi coca-cola
pfizer bayer basf novartis roche moderna biontech lufthansa ryanair boeing airbus fedex ups dhl deloitte kpmg pwc accenture
mckinsey goldman jpmorgan citibank barclays hsbc santander allianz axa reuters bloomberg cnn bbc nbc espn hbo fifa uefa nba nfl mlb nhl
harvard yale stanford princeton mit oxford cambridge gmail outlook hotmail yahoo zoom slack dropbox telekom vodafone verizon at&t"""
RELATIONS = """husband wife spouse partner boyfriend girlfriend fiancé fiancée fiance son daughter child kid baby mother mom mum mama father
dad papa parents brother sister sibling grandmother grandfather grandma grandpa uncle aunt cousin niece nephew boss manager supervisor
colleague coworker employee assistant roommate flatmate neighbor neighbour friend buddy landlord tenant therapist lawyer
attorney client patient customer candidate applicant student teacher intern director ceo cto cfo founder owner secretary accountant recruiter
mann frau freund freundin sohn tochter mutter vater bruder schwester kollege kollegin chef chefin nachbar nachbarin kunde kundin patientin
mitarbeiter mitarbeiterin mari femme ami amie fils fille mère père frère soeur collègue voisin marido esposa amigo amiga hijo hija madre
padre hermano hermana jefe colega vecino"""
CAPITAL_COMMON = """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
october november december jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri sat sun english german french spanish
italian portuguese dutch russian chinese japanese korean arabic hebrew greek latin turkish polish swedish norwegian danish finnish hindi
american british canadian australian european african asian indian mexican brazilian irish scottish swiss austrian belgian ukrainian
christmas easter halloween thanksgiving ramadan hanukkah christian muslim jewish buddhist hindu catholic protestant islam christianity
buddhism internet web python java javascript typescript rust ruby perl php html css sql json xml yaml http https api linux windows macos
android ios ubuntu debian docker kubernetes git bash excel word powerpoint pdf usb cpu gpu ram ai ml nlp llm gpt chatgpt claude gemini copilot
llama covid bible quran god jesus christ allah lord satan democrat republican nazi wi-fi bluetooth tv dvd ceo cto cfo hr phd ok usa uk eu us un
montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz mai juni juli oktober dezember deutsch englisch
germans americans europeans asians africans indians russians italians mexicans canadians brits frenchmen greeks romans jews muslims
christians democrats republicans celsius fahrenheit kelvin tbsp tsp oz lb kg km mph ii iii iv vi vii viii ix xi xii am pm est gmt utc
lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril
mayo junio julio agosto septiembre octubre noviembre diciembre janvier février mars avril juin juillet août septembre octobre novembre décembre"""
COMPUTING = """adversarial agent agents alias allowlist api apis append argument arguments array arrays async asynchronous attribute auth authenticate
autocomplete backend backends backlog backtick backup base64 batch benchmark bins bitmap bookmark boolean booleans boot bootstrap branch browser
bug bugfix bugs build builds bundle byte bytes cache caches callback callbacks canary changelog changelogs checkbox checkout checksum child chore
class classpath cleanup client clients clipboard cluster codebase codebases codec column columns command commands comment comments commit commits
compile compiler config configs configuration console constant constructor container containers context cookie cookies coroutine counter coverage
crawler cron cronjob crontab cursor daemon daemons dashboard dashboards data database databases dataset datasets deadline deadlock debug debugger
default defaults delete dependency deploy deployment deployments deprecated desktop diff diffs directory disk docs docstring docstrings domain
download downloads driver dropdown dump edge edit editor element emoji emojis endpoint endpoints enum enums env environment epoch error errors
escape event events exception executable execute export exports expression extension extensions failover fallback feature features fetch field
fields file filename filenames filepath files filesystem filter filters firewall firmware fixture fixtures flag flags float folder folders font
footer fork format formatter formatters frontend frontmatter function functions fuzzer gateway generic generics getter git glob globs grep grid
groovy guardrail guardrails hallucinate handler handlers hash hashes hashmap header headers heap heartbeat heredoc heuristic hook hooks host
hostname hotfix hover html icon iframe identifier idle image images import imports index inline input inputs install installer instance integer
interface interfaces interpreter interrupt invoke issue issues item items iterator job jobs json jsonl kernel key keys keyboard keyword keywords
keychain label labels laptop latency layer layers layout library lifecycle linter linters linting link links linux list lists listener literal
loader localhost lock lockfile log logs login logout lookup loop loops macro macros manifest map markdown matcher mechanism memory merge
metadata method methods metric metrics microservice middleware migration migrations mock mocks mode model models module modules monorepo
mutable mutex namespace namespaces network node nodes notebook notebooks null nullable object objects offline offset onboarding online opcode
operand operator option options orchestrator output outputs override overwrite package packages pagination param params parameter parameters
parse parser parsers partition patch path pathname paths pattern patterns payload permission permissions persist pipeline pipelines pixel
placeholder placeholders plaintext plan platform playbook plugin plugins pointer polling popup port ports postinstall prefetch prefix preprocessor
preset preview primitive print process processes profiler program progress prompt prompts property protocol prototype provider proxies proxy
pseudocode pull push query queries queue queues quota ranking rebase recursion redirect redirects refactor refactoring regex regexp regexes
registry regression release releases reload render repo repos repository repositories request requests reset resolver resource response responses
retry retries return returns revert rewrite roadmap rollback root route router routes row rows runbook runner runtime runtimes sandbox sandboxed
sandboxes save scaffold schedule schema schemas scope screen screenshot screenshots script scripts scroll sdk search select semantics server
servers session sessions setter settings setup shell sidebar signal signature singleton skill skills slash slot snapshot snapshots snippet snippets
socket sockets software sort source spawn spec specs spreadsheet sprint stack stacktrace staging stale standup startup state stateful stateless
statement static status statusline stderr stdin stdout storage stream streams string strings struct structs stub stubs style stylesheet subagent
subagents subclass subcommand subcommands subdirectory subdirectories subfolder submodule submodules subprocess subset substring subtask subtasks
sudo suffix summary symlink symlinks syntax sync system systems table tables tag tags target task tasks teardown telemetry template templates
terminal test tests testing textarea thread threads throughput throttle ticket tickets timeline timeout timeouts timer timestamp timestamps timezone
toggle token tokenizer tokens todo todos tool tools toolbar toolchain toolkit tooltip tooltips touchpad trace traceback transaction transcript
transcripts transpile trigger triggers tuple tuples type types typecheck typo typos ui undo unicode unit unset untracked update updates
upgrade upload uploads upstream uptime url urls usage user users utf8 util utils validate validator value values variable variables verbose version
versions viewport virtual wait webhook webhooks webpage website websites whitelist whitespace widget widgets wildcard window windows wizard
workaround worker workers workflow workflows workspace workspaces worktree worktrees wrapper wrappers write yarn"""
ACRONYMS = """acl adr ansi asan ascii ast aws bfs bsd cd cdn cgi ci cidr cjk cli cmd cors crud csp csrf csv ctf ctrl dag dfs dhcp dll dns dom dos ddos dsl
dto eof eta etag fifo fps ftp fyi gb gcc gdb ghz gui hex hsts hz id ide ids imap io iot ip ipc ipv4 ipv6 iso jit jpeg jpg js jsx jvm jwt kb kpi lan
ldap lifo lru lsp lts mb mcp mfa mhz mime mit mp3 mp4 mqtt mr ms mvp nan nat nfs ngx npc npm ns ntp oauth oom oop orm os otel otp pem png poc poe pid
pkg png posix pr prs prd ps qa qps raid rbac rc rce readme repl rfc rgb roi rpc rss rtf rtt saas sast sbom sdks sftp sha sigint sigkill sigterm sla slo
slug sme smtp smb soap sre sse ssd ssh ssl ssml sso stdlib svg svn tb tcp tdd tls toc toml ts tsan tsv tsx ttl ttl tty tui txt udp uid uml uri uris
url urls usb utf uuid uuids ux vcs vlan vm vms vpc vpn vps wal wasm webp websocket wip wsl www xhr xss yml zip
iban bic ssn nhs tfn abn acn ein itin nif cif nie dni curp cpf cnpj bsn pesel regon ahv bvn mrn dob imei imsi iccid sku puk isin gstin uen nric hkid kvnr
idnr guid npi ppsn pps cuit rrn sepa cvv cvc ccv kyc"""
FUNCTION = """a an the and or but if then else when while for to of in on at by with from as is are was were be been being am do does did done
have has had having i you he she it we they me him her us them my your his its our their mine yours this that these those there here
what which who whom whose why how where not no yes so too very can could will would shall should may might must let lets please thanks thank hi
hello hey dear regards sincerely best kind cheers about into over under again once all any both each few more most other some such only
own same than just also because until against between through during before after above below up down out off further now get got make made
go going went come came take took see saw know knew think thought want need use used give gave tell told ask asked say said write wrote
one two three first new good like time day year way people well even back still never always really much many lot don't i'm it's can't that's
im ive dont didnt cant lol omg rt gonna wanna gotta ya u ur
create generate explain describe summarize translate list find given following answer question text sentence example write rewrite
subject date name address phone email tel fax note notes total amount order invoice number type status description title section chapter
der die das und oder aber wenn dann ich du er sie es wir ihr mein meine dein sein ihre unser nicht kein eine einen einem einer mit von zu
auf für an in im am ist sind war waren hat haben wird werden kann können muss bitte danke hallo liebe lieber sehr geehrte geehrter guten
tag grüße grüßen freundlichen viele le la les un une des et ou mais si je tu il elle nous vous ils mon ma mes ton sa son ses notre votre
est sont était a ont avec pour dans sur par de du au aux ne pas merci bonjour cher chère cordialement el los las una y o pero yo tú él
ella nosotros mi su es son con por para en no gracias hola estimado estimada querido querida saludos"""
GERMAN_NOUNS = """frage antwort rechnung termin vertrag kündigung wohnung miete auto haus arbeit schule kind kinder eltern familie zeit woche monat
jahr tag tage uhr morgen abend geld konto bank karte brief nachricht anruf telefon nummer adresse straße stadt land welt leben mensch menschen mann
frau leute name ende anfang teil seite buch text satz wort wörter sprache beispiel aufgabe problem lösung idee plan projekt team firma
unternehmen kunde kunden mitarbeiter bericht unterlagen anlage anhang bewerbung lebenslauf zeugnis ausbildung studium prüfung note arzt
krankenhaus krankheit schmerzen medikament versicherung steuer finanzamt gehalt lohn urlaub reise flug bahn zug hotel essen wasser kaffee
küche zimmer garten hund katze wetter sommer winter freund freundin freunde hilfe dank gruß grüße herzlichen bescheid rückmeldung anfrage angebot
bestellung lieferung produkt preis euro prozent zahl daten datei computer programm internet regel gesetz recht gericht anwalt polizei
unfall schaden fall grund ziel ergebnis erfahrung möglichkeit entwicklung bedeutung unterschied funktion system art form weg hand kopf auge herz
körper blut mutter vater sohn tochter bruder schwester großmutter großvater nachbar chef kollege kollegin besprechung sitzung protokoll
betreff datum unterschrift zusammenfassung einleitung thema absatz geschichte gedicht rezept zutaten mehl zucker salz butter ei eier milch"""

# What people do, and what is done to them.
VERBS = """is was has had said says told asked thinks knows wants wanted likes loves hates lives lived works worked moved came went left called
wrote writes began started shouted laughed cried smiled looked gave took got bought sold paid lost found met married visited studied
teaches plays played sings runs ran won forgot promised refused agreed complained apologised resigned retired died arrived feels felt
needs needed made makes can will would should could never always just also still drove flew cooks read slept woke danced fell broke helped
joined explained suggested denied reported sent received signed owes earned suffers"""
REST = """very reliable|a nice person|at home|in the garden|about it|the book|to the office|on Monday|late again|a lot|with the kids|my friend|tired|sick
a great voice|from school|in the afternoon|his phone|her mother|the meeting|nothing|too much|yesterday|last week|for years|on the phone
as a teenager|a huge fan of it|so impulsive|out of town|the letter|a new job|an accident|about the money|angry|married|a 19 year old man"""
TO = """call ask tell meet visit help thank invite email text pay miss love trust follow know see told asked met saw called loves thanked visited
with for from about to and by against without like as than behind between near"""


def words(s):
    return s.split()


def names(s):
    return [n.strip() for line in s.strip().splitlines() for n in line.split("|") if n.strip()]
