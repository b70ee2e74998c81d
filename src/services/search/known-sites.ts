/**
 * Sites that are about companies but are none of them, by registrable domain or by name under any public suffix
 * (`yelp.*` covers yelp.com, yelp.de, yelp.co.uk). `=` means this very host and not what stands below it: portals that also
 * host their customers' sites. Kept as plain lists, so that adding one is adding a word.
 * Only what could never be the company a goal looks for is listed: a magazine or a web agency is a company.
 */
export type SiteKind = 'DIRECTORY' | 'SOCIAL_NETWORK' | 'MARKETPLACE' | 'NEWS' | 'JOBS' | 'REVIEWS' | 'MAPS' | 'SEARCH_ENGINE' | 'ENCYCLOPEDIA' | 'COMPANY_REGISTER';

const LISTS: Readonly<Record<SiteKind, string>> = {
  SOCIAL_NETWORK: `
    facebook.* fb.com fb.me instagram.* twitter.com x.com t.co linkedin.* lnkd.in xing.* youtube.* youtu.be tiktok.* pinterest.* snapchat.com threads.net threads.com reddit.* tumblr.com
    vk.com ok.ru weibo.com weixin.qq.com whatsapp.com wa.me t.me telegram.org telegram.me discord.com discord.gg twitch.tv vimeo.com dailymotion.com soundcloud.com flickr.com meetup.com nextdoor.*
    quora.com medium.com substack.com viadeo.com bsky.app mastodon.social mastodon.online slideshare.net scribd.com issuu.com behance.net dribbble.com goodreads.com linktr.ee line.me ameblo.jp note.com
    =naver.com blog.naver.com cafe.naver.com kakao.com mixi.jp gab.com foursquare.com strava.com couchsurfing.com stackexchange.com stackoverflow.com researchgate.net academia.edu`,
  DIRECTORY: `
    yellowpages.* yellow-pages.* yellowpagesdirect.com whitepages.* superpages.com dexknows.com yp.com yp.ca canada411.ca pagesjaunes.* pagesblanches.fr goldenpages.* gelbeseiten.* dasoertliche.de dastelefonbuch.de
    11880.com goyellow.de meinestadt.de branchenbuch.* cylex.* cylex-uk.co.uk hotfrog.* herold.at firmenabc.at firmenabc.com local.ch search.ch localsearch.ch wlw.* wlw-international.com europages.*
    kompass.com dnb.com zoominfo.com manta.com bbb.org chamberofcommerce.com thumbtack.com angi.com angieslist.com homeadvisor.com houzz.* porch.com bark.com checkatrade.com trustatrader.com mybuilder.com ratedpeople.com
    yell.com thomsonlocal.com 192.com freeindex.co.uk scoot.co.uk 118118.com misterwhat.* tupalo.* opendi.* infobel.* brownbook.net ezlocal.com citysquares.com merchantcircle.com showmelocal.com cityfos.com n49.com
    localstack.com loc8nearme.com yellowbot.com bizapedia.com buzzfile.com corporationwiki.com opencorporates.com crunchbase.com pitchbook.com owler.com apollo.io rocketreach.co lusha.com signalhire.com contactout.com hunter.io
    leadiq.com craft.co clutch.co goodfirms.co designrush.com sortlist.* upcity.com expertise.com themanifest.com g2.com capterra.* getapp.* softwareadvice.* producthunt.com f6s.com angel.co wellfound.com builtin.com
    paginasamarillas.* paginasamarelas.pt paginas-amarillas.* amarillas.* paginegialle.* paginebianche.it =virgilio.it misterimprese.it reteimprese.it guidamonaci.it ufficiocamerale.it registroimprese.it
    detelefoongids.nl goudengids.* telefoonboek.nl openingstijden.nl bedrijvenpagina.nl gulesider.no proff.* krak.dk degulesider.dk eniro.* hitta.se allabolag.se merinfo.se ratsit.se 1881.no 180.no fonecta.fi finder.fi
    suomi24.fi panoramafirm.pl pkt.pl aleo.com gowork.pl oferteo.pl firmy.cz zlatestranky.cz zlatestranky.sk =zoznam.sk =azet.sk zivefirmy.cz najisto.cz arany-oldalak.hu telefonkonyv.hu cegkozpont.hu vrisko.gr xo.gr 11888.gr
    zlatnestrane.hr poslovni-imenik.com moja-delatnost.rs paginiaurii.ro listafirme.ro firme.info goldenpages.bg bulfirma.com altin-sayfalar.com firmarehberi.com telefonino.net 2gis.* zoon.ru orgpage.ru spravker.ru yell.ru
    justdial.com sulekha.com indiamart.com tradeindia.com exportersindia.com asklaila.com grotal.com yellowpages.in practo.com lybrate.com urbanpro.com truelocal.com.au yellow.co.nz finda.co.nz localsearch.com.au hipages.com.au
    oneflare.com.au startlocal.com.au brabys.com hotfrog.co.za vconnect.com businesslist.* businesslist.com.ng yelu.* cybo.com findglocal.com worldplaces.me foursquare.com guialocal.* telelistas.net
    guiamais.com.br apontador.com.br solutudo.com.br encontra.com.br econodata.com.br cnpj.biz consultasocio.com seccionamarilla.com.mx itown.jp ekiten.jp itp.ne.jp navitime.co.jp hotpepper.jp tabelog.com gnavi.co.jp
    epark.jp caloo.jp jalan.net 114.co.kr mangoplate.com openrice.com hungrygowhere.com thebestsingapore.com streetdirectory.com doctolib.* jameda.* zocdoc.com healthgrades.com vitals.com webmd.com ratemds.com
    opencare.com dentistry.com 1-800-dentist.com emergencydentist247.com docplanner.* doctoralia.* znanylekarz.pl miodottore.it topdoctors.* arzt-auskunft.de aerzte.de arztsuche.de docfinder.at onedoc.ch deutsche-apotheker.de
    avvo.com justia.com findlaw.com lawyers.com martindale.com superlawyers.com lawinfo.com legal500.com chambers.com anwalt.de anwalt24.de anwaltauskunft.de advocatenzoeken.nl rechtsanwaelte.at avocat.fr
    lawyer.com nolo.com hg.org psychologytoday.com therapie.de theralupa.de therapytribe.com goodtherapy.org healthline.com physiofinder.com physio.de treatwell.* booksy.com fresha.com salonized.com planity.com vagaro.com styleseat.com
    myhammer.de blauarbeit.de check24.de aroundhome.de habitissimo.* prontopro.* instapro.it travaux.com stootie.com werkspot.nl trustlocal.* offerta.se mittanbud.no
    wedding.com theknot.com weddingwire.* hitched.co.uk zankyou.* mariages.net matrimonio.com bodas.net bridebook.com
    societe.com pappers.fr verif.com infogreffe.fr manageo.fr northdata.* companyhouse.de firmenwissen.de unternehmensregister.de moneyhouse.ch companieshouse.gov.uk endole.co.uk companycheck.co.uk einforma.* axesor.es infocif.es
    empresite.* eleconomista.es informazione-aziende.it companyreports.it staatsbladmonitor.be companyweb.be oozo.nl drimble.nl creditsafe.* bisnode.*`,
  REVIEWS: `
    yelp.* tripadvisor.* trustpilot.* trustedshops.* provenexpert.com golocal.de kununu.com glassdoor.* birdeye.com sitejabber.com consumeraffairs.com reviews.io reviews.co.uk feefo.com ekomi.* holidaycheck.* restaurantguru.com
    opentable.* thefork.* lafourchette.com zomato.com resy.com quandoo.* falstaff.com gaultmillau.* guide.michelin.com untappd.com ratebeer.com beeradvocate.com happycow.net wanderlog.com nicelocal.* top-rated.online
    threebestrated.* threebestrated.co.uk threebestrated.com.au wheree.com speisekarte.de speisekarte.menu sluurpy.*`,
  MARKETPLACE: `
    amazon.* ebay.* etsy.com aliexpress.* alibaba.com temu.com wish.com walmart.com target.com rakuten.* mercadolibre.* mercadolivre.com.br allegro.pl otto.de zalando.* bol.com cdiscount.com fnac.com leboncoin.fr
    subito.it wallapop.com milanuncios.com olx.* kleinanzeigen.de ebay-kleinanzeigen.de willhaben.at ricardo.ch tutti.ch anibis.ch marktplaats.nl 2dehands.be blocket.se finn.no dba.dk tori.fi gumtree.* craigslist.org
    shopee.* lazada.* tokopedia.com flipkart.com jumia.* ozon.ru wildberries.ru avito.ru taobao.com tmall.com jd.com coupang.com groupon.* booking.com airbnb.* expedia.* hotels.com agoda.com trivago.* kayak.com kayak.de kayak.fr kayak.es kayak.it kayak.co.uk hostelworld.com vrbo.com
    hrs.de hrs.com lastminute.com getyourguide.* viator.com edreams.* opodo.* hometogo.* traum-ferienwohnungen.de fewo-direkt.de abritel.fr ubereats.com deliveroo.* doordash.com grubhub.com lieferando.* just-eat.* justeat.it takeaway.com foodora.* wolt.com
    thuisbezorgd.nl pyszne.pl glovoapp.com ifood.com.br zillow.com realtor.com trulia.com redfin.com immobilienscout24.* immoscout24.* immowelt.de homegate.ch rightmove.co.uk zoopla.co.uk onthemarket.com seloger.com idealista.* fotocasa.es
    immobiliare.it funda.nl immoweb.be hemnet.se otodom.pl realestate.com.au domain.com.au autoscout24.* mobile.de autotrader.* cars.com fiverr.com upwork.com freelancer.* malt.com malt.fr malt.de malt.es guru.com peopleperhour.com ticketmaster.* eventbrite.*
    loopnet.com crexi.com domstate.com sedo.com dan.com afternic.com hugedomains.com`,
  JOBS: `
    indeed.* monster.com monster.de monster.ch monster.at monster.fr monster.it monster.co.uk stepstone.* jobs.ch jobscout24.ch jobup.ch karriere.at hokify.at jobs.de jobware.de stellenanzeigen.de arbeitsagentur.de jooble.org adzuna.* ziprecruiter.* careerbuilder.* simplyhired.* dice.com reed.co.uk totaljobs.com
    cv-library.co.uk jobsite.co.uk infojobs.* hellowork.com apec.fr welcometothejungle.com pole-emploi.fr francetravail.fr talent.com jobrapido.com neuvoo.* seek.com.au seek.co.nz naukri.com shine.com timesjobs.com computrabajo.*
    catho.com.br vagas.com.br pracuj.pl praca.pl jobs.cz profession.hu ejobs.ro hh.ru superjob.ru rekrute.com bayt.com nationalevacaturebank.nl werkzoeken.nl jobbird.com jobindex.dk jobnet.dk academicwork.se duunitori.fi azubiyo.de ausbildung.de`,
  MAPS: `
    mapquest.com openstreetmap.org waze.com here.com maps.me viamichelin.* mappy.com map24.com stadtplan.net maps.google.* maps.apple.com goo.gl g.page mapcarta.com geoview.info latlong.net postleitzahl.org
    oeffnungszeitenbuch.de oeffnungszeiten.com öffnungszeitenbuch.de horaires.com openingtimes.co.uk orari-di-apertura.it`,
  SEARCH_ENGINE: `google.* bing.com yahoo.* duckduckgo.com ecosia.org qwant.com startpage.com baidu.com yandex.* ask.com search.brave.com sogou.com =seznam.cz archive.org web.archive.org archive.is`,
  ENCYCLOPEDIA: `
    wikipedia.org wikidata.org wikimedia.org wiktionary.org wikivoyage.org wikihow.* fandom.com britannica.com dbpedia.org investopedia.com dictionary.com merriam-webster.com collinsdictionary.com leo.org linguee.* duden.de wiki2.org
    statista.com imdb.com github.com gitlab.com bitbucket.org npmjs.com pypi.org sourceforge.net slideplayer.* coursehero.com studocu.com chegg.com`,
  COMPANY_REGISTER: `sec.gov handelsregister.de zefix.ch company-information.service.gov.uk annuaire-entreprises.data.gouv.fr`,
  NEWS: `
    nytimes.com washingtonpost.com wsj.com usatoday.com latimes.com cnn.com foxnews.com nbcnews.com cbsnews.com abcnews.go.com npr.org apnews.com reuters.com bloomberg.com forbes.com businessinsider.* cnbc.com huffpost.com time.com newsweek.com
    theguardian.com bbc.com bbc.co.uk telegraph.co.uk thetimes.co.uk independent.co.uk dailymail.co.uk mirror.co.uk thesun.co.uk express.co.uk ft.com economist.com irishtimes.com independent.ie rte.ie
    spiegel.de zeit.de faz.net sueddeutsche.de welt.de bild.de focus.de stern.de tagesschau.de n-tv.de handelsblatt.com tagesspiegel.de =t-online.de derstandard.at diepresse.com krone.at kurier.at orf.at heute.at nzz.ch tagesanzeiger.ch 20min.ch blick.ch srf.ch
    lemonde.fr lefigaro.fr liberation.fr leparisien.fr ouest-france.fr 20minutes.fr lesechos.fr francetvinfo.fr bfmtv.com rtbf.be lesoir.be hln.be nieuwsblad.be standaard.be nu.nl ad.nl telegraaf.nl nrc.nl volkskrant.nl nos.nl
    corriere.it repubblica.it lastampa.it ilsole24ore.com ansa.it ilfattoquotidiano.it elpais.com elmundo.es abc.es lavanguardia.com 20minutos.es publico.pt observador.pt jn.pt =globo.com g1.globo.com =uol.com.br folha.uol.com.br estadao.com.br
    aftonbladet.se expressen.se dn.se svd.se svt.se vg.no dagbladet.no nrk.no aftenposten.no dr.dk politiken.dk berlingske.dk jyllands-posten.dk hs.fi yle.fi iltalehti.fi wyborcza.pl =onet.pl =wp.pl =interia.pl tvn24.pl idnes.cz novinky.cz
    index.hu origo.hu telex.hu digi24.ro hotnews.ro kathimerini.gr hurriyet.com.tr sabah.com.tr rbc.ru lenta.ru ria.ru asahi.com yomiuri.co.jp nikkei.com mainichi.jp chosun.com joongang.co.kr timesofindia.indiatimes.com thehindu.com ndtv.com
    smh.com.au abc.net.au news.com.au theage.com.au nzherald.co.nz stuff.co.nz news24.com cbc.ca globeandmail.com theglobeandmail.com thestar.com nationalpost.com msn.com`,
};

interface Index { exact: ReadonlyMap<string, SiteKind>; domains: ReadonlyMap<string, SiteKind>; names: ReadonlyMap<string, SiteKind> }

function buildIndex(): Index {
  const exact = new Map<string, SiteKind>();
  const domains = new Map<string, SiteKind>();
  const names = new Map<string, SiteKind>();
  for (const [kind, list] of Object.entries(LISTS) as [SiteKind, string][]) {
    for (const entry of list.split(/\s+/)) {
      if (entry === '') continue;
      if (entry.startsWith('=')) exact.set(entry.slice(1), kind);
      else if (entry.endsWith('.*')) names.set(entry.slice(0, -2), kind);
      else domains.set(entry, kind);
    }
  }
  return { exact, domains, names };
}

const index = buildIndex();

/** How many entries are known; several hundred. */
export const KNOWN_SITE_COUNT = index.exact.size + index.domains.size + index.names.size;

/**
 * The kind of a known site, or null.
 * @param host lower case
 * @param domain its registrable domain
 * @param name the registrable domain without its public suffix
 */
export function knownSite(host: string, domain: string, name: string): SiteKind | null {
  const bare = host.replace(/^(?:www|m|mobile)\./, '');
  return index.exact.get(bare) ?? index.domains.get(bare) ?? index.domains.get(domain) ?? index.names.get(name) ?? null;
}
