import { describe, expect, it } from 'vitest';
import { isPageType } from '../../../src/services/crawler/body.js';
import { contactLikeness, isAsset, isTrap } from '../../../src/services/crawler/link-rank.js';

const BASE = 'https://clinic.example';
const likeness = (path: string, text = '', position = 0): number => contactLikeness({ url: new URL(path, BASE).href, text, position });

describe('contactLikeness', () => {
  it.each([
    ['English', '/x', 'Contact us'], ['German', '/x', 'Kontakt'], ['German imprint', '/impressum.html', ''], ['French', '/x', 'Nous contacter'],
    ['Spanish', '/contacto', ''], ['Portuguese', '/x', 'Fale Conosco'], ['Italian', '/contatti.php', ''], ['Dutch', '/x', 'Neem contact op'], ['Swedish', '/kontakta-oss', ''],
    ['Danish', '/x', 'Kontakt os'], ['Finnish', '/yhteystiedot', ''], ['Polish', '/x', 'Napisz do nas'], ['Czech', '/kontakty/', ''], ['Hungarian', '/x', 'Kapcsolat'],
    ['Romanian', '/x', 'Date de contact'], ['Turkish', '/x', 'İletişim'], ['Greek', '/x', 'Επικοινωνία'], ['Russian', '/x', 'Контакты'], ['Ukrainian', '/x', "Зв'язатися"],
    ['Japanese', '/x', 'お問い合わせ'], ['Chinese', '/x', '联系我们'], ['Korean', '/x', '고객 문의'], ['Vietnamese', '/lien-he', ''], ['Arabic', '/x', 'اتصل بنا'],
    ['Hebrew', '/x', 'צור קשר'], ['Thai', '/x', 'ติดต่อเรา'], ['Hindi', '/x', 'संपर्क करें'], ['Indonesian', '/hubungi-kami', ''],
    ['a path in its own letters', '/%D0%BA%D0%BE%D0%BD%D1%82%D0%B0%D0%BA%D1%82%D1%8B', ''], ['camel case', '/ContactUs.aspx', ''], ['a parameter', '/index.php?page=kontakt', ''],
  ])('knows the contact page in %s', (_, path, text) => {
    expect(likeness(path, text)).toBeGreaterThanOrEqual(0.7);
  });

  it('puts pages in the order in which they are worth reading', () => {
    const order = ['/contact', '/impressum', '/our-team', '/privacy-policy', '/treatments', '/blog'].map((path) => likeness(path));
    expect([...order].sort((a, b) => b - a)).toEqual(order);
    expect(new Set(order).size).toBe(order.length);
  });

  it.each([
    ['/blog/10-ways-to-contact-your-senator-today-and-why', 'Ten ways to contact your senator today'], ['/news/2024-team-outing', ''], ['/shop/contact-lenses', 'Contact lenses'],
    ['/login', 'Log in'], ['/tag/contact', ''], ['/calendar', 'Calendar'], ['/gallery', 'Photos'], ['/files/brochure.pdf', 'Contact details (PDF)'], ['/cart', ''],
  ])('is not fooled by %s', (path, text) => {
    expect(likeness(path, text)).toBeLessThan(0.45);
  });

  it('lets short words count only as whole words', () => {
    expect(likeness('/teamwork-matters')).toBe(likeness('/something-else'));
    expect(likeness('/steam-cleaning')).toBe(likeness('/something-else'));
  });

  it('is between 0 and 1, and the earlier link wins a tie', () => {
    expect(likeness('/contact', 'Contact', 3)).toBeGreaterThan(likeness('/contact', 'Contact', 90));
    for (const [path, text] of [['/contact', 'Contact us'], ['/a/b/c/d/e/f/g/h/2024/blog', ''], ['/', ''], ['/%E0%A4%A', 'x']] as const) {
      expect(likeness(path, text)).toBeGreaterThanOrEqual(0);
      expect(likeness(path, text)).toBeLessThanOrEqual(1);
    }
    expect(contactLikeness({ url: 'nonsense', text: 'Contact', position: 0 })).toBe(0);
  });
});

describe('isTrap', () => {
  it.each([
    '/photo.JPG', '/a.pdf', '/style.css', '/wp-json/wp/v2/posts', '/wp-admin/', '/feed/', '/blog/feed', '/xmlrpc.php', '/cdn-cgi/l/email-protection', '/2023/05/', '/events/2024-07-15', '/2024/05/31/', '/archive/2019/11/page/3',
    '/shop?orderby=price', '/shop?filter_color=red', '/list?a=1&b=2&c=3&d=4&e=5', '/calendar?month=5&year=2031', '/post?replytocom=17', '/a/b/a/b/a/b', '/1/2/3/4/5/6/7/8/9/a/b',
    '/p?filters[colour]=red', '/page?redirect_to=%2Fx',
  ])('skips %s', (path) => {
    expect(isTrap(BASE + path, new Map())).toBe(true);
  });

  it.each(['/', '/contact', '/team/dr-jane-roe', '/index.php?page=contact', '/about/history/1998', '/de/kontakt.html', '/article.php?id=12', '/locations/austin-78701', '/2024/05/31/summer-party/'])('follows %s', (path) => {
    expect(isTrap(BASE + path, new Map())).toBe(false);
  });

  it('stops after fifty addresses of one shape, and only of that one', () => {
    const seen = new Map<string, number>();
    const followed = Array.from({ length: 100 }, (_, index) => isTrap(`${BASE}/item/${index}?id=${index}`, seen)).filter((trap) => !trap);
    expect(followed).toHaveLength(50);
    expect(isTrap(`${BASE}/other/7`, seen)).toBe(false);
    expect(isTrap(`${BASE}/contact`, seen)).toBe(false);
  });

  it('knows files by their ending, not by their parameters', () => {
    expect(isAsset(`${BASE}/a/b.webp?x=1`)).toBe(true);
    expect(isAsset(`${BASE}/download?file=b.webp`)).toBe(false);
  });

  it('follows links to business cards and text files, which hold addresses', () => {
    expect(isTrap(`${BASE}/team/jana-quist.vcf`, new Map())).toBe(false);
    expect(isTrap(`${BASE}/humans.txt`, new Map())).toBe(false);
    expect(['text/vcard; charset=utf-8', 'text/x-vcard', 'text/directory', 'text/plain'].filter((type) => !isPageType(type))).toEqual([]);
  });
});
