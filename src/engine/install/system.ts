import { readFileSync } from 'node:fs';
import type { Environment } from './home.ts';

/** What an install needs from the machine. */
export type Need = 'python3' | 'pip' | 'npm' | 'compiler';

interface PackageManager {
  readonly install: string;
  readonly packages: Readonly<Record<Need, string>>;
}

/** By the `ID` and `ID_LIKE` of os-release(5). */
const MANAGERS: Readonly<Record<string, PackageManager>> = {
  debian: {
    install: 'apt-get install -y',
    packages: { python3: 'python3', pip: 'python3-pip', npm: 'npm', compiler: 'g++' },
  },
  fedora: {
    install: 'dnf install -y',
    packages: { python3: 'python3', pip: 'python3-pip', npm: 'nodejs-npm', compiler: 'gcc-c++' },
  },
  suse: {
    install: 'zypper install -y',
    packages: { python3: 'python3', pip: 'python3-pip', npm: 'npm-default', compiler: 'gcc-c++' },
  },
  arch: {
    install: 'pacman -S --needed --noconfirm',
    packages: { python3: 'python', pip: 'python-pip', npm: 'npm', compiler: 'gcc' },
  },
};

const DESCRIPTIONS: Readonly<Record<Need, string>> = {
  python3: 'Python 3 (python3)',
  pip: 'pip (python3 -m pip)',
  npm: 'npm',
  compiler: 'a C++ compiler',
};

export const describeNeeds = (needs: readonly Need[]): string =>
  needs.map((need) => DESCRIPTIONS[need]).join(needs.length === 2 ? ' and ' : ', ');

export interface System {
  readonly platform: NodeJS.Platform;
  /** The text of os-release(5); empty where there is none. */
  readonly osRelease: string;
  readonly root: boolean;
  readonly env: Environment;
}

export function thisSystem(env: Environment): System {
  let osRelease = '';
  try {
    osRelease = readFileSync('/etc/os-release', 'utf8');
  } catch {
    // Systems without one get the general advice.
  }
  return { platform: process.platform, osRelease, root: process.getuid?.() === 0, env };
}

/** The one command that brings what is missing, or advice where the system is not known. */
export function commandFor(needs: readonly Need[], { platform, osRelease, root, env }: System): string {
  if (needs.length === 1 && needs[0] === 'pip' && (env.VIRTUAL_ENV ?? '') !== '') {
    return 'python3 -m ensurepip --upgrade';
  }
  if (platform === 'darwin') {
    // Apple's command line tools bring python3 with pip and clang++ together.
    const tools = needs.some((need) => need !== 'npm') ? ['xcode-select --install'] : [];
    return [...tools, ...(needs.includes('npm') ? ['brew install node'] : [])].join(' && ');
  }
  const ids = [...osRelease.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap(([, names]) => names!.split(/\s+/));
  const known = ids.map((id) => (id === 'rhel' ? 'fedora' : id)).find((id) => id in MANAGERS);
  if (known === undefined) return `your system’s package manager has ${describeNeeds(needs)}`;
  const { install, packages } = MANAGERS[known]!;
  const names = needs.map((need) => packages[need]);
  return `${root ? '' : 'sudo '}${install} ${[...new Set(names)].join(' ')}`;
}
