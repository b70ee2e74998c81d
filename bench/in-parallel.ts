/** Each item once, at most `atOnce` at the same time. After a failure nothing more is begun, and what is under way is waited for. */
export async function inParallel<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  let hasFailed = false;
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, async () => {
    for (const item of queue) {
      if (hasFailed) return;
      try {
        await work(item);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  }));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
