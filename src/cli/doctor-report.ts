import type { DoctorReport, EngineReport, ProbeResult } from '../engine/install/index.ts';

/** The findings of `engine doctor` as text for people, ending in a newline. */
export function renderDoctor(report: DoctorReport): string {
  const { node, platform, glibc, cpu, cores, engines, folder } = report;
  const width = Math.max(...engines.map(({ name }) => name.length));
  return [
    `machine  ${cpu}, ${cores} cores, ${platform}${glibc === null ? '' : `, glibc ${glibc}`}, Node ${node}`,
    `NVIDIA   ${describeNvidia(report)}`,
    `engines  in ${folder}`,
    ...engines.flatMap((engine) =>
      describeEngine(engine).map((line, i) => indent(i === 0 ? engine.name : '', width, line)),
    ),
    `auto     ${describeAuto(report)}`,
    '',
  ].join('\n');
}

const indent = (name: string, width: number, line: string): string => `  ${name.padEnd(width)}  ${line}`;

function describeNvidia({ nvidia }: DoctorReport): string {
  if (nvidia === null) return 'no driver found';
  const devices = nvidia.devices.map(
    ({ name, memory, computeCapability }) =>
      `${name} (${(memory / 1024).toFixed(0)} GiB, capability ${computeCapability})`,
  );
  return [`driver ${nvidia.version}`, ...devices].join(', ');
}

function describeEngine({ status, reason, hint, manifest, probe }: EngineReport): string[] {
  const built =
    manifest === null
      ? []
      : [
          `TensorFlow ${manifest.tensorflow} (${manifest.kind}), ${manifest.nodePackage.name} ${manifest.nodePackage.version}`,
          `built ${manifest.created.slice(0, 10)} by ${manifest.compiler}`,
        ];
  const tried =
    probe === null
      ? []
      : [
          probe.device,
          ...(probe.measured === null ? [] : [describeMeasures(probe.measured), describeRepeats(probe.measured)]),
          Object.entries(probe.versions)
            .map(([name, version]) => `${name} ${version}`)
            .join(', '),
        ];
  const why = [reason, hint].filter((text) => text !== null && text !== '');
  return [status === 'works' ? 'works' : 'BROKEN', ...why.map((text) => String(text)), ...built, ...tried];
}

type Measured = NonNullable<ProbeResult['measured']>;

function describeMeasures({ gflops, trainingError }: Measured): string {
  const training =
    trainingError === null ? 'not a number' : `within ${trainingError.toExponential(0)} of what it should give`;
  return `matmul ${gflops.toPrecision(3)} GFLOP/s; tiny training ${training}`;
}

/** Whether the same training gives the same bits again. */
function describeRepeats({ repeatable }: Measured): string {
  const modes = (same: boolean) => Object.keys(repeatable).filter((mode) => repeatable[mode] === same);
  const [same, different] = [modes(true), modes(false)];
  const parts = [
    ...(same.length > 0 ? [`the same bits on every run: ${same.join('; ')}`] : []),
    ...(different.length > 0 ? [`OTHER bits on every run: ${different.join('; ')}`] : []),
  ];
  return parts.join('; ');
}

function describeAuto({ auto, engines }: DoctorReport): string {
  const device = engines.find(({ probe }) => probe?.engine === auto.name)?.probe?.device;
  const taken = `takes ${auto.name}${device === undefined ? '' : ` on ${device}`}: ${auto.why}`;
  return [taken, ...auto.others.map(({ name, why }) => `not ${name}: ${why}`)].join('\n         ');
}
