import { glue } from './glue/index.ts';
import { squad } from './squad/index.ts';
import type { Task } from './task.ts';
import { entailment } from './wordnet/entailment.ts';
import { sense } from './wordnet/sense.ts';
import { similarity } from './wordnet/similarity.ts';
import { span } from './wordnet/span.ts';
import { topic } from './wordnet/topic.ts';

/** Every task a sweep can name. A new one is a file of its own and a line here. */
export const tasks: readonly Task[] = [topic, sense, span, entailment, similarity, ...glue, ...squad];

/** Those whose data comes with growbench. */
export const shippedTasks: readonly Task[] = tasks.filter(({ data }) => data === 'wordnet');
