/** Number words of the languages goals come in, generated from their parts, as folded words. */

const numbers = new Map<string, number>();
const put = (word: string, value: number): void => void (numbers.has(word) || numbers.set(word, value));
const list = (text: string, first: number, step = 1): void => text.split(' ').forEach((word, i) => word.split('|').forEach((form) => put(form, first + i * step)));

// English; tens and units are written apart or with a hyphen and are added up by the reader.
list('two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen', 2);
list('twenty thirty forty|fourty fifty sixty seventy eighty ninety', 20, 10);

// German and Dutch write numbers below a hundred as one word: units, "und"/"en", tens.
const germanUnits = 'ein zwei drei vier funf sechs sieben acht neun'.split(' ');
const dutchUnits = 'een twee drie vier vijf zes zeven acht negen'.split(' ');
list('zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn', 2);
list('twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien', 2);
const germanTens = 'zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig'.split(' ');
const dutchTens = 'twintig dertig veertig vijftig zestig zeventig tachtig negentig'.split(' ');
for (const [units, tens, joiner, hundred] of [[germanUnits, germanTens, 'und', 'hundert'], [dutchUnits, dutchTens, 'en', 'honderd']] as const) {
  tens.forEach((ten, i) => {
    put(ten, 20 + i * 10);
    units.forEach((unit, u) => put(unit + joiner + ten, 21 + u + i * 10));
  });
  units.forEach((unit, u) => put(unit + hundred, (u + 1) * 100));
  put(hundred, 100);
}

// French
list('deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize', 2);
list('vingt|vingts trente quarante cinquante soixante septante octante|huitante nonante', 20, 10);
put('vingtaine', 20); put('dizaine', 10); put('douzaine', 12); put('quinzaine', 15); put('trentaine', 30); put('cinquantaine', 50); put('centaine', 100);

// Spanish, Italian and Portuguese
list('dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve veinte veintiuno|veintiun veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve', 2);
list('treinta cuarenta cincuenta sesenta setenta ochenta noventa', 30, 10);
list('doscientos|doscientas trescientos|trescientas cuatrocientos|cuatrocientas quinientos|quinientas seiscientos setecientos ochocientos novecientos', 200, 100);
put('docena', 12); put('decena', 10); put('centenar', 100);
const italianUnits = 'uno due tre quattro cinque sei sette otto nove'.split(' ');
list('due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove', 2);
'venti trenta quaranta cinquanta sessanta settanta ottanta novanta'.split(' ').forEach((ten, i) => {
  put(ten, 20 + i * 10);
  italianUnits.forEach((unit, u) => put((/^[uo]/.test(unit) ? ten.slice(0, -1) : ten) + unit, 21 + u + i * 10));
});
italianUnits.forEach((unit, u) => put(`${u === 0 ? '' : unit}cento`, (u + 1) * 100));
put('dozzina', 12); put('decina', 10); put('ventina', 20); put('trentina', 30); put('cinquantina', 50); put('centinaio', 100);
list('dois|duas tres quatro cinco seis sete oito nove dez onze doze treze catorze|quatorze quinze dezesseis|dezasseis dezessete|dezassete dezoito dezenove|dezanove vinte', 2);
list('trinta quarenta cinquenta sessenta setenta oitenta noventa', 30, 10);
list('duzentos|duzentas trezentos|trezentas quatrocentos quinhentos seiscentos setecentos oitocentos novecentos', 200, 100);
put('duzia', 12); put('dezena', 10); put('dutzend', 12); put('dozijn', 12); put('tiental', 10); put('honderdtal', 100); put('cem', 100); put('cento', 100); put('cien', 100); put('ciento', 100);

export const NUMBER_WORDS: ReadonlyMap<string, number> = numbers;

/** Words that multiply what stands before them ("two hundred", "a couple of dozen", "three thousand"). */
export const MULTIPLIERS: ReadonlyMap<string, number> = new Map([
  ['hundred', 100], ['hundreds', 100], ['dozen', 12], ['dozens', 12], ['thousand', 1000], ['cent', 100], ['cents', 100], ['mille', 1000], ['mila', 1000], ['mil', 1000], ['tausend', 1000], ['duizend', 1000],
  ['hundert', 100], ['honderd', 100], ['dutzend', 12], ['dozijn', 12], ['douzaine', 12], ['douzaines', 12], ['dizaines', 10], ['docena', 12], ['docenas', 12], ['dozzina', 12], ['dozzine', 12], ['duzia', 12], ['duzias', 12], ['score', 20], ['centaines', 100],
]);

/** Vague small numbers that only count before a multiplier. */
export const FEW: ReadonlyMap<string, number> = new Map([['a', 1], ['an', 1], ['one', 1], ['couple', 2], ['un', 1], ['une', 1], ['una', 1], ['um', 1], ['uma', 1], ['ein', 1], ['een', 1], ['half', 0.5], ['few', 3], ['several', 3], ['paar', 2]]);
