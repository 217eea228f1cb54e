import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { startServer, type UiServer } from '../../ui/server/server.ts';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = process.env.CHROMIUM_BIN ?? places.find((place) => existsSync(place));

/** For `skip`: false, or why nothing can be looked at. */
export const browserIsMissing: false | string =
  executablePath === undefined && 'no browser is installed (Debian: apt-get install chromium)';

export interface Window {
  readonly page: Page;
  readonly server: UiServer;
  /** Goes to a view: `task/fold@2` as the page's links write it. */
  readonly visit: (hash: string) => Promise<void>;
  /** What the console and the network complained of. */
  readonly complaints: readonly string[];
}

export interface WindowOptions {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** The page of a project in a real browser; both end with the test. */
export async function openWindow(context: TestContext, root: string, options: WindowOptions = {}): Promise<Window> {
  const server = await startServer({ root, settings: { set: [] } }, 0);
  // As root, which containers and CI are, Chromium refuses its sandbox; the page comes from this machine.
  const browser: Browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
  context.after(async () => {
    await browser.close();
    await server.close();
  });
  const { width = 1440, colorScheme = 'light' } = options;
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => {
    // An event stream ends with its page.
    if (!request.url().endsWith('api/events')) complaints.push(`${request.url()}: ${request.failure()?.errorText}`);
  });
  await page.goto(server.url);
  await page.waitForSelector('main h1');
  return {
    page,
    server,
    complaints,
    visit: async (hash) => {
      await page.evaluate(`location.hash = ${JSON.stringify(`/${hash}`)}`);
    },
  };
}
