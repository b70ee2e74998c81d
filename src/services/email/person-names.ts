/**
 * Given names and family names that are common enough to say "a person" when an address has only one word
 * (`anna@`, `mueller@`). Two-part addresses (`x.mueller@`) need no list. Folded: a to z only.
 */
const GIVEN = `
  aaron abby abdul abdullah abigail achim adam adele adrian adriana agata agnes agnieszka ahmad ahmed aidan aino aisha akira alain alan albert
  alberto alejandra alejandro alena ales alessandra alessandro alessia alex alexander alexandra alexandre alexandru alexia alexis alfonso alfred
  ali alice alicia alina aline alison allan allison alma alois amal amanda amelia amelie amina amir amy ana anastasia anders andre andrea andreas
  andreea andrei andres andrew andrey andrzej andy angel angela angelika angelo anika anita anja anke ann anna anne anneke annette annika antje
  anthony antoine anton antonella antonia antonio antti anurag aoife april arend ariane arjun armin arne arno arnold arthur arturo arvid ashley
  asif astrid audrey august aurelie aurora austin axel ayse barbara barry bart bartosz bastian beata beate beatrice beatriz becky ben benedikt
  benjamin benoit bernadette bernard bernd bernhard bert beth bettina bianca bill birgit bjarne bjorn bob bogdan boris brad brandon brenda brian
  bridget brigitte britta bruce bruno bryan caitlin camila camille carina carl carla carlo carlos carmen carol carole carolina caroline carsten
  catalina caterina catherine cathy cecilia cecile cedric celia celine chantal charles charlie charlotte chiara chloe chris christa christian
  christiane christina christine christoph christophe christopher cindy claire clara claude claudia claudio claus clemens colin colette conny
  connor conrad constanze corinna corinne cornelia craig cristian cristina curt cynthia dagmar damian damien dan dana daniel daniela daniele
  danielle danny dario dariusz david dawid dean debbie deborah denis denise dennis derek diana diane diego dieter dietmar dimitri dirk dmitri
  dominic dominik dominique don donald donna dora doris dorota dorothea doug douglas duncan dylan eckhard ed eddie edgar edith eduardo edward
  eileen ekaterina elaine elena eleonora eleni elia elias elif elina elisa elisabeth elise elizabeth elke ella ellen elsa emanuel emil emilia
  emilie emily emma emmanuel eric erica erich erik erika erika ernst erwin esteban esther ethan etienne eugen eva evan evelyn ewa ewald fabian
  fabien fabio fabrice fatima federica federico felicitas felipe felix ferdinand fernanda fernando filip filippo fiona florence florian frances
  francesca francesco francis francisco franck francois francoise frank franz franziska fred frederic frederik freya frida friedrich fritz
  gabi gabriel gabriela gabriele gareth gary gavin geoff george georg georges georgia gerald gerard gerd gerhard gerrit gert gertrud giacomo
  gianluca gianni gilles gina gino giorgio giovanna giovanni gisela giulia giuseppe glenn gordon grace graham grazia greg gregor gregory greta
  grzegorz gudrun guido guillaume gunnar gunter gunther gustav guy hamza hanna hannah hannes hans harald harold harry hassan heather hector
  heidi heike heiko heiner heinrich heinz helen helena helene helga helmut hendrik henk henri henrik henry herbert hermann hilde hiroshi holger
  horst hubert hugo humberto ian ibrahim ida ignacio igor ilona ilse imran ina ines inga inge ingeborg ingo ingrid irena irene irina iris isaac
  isabel isabella isabelle ivan ivana ivo jaap jack jackie jacob jacqueline jacques jaime jake jakob jakub james jamie jan jana jane janet janina
  janine jannik janusz jaroslav jason javier jean jeanette jeff jeffrey jelena jen jennifer jenny jens jeremy jerome jerry jesper jess jessica
  jesus jill jim jimmy jiri joachim joan joana joanna joao joaquin jochen joe joel johan johann johanna johannes john johnny jon jonas jonathan
  jordan jorg jorge jose josef josefine joseph josh joshua joyce juan juana judith jukka jules julia julian juliana julie julien juliette julio
  jurgen juergen justin justyna juta kai kaja kamil karen karim karin karina karl karla karola karolina karsten kasia katarina katarzyna kate
  katerina katharina katherine kathleen kathrin kathy katie katja katrin kay keith kelly ken kenji kenneth kerstin kevin khalid kim kirsten
  kirsty klaas klara klaus knut konrad konstantin kristian kristin kristina kristof krystyna krzysztof kurt kyle lara larissa larry lars laszlo
  laura laure laurence laurent lauren laurie lea leah lee leila lena lennart leo leon leonard leonardo leonie leopold lesley leslie liam lidia
  lieselotte lilian liliana lilli lily lina linda lindsay lisa liv livia lorena lorenz lorenzo lothar lotte louis louisa louise luc luca lucas
  lucia lucie lucy ludovic ludwig luigi luis luisa lukas luke luna lutz lydia maarten madeleine magda magdalena magnus maike maja malgorzata
  malte mandy manfred manon manuel manuela marc marcel marcella marcello marcin marco marcos marcus marek margaret margarita margit margot maria
  mariam marian mariana marianne marie marieke marija marika marina mario marion maritta marisa marit marius mark marko markus marlene marta
  martha martin martina martine mary masha massimo mateo mateusz mathias mathieu mathilde matt matteo matthew matthias matthieu maud maureen
  maurice mauricio mauro max maxim maxime maximilian maya megan mehdi mehmet meike mel melanie melissa mette mia micaela michael michaela michal
  michel michela michele michelle miguel mika mike mikael mikko milan milena milos mira mireille miriam mirjam mirko mohamed mohammad mohammed
  moira molly mona monica monika monique moritz moses muhammad murat mustafa nadia nadine nadja nancy naomi natalia natalie natasha nathalie
  nathan neil nelson nicholas nick nicky nico nicola nicolas nicole niels nigel niklas nikola nikolaus nils nina nino noah noel noemi nora norbert
  norman nuno odile olaf oleg olga oliver olivia olivier ollie omar oscar oskar otto pablo pamela paola paolo pascal pat patricia patrick patrik
  paul paula pauline pavel pawel pedro peer penny per pernille pete peter petr petra phil philip philipp philippe pia pierre pieter pilar piotr
  priya rachel radek rafael rafal raffaella rahul rainer rajesh ralf ralph ramon raphael raquel raul ray raymond rebecca regina reiner reinhard
  rene renata renate renato reto ricardo riccardo richard rick rikke rita rob robert roberta roberto robin rocio rodrigo roger roland rolf
  roman romain ron ronald rosa rosario rose rosemarie ross roswitha roy ruben rudi rudolf rui rupert russell ruth ryan saara sabine sabrina said
  sally sam samantha samir sammy samuel sandra sandrine sandro sandy sanna sara sarah sascha sean sebastian sebastien sergei sergey sergio severin
  shane sharon shaun shirley siegfried sigrid silke silvia simon simona simone slawomir sofia sofie solveig sonia sonja sophia sophie soren stan
  stanislav stefan stefania stefanie stefano steffen steffi stella stephan stephane stephanie stephen steve steven stuart sue sunil susan susana
  susanna susanne suzanne svein sven svenja svetlana sylvain sylvia sylvie szymon tamara tania tanja tatiana tatjana ted teresa terry tessa theo
  theresa theresia thierry thomas thorsten tibor tiina till tim timo timothy tina tobias toby todd tom tomas tomasz tommaso tommy toni tony torsten
  tracy travis trevor tristan udo ulf uli ulla ulrich ulrike ulrika umberto ursula uschi ute uwe valentin valentina valeria valerie vanessa vera
  verena veronica veronika veronique vicki victor victoria vikram viktor viktoria vincent vincenzo viola virginia virginie vittorio vivian vlad
  vladimir volker walter waltraud wanda wendy werner wilfried wilhelm will willem william willy wim winfried wojciech wolf wolfgang xavier yann
  yannick yasmin yolanda yuki yusuf yves yvette yvonne zbigniew zdenek zoe zofia zuzana
`;

const FAMILY = `
  adams ahmed allen andersen anderson andersson bakker baker bauer baumann becker beck bell bennett berg berger bernard bianchi bianco braun brown
  brooks bruno carlsson carter castro clark clarke colombo conti cook cooper costa cox cruz davies davis degroot dejong delgado diaz dijkstra doe
  dubois dupont durand edwards eriksson esposito evans fernandez ferrari ferreira fischer fontana franke fuchs garcia gallo gomes gomez gonzalez
  graf gray greco green griffin gross gruber gustafsson gutierrez haas hahn hall hansen hansson harris hartmann heinrich hendriks hernandez
  herrmann hill hofmann hoffmann horvath huang huber hughes hussain jackson jacobs jankowski jansen janssen janssens jansson jenkins jensen jimenez
  johansen johansson johnson jones jung kaiser kaminski kaur keller kelly khan kim klein koch koehler koenig kovacs kowalski krause kruger krueger
  kuhn kumar lang lange larsen larsson laurent lee lefebvre lehmann leroy lewandowski lewis lombardi lopez lorenz ludwig maier mancini marino
  marques martens martin martinez martins marx mayer meier mendez mendoza meyer meijer miller mitchell moore morales moreau moreno moretti morgan
  morris mueller muller mulder murphy murray nagy navarro nelson neumann nguyen nielsen nilsson novak novotny olsen olsson ortega ortiz parker
  patel pedersen pereira peeters perez persson peters petersen petit pfeiffer phillips pohl popescu powell price ramirez ramos reid reyes ricci
  richter riley rivera rizzo roberts robinson rodrigues rodriguez rogers romano romero rossi roth roux ruiz russo sanchez santos schaefer schmid
  schmidt schmitt schmitz schneider scholz schreiber schroeder schubert schulte schultz schulz schulze schumacher schuster schwarz scott seidel
  serra sharma silva simon singh smit smith sommer souza stein stewart sullivan suzuki svensson szabo tanaka taylor thomas thompson torres toth
  turner vandenberg vargas vasquez vogel vogt wagner walker walsh walter wang watanabe watson weber weiss werner white williams wilson winkler
  winter wisniewski wojcik wolf wolff wood wright yamamoto yilmaz young zhang ziegler zimmermann
`;

function names(list: string): string[] {
  return list.split(/\s+/).filter((name) => name !== '');
}

export const PERSON_NAMES: ReadonlySet<string> = new Set([...names(GIVEN), ...names(FAMILY)]);
