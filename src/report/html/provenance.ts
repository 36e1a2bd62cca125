import type { Plan } from '../../run/plan.ts';
import type { CellRecord } from '../../run/record.ts';
import { metaOf, type Provenance } from '../meta.ts';
import { html, type Markup } from './markup.ts';
import { listed } from './words.ts';

/** Where the numbers come from: what ran, on what, on which text, with which settings. */
export function provenanceSection(plan: Plan, records: readonly CellRecord[], growbench: Provenance): Markup {
  const { comparison, engines, machines, corpora, taskVersions, started, finished } = metaOf(plan, records, growbench);
  const items: readonly (readonly [name: string, texts: readonly string[]])[] = [
    ['growbench', [`${growbench.version}${growbench.commit === null ? '' : `, commit ${growbench.commit}`}`]],
    ['run', started === null || finished === null ? ['not yet'] : [`${started} to ${finished}`]],
    [
      'engine',
      engines.map(
        ({ name, device, threads, versions, repeatable, why }) =>
          `${name} on ${device}${threadsText(device, threads)}, ${pairs(versions)}; ${repeatable ? 'repeats its bits' : 'does not repeat its last bits'}; taken because ${why}`,
      ),
    ],
    ['machine', machines.map(({ cpu, cores, node, platform }) => `${cpu}, ${cores} cores, ${platform}, Node ${node}`)],
    [
      'corpus',
      corpora.map(
        ({ digest, trainTokens, validationTokens }) =>
          `${digest}: ${whole(trainTokens)} tokens to train on, ${whole(validationTokens)} to validate`,
      ),
    ],
    ['task versions', taskVersions.map(pairs)],
    ['arms differ in', [listed(comparison.vary)]],
    ['seeds', [comparison.seeds.join(', ')]],
  ];
  const shown = items.filter(([, texts]) => texts.some((text) => text !== ''));
  const first = comparison.arms[0];
  return html`<dl>
      ${shown.map(
        ([name, texts]) =>
          html`<dt>${name}</dt>
            ${texts.map((text) => html`<dd>${text}</dd>`)}`,
      )}
    </dl>
    ${
      first === undefined
        ? null
        : html`<details>
            <summary>Settings of ${first.name}</summary>
            <pre>${JSON.stringify(first.settings, null, 2)}</pre>
          </details>`
    }`;
}

/** How many threads, where the name of the device does not say so already. */
const threadsText = (device: string, threads: number): string =>
  device.includes('thread') ? '' : `, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;

const pairs = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

const whole = (value: number): string => value.toLocaleString('en-US');
