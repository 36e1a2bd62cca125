import { readdirSync } from 'node:fs';
import { release } from 'node:os';

/**
 * Which Python's wheels are fetched. The libraries inside do not depend on it, so it need not be the machine's own:
 * CPython 3.11 is what every TensorFlow from 2.12 to 2.21 was built for.
 */
const PYTHON = '311';

const PIP_ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** The C library's version as Node reports it; null on other systems and with musl. */
export function glibcVersion(): string | null {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime ?? null;
}

/** The arguments that make pip choose wheels for this machine, whichever Python runs pip. */
export function wheelTags(python: string | null): string[] {
  const tag = python ?? PYTHON;
  const platforms = process.platform === 'darwin' ? macosTags() : linuxTags();
  return [
    ...['--implementation', 'cp', '--python-version', `${tag[0]!}.${tag.slice(1)}`, '--abi', `cp${tag}`],
    ...platforms.flatMap((platform) => ['--platform', platform]),
  ];
}

/** Every manylinux tag that this glibc satisfies, newest first: pip older than 23 does not derive them by itself. */
function linuxTags(): string[] {
  const architecture = PIP_ARCHITECTURES[process.arch] ?? process.arch;
  const minor = Number(glibcVersion()?.split('.')[1] ?? 17);
  const numbered = Array.from({ length: Math.max(0, minor - 16) }, (_, i) => `manylinux_2_${minor - i}`);
  const legacy = process.arch === 'x64' ? ['manylinux2014', 'manylinux2010', 'manylinux1'] : ['manylinux2014'];
  return [...numbered, ...legacy, 'linux'].map((platform) => `${platform}_${architecture}`);
}

/** Darwin 20 is macOS 11; one more in one is one more in the other until Darwin 24 (macOS 15). */
function macosTags(): string[] {
  const version = Math.min(Number(release().split('.')[0]) - 9, 15);
  return Array.from({ length: Math.max(1, version - 10) }, (_, i) => `macosx_${version - i}_0_${process.arch}`);
}

/** The Python that the TensorFlow wheel in a folder was built for (`311`), or null where none is there. */
export function pythonOfWheels(folder: string, distribution: string): string | null {
  const pattern = new RegExp(`^${distribution.replaceAll('-', '_')}-.+-cp(\\d+)-cp\\d+-.+\\.whl$`);
  return (
    readdirSync(folder)
      .flatMap((file) => pattern.exec(file)?.[1] ?? [])
      .at(0) ?? null
  );
}
