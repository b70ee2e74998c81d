import { type Engine, type ExtractedEntity, type Intent } from '../../entities/language.js';
import { type GeoPlace, type IndustryMatch } from '../../entities/search-values.js';

/** How a goal was read: everything a search strategy needs, and why. */
export interface GoalReading {
  intent: Intent;
  /** Offsets are UTF-16 into the text that was given. */
  entities: ExtractedEntity[];
  industries: IndustryMatch[];
  /** A division is its own region ("Texas", region "Texas"); a country has region null. */
  locations: GeoPlace[];
  roles: string[];
  keywords: string[];
  exclusions: string[];
  /** The stated count, else 50; 1 to 1,000. */
  targetCount: number;
  /** BCP 47 of the goal text. */
  language: string;
  /** One or two sentences a person understands, saying how the goal was read. */
  rationale: string;
  engine: Engine;
}
