/** Files of any client on their way to a target that takes text and images only. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../core/base/json.ts';
import { FORMATS } from '../../../core/formats/index.ts';
import { FORMAT_IDS } from '../../../core/model/format-id.ts';
import { PDF } from '../../contract/loss-matrix-bodies.ts';
import { MEDIA_FEATURES } from '../../contract/loss-matrix-media.ts';

describe('D.15-17: a file is never sent as text to a target without files', () => {
  const bodies = MEDIA_FEATURES.find(({ name }) => name === 'PDF, inline and named')?.bodies ?? {};
  const sent = FORMAT_IDS.flatMap((client) => {
    const body: JsonObject | undefined = bodies[client];
    return body === undefined ? [] : [{ client, body }];
  });

  it.each(sent)(
    'from $client: it is left out and declared, and the rest of the message goes on',
    ({ client, body }) => {
      const request = FORMATS[client].decodeRequest(body, { model: 'm' });
      const encoded = FORMATS['ollama-chat'].encodeRequest(request, { model: 'm', issuer: 'maker' });
      expect(encoded.losses.map(({ feature }) => feature)).toEqual(['file']);
      expect(encoded.body['messages']).toEqual([{ role: 'user', content: 'Look' }]);
      expect(JSON.stringify(encoded.body)).not.toContain(PDF);
    },
  );

  it('while a document that is text is read as text', () => {
    const document = MEDIA_FEATURES.find(({ name }) => name === 'text document')?.bodies['anthropic-messages'] ?? {};
    const request = FORMATS['anthropic-messages'].decodeRequest(document);
    const encoded = FORMATS['ollama-chat'].encodeRequest(request, { model: 'm', issuer: 'maker' });
    expect(encoded.body['messages']).toEqual([{ role: 'user', content: 'Look\nA long text' }]);
  });
});
