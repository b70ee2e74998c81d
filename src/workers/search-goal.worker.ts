import { JOBS } from '../jobs.js';
import type { SearchService } from '../services/search/search.service.js';
import { handler } from './run.js';

export const searchGoalWorker = (search: SearchService) => handler({
  job: JOBS.searchGoal,
  handle: ({ goalId }, signal) => search.searchGoal(goalId, signal),
  giveUp: ({ goalId }, error) => search.giveUp(goalId, error),
});
