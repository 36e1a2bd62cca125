import type { Protocol } from '../run/protocol.ts';
import { fraction, type ProtocolInput, type SettingsInput } from './grammar.ts';

/** What single tasks have of their own, task by task and setting by setting. */
export function mergedOverrides(
  base: SettingsInput,
  changes: SettingsInput,
): Pick<NonNullable<SettingsInput['finetune']>, 'overrides'> {
  const [ours, theirs] = [changes.finetune?.overrides, base.finetune?.overrides];
  if (ours === undefined || theirs === undefined) return {};
  const own = Object.entries(ours).map(([task, protocol]) => [task, { ...theirs[task], ...protocol }] as const);
  return { overrides: { ...theirs, ...Object.fromEntries(own) } };
}

/** What single tasks have of their own, in numbers. */
export const readOverrides = (overrides: Readonly<Record<string, ProtocolInput>>) =>
  Object.fromEntries(Object.entries(overrides).map(([task, own]) => [task, readProtocol(own)]));

const readProtocol = ({ examples, warmup, ...rest }: ProtocolInput): Partial<Protocol> => ({
  ...rest,
  ...(examples === undefined ? {} : { examples: examples === 'all' ? null : examples }),
  ...(warmup === undefined ? {} : { warmup: fraction(warmup) }),
});
