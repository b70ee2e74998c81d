/** Which documents a page in the browser may show in place of the first one: a script that sends its visitor on is a redirect like any other. */
import type { CDPSession, Page } from 'playwright';
import { LeadlineError } from '../../errors.js';

/** Called before an address is asked; throws where it may not be. */
export type OnHop = (url: string) => Promise<void>;

/** One that shows more of them reloads itself without an end, and never comes to say that it is there. */
const MAX_DOCUMENTS = 10;

interface Paused { requestId: string; frameId: string; request: { url: string } }

/**
 * Stands between a page's own frame and every document that it asks for. Chromium's Fetch domain is used directly: the hops of
 * a redirect are paused there, too, for which playwright's routes do not fire. Frames inside the page are parts of it.
 */
export class DocumentsShown {
  /** The address at another origin, which has rules and a pace of its own, that the page wanted to go to; it was not asked for. */
  sentTo: string | null = null;
  /** Settled when the page wants to go to another origin, or to where it may not go: with the reason then. */
  readonly left: Promise<void>;
  readonly #leave: () => void;
  readonly #refuse: (reason: unknown) => void;
  #documents = 0;
  #isOver = false;

  private constructor(private readonly start: string, private readonly session: CDPSession, private readonly mayAsk: { guard: (url: string) => void; onHop: OnHop }) {
    let [leave, refuse] = [(): void => undefined, (_reason: unknown): void => undefined];
    this.left = new Promise((resolve, reject) => { [leave, refuse] = [resolve, reject]; });
    this.left.catch(() => undefined);
    [this.#leave, this.#refuse] = [leave, refuse];
  }

  /** @param mayAsk `guard` is asked about every address but `start`, `onHop` about those of the same origin */
  static async watch(page: Page, start: string, mayAsk: { guard: (url: string) => void; onHop: OnHop }): Promise<DocumentsShown> {
    const session = await page.context().newCDPSession(page);
    const { frameTree } = await session.send('Page.getFrameTree');
    const shown = new DocumentsShown(start, session, mayAsk);
    // A page that is closed in the middle of a decision needs none.
    session.on('Fetch.requestPaused', (paused) => void shown.#decide(paused, frameTree.frame.id).catch(() => undefined));
    await session.send('Fetch.enable', { patterns: [{ resourceType: 'Document', requestStage: 'Request' }] });
    return shown;
  }

  async #decide({ requestId, frameId, request }: Paused, mainFrame: string): Promise<void> {
    if (frameId !== mainFrame || await this.#mayShow(request.url)) await this.session.send('Fetch.continueRequest', { requestId });
    else await this.session.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
  }

  async #mayShow(url: string): Promise<boolean> {
    this.#documents += 1;
    if (this.#isOver) return false;
    try {
      if (this.#documents > MAX_DOCUMENTS) throw new LeadlineError('PARSE_FAILED', 'The page goes from one document to the next without an end.');
      if (url === this.start) return true;
      this.mayAsk.guard(url);
      if (new URL(url).origin === new URL(this.start).origin) {
        await this.mayAsk.onHop(url);
        return true;
      }
      this.sentTo = url;
      this.#leave();
    } catch (error) {
      this.#refuse(error);
    }
    this.#isOver = true;
    return false;
  }
}
