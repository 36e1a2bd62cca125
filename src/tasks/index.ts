import type { Task } from './task.ts';
import { entailment } from './wordnet/entailment.ts';
import { sense } from './wordnet/sense.ts';
import { span } from './wordnet/span.ts';
import { topic } from './wordnet/topic.ts';

/** Every task a sweep can name. A new one is a file of its own and a line here. */
export const tasks: readonly Task[] = [topic, sense, span, entailment];
