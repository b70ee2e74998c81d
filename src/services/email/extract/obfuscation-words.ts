/** What people write for "@" and "." so that a simple harvester reads nothing; lower case, one word per line of speech. */

/** Inside brackets or other decoration: "[at]", "(arroba)", "{a}". */
export const AT_WORDS: readonly string[] = [
  'at', 'a t', 'a-t', '@', 'ät', 'æt', 'ätt', 'ad', 'a', 'et', 'att', 'at sign', 'at-sign', 'atsign', 'at-zeichen', 'atzeichen', 'klammeraffe', 'affenschwanz',
  'arroba', 'arobas', 'arobase', 'arrobase', 'arobaze', 'chez', 'chiocciola', 'chiocciolina', 'apenstaartje', 'apestaartje', 'aapje',
  'snabel-a', 'snabela', 'snabel a', 'alfakrøll', 'alfakroll', 'krøllalfa', 'krollalfa', 'kanelbulle', 'miukumauku', 'ät-merkki', 'miuku',
  'małpa', 'malpa', 'zavináč', 'zavinac', 'zavinač', 'kukac', 'afna', 'manki', 'majmun', 'ludo a', 'а', 'ат', 'ет', 'эт', 'собака', 'собачка', 'соб', 'равлик', 'кльомба', 'маймуна', 'мајмун',
  'arond', 'a rond', 'a-rond', 'coada de maimuta', 'coadă de maimuță', 'eta', 'ät märk', 'παπάκι', 'παπακι', 'kuyruklu a', 'et işareti', 'at işareti', 'güzel a',
  'アット', 'アットマーク', 'あっと', 'あっとまーく', '골뱅이', '앳', '艾特', '圈a', '小老鼠', 'شادي', 'آت', 'ات', 'אט', 'שטרודל', 'כרוכית', 'แอท', 'a còng', 'a cong', 'a bildua', 'arrova',
];

/** Clear enough to stand between spaces with no decoration. English "at" is not among them: it needs more proof. */
export const AT_WORDS_BARE: readonly string[] = [
  'ät', 'arroba', 'arobase', 'arobas', 'arrobase', 'chiocciola', 'chiocciolina', 'apenstaartje', 'apestaartje', 'klammeraffe', 'snabel-a', 'snabela', 'alfakrøll', 'krøllalfa',
  'małpa', 'malpa', 'zavináč', 'zavinac', 'kukac', 'afna', 'собака', 'собачка', 'кльомба', 'мајмун', 'παπάκι', 'アットマーク', 'アット', '골뱅이', 'שטרודל', 'kuyruklu a', 'a còng',
];

export const DOT_WORDS: readonly string[] = [
  '.', ',', 'dot', 'd o t', 'dt', 'punkt', 'pkt', 'point', 'pt', 'punto', 'ponto', 'punt', 'punct', 'kropka', 'tečka', 'tecka', 'bodka', 'pont', 'piste', 'prikk', 'prick', 'punktum', 'pika',
  'точка', 'тчк', 'крапка', 'tocka', 'točka', 'tačka', 'tacka', 'тачка', 'nokta', 'punkts', 'taškas', 'taskas', 'punto com', 'τελεία', 'τελεια', 'puntu',
  'ドット', 'どっと', '点', '點', '점', '닷', 'נקודה', 'نقطة', 'نقطه', 'chấm', 'cham', 'จุด', 'stop', 'period', 'full stop', 'ponto final',
];

export const DOT_WORDS_BARE: readonly string[] = [
  'dot', 'punkt', 'point', 'punto', 'ponto', 'punct', 'kropka', 'tečka', 'tecka', 'bodka', 'pont', 'piste', 'prikk', 'punktum', 'punt', 'точка', 'крапка', 'točka', 'tocka', 'tačka', 'тачка',
  'nokta', 'punkts', 'taškas', 'τελεία', 'ドット', '点', '점', '닷', 'נקודה', 'نقطة', 'chấm',
];

/** "underscore", "hyphen": rarer, always decorated. */
export const SIGN_WORDS: ReadonlyMap<string, string> = new Map([
  ['underscore', '_'], ['unterstrich', '_'], ['underline', '_'], ['tiret bas', '_'], ['guion bajo', '_'], ['dash', '-'], ['hyphen', '-'], ['minus', '-'], ['bindestrich', '-'], ['tiret', '-'], ['guion', '-'], ['trattino', '-'], ['-', '-'], ['_', '_'],
]);

/** A field name right before an address; what follows it is meant to be one. */
export const MAIL_LABEL = /(?:^|[^\p{L}])(?:e-?mail|mail|e-?post|e-?pasts|courriel|m[eé]l|correo(?: electr[oó]nico)?|posta|pošta|poczta|sähköposti|s-?posti|el\.? ?pa[sš]tas|e-?pošta|e-?posta|почта|э-?почта|пошта|имейл|имэйл|ηλεκτρονικό ταχυδρομείο|メール|이메일|邮箱|電郵|邮件|電子メール|דוא"?ל|بريد|อีเมล|kontakt|contact|contacto|contatto|schreiben sie an|write to|[eéè]crire [aà])(?:[ -]?(?:adres\p{L}{0,3}|address|us))?\s?[:：.\-–—=>]{0,3}\s?$/iu;

/** Local parts of functions, not persons; they make a doubtful reading credible. */
export const ROLE_LOCALS: ReadonlySet<string> = new Set([
  'info', 'infos', 'kontakt', 'contact', 'contacto', 'contatti', 'contato', 'office', 'mail', 'email', 'post', 'hello', 'hallo', 'hola', 'bonjour', 'sales', 'verkauf', 'vertrieb', 'support', 'service', 'servizio',
  'booking', 'reservation', 'reservations', 'reservas', 'rezervace', 'reception', 'rezeption', 'recepcion', 'admin', 'administration', 'administracion', 'verwaltung', 'sekretariat', 'secretariat', 'secretaria', 'segreteria', 'sekretariatet',
  'presse', 'press', 'redaktion', 'redaction', 'team', 'buero', 'biuro', 'praxis', 'kanzlei', 'webmaster', 'marketing', 'jobs', 'karriere', 'bewerbung', 'hr', 'shop', 'order', 'orders', 'bestellung', 'club', 'verein', 'vorstand',
  'accueil', 'commercial', 'ventas', 'vendite', 'comercial', 'iroda', 'firma', 'obchod', 'predaj', 'prodej', 'sklep', 'zamowienia', 'posta', 'posti', 'asiakaspalvelu', 'myynti', 'kundservice', 'kundeservice', 'recepce', 'datenschutz', 'privacy', 'enquiries', 'inquiries', 'help', 'media', 'events',
]);
