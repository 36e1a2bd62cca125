import type { PlannedStage } from '../run/plan.ts';

interface Mark {
  /** How the mark is written behind the model of a stage; null where the stage has none. */
  readonly text: (stage: PlannedStage) => string | null;
  readonly meaning: string;
}

/** What a plan says of a stage besides its model: a line each. */
const MARKS: readonly Mark[] = [
  {
    text: ({ freeze, steps }) => (freeze === null ? null : `freeze ${Math.round((100 * freeze.steps) / steps)}%`),
    meaning: 'freeze 30%: for so much of the stage only new layers and the head train.',
  },
  {
    text: ({ fit }) => (fit === null ? null : `fit ${fit.steps}`),
    meaning: 'fit 100: growth is learned in so many steps before the stage; their FLOPs count.',
  },
  {
    text: ({ entering }) => (entering === null ? null : `ramp ${entering.ramp}`),
    meaning: 'ramp 100: what is new enters over so many steps, by masks that rise from 0 to 1.',
  },
];

/** The marks of a stage, each with a space before it. */
export const stageMarks = (stage: PlannedStage): string =>
  MARKS.flatMap(({ text }) => text(stage) ?? [])
    .map((text) => ` ${text}`)
    .join('');

/** What those marks mean that some stage has. */
export const markLegend = (stages: readonly PlannedStage[]): string[] =>
  MARKS.filter(({ text }) => stages.some((stage) => text(stage) !== null)).map(({ meaning }) => meaning);
