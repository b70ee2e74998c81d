/**
 * Counts what the readers of this folder look at: characters, tokens, rules, folded expressions. Reading is synchronous, so one
 * number per process is enough; a test reads it before and after to show that twice the page costs twice the work.
 */
export const work = { steps: 0 };
