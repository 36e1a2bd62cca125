import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/** Modules loaded with `file` itself, and packages they name: static imports only, types left out. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(`src/${file}`, 'utf8');
  for (const [, specifier] of text.matchAll(/(?:^|\n)(?:import|export)\s+(?!type\s)[^;'"]*?from\s+'([^']+)'/g)) {
    if (specifier!.startsWith('.')) loadedWith(new URL(specifier!, `file:///${file}`).pathname.slice(1), seen);
    else seen.add(specifier!);
  }
  return seen;
}

const packagesOf = (file: string) => [...loadedWith(file)].filter((name) => !/^node:|\.tsx?$/.test(name)).sort();

describe('what is loaded', () => {
  test('to print help is commander, and few files of ours', () => {
    expect(packagesOf('cli/main.ts')).toEqual(['commander']);
    expect(loadedWith('cli/main.ts').size).toBeLessThan(16);
  });

  test.each(['operators', 'tasks'])('to list %s is nothing more', (command) => {
    expect(packagesOf(`cli/commands/${command}.ts`)).toEqual([]);
  });

  test('for a sweep is neither React nor ink, until something is drawn', () => {
    expect(packagesOf('cli/commands/sweep.ts')).not.toContain('ink');
    expect(packagesOf('cli/progress/drawn.tsx')).toContain('ink');
  });

  test('by a worker is neither YAML nor ink', () => {
    expect(packagesOf('cli/commands/worker.ts')).toEqual([]);
  });
});

describe.skipIf(!existsSync('dist/cli/main.js'))('the program as it is installed', () => {
  const growbench = (...argv: string[]) => spawnSync('node', ['bin/growbench.js', ...argv], { encoding: 'utf8' });

  test('prints its help in less than 0.3 s of processor time', () => {
    // Not of wall-clock time, which says more about what else the machine is doing.
    const measure = `process.argv.push('growbench', '--help');
      process.on('exit', () => { const { user, system } = process.cpuUsage(); process.stderr.write(String(user + system)); });
      await import('./bin/growbench.js');`;
    const microseconds = Array.from({ length: 3 }, () => {
      const { status, stderr, stdout } = spawnSync('node', ['--input-type=module', '--eval', measure], {
        encoding: 'utf8',
      });
      expect([status, stdout.split(' ', 1)[0]]).toEqual([0, 'Usage:']);
      return Number(stderr);
    });
    expect(Math.min(...microseconds)).toBeLessThan(300_000);
  });

  test('tells its exit code to the shell', () => {
    expect([growbench('--version').status, growbench('nothing').status]).toEqual([0, 2]);
  });

  test('refuses to be a worker that nobody started', () => {
    const { status, stderr } = growbench('worker');
    expect(status).toBe(2);
    expect(stderr).toContain('is started by growbench itself');
  });

  test('ends quietly when its reader goes away', async () => {
    const child = spawn('node', ['bin/growbench.js', 'operators', '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, said]).toEqual([0, '']);
  });
});
