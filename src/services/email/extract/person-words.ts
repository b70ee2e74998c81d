/** Words that make a line a job title, and words that keep a capitalised line from being a person's name. */

/** Stems at the start of a word, so that inflected and compound forms count; most of Europe's languages. */
const TITLE_STEMS = [
  'ceo', 'cto', 'cfo', 'coo', 'cmo', 'chief', 'president', 'vice president', 'vp ', 'director', 'managing', 'manager', 'head of', 'founder', 'co-founder', 'cofounder', 'owner', 'partner', 'chair', 'secretary', 'treasurer', 'coordinator', 'administrator', 'assistant', 'associate', 'officer', 'engineer', 'developer', 'designer', 'consultant', 'advisor', 'adviser', 'attorney', 'lawyer', 'solicitor', 'counsel', 'paralegal', 'professor', 'lecturer', 'researcher', 'scientist', 'research fellow', 'postdoc', 'phd student', 'teacher', 'principal', 'coach', 'trainer', 'instructor', 'captain', 'editor', 'journalist', 'reporter', 'photographer', 'chef', 'account executive', 'receptionist', 'dentist', 'doctor', 'physician', 'surgeon', 'nurse', 'therapist', 'psychologist', 'veterinar', 'architect', 'estate agent', 'sales agent', 'agente comercial', 'broker', 'pastor', 'reverend', 'minister', 'priest', 'curator', 'librarian', 'specialist', 'analyst', 'technician', 'supervisor', 'spokes', 'representative', 'webmaster', 'organizer', 'organiser',
  'geschäftsführ', 'inhaber', 'vorstand', 'vorsitz', 'schriftführ', 'kassier', 'kassenwart', 'schatzmeister', 'leiter', 'leitung', 'abteilungsleiter', 'projektleiter', 'börsenleiter', 'jugendwart', 'sportwart', 'zuchtwart', 'gerätewart', 'pressewart', 'ansprechpartner', 'sekretär', 'sekretariat', 'assistenz', 'sachbearbeiter', 'rechtsanw', 'fachanw', 'notar', 'steuerberater', 'referent', 'dozent', 'trainer', 'übungsleiter', 'obmann', 'obfrau', 'präsident', 'beisitz', 'mitarbeiter', 'berater', 'vertrieb', 'redakteur', 'chefredakt', 'pfarrer', 'pastorin', 'zahnarzt', 'zahnärzt', 'ärztin', 'arzt', 'facharzt', 'architekt', 'meister', 'verwaltung', 'wissenschaftlich', 'lehrer', 'schulleit', 'rektor', 'beauftragte', 'datenschutzbeauftragt', 'pressesprecher', 'gründer', 'prokurist', 'bürgermeister',
  'directeur', 'directrice', 'gérant', 'président', 'trésori', 'secrétaire', 'responsable', 'chargé', 'avocat', 'fondateur', 'fondatrice', 'conseill', 'rédact', 'professeur', 'enseignant', 'chercheu', 'ingénieur', 'maire', 'médecin', 'animat', 'entraîneur', 'coordinat',
  'presidente', 'gerente', 'secretari', 'tesorero', 'abogad', 'fundador', 'encargad', 'profesor', 'coordinador', 'jefe', 'jefa', 'asesor', 'ingenier', 'médic', 'entrenador', 'licenciad', 'diretor', 'advogad', 'sócio', 'coordenador', 'engenheir',
  'direttore', 'direttrice', 'segretari', 'tesoriere', 'titolare', 'avvocat', 'responsabile', 'amministrat', 'professore', 'fondat', 'consulente', 'allenatore', 'dottore', 'coordinat',
  'voorzitter', 'penningmeester', 'secretaris', 'eigenaar', 'bestuur', 'directie', 'directeur', 'medewerker', 'adviseur', 'advocaat', 'zaakvoerder', 'trainer', 'oprichter', 'leraar', 'docent', 'hoogleraar',
  'ordförande', 'kassör', 'sekreterare', 'vd', 'ägare', 'chef', 'ansvarig', 'formand', 'kasserer', 'direktør', 'leder', 'daglig leder', 'styreleder', 'indehaver', 'medlem', 'rådgiver', 'toimitusjohtaja', 'puheenjohtaja', 'sihteeri', 'rahastonhoitaja', 'johtaja', 'päällikkö', 'valmentaja', 'yrittäjä', 'asiantuntija',
  'prezes', 'dyrektor', 'kierownik', 'właściciel', 'sekretarz', 'skarbnik', 'adwokat', 'radca', 'specjalista', 'nauczyciel', 'trener', 'redaktor', 'koordynator', 'wiceprezes', 'ředitel', 'jednatel', 'předsed', 'tajemník', 'pokladník', 'vedoucí', 'majitel', 'advokát', 'učitel', 'trenér', 'starosta', 'riaditeľ', 'konateľ', 'predsed', 'vedúci', 'ügyvezető', 'igazgató', 'elnök', 'titkár', 'tulajdonos', 'vezető', 'ügyvéd', 'edző', 'tanár',
  'director general', 'președinte', 'preşedinte', 'secretar', 'direktor', 'predsjednik', 'predsednik', 'tajnik', 'voditelj', 'vlasnik', 'odvjetni', 'direktorica', 'vodja', 'müdür', 'başkan', 'sahibi', 'avukat', 'uzman', 'διευθυντ', 'πρόεδρος', 'γραμματέας', 'υπεύθυν', 'директор', 'президент', 'председатель', 'менеджер', 'руководитель', 'секретарь', 'бухгалтер', 'юрист', 'адвокат', 'главный', 'голова', 'керівник', 'преподаватель', 'тренер', 'управител',
  '代表', '社長', '部長', '課長', '担当', '取締役', '教授', '会長', '院長', '경영', '대표', '이사', '부장', '과장', '교수', '总经理', '经理', '主任', '董事',
];

const escaped = [...new Set(TITLE_STEMS)].map((stem) => stem.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
export const TITLE = new RegExp(`(?:^|[^\\p{L}])(?:[1-9]\\.? )?(?:${escaped.filter((stem) => /[a-zà-ɏͰ-ӿ]/i.test(stem)).join('|')})|(?:${escaped.filter((stem) => !/[a-zà-ɏͰ-ӿ]/i.test(stem)).join('|')})|\\p{L}(?:leiter|leiterin|wart|wartin|meister|führer|führerin|sprecher|sprecherin|beauftragter?)(?!\\p{L})`, 'iu');

export const HONORIFIC = /^(?:(?:osr|bds|kommr|prof|dr|med|dent|vet|phil|jur|rer|nat|habil|mag|dipl|ing|lic|licda|licdo|herr|frau|hr|fr|mr|mrs|ms|mx|sir|dame|rev|hon|capt|m|mme|mlle|maître|me|sr|sra|srta|don|doña|dott|dott\.?ssa|avv|rag|arch|geom|sig|sig\.?ra|dhr|mevr|mw|drs|ir|mgr|bc|judr|mudr|phdr|rndr|pan|pani|inż|hab|med\.?dent|univ|ra|rain|StB|notar|rechtsanwalt|rechtsanwältin|attorney|architect|dra|eng)(?:\.-?|-|(?=\s))\s?(?:h\. ?c\. )?){1,5}/iu;
/** A field name printed before the name it introduces. */
export const NAME_LABEL = /^(?:full name|name|naam|nom|nome|nombre|jméno|meno|imię i nazwisko|namn|navn|nimi|név|nume|ime|имя) ?:? {1,2}/i;

/** Words of a sentence: what holds them is no title, whatever else it holds. */
export const SENTENCE = /(?:^|[^\p{L}])(?:to contact|please|contact|write|send|bitte|wenden|haben|hat|wir|we|our|you|your|is|are|was|ist|sind|wird|werden|nous|vous|est|sont|il|son|per|will|can|if|wenn)(?![\p{L}])/iu;

export const POST_NOMINAL = /(?:,? (?:ph\.? ?d\.?|m\.? ?d\.?|d\.?d\.?s\.?|mba|m\.?sc\.?|b\.?sc\.?|m\.?a\.?|b\.?a\.?|ll\.? ?m\.?|esq\.?|jr\.?|sr\.?|cpa|rn|dvm|dmd|ii|iii|csc\.?|msc\.?|mba|bed|mag\.?|facp)){1,4}$/i;

export const PARTICLES: ReadonlySet<string> = new Set(['von', 'van', 'de', 'der', 'den', 'di', 'da', 'del', 'della', 'dos', 'das', 'do', 'du', 'la', 'le', 'ter', 'ten', 'zu', 'zum', 'af', 'av', 'bin', 'ibn', 'al', 'el', 'y', 'e', 'i', 'und', "d'", 'st.', 'vom', 'op', "'t", 'ben', 'san']);

const NOT_NAMES = `
gmbh ag kg ug ohg gbr mbh ev e.v. inc llc ltd limited corp corporation company co plc sarl sàrl sas sa srl spa snc bv nv ab oy oyj as aps doo d.o.o. sro s.r.o. kft zrt
verein club klub team group gruppe groupe grupo gruppo association verband bund stiftung foundation institute institut university universität université universidad college school schule école escuela academy akademie
department abteilung office büro kanzlei praxis hotel restaurant café cafe bar shop store museum theater theatre church kirche gemeinde parish center centre zentrum studio lab laboratory clinic klinik hospital
contact kontakt contacto contatti contato contactez impressum imprint telefon telephone phone tel fax mobil mobile handy email e-mail mail address adresse anschrift dirección indirizzo website web internet homepage home startseite
about über uns us our we the and und et for für with mit your you more mehr read info information informationen service services privacy policy datenschutz datenschutzerklärung terms conditions legal notice copyright rights reserved
street straße strasse str platz weg allee road avenue ave lane drive court square park city stadt north south east west new old great opening öffnungszeiten hours news events termine angebote products produkte projects projekte
monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo
january february march april may june july august september october november december januar februar märz mai juni juli oktober dezember janvier février mars avril juin juillet août septembre octobre novembre décembre
support sales press presse media marketing redaktion newsletter booking reservation reception general customer kunden anfrage enquiries inquiries questions fragen download share facebook instagram twitter linkedin youtube
board members mitglieder committee vorstand staff membership coaching classes course courses workshop conference chairs chair program programme organization organizing organisation local technical special session sessions
united states kingdom germany deutschland austria österreich switzerland schweiz france italia italy españa spain nederland belgium belgië polska
dear hello please click here back next welcome willkommen bienvenue thank thanks danke send write call visit follow view all open close menu search login register sign subscribe bank iban bic konto account registered register number nummer
direzione tecnica sezione agonistica agonistiche amministrazione segreteria generale ufficio servizio servizi dirección direction service-client secretaría administración ventas recepción vente ventes atención cliente clientes raison sociale siège san santa sankt saint são armação application scholarship story touch resources updates find get in an am im bei auf der die das den les los las una uma una ein eine nowy nowa nos ons onze meine meet nr no. ul ulica siedziba
law rights research science sciences computer engineering medicine dental family health care fitness yoga music art arts design solutions systems technologies technology consulting partners international national
`.trim().split(/\s+/);

export const NOT_NAME_WORDS: ReadonlySet<string> = new Set(NOT_NAMES);
