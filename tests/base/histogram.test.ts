import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Histogram, RELATIVE_ERROR } from '../../core/base/histogram.ts';

const times = fc.array(fc.double({ min: 0.1, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 300 });
const part = fc.constantFrom(0.5, 0.95, 0.99, 1);

it('tells every percentile within the error it promises', () => {
  expect(RELATIVE_ERROR).toBeLessThan(0.045);
  fc.assert(
    fc.property(times, part, (values, wanted) => {
      const histogram = new Histogram();
      for (const value of values) histogram.add(value);
      const sorted = values.toSorted((a, b) => a - b);
      const exact = sorted[Math.ceil(wanted * sorted.length) - 1] ?? 0;
      expect(Math.abs(histogram.quantile(wanted) - exact) / exact).toBeLessThanOrEqual(RELATIVE_ERROR + 1e-9);
    }),
  );
});

it('two merged say what one with all of it says', () => {
  fc.assert(
    fc.property(times, times, (left, right) => {
      const [a, b, all] = [new Histogram(), new Histogram(), new Histogram()];
      for (const value of left) a.add(value);
      for (const value of right) b.add(value);
      for (const value of [...left, ...right]) all.add(value);
      a.merge(b);
      expect(a.percentiles()).toEqual(all.percentiles());
    }),
  );
});

it('takes what is shorter than its smallest and longer than its largest, and says 0 of nothing', () => {
  const histogram = new Histogram();
  expect(histogram.percentiles()).toEqual({ count: 0, p50: 0, p95: 0, p99: 0 });
  for (const value of [0, -5, 1e12]) histogram.add(value);
  expect(histogram.count).toBe(3);
  expect(histogram.quantile(0.5)).toBeCloseTo(0.1, 1);
});
