import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { NodeWork } from '../../src/run/node.ts';
import type { TrainerContext } from '../../src/run/record.ts';
import { serveNodes, type WorkerReport, type WorkerRequest } from '../../src/run/worker.ts';

/** What a worker reports whose training throws. */
async function reportOf(error: unknown): Promise<WorkerReport> {
  let request: (request: WorkerRequest) => void = () => undefined;
  const report = new Promise<WorkerReport>((resolve) => {
    void serveNodes(
      {
        send: resolve,
        onClosed: () => undefined,
        onRequest: (listener) => {
          request = listener;
        },
      },
      () => Promise.resolve({ run: () => Promise.reject(error as Error) }),
    );
  });
  request({ type: 'run', work: {} as NodeWork, context: {} as TrainerContext });
  return report;
}

test('what the file system refuses is told in words, a bug of ours with where it was thrown', async () => {
  let refused: unknown;
  try {
    readFileSync('test');
  } catch (error) {
    refused = error;
  }
  const told = await reportOf(refused);
  expect(told).toMatchObject({ type: 'failed', message: expect.stringMatching(/^it is a folder\n/) as string });
  const bug = await reportOf(new TypeError('no such thing'));
  expect(bug).toMatchObject({ message: expect.stringMatching(/^TypeError: no such thing\n +at /) as string });
});
