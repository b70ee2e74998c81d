/** The least a crawler can do: undici in a loop, htmlparser2 for links and text. No queue, no rules, no limits, no proof. */
import { Parser } from 'htmlparser2';
import { Agent } from 'undici';
import { answer } from './in-process.js';

answer(async ({ pageUrls, concurrency }) => {
  const agent = new Agent({ connections: 1 });
  const result = { pages: 0, failed: 0, links: 0, addresses: 0 };
  let at = 0;
  const reader = async (): Promise<void> => {
    for (let url = pageUrls[at++]; url !== undefined; url = pageUrls[at++]) {
      const target = new URL(url);
      const { statusCode, body } = await agent.request({ origin: target.origin, path: target.pathname, method: 'GET' });
      const html = await body.text();
      if (statusCode !== 200) { result.failed += 1; continue; }
      result.pages += 1;
      const text: string[] = [];
      const parser = new Parser({ onopentag: (name, attributes) => { if (name === 'a' && attributes.href) result.links += URL.canParse(attributes.href, url) ? 1 : 0; }, ontext: (part) => { text.push(part); } });
      parser.end(html);
      if (text.join('').length === 0) result.failed += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, reader));
  await agent.close();
  return result;
});
