"""Example sentences for the topics, written for weir. A line is `field level: templates separated by |`; level 0 nothing, 1
mentioned, 2 told. Words of the line's field get its level; those of other fields are left out, except in lines of `none`."""
import pathlib
import random
import re

import topic_daily
import topic_frames
import topic_nobody
import topic_said

WORDS = {
    "C": """diabetes asthma cancer leukemia lymphoma melanoma depression anxiety ptsd adhd autism schizophrenia ocd insomnia anorexia bulimia
migraines flu covid pneumonia bronchitis eczema psoriasis acne allergies vertigo tinnitus epilepsy dementia alzheimer's parkinson's
arthritis osteoporosis fibromyalgia lupus gout sciatica scoliosis colitis crohn's celiac ibs gastritis hepatitis cirrhosis hypothyroidism
hypertension anemia hemophilia hiv herpes chlamydia syphilis hpv infertility endometriosis tuberculosis malaria lyme obesity sepsis addiction
alcoholism""",
    "S": """headache fever cough rash migraine seizure stroke concussion fracture hernia ulcer pain infection lump swelling bruise miscarriage
heart_attack chest_pain back_pain knee_pain stomach_pain joint_pain panic_attack tumor dizziness nausea vomiting diarrhea constipation
numbness bleeding fatigue allergy relapse""",
    "M": "metformin insulin ibuprofen antibiotics steroids prozac zoloft lexapro xanax adderall ritalin oxycodone methadone antidepressants painkillers medication",
    "O": "surgery chemotherapy chemo dialysis radiotherapy mri biopsy ivf colonoscopy therapy rehab transplant hysterectomy mastectomy ct_scan operation",
    "D": "doctor therapist psychiatrist dentist cardiologist dermatologist psychologist oncologist gynecologist neurologist",
    "R": """mother father mom dad wife husband son daughter sister brother friend boss colleague neighbor aunt uncle grandmother grandfather
girlfriend boyfriend partner roommate cousin client patient coworker grandma grandpa stepfather mother-in-law neighbour flatmate nephew niece fiance ex-husband ex-wife mum
husband wife mother father""",
    "T": "last year|a month ago|this morning|last night|on Monday|for two days|in spring|three times|in January|last summer|all week|the other day|two weeks ago|since Monday|in March|yesterday|for three months|again|last week|in 2019|recently|when I was ten|for years".replace(" ", "_"),
    "N": "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
    "A": "$500 $12,000 $3,400 €900 $80k 2000_dollars 500_euros $250,000 £1,200 45k_a_year 12000_EUR $1,500_per_month",
    "F": "debt loan mortgage salary income savings pension rent overdraft bonus inheritance taxes tax_refund student_loan car_loan credit_score net_worth",
    "B": "bank_account credit_card debit_card savings_account checking_account bank_statement credit_score mortgage rent loan salary pension budget taxes",
    "G": "divorce lawsuit custody eviction bankruptcy probation parole asylum deportation settlement court_date restraining_order arrest felony dui hearing trial",
    "L": "lawyer attorney divorce lawsuit landlord court_case settlement will custody visa",
    "K": "son daughter child kid stepson grandson granddaughter foster_child twins toddler baby nephew niece grandson stepdaughter boy girl",
    "V": "depression diabetes taxes divorce inflation cancer mortgages bankruptcy immigration autism vaccines salaries custody adoption fraud insomnia",
    "X": "Fieber Kopfschmerzen Bauchschmerzen Rückenschmerzen Husten Migräne Depressionen Krebs Diabetes Bluthochdruck Asthma",
    "Y": "seit_gestern|seit_Montag|seit_Wochen|seit_drei_Tagen|wieder|immer_noch|starke|schon_lange|letztes_Jahr",
    "Z": "Vater Mutter Mann Frau Sohn Tochter Bruder Schwester Freund Freundin Chef Kollegin Oma Opa Nachbar",
    "W": "boss manager supervisor coworker colleague employer",
    "Q": "20mg|50_mg|two_tablets|a_double_dose|10_ml|three_pills",
    "J": "knee shoulder hip ankle wrist neck back foot elbow stomach chest throat leg arm hand spine jaw breast",
    "Y": "theft fraud assault shoplifting drunk_driving tax_evasion stalking burglary dealing embezzlement robbery harassment possession",
    "B1": "5000 12.000 2.800 20000 900 1.450 300.000",
    "G1": "Tabletten Medikamente Antibiotika Schmerzmittel Cortison",
}

ENGLISH = """
health 2: I have {C}.|I have a {S}.|i have {C} and i feel terrible|I've got a {S} {T}|I was diagnosed with {C} {T}.|I am diabetic.|I'm pregnant.|I think I have {C}
health 2: I have been suffering from {C} {T}.|I suffer from {C}|I've had this {S} {T}|I had a {S} {T}|My {S} is getting worse|My {S} came back {T}.|my {C} flared up
health 2: I take {M} for my {C}.|I am on {M}|I started taking {M} {T}.|My doctor prescribed {M}.|my {D} put me on {M}|I stopped my {M} {T}|I'm allergic to {M}
health 2: I had {O} {T}.|I am going through {O}|I need {O} because of my {S}|I'm recovering from {O}|My {O} is scheduled for Tuesday|i am having {O} next week
health 2: I tested positive for {C}.|My test for {C} was positive|my mri showed a {S}|My biopsy came back malignant.|I was hospitalized for {C} {T}.|I was in the hospital {T}.
health 2: I had to spend a lot of time in the hospital.|I went to the emergency room with {S}.|I was in rehab {T}|I tried to commit suicide {T}.|I feel suicidal.
health 2: My {R} has {C}.|My {R} was diagnosed with {C} {T}.|my {R} had a {S} {T}|My {R} is in the hospital with {C}.|My {R} died of {C} {T}|her {R} has {C}
health 2: My {R} takes {M} for {C}|my {R} is pregnant|my {R} needs {O}|his {R} suffers from {C}|He has {C}, she told me.|My {R} is on {M}.|My {R} and I are doing ivf
health 2: Patient presents with {S}.|The patient reports {S} and {S}.|Patient: 45 years old, diagnosed with {C}.|Diagnosis: {C}|A 54-year-old female patient reports symptoms: {S}, {S}.
health 2: Diagnosed with {C} {T}.|Medical history: {C}, {C}.|Current medication: {M}|Allergies: {M}|History of {C} and {S}.|Ms. Berg was admitted with {S}.|started {M} for {C}
health 2: As someone with {C}, I find it hard.|Living with {C} is hard for me|I've been struggling with {C} {T}|I am in remission|I can't sleep because of my {S}.|I'm a cancer survivor
health 2: since my {O} I feel weak|because of my {C} I cannot work|due to my {C} I missed the exam|with my {C}, is it safe to fly?|How can I deal with my {C}?|how do i get rid of my {S}?
health 2: I woke up with a {S}|I've been coughing {T}|I feel dizzy and have {S}|my blood pressure is 160 over 100|I am depressed|I'm so depressed {T}|my cholesterol is too high
health 2: Sorry, I cannot come, I have the flu.|I am calling in sick with a {S}.|What can I take for my {S}?|I missed work because of a {S}.|I lost 10 kg since the {S} began
health 2: The patient is a 34 year old woman with {C}, on {M}.|Patient is a 60-year-old man with {C} and {C}.|67 y/o with {C}, takes {M}|I have stage 3 {C}|stage 4 {C}, I was told
health 2: my {D} thinks it might be {C}|they found a lump in my breast|I have a lump in my neck|my panic attacks are back|I cut myself, self-harm is my way out|I was told I am infertile
health 0: I am a {D}.|I am a {D}, write a template for a letter to a patient.|As a {D}, how do I explain {C}?|I work with patients who have {C}.|my dog has a {S}|our cat has {C}
health 0: How can someone with {C} eat pizza?|How can people with {C} travel?|Can someone with {C} donate blood?|a mini heart attack when you lose your phone|it gives me a headache, this code|this bug is a pain
health 0: Translate: I have a {S}|Create a character who has {C} and lives in Boston.|Write a scene where she has {C}.|the best medicine is laughter|bleeding edge software|a recipe for depression glass
health 0: My horrible doctor game|He played a doctor in the movie.|Is there a doctor here?|Doctor Who is a series.|surgery on a grape|I am addicted to this song|allergic to mondays lol
health 2: i had a miscarriage {T}|I had an abortion {T}|I am sober {T}|I am an alcoholic|I am recovering from {C}|my {D} says it is {C}|The doctor told me I have {C}.
health 1: Remind me to call my {D}.|I have an appointment with my {D} on Friday|Write a message to my {D}.|Find a {D} near me for my checkup.|What should I ask my {D}?|I see my {D} {T}
health 1: Reschedule my appointment with the {D}.|I need to pick up my prescription.|Ask my {D} for a date|I am looking for a new {D}|my {D} recommended a book|email my {D}
health 0: What causes {C}?|What are the symptoms of {C}?|Explain {C}.|How is {C} treated?|Is {C} hereditary?|Write an article about {C}.|Describe the treatment of {C}.|What is {O}?
health 0: Summarize the study on {C}.|List three side effects of {M}.|How does {M} work?|Difference between {C} and {C}|Tell me about {C}|Is {M} safe?|Can {C} be cured?|Who discovered {M}?
health 0: Patients with {C} often need {O}.|The study examined people with {C}.|{C} affects millions of people.|{O} is used to treat {C}.|A {D} treats {C}.|Research on {C} is growing.
health 0: I want to learn about {C}.|I am writing a paper on {C}.|I have a question about {C} in general|I need an essay about {C}.|Can you explain how {M} works?|We studied {C} in class.
health 0: I work as a nurse.|I want to become a {D}.|The character has {C}.|Imagine a man with {C}.|You are a {D}.|Act as a {D}.|Pretend you are a {D}.|What does a {D} do?|He plays a doctor on TV
health 0: I read a book about {C}|My course covers {C}.|my essay is about {C}|my app helps people with {C}|our paper on {C}|my research is on {C}|my professor teaches about {C}|I am interested in {C}
health 0: {C} awareness month|{C}, {C} and {C} are diseases.|Which of the following is a symptom of {C}?|A. {C} B. {C}|If someone has {C}, what happens?|People who have {C} should rest|Healthy tips to avoid {C}
health 0: When should you see a {D}?|You should see a {D} if the {S} lasts.|If you have a {S}, drink water.|When your {S} gets worse, call a doctor.|They have {C} in many countries.|does coffee cause {S}?
finance 2: I owe {A} to the bank.|I have {A} in {F}.|I earn {A}.|I make {A} at my job.|My salary is {A}.|my {F} is {A}|I lost {A} in crypto|I borrowed {A} from my {R}.|My net worth is {A}
finance 2: I filed for bankruptcy {T}.|I am broke|I'm behind on my {F}.|I can't pay my {F}.|I cannot afford my {F} anymore|I have a lot of debt.|I am in debt|my {F} is too high
finance 2: I inherited {A} {T}.|We refinanced our mortgage {T}|my credit score is 580|My credit score dropped|I got charged interest on my credit card.|I was charged {A} on my card.|I paid {A} in taxes.
finance 2: My {R} owes me {A}|my {R} lost {A} gambling|my {R} earns {A}|We have {A} in savings.|our mortgage is {A}|I receive a pension of {A}.|I live on welfare|I am on unemployment benefits {T}.
finance 2: I invested {A} in shares.|My portfolio lost {A}.|I transferred {A} to my {R}.|I gave my {R} {A} for the car loan|My bank statement shows {A}|my bank account is overdrawn|my account balance is {A}
finance 2: A {A} transaction was made on your account.|Your account balance is {A}.|Your loan of {A} was approved.|I defaulted on my loan|my loan application was denied|The IRS is auditing me.
finance 1: Deposit it into my bank account.|deposit the money into my account at the bank|How should I plan my {B}?|Help me with my {B}.|Write to my bank.|if you have questions about my rate or my {B}
finance 1: I want to change my bank.|remind me to pay my {B}|I paid {A} for two shirts.|each one cost me {A}|I spent {A} on groceries.|Call my bank about my {B}.|transfer money from my {B}
finance 1: I need to do my taxes|Help me fill in my tax return|where do I see my {B}|my budget is {A}|Please help me plan, my budget is {A}|I am saving for a house|When is my {B} due?
finance 1: The shirt cost me {A}.|it cost me {A} and {A}|each one cost me {A}|The repair costs me {A}|They charged me {A} for it|I bought shoes and they cost me {A}|the shop charged me {A}
finance 0: it cost me a lot of time|This cost me an hour|it charged me with energy|it costs me nothing to ask|The war cost many lives.|What does a shirt cost?
finance 0: What is a {F}?|How does a {F} work?|Explain {F}.|What is the average {F} in Germany?|How do I open a bank account?|How do banks make money?|A loan of {A} costs what?|What is an IRA?
finance 0: I need a loan calculator in javascript.|I broke my leg.|I broke my phone {T}|he broke the record|broke into the house|I made a tax calculator.|I lost my keys|I lost the game
finance 0: I earn points in the game.|earn enough money to play|daily investment tips|I earned a medal|he lost the match|How do I build a budget app?|I run a small company, how do I do payroll?
finance 2: I make 2500 a month and my {F} is 1200|we owe about 30k on our credit cards|I lost all my savings|I'm in collections|my payment on the {F} is late|the bank wrote that my {F} is late
finance 0: A shirt costs {A}.|The company earned {A} last year.|John has {A} and buys apples.|The price is {A}.|He paid {A}.|Write a report about {F}.|List banks in Europe|The bank raised rates.
finance 0: Should people pay off {F} first?|I want to understand {F}.|The transaction failed with an error.|BEGIN TRANSACTION; COMMIT;|Write a bank statement parser.|Tax law in the US|the government raised taxes
finance 0: What is the best credit card for travel?|Compare {F} and {F}.|Which banks offer a {F}?|The river bank was flooded|I have a question about a loan in general|my app tracks {F}|a function that computes the mortgage
legal 2: I was arrested {T}.|I am being sued by my {R}.|I'm getting divorced.|My {G} is next week|my {G} was denied|I filed for divorce {T}.|I got a dui {T}|I was convicted of theft {T}.
legal 2: I have a court date in May.|I am on probation|I'm undocumented.|My {R} was arrested {T}.|my {R} sued me|My {R} is in prison.|my {R} wants custody of our kids|I lost custody {T}
legal 2: my landlord evicted me|I was evicted {T}|I want to sue my {R}.|I am suing my employer|I signed an NDA with my employer|I was raped {T}.|My {R} abused me.|I was assaulted by my {R}
legal 2: We are going through a {G}|I received a subpoena|I violated my parole|I have a felony|my asylum application was rejected|I was charged with fraud|My ex filed a restraining order against me
legal 2: My lawyer says we will lose the trial.|I reported my {R} to the police.|I stole from my employer.|I was a witness in a trial {T}|our settlement was {A}|the court ordered me to pay|I pleaded guilty
legal 2: This agreement is made between Nordwind Ltd and Anna Berg.|The defendant, Mr. Berg, was convicted {T}.|my immigration hearing is on Friday|My visa was denied {T}
legal 1: Write an email to my {L}.|I need a lawyer.|Call my {L} tomorrow|I have a meeting with my attorney|I want to write my will|Which documents do I bring to my {L}?|find me an attorney
legal 0: What is a {G}?|How does a {G} work?|Explain the {G} process.|Who was arrested in the novel?|The king got a divorce.|Write a story about a trial.|What does a judge do?|The court ruled on Monday.
legal 0: What is the law on {G}?|List famous trials.|The suspect was arrested.|A police officer stopped the car.|The judge said no.|You are a lawyer.|Act as an attorney|Explain what a subpoena is.|Define {G}.
legal 0: I'm writing a novel where the hero is arrested.|Write a scene where he is convicted.|In my story she gets a divorce.|frowning on child abuse|drug abuse in sports|I abuse the copy function
legal 2: I'm an undocumented immigrant.|I am here without a visa, undocumented|do I need to tell them I was convicted?|I was charged with {G}|I have a warrant|My ex wants custody|my restraining order ends
legal 0: I study law.|I want to become a lawyer.|I am writing about {G}.|the history of {G}|free trial period|my trial version expired|How do I cancel my free trial?|court of the king|tennis court|data breach
legal 0: Which country has the lowest {G} rate?|the divorce rate in Spain|The defendant in the case argued that|Under the contract, the seller|A man is charged with murder and the jury
minors 2: My {K} is {N} years old.|my {N}-year-old {K} cannot sleep|My {K}, {N}, has trouble at school.|My {K} turned {N} {T}.|My {K} is in kindergarten.|my {K} is {N}|our {K} is only {N}
minors 2: My {K} is being bullied at school.|My {K} failed third grade|My {K} wets the bed|my {K} started daycare {T}|Our {K} goes to elementary school in Hamburg|My {N}-month-old baby has a rash.
minors 2: My {K} was expelled from school|my {K}'s teacher says he is slow|I have a {N}-year-old {K}|I have two kids, {N} and {N}|My {K} has autism.|Our {K} hates the school|my {K} does not eat
minors 2: I want to write to the teacher of my {K}, who is {N}.|My {K} is adopted.|my {K} was diagnosed with adhd|the daycare of my {K} called
minors 0: Books for a {N}-year-old.|Write a story for kids.|Explain it to a {N} year old child.|What do children learn in school?|Games for a toddler|The child in the story is {N}.|a school for girls
minors 0: Tom is {N} years old and his son is {N}.|How old is the child?|Children need sleep.|The baby panda was born.|toys for kids|I am looking for a toy for my son.|A present for my daughter|I teach children
minors 0: come on baby|baby don't go|I love you baby|my followers and their kids|I love kids|remember kids, floss twice|Justin is a big kid|my baby is this car|one of my kids books
minors 0: I was a child then.|when I was a kid|as a child I liked it|my inner child|I need a new children's book|kids these days|I am not a child|two kids in the movie|child abuse is a crime
minors 0: Recommend a movie for the kids.|ideas for a kids party|My school project is about bees.|I go to school.|the kid in the novel|child process exited|parent and child nodes|high school math
minors 0: Plan a trip with my kids.|What can I cook for my children?|A family with two children|my son and I like football|Write a birthday card for my daughter|sunday school|old school music
work 2: My {W} is bullying me.|I was fired {T}.|I want to resign|I'm going to quit my job.|my performance review went badly|I got laid off {T}|I have a job interview at Siemens {T}.|My {W} hates me
work 2: My employer did not pay my overtime.|I got a warning letter from my {W}.|I was not promoted {T}|my {W} made a bad comment|I handed in my resignation|I'm in my notice period|I am burned out, burnout {T}
work 2: I got a job offer from Bosch|HR told me to leave|I reported my {W} to HR.|my promotion was denied|I asked my {W} for a raise|my {W} is sleeping with a client|My {W} fired me {T}.|our {W} quit
work 2: I am on maternity leave|I am on sick leave {T}|My colleagues talk behind my back|They offered me a raise|I signed a non-compete|Tell my {W} that I quit.|I have a conflict with my coworkers
work 0: Write a performance review template.|What does a manager do?|How do I become a manager?|Interview questions for a nurse.|Write a resignation letter.|You are a hiring manager.|the final boss in the game
work 0: I got a promotion code|like a boss|he is a boss|my coworkers will like this cake|the boss level is hard|my manager app|I am a manager, write a plan.|As an employer, what do I pay?
work 2: my colleague is sleeping with the manager|My {W} wants to fire me|I told my {W} that I quit|my {W} refuses my vacation|do I need to tell my {W} about it?|I was laid off without notice
work 0: package manager|task manager|Product Manager at Bosch|password manager|the employer pays taxes|What is a notice period?|The boss of the company spoke.|raise an exception|raise ValueError|quit the program
work 0: A coworker is a person who|Typical job interview questions|Dear Hiring Manager,|sales promotion|A manager must lead|employees and employers|Explain overtime rules|fired the gun|HR stands for
third 2: My {R} is having an affair.|My {R} cheated on me|my {R} drinks too much|My {R} is gay but nobody knows|my {R} stole money from me|My {R} lied to me.|my {R} is abusive|My {R} broke up with me
third 2: my {R} is jealous of me|Her {R} is unemployed|My {R} hates me|my {R} gambles|I caught my {R} stealing, he stole a ring|My neighbor is drunk every night.|his {R} overdosed|my {R} has a secret
third 2: He drinks every night and hits me|she cheated on me {T}|he cheats on her, I saw it|He is violent when he drinks|my ex is violent
third 2: I'm on a trip with a friend and he is driving me insane|my {R} is driving me crazy|My {R} drives me mad {T}.|a {R} of mine annoys me|My {R} is ignoring me|my {R} ignores me {T}
third 2: I fell in love with my {R}.|I am in love with my {R}|i have a crush on my {R}|My {R} avoids me {T}|my {R} insulted me|she is driving me insane, my {R}|A friend embarrassed me {T}.|I fell in love {T}
third 0: this bug is driving me crazy|the noise is driving me insane|This song drives me crazy|it annoys me when the test fails|They fell in love in the film|in love with this song|people in love|how to avoid a crush
third 0: Write a story about a girl who fell in love|He fell in love with the princess.|What annoys you most?|Crush the garlic|a crush injury|the driving me app|What does it mean to be in love?|Bullies in movies
legal 2: This agreement is made between Anna Berg and Nordwind Ltd.|As of May 2, 2020, this Service Agreement is made between Nordwind ("Client") and Berg Ltd ("Agent")|I entered into a contract with my {R}
legal 2: This lease agreement is made by and between Anna Berg ("Tenant") and Tom Ray ("Landlord").|This contract is entered into by and between Blue Line Inc. and Mr. Ray.|the agreement between me and my {R}
legal 2: can I sue my {R}?|Can I sue them for a refund?|I want to sue the airline|My order never came, can I sue the shop?|should I sue my {R}?|Could I sue them for it?|I might sue the hospital
legal 0: What is an agreement between two parties?|The agreement between France and Spain|A contract between two people needs consent.|peace agreement is signed|subject verb agreement is a rule|When can someone sue a company?
legal 0: Explain what a lease agreement is.|Can a tenant sue?|Write a template of a lease agreement.|the difference between a and between|The parties entered into talks|How do people sue an airline?
third 0: My sister hates mondays|she hates it so much|he hates the song|I hate lies|my friend drinks tea|my friends and I like drinks|my dog stole my shoe
third 0: The hero stole the ring.|She hates him in the novel.|The secret of success|secret key|a drunk man walks into a bar|Write about an unemployed man.|He drinks coffee.|What is jealousy, being jealous?
third 0: who stole the cookie|lies and truth|it lies on the table|the drinks menu|Drinks for a party|a violent storm|gay rights|Same-sex and lesbian couples|the love affair in the book|lonely planet|homeless shelters
"""
GERMAN = """
health 2: Ich habe Diabetes.|Ich habe seit Montag Fieber.|Ich habe Kopfschmerzen|Bei mir wurde Krebs diagnostiziert.|Ich leide unter Depressionen.|Meine Migräne wird schlimmer.|Ich bin schwanger.
health 2: Mein Vater hatte einen Schlaganfall.|Meine Mutter hat Krebs|Ich war im Krankenhaus|Ich nehme Tabletten gegen Bluthochdruck.|Ich bin krankgeschrieben.|Mein Hausarzt hat mir Medikamente verschrieben.
health 2: Ich hatte eine Fehlgeburt|Ich werde nächste Woche operiert|Der Befund zeigt eine Entzündung.|Mein Sohn hat Husten und Fieber|Wegen meiner Depressionen kann ich nicht arbeiten.
health 2: Ich habe {Y} {X}.|ich habe {X}|Mein {Z} hat {Y} {X}.|Meine {Z} hat {X}|Ich leide {Y} unter {X}|Wegen {X} war ich beim Arzt|Bei meinem {Z} wurde {X} festgestellt
health 2: Was kann ich gegen meine {X} tun?|Ich nehme Medikamente gegen {X}.|Ich hatte {Y} {X}|Wir haben {X}|Mein {Z} liegt mit {X} im Krankenhaus|ich bin wegen {X} krankgeschrieben
health 0: Was ist {X}?|Was hilft gegen {X}?|Wie entsteht {X}?|Schreibe einen Artikel über {X}.|Menschen mit {X} brauchen Ruhe.|Welche Medikamente gibt es gegen {X}?|Erkläre {X}.|Kann man {X} heilen?
health 0: Was sind die Symptome von Krebs?|Was hilft gegen Husten?|Erkläre Bluthochdruck.|Schreibe einen Text über Depressionen.|Wie entsteht Fieber?|Welche Krankheit ist häufig?|Das Krankenhaus wurde gebaut.
finance 2: Ich habe 5000 Euro Schulden.|Mein Gehalt ist zu niedrig|Ich verdiene 3000 Euro, mein Gehalt reicht nicht.|Ich habe einen Kredit über 20000 Euro.|Ich habe Schulden bei meinem Bruder|Mein Konto ist leer
finance 2: Ich habe Insolvenz angemeldet|Ich habe 10000 Euro geerbt|Meine Rente beträgt 1200 Euro.|Ich kann die Miete nicht zahlen|Meine Miete ist zu hoch|Ich habe eine Mahnung bekommen
finance 0: Was ist ein Kredit?|Wie hoch ist das Gehalt eines Lehrers?|Was kostet ein Konto?|Wie funktioniert eine Hypothek?|Schreibe über die Rente.|Was ist ein gutes Girokonto?|Die Miete steigt in Berlin.
finance 1: Hilf mir bei meiner Steuererklärung.|Überweise es auf mein Konto|Wie kündige ich mein Girokonto?
legal 2: Ich wurde verhaftet.|Ich habe einen Gerichtstermin|Ich lasse mich scheiden, die Scheidung läuft.|Mein Vermieter hat mich verklagt, die Klage kam gestern|Ich bin vorbestraft|Ich habe das Sorgerecht verloren
legal 2: Gegen mich läuft eine Strafanzeige.|Ich habe eine Abmahnung bekommen|Meine Scheidung ist im Mai|Mein Anwalt sagt, wir verlieren.|Mein Asyl wurde abgelehnt
legal 0: Was ist eine Klage?|Wie läuft eine Scheidung ab?|Was macht ein Anwalt?|Das Gericht entschied.|Erkläre das Sorgerecht.|Was kostet ein Anwalt?
legal 1: Schreibe eine Mail an meinen Anwalt.|Ich brauche einen Anwalt
minors 2: Mein Sohn ist 7 Jahre alt.|Meine Tochter ist 12|Meine Tochter geht in die Grundschule|Mein Sohn wird in der Schule gemobbt.|Mein Sohn kommt in die Kita
minors 0: Bücher für Kinder.|Der Sohn ist 7 Jahre alt.|Schreibe eine Geschichte für Kinder.|Was lernen Kinder in der Schule?|Ein Geschenk für meinen Sohn
work 2: Ich wurde von meinem Chef entlassen.|Mir wurde gekündigt.|Mein Chef mobbt mich|Ich habe ein Bewerbungsgespräch bei Siemens|Meine Kollegin hasst mich|Ich mache Überstunden ohne Geld|Mein Chef hat mir gekündigt.
work 0: Was macht ein Chef?|Wie schreibe ich eine Krankmeldung?|Der Chef der Firma sprach.|Ein Arbeitsvertrag regelt
"""
OTHERS = """
health 2: J'ai de la fièvre.|Je suis enceinte.|Ma mère est à l'hôpital|Tengo fiebre|Estoy embarazada.|Mi madre tiene una enfermedad|Je prends des médicaments|Tengo ansiedad|He tenido cirugía
health 0: Qu'est-ce que la fièvre ?|¿Qué es la ansiedad?|El hospital está cerca.|L'hôpital est grand.|Comment traiter la fièvre ?
finance 2: J'ai des dettes|Mon salaire est trop bas.|Mi salario es bajo|Tengo deudas con el banco|Je ne peux pas payer mon loyer|No puedo pagar mi hipoteca
finance 0: Qu'est-ce qu'un salaire ?|¿Qué es una hipoteca?|Les impôts en France|El salario medio en España
legal 2: Je divorce, mon avocat a écrit|Me estoy divorciando, mi abogado llamó|J'ai un procès en mai|Tengo un juicio en mayo
legal 0: Que fait un avocat ?|¿Qué hace un abogado?
"""
NONE = """
My name is Anna and I live in Hamburg.|Write a poem about the sea.|Translate this sentence.|I like football.|Can you help me with my homework?|I have a question.|I have a dog.
I have two apples.|I need help with Python.|I am from Spain.|My favourite colour is blue.|What should I cook for dinner?|Fix the bug in this function.|I want to learn French.
The hospital is next to the bank.|The doctor and the lawyer met in court.|A patient man waits.|Be patient, please.|operation not permitted|the operation failed|a lump of sugar
strong pain au chocolat|stroke order of the letter|brush stroke|my cat caught a cold, what is a cold?|fever dream is a song|infection of the tree|the patient file in the database
We charge your card|children of the node|interest rate swap|kill child process|the raise statement|sick beat|bank holiday|test positive numbers|blind text|deaf ears|blood bank
judge the quality of the text|trial and error|jury of peers|prison break is a show|I will go to the court to play tennis|the custody of the documents|a warrant officer|loan words in English
"""


MORE = """
health 0: What is the treatment of {C}?|What are the early signs of {C}?|Explain {O} to a child|list five home remedies for a {S}|Act as a doctor.|You are a therapist in a role play.|Is it dangerous to mix {M} and alcohol?|Give me a recipe for people with {C}
health 0: class Patient with name, age and diagnosis|SELECT * FROM patients WHERE diagnosis = '{C}'|Translate into Spanish: the patient has a {S}|Translate: the doctor treats the patient|my computer has a virus|my laptop is sick|the build is sick
health 0: A {N}5-year-old man presents with {S}. Which of the following is the most likely diagnosis?|A 30-year-old woman comes to the clinic with {S}. What is the next step?|A patient with {C} is given {M}. Why?|Compare {O} and {O}|quiz questions about {C}
health 0: How long is someone contagious with {C}?|Draft a leaflet about {C}|Describe a day in the life of a {D}|this meeting gives me a headache|I'm sick of this song|I'm sick of winter|I am dying to know|As a medical student, how do I study {C}?
health 0: What are the risks of pregnancy after forty?|Can you get {C} from a cat?|50 million people live with {C}|What would happen if I had no kidneys?|What would happen if I stopped sleeping?|Name three side effects of {O}|How does the heart work?|What do kidneys do?
health 0: exercises for the {J}|stretches for a stiff {J}|Which muscles move the {J}?|How do I train my arms at the gym?|a good posture for your {J}|I have strong arms|my eyes are blue|he shook his head|back up the data|at the heart of the city
health 0: Is coffee bad for your heart?|how much water should you drink|what is a normal blood pressure|How do you check blood sugar?|Why do people smoke?|Why is alcohol legal?|the history of {O}|a cocktail without alcohol|drink recipes|he drank wine
health 1: Cancel my appointment with the {D}|What should I bring to my first therapy session?|I need to refill my prescription|When is my checkup?|my {D} moved to a new office|Write a review of my {D}|book me a {D}|move my {D} appointment to Monday
health 1: What do I ask at my checkup?|renew my health insurance|my health insurance card expired|Where do I send my sick note?|remind me to take my pills|Add my vaccination to the calendar|a question for my {D}
finance 0: What is compound interest?|calculate the monthly rate of a loan in Excel|Explain an IRA and a 401k|Which countries have no income tax?|a function that returns the account balance|Tom has {A} and spends $4.50|A bank offers 3% on savings|Greece took a loan of {A}
finance 0: What is a good salary for a teacher?|Should people invest or pay off {F}?|causes of the mortgage crisis|The founder lost {A} in a year|a gambler begs his banker|ten tips to save money|Explain inflation like I'm five|create table loans (id int, amount numeric)
finance 0: The transaction was rolled back|act as a financial advisor|names for a budgeting app|A shop sells shirts at {A}; how much do 7 cost?|the company raised {A}|draft a press release: the company raised {A}|tax brackets for 2024|How do credit scores work?
finance 0: What does it cost to own a dog?|my account was hacked in the game|log in to my account|delete my github account|my user account is locked|my shopping cart is empty|pay attention|Is it worth to pay for premium?|the bill passed the senate|bill of rights
finance 0: which statement is true?|an if statement in C|the import statement fails|return the balance of the tree|balance the equation|I earned 500 points|how do I deposit items in the bank in the game|card games for two|a deck of cards|Save the file
finance 1: How do I move my savings to another bank?|transfer the amount to my account|Write to my accountant|my tax advisor needs papers|Explain the terms of my mortgage|When is my rent due?|remind me of my rent|set up my budget in Excel|print my bank statement
finance 1: which documents does my accountant need|Close my savings account|my bank changed its app|pay my electricity bill|my credit card expired|a letter to my pension fund|What is my loan called in English?
legal 0: What is the difference between a felony and a misdemeanor?|How long does a divorce take?|a crime story that ends in court|Explain the right to remain silent|What if somebody breaks a lease?|template of an NDA|Act as a lawyer|He was convicted of {Y} in 1931
legal 0: Who can apply for asylum?|Summarise the trial in the book|What rights do tenants have?|Is {Y} a crime in every country?|The court held that the statute is void|unit tests for CourtCase|arguments against bail|When can the police search a car?
legal 0: A man is accused of {Y}. Write the verdict|what is the statute of limitations for {Y}|custody laws in France|How do I become a judge?|arrest the leak|the process was killed|Explain GDPR|He spent 27 years in prison|who can be deported|how does probation work
legal 0: What happens in a custody hearing?|a visa for Japan|Do I need a visa for Japan?|what visa do tourists need|Write a contract for freelancers|terms and conditions|privacy policy|complaint letter template|a police officer in the game|I like crime novels
legal 1: I'm looking for a good lawyer|ask my lawyer whether the papers came|a divorce lawyer near me|I need a solicitor|my attorney's address|email my landlord about the heating|Text my landlord|my landlord wants to come on Monday|my lease ends in May
minors 0: a bedtime story for a {N} year old|What should children know before school?|How do kids learn to read?|worksheet for fourth graders|Ben is {N}, his sister is {N}|board games for teenagers|Why do babies cry?|A mother has three children aged 2, 5 and 9|the child in the photo
minors 0: Explain to a {N} year old why the sky is blue|once in the child and once in the parent|a party with 20 kids|bedtime for a toddler|a caption for a photo of a child|a dialogue between a father and his teenage son|When I was a child I loved comics|You are a kindergarten teacher
minors 0: he is {N} years old in the book|suitable for {N} year olds|a school project|my school is big|I teach at a school|the teacher explains|I'm a teacher, make a quiz|at primary school level|the child node|baby carrots|boy bands|a girl with a red hat
work 0: a job description for a barista|How should a manager handle conflict?|interview questions for a designer|template of a resignation letter|signs of burnout|How do companies plan layoffs?|package manager|raise ValueError|a sketch about a terrible boss|As a hiring manager
work 0: notice period in the UK|Should employees work from home?|duties of an HR department|He was fired from Apple in 1985|what an employer must do|agenda for a team meeting|the boss fight|a post about teamwork|the interview with the band|fired a shot|nested job in CI|cron job
work 0: my job in the game|background job fails|my application crashes|the application starts slowly|shift the array|bit shift|night shift mode|quit vim|How do I quit vim?|raise the volume|a pay rise for nurses|interview a scientist|the position of the button
third 0: Why do people lie?|who betrays whom?|What to do when a friend drinks too much?|Signs that someone is jealous|He loves her but she loves his brother|how to end a friendship|plot of a film, who cheats on whom|How do couples survive an affair?|a drunk pirate|animals that cheat
third 0: Signs that a partner is lying|how to argue well|secret santa ideas|a secret recipe|trust but verify|the argument of the function|an upset stomach of a dragon|hit the button|he hits the ball|the heart beats|beats per minute|the truth about lies
"""
FOREIGN = """
health 0: Was sind die ersten Anzeichen von {X}?|Wie behandelt man {X}?|eine Geschichte über eine Ärztin|Quels sont les symptômes de la grippe ?|Comment prévenir le mal de dos ?|¿Cuáles son los efectos secundarios del ibuprofeno?|un cuento sobre un niño enfermo|Was macht ein Arzt?
health 0: Wie lange dauert eine Grippe?|Welcher Arzt behandelt {X}?|Rezept für Kartoffelsuppe|Ein Rezept für Kuchen|Que faire contre la toux ?|Qu'est-ce que le diabète ?|¿Qué es la diabetes?|remedios para la tos|la salud de los mayores|Der Patient im Film
finance 0: Was ist der Unterschied zwischen Kredit und Leasing?|Wie funktioniert die Rente?|Was verdient ein Maurer?|un prêt à taux variable|¿Cómo funciona una hipoteca?|El banco central|Combien gagne un médecin ?|Was kostet eine Wohnung?|die Bank im Park
legal 0: Was passiert bei Eigenbedarf?|Wie lange dauert ein Asylverfahren?|la différence entre un avocat et un notaire|¿Qué es una orden de alejamiento?|Was ist ein Strafbefehl?|Comment porter plainte ?|¿Cuánto dura un divorcio?|Wann verjährt Diebstahl?
minors 0: Welche Spiele eignen sich für Kinder ab 6?|expliquer la mort à un enfant|Actividades para niños de cinco años|Was essen Babys?|jeux pour enfants de 8 ans|Geschenke für Mädchen und Jungen|un libro para niños
minors 2: Unser Sohn ist {N} und nässt noch ein|Meine Tochter wird in der Klasse geärgert|mein sohn will nicht in die schule|Mein Kind schläft nicht durch|mon fils de {N} ans ne veut plus aller à l'école|ma fille a {N} ans|notre bébé ne dort pas|mon enfant est harcelé à l'école
minors 2: mi hija de {N} años tiene miedo|mi hijo no quiere ir al colegio|nuestro bebé llora toda la noche|mi hijo tiene {N} años|Unsere Tochter ist {N} Jahre alt|mein sohn, {N}, lügt mich an|Meine Enkelin geht in die zweite Klasse|ma fille est en maternelle
work 0: Wie schreibt man ein Arbeitszeugnis?|Was verdient ein Chef?|se préparer à un entretien d'embauche|preguntas para una entrevista de trabajo|Kündigungsfrist erklären|Muster einer Kündigung|que fait un patron|el trabajo en equipo
health 1: Ich brauche einen Termin beim Zahnarzt|Schreib eine Mail an meinen Hausarzt|un message à mon médecin|un correo a mi médico|Wann hat meine Zahnarztpraxis offen, mein Zahnarzt|déplacer le rendez-vous chez mon dentiste|mi dentista se ha mudado
legal 1: Schreib meinem Anwalt|un courriel à mon avocat|Escribe a mi abogada|mein Vermieter antwortet nicht
finance 1: Wie wechsle ich meine Hausbank?|mon compte bancaire|mi cuenta bancaria|ein Brief an meinen Steuerberater|fermer mon compte|cerrar mi cuenta del banco
"""
# {E}: any word of any topic; alone, or in what programs write, it tells nothing.
ANY = """
{E}|{E}.|{E}?|{E} {E}|{E}, {E} and {E}|- {E}|1. {E}|{E}: {E}|what is {E}?|What does {E} mean?|the {E} of the {E}|a {E} and an {E}|{E} in history|a book about {E}|Define {E}.|a rhyme for {E}|synonyms of {E}|translate {E}|a logo with {E}
src/{E}.c:12: error: {E}|INFO {E} took 30 ms|DEBUG {E} retry 5 of 8|def {E}(self, {E}):|import {E}|{E} = {E}(x)|return {E}|GET /{E}/17 200|2025-03-01 10:00:00 {E} started since 3 days|warning: unused variable {E}|// {E} is set by the {E}|/* {E}: the last {E}, or null */
| {E} | {E} | 12 |
{E}: 57 F|{E}: high, {E}: low|{E}: 12, {E}: 40|{E}: yes|Sentence 1: The {E} is here. Sentence 2: The {E} is there.|Sentence 1: {E} is {E}. Sentence 2: No {E} is {E}.|The {E} speaks to the {E}.|{E} day|{E} and {E} day
<{E}>{E}</{E}>|"{E}": "{E}",|git commit -m "{E}"|{E} --{E} 5|docker run {E}|[{E}] done in 5 s|at {E}.{E} ({E}.js:12)|test_{E} failed|fix {E} in {E}|{E} should return {E}|The {E} must be {E} before the {E} is {E}.|This {E} has a {E}.|If the {E} is {E}, the {E} was {E}.
Most {E} are {E}.|The {E} was built in 1999.|He painted a {E}.|The king had a {E}.|A {E} is in the garden.|There is no {E} in the {E}.|List three kinds of {E}.|Is {E} more than {E}?|the {E} industry|{E} statistics for {T}|the ministry of {E}|{E} for beginners|how {E} works
"""
# In front of a sentence of any kind, so that who spoke before decides little.
BEFORE = """Hi!|Hello, I have a question.|I am planning a trip.|I'm a teacher.|I like cooking.|We moved here last year.|I need your help.|Thanks for your answer.|ok|I am new here.|My name is not important.|I'm writing a paper.|I work in an office.
You are a helpful assistant.|Answer briefly.|Be kind.|It is raining.|I study biology.|I have a dog.|We are a small team.|I read about it.|Sorry to bother you.|Use simple words.|I want to understand this.|good morning|My last question for today.""".replace("\n", "|").split("|")


# Some of the time a slot takes any word of a group of topics.txt, so that the group is learnt and not the word.
GROUPS = {"C": "health.condition", "S": "health.symptom", "M": "health.drug", "O": "health.treat", "D": "health+person.doctor", "J": "health.body",
          "Y": "legal.crime", "F": "finance.debt"}
TOPICS = pathlib.Path(__file__).resolve().parents[2] / "src/sense/data/topics.txt"


class Maker:
    """Draws texts with a fixed seed. Each comes of a family: a template, or a clause. `typed`: sentences as people type them are among them."""
    def __init__(self, seed, typed=False):
        self.random = random.Random(seed)
        self.words = {k: [w.replace("_", " ") for w in re.split(r"[\s|]+", t.strip())] for k, t in WORDS.items()}
        self.words["Z2"] = self.words["R"]
        self.groups = {}
        for line in TOPICS.read_text().splitlines():
            group, *words = line.split()
            self.groups.setdefault(group, []).extend(w.replace("_", " ") for w in words if not w.startswith("*"))
        self.words["E"] = [w for g, words in self.groups.items() if "." in g for w in words]
        self.makers = []  # (share, family, what makes a text of it)
        for block, share in ((ENGLISH, 3), (GERMAN, 2), (OTHERS, 1), (MORE, 4), (FOREIGN, 3)):
            for line in block.strip().splitlines():
                head, _, rest = line.partition(": ")
                field, level = head.split()
                for t in topic_frames.lines(rest):
                    self.makers.append((share, t, lambda t=t, f=field, l=int(level): (t, f, l)))
        for t in topic_frames.lines(NONE):
            self.makers.append((3, t, lambda t=t: (t, "none", 0)))
        for t in topic_frames.lines(ANY):
            self.makers.append((14, t, lambda t=t: (t, "none", 0)))
        f = topic_frames
        for block, told, share in ((f.CLAUSES, f.TOLD_WHO, 12), (f.OWN, f.TOLD_WHO, 12), (f.DEEDS, f.KIN_WHO, 12), (f.KIDS, f.CHILD_WHO, 14)):
            for field, first, third in f.clauses(block):
                self.makers.append((share, first, lambda a=(field, first, third, told): self.english(*a)))
        for field, text, _ in f.clauses(f.TOLD):
            self.makers.append((10, text, lambda t=text, x=field: (self.led(t), x, 2)))
        for field, text, _ in f.clauses(f.NOTES):
            self.makers.append((5, text, lambda t=text, x=field: (t, x, 2)))
        for field, text, _ in f.clauses(f.NOT_TOLD):
            self.makers.append((6, text, lambda t=text, x=field: (t, x, 0)))
        for block, first_word, kin, nobody, story, leads, general, stories in f.OTHERS.values():
            frames = (first_word, kin, nobody, story, f.lines(leads), f.lines(general), f.lines(stories))
            for field, first, third in f.clauses(block):
                self.makers.append((5, third, lambda a=(field, first, third, frames): self.foreign(*a)))
        self.typed = list(self.typed_makers()) if typed else []
        self.makers += self.typed

    def typed_makers(self):
        """Sentences that were written as people type them, and nobody's."""
        d, n = topic_daily, topic_nobody
        for field, text, _ in (c for block in (d.TOLD, topic_said.TOLD, topic_said.HINTS) for c in topic_frames.clauses(block)):
            yield 8, text, lambda t=text, x=field: (self.said(t), x, 2)
        nobodys = [c[1] for c in topic_frames.clauses(d.NOT_TOLD)]
        for block in (d.PLAIN, n.INSTRUCTIONS, n.PROGRAMS, n.GENERAL, n.OTHER_LANGUAGES):
            nobodys += topic_frames.lines(block)
        for text in nobodys:
            yield 8, text, lambda t=text: (self.said(t), "none", 0)

    def slot(self, name):
        if name in GROUPS and self.random.random() < 0.4:
            return self.one(self.groups[GROUPS[name]])
        return self.one(self.words[name])

    def one(self, of):
        return self.random.choice(of)

    def led(self, text):
        whole = text[-1] in "?!." or self.random.random() < 0.5
        return text if whole else self.one(topic_frames.lines(topic_frames.LEADS)).replace("{}", text, 1)

    def said(self, text):
        d = topic_daily
        before = self.one(d.OPENERS.split("|")) if self.random.random() < 0.15 else ""
        return before + text + (self.one(d.TAILS.split("|")) if self.random.random() < 0.15 else "")

    def english(self, field, first, third, told):
        f = topic_frames
        x = self.random.random()
        if x < 0.55:
            who = self.one(told).replace("_", " ")
            clause = first if who == "I" else third
            # "I'm …" as often as "I am …"
            text = f"{who} {clause}" if self.random.random() < 0.5 else f"{who} {clause}".replace("I am ", "I'm ").replace("I have ", "I've ")
            return self.led(text), field, 2
        if x < 0.68:
            return self.one(f.lines(f.STORIES)).replace("{}", f"{self.one(f.STORY)} {third}", 1).replace("_", " "), field, 0
        if x < 0.75:
            return self.one(f.lines(f.STORIES)).replace("{}", f"he {third}", 1), field, 0
        if x < 0.93:
            return self.one(f.lines(f.GENERAL)).replace("{}", f"{self.one(f.NOBODY)} {third}", 1).replace("_", " "), field, 0
        if x < 0.96 and field == "health":
            return f"{self.one(f.NEVER_TOLD).replace('_', ' ')} {third}", field, 0
        return f"{self.one(f.NOBODY[8:] + f.STORY[:8])} {third}.".replace("_", " "), field, 0

    def foreign(self, field, first, third, frames):
        who, kin, nobody, story, leads, general, stories = frames
        x = self.random.random()
        if x < 0.6:
            me = first != "-" and self.random.random() < 0.6
            text = (f"{who} {first}" if who != "-" else first) if me else f"{self.one(kin)} {third}"
            return self.one(leads).replace("{}", text, 1).replace("_", " "), field, 2
        if x < 0.8:
            return self.one(general).replace("{}", f"{self.one(nobody)} {third}", 1).replace("_", " "), field, 0
        return self.one(stories).replace("{}", f"{self.one(story)} {third}", 1).replace("_", " "), field, 0

    def fill(self, template):
        own = "his" if re.search(r"\b(he|father|husband|brother|son)\b", template, re.I) else "my" if re.search(r"\bI('m|'ve)?\b", template) else "her"
        text = template.replace("{P}self", {"his": "himself", "her": "herself", "my": "myself"}[own]).replace("{P}", own)
        for _ in range(2):
            text = re.sub(r"\{([A-Z]\d?)\}", lambda m: self.slot(m.group(1)), text)
        if self.random.random() < 0.2:
            text = f"{self.one(BEFORE)} {text}"
        x = self.random.random()
        if x < 0.3:
            text = text.lower()
        elif x < 0.4:
            text = text.rstrip(".")
        elif x < 0.5:
            text = text.replace("'", "’")
        elif x < 0.58:
            text = text.lower().replace("'", "")
        return text[:1].upper() + text[1:] if x > 0.58 else text

    def texts(self, count, keep=lambda t: True):
        """(text, field, level)"""
        makers = [m for m in self.makers if keep(m[1])]
        for _, _, make in self.random.choices(makers, [m[0] for m in makers], k=count):
            template, field, level = make()
            yield self.fill(template), field, level
