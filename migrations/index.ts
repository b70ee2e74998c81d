/** Written down in order; a migration is never edited after it has landed. */
export const MIGRATIONS: (new () => import('typeorm').MigrationInterface)[] = [];
