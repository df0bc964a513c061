/**
 * What the simulated upstreams of accounts share: a real socket, one script of a conversation about the weather, and a
 * list of faults. Each provider's file knows its wire from the vendor's own words and the protocol facts, and refuses
 * whatever breaks them as the vendor does; nothing in it comes from our encoders.
 */
import type { ServerResponse } from 'node:http';
import type { JsonObject, JsonValue } from '../../../core/base/json.ts';
import { type Received, startUpstream, type Upstream } from '../upstream.ts';

/** What the model does next: calls a tool, or says something. */
export type Turn =
  | { readonly type: 'call'; readonly call: ModelCall }
  | { readonly type: 'text'; readonly text: string };

export interface ModelCall {
  readonly id: string;
  readonly name: string;
  readonly input: JsonObject;
}

const WEATHER: ModelCall = { id: 'call_w1', name: 'weather', input: { city: 'Rome' } };
/** Of programs that people use, which know nothing of the weather: Claude Code's and Codex's shells. */
const SHELLS: readonly ModelCall[] = [
  { id: 'call_w1', name: 'Bash', input: { command: 'echo sunny', description: 'Asks for the weather' } },
  { id: 'call_w1', name: 'exec_command', input: { cmd: 'echo sunny' } },
];

/** A tool that is offered is called once; its result is told. Without tools there is only talk. */
export function nextTurn({
  tools,
  result,
}: {
  /** The names of those that are offered. */
  readonly tools: readonly JsonValue[];
  readonly result: string | undefined;
}): Turn {
  if (result !== undefined) return { type: 'text', text: `It is ${result.trim()}.` };
  if (tools.length === 0) return { type: 'text', text: 'Hello there.' };
  return { type: 'call', call: SHELLS.find(({ name }) => tools.includes(name)) ?? WEATHER };
}

/** The input of a call as streams bring it: in two pieces of JSON. */
export function piecesOf({ input }: ModelCall): readonly [string, string] {
  const json = JSON.stringify(input);
  const middle = json.indexOf(':') + 1;
  return [json.slice(0, middle), json.slice(middle)];
}

/** What was said since the model's last answer. */
export function sinceAnswer(messages: readonly JsonObject[]): readonly JsonObject[] {
  return messages.slice(messages.findLastIndex(({ role }) => role === 'assistant') + 1);
}

export interface AccountUpstream extends Upstream {
  /** What broke the provider's rules, one sentence each. */
  readonly faults: string[];
  /** Answers the next call with this and nothing else. */
  refuseOnce(status: number, body: object, headers?: Record<string, string>): void;
}

/** A check of one call: what is wrong with it, or undefined. */
export type Rule = readonly [fault: string, holds: boolean];

/** A list, or who knows it. */
export type GoodTokens = readonly string[] | ((token: string) => boolean);

export interface Service {
  rules(received: Received): readonly Rule[];
  /** The vendor's way to say no. */
  refuse(response: ServerResponse, status: number, fault: string): void;
  answer(received: Received, response: ServerResponse): void;
  /** The tokens that are good; a call with another one is refused with 401. */
  readonly tokens: GoodTokens;
  /** Where the vendor tells quotas on the same host: read in the background, and told by another service here. */
  readonly quotaPath?: string;
}

/** Starts a service that answers what keeps all its rules, and refuses and notes what does not. */
export async function startService(service: Service): Promise<AccountUpstream> {
  const faults: string[] = [];
  const refusals: { status: number; body: object; headers: Record<string, string> }[] = [];
  const upstream = await startUpstream((received, response) => {
    if (received.path === service.quotaPath) return service.refuse(response, 404, 'Not found.');
    const planned = refusals.shift();
    if (planned !== undefined) {
      response.writeHead(planned.status, { 'content-type': 'application/json', ...planned.headers });
      return void response.end(JSON.stringify(planned.body));
    }
    const token = tokenOf(received);
    const { tokens } = service;
    const isGood = token !== '' && (typeof tokens === 'function' ? tokens(token) : tokens.includes(token));
    if (!isGood) return service.refuse(response, 401, 'The token is not valid.');
    const broken = service.rules(received).flatMap(([fault, holds]) => (holds ? [] : [fault]));
    faults.push(...broken);
    const [first] = broken;
    if (first !== undefined) return service.refuse(response, 400, first);
    service.answer(received, response);
  });
  return {
    ...upstream,
    faults,
    refuseOnce: (status, body, headers = {}) => void refusals.push({ status, body, headers }),
  };
}

/** The `Bearer` of a call; empty without one. */
export function tokenOf({ headers }: Received): string {
  return headers.authorization?.replace(/^Bearer /, '') ?? '';
}

/** Are these all the headers a call has, by name and value? A pattern stands for values that differ from call to call. */
export function headerRules(
  { headers }: Received,
  expected: Readonly<Record<string, string | RegExp>>,
): readonly Rule[] {
  return Object.entries(expected).map(([name, value]): Rule => {
    const sent = String(headers[name] ?? '');
    const holds = typeof value === 'string' ? sent === value : value.test(sent);
    return [`The header ${name} is "${sent}".`, holds];
  });
}

/** Nobody is to be sent as the vendor's own client unasked. */
export function absentRules({ headers }: Received, names: readonly string[]): readonly Rule[] {
  return names.map(
    (name): Rule => [`The header ${name} is sent: "${String(headers[name])}".`, headers[name] === undefined],
  );
}
