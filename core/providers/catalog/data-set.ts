/**
 * The committed data set. A model is one line of tab-separated columns, so that loading the file costs next to nothing:
 * a provider's lines are read when it is first asked for. Written by `build/catalog.mjs`.
 */
import data from './data.json' with { type: 'json' };
import type { ModelInfo, Price } from './model-info.ts';

const linesByProvider: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(data.providers));
const read = new Map<string, ReadonlyMap<string, ModelInfo>>();
const NONE: ReadonlyMap<string, ModelInfo> = new Map();

/** Where the figures come from: package, version and day, the newer first. */
export const DATA_SOURCES: readonly { readonly package: string; readonly version: string; readonly date: string }[] =
  data.sources;

/** The models that the data set knows of a provider, by id; current ones first. Empty for an unknown provider. */
export function modelsOfDataSet(provider: string): ReadonlyMap<string, ModelInfo> {
  const known = read.get(provider);
  if (known !== undefined) return known;
  const lines = linesByProvider.get(provider);
  if (lines === undefined) return NONE;
  const models = new Map(lines.map((line) => [line.slice(0, line.indexOf('\t')), readModel(line)]));
  read.set(provider, models);
  return models;
}

const TYPES: Readonly<Record<string, ModelInfo['type']>> = {
  chat: 'chat',
  embedding: 'embedding',
  image: 'image',
  audio: 'audio',
  rerank: 'rerank',
};

function readModel(line: string): ModelInfo {
  const [id = '', name = '', type = '', context = '', output = '', flags = '', prices = '', source = ''] =
    line.split('\t');
  const price = readPrice(prices, DATA_SOURCES[Number(source)]?.date);
  const kind = TYPES[type];
  return {
    id,
    ...(name !== '' && { name }),
    ...(kind !== undefined && { type: kind }),
    ...(context !== '' && { contextTokens: Number(context) }),
    ...(output !== '' && { maxOutputTokens: Number(output) }),
    capabilities: { tools: flags.includes('t'), vision: flags.includes('v'), reasoning: flags.includes('r') },
    ...(flags.includes('e') && { reasoningStyle: 'effort' as const }),
    ...(flags.includes('b') && { reasoningStyle: 'budget' as const }),
    ...(price !== undefined && { price }),
  };
}

/** Input, output, cached, written, written for an hour; what is missing is empty. */
function readPrice(text: string, asOf: string | undefined): Price | undefined {
  if (text === '') return undefined;
  const [input = '', output = '', cached = '', written = '', writtenLong = ''] = text.split(',');
  return {
    input: Number(input),
    output: Number(output),
    ...(cached !== '' && { cachedInput: Number(cached) }),
    ...(written !== '' && { cacheWrite: Number(written) }),
    ...(writtenLong !== '' && { cacheWrite1h: Number(writtenLong) }),
    ...(asOf !== undefined && { asOf }),
  };
}
