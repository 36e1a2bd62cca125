import { position, type Frame } from './frame.ts';

/** A point with its name. */
export interface Labelled {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

/** Where a label's middle goes, from its point, in units of the picture. */
export interface Place {
  readonly dx: number;
  readonly dy: number;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Of the 12-pixel text of the charts. */
const CHARACTER = 6.6;
const LINE = 13;
const DOT = 6;

/**
 * Places for the names of points, one after the other: the nearest around its point where a name covers no point, no
 * other name and not the frame's edge. Where there is none, the one that covers least.
 */
export function placeLabels(points: readonly Labelled[], frame: Frame): Place[] {
  const taken: Box[] = points.map((point) => {
    const { left, top } = position(frame, [point.x, point.y]);
    return around(left, top, 2 * DOT, 2 * DOT);
  });
  return points.map((point, index) => {
    const { left, top } = position(frame, [point.x, point.y]);
    const width = CHARACTER * point.text.length;
    const boxOf = ({ dx, dy }: Place) => around(left + dx, top + dy, width, LINE);
    const candidates = places(width).map((place) => {
      const box = boxOf(place);
      const others = taken.filter((_, own) => own !== index);
      return { place, cost: others.reduce((sum, other) => sum + shared(box, other), 4 * outside(box, frame)) };
    });
    const least = Math.min(...candidates.map(({ cost }) => cost));
    const { place } = candidates.find(({ cost }) => cost <= least)!;
    taken.push(boxOf(place));
    return place;
  });
}

/** Whether a name stands so far from its point that a line has to lead to it. */
export const isFar = ({ dy }: Place): boolean => Math.abs(dy) > DOT + 3 + LINE / 2;

/** Right, left, above, below and between, ever farther away. */
function places(width: number): Place[] {
  return [0, 14, 28, 42].flatMap((away) => {
    const [side, rise] = [DOT + 3 + width / 2, DOT + 3 + LINE / 2 + away];
    const level = away === 0 ? [{ dx: side, dy: 0 }, { dx: -side, dy: 0 }] : []; // prettier-ignore
    return [
      ...level,
      ...[side, -side, 0, width / 3, -width / 3].flatMap((dx) => [{ dx, dy: -rise }, { dx, dy: rise }]), // prettier-ignore
    ];
  });
}

const around = (x: number, y: number, width: number, height: number): Box => ({
  left: x - width / 2,
  right: x + width / 2,
  top: y - height / 2,
  bottom: y + height / 2,
});

/** Area that two boxes have in common. */
const shared = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

/** Area of a box that lies outside of the frame. */
function outside(box: Box, { width, height, margin }: Frame): number {
  const frame = { left: margin.left, right: width, top: margin.top, bottom: height - margin.bottom };
  return (box.right - box.left) * (box.bottom - box.top) - shared(box, frame);
}
