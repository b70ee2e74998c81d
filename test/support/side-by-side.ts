import { beforeAll } from 'vitest';

/**
 * Cases that mostly wait, each on an app of its own, run at the same time before the first test of the group; each test
 * then awaits its own case and fails with what went wrong in it.
 */
export function sideBySide<Name extends string>(cases: Partial<Record<Name, () => Promise<void>>>, limitMs: number): (name: Name) => Promise<void> {
  const ended = new Map<string, Promise<void>>();
  beforeAll(async () => {
    for (const [name, run] of Object.entries<(() => Promise<void>) | undefined>(cases)) if (run) ended.set(name, run());
    await Promise.allSettled(ended.values());
  }, limitMs);
  return async (name) => {
    const end = ended.get(name);
    if (!end) throw new Error(`${name} was not run`);
    await end;
  };
}
