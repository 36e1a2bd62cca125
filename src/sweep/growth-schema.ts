import { choice, share } from './schema-parts.ts';

/** How training goes on after a growth: for all of them in `growth`, for one of them in the stage that it leads into. */
export const growthPolicy = {
  optimizer: choice("Adam's moments: started anew, as in the paper's code, or carried over.", ['reset', 'carry']),
  rate: choice(
    'restart: a warm-up and decay for every stage; continue: one for the whole run; rewarm: one for the whole run, ' +
      'but after a growth the rate climbs back to it from 0.',
    ['restart', 'continue', 'rewarm'],
  ),
  warmup: share(
    'Length of the warm-up of restart and of the climb of rewarm, in steps or as a share of the stage; ' +
      "if not given, the share that train.warmup has of all steps. A run's first warm-up is train.warmup's.",
    { minimum: 0 },
    'integer',
  ),
};
