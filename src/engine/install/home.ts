import { join } from 'node:path';

export { growbenchHome, type Environment } from '../../home.ts';

/** The folder of finished engines, and of the lock that guards it. */
export const enginesFolder = (home: string): string => join(home, 'engines');

/** Wheels wait here until their engine is finished, so that an interrupted install need not fetch them again. */
export const downloadsFolder = (home: string): string => join(home, 'downloads');
