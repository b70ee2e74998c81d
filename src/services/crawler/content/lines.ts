/** Builds visible text line by line while the parser walks: one line per block, like a reader sees it. */
import { foldPiece, foldPieces } from './fold.js';

export type Region = 'header' | 'nav' | 'footer' | 'main';

export interface ScannedLine {
  text: string;
  /** 1 to 6 for a heading, 0 otherwise. */
  heading: number;
  region: Region;
  /** Inside `<address>`. */
  address: boolean;
}

/** Elements that end the line before and after them (CSS `display: block` and its kin by default). */
export const BLOCKS: ReadonlySet<string> = new Set([
  'address', 'article', 'aside', 'blockquote', 'body', 'br', 'button', 'caption', 'center', 'dd', 'details', 'dialog', 'dir', 'div', 'dl', 'dt',
  'fieldset', 'figcaption', 'figure', 'footer', 'form', 'frameset', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header', 'hgroup',
  'hr', 'html', 'legend', 'li', 'main', 'menu', 'nav', 'noframes', 'ol', 'optgroup', 'p', 'pre', 'search', 'section', 'summary', 'table',
  'tbody', 'tfoot', 'thead', 'tr', 'ul',
]);

export class LineWriter {
  readonly lines: ScannedLine[] = [];
  private pieces: string[] = [];
  private heading = 0;
  private region: Region = 'main';
  private address = false;

  write(text: string): void {
    this.pieces.push(foldPiece(text));
  }

  /** Cells and neighbouring links stay on one line but must not grow together into one word. */
  space(): void {
    this.pieces.push(' ');
  }

  /** White space of `<pre>` is meant: its line ends are line ends. */
  writePreformatted(text: string): void {
    const parts = text.split(/\r\n|\r|\n/);
    parts.forEach((part, index) => {
      if (index > 0) this.breakLine();
      this.write(part);
    });
  }

  breakLine(): void {
    if (this.pieces.length === 0) return;
    const text = foldPieces(this.pieces);
    this.pieces = [];
    if (text !== '') this.lines.push({ text, heading: this.heading, region: this.region, address: this.address });
  }

  /** The words already on the unfinished line, for the label in front of a link; at most about 60 characters. */
  tail(): string {
    return this.pieces.length === 0 ? '' : foldPieces(this.pieces.slice(-12)).slice(-60);
  }

  setContext(context: { heading: number; region: Region; address: boolean }): void {
    this.heading = context.heading;
    this.region = context.region;
    this.address = context.address;
  }
}
