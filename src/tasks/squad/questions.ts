import { UserError } from '../../errors.ts';
import { checkJsonBounds } from '../json-bounds.ts';
import { lineFault, linesOf } from '../lines.ts';
import { partOf, type Source } from '../source.ts';

/** A question as a file of SQuAD has it. */
export interface Question {
  readonly id: string;
  readonly question: string;
  readonly passage: string;
  /** Empty where the passage does not answer. `start` counts code points, as Python does. */
  readonly answers: readonly { readonly text: string; readonly start: number }[];
}

/** A JSON object of the file, and where it stands. */
interface Place {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly at: string;
}

/**
 * Every question of a SQuAD file, in order: the official JSON of 1.1 and 2.0, or one question a line where the name
 * ends in .jsonl, as the Hugging Face hub lays it out. Throws a UserError that says where a file departs from that.
 */
export function readQuestions(source: Source): Question[] {
  const { name, text } = source;
  if (/\.(jsonl|parquet)$/.test(name)) {
    return linesOf(source).flatMap((line, index) => {
      const at = partOf(name) === 'row' ? `${name}: row ${index + 1}` : `${name}:${index + 1}`;
      const why = lineFault(line);
      if (why !== null) throw departs(at, `must be a question in JSON, got ${why}`);
      return line.trim() === '' ? [] : [flatQuestion(place(parse(line, at), at))];
    });
  }
  checkJsonBounds(source);
  return listOf(place(parse(text, name), name), 'data').flatMap((article) =>
    listOf(article, 'paragraphs').flatMap((paragraph) => {
      const passage = textOf(paragraph, 'context');
      return listOf(paragraph, 'qas').map((question) => nestedQuestion(question, passage));
    }),
  );
}

function nestedQuestion(question: Place, passage: string): Question {
  const answers = question.fields['is_impossible'] === true ? [] : listOf(question, 'answers');
  return {
    ...{ id: textOf(question, 'id'), question: textOf(question, 'question'), passage },
    answers: answers.map((answer) => ({ text: textOf(answer, 'text'), start: startOf(answer.fields, answer.at) })),
  };
}

function flatQuestion(question: Place): Question {
  const { fields, at } = place(question.fields['answers'], `${question.at}: answers`);
  const [texts, starts] = [fields['text'], fields['answer_start']];
  if (!Array.isArray(texts) || !Array.isArray(starts) || texts.length !== starts.length) {
    throw departs(at, 'must have lists "text" and "answer_start" of one length');
  }
  return {
    ...{ id: textOf(question, 'id'), question: textOf(question, 'question'), passage: textOf(question, 'context') },
    answers: texts.map((text: unknown, index) => ({
      text: textOf({ fields: { text }, at: `${at}[${index}]` }, 'text'),
      start: startOf({ answer_start: starts[index] as unknown }, `${at}[${index}]`),
    })),
  };
}

function parse(text: string, at: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // It quotes the file, which may hold characters that steer a terminal.
    const why = (error as Error).message.slice(0, 100).replace(/\p{C}/gu, '?');
    throw departs(at, `must be JSON (${why})`, { cause: error });
  }
}

function place(value: unknown, at: string): Place {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw departs(at, 'must be an object');
  return { fields: value as Place['fields'], at };
}

function listOf({ fields, at }: Place, name: string): Place[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw departs(at, `must have a list "${name}"`);
  return value.map((item: unknown, index) => place(item, `${at}: ${name}[${index}]`));
}

function textOf({ fields, at }: Place, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw departs(at, `must have a text "${name}"`);
  return value;
}

function startOf(fields: Place['fields'], at: string): number {
  const value = fields['answer_start'];
  if (!Number.isInteger(value)) throw departs(at, 'must have a whole number "answer_start"');
  return value as number;
}

const departs = (at: string, message: string, options?: ErrorOptions): UserError =>
  new UserError(`${at} ${message}`, 'It is read as a file of SQuAD 1.1 or 2.0.', options);
