#include "deidentify/text/words.h"

#include <algorithm>
#include <array>

#include "deidentify/text/word_list.h"

namespace veilgate::deidentify::text {
namespace {

// clang-format off
constexpr std::string_view kNamelike = R"(
brown black white green gray grey blue long short small little young old hand hands arm foot head cheek chin shin back
may june august march summer winter hill wood woods field stone rose bush moon sun day bell hope grace
will mark bill rich frank grant art drew pat sue dawn joy faith iris daisy lily ivy olive ruby pearl amber skin hair
page park parks banks brooks church price cook baker miller carpenter fisher hunter potter mason king queen bishop pope
knight noble strong sharp swift wise good best early love case chase cross burn burns wells waters rivers lake
ford bridge street house hall gates wall cotton cash ray wild stark flowers berry bean rice lamb wolf fox bird hart
klein gross lang kurz schwarz braun weiss roth rot grau jung alt neu stein berg bach wald busch feld sommer herbst
kaiser koenig konig richter bauer koch jager vogel hahn fuchs hase krebs finger bein haupt bart haar blau gut
fromm ernst stark stich sturm sand hof winkel engel teufel sauer scharf hart
petit grand leblanc blanc noir brun roux lebrun legrand rose marie blanche claire pierre
rubio moreno delgado blanco rojo bravo cano calvo prieto leon iglesias torres campos flores rey cruz mayo gallo vega luz sol mano manos
rossi bianco bianchi neri bruno russo gallo villa monti costa fontana ferrari luna viola gentile mancini
groot jong oude wit witte zwart bruin hand visser bakker kok koning berg dijk bos vos
bowen spitz crohn hodgkin paget kaposi gottron raynaud alzheimer cushing tinel lasegue babinski lyme wolff hess darier sezary kawasaki behcet dupuytren basedow ludwig apgar
clark wagner graves tanner parkinson hutchinson ewing hansen norwood hurley becker ito ota glasgow phalen addison wickham merkel wilms
date time may sommer mai april skala
)";

constexpr std::string_view kPlainEnglish = R"(
a about above abdomen abdominal abrasion abscess accession acne actinic acute adenoma adjacent adhesion admission adult
after age aged ago ai all also am amputation an anal and angle angioma ankle annular ante anterior antero any ap apical appearance appointment are area
areola arms as asymmetric asymmetry at atrophic atrophy atypical auricular axilla axillary axial bandage basal baseline bcc be bed before
behind below benign beside between bilateral biopsy bite black blaschko blister bluish blister bleeding blood body bone border borders both bottom breast breslow brownish bruise bulla burn but buttock buttocks by calf
camera cancer carcinoma card care cell cells cellulitis central cervical change changes chart chest chin chronic clean clear cleared clinic clinical close closed closeup closure cm collar
colour color comment comments complete compare compared composite condition consent consultation contact contour control coronal cranial crop crust crusted ct current cutaneous cyst daily dark day days deep dental depth
dermal dermatitis dermatofibroma dermatologist dermatology dermatoscopic dermatoscopy dermis dermoscopic dermoscopy descending description detail device diabetic diagnosis diameter did diffuse
digit digital discharge disease distal doctor dorsal dorsum down dr drainage dressing drug dry dx ear ears eczema edge edges edema elbow elbows emergency
epidermal epidermis eruption erosion erythema erythematous etiology evening evaluation even exam examination excised excision exposure external extremity eye eyebrow eyelid eyes face facial features female
femur fever fibroma film filter finding findings finger fingernail fingers first fistula flank flap flash flat flexion flexor focal focus follow followup foot for forearm forehead foreskin fracture frame from front
frontal full fungal general genital gluteal graft granuloma groin group growth guideline gum had hairline haemangioma hemangioma hand has have head healed healing heel height help hematoma hernia
herpes high hip his her histology history hours hyperpigmentation hypertrophic icd id if image images imaging implant important in incision increased index infection inferior inflamed inflammation
inguinal initial injury inner inside instep intact internal into irregular is iso it itching its joint keloid keratosis kind knee knees known label laceration large laser last lateral
left leg legs length lens lentigo lesion lesions less leukoplakia level lichen ligament light limb line lip lips list local location loss low lower lumbar lump lung lupus lymph macro macula
macule macular magnetic male malignant malignancy mammary mandible margin margins marked mass maxilla maxillary medial median medical medication medium melanocytic melanoma metastasis microscopy mid middle midline mild
minor mm moderate mole moles monitoring month months morning morphea mouth mr ms mri mucosa multiple muscle nail nails naevus nevus nasal near neck necrosis needle negative new night nipple no nodal node nodes nodule
nodular none normal nose nostril not note notes now number nurse oblique occipital of oedema off on only onset open operation operative operator or oral orbit orbital orientation other out outer
outpatient over overview pa pain painful palm palmar palpable papilloma papule parietal part partial patch patches patient pelvis penis per perianal perineum perioral periorbital phase phone photo photograph photographer photographs photography photos
pigment pigmented plantar plaque plaques position positive possible post posterior postop pre preop pressure previous primary procedure progress prone protocol proximal pruritus psoriasis punch purpura pus pustule quadrant
radial radiology rash raised reaction recurrence red reddish reduction referral reference referred region regular removal removed report request residual resection result results review rib ribs right ring rosacea rotated round routine ruler
sacral sagittal scalp scale scaling scan scapula scar scc sclera scrotum seborrheic second section seen sensor series session several severe shave she he shin short shoulder shoulders side sign signed similar since site size skin
skull slide small smear smooth soft solar sole solitary space specimen spine spot spots spread squamous stage staging standing standard start status step sternal sternum stitch stitches stomach study subcutaneous subungual superficial superior
supine surface surgeon surgery surgical suspect suspected suspicious sutures suture swelling swollen symmetric symptom symptoms syndrome system tattoo team telangiectasia temple temporal test testis than the their then therapy thigh thighs this
thoracic thorax throat through thumb tissue to today toe toenail toes tomography tongue tooth teeth top total transplant trauma treated treatment trunk tumor tumour type ulcer ulcerated ulceration ulcers ulna ulnar umbilical umbilicus
under unknown unchanged unit until up upper urgent urticaria use used uv vaccination varicose vascular vein venous ventral verruca verrucous versus vertex vertical vesicle vessel view views visible visit vitiligo vs vulva wart warts was week
weeks well were when which with within without wood wound wounds wrist wrists xanthoma year years yellow yellowish yes zoom zone
nr no id tel fax gp rn pt hosp abcd ultrasound angiography flair contrast brain liver kidney heart spleen pancreas bladder bowel colon prostate thyroid ovary uterus aorta artery ward department hospital name surname address birth sex gender
information sheet instructions number id details data record records relative relatives family mother father brother sister child children baby boy girl man woman woman's husband wife
visite chefvisite oberarztvisite verbandswechsel verbandwechsel sprechstunde dienst konsil termin rucksprache anordnung assistenz wundmanagement
mamma prostata kolon ovar ovarien zervix cervix pankreas magen osophagus rektum rectum harnblase schilddruse larynx pharynx endometrium corpus vulvae lunge leber niere
areata totalis universalis diffusa capitis cutis situ hip genu coxa manus dexter sinister dextra sinistra projection projektion strahlengang
notes call round visit station call documentation care student trainee
microscope stereo reflex polarized polarised nonpolarized cross tilt distance scale marker markers picture pictures video movie raw jpeg jpg png tiff dicom file
fitzpatrick mohs auspitz koebner nikolsky tzanck breslow anfang ende brief zero phase img
)";

constexpr std::string_view kPlainGerman = R"(
ab aber abstand abszess achsel akne akte akut alle allergie allgemein als alter altersfleck am ambulanz ambulant an anamnese andere angiom ansicht arzt arztin arme arzt arztbericht atypisch auch auf aufklarung auflicht auflichtmikroskopie aufnahme aufnahmen auge augen augenlid aus ausschnitt aussen aussschlag ausschlag
bauch bauchnabel becken befund befunde behandlung bei beide beider beidseits beine benigne bericht beschreibung besserung bewegung bild bilder biopsie bis bitte blase blaschen blaulich blutung bosartig braunlich brust brustkorb brustwarze
chirurgie da damals dann daumen das dass datum dekubitus dem den der dermatologie dermatoskopie dermatoskopisch des deutlich diagnose die distal dokumentation drei druckstelle dunkel durch durchmesser ein eine einem einen einer eingriff eitrig ekzem ellenbogen elle entfernung entlassung
entzundung er erstvorstellung erythem erosion es exzidat exzision exzidiert facharzt familie farbe farbkarte feld ferse finger fibrom fleck flecken fotodokumentation foto fotograf fotografie fotos frau frei fremdkorper frontal fur fuss fusse fusssohle
gaumen geb geboren gebiss gefass gelenk gemass genital gerotet gering gesass geschwulst geschwollen gesicht gesichert gestern grosse gross gruppe gut gutartig gutachten haare haut hautarzt hautkrebs hautklinik hautveranderung hals hamangiom hamatom hande handgelenk handrucken hat heilung herd herr herz heute hinten hinter hinweis histologie histologisch
hufte icd ihr ihre im immer in infekt infektion innen innenseite ist jahre jahrig jahriger jahrige juckreiz kanthus karzinom kein keine keratose kind kinder kinn klinik klinisch knie knoten knotchen komplett kontrolle kontroll kopf kopfhaut korper krampfader krankenhaus kruste krusten
lage langs lappen lasion lasionen lateral leberfleck leiste lid links linke linken linker linkes lippe lokal lokalisation lunge lupe lymphknoten mal maligne makroskopisch malignes mannlich mamille massstab medial melanom melanozytar messung metastase minuten mit mitte mittel mittelfinger monat monate mund muttermal
nach nachkontrolle nabel nachsorge nacken nagel naht name narbe narben nase nasal nasenflugel nasenrucken nasal neben nebenbefund nein nekrose neurodermitis nicht noch normal notfall nur oben ober oberarm oberkiefer oberlippe oberschenkel oberkorper odem oder ohne ohr ohren ohrmuschel operation op operateur
paar papel papeln patient patienten patientin pflaster pflege pflegerin pigment pigmentfleck plantar postoperativ praoperativ praparat probe psoriasis pustel quaddel rand rander rechts rechte rechten rechter regelrecht resektion rezidiv ringfinger rotlich rotung rotungen rucken rumpf
schadel scheide schicht schienbein schlafe schleimhaut schmerz schmerzen schnitt schnittrand schonung schulter schuppen schuppung schwellung schwester schwer sehr seit seite seitlich sich sie sind skrotum sohle sonnenschaden spatel spinaliom stadium station stationar stelle stirn stroma studie stunden systemisch
tag tage therapie thorax tief tiefe transplantat trauma trocken tumor uber uberblick ubersicht ubersichtsaufnahme uberwiesen uberweisung uhr ulkus ulzeration und ungefahr unklar unter unterarm unterarme unterkiefer unterlid unterlippe unterschenkel unauffallig untersuchung unverandert ursache
varikosis vene verband verbrennung verdacht verlauf verlaufskontrolle verletzung verrukos versorgung vesikel vitiligo volar vom von vor vorbefund vorderseite vorne vorstellung vorher nachher wade wange warze warzen was weiblich weichteil weiss weit wenig werden wegen wie wieder wird woche wochen wunde wundheilung wurde wurden
zahn zahne zehe zehen zehennagel zeigefinger zentimeter zentral ziel zu zum zur zunge zunehmend zustand zwischen zwei zyste zysten basaliom plattenepithelkarzinom chirurgisch aufklarungsbogen einverstandnis vater mutter sohn tochter bruder schwester mann kind klagt berichtet kommt wunscht mochte sagt hatte nahm rote blasse haare knie morbus musculus
)";

constexpr std::string_view kPlainRomance = R"(
au aux avec avant apres bras jambe jambes dos droit droite gauche haut bas main mains pied pieds peau visage tete cou nez bouche oreille oeil yeux joue front menton levre langue ventre poitrine cuisse genou cheville coude poignet epaule doigt doigts orteil orteils ongle
cicatrice plaie lesion lesions naevus melanome carcinome tumeur tache taches rougeur eczema psoriasis brulure ulcere kyste verrue biopsie exerese controle suivi examen patient patiente docteur medecin infirmiere infirmier clinique hopital service consultation photo image vue ensemble detail gros plan rapproche face profil
dans des du de la le les l un une et est sur sous pour par pas ans an mois semaine semaines jour jours post pre operatoire operation chirurgie traitement diagnostic antecedents marge marges taille diametre mm cm suspicion suspecte malin benin femme homme enfant presente adresse nom prenom naissance avant-bras region interne externe anterieur posterieur superieur inferieur normale normal sans il elle
brazo pierna piernas espalda derecho derecha izquierdo izquierda mano manos pie pies piel cara cabeza cuello nariz boca oreja ojo ojos mejilla frente barbilla labio lengua abdomen torax muslo rodilla tobillo codo muneca hombro dedo dedos una unas cicatriz herida lesiones nevo melanoma carcinoma mancha manchas eritema
quemadura ulcera quiste verruga biopsia extirpacion control seguimiento paciente doctor doctora medico enfermera enfermero clinica hospital servicio consulta foto imagen vista general detalle perfil con antes despues del el los las un y es en sobre bajo para por anos ano mes meses semana semanas dia dias cirugia tratamiento diagnostico margen margenes tamano diametro
sospecha sospechoso maligno benigno mujer hombre nino nina nombre apellido apellidos nacimiento antebrazo region interna externo superior inferior sin senor senora informe
braccio gamba gambe schiena destro destra sinistro sinistra mano mani piede piedi pelle viso testa collo naso bocca orecchio occhio occhi guancia fronte mento labbro lingua addome torace coscia ginocchio caviglia gomito polso spalla dito dita unghia ferita lesioni neo melanoma macchia macchie ustione ulcera cisti verruca asportazione
controllo esame paziente dottore dottoressa medico infermiera infermiere ospedale reparto visita immagine insieme dettaglio profilo con prima dopo del della dei il lo gli uno e sopra sotto per da anni anno mese mesi settimana settimane giorno giorni chirurgia trattamento terapia diagnosi margine margini dimensione diametro sospetto maligno benigno donna uomo bambino
nome cognome nascita avambraccio regione interno esterno anteriore posteriore superiore inferiore senza referto signor signora
)";

constexpr std::string_view kPlainDutch = R"(
arm armen been benen rug rechts rechter links linker hand handen voet voeten huid gezicht hoofd hals nek neus mond oor oren oog ogen wang voorhoofd kin lip tong buik borst dij knie enkel elleboog pols schouder vinger vingers teen tenen nagel litteken wond laesie laesies moedervlek melanoom carcinoom tumor vlek vlekken roodheid eczeem
brandwond zweer cyste wrat biopsie excisie controle onderzoek patient patiente dokter arts verpleegkundige kliniek ziekenhuis afdeling consult foto beeld overzicht detail profiel met voor na van de het een en is in op onder jaar jarige maand maanden week weken dag dagen operatie chirurgie behandeling diagnose marge marges grootte diameter
verdenking kwaadaardig goedaardig vrouw man kind naam voornaam achternaam geboren onderarm bovenarm onderbeen bovenbeen regio binnenzijde buitenzijde zonder verslag meneer mevrouw door gezien heeft wordt werd niet
)";

constexpr std::string_view kParticles = R"(
van von vom zu zum zur der den dem die de del della delle dello degli dei di da dal dalla das do dos du des la le les los las
el al ap ben bin ibn ter ten te tot 't af av y e et und mac mc st o d l in op 's het het
)";
constexpr std::string_view kDegrees = R"(med rer nat ra re ssa phil dent habil hc h c univ dr prof ing dipl mult vet jur dott dra)";

/// ':' marks titles that mean something else in capitals or small letters; those are read as written.
constexpr std::string_view kTitles = R"(
dr prof professor doctor mr mrs ms miss mister sir madam nurse matron sister
herr herrn frau fraulein hr fr schwester pfleger pflegerin oberarzt oberarztin chefarzt chefarztin assistenzarzt doktor oa ca
mme mlle mm madame monsieur mademoiselle docteur dre pr infirmiere infirmier
sr sra srta senor senora senorita don dona dra doctora enfermera enfermero
sig sigra sigr signor signora signorina dott dottssa dottor dottoressa infermiera infermiere
dhr mevr mw meneer mevrouw mevr dokter drs zuster verpleegkundige
)";
/// Everyday or medical words unless capitalised and short of anything else: titles only "Like" this.
constexpr std::string_view kStrictTitles = R"(
sister miss sir don dona fr hr ca oa pr mm ms mr sr doctor docteur dokter doctora doktor nurse schwester pfleger pflegerin matron
infirmiere infirmier enfermera enfermero infermiera infermiere zuster verpleegkundige oberarzt oberarztin chefarzt chefarztin assistenzarzt
frau herr herrn mevrouw meneer madame monsieur signor signora senor senora professor mister sig sra mw madam
)";
constexpr std::string_view kSuffixTitles = R"(MD PhD RN FRCS FRCP FACS FAAD FACD DO NP PA-C DDS MBBS MBChB)";

constexpr std::string_view kEponyms = R"(
bowen paget parkinson crohn alzheimer basedow hodgkin addison cushing kaposi dupuytren meniere bechterew behcet scheuermann
ledderhose raynaud osler schlatter perthes sudeck wegener biceps triceps deltoideus pectoralis gastrocnemius trapezius latissimus
quadriceps sartorius gracilis soleus tibialis peroneus masseter temporalis orbicularis frontalis zygomaticus brachialis
brachioradialis gluteus iliopsoas rectus obliquus extensor flexor adductor abductor levator serratus darier whipple wilson werlhof
)";

constexpr std::string_view kGenericPlace = R"(
hospital hospitals clinic clinics center centre medical medicine university institute institution department dept division unit ward general
school college trust foundation health healthcare care services service national royal regional county city community memorial saint st the of and for
street road avenue lane drive boulevard court square way place building house floor room suite box po tel telephone phone fax mobile email
klinik kliniken klinikum krankenhaus universitat universitats universitatsklinikum universitatsspital spital institut abteilung station praxis zentrum medizinische medizin hochschule fakultat gmbh ev strasse str weg platz allee gasse ring haus fur und der die das am im an zu
hautklinik hautzentrum hautarzt hautarztpraxis poliklinik ambulanz dermatology dermatologie dermatologische dermatologia dermatologico radiology radiologie radiologia surgery chirurgie chirurgia chirurgische pathology pathologie oncology onkologie plastic plastische
hopital hopitaux clinique centre hospitalier universitaire chu service maison sante institut rue avenue boulevard chemin place de du des la le les et
clinica centro medico sanitario universitario universidad instituto servicio departamento calle avenida plaza paseo salud del los las el y
ospedale azienda ospedaliera universitaria policlinico istituto universita reparto via viale piazza corso largo della di dei per
ziekenhuis medisch academisch kliniek afdeling universitair umc instituut polikliniek straat laan plein gracht weg van het een voor en
north south east west nord sud ost west nueva new old upper lower great main central europe international deutschland germany france italy italia espana spain nederland netherlands england united kingdom states usa america
photography medizinfotografie fotoabteilung imaging laboratory labor laboratoire laboratorio
)";

constexpr std::string_view kUnits = R"(
mm cm m dm km nm um mu ml dl cl l mg g kg ug ng mcg mmol mol u ie iu h min s sec ms hz khz mhz px pixel pixels dpi ppi grad degrees deg j w kv ma mas mgy gy msv x mmhg bpm kj lux
db years year days day weeks months stunden tage jahre wochen cells zellen iso kb mb gb inch in fps lpm kcal pa kpa ghz
)";

// clang-format on

const Words& plain_words() {
  static const Words words = words_of({kPlainEnglish, kPlainGerman, kPlainRomance, kPlainDutch});
  return words;
}

}  // namespace

bool is_plain(std::string_view word) { return contains(plain_words(), word); }

bool is_namelike(std::string_view word) {
  static const Words words = words_of({kNamelike});
  return contains(words, word);
}

bool has_clinical_ending(std::string_view word) {
  static constexpr std::array<std::string_view, 30> kEndings{
      "ung",   "ungen", "itis",   "ektomie",   "ectomy",   "ektomien", "keit",  "heit",    "oskopie", "oscopy",
      "ose",   "osis",  "matose", "kontrolle", "aufnahme", "befund",   "om",    "oma",     "ome",     "karzinom",
      "ation", "ision", "ektion", "ment",      "klinik",   "ologie",   "ology", "graphie", "grafie",  "therapie"};
  if (word.size() < 6) return false;
  return std::ranges::any_of(kEndings, [word](std::string_view ending) { return word.ends_with(ending); });
}

bool is_particle(std::string_view word) {
  static const Words words = words_of({kParticles});
  return contains(words, word);
}

bool is_degree(std::string_view word) {
  static const Words words = words_of({kDegrees});
  return contains(words, word);
}

bool is_title(const View& view, std::size_t index) {
  static const Words titles = words_of({kTitles});
  static const Words strict = words_of({kStrictTitles});
  const Token& token = view.tokens()[index];
  const std::string_view word = view.word(token);
  const bool dot = view.text()[token.end] == '.';
  if (word == "m") return token.capital && dot;
  if (token.number || !contains(titles, word)) return false;
  if (!token.capital) return !contains(strict, word);
  const bool shouted = token.upper && word.size() <= 2;
  return !shouted || dot || word == "dr" || word == "mr";
}

bool is_suffix_title(std::string_view text) {
  static const Words words = words_of({kSuffixTitles});
  return contains(words, text);
}

bool is_eponym(std::string_view word) {
  static const Words words = words_of({kEponyms});
  return contains(words, word);
}

bool is_generic_place(std::string_view word) {
  static const Words words = words_of({kGenericPlace});
  return contains(words, word);
}

bool is_unit(std::string_view word) {
  static const Words words = words_of({kUnits});
  return contains(words, word);
}

std::span<const std::string_view> cjk_honorifics() {
  static constexpr std::array<std::string_view, 12> kHonorifics{"先生", "様",   "サン", "氏", "クン", "君",
                                                                "女士", "小姐", "님",   "씨", "선생", "殿"};
  return kHonorifics;
}

}  // namespace veilgate::deidentify::text
