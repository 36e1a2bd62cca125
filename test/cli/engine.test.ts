import { Command } from 'commander';
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { addEngineCommands } from '../../src/cli/engine-grammar.ts';
import type { EngineIo, EngineTools } from '../../src/cli/engine-tools.ts';
import { EXIT } from '../../src/cli/exit.ts';
import type { DoctorReport } from '../../src/engine/install/index.ts';

type Engine = Awaited<ReturnType<EngineTools['installEngine']>>['engine'];
const ENGINE = { name: 'cpu-2.21.0', folder: '/engines/cpu-2.21.0', kind: 'cpu', tensorflow: '2.21.0' } as Engine;

class Recorded extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `engine …` on these tools; `press` is given a Ctrl-C to press. */
async function run(
  args: readonly string[],
  tools: Partial<EngineTools>,
  press: (interrupt: () => void) => void = () => undefined,
): Promise<Ran> {
  const [stdout, stderr] = [new Recorded(), new Recorded()];
  const io: EngineIo = {
    ...{ stdout, stderr, env: {} },
    fork: () => {
      throw new Error('nothing is to be started');
    },
    openEngineTools: () => Promise.resolve(tools as EngineTools),
    onInterrupt: (handler) => {
      press(handler);
      return () => undefined;
    },
  };
  let code = -1;
  const program = new Command().exitOverride().configureOutput({ writeErr: (text) => void stderr.write(text) });
  addEngineCommands(program, io, (finished) => {
    code = finished;
  });
  for (const command of program.commands.flatMap((group) => group.commands)) {
    command.exitOverride().configureOutput({ writeErr: (text) => void stderr.write(text) });
  }
  await program.parseAsync(['engine', ...args], { from: 'user' });
  return { code, out: stdout.text, err: stderr.text };
}

describe('engine install', () => {
  test('says on stdout what is where, and lets the machine choose the kind unless it is told', async () => {
    const kinds: unknown[] = [];
    const installEngine: EngineTools['installEngine'] = ({ kind }) => {
      kinds.push(kind);
      return Promise.resolve({ engine: ENGINE, fresh: true });
    };
    const { code, out } = await run(['install'], { installEngine });
    await run(['install', '--cpu'], { installEngine });
    await run(['install', '--cuda'], { installEngine });
    expect([code, out]).toEqual([EXIT.done, 'cpu-2.21.0 is installed in /engines/cpu-2.21.0\n']);
    expect(kinds).toEqual([null, 'cpu', 'cuda']);
    await expect(run(['install', '--cpu', '--cuda'], { installEngine })).rejects.toThrow('cannot be used with');
  });

  test('prints an amount at most every two seconds where nobody watches, and steps at once', async () => {
    const { err } = await run(['install'], {
      installEngine: ({ onEvent }) => {
        onEvent({ type: 'step', text: 'checking' });
        for (const done of [1e6, 2e6]) onEvent({ type: 'progress', text: 'downloading', done, total: 4e6, seconds: 1 });
        return Promise.resolve({ engine: ENGINE, fresh: true });
      },
    });
    expect(err.split('\n').slice(0, 2)).toEqual(['checking', expect.stringContaining('engine: auto') as unknown]);
  });

  test('is stopped in order by the first Ctrl-C, and says how to go on', async () => {
    const installEngine: EngineTools['installEngine'] = ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    const { code, err } = await run(['install'], { installEngine }, (interrupt) => setTimeout(interrupt, 20));
    expect(code).toBe(EXIT.interrupted);
    expect(err).toContain('run the same command to go on');
  });

  test('is left at once on the second', async () => {
    const installEngine: EngineTools['installEngine'] = () => new Promise(() => undefined);
    const { code } = await run(['install'], { installEngine }, (interrupt) => {
      setTimeout(interrupt, 20);
      setTimeout(interrupt, 40);
    });
    expect(code).toBe(EXIT.killed);
  });
});

describe('engine doctor', () => {
  const works = { name: 'wasm', folder: null, manifest: null, status: 'works', reason: null, hint: null, probe: null };
  const broken = { ...works, name: 'cpu-2.21.0', status: 'broken', reason: 'it is no more', hint: 'bury it' };
  const report = (engines: readonly object[], auto: DoctorReport['auto']) =>
    ({
      ...{ folder: '/engines', node: 'v20.0.0', platform: 'linux x64', glibc: '2.36', cpu: 'Z80', cores: 1 },
      ...{ nvidia: null, engines, auto },
    }) as DoctorReport;
  const auto: DoctorReport['auto'] = {
    ...{ name: 'wasm', why: 'it is there', others: [{ name: 'cpu-2.21.0', why: 'it is no more' }] },
  };

  test('ends with 0 where all is well, and with 1 where an engine is broken, whose way out it shows', async () => {
    const well = await run(['doctor'], { examine: () => Promise.resolve(report([works], auto)) });
    expect(well.code).toBe(EXIT.done);
    expect(well.out).toContain('takes wasm: it is there\n         not cpu-2.21.0: it is no more\n');
    const ill = await run(['doctor'], { examine: () => Promise.resolve(report([broken, works], auto)) });
    expect(ill.code).toBe(1);
    expect(ill.out).toMatch(/cpu-2\.21\.0 +BROKEN\n +it is no more\n +bury it/);
  });

  test('prints nothing but JSON on stdout with --json', async () => {
    const findings = report([works], auto);
    const { out } = await run(['doctor', '--json'], { examine: () => Promise.resolve(findings) });
    expect(JSON.parse(out)).toEqual(findings);
  });
});
