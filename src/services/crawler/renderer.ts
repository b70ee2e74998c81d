/**
 * Pages as a browser shows them, for sites that are empty without their scripts. One Chromium, a fresh context per
 * page, nothing kept between pages, everything it asks for goes through the guarded proxy. The only file that knows
 * playwright.
 */
import { chromium, type Browser, type BrowserContext, type BrowserServer, type Frame, type Page, type Request } from 'playwright';
import { LeadlineError } from '../../errors.js';
import { CHROMIUM_FLAGS, findChromium, type ChromiumBinary } from './chromium.js';
import { DocumentsShown, type OnHop } from './documents-shown.js';
import { type AddressGuard } from './guard.js';
import { PinningProxy, PROXY_ANSWER_HEADER, tooMuch } from './pinning-proxy.js';

export interface RendererOptions {
  guard: AddressGuard;
  userAgent: string;
  /** CHROMIUM_PATH; found by itself when absent. */
  chromiumPath?: string | null;
  /** CRAWL_PROXY_URL. */
  proxyUrl?: string;
  /** For one page as a whole; 15,000 when absent. */
  pageTimeoutMs?: number;
  /** Pages at the same time; 2 when absent. */
  maxConcurrent?: number;
  /** After so many pages the browser is replaced, because Chromium grows; 50 when absent. */
  pagesPerBrowser?: number;
  /** The same for what its pages have loaded, bytes; 100,000,000 when absent. */
  bytesPerBrowser?: number;
  /** Of the finished document; 10,000,000 characters when absent. */
  maxChars?: number;
}

export interface RenderedPage {
  /** The document after its scripts ran; open shadow roots are written into their hosts. Empty where `sentTo` is not null. */
  html: string;
  finalUrl: string;
  /** Address at another origin that the page sends its visitor to: it was not asked for. */
  sentTo: string | null;
  /** HTTP status of the document. */
  status: number;
}

/** What one page may load with all that belongs to it. */
export interface RenderLimits {
  /** Bytes over the wire; 5,000,000 when absent. What is not there by then is left out, or the page if it is the page itself. */
  maxBytes?: number | undefined;
  /** Counts what was loaded, also by a page that fails. */
  meter?: { bytes: number } | undefined;
  /** Called before the page goes to another address of its origin, for robots.txt; what it throws ends the page. */
  onHop?: OnHop | undefined;
}

interface PageWay { url: string; proxy: PinningProxy; address: string; onHop: OnHop }
interface RunningBrowser { server: BrowserServer; browser: Browser; pages: number; bytes: number; active: number; retired: boolean }

/** Scripts may wait for the network for so long after the document is there; then it is read as it is. */
const SETTLE_MS = 5000;
/** A context that has not closed by then belongs to a browser that hangs. */
const CLOSE_MS = 3000;
/** Takes back Chromium's habit of going around the proxy for loopback addresses. */
const LOOPBACK_TOO = '<-loopback>';
const MAX_RENDER_BYTES = 5_000_000;
const BLOCKED_RESOURCES: ReadonlySet<string> = new Set(['image', 'font', 'media', 'texttrack', 'eventsource', 'manifest', 'ping']);

export class Renderer {
  readonly #options: RendererOptions & { pageTimeoutMs: number; maxConcurrent: number; pagesPerBrowser: number; bytesPerBrowser: number; maxChars: number };
  #binary: Promise<ChromiumBinary | null> | null = null;
  /** Where the browser's own traffic ends: only pages have a way out, each its own. */
  #deadEnd: Promise<{ proxy: PinningProxy; address: string }> | null = null;
  #current: Promise<RunningBrowser> | null = null;
  readonly #running = new Set<RunningBrowser>();
  #free: number;
  readonly #waiting: (() => void)[] = [];
  #closed = false;

  constructor(options: RendererOptions) {
    this.#options = { ...options, pageTimeoutMs: options.pageTimeoutMs ?? 15_000, maxConcurrent: options.maxConcurrent ?? 2, pagesPerBrowser: options.pagesPerBrowser ?? 50, bytesPerBrowser: options.bytesPerBrowser ?? 100_000_000, maxChars: options.maxChars ?? 10_000_000 };
    this.#free = this.#options.maxConcurrent;
  }

  /** Where the browser comes from, for people; null when there is none. Starts nothing. */
  async available(): Promise<string | null> {
    this.#binary ??= findChromium(this.#options.chromiumPath);
    return (await this.#binary)?.name ?? null;
  }

  /** How many browsers run at this moment. */
  get browsers(): number {
    return this.#running.size;
  }

  /**
   * Opens a page and reads it when it has settled, 15 s at most.
   * @throws LeadlineError URL_INVALID, URL_FORBIDDEN, NETWORK_DNS/TLS/TIMEOUT/RESET, BODY_TOO_LARGE, PARSE_FAILED (a
   *   download), SERVICE_UNAVAILABLE (no browser, or it broke; dependency `browser` or `proxy`); the signal's reason; what `onHop` throws.
   */
  async render(url: string, signal?: AbortSignal, limits: RenderLimits = {}): Promise<RenderedPage> {
    this.#options.guard.checkUrl(url);
    const maxBytes = limits.maxBytes ?? MAX_RENDER_BYTES;
    if (maxBytes <= 0) throw tooMuch(maxBytes);
    await this.#takeSlot(signal);
    try {
      const { proxy, address } = await this.#startProxy(maxBytes);
      try {
        return await this.#useBrowser((running) => this.#open(running, { url, proxy, address, onHop: limits.onHop ?? (() => Promise.resolve()) }, signal), () => proxy.bytes);
      } finally {
        await proxy.close();
        if (limits.meter !== undefined) limits.meter.bytes += proxy.bytes;
      }
    } finally {
      this.#free += 1;
      this.#waiting.shift()?.();
    }
  }

  /** One page in the browser, which is replaced when this was the last of its share. */
  async #useBrowser(work: (running: RunningBrowser) => Promise<RenderedPage>, loaded: () => number): Promise<RenderedPage> {
    const running = await this.#browser();
    running.active += 1;
    running.pages += 1;
    if (running.pages >= this.#options.pagesPerBrowser) running.retired = true;
    try {
      return await work(running);
    } finally {
      running.active -= 1;
      running.bytes += loaded();
      if (running.bytes >= this.#options.bytesPerBrowser) running.retired = true;
      if (running.retired && running.active === 0) await this.#stop(running);
    }
  }

  /** Ends browser and proxy; what is running fails. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#current?.catch(() => undefined);
    await Promise.all([...this.#running].map((running) => this.#stop(running)));
    const started = await this.#deadEnd?.catch(() => null);
    await started?.proxy.close();
  }

  /** A way out for one page: what went through it is what the page has loaded, frames and workers included. */
  async #startProxy(maxBytes: number): Promise<{ proxy: PinningProxy; address: string }> {
    const { guard, pageTimeoutMs, proxyUrl } = this.#options;
    const proxy = new PinningProxy({ guard, connectTimeoutMs: 10_000, idleTimeoutMs: pageTimeoutMs, maxBytes, ...(proxyUrl === undefined ? {} : { proxyUrl }) });
    return { proxy, address: await proxy.start() };
  }

  async #takeSlot(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    while (this.#free === 0) {
      await new Promise<void>((resolve, reject) => {
        const wake = (): void => {
          signal?.removeEventListener('abort', leave);
          resolve();
        };
        const leave = (): void => {
          this.#waiting.splice(this.#waiting.indexOf(wake), 1);
          reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
        };
        this.#waiting.push(wake);
        signal?.addEventListener('abort', leave, { once: true });
      });
    }
    this.#free -= 1;
  }

  async #browser(): Promise<RunningBrowser> {
    if (this.#closed) throw noBrowser('The browser has been shut down.');
    const launching = (this.#current ??= this.#launch());
    try {
      const running = await launching;
      if (running.browser.isConnected() && !running.retired) return running;
    } catch (error) {
      if (this.#current === launching) this.#current = null;
      throw error;
    }
    if (this.#current === launching) this.#current = null;
    return this.#browser();
  }

  async #launch(): Promise<RunningBrowser> {
    await this.available();
    const binary = await this.#binary;
    if (binary === null || binary === undefined) throw noBrowser('No Chromium was found.', undefined, 'never');
    const { address } = await (this.#deadEnd ??= this.#startProxy(0));
    // Chromium refuses its sandbox to root; everybody else keeps it.
    const isRoot = process.getuid?.() === 0;
    const server = await chromium.launchServer({
      executablePath: binary.path, headless: true, chromiumSandbox: !isRoot, args: [...CHROMIUM_FLAGS],
      proxy: { server: address, bypass: LOOPBACK_TOO }, timeout: 30_000, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false, env: browserEnvironment(),
    }).catch((cause: unknown) => {
      throw noBrowser('Chromium does not start.', cause);
    });
    const browser = await chromium.connect(server.wsEndpoint()).catch(async (cause: unknown) => {
      await server.kill();
      throw noBrowser('Chromium does not start.', cause);
    });
    const running: RunningBrowser = { server, browser, pages: 0, bytes: 0, active: 0, retired: false };
    this.#running.add(running);
    browser.on('disconnected', () => void this.#kill(running));
    return running;
  }

  async #kill(running: RunningBrowser): Promise<void> {
    running.retired = true;
    this.#running.delete(running);
    await running.server.kill().catch(() => undefined);
  }

  async #stop(running: RunningBrowser): Promise<void> {
    running.retired = true;
    if (!this.#running.delete(running)) return;
    const ended = await withinMs(running.server.close(), CLOSE_MS);
    if (!ended) await running.server.kill().catch(() => undefined);
  }

  async #open(running: RunningBrowser, way: PageWay, signal: AbortSignal | undefined): Promise<RenderedPage> {
    const { url, address } = way;
    const context = running.browser.newContext({
      userAgent: this.#options.userAgent, acceptDownloads: false, serviceWorkers: 'block', reducedMotion: 'reduce', viewport: { width: 1280, height: 900 }, proxy: { server: address, bypass: LOOPBACK_TOO },
    });
    let timer: NodeJS.Timeout | undefined;
    let onAbort = (): void => undefined;
    const stopped = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new LeadlineError('NETWORK_TIMEOUT', `${new URL(url).host} did not finish loading in the browser.`, { retry: 'backoff' })), this.#options.pageTimeoutMs);
      onAbort = () => reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      signal?.addEventListener('abort', onAbort, { once: true });
      if (signal?.aborted === true) onAbort();
    });
    try {
      const work = context.catch((cause: unknown) => Promise.reject(noBrowser('The browser is gone.', cause))).then((opened) => this.#visit(opened, way));
      // When the limit wins, the visit still fails some time later, when its context is closed.
      work.catch(() => undefined);
      return await Promise.race([work, stopped]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      await this.#discard(running, context);
    }
  }

  async #discard(running: RunningBrowser, context: Promise<BrowserContext>): Promise<void> {
    const closed = await withinMs(context.then((opened) => opened.close()), CLOSE_MS);
    // It hangs: other pages in it fail too and are tried again in a new one.
    if (!closed && running.browser.isConnected()) await this.#kill(running);
  }

  async #visit(context: BrowserContext, way: PageWay): Promise<RenderedPage> {
    await context.route('**/*', (route) => {
      const request = route.request();
      const isWeb = /^(?:https?|data|blob):/i.test(request.url()) && !isPopup(request);
      return BLOCKED_RESOURCES.has(request.resourceType()) || !isWeb ? route.abort('blockedbyclient') : route.continue();
    });
    await context.routeWebSocket(/.*/, (socket) => socket.close());
    const page = await context.newPage();
    const isPopup = (request: Request): boolean => request.isNavigationRequest() && frameOf(request)?.page() !== page;
    context.on('page', (popup) => void popup.close().catch(() => undefined));
    page.on('dialog', (dialog) => void dialog.dismiss().catch(() => undefined));
    const crashed = new Promise<never>((_, reject) => page.on('crash', () => reject(noBrowser('The page crashed the browser.'))));
    crashed.catch(() => undefined);
    return Promise.race([this.#read(page, way), crashed]);
  }

  async #read(page: Page, { url, proxy, onHop }: PageWay): Promise<RenderedPage> {
    let asked = url;
    const documents = await DocumentsShown.watch(page, withoutFragment(url), { guard: (address) => { this.#options.guard.checkUrl(address); }, onHop });
    const isDocument = (request: Request): boolean => request.isNavigationRequest() && request.frame() === page.mainFrame();
    page.on('request', (request) => {
      if (isDocument(request)) asked = request.url();
    });
    let refused: LeadlineError | null = null;
    page.on('response', (response) => {
      if (isDocument(response.request())) refused = response.headers()[PROXY_ANSWER_HEADER] === proxy.token ? proxy.failureOf(response.url()) : null;
    });
    // Half a document is none, and Chromium never says that it is there; one that is left for another has failed as ERR_ABORTED.
    const cut = new Promise<never>((_, reject) => page.on('requestfailed', (request) => {
      const text = request.failure()?.errorText ?? '';
      if (isDocument(request) && !/ERR_ABORTED/.test(text)) reject(new Error(text));
    }));
    cut.catch(() => undefined);
    const sentOn = (): RenderedPage => ({ html: '', finalUrl: url, status: 200, sentTo: documents.sentTo });
    const opening = page.goto(url, { waitUntil: 'domcontentloaded', timeout: this.#options.pageTimeoutMs });
    opening.catch(() => undefined);
    const response = await Promise.race([opening, cut, documents.left]).catch((error: unknown) => {
      throw error instanceof LeadlineError ? error : navigationError(error, asked, proxy);
    });
    if (response === undefined) return sentOn();
    const headers = response === null ? {} : await response.allHeaders();
    if (headers[PROXY_ANSWER_HEADER] === proxy.token) throw proxy.failureOf(response?.url() ?? asked) ?? navigationError(new Error('refused'), asked, null);
    await Promise.race([page.waitForLoadState('networkidle', { timeout: Math.min(SETTLE_MS, this.#options.pageTimeoutMs / 3) }).catch(() => undefined), documents.left]);
    if (documents.sentTo !== null) return sentOn();
    await page.evaluate(writeShadowRoots).catch(() => undefined);
    const html = await Promise.race([page.content(), documents.left]);
    if (html === undefined) return sentOn();
    // A script that sent its page away, to where nobody may follow, has left the proxy's own answer on the screen.
    if (refused !== null) throw refused as LeadlineError;
    this.#options.guard.checkUrl(page.url());
    if (html.length > this.#options.maxChars) throw new LeadlineError('BODY_TOO_LARGE', `The page is larger than ${this.#options.maxChars} characters.`);
    return { html, finalUrl: page.url(), status: response?.status() ?? 200, sentTo: null };
  }
}

function withoutFragment(address: string): string {
  const url = new URL(address);
  url.hash = '';
  return url.href;
}

/** Null for the first request of a page that playwright does not know yet. */
function frameOf(request: Request): Frame | null {
  try {
    return request.frame();
  } catch {
    return null;
  }
}

/** Runs inside the page: `content()` leaves out what web components show. */
function writeShadowRoots(): void {
  for (const host of Array.from(document.querySelectorAll('*'))) {
    if (host.shadowRoot === null) continue;
    const shown = document.createElement('div');
    shown.innerHTML = host.shadowRoot.innerHTML;
    host.append(shown);
  }
}

/** The browser runs strangers' scripts: it gets no environment of ours that could hold a secret. */
function browserEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'LC_ALL', 'TZ', 'LD_LIBRARY_PATH', 'FONTCONFIG_PATH', 'SYSTEMROOT', 'LOCALAPPDATA'];
  return Object.fromEntries(kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}

function noBrowser(message: string, cause?: unknown, retry: 'never' | 'backoff' = 'backoff'): LeadlineError {
  return new LeadlineError('SERVICE_UNAVAILABLE', message, { details: { dependency: 'browser' }, retry, cause });
}

/** Chromium's `net::ERR_…`, in our words; what the proxy has seen says more. */
function navigationError(error: unknown, url: string, proxy: PinningProxy | null): LeadlineError {
  const host = URL.canParse(url) ? new URL(url).host : url;
  const text = error instanceof Error ? error.message : String(error);
  if (proxy?.isSpent === true) return tooMuch(proxy.bytes);
  const seen = proxy?.failureOf(url) ?? null;
  if (seen !== null && /ERR_TUNNEL|ERR_PROXY|ERR_EMPTY|ERR_CONNECTION|ERR_INVALID_RESPONSE/.test(text)) return seen;
  if (/Download is starting|ERR_ABORTED/.test(text)) return new LeadlineError('PARSE_FAILED', `${host} sends a download, not a page.`, { cause: error });
  if (/ERR_CERT|ERR_SSL|ERR_BAD_SSL/.test(text)) return new LeadlineError('NETWORK_TLS', `${host} has no valid TLS certificate or handshake.`, { cause: error });
  if (/ERR_NAME/.test(text)) return new LeadlineError('NETWORK_DNS', `${host} does not exist.`, { cause: error });
  if (/Timeout|ERR_TIMED_OUT|ERR_CONNECTION_TIMED_OUT/.test(text)) return new LeadlineError('NETWORK_TIMEOUT', `${host} did not answer in time.`, { retry: 'backoff', cause: error });
  if (/net::ERR_/.test(text)) return new LeadlineError('NETWORK_RESET', `The connection to ${host} was refused or broken.`, { retry: 'backoff', cause: error });
  return noBrowser('The browser broke while loading the page.', error);
}

/** True when the promise settled in time. */
async function withinMs(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  return Promise.race([promise.then(() => true, () => true), late]).finally(() => clearTimeout(timer));
}
