/** Collects the visible text of a page with its seams, character references and reversed stretches. */
import { foldText, isFolded } from './characters.js';

export interface TextMark { part: number; start: number }

export class TextBuilder {
  private parts: string[] = [];
  private size = 0;
  private pendingBreak: '' | '\n' | '\t' = '';
  private endsWithSpace = true;
  readonly entityOffsets: number[] = [];
  readonly seams: number[] = [];
  /** Stretches that were printed backwards and have been turned round, or that a style sheet put in. */
  readonly composed: { start: number; end: number }[] = [];

  /** Offset at which the next visible character will stand, as far as breaks are already known. */
  get length(): number {
    return this.size;
  }

  add(raw: string, entity: boolean): void {
    const clean = isFolded(raw);
    if (!clean && raw.includes('\u202e')) {
      this.addComposed(raw.replace(OVERRIDE, (_whole, inner: string) => turned(inner)).replaceAll('\u202e', ''));
      return;
    }
    let text = clean ? raw : foldText(raw);
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

  /** The place the next character will take; for the methods that change what came after it. */
  mark(): TextMark {
    this.flushBreak();
    return { part: this.parts.length, start: this.size };
  }

  /** Text that a style sheet put in. */
  addComposed(text: string): void {
    const { start } = this.mark();
    this.add(text, false);
    if (this.size > start) this.composed.push({ start, end: this.size });
  }

  /** Turns round what came since: it is printed backwards. */
  turnSince(mark: TextMark): void {
    this.parts.push(turned(this.parts.splice(mark.part).join('')));
    this.composed.push({ start: mark.start, end: this.size });
  }

  /** What came since, at most about `limit` characters of it. */
  since(mark: TextMark, limit: number): string {
    let text = '';
    for (let at = mark.part; at < this.parts.length && text.length < limit; at += 1) text += this.parts[at] ?? '';
    return this.pendingBreak === '' ? text : `${text}${this.pendingBreak}`;
  }

  /** What stands right before the mark is part of a word. */
  endsInWord(mark: TextMark): boolean {
    return /[\p{L}\p{N}@._+-]$/u.test(this.parts[mark.part - 1] ?? '');
  }

  cutSince(mark: TextMark): void {
    this.parts.length = mark.part;
    this.size = mark.start;
    this.endsWithSpace = false;
    for (const list of [this.entityOffsets, this.seams]) while ((list[list.length - 1] ?? -1) > mark.start) list.pop();
    while ((this.composed[this.composed.length - 1]?.start ?? -1) >= mark.start) this.composed.pop();
  }

  finish(): string {
    return this.parts.join('');
  }
}

function turned(text: string): string {
  return [...text].reverse().join('');
}

/** U+202E prints what follows backwards until U+202C or the end of the run (Unicode Bidirectional Algorithm). */
const OVERRIDE = /\u202e([^\u202c-\u202e]{1,500})\u202c?/g;
