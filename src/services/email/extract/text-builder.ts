/** Collects the visible text of a page with its seams, character references and reversed stretches. */
import { foldText } from './characters.js';

export class TextBuilder {
  private parts: string[] = [];
  private size = 0;
  private pendingBreak: '' | '\n' | '\t' = '';
  private endsWithSpace = true;
  readonly entityOffsets: number[] = [];
  readonly seams: number[] = [];
  readonly reversed: { start: number; end: number }[] = [];

  /** Offset at which the next visible character will stand, as far as breaks are already known. */
  get length(): number {
    return this.size;
  }

  add(raw: string, entity: boolean): void {
    let text = foldText(raw);
    if (text === '') return;
    if (text[0] === ' ' && (this.endsWithSpace || this.pendingBreak !== '')) text = text.slice(1);
    if (text === '') return;
    this.flushBreak();
    if (entity && text !== ' ') this.entityOffsets.push(this.size);
    this.parts.push(text);
    this.size += text.length;
    this.endsWithSpace = text.endsWith(' ');
  }

  /** A line break of a text without mark-up, or of `<br>`, a block or a row. */
  breakLine(): void {
    this.pendingBreak = '\n';
  }

  breakCell(): void {
    if (this.pendingBreak === '') this.pendingBreak = '\t';
  }

  private flushBreak(): void {
    if (this.pendingBreak === '') return;
    if (this.size > 0) {
      this.parts.push(this.pendingBreak);
      this.size += 1;
    }
    this.pendingBreak = '';
    this.endsWithSpace = true;
  }

  markSeam(): void {
    if (this.seams[this.seams.length - 1] !== this.size) this.seams.push(this.size);
  }

  /** Opens a stretch that is printed backwards; pass the result to `closeReversed`. */
  openReversed(): { part: number; start: number } {
    this.flushBreak();
    return { part: this.parts.length, start: this.size };
  }

  closeReversed(mark: { part: number; start: number }): void {
    const turned = [...this.parts.splice(mark.part).join('')].reverse().join('');
    this.parts.push(turned);
    this.reversed.push({ start: mark.start, end: this.size });
  }

  finish(): string {
    return this.parts.join('');
  }
}
