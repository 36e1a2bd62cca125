/** A table that is whole: two arms, two seeds. */
export const WHOLE = `arm,seed,status,flops,loss,score
full,0,done,400,5.5,40.25
full,1,done,400,5.6,41
stack,0,done,300,5.7,39.5
stack,1,done,300,5.4,40
`;

const line = (number: number, text: string): string =>
  WHOLE.split('\n')
    .with(number - 1, text)
    .join('\n');
const header = (text: string): string => line(1, text);

/** How a table was damaged, the damaged table, and what must be said of it. */
export const DAMAGED: readonly (readonly [what: string, csv: string | Uint8Array, said: RegExp])[] = [
  ['an empty file', '', /is empty/],
  ['blank lines alone', '\n\n\n', /is empty/],
  ['a byte-order mark alone', '\uFEFF', /is empty/],
  ['a header alone', 'arm,seed,loss\n', /has a header but no rows/],
  ['a header alone, with CRLF', 'arm,seed,loss\r\n', /has a header but no rows/],
  ['a binary file', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0xff]), /is not UTF-8/],
  ['UTF-16, little end first', new Uint8Array([0xff, 0xfe, 0x61, 0x00, 0x0a, 0x00]), /is not UTF-8/],
  ['UTF-16, big end first', new Uint8Array([0xfe, 0xff, 0x00, 0x61, 0x00, 0x0a]), /is not UTF-8/],
  ['Latin-1', Buffer.from(line(3, 'f\u00fcll,1,done,400,5.6,41'), 'latin1'), /is not UTF-8/],
  ['a NUL character', line(3, 'full,1,done,4\u000000,5.6,41'), /:3: there is a NUL/],
  ['semicolons', WHOLE.replaceAll(',', ';'), /:1: the columns are separated by semicolons/],
  ['tabs', WHOLE.replaceAll(',', '\t'), /:1: the columns are separated by tabs/],
  ['no arm', header('name,seed,status,flops,loss,score'), /:1: there is no column "arm"/],
  ['a misspelled arm', header('amr,seed,status,flops,loss,score'), /no column "arm"/],
  ['a column without a name', header('arm,seed,status,,loss,score'), /:1, column 4: the column has no name/],
  ['a column with a blank name', header('arm,seed,status,  ,loss,score'), /:1, column 4: the column has no name/],
  [
    'the index that pandas adds',
    `,${WHOLE.trimEnd().split('\n').join('\n0,')}\n`,
    /:1, column 1: the column has no name/,
  ],
  ['a column twice', header('arm,seed,status,loss,loss,score'), /:1, column 5: there is a column "loss" before/],
  ['a header that is one short', header('arm,seed,status,flops,loss'), /:2: the row has 6 fields/],
  ['no header', WHOLE.split('\n').slice(1).join('\n'), /:1, column 4: there is a column|:1: there is no column "arm"/],
  ['no metric', 'arm,seed\nfull,0\n', /:1: no column is a metric/],
  ['a row that is one short', line(3, 'full,1,done,400,5.6'), /:3: the row has 5 fields/],
  ['a row that is one long', line(4, 'stack,0,done,300,5.7,39.5,1'), /:4: the row has 7 fields/],
  ['a decimal comma', line(4, 'stack,0,done,300,5,7,39.5'), /:4: the row has 7 fields/],
  [
    'a quoted decimal comma',
    line(4, 'stack,0,done,300,"5,7",39.5'),
    /:4, column 5 \(loss\): must be a number, got "5,7"/,
  ],
  ['a file cut in a row', WHOLE.slice(0, -8), /:5: the row has 4 fields/],
  ['a file cut in a quoted field', `${WHOLE}"sta`, /:6, column 1: a quote is opened and never closed/],
  ['a quote in the middle', line(3, 'fu"ll,1,done,400,5.6,41'), /:3, column 1: a quote stands where none may/],
  ['text after a quote', line(3, '"full"x,1,done,400,5.6,41'), /:3, column 1: a quote stands where none may/],
  ['a word for a number', line(5, 'stack,1,done,300,low,40'), /:5, column 5 \(loss\): must be a number, got "low"/],
  ['NaN', line(5, 'stack,1,done,300,NaN,40'), /:5, column 5 \(loss\): must be a number, got "NaN"/],
  ['an infinite number', line(5, 'stack,1,done,inf,5.4,40'), /:5, column 4 \(flops\): must be a number, got "inf"/],
  ['JavaScript infinity', line(5, 'stack,1,done,Infinity,5.4,40'), /:5, column 4 \(flops\)/],
  ['a number too large', line(5, 'stack,1,done,1e999,5.4,40'), /:5, column 4 \(flops\): must be a number/],
  ['a unit', line(2, 'full,0,done,400,5.5,40.25 %'), /:2, column 6 \(score\): must be a number, got "40.25 %"/],
  ['a hexadecimal number', line(2, 'full,0,done,0x190,5.5,40'), /:2, column 4 \(flops\): must be a number/],
  ['spaces for a number', line(2, 'full,0,done,400,  ,40'), /:2, column 5 \(loss\): must be a number/],
  [
    'numbers moved by a column',
    line(2, 'full,0,400,5.5,done,40'),
    /:2, column 5 \(loss\): must be a number, got "done"/,
  ],
  ['another status', line(3, 'full,1,crashed,400,5.6,41'), /:3, column 3 \(status\): got "crashed"/],
  ['a seed missing', line(3, 'full,,done,400,5.6,41'), /:3, column 2 \(seed\): a seed is missing/],
  [
    'a fault after a field of two lines',
    line(2, '"fu\nll",0,done,400,5.5,x'),
    /:3, column 6 \(score\): must be a number/,
  ],
];
