#include "deidentify/text/words.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <unordered_map>
#include <unordered_set>

#include "deidentify/text/fold.h"

namespace veilgate::deidentify::text {
namespace {

using Words = std::unordered_set<std::string_view>;

template <typename Use>
void each_word(std::string_view list, const Use& use) {
  while (true) {
    const auto begin = list.find_first_not_of(" \n");
    if (begin == std::string_view::npos) return;
    const auto end = std::min(list.find_first_of(" \n", begin), list.size());
    use(list.substr(begin, end - begin));
    list.remove_prefix(end);
  }
}

Words words_of(std::initializer_list<std::string_view> lists) {
  Words out;
  for (const std::string_view list : lists) {
    each_word(list, [&out](std::string_view word) { out.insert(word); });
  }
  return out;
}

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

constexpr std::string_view kDoubtfulMonths = R"(
may mar set ago mag gen lug out dic ott abr ene mei mai avr mars mrt dec marsch
elo loka syys ke kesa huhti heina mai noi ian iun iul sept
fev dez marco maio mart mayis ocak ekim nisan
sty lut kwi maj maja cze lip sie wrz paz lis gru maju marcu luty lutym
des led uno bre dub kve cvn cvc srp zar rij pro zari cerven listopad
oca sub nis haz tem agu eyl eki kas ara
янв фев мар апр июн июл авг сен окт ноя дек мае лют бер трав черв лип вер лист груд яну ное
)";
constexpr std::string_view kBirthCues = R"(
born dob birth birthdate birthday birthdays geb geboren geburtsdatum gebdatum geburtstag jahrgang jg ne nee naissance ddn nato nata nascita nacido nacida nacimiento fn geboorte geboortedatum gebdat
nascimento nascido nascida urodzony urodzona urodzenia fodt fodelsedatum fodselsdato fodelsedag fodd foedt narozen narozena narozeni dogum dogumlu
рождения рожд родился родилась народження народився 生年月日 誕生日 出生日期 出生 出生于 出生於 생년월일 생일
)";
// clang-format on

const Words& plain_words() {
  static const Words words = words_of({kPlainEnglish, kPlainGerman, kPlainRomance, kPlainDutch});
  return words;
}

bool contains(const Words& words, std::string_view word) { return words.find(word) != words.end(); }

constexpr std::array<std::string_view, kLanguages> kMonths{
    "January February March April May June July August September October November December",
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "januar februar marts april maj juni juli august september oktober november december",
    "januar februar mars april mai juni juli august september oktober november desember",
    "ledna února března dubna května června července srpna září října listopadu prosince",
    "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "януари февруари март април май юни юли август септември октомври ноември декември",
    "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta "
    "marraskuuta joulukuuta",
    "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου Οκτωβρίου Νοεμβρίου "
    "Δεκεμβρίου",
    "január február március április május június július augusztus szeptember október november december",
    "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
};
constexpr std::array<std::string_view, kLanguages> kShortMonths{
    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    "janv févr mars avr mai juin juil août sept oct nov déc",
    "ene feb mar abr may jun jul ago sep oct nov dic",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "jan fev mar abr mai jun jul ago set out nov dez",
    "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "jan feb mars apr maj juni juli aug sep okt nov dec",
    "jan feb mar apr maj jun jul aug sep okt nov dec",
    "jan feb mars apr mai juni juli aug sep okt nov des",
    "led úno bře dub kvě čvn čvc srp zář říj lis pro",
    "Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara",
    "янв фев мар апр мая июн июл авг сен окт ноя дек",
    "січ лют бер квіт трав черв лип серп вер жовт лист груд",
    "яну фев мар апр май юни юли авг сеп окт ное дек",
    "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu",
    "Ιαν Φεβ Μαρ Απρ Μαΐ Ιουν Ιουλ Αυγ Σεπ Οκτ Νοε Δεκ",
    "jan febr márc ápr máj jún júl aug szept okt nov dec",
    "ian feb mar apr mai iun iul aug sept oct noi dec",
};
/// In other cases or spellings than a date has them; language, number, word.
struct OtherMonth {
  Language language;
  unsigned char number;
  std::string_view words;
};
constexpr auto kOtherMonths = std::to_array<OtherMonth>({
    {Language::Pl, 1, "styczeń styczniu"},
    {Language::Pl, 2, "luty lutym"},
    {Language::Pl, 3, "marzec marcu"},
    {Language::Pl, 4, "kwiecień kwietniu"},
    {Language::Pl, 5, "maj maju"},
    {Language::Pl, 6, "czerwiec czerwcu"},
    {Language::Pl, 7, "lipiec lipcu"},
    {Language::Pl, 8, "sierpień sierpniu"},
    {Language::Pl, 9, "wrzesień wrześniu"},
    {Language::Pl, 10, "październik październiku"},
    {Language::Pl, 11, "listopad listopadzie"},
    {Language::Pl, 12, "grudzień grudniu"},
    {Language::Cs, 1, "leden lednu"},
    {Language::Cs, 2, "únor únoru"},
    {Language::Cs, 3, "březen březnu"},
    {Language::Cs, 4, "duben dubnu"},
    {Language::Cs, 5, "květen květnu"},
    {Language::Cs, 6, "červen červnu"},
    {Language::Cs, 7, "červenec červenci"},
    {Language::Cs, 8, "srpen srpnu"},
    {Language::Cs, 10, "říjen říjnu"},
    {Language::Cs, 11, "listopad"},
    {Language::Cs, 12, "prosinec prosinci"},
    {Language::Ru, 1, "январь январе"},
    {Language::Ru, 2, "февраль феврале февр"},
    {Language::Ru, 3, "март марте"},
    {Language::Ru, 4, "апрель апреле"},
    {Language::Ru, 5, "май мае"},
    {Language::Ru, 6, "июнь июне"},
    {Language::Ru, 7, "июль июле"},
    {Language::Ru, 8, "август августе"},
    {Language::Ru, 9, "сентябрь сентябре сент"},
    {Language::Ru, 10, "октябрь октябре"},
    {Language::Ru, 11, "ноябрь ноябре нояб"},
    {Language::Ru, 12, "декабрь декабре"},
    {Language::Uk, 1, "січень січні"},
    {Language::Uk, 2, "лютий лютому"},
    {Language::Uk, 3, "березень березні"},
    {Language::Uk, 4, "квітень квітні"},
    {Language::Uk, 5, "травень травні"},
    {Language::Uk, 6, "червень червні"},
    {Language::Uk, 7, "липень липні"},
    {Language::Uk, 8, "серпень серпні"},
    {Language::Uk, 9, "вересень вересні"},
    {Language::Uk, 10, "жовтень жовтні"},
    {Language::Uk, 11, "листопад листопаді"},
    {Language::Uk, 12, "грудень грудні"},
    {Language::Fi, 1, "tammikuu tammikuun tammikuussa"},
    {Language::Fi, 2, "helmikuu helmikuun helmikuussa"},
    {Language::Fi, 3, "maaliskuu maaliskuun maaliskuussa"},
    {Language::Fi, 4, "huhtikuu huhtikuun huhtikuussa"},
    {Language::Fi, 5, "toukokuu toukokuun toukokuussa"},
    {Language::Fi, 6, "kesäkuu kesäkuun kesäkuussa"},
    {Language::Fi, 7, "heinäkuu heinäkuun heinäkuussa"},
    {Language::Fi, 8, "elokuu elokuun elokuussa"},
    {Language::Fi, 9, "syyskuu syyskuun syyskuussa"},
    {Language::Fi, 10, "lokakuu lokakuun lokakuussa"},
    {Language::Fi, 11, "marraskuu marraskuun marraskuussa"},
    {Language::Fi, 12, "joulukuu joulukuun joulukuussa"},
    {Language::El, 1, "Ιανουάριος Ιανουάριο"},
    {Language::El, 2, "Φεβρουάριος Φεβρουάριο"},
    {Language::El, 3, "Μάρτιος Μάρτιο"},
    {Language::El, 4, "Απρίλιος Απρίλιο"},
    {Language::El, 5, "Μάιος Μάιο"},
    {Language::El, 6, "Ιούνιος Ιούνιο"},
    {Language::El, 7, "Ιούλιος Ιούλιο"},
    {Language::El, 8, "Αύγουστος Αύγουστο"},
    {Language::El, 9, "Σεπτέμβριος Σεπτέμβριο"},
    {Language::El, 10, "Οκτώβριος Οκτώβριο"},
    {Language::El, 11, "Νοέμβριος Νοέμβριο"},
    {Language::El, 12, "Δεκέμβριος Δεκέμβριο"},
    {Language::Hu, 1, "januári januárban"},
    {Language::Hu, 2, "februári feb"},
    {Language::Hu, 3, "márciusi már"},
    {Language::Hu, 9, "szept szeptemberi"},
    {Language::Bg, 1, "януар јануар"},
    {Language::Bg, 2, "фебруар"},
    {Language::Bg, 5, "мај"},
    {Language::Bg, 6, "јун"},
    {Language::Bg, 7, "јул"},
    {Language::Bg, 9, "септ септембар"},
    {Language::Bg, 10, "октобар"},
    {Language::Bg, 11, "новембар"},
    {Language::Bg, 12, "децембар"},
});
constexpr std::array<std::string_view, kLanguages> kDays{
    "Sunday Monday Tuesday Wednesday Thursday Friday Saturday",
    "Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag",
    "dimanche lundi mardi mercredi jeudi vendredi samedi",
    "domingo lunes martes miércoles jueves viernes sábado",
    "domenica lunedì martedì mercoledì giovedì venerdì sabato",
    "zondag maandag dinsdag woensdag donderdag vrijdag zaterdag",
    "domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado",
    "niedziela poniedziałek wtorek środa czwartek piątek sobota",
    "söndag måndag tisdag onsdag torsdag fredag lördag",
    "søndag mandag tirsdag onsdag torsdag fredag lørdag",
    "søndag mandag tirsdag onsdag torsdag fredag lørdag",
    "neděle pondělí úterý středa čtvrtek pátek sobota",
    "Pazar Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi",
    "воскресенье понедельник вторник среда четверг пятница суббота",
    "неділя понеділок вівторок середа четвер пʼятниця субота",
    "неделя понеделник вторник сряда четвъртък петък събота",
    "sunnuntai maanantai tiistai keskiviikko torstai perjantai lauantai",
    "Κυριακή Δευτέρα Τρίτη Τετάρτη Πέμπτη Παρασκευή Σάββατο",
    "vasárnap hétfő kedd szerda csütörtök péntek szombat",
    "duminică luni marți miercuri joi vineri sâmbătă",
};
constexpr std::array<std::string_view, kLanguages> kShortDays{
    "Sun Mon Tue Wed Thu Fri Sat",   "So Mo Di Mi Do Fr Sa",        "dim lun mar mer jeu ven sam",
    "dom lun mar mié jue vie sáb",   "dom lun mar mer gio ven sab", "zo ma di wo do vr za",
    "dom seg ter qua qui sex sáb",   "niedz pon wt śr czw pt sob",  "sön mån tis ons tors fre lör",
    "søn man tir ons tor fre lør",   "søn man tir ons tor fre lør", "ne po út st čt pá so",
    "Paz Pzt Sal Çar Per Cum Cmt",   "вс пн вт ср чт пт сб",        "нд пн вт ср чт пт сб",
    "нед пон вто сря чет пет съб",   "su ma ti ke to pe la",        "Κυρ Δευ Τρι Τετ Πεμ Παρ Σαβ",
    "vas hét kedd sze csüt pén szo", "dum lun mar mie joi vin sâm",
};

class Calendar {
 public:
  Calendar(const std::array<std::string_view, kLanguages>& full, const std::array<std::string_view, kLanguages>& brief,
           unsigned first) {
    for (std::size_t language = 0; language < kLanguages; ++language) {
      add(full[language], static_cast<Language>(language), false, first);
      add(brief[language], static_cast<Language>(language), true, first);
    }
  }

  void also(std::string_view folded, Language language, unsigned number, bool shortened = false) {
    by_word_[std::string(folded)].push_back({language, static_cast<unsigned char>(number), shortened});
  }

  std::span<const CalendarWord> find(std::string_view word) const {
    constexpr std::size_t kMinWord = 2, kMaxWord = 24;  // bytes; "октомври" has 16
    if (word.size() > kMaxWord || word.size() < kMinWord) return {};
    const auto found = by_word_.find(std::string(word));
    return found == by_word_.end() ? std::span<const CalendarWord>{} : found->second;
  }

  std::string_view name(Language language, unsigned index, bool shortened) const {
    return names_[static_cast<std::size_t>(language)][shortened ? 1 : 0][index];
  }

 private:
  void add(std::string_view list, Language language, bool shortened, unsigned number) {
    each_word(list, [&](std::string_view name) {
      names_[static_cast<std::size_t>(language)][shortened ? 1 : 0].push_back(name);
      by_word_[View(name).lower()].push_back({language, static_cast<unsigned char>(number++), shortened});
    });
  }

  std::unordered_map<std::string, std::vector<CalendarWord>> by_word_;
  std::array<std::array<std::vector<std::string_view>, 2>, kLanguages> names_;
};

const Calendar& months() {
  static const Calendar calendar = [] {
    Calendar out(kMonths, kShortMonths, 1);
    out.also("sept", Language::En, 9, true);
    out.also("maerz", Language::De, 3);
    out.also("febr", Language::De, 2, true);
    out.also("jann", Language::De, 1, true);
    out.also("mrz", Language::De, 3, true);
    out.also("sept", Language::De, 9, true);
    out.also("janner", Language::De, 1);
    out.also("jaenner", Language::De, 1);
    out.also("setiembre", Language::Es, 9);
    out.also("fev", Language::Fr, 2, true);
    out.also("jan", Language::Fr, 1, true);
    out.also("sept", Language::Sv, 9, true);
    for (const OtherMonth& other : kOtherMonths) {
      each_word(other.words,
                [&](std::string_view word) { out.also(View(word).lower(), other.language, other.number); });
    }
    return out;
  }();
  return calendar;
}

const Calendar& weekdays() {
  static const Calendar calendar(kDays, kShortDays, 0);
  return calendar;
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

const Era* era_at_end_of(std::string_view word) {
  static constexpr auto kEras = std::to_array<Era>({
      {"令和", 2018, 5, 1, 0},
      {"平成", 1988, 1, 8, 2019},
      {"昭和", 1925, 12, 25, 1989},
      {"大正", 1911, 7, 30, 1926},
      {"明治", 1867, 10, 23, 1912},
      {"民國", 1911, 1, 1, 0},
      {"民国", 1911, 1, 1, 0},
  });
  const auto found = std::ranges::find_if(kEras, [word](const Era& era) { return word.ends_with(era.name); });
  return found == kEras.end() ? nullptr : &*found;
}

std::span<const std::string_view> cjk_honorifics() {
  static constexpr std::array<std::string_view, 12> kHonorifics{"先生", "様",   "サン", "氏", "クン", "君",
                                                                "女士", "小姐", "님",   "씨", "선생", "殿"};
  return kHonorifics;
}

std::span<const Cue> cues() {
  static constexpr std::array kCues = std::to_array<Cue>({
      {"", "name", true, true},
      {"", "names", true, true},
      {"", "surname", true, true},
      {"", "patientenname", false, true},
      {"", "geburtsname", false, true},
      {"", "ansprechpartner", true, true},
      {"", "ansprechpartnerin", true, true},
      {"", "forename", true, true},
      {"", "firstname", true, true},
      {"", "lastname", true, true},
      {"", "patient", true, true},
      {"", "patient", false, false},
      {"", "patientin", true, true},
      {"", "patientin", false, false},
      {"", "pat", false, false},
      {"", "pt", true, false},
      {"", "nachname", false, true},
      {"", "vorname", false, true},
      {"", "familienname", false, true},
      {"", "nom", true, true},
      {"", "prenom", false, true},
      {"", "apellido", false, true},
      {"", "apellidos", false, true},
      {"", "nombre", true, true},
      {"", "cognome", false, true},
      {"", "nome", true, true},
      {"", "naam", true, true},
      {"", "achternaam", false, true},
      {"", "voornaam", false, true},
      {"", "paciente", true, true},
      {"", "paciente", false, false},
      {"", "paziente", true, true},
      {"", "paziente", false, false},
      {"", "patiente", true, true},
      {"", "patiente", false, false},
      {"seen", "by", false, true},
      {"ref", "by", false, true},
      {"referred", "by", false, true},
      {"signed", "by", false, true},
      {"reported", "by", false, true},
      {"taken", "by", false, true},
      {"performed", "by", false, true},
      {"photographed", "by", false, true},
      {"requested", "by", false, true},
      {"reviewed", "by", false, true},
      {"examined", "by", false, true},
      {"treated", "by", false, true},
      {"ordered", "by", false, true},
      {"approved", "by", false, true},
      {"photo", "by", false, false},
      {"photos", "by", false, false},
      {"operated", "by", false, true},
      {"dictated", "by", false, true},
      {"excised", "by", false, false},
      {"", "signed", false, true},
      {"", "signature", false, true},
      {"", "sgd", false, true},
      {"", "gez", false, true},
      {"", "operator", true, true},
      {"", "operateur", true, true},
      {"", "photographer", true, true},
      {"", "fotograf", true, true},
      {"", "fotografin", true, true},
      {"", "photographe", true, true},
      {"", "fotografo", true, true},
      {"", "fotograaf", true, true},
      {"", "physician", true, true},
      {"", "surgeon", true, true},
      {"", "doctor", true, true},
      {"", "consultant", true, true},
      {"", "referrer", true, true},
      {"", "dermatologist", true, true},
      {"", "arzt", true, true},
      {"", "arztin", true, true},
      {"", "hausarzt", false, false},
      {"", "hausarztin", false, false},
      {"", "uberweiser", true, true},
      {"", "zuweiser", true, true},
      {"uberwiesen", "von", false, false},
      {"uberwiesen", "durch", false, false},
      {"zugewiesen", "von", false, false},
      {"zugewiesen", "durch", false, false},
      {"fotografiert", "von", false, false},
      {"gesehen", "von", false, false},
      {"untersucht", "von", false, false},
      {"aufgenommen", "von", false, false},
      {"untersucht", "durch", false, false},
      {"operiert", "von", false, false},
      {"unterzeichnet", "von", false, false},
      {"", "medecin", true, true},
      {"vu", "par", false, false},
      {"vue", "par", false, false},
      {"adresse", "par", false, false},
      {"adressee", "par", false, false},
      {"signe", "par", false, false},
      {"examine", "par", false, false},
      {"prise", "par", false, false},
      {"realise", "par", false, false},
      {"opere", "par", false, false},
      {"", "medico", true, true},
      {"visto", "por", false, false},
      {"vista", "por", false, false},
      {"derivado", "por", false, false},
      {"derivada", "por", false, false},
      {"remitido", "por", false, false},
      {"firmado", "por", false, false},
      {"realizado", "por", false, false},
      {"operado", "por", false, false},
      {"visto", "da", false, false},
      {"vista", "da", false, false},
      {"inviato", "da", false, false},
      {"inviata", "da", false, false},
      {"firmato", "da", false, false},
      {"eseguito", "da", false, false},
      {"operato", "da", false, false},
      {"refertato", "da", false, false},
      {"gezien", "door", false, false},
      {"verwezen", "door", false, false},
      {"ondertekend", "door", false, false},
      {"geopereerd", "door", false, false},
      {"", "arts", true, true},
      {"", "huisarts", false, false},
      {"", "gp", true, true},
      {"", "attn", false, true},
      {"", "untersucher", false, false},
      {"", "untersucherin", false, false},
      {"", "fotografin", false, false},
      {"", "behandler", false, false},
      {"", "bewohner", false, false},
      {"", "bewohnerin", false, false},
      {"", "heer", false, false},
      {"", "kind", false, false},
      {"", "by", false, false},
      {"", "daughter", false, false},
      {"", "son", false, false},
      {"", "wife", false, false},
      {"", "husband", false, false},
      {"", "mother", false, false},
      {"", "father", false, false},
      {"", "brother", false, false},
      {"", "ehemann", false, false},
      {"", "ehefrau", false, false},
      {"", "tochter", false, false},
      {"", "sohn", false, false},
      {"", "mutter", false, false},
      {"", "vater", false, false},
      {"", "bruder", false, false},
      {"", "epouse", false, false},
      {"", "mari", false, false},
      {"", "fils", false, false},
      {"", "fille", false, false},
      {"", "hija", false, false},
      {"", "hijo", false, false},
      {"", "esposa", false, false},
      {"", "marido", false, false},
      {"", "figlia", false, false},
      {"", "figlio", false, false},
      {"", "moglie", false, false},
      {"", "marito", false, false},
      {"", "dochter", false, false},
      {"", "zoon", false, false},
      {"", "echtgenoot", false, false},
      {"", "echtgenote", false, false},
      {"", "nurse", false, false},
      {"", "matron", false, false},
      {"", "surgeon", false, false},
      {"", "physiotherapist", false, false},
      {"", "therapist", false, false},
      {"", "midwife", false, false},
      {"", "carer", false, false},
      {"", "sister", false, false},
      {"", "aunt", false, false},
      {"", "uncle", false, false},
      {"", "niece", false, false},
      {"", "nephew", false, false},
      {"", "grandson", false, false},
      {"", "granddaughter", false, false},
      {"", "pfleger", false, false},
      {"", "schwester", false, false},
      {"", "pflegerin", false, false},
      {"", "pflegekraft", false, false},
      {"", "krankenschwester", false, false},
      {"", "krankenpfleger", false, false},
      {"", "gesundheitspflegerin", false, false},
      {"", "gesundheitspfleger", false, false},
      {"", "wundschwester", false, false},
      {"", "wundexpertin", false, false},
      {"", "wundexperte", false, false},
      {"", "arzthelferin", false, false},
      {"", "arzthelfer", false, false},
      {"", "hebamme", false, false},
      {"", "praktikantin", false, false},
      {"", "praktikant", false, false},
      {"", "famulus", false, false},
      {"", "famulantin", false, false},
      {"", "betreuer", false, false},
      {"", "betreuerin", false, false},
      {"", "begleitung", false, false},
      {"", "oberarzt", false, false},
      {"", "oberarztin", false, false},
      {"", "assistenzarzt", false, false},
      {"", "assistenzarztin", false, false},
      {"", "chefarzt", false, false},
      {"", "chefarztin", false, false},
      {"", "stationsarzt", false, false},
      {"", "stationsarztin", false, false},
      {"", "onkel", false, false},
      {"", "tante", false, false},
      {"", "enkel", false, false},
      {"", "enkelin", false, false},
      {"", "nichte", false, false},
      {"", "neffe", false, false},
      {"", "infirmiere", false, false},
      {"", "infirmier", false, false},
      {"", "inf", false, false},
      {"", "soignante", false, false},
      {"", "soignant", false, false},
      {"", "chirurgien", false, false},
      {"", "photographe", false, false},
      {"", "soeur", false, false},
      {"", "frere", false, false},
      {"", "mere", false, false},
      {"", "pere", false, false},
      {"", "conjoint", false, false},
      {"", "conjointe", false, false},
      {"", "neveu", false, false},
      {"", "enfermera", false, false},
      {"", "enfermero", false, false},
      {"", "cirujano", false, false},
      {"", "cirujana", false, false},
      {"", "auxiliar", false, false},
      {"", "hermana", false, false},
      {"", "hermano", false, false},
      {"", "madre", false, false},
      {"", "padre", false, false},
      {"", "esposo", false, false},
      {"", "sobrino", false, false},
      {"", "sobrina", false, false},
      {"", "infermiera", false, false},
      {"", "infermiere", false, false},
      {"", "chirurgo", false, false},
      {"", "ostetrica", false, false},
      {"", "sorella", false, false},
      {"", "fratello", false, false},
      {"", "compagno", false, false},
      {"", "compagna", false, false},
      {"", "nipote", false, false},
      {"", "verpleegkundige", false, false},
      {"", "zuster", false, false},
      {"", "doktersassistente", false, false},
      {"", "chirurg", false, false},
      {"", "fotograaf", false, false},
      {"", "zus", false, false},
      {"", "broer", false, false},
      {"", "moeder", false, false},
      {"", "neef", false, false},
      {"", "pfl", false, false},
      {"", "vpk", false, false},
      {"", "oa", false, false, true},
      {"", "ca", false, false, true},
      {"", "aa", false, false, true},
      {"", "pa", false, false, true},
      {"", "rn", false, false, true},
      {"", "np", false, false, true},
      {"", "mfa", false, false, true},
      {"", "ide", false, false, true},
      {"", "due", false, false, true},
      {"", "unterschrieben", false, true},
      {"", "unterzeichnet", false, true},
      {"unterschrieben", "von", false, true},
      {"unterschrieben", "durch", false, true},
      {"unterzeichnet", "durch", false, true},
      {"", "signe", false, true},
      {"", "firmado", false, true},
      {"", "firmada", false, true},
      {"", "firmato", false, true},
      {"", "firmata", false, true},
      {"", "getekend", false, true},
      {"", "ondertekend", false, true},
      {"verbunden", "von", false, true},
      {"verbunden", "durch", false, true},
      {"dokumentiert", "von", false, true},
      {"dokumentiert", "durch", false, true},
      {"assisted", "by", false, true},
      {"documented", "by", false, true},
      {"dressed", "by", false, true},
      {"written", "by", false, true},
      {"pris", "par", false, true},
      {"photographie", "par", false, true},
      {"fotografiado", "por", false, true},
      {"fotografato", "da", false, true},
      {"gefotografeerd", "door", false, true},
  });
  return kCues;
}

bool ends_cue(std::string_view word) {
  static const Words words = [] {
    Words out;
    for (const Cue& cue : cues()) out.insert(cue.last);
    return out;
  }();
  return contains(words, word);
}

std::span<const CalendarWord> months_named(std::string_view word) { return months().find(word); }
std::span<const CalendarWord> weekdays_named(std::string_view word) { return weekdays().find(word); }

std::string_view month_name(Language language, unsigned number, bool shortened) {
  return months().name(language, number - 1, shortened);
}

std::string_view weekday_name(Language language, unsigned number, bool shortened) {
  return weekdays().name(language, number, shortened);
}

bool is_doubtful_month(std::string_view word) {
  static const Words words = words_of({kDoubtfulMonths});
  return contains(words, word);
}

bool is_birth_cue(std::string_view word) {
  static const Words words = words_of({kBirthCues});
  return contains(words, word);
}

}  // namespace veilgate::deidentify::text
