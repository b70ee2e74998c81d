import { words } from './place-names.js';
import { breaksBefore, overlaps, type Span, type Token } from './tokens.js';

/** A job title named in a text; `value` is the usual English form, singular, title case. */
export interface FoundRole extends Span {
  start: number;
  end: number;
  value: string;
}

/** Titles that are one phrase, by language-independent value; forms are folded and separated by "|". */
const TITLES: Record<string, string> = {
  CEO: 'ceo|ceos|chief executive|chief executives|chief executive officer|chief executive officers|geschaftsfuhrer|geschaftsfuhrerin|geschaftsfuhrern|geschaftsfuhrung|vorstand|directeur general|directeurs generaux|directrice generale|pdg|director general|directores generales|consejero delegado|amministratore delegato|amministratori delegati|algemeen directeur|diretor geral|diretores gerais|presidente executivo',
  CTO: 'cto|ctos|chief technology officer|chief technology officers|chief technical officer|directeur technique|directeurs techniques|director tecnico|direttore tecnico|technischer leiter|technische leiter|technisch directeur|diretor tecnico',
  CFO: 'cfo|cfos|chief financial officer|chief financial officers|finanzvorstand|directeur financier|directeurs financiers|director financiero|directores financieros|direttore finanziario|financieel directeur|diretor financeiro|finanzchef|kaufmannischer leiter',
  COO: 'coo|coos|chief operating officer|chief operating officers', CMO: 'cmo|cmos|chief marketing officer|chief marketing officers', CIO: 'cio|cios|chief information officer', CISO: 'ciso|cisos|chief information security officer', CPO: 'chief product officer|chief people officer', CRO: 'cro|cros|chief revenue officer', CHRO: 'chro|chief human resources officer',
  Owner: 'who owns|owner|owners|business owner|business owners|proprietor|proprietors|store owner|shop owner|inhaber|inhaberin|inhabern|inhaberinnen|eigentumer|besitzer|proprietaire|proprietaires|gerant|gerants|gerante|propietario|propietarios|dueno|duenos|titolare|titolari|proprietario|proprietari|eigenaar|eigenaren|eigenaars|dono|donos|proprietarios',
  Founder: 'founder|founders|co founder|co founders|cofounder|cofounders|grunder|grundern|grunderin|grunderinnen|fondateur|fondateurs|fondatrice|cofondateur|fundador|fundadores|fundadora|fondatore|fondatori|oprichter|oprichters',
  'Managing Director': 'managing director|managing directors|gerente general|gerentes generales|direttore generale|direttori generali|bedrijfsleider|bedrijfsleiders|zaakvoerder|zaakvoerders|betriebsleiter|prokurist',
  President: 'president|presidents|prasident', 'Vice President': 'vice president|vice presidents', Chairman: 'chairman|chairwoman|chairperson|chair of the board', 'Board Member': 'board member|board members|board director|vorstandsmitglied|aufsichtsrat|membre du conseil',
  Partner: 'partners at|partner at|law firm partners|law firm partner|managing partner|managing partners|founding partner|senior partner|general partner|general partners', Principal: 'school principal|principals|headmaster|head teacher|head teachers|headteacher|schulleiter|chef d etablissement',
  'General Manager': 'general manager|general managers|gerente|gerentes|gm', 'Decision Maker': 'decision maker|decision makers|decisionmaker|entscheider|entscheidungstrager|decideur|decideurs|tomadores de decisiones|responsable de la toma de decisiones|beslisser|beslissers|decisori|tomadores de decisao',
  Executive: 'executive|executives|c level|c suite|fuhrungskrafte|fuhrungskraft|cadres dirigeants|ejecutivos|dirigenti', Director: 'director|directors|direktor|direktoren|leiter|directeur|directeurs|directrice|directora|directores|direttore|direttori|direttrice|diretor|diretores|diretora', Manager: 'manager|managers',
  'Practice Manager': 'practice manager|practice managers|praxismanager|praxismanagerin|office manager praxis', 'Office Manager': 'office manager|office managers|burolteiter|buroleiter|buroleitung', 'Store Manager': 'store manager|store managers|shop manager|filialleiter|filialleiterin|responsable de magasin|marktleiter|filiaalmanager',
  'HR Manager': 'hr manager|hr managers|human resources manager|human resources managers|personalleiter|personalleiterin|personalchef|personalverantwortliche|responsable rh|drh|directeur des ressources humaines|directeurs des ressources humaines|jefe de recursos humanos|responsable de recursos humanos|responsabile risorse umane|responsabile delle risorse umane|hr directeur|gerente de rh|people manager',
  'Head of Marketing': 'marketingleiter|marketingleiterin|marketingleitung|leiter marketing|directeur marketing|directrice marketing|responsable marketing|responsables marketing|director de marketing|directora de marketing|directores de marketing|jefe de marketing|direttore marketing|responsabile marketing|responsabili marketing|hoofd marketing|marketing verantwoordelijke|gerente de marketing|gerentes de marketing|diretor de marketing',
  'Head of Sales': 'vertriebsleiter|vertriebsleiterin|vertriebsleitung|verkaufsleiter|directeur commercial|directeurs commerciaux|directrice commerciale|responsable commercial|responsable des ventes|director comercial|directores comerciales|director de ventas|jefe de ventas|direttore commerciale|direttori commerciali|responsabile vendite|responsabile commerciale|verkoopleider|hoofd verkoop|commercieel directeur|diretor comercial|gerente de vendas|gerente comercial',
  'Purchasing Manager': 'buyer|buyers|einkaufer|einkaufsleiter|leiter einkauf|responsable achats|acheteur|acheteurs|directeur des achats|jefe de compras|comprador|compradores|responsabile acquisti|inkoper|inkopers|gerente de compras|head of purchasing',
  'IT Manager': 'it leiter|leiter it|edv leiter|responsable informatique|directeur informatique|dsi|director de sistemas|responsable de it|responsabile it|hoofd it|gerente de ti', 'Marketing Manager': 'marketer|marketers|marketing manager|marketing managers', 'Sales Manager': 'salesperson|salespeople|sales rep|sales reps|sales representative|sales representatives|account executive|account executives|vertriebsmitarbeiter|commerciaux',
  'Product Manager': 'product manager|product managers|product owner|product owners|produktmanager', 'Project Manager': 'project manager|project managers|projektleiter|chef de projet|jefe de proyecto', 'Software Engineer': 'software engineer|software engineers|engineering lead|tech lead|tech leads', 'Data Scientist': 'data scientist|data scientists', Recruiter: 'talent acquisition|talent acquisition manager|talent acquisition managers|hiring manager|hiring managers|in house recruiter|in house recruiters',
  'Personal Assistant': 'personal assistant|executive assistant|executive assistants', Secretary: 'secretary|secretaries|sekretarin', 'Contact Person': 'contact person|contact persons|ansprechpartner|ansprechpartnerin|interlocuteur|persona de contacto|persona di contatto|contactpersoon', Chef: 'head chef|head chefs|executive chef|kuchenchef|chef de cuisine', 'Plant Manager': 'plant manager|plant managers|factory manager|werkleiter|produktionsleiter|directeur d usine|jefe de planta', 'Site Manager': 'site manager|bauleiter|chef de chantier|jefe de obra', Professor: 'professor|professors|professoren', Dean: 'dean|deans', Curator: 'curator|curators|kurator', Editor: 'editor in chief|editors in chief|chefredakteur|redacteur en chef',
};

const FORMS = new Map<string, string>();
for (const [value, forms] of Object.entries(TITLES)) for (const form of forms.split('|')) FORMS.set(form, value);

const RANKS: Record<string, string> = { head: 'Head', heads: 'Head', director: 'Director', directors: 'Director', vp: 'VP', vps: 'VP', chief: 'Chief', manager: 'Manager', managers: 'Manager', lead: 'Lead', leader: 'Leader', leaders: 'Leaders', officer: 'Officer', officers: 'Officer', executive: 'Executive', executives: 'Executive', specialist: 'Specialist', specialists: 'Specialist', coordinator: 'Coordinator', coordinators: 'Coordinator', administrator: 'Administrator', administrators: 'Administrator', supervisor: 'Supervisor', supervisors: 'Supervisor', president: 'President', svp: 'SVP', evp: 'EVP' };
const AREAS: Record<string, string> = {
  sales: 'Sales', marketing: 'Marketing', hr: 'HR', it: 'IT', operations: 'Operations', finance: 'Finance', product: 'Product', engineering: 'Engineering', procurement: 'Procurement', purchasing: 'Purchasing', 'human resources': 'Human Resources', people: 'People', design: 'Design', growth: 'Growth', 'business development': 'Business Development', 'customer success': 'Customer Success', 'customer service': 'Customer Service', 'customer support': 'Customer Support', communications: 'Communications', communication: 'Communications', content: 'Content', brand: 'Brand', digital: 'Digital', data: 'Data', analytics: 'Analytics', 'information technology': 'IT', technology: 'Technology', innovation: 'Innovation', strategy: 'Strategy', legal: 'Legal', compliance: 'Compliance', security: 'Security', 'information security': 'Information Security', quality: 'Quality', production: 'Production', manufacturing: 'Manufacturing', logistics: 'Logistics', 'supply chain': 'Supply Chain', facilities: 'Facilities', fundraising: 'Fundraising', partnerships: 'Partnerships', ecommerce: 'E-commerce', 'e commerce': 'E-commerce', retail: 'Retail', sustainability: 'Sustainability', research: 'Research', 'r&d': 'R&D', development: 'Development', training: 'Training', learning: 'Learning', recruiting: 'Recruiting', recruitment: 'Recruitment', talent: 'Talent', payroll: 'Payroll', maintenance: 'Maintenance', safety: 'Safety', admissions: 'Admissions', events: 'Events', public_relations: 'Public Relations', 'public relations': 'Public Relations', pr: 'PR', 'social media': 'Social Media', seo: 'SEO', performance: 'Performance', regional: 'Regional', export: 'Export', account: 'Account', 'key account': 'Key Account', category: 'Category', fleet: 'Fleet', 'food and beverage': 'Food and Beverage', nursing: 'Nursing', clinical: 'Clinical', medical: 'Medical', technical: 'Technical', creative: 'Creative', art: 'Art', executive: 'Executive', program: 'Program', programme: 'Programme', branch: 'Branch', restaurant: 'Restaurant', hotel: 'Hotel', spa: 'Spa', risk: 'Risk', revenue: 'Revenue', commercial: 'Commercial', community: 'Community', software: 'Software', cloud: 'Cloud', infrastructure: 'Infrastructure', devops: 'DevOps', ai: 'AI', 'machine learning': 'Machine Learning',
};
const SENIOR = words('senior junior deputy assistant associate global group international');
/** "owner-operated", "founder-led": the company's nature, nobody's title. */
const NATURE = words('operated run managed owned led driven operator operators occupied association associations institute training coaching software tool tools platform platforms club');

function areaAt(tokens: readonly Token[], at: number): { name: string; to: number } | null {
  for (let n = 3; n >= 1; n -= 1) {
    const slice = tokens.slice(at, at + n);
    if (slice.length < n || slice.slice(1).some(breaksBefore)) continue;
    const name = AREAS[slice.map((t) => t.fold).join(' ')];
    if (name !== undefined) return { name, to: at + n };
  }
  return null;
}

function roleAt(tokens: readonly Token[], at: number): { value: string; to: number } | null {
  const token = tokens[at];
  if (!token) return null;
  const start = SENIOR.has(token.fold) ? at + 1 : at;
  const prefix = start > at ? `${token.fold[0]?.toUpperCase() ?? ''}${token.fold.slice(1)} ` : '';
  const first = tokens[start];
  if (!first || (start > at && breaksBefore(first))) return null;
  const rank = RANKS[first.fold] ?? (first.fold === 'vice' && tokens[start + 1]?.fold.startsWith('president') ? 'VP' : undefined);
  // "head of marketing", "VP sales"
  if (rank !== undefined) {
    const after = start + (first.fold === 'vice' ? 2 : 1);
    const of = /^(?:of|for)$/.test(tokens[after]?.fold ?? '');
    const area = (of || rank === 'VP' || rank === 'SVP' || rank === 'Director' || rank === 'Head') && !(tokens[after] && breaksBefore(tokens[after])) ? areaAt(tokens, after + (of ? 1 : 0)) : null;
    if (area) {
      const also = tokens[area.to]?.fold === 'and' ? areaAt(tokens, area.to + 1) : null;
      const joined = also && RANKS[tokens[also.to]?.fold ?? ''] === undefined && of ? also : null;
      return { value: `${prefix}${rank} of ${area.name}${joined ? ` and ${joined.name}` : ''}`, to: joined?.to ?? area.to };
    }
  }
  for (let n = 5; n >= 1; n -= 1) {
    const slice = tokens.slice(start, start + n);
    if (slice.length < n || slice.slice(1).some(breaksBefore)) continue;
    const value = FORMS.get(slice.map((t) => t.fold).join(' '));
    if (value !== undefined) return { value: prefix + value, to: start + n };
  }
  // "marketing directors", "IT manager"
  const area = areaAt(tokens, start);
  const title = area ? RANKS[tokens[area.to]?.fold ?? ''] : undefined;
  if (area && title !== undefined && tokens[area.to] && !breaksBefore(tokens[area.to] as Token) && tokens[area.to]?.fold !== 'lead') return { value: `${prefix}${area.name} ${title}`, to: area.to + 1 };
  return null;
}

/** Job titles in the text, in order, without those inside `taken` spans. */
export function findRoles(tokens: readonly Token[], taken: readonly Span[]): FoundRole[] {
  const found: FoundRole[] = [];
  for (let i = 0; i < tokens.length; i += 1) {
    const role = roleAt(tokens, i);
    const first = tokens[i];
    const next = role ? tokens[role.to] : undefined;
    if (!role || !first || taken.some((span) => overlaps(span, { from: i, to: role.to }))) continue;
    if (next && NATURE.has(next.fold) && !breaksBefore(next)) continue;
    found.push({ from: i, to: role.to, start: first.start, end: tokens[role.to - 1]?.end ?? first.end, value: role.value });
    i = role.to - 1;
  }
  return found;
}
