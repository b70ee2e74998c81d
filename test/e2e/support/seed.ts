import { Random } from '../../../sandbox/random.js';

/** Other moments on every run, and the same again with TEST_SEED, which a failure names. */
export async function withSeed(work: (random: Random) => Promise<void>): Promise<void> {
  const seed = process.env.TEST_SEED ? Number(process.env.TEST_SEED) : Date.now() % 1_000_000_000;
  try {
    await work(new Random(seed));
  } catch (error) {
    if (error instanceof Error) error.message = `with TEST_SEED=${seed}: ${error.message}`;
    throw error;
  }
}
