import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failure } from '../records.ts';
import { findChromium, openBrowser, WITHOUT_BROWSER, type OpenBrowser } from './chromium.ts';
import { finished, full, pageOf, planOf, stack } from './fixtures.ts';

const chromium = findChromium();
const LONG = 'interleave-then-share-all-of-the-ffn-units';
const compound = { ...stack, name: LONG, group: 'compound' } as const;
const plan = planOf(8, [full, stack, compound]);
const { text: markup } = pageOf(
  plan,
  plan.cells.map((cell) =>
    cell.arm === LONG && cell.seed === 7
      ? failure(cell, `cannot read ${'/a-folder-with-a-long-name'.repeat(6)}`)
      : finished(cell, 50 + cell.seed - (cell.arm === 'full' ? 0 : 2)),
  ),
);

/** What a reader may have set. */
interface Reader {
  readonly width: number;
  readonly scheme?: 'light' | 'dark';
  readonly script?: boolean;
  readonly media?: 'print';
}
/** A phone and a small one, in CSS pixels. */
const PHONES = [390, 320];
const DESK = 1200;
/** A4 between margins of a centimetre, at 96 pixels an inch. */
const PAPER = 718;

describe.skipIf(chromium === null)(
  `the page in headless Chromium${chromium === null ? ` (${WITHOUT_BROWSER})` : ''}`,
  () => {
    let open: OpenBrowser;
    let folder = '';
    let url = '';
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'growbench-page-'));
      await writeFile(join(folder, 'report.html'), markup);
      url = pathToFileURL(join(folder, 'report.html')).href;
      open = await openBrowser(chromium!);
    });
    afterAll(async () => {
      await open.close();
      await rm(folder, { recursive: true });
    });

    /** Opens the page as a reader would; tells what the browser complained of and what it asked for. */
    async function opened({ width, scheme = 'light', script = true, media }: Reader) {
      const page = await open.browser.newPage();
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => requests.push(request.url()));
      await page.setJavaScriptEnabled(script);
      // Both at once: set one by one, the second takes back the first.
      const features = [{ name: 'prefers-color-scheme', value: scheme }];
      await (await page.createCDPSession()).send('Emulation.setEmulatedMedia', { media: media ?? '', features });
      await page.setViewport({ width, height: 800 });
      await page.goto(url, { timeout: 20_000 });
      return { page, complaints, requests };
    }

    /** The value of an expression in the page. */
    async function seen<Value>(reader: Reader, expression: string): Promise<Value> {
      const { page } = await opened(reader);
      try {
        return (await page.evaluate(expression)) as Value;
      } finally {
        await page.close();
      }
    }

    test('complains of nothing and asks for nothing but itself', async () => {
      const { page, complaints, requests } = await opened({ width: DESK });
      await settled(page);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([url]);
      await page.close();
    });

    test.each([true, false])('shows the words of every chart, with scripts: %s', async (script) => {
      const charts = await seen<string[][]>({ width: DESK, script }, CHART_TEXTS);
      // Two trade-offs, two curves of each of three arms, one of growths, three schedules.
      expect(charts).toHaveLength(12);
      expect(charts[0]!.join(' ')).toContain('score difference (points, higher is better)');
      expect(charts[0]).toContain('stack');
      expect(charts[2]!.join(' ')).toContain('validation loss');
      expect(charts.at(-1)).toEqual(expect.arrayContaining(['depth', '1 layer', '2 layers', '16 tokens', 'cost']));
    });

    test('shows the same with scripts and without', async () => {
      const [on, off] = [true, false].map((script) => seen<string>({ width: DESK, script }, 'document.body.innerText'));
      expect(await off).toBe(await on);
      expect(await off).toContain('detectably worse: stack');
    });

    test.each(PHONES)('fits a screen of %d pixels: only tables may be moved sideways', async (width) => {
      expect(await seen<number>({ width }, 'document.documentElement.scrollWidth')).toBe(width);
      expect(await seen<string[]>({ width }, BEYOND)).toEqual([]);
    });

    test.each(['light', 'dark'] as const)(
      'fits on paper, tables too, and is black on white for who reads in %s',
      async (scheme) => {
        const print: Reader = { width: PAPER, scheme, media: 'print' };
        expect(await seen<number>(print, 'document.documentElement.scrollWidth')).toBe(PAPER);
        expect(await seen<string[]>(print, BEYOND.replace("closest('.wide')", "closest('.nothing')"))).toEqual([]);
        expect(await seen<string>(print, 'getComputedStyle(document.querySelector("svg text")).fill')).toBe(
          'rgb(26, 26, 26)',
        );
      },
    );

    test.each(PHONES)('has charts on a screen of %d pixels whose text can be read', async (width) => {
      const heights = await seen<number[]>({ width }, TEXT_HEIGHTS);
      expect(heights.length).toBeGreaterThan(100);
      expect(Math.min(...heights)).toBeGreaterThan(8);
    });

    test.each(['light', 'dark'] as const)('is legible in %s: text has the contrast WCAG asks for', async (scheme) => {
      const texts = await seen<[text: string, contrast: number][]>({ width: DESK, scheme }, CONTRASTS);
      expect(texts.length).toBeGreaterThan(200);
      expect(texts.filter(([, contrast]) => contrast < 4.5)).toEqual([]);
    });

    test('is dark where the reader wants it dark', async () => {
      const paper = (scheme: 'light' | 'dark') =>
        seen<string>({ width: DESK, scheme }, 'getComputedStyle(document.body).backgroundColor');
      expect([await paper('light'), await paper('dark')]).toEqual(['rgb(255, 255, 255)', 'rgb(22, 22, 24)']);
    });
  },
);

/** Waits until nothing has been asked for during half a second. */
const settled = (page: Page): Promise<void> => page.waitForNetworkIdle({ idleTime: 500, timeout: 10_000 });

// What follows runs in the page. It is text because the browser's types are not those of Node.

const CHART_TEXTS = `[...document.querySelectorAll('svg')].map((svg) =>
  [...svg.querySelectorAll('text')]
    .filter((text) => text.checkVisibility() && text.getBoundingClientRect().width > 0)
    .map((text) => text.textContent))`;

/** Elements that stand out of the window, but for what lies in a box of its own that scrolls. */
const BEYOND = `[...document.body.querySelectorAll('*')]
  .filter((element) => !element.closest('.wide') && !element.closest('clipPath'))
  .filter((element) => {
    const clipped = element.closest('[clip-path]');
    const { left, right, width } = (clipped ? clipped.closest('svg') : element).getBoundingClientRect();
    return width > 0 && (left < -0.5 || right > innerWidth + 0.5);
  })
  .map((element) => element.tagName + ' ' + element.textContent.trim().slice(0, 40))`;

const TEXT_HEIGHTS = `[...document.querySelectorAll('svg text')]
  .filter((text) => text.textContent !== '')
  .map((text) => (parseFloat(getComputedStyle(text).fontSize) * text.closest('svg').clientWidth) /
    text.closest('svg').viewBox.baseVal.width)`;

/** Every text of the page with the contrast of its colour to what lies behind it, as WCAG 2 computes it. */
const CONTRASTS = `(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [red, green, blue] = channels(colour).slice(0, 3)
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    const { backgroundColor } = getComputedStyle(element);
    return channels(backgroundColor)[3] === 0 ? behind(element.parentElement) : backgroundColor;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const text = walker.currentNode;
    const element = text.parentElement;
    if (text.textContent.trim() === '' || element.closest('title') || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const [one, other] = [element.closest('svg') ? style.fill : style.color, behind(element)].map(luminance);
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    found.push([text.textContent.trim(), contrast]);
  }
  return found;
})()`;
