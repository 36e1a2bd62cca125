/** What an install tells while it runs. Amounts are bytes; a total that nobody knows yet is null. */
export type InstallEvent =
  | { readonly type: 'step'; readonly text: string }
  | {
      readonly type: 'progress';
      readonly text: string;
      readonly done: number | null;
      readonly total: number | null;
      /** Since this piece of work began. */
      readonly seconds: number;
    };

export type OnEvent = (event: InstallEvent) => void;

const HEARTBEAT_MS = 1000;

/** Tells every second how far `work` has come, so that a long silence always means that something hangs. */
export async function withHeartbeat<Result>(
  onEvent: OnEvent,
  text: string,
  amounts: () => { readonly done: number | null; readonly total: number | null },
  work: Promise<Result>,
): Promise<Result> {
  const started = performance.now();
  const beat = setInterval(() => {
    onEvent({ type: 'progress', text, ...amounts(), seconds: (performance.now() - started) / 1000 });
  }, HEARTBEAT_MS);
  try {
    return await work;
  } finally {
    clearInterval(beat);
  }
}

/** For work whose size nobody knows. */
export const unknownAmounts = (): { done: null; total: null } => ({ done: null, total: null });
