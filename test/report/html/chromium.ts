import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import puppeteer, { type Browser } from 'puppeteer-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'headless_shell'];

/** Says why tests that need a browser are skipped. */
export const WITHOUT_BROWSER = `no browser: CHROMIUM names none, and PATH has no ${NAMES.join(', ')}`;

/** The program of a Chromium: what CHROMIUM names, which must be there, else the first on PATH; null without any. */
export function findChromium(): string | null {
  const named = process.env['CHROMIUM'];
  if (named !== undefined && named !== '') {
    accessSync(named, constants.X_OK);
    return named;
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** How long a browser may take to start and to answer: one that hangs must not hold up the tests. */
const PATIENCE = 30_000;

/** A browser without a window, and how to end it with all that it left. */
export interface OpenBrowser {
  readonly browser: Browser;
  readonly close: () => Promise<void>;
}

/** Starts a browser with an empty profile, which shows pages that we made ourselves: it needs no sandbox. */
export async function openBrowser(executablePath: string): Promise<OpenBrowser> {
  const userDataDir = mkdtempSync(join(tmpdir(), 'growbench-chromium-'));
  const browser = await puppeteer.launch({
    ...{ executablePath, userDataDir, headless: 'shell', timeout: PATIENCE, protocolTimeout: PATIENCE },
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
  });
  const close = async () => {
    const browserProcess = browser.process();
    await Promise.race([browser.close(), new Promise((resolve) => setTimeout(resolve, 5_000))]);
    browserProcess?.kill('SIGKILL');
    rmSync(userDataDir, { recursive: true, force: true, maxRetries: 3 });
  };
  return { browser, close };
}
