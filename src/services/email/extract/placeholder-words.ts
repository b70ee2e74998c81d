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
  'naam', 'jij', 'jouw', 'voorbeeld', 'gebruiker', 'navn', 'namn', 'dig', 'deg', 'exempel', 'eksempel', 'sinä', 'sina', 'nimi', 'esimerkki', 'matti', 'mattimeikäläinen',
  'imie', 'imię', 'nazwa', 'ty', 'przyklad', 'przykład', 'jankowalski', 'jmeno', 'jméno', 'priklad', 'příklad', 'uzivatel', 'meno', 'nev', 'név', 'pelda', 'példa',
  'nume', 'exemplu', 'ime', 'primjer', 'primer', 'имя', 'пример', 'почта', 'іменя', 'приклад', 'όνομα', 'isim', 'ad', 'ornek', 'örnek', 'kullanici',
  '名前', 'お名前', '이름', '您的邮箱', 'yourname', 'namae', 'taro', 'hanako', 'tarosuzuki',
]);

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
