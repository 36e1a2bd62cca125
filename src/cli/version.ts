import { readFileSync } from 'node:fs';

/** Where package.json is, seen from both src/cli and dist/cli. */
export const PACKAGE_ROOT = new URL('../../', import.meta.url);

/** The version of this growbench, as its package.json says. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8'));
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) {
    throw new Error('package.json has no version');
  }
  return String(manifest.version);
}
