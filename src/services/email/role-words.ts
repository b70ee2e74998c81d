/**
 * Words for mailboxes that belong to a function and not to a person, in the languages companies write addresses in.
 * They add to the npm list `role-based-email-addresses`, which is mostly English. Latin letters without accents, the
 * way addresses are typed: the reader folds `buéro` and `büro` before it looks.
 */

/** Mean a function also when something stands beside them: `info.berlin`, `praxis-mueller`, `sales2`, `team.it`. */
const STRONG = `
  info infos information informations informacion informacje informatie informacao informazioni infodesk tiedot
  contact contacts contactus kontakt kontakti kontaktai contacto contactenos contato contatto contatti contactez yhteys yhteydenotto kapcsolat
  kontaktformular epikoinonia iletisim contatta
  office offices headoffice mainoffice backoffice frontoffice buero buro bureau biuro oficina ufficio escritorio kontor kancelarija kancelar
  iroda toimisto birou ofis zentrale centrale central centrala centralino sede hauptsitz
  mail mailbox email post posta poststelle posteingang postkasse firmapost correo correio courrier correspondance inbox postmaster
  hello hallo hola ciao bonjour ola hej hei moin servus welcome willkommen bienvenue bienvenido benvenuti
  sales sale vertrieb verkauf verkoop ventas vendas vendite vente ventes myynti forsaljning salg sprzedaz prodej predaj ertekesites vanzari
  prodaja satis commercial comercial commerciale handel
  support helpdesk help hilfe service services kundenservice kundendienst kundenbetreuung klantenservice kundeservice kundtjanst asiakaspalvelu
  servicio servizio serviceclient customerservice customercare customersupport customer atencion atendimento assistenza assistance
  soporte suporte podpora pomoc pomoc wsparcie ugyfelszolgalat suport hotline
  admin administrator administration administracion administracao administrazione amministrazione verwaltung administratie administracja
  sprava gestion direction direccion direktion direzione direcao geschaeftsfuehrung geschaeftsleitung gl gf leitung management board vorstand
  bestuur styrelsen styrelse hallitus zarzad presidence presidencia presidenza praesidium
  sekretariat secretariat secretaria secretariaat segreteria sekretariatet sekretariaat sekretaerin secretary sekr tajnistvo titkarsag
  reception rezeption recepcion recepcao receptie recepce recepcja recepcija receptionen vastaanotto empfang anmeldung accueil
  accoglienza frontdesk resepsiyon
  praxis zahnarztpraxis arztpraxis hausarztpraxis tierarztpraxis ordination kanzlei rechtsanwalt rechtsanwaelte anwaltskanzlei notariat notar
  notaire notaria notariaat steuerkanzlei steuerberatung steuerberater kancelaria advokatur avocats avocat abogados abogado avvocati
  advocaten advogados studio studiolegale etude cabinet estudio clinic clinica clinique klinik klinika kliniek praktijk huisarts tandarts
  dentist dentista dental zahnarzt apotheke pharmacie farmacia apotheek apteka optik
  termin termine terminvergabe rendezvous rdv cita citas appuntamenti afspraak afspraken appointments appointment booking bookings reservation
  reservations reservierung reservierungen reservas reserva prenotazioni prenotazione prenota reservering reserveringen rezerwacja rezerwacje
  rezervace bokning booking foglalas varaus varaukset buchung buchungen
  team equipe equipo squadra zespol tiimi
  rechnung rechnungen rechnungswesen buchhaltung buha invoice invoices billing accounting accounts accountspayable facturacion facturation
  factures facturas fatture fatturazione contabilita contabilidad contabilidade comptabilite compta boekhouding facturen factuur ksiegowosc
  faktury fakturace ekonomi laskutus regnskap okonomi szamlazas finance finanzen finanzas finanze financeiro tesoreria kasse kassenwart
  jobs job karriere career careers bewerbung bewerbungen personal personalabteilung recruiting recruitment hr rh rrhh emploi empleo lavoro
  praca rekrutacja vacatures vacature stellen ausbildung recrutement human-resources
  presse press media medien prensa imprensa stampa ufficiostampa pers redaktion redaction redaccion redazione redactie redakcja redakce
  marketing werbung publicidad publicite publicidade reklama kommunikation communication comunicacion comunicazione communicatie pr
  newsletter news aktuell noreply no-reply donotreply nepasrepondre
  webmaster web website webshop shop store onlineshop tienda boutique negozio winkel sklep obchod kauppa butik bolt loja internet
  order orders bestellung bestellungen bestellen commande commandes pedido pedidos ordini ordine bestelling bestellingen zamowienia objednavky
  tilaus tilaukset rendeles einkauf purchasing procurement achat achats compras acquisti inkoop zakupy nakup
  anfrage anfragen angebot angebote inquiry inquiries enquiry enquiries demande demandes devis preventivi preventivo offerte orcamento
  presupuesto presupuestos cotizacion oferta zapytania poptavka
  datenschutz privacy dpo dsb rgpd gdpr dsgvo impressum legal recht abuse security compliance datenschutzbeauftragter rodo
  technik technic technique technical tech tecnico assistenzatecnica werkstatt workshop atelier taller officina garage serwis servis
  lager logistik logistics logistique logistica versand spedition disposition dispo magazzino almacen
  schule school ecole escuela scuola skola skole koulu szkola iskola verein club klub gemeinde rathaus pfarramt pfarrbuero pfarrei parafia
  paroisse parrocchia parroquia parish gemeindebuero kirche church feuerwehr bibliothek bibliotheque biblioteca library museum musee museo
  geschaeftsstelle mitglieder mitgliedschaft membership members spenden donations foerderverein vereinsvorstand vorsitz vorsitzender vorsitzende
  hotel hostel pension gasthof gasthaus restaurant ristorante restaurante cafe bar osteria trattoria pizzeria weingut winery bodega camping
  ferienwohnung apartments rooms zimmer
  event events veranstaltung veranstaltungen catering kurse kurs course courses training seminar seminare akademie academy
  hausverwaltung immobilien realestate immo inmobiliaria immobilier projekt projekte project projects planung bauleitung
  studiosekretariat dekanat institut institute department dept lab labor
  kundencenter kundenzentrum servicecenter callcenter leads partner partners dealer haendler export import international
  infor infomail infopost servicedesk itsupport ithelp edv it hostmaster sysadmin root
`;

/** Mean a function only when the whole local part is this word: beside a name they are often part of it. */
const WHOLE_ONLY = `
  alle all staff crew kollegium everybody direktor director rektor rektorat principal praesident president chef boss ceo cfo cto coo owner
  inhaber gerant gerente titolare eigenaar manager hausmeister concierge koch kueche cuisine cucina kitchen
  wir nous noi we us about feedback fragen frage questions question lob kritik beschwerde reclamaciones reclamations klachten
  vermietung mieten rental rentals location noleggio alquiler aluguel verhuur wynajem
  start home main general allgemein generale vfb svv tsv
  yo moi mail2 kommunikation dialog connect talk chat treffpunkt
  auskunft notruf notdienst bereitschaft zentral praktikum azubi
  architekt architekten architekturbuero architects architectes arquitectos architetti
  handball fussball football tennis jugend jugendleiter trainer kassier kassierer kassenwart schriftfuehrer schatzmeister praesidentin
  obmann obfrau vereinsleitung sportwart platzwart
  инфо контакт контакты офис почта заказ заказы продажи отдел приемная секретарь поддержка справка επικοινωνια πληροφορίες
  お問い合わせ 問い合わせ 信息 联系 客服 문의 安内
`;

/** Long enough, and rare enough in names, to be recognised glued to one: `praxismueller`, `kanzleischmidt`, `infoberlin`. */
const GLUED = `
  info praxis zahnarztpraxis arztpraxis ordination kanzlei anwaltskanzlei sekretariat secretariat secretaria segreteria kontakt contact contacto
  contato contatto buero office reception rezeption recepcion accueil verkauf vertrieb service support kundenservice bestellung buchhaltung
  reservierung reservation reservations reservas prenotazioni restaurant ristorante restaurante hotel pension gasthof gasthaus weingut
  notariat notaire apotheke pharmacie farmacia steuerberatung steuerkanzlei hausverwaltung immobilien redaktion verwaltung geschaeftsstelle
  pfarramt pfarrbuero rathaus gemeinde feuerwehr atendimento comercial administracion administracao studiolegale estudio clinica klinik clinique
  webmaster noreply
`;

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/).filter((word) => word !== ''));
}

export const STRONG_ROLE_WORDS = words(STRONG);
export const WHOLE_ROLE_WORDS = words(WHOLE_ONLY);
/** Longest first, so that `zahnarztpraxis` is tried before `praxis`. */
export const GLUED_ROLE_WORDS: readonly string[] = [...words(GLUED)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));

/** In the npm list, but more often a person: they would hide a named contact. */
export const NOT_A_ROLE: ReadonlySet<string> = words('alexa paris sydney pastor france india china head time read don hunter harvest');
