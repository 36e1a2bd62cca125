import { readFile } from 'node:fs/promises';
import type { Environment } from './home.ts';
import { runTool } from './tool.ts';

export interface CudaDevice {
  readonly name: string;
  /** In MiB. */
  readonly memory: number;
  /** `9.0` */
  readonly computeCapability: string;
}

export interface NvidiaDriver {
  readonly version: string;
  readonly devices: readonly CudaDevice[];
}

const QUERY = ['--query-gpu=driver_version,name,memory.total,compute_cap', '--format=csv,noheader,nounits'];

/** The NVIDIA driver and its devices, as `nvidia-smi` or else the kernel's module tells; null where there is none. */
export async function nvidiaDriver(env: Environment): Promise<NvidiaDriver | null> {
  const { code, output } = await runTool('nvidia-smi', QUERY, { env });
  const rows = code === 0 ? parseDevices(output) : [];
  if (rows.length > 0) return { version: rows[0]!.version, devices: rows.map(({ device }) => device) };
  // In a container that has the driver's module but not its tools.
  const module = await readFile('/proc/driver/nvidia/version', 'utf8').catch(() => '');
  const version = /Kernel Module.*?(\d+(?:\.\d+)+)/.exec(module)?.[1];
  return version === undefined ? null : { version, devices: [] };
}

function parseDevices(output: string): { version: string; device: CudaDevice }[] {
  return output
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .filter((fields) => fields.length === 4 && /^\d/.test(fields[0]!))
    .map(([version, name, memory, computeCapability]) => ({
      version: version!,
      device: { name: name!, memory: Number(memory), computeCapability: computeCapability! },
    }));
}
