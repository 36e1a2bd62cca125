import { Option, type Command } from 'commander';
import type { EngineName } from '../run/spec.ts';
import type { EngineIo } from './engine-tools.ts';

export interface InstallCommandOptions {
  readonly cpu?: true;
  readonly cuda?: true;
  readonly tensorflow?: string;
  readonly from?: string;
  readonly json?: true;
}

export interface DoctorCommandOptions {
  readonly json?: true;
}

export interface ProbeCommandOptions {
  readonly as: EngineName;
  readonly measure?: true;
}

/** Adds `engine install | doctor | remove` to the command line. */
export function addEngineCommands(program: Command, io: EngineIo, finish: (code: number) => void): void {
  const commands = () => import('./commands/engine.ts');
  const engine = program.command('engine').description('install, examine and remove the native training engine');

  engine
    .command('install')
    .description('put TensorFlow in place: libraries from PyPI, tfjs-node from npm, joined by one compiler call')
    .addOption(new Option('--cpu', 'for the CPU (default where no NVIDIA driver is found)').conflicts('cuda'))
    .option('--cuda', 'for NVIDIA GPUs (default where a driver is found)')
    .option('--tensorflow <x.y.z>', 'another version than the one growbench is tested with')
    .option('--from <dir>', 'take the wheels from this folder instead of the package index')
    .option('--json', 'print what was installed as JSON')
    .action(async (options: InstallCommandOptions) => {
      finish(await (await commands()).install(options, io));
    });

  engine
    .command('doctor')
    .description('try every engine: versions, devices, speed, a training step; say which one auto takes')
    .option('--json', 'print the findings as JSON')
    .action(async (options: DoctorCommandOptions) => {
      finish(await (await commands()).doctor(options, io));
    });

  engine
    .command('remove')
    .description('remove an installed engine')
    .argument('[name]', 'its name as doctor shows it; may be left out where there is one')
    .action(async (name: string | undefined) => {
      finish(await (await commands()).remove(name ?? null, io));
    });

  engine
    .command('probe', { hidden: true })
    .description('try one engine for the process that started this one')
    .argument('<name>')
    .addOption(new Option('--as <engine>').choices(['wasm', 'tensorflow', 'cuda']).default('wasm'))
    .option('--measure')
    .action(async (name: string, options: ProbeCommandOptions) => {
      finish(await (await commands()).probe(name, options, io));
    });
}
