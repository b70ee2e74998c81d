/** Longest stretch of work, in milliseconds, before other requests get their turn. */
const SLICE_MS = 12;

/** Gives the event loop a turn whenever a slice of work is used up. */
export class TimeSlice {
  private startedAt = performance.now();

  async yieldIfDue(): Promise<void> {
    if (performance.now() - this.startedAt < SLICE_MS) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.startedAt = performance.now();
  }
}
