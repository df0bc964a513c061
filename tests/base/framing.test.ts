import { describe, expect, it } from 'vitest';
import { FRAMINGS, type Frame, type FramingId, readFrames } from '../../core/base/framing.ts';

const FRAMES: readonly Frame[] = [
  { data: '{"a":"é – 漢字 🎉"}' },
  { data: '{"b":[1,{"c":"]}"}]}' },
  { data: '{"end":true}' },
];

function read(framing: FramingId, bytes: Buffer, cuts: readonly number[]): Frame[] {
  const reader = readFrames(framing);
  const out: Frame[] = [];
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    out.push(...reader.push(bytes.subarray(from, cut)));
    from = cut;
  }
  return [...out, ...reader.end()];
}

describe.each(['sse', 'ndjson', 'json-array'] as const)('%s', (id) => {
  const framing = FRAMINGS[id];
  const text = framing.open + FRAMES.map((frame, index) => framing.write(frame, index === 0)).join('') + framing.close;
  const bytes = Buffer.from(text);

  it('reads back what it writes', () => {
    expect(read(id, bytes, [])).toEqual(FRAMES);
  });
  it('gives the same frames when cut at each byte (pitfall 15: multi-byte characters)', () => {
    for (let cut = 1; cut < bytes.length; cut += 1) expect(read(id, bytes, [cut])).toEqual(FRAMES);
    expect(read(id, bytes, Array.from(bytes.keys()).slice(1))).toEqual(FRAMES);
  });
});

describe('sse', () => {
  it('keeps the event name, takes any line ending, ignores comments', () => {
    const text = ': hello\r\n\r\nevent: ping\r\ndata: {}\r\n\r\ndata: a\ndata: b\n\n';
    expect(read('sse', Buffer.from(text), [])).toEqual([{ event: 'ping', data: '{}' }, { data: 'a\nb' }]);
  });
  it('D.15-11: the last event counts without its trailing newline', () => {
    expect(read('sse', Buffer.from('data: 1\n\ndata: 2'), [])).toEqual([{ data: '1' }, { data: '2' }]);
    expect(read('sse', Buffer.from('data: 1\n\ndata: 2\n'), [])).toEqual([{ data: '1' }, { data: '2' }]);
  });
});
