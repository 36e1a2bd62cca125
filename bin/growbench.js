#!/usr/bin/env node
import { fork } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { main } from '../dist/cli/main.js';

const self = fileURLToPath(import.meta.url);

// A reader that goes away (`| head`) is no error; commands that go on for long watch for it themselves.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  fork: (argv) => fork(self, argv, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }),
  openTrainer: async (engine, options) => (await import('../dist/train/trainer.js')).openTrainer(engine, options),
  openGrower: async () => (await import('../dist/train/grow-checkpoint.js')).growCheckpoint,
  settleEngine: async (wanted) => (await import('../dist/engine/settle.js')).settleEngine(wanted, process.env),
  openEngineTools: () => import('../dist/engine/install/index.js'),
  onInterrupt(handler) {
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, handler);
    return () => {
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, handler);
    };
  },
});

// After a second Ctrl-C nothing is waited for, whatever is still open.
if (process.exitCode === 130) process.exit();
