#!/usr/bin/env node
import { fork } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { main } from '../dist/cli/main.js';
import { onStopRequest } from '../dist/run/signals.js';

const self = fileURLToPath(import.meta.url);
const start = (argv, env = {}) =>
  fork(self, argv, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: { ...process.env, ...env } });

// A reader that goes away (`| head`) is no error; commands that go on for long watch for it themselves.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  fork: start,
  openTrainer: async (engine, opening) => (await import('../dist/train/trainer.js')).openTrainer(engine, opening),
  openGrower: async () => (await import('../dist/train/grow-checkpoint.js')).growCheckpoint,
  openVocabularyTrainer: async () => (await import('../dist/text/train-vocabulary.js')).trainVocabulary,
  openDataChecker: async () => (await import('../dist/text/check-data.js')).checkData,
  async settleEngine(request, signal) {
    const { settleEngine, surroundings } = await import('../dist/engine/settle.js');
    return settleEngine(request, surroundings(process.env, start, signal));
  },
  openEngineTools: () => import('../dist/engine/install/index.js'),
  onInterrupt: onStopRequest,
});

// After a second Ctrl-C nothing is waited for, whatever is still open.
if (process.exitCode === 130) process.exit();
