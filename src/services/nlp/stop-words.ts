import { words } from './place-names.js';

/** Words that carry no meaning for a search: articles, prepositions, auxiliaries, requests. */
export const STOP_WORDS = words(`
  a an the of in on at to for from by with within near around across into onto and or but nor so as than then that which who whom whose what where when why how this these those there here it its they them their our we us you your i me my he she his her
  is are was were be been being am do does did done have has had having can could will would shall should may might must let lets
  between
  find get list show give search look looking need needs want wants wanted please help build make create generate discover identify target fetch collect gather compile research locate scout pull send
  some any all every each few several many much more most best top good great leading other another such only just also too about around roughly approximately least up max maximum min minimum
  new like preferably ideally including include includes located based area areas region regions city cities town towns near nearby local together
  finde finden suche suchen such zeige zeig gib liste nenne erstelle brauche brauchen mochte mochten will wollen mir uns ich wir bitte der die das den dem des ein eine einen einem einer und oder in im bei beim aus von vom zu zum zur fur mit auf an am um nach als die alle alles einige gute gut beste besten nahe rund umgebung raum sowie auch sind ist haben hat anbieten bieten bietet
  trouve trouver trouvez trouvez-moi cherche chercher cherchez recherche recherchons liste montre montrez donne donnez moi nous je vous svp sil plait le la les l un une des du de d et ou a au aux en dans pres proche autour avec pour par sur chez qui que dont ce cette ces tous toutes quelques meilleurs meilleures bon bons besoin voudrais veux sont est ont proposant proposent offrent
  busca buscar busco buscamos encuentra encuentrame encontrar muestra muestrame dame dime lista necesito necesitamos quiero queremos por favor el la los las un una unos unas de del y o u en cerca con para que al todos todas algunos algunas mejores mejor buenos son tienen ofrecen ofrezcan tengan aceptan
  cerca cercare cerco trova trovare trovami mostra mostrami dammi elenca elenco voglio vorrei ho bisogno per favore il lo la i gli le un uno una di del dello della dei degli delle e o ed in nel nello nella nei negli nelle a al allo alla vicino con per che tutti tutte alcuni alcune migliori sono hanno offrono accettano
  vind vinden zoek zoeken toon geef lijst mij ons ik wij wil willen nodig graag alsjeblieft aub de het een der en of in te bij nabij rond rondom met voor van op die dat alle enkele beste zijn hebben aanbieden
  的 在 和 与 了 请 找 家 个 の で に を は が と 에서 에 의 в во на и для с от до из по найди найти ищу w na i dla z do
  encontre encontrar procure procurar procuro busque mostre liste preciso precisamos quero queremos favor o a os as um uma uns umas de do da dos das e ou em no na nos nas perto com para por que todos todas alguns algumas melhores sao tem oferecem aceitam me
`);

/** Words for "organisation" that say nothing about which: dropped where the goal says more. */
export const GENERIC_NOUNS = words(`company companies business businesses firm firms organisation organisations organization organizations enterprise enterprises corporation corporations vendor vendors venture ventures smb smbs sme smes place places establishment establishments outfit outfits player players
  service services provider providers lead leads prospect prospects contact contacts client clients customer customers result results people persons person professional professionals website websites site sites one ones name names detail details info information data list lists database
  email emails mail mails e-mail e-mails phone phones number numbers address addresses
  unternehmen firma firmen betrieb betriebe geschafte organisationen kontakte leads kunden adressen emailadressen email-adressen kontaktdaten personen leute anbieter
  entreprise entreprises societe societes organisations contacts clients prospects adresses coordonnees personnes pme
  empresa empresas negocio negocios organizaciones contactos clientes direcciones correos personas pymes companias
  azienda aziende impresa imprese ditta ditte organizzazioni contatti clienti indirizzi persone pmi societa
  bedrijf bedrijven organisaties contacten klanten adressen mensen personen ondernemingen mkb
  organizacoes contatos contactos clientes enderecos pessoas negocios pmes`);

/** Verbs that link an organisation to what it does; only what follows them is a keyword. */
export const WEAK_VERBS = words(`take takes taking accept accepts accepting offer offers offering provide provides providing sell sells selling use uses using run runs running make makes making do does doing deliver delivers delivering serve serves serving specialize specializes specializing specialise specialises specialising specialized specialised focus focuses focused focusing work works working deal deals dealing support supports supporting allow allows carry carries stock stocks handle handles handling
  produce produces producing supply supplies supplying feature features currently already still really also both
  anbieten anbietet bieten bietet verkaufen verkauft nutzen nutzt verwenden verwendet machen macht haben hat akzeptieren spezialisiert nehmen arbeiten
  proposent proposant propose offrent offre vendent vend utilisent utilise acceptent accepte font fait specialises specialise specialisees ont prennent livrent
  ofrecen ofrezcan ofrece venden vende usan usa utilizan utiliza aceptan acepta aceptan hacen especializadas especializados especializada tienen
  offrono offre vendono vende usano usa utilizzano accettano fanno specializzate specializzati hanno
  aanbieden biedt bieden verkopen verkoopt gebruiken gebruikt accepteren doen gespecialiseerd hebben
  oferecem oferece vendem vende usam usa utilizam aceitam fazem especializadas especializados tem`);
