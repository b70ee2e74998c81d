/** What people write for "@" and "." so that a simple harvester reads nothing; lower case, one word per line of speech. */

/** Inside brackets or other decoration: "[at]", "(arroba)", "{a}". */
export const AT_WORDS: readonly string[] = [
  'at', 'a t', 'a-t', '@', 'ät', 'æt', 'ätt', 'ad', 'a', 'et', 'att', 'at sign', 'at-sign', 'atsign', 'at-zeichen', 'atzeichen', 'klammeraffe', 'affenschwanz',
  'arroba', 'arobas', 'arobase', 'arrobase', 'arobaze', 'chez', 'chiocciola', 'chiocciolina', 'apenstaartje', 'apestaartje', 'aapje',
  'bei', 'apestaart', 'apenstaart', 'slingeraap', 'snabel-a', 'snabela', 'snabel a', 'at-tegn', 'attegn', 'at tegn', 'at-tecken', 'attecken', 'alfa-krøll', 'alfakrøll', 'alfakroll', 'krøllalfa', 'krollalfa', 'kanelbulle', 'miukumauku', 'ät-merkki', 'at-merkki', 'miuku', 'miukumau', 'hjá', 'vid',
  'małpa', 'malpa', 'zavináč', 'zavinac', 'zavinač', 'kukac', 'afna', 'manki', 'majmun', 'ludo a', 'а', 'ат', 'ет', 'эт', 'собака', 'собачка', 'соб', 'равлик', 'кльомба', 'маймуна', 'маймунско а', 'мајмун', 'мајмунче', 'лудо а', 'вухо', 'песик', 'сабака', 'сьлімак',
  'arond', 'a rond', 'a-rond', 'coada de maimuta', 'coadă de maimuță', 'eta', 'ät märk', 'παπάκι', 'παπακι', 'kuyruklu a', 'et işareti', 'at işareti', 'güzel a',
  'アット', 'アットマーク', 'あっと', 'あっとまーく', '골뱅이', '앳', '艾特', '圈a', '小老鼠', 'شادي', 'آت', 'ات', 'אט', 'שטרודל', 'כרוכית', 'แอท', 'a còng', 'a cong', 'a móc', 'a moc', 'a bildua', 'bildua', 'arrova', 'a keong', 'alias', 'heliko', 'ət', 'ეთ', 'շնիկ', 'एट', 'ऐट', 'अॅट', 'এট', 'அட்', 'แอท', 'แอต', 'ⓐ', 'ⓐⓣ', 'ä', 'ات ساين', 'kukac jel', '艾特符号', '花a', '老鼠',
];

/** Words that also mean something else: between spaces they need a spelled dot, and a field name or a role before them. */
export const AT_WORDS_WEAK: ReadonlySet<string> = new Set([
  'bei', 'chez', 'et', 'ad', 'eta', 'hjá', 'alias', 'ət', 'afna', 'manki', 'majmun', 'a móc', 'a còng', 'a rond', 'arond', 'a keong', 'a bildua', 'heliko', '小老鼠', 'آت', 'ات', 'एट', 'এট', 'அட்', 'ეთ', 'равлик', 'שטרודל',
]);

/** Clear enough to stand between spaces with no decoration. English "at" is not among them: it needs more proof. */
export const AT_WORDS_BARE: readonly string[] = [
  'ät', 'arroba', 'arobase', 'arobas', 'arrobase', 'chiocciola', 'chiocciolina', 'apenstaartje', 'apestaartje', 'klammeraffe', 'snabel-a', 'snabela', 'alfakrøll', 'krøllalfa',
  'małpa', 'malpa', 'zavináč', 'zavinac', 'kukac', 'afna', 'собака', 'собачка', 'кльомба', 'мајмун', 'παπάκι', 'アットマーク', 'アット', 'あっとまーく', 'あっと', '골뱅이', '艾特', 'כרוכית', 'παπακι', 'apestaart', 'at-tegn', 'at-tecken', 'at-merkki', 'ät-merkki', 'miukumauku', 'маймунско а', 'маймуна', 'мајмунче', 'arrova', 'շնիկ', 'แอท', 'แอต', '앳', 'ⓐ', 'kuyruklu a',
  ...AT_WORDS_WEAK,
];

export const DOT_WORDS: readonly string[] = [
  '.', ',', 'dot', 'd o t', 'dt', 'punkt', 'pkt', 'point', 'pt', 'punto', 'ponto', 'punt', 'punct', 'kropka', 'tečka', 'tecka', 'bodka', 'pont', 'piste', 'prikk', 'prick', 'punktum', 'pika',
  'точка', 'тчк', 'крапка', 'tocka', 'točka', 'tačka', 'tacka', 'тачка', 'nokta', 'punkts', 'taškas', 'taskas', 'punto com', 'τελεία', 'τελεια', 'puntu',
  'pikë', 'pike', 'titik', 'nöqtə', 'punkto', 'punktur', 'წერტილი', 'կետ', 'डॉट', 'ডট', 'டாட்', 'புள்ளி', 'кропка', '#46', '#046', '#x2e', 'period',
  'ドット', 'どっと', '点', '點', '점', '닷', 'נקודה', 'نقطة', 'نقطه', 'دوت', 'chấm', 'cham', 'จุด', 'ดอท', 'ดอต', 'stop', 'period', 'full stop', 'ponto final',
];

export const DOT_WORDS_BARE: readonly string[] = [
  'dot', 'punkt', 'point', 'punto', 'ponto', 'punct', 'kropka', 'tečka', 'tecka', 'bodka', 'pont', 'piste', 'prikk', 'punktum', 'punt', 'точка', 'крапка', 'točka', 'tocka', 'tačka', 'тачка',
  'nokta', 'punkts', 'taškas', 'τελεία', 'τελεια', 'tačka', 'pika', 'pikë', 'titik', 'puntu', 'nöqtə', 'punkto', 'punktur', 'кропка', 'წერტილი', 'կետ', 'डॉट', 'ডট', 'டாட்',
  'ドット', 'どっと', '点', '點', '점', '닷', 'נקודה', 'نقطة', 'نقطه', 'chấm', 'ดอท', 'จุด',
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

/** What stands before it is a handle or an id, in a form that an address also has. */
export const HANDLE_LABEL = /(?:^|[^\p{L}])(?:mastodon|fediverse|pixelfed|nostr|acct|peertube|lemmy|bluesky|xmpp|jabber|matrix|sip|skype|icq|msn|message-id|in-reply-to|references|uid|git clone|docker pull|sha256|npm (?:i|install|add)|yarn add|pnpm add)(?: ?(?:handle|id|account|konto|compte))?\s?:?\s?[@<]?$/iu;

/** `ssh root@host`, `scp a.txt deploy@host:`, `rsync -a x backup@host::module`: who logs in where. */
export const SHELL_COMMAND = /(?:^|[\s$#>])(?:ssh|sftp|scp|mosh|rsync|ssh-copy-id|mysql -h|psql -h)(?: [-\w./:~=,]{1,40}){0,6} $/i;

/** Right before an address, and near nothing else: it is invented. */
export const EXAMPLE_LABEL = /(?:^|[\s("'„“«>])(?:e\. ?g\.|eg|for example|for instance|such as|z\. ?b\.|zum beispiel|beispiel|par exemple|par ex\.?|p\. ?ex\.|exemple|p\. ?ej\.|por ejemplo|ejemplo|por exemplo|exemplo|ad es\.|ad esempio|esempio|bijv\.|bijvoorbeeld|voorbeeld|np\.|na przykład|przykład|např\.|například|příklad|napr\.|napríklad|pl\.|például|f\. ?eks\.|for eksempel|t\. ?ex\.|till exempel|esim\.|esimerkiksi|напр\.|например|наприклад|π\. ?χ\.|örn\.|örneğin|例|例えば|例如|예|예시|לדוגמה|مثال)\s?[:：,]?\s?["'“„«(]?$/iu;
