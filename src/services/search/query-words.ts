/** Words of queries in the languages companies publish in. */

/** "Contact" as sites print it on their own contact page: it draws company sites rather than articles about the trade. */
export const CONTACT_WORDS: Readonly<Record<string, string>> = {
  en: 'contact', de: 'Kontakt', fr: 'contact', es: 'contacto', it: 'contatti', pt: 'contato', nl: 'contact', pl: 'kontakt', cs: 'kontakt', sk: 'kontakt', hu: 'kapcsolat', ro: 'contact', sv: 'kontakt', no: 'kontakt', da: 'kontakt',
  fi: 'yhteystiedot', el: 'επικοινωνία', tr: 'iletişim', hr: 'kontakt', sl: 'kontakt', sr: 'kontakt', bg: 'контакти', ru: 'контакты', uk: 'контакти', et: 'kontakt', lv: 'kontakti', lt: 'kontaktai', ca: 'contacte', is: 'hafa samband',
  ja: 'お問い合わせ', ko: '문의', 'zh-CN': '联系我们', 'zh-TW': '聯絡我們', 'zh-HK': '聯絡我們', th: 'ติดต่อเรา', vi: 'liên hệ', id: 'kontak', ms: 'hubungi', he: 'צור קשר', ar: 'اتصل بنا', hi: 'संपर्क', fa: 'تماس با ما',
};

/** The page every company must publish (TMG § 5, ECG § 5, LCEN art. 6 and the like): its law knows the word, articles do not have it. */
export const LEGAL_NOTICE_WORDS: Readonly<Record<string, string>> = { de: 'Impressum', fr: 'mentions légales', it: 'P.IVA', es: 'aviso legal', nl: 'KvK', pl: 'NIP', cs: 'IČO', sk: 'IČO', hr: 'OIB', pt: 'CNPJ', sv: 'org.nr', da: 'CVR', fi: 'Y-tunnus', ja: '会社概要' };

/** Words of a goal that ask for leads and say nothing about them. */
const FILLER = new Set(
  `a an the of in at on for to and or with without that which who whose have has having are is be do does not no any all some i we you me us my our their its it this these those from by near around
   find get give show search look looking list collect need want please help generate build make create compile locate discover identify leads lead prospects prospect contacts companies company businesses business firms email emails e-mail mail
   mails addresses up least most about approximately roughly hundred thousand dozen few several many more than
   finde find suche such gib zeig liste brauche mir mich uns ich wir der die das den dem des ein eine einen einem einer und oder mit ohne in im am an auf aus bei von vom zum zur für nach die kein keine bitte firmen unternehmen betriebe
   adressen kontakte
   trouve trouver cherche chercher donne liste des les le la un une de du et ou avec sans dans en à au aux pour qui que moi nous je entreprises sociétés adresses
   busca buscar encuentra encontrar dame lista los las el un una de del y o con sin en para que me nos empresas correos direcciones
   trova trovare cerca cercare dammi elenco gli i il lo una di del della dei e o con senza nel nella per che mi aziende imprese indirizzi
   vind zoek geef een het de van en of met zonder in op voor die dat mij ons bedrijven adressen
   encontre procure lista os as o um uma do da dos das e ou com sem em no na para que me empresas`.split(/\s+/),
);

/** The goal's own words, in its order and spelling, without filler and numbers; at most `limit`. */
export function tellingWords(text: string, limit: number): string[] {
  const seen = new Set<string>();
  const words: string[] = [];
  for (const word of text.slice(0, 2_000).split(/[^\p{L}\p{M}\p{N}'’+#.&-]+/u)) {
    const bare = word.replace(/^[^\p{L}\p{N}]{1,20}|[^\p{L}\p{M}\p{N}+#]{1,20}$/gu, '');
    const key = bare.toLowerCase();
    if (bare === '' || FILLER.has(key) || seen.has(key) || /^[\d.,+-]{1,20}k?$/.test(bare)) continue;
    seen.add(key);
    words.push(bare);
    if (words.length >= limit) break;
  }
  return words;
}
