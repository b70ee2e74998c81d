/** Words by which sample addresses are known, without dots, underscores and hyphens, in lower case. */

/** The scheme of a house, not a person: "vorname.nachname@…" tells how addresses are built. Wrong at any domain. */
export const NAME_PATTERNS: ReadonlySet<string> = new Set([
  'vornamename', 'vornamenachname', 'nachnamevorname', 'nachname', 'firstnamelastname', 'firstnamesurname', 'firstlast', 'lastname', 'namesurname',
  'prenomnom', 'prénomnom', 'nomprenom', 'nomprénom', 'nomecognome', 'cognomenome', 'nombreapellido', 'nombreapellidos', 'nomesobrenome',
  'nomeapelido', 'voornaamachternaam', 'fornavnefternavn', 'fornavnetternavn', 'förnamnefternamn', 'fornamnefternamn', 'etunimisukunimi',
  'imienazwisko', 'imięnazwisko', 'jmenoprijmeni', 'jménopříjmení', 'menopriezvisko', 'keresztnévvezetéknév', 'vezeteknevkeresztnev',
  'prenumenume', 'numeprenume', 'imeprezime', 'imepriimek', 'имяфамилия', 'adsoyad', 'isimsoyisim', 'eesnimiperenimi', 'vardsuzvards', 'vardaspavarde',
  'yourname', 'youremail', 'yourmail', 'yourusername', 'youremailaddress', 'myemail', 'ihrname', 'ihreemail', 'ihremail', 'deinname', 'deinemail', 'deineemail',
  'votrenom', 'votreemail', 'votremail', 'votreadresse', 'tucorreo', 'sucorreo', 'tuemail', 'suemail', 'tunombre', 'seuemail', 'seunome', 'tuamail', 'tuaemail',
  'tuoindirizzo', 'tuonome', 'vasemail', 'vašemail', 'vasmail', 'twojemail', 'twojmail', 'twójemail', 'jouwnaam', 'uwnaam', 'jouwemail', 'uwemail',
  'dinmail', 'dinemail', 'dittnamn', 'ditnavn', 'teidanemail', 'sahkoposti', 'emailadiniz', 'epostaadresiniz', 'emailaddress', 'yourid',
]);

/** At a sample domain these are certainly samples. */
export const PLACEHOLDER_LOCALS: ReadonlySet<string> = new Set([
  ...NAME_PATTERNS,
  'you', 'your', 'name', 'user', 'username', 'email', 'mail', 'me', 'someone', 'somebody', 'anyone', 'somename', 'sample', 'example', 'abc', 'xyz', 'xxx',
  'recipient', 'sender', 'address', 'nobody', 'xx', 'foo', 'bar', 'foobar', 'login', 'account', 'firstname', 'placeholder',
  'vorname', 'nachname', 'beispiel', 'muster', 'maxmustermann', 'max', 'mustermann', 'erikamustermann', 'du', 'sie', 'benutzer', 'adresse', 'ihre', 'deine',
  'nom', 'prenom', 'prénom', 'vous', 'toi', 'exemple', 'utilisateur', 'votre', 'adressemail', 'jeandupont',
  'nombre', 'usuario', 'ejemplo', 'tu', 'correo', 'tucorreo', 'nome', 'tuo', 'tua', 'utente', 'esempio', 'mariorossi', 'seu', 'usuário', 'exemplo', 'voce', 'você',
  'ihr', 'ihremail', 'deinemail', 'votremail', 'seuemail', 'teu', 'twoj', 'twój', 'twojemail', 'din', 'dit', 'ditt', 'dinepost', 'vas', 'váš', 'vase', 'vaš', 'vaseemail', 'tvuj', 'tvoj', 'su', 'suemail', 'sizin', 'adiniz', 'sinun', 'az', 'ön', 'ваш', 'ваша', 'ваше', 'вашапочта', 'вашemail', 'ivanivanov', 'ivanov', 'иванов',
  'naam', 'jij', 'jouw', 'uw', 'voorbeeld', 'gebruiker', 'navn', 'namn', 'dig', 'deg', 'exempel', 'eksempel', 'sinä', 'sina', 'nimi', 'esimerkki', 'matti', 'mattimeikäläinen',
  'imie', 'imię', 'nazwa', 'ty', 'przyklad', 'przykład', 'jankowalski', 'jmeno', 'jméno', 'priklad', 'příklad', 'uzivatel', 'meno', 'nev', 'név', 'pelda', 'példa',
  'nume', 'exemplu', 'ime', 'primjer', 'primer', 'имя', 'пример', 'почта', 'іменя', 'приклад', 'όνομα', 'isim', 'ad', 'ornek', 'örnek', 'kullanici',
  '名前', 'お名前', '이름', '您的邮箱', 'yourname', 'namae', 'taro', 'hanako', 'tarosuzuki',
]);

/** Say themselves that they are samples, whatever domain they stand at. */
export const SAMPLE_WORDS: ReadonlySet<string> = new Set(['example', 'sample', 'beispiel', 'exemple', 'ejemplo', 'exemplo', 'esempio', 'voorbeeld', 'eksempel', 'exempel', 'esimerkki', 'przyklad', 'przykład', 'priklad', 'příklad', 'pelda', 'példa', 'exemplu', 'primjer', 'пример', 'приклад', 'ornek', 'örnek', 'παράδειγμα', 'yourname', 'youremail', 'placeholder']);

/** The same word on both sides of the sign: `test@test.com`, `xxx@xxx.co.jp`. */
export const SELF_SAMPLES: ReadonlySet<string> = new Set(['test', 'xxx', 'abc', 'aaa', 'asdf', 'foo', 'bar', 'mail', 'email', 'sample', 'demo', 'xyz', 'domain', 'dominio', 'domaine', 'qwerty']);

/** Ordinary words as names of a domain; real firms and providers have them too, so only a sample before the sign counts. */
export const SAMPLE_DOMAIN_NAMES: ReadonlySet<string> = new Set([
  'email', 'mail', 'e-mail', 'epost', 'e-post', 'mailadresse', 'emailadresse', 'adresse', 'empresa', 'company', 'firma', 'firm', 'entreprise', 'societe', 'azienda', 'bedrijf', 'yritys', 'företag', 'foretag', 'virksomhed',
  'bedrift', 'site', 'website', 'web', 'correo', 'primer', 'provider', 'anbieter', 'server', 'domene', 'domæne', 'doman', 'domän', 'fournisseur', 'proveedor', 'posta', 'pošta', 'poczta', 'posti', 'sahkoposti', 'sähköposti', 'internet', 'test', 'host', 'isp', 'organization', 'business',
]);

/** Samples that are also names or nicks of people at a public provider: `max@gmail.com`. */
export const LIVELY_SAMPLES: ReadonlySet<string> = new Set(['max', 'matti', 'taro', 'hanako', 'tarosuzuki', 'me', 'az', 'ad', 'ty', 'bar', 'abc', 'xyz', 'xx', 'ivanov', 'иванов', 'muster', 'mustermann', 'account', 'login', 'name', 'nobody', 'someone', 'foobar', 'foo']);

/** Invented persons: samples on a real site, but a text without a page may be about them. */
export const WEAK_PLACEHOLDER_LOCALS: ReadonlySet<string> = new Set([
  'johndoe', 'janedoe', 'johnsmith', 'john', 'jane', 'jdoe', 'doe', 'info', 'contact', 'test', 'hello', 'support', 'admin', 'sales',
]);

/** Name before the suffix ("yourdomain" in yourdomain.co.uk), or a whole domain, that belongs to nobody in a text. */
export const PLACEHOLDER_DOMAINS: ReadonlySet<string> = new Set([
  'domain', 'yourdomain', 'mydomain', 'your-domain', 'domainname', 'yourdomainname', 'somedomain', 'anydomain', 'yoursite', 'yourwebsite', 'your-site', 'mysite',
  'yourcompany', 'your-company', 'mycompany', 'youremail', 'yourmail', 'example', 'sample', 'email.com', 'mail.com', 'email.de', 'company.com', 'site.com', 'email.it',
  'yourprovider', 'provider.com', 'sampledomain', 'exampledomain', 'testdomain', 'emailaddress', 'placeholder', 'server.com', 'mailserver',
  'beispiel', 'beispieldomain', 'musterdomain', 'ihredomain', 'ihre-domain', 'deinedomain', 'deine-domain', 'ihrefirma', 'musterfirma', 'mustermann', 'domäne',
  'exemple', 'votredomaine', 'votre-domaine', 'domaine', 'votresite', 'votreentreprise', 'monsite', 'mondomaine',
  'ejemplo', 'tudominio', 'sudominio', 'dominio', 'tuempresa', 'suempresa', 'tusitio', 'correo.com', 'exemplo', 'seudominio', 'suaempresa', 'seusite',
  'esempio', 'tuodominio', 'tuosito', 'tuaazienda', 'voorbeeld', 'jouwdomein', 'uwdomein', 'domein', 'jouwbedrijf', 'uwbedrijf',
  'eksempel', 'ditdomæne', 'dittdomene', 'exempel', 'dindoman', 'dindomän', 'esimerkki', 'yritys.fi', 'omadomain',
  'przyklad', 'przykład', 'twojadomena', 'twoja-domena', 'domena', 'twojafirma', 'priklad', 'vasedomena', 'vase-domena', 'vasadomena', 'vasafirma', 'pelda', 'sajatdomain',
  'exemplu', 'domeniultau', 'primjer', 'vasadomena', 'пример', 'вашдомен', 'домен', 'vashdomen', 'domen', 'ornek', 'alanadi', 'alanadiniz', 'siteniz',
]);
