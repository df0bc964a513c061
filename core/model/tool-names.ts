/**
 * Tool names on the wire. Protocols differ in what a tool may be called, whether it may stand in a group and whether
 * it may take free text. An encoder asks `ToolNames` for the wire name of each tool; the reply's calls are given their
 * own names back (`toolCallRestorer`). The mapping is derived from the request alone, so nothing is remembered.
 */
import { createHash } from 'node:crypto';
import { asObject, asString, parseJson } from '../base/json.ts';
import type { ChatEvent, PartStartEvent } from './event.ts';
import type { LossList } from './loss.ts';
import type { ChatRequest, Tool } from './request.ts';

export interface ToolNameRule {
  /** Characters a name may NOT have, as a global expression: `/[^a-zA-Z0-9_-]/g`. */
  readonly refused: RegExp;
  readonly maxLength: number;
  /** Can the target express free-text tools and tool groups itself? */
  readonly custom: boolean;
  readonly namespace: boolean;
}

interface OwnTool {
  readonly name: string;
  readonly namespace?: string;
  readonly kind: 'function' | 'custom';
}

/** The single argument under which a free-text tool's input travels where only functions exist. */
export const CUSTOM_INPUT = 'input';

export class ToolNames {
  readonly #rule: ToolNameRule;
  readonly #wireByOwn = new Map<string, string>();
  readonly #ownByWire = new Map<string, OwnTool & { readonly wire: string }>();

  /** Assigns wire names to all tools the request offers or mentions. Rewritten names are added to `losses`. */
  constructor(request: Pick<ChatRequest, 'tools' | 'messages'>, rule: ToolNameRule, losses: LossList) {
    this.#rule = rule;
    (request.tools ?? []).forEach((tool, index) => {
      if (tool.type !== 'provider') this.#assign(tool, kindOf(tool), `tools[${index}]`, losses);
    });
    request.messages.forEach((message, at) => {
      message.parts.forEach((part, index) => {
        if (part.type === 'tool-call') this.#assign(part, part.kind, `messages[${at}].parts[${index}]`, losses);
      });
    });
  }

  /** The name to send for a tool of the request; names never offered are made acceptable the same way. */
  wire(name: string, namespace?: string): string {
    return this.#wireByOwn.get(ownKey(name, namespace)) ?? this.#acceptable(joined(name, namespace, this.#rule));
  }

  /** The tool that the request knows under this wire name, and under this group where the target has groups. */
  own(wireName: string, namespace?: string): OwnTool | undefined {
    const known = this.#ownByWire.get(this.#wireKey(wireName, namespace));
    if (known === undefined) return undefined;
    const { wire: _wire, ...own } = known;
    return own;
  }

  /** True when every name went out as it came in and no free-text tool was turned into a function. */
  get unchanged(): boolean {
    for (const own of this.#ownByWire.values()) {
      if (own.wire !== own.name || (own.kind === 'custom' && !this.#rule.custom)) return false;
    }
    return true;
  }

  #assign(
    tool: { name: string; namespace?: string },
    kind: 'function' | 'custom',
    path: string,
    losses: LossList,
  ): void {
    const key = ownKey(tool.name, tool.namespace);
    if (this.#wireByOwn.has(key)) return;
    let wire = this.#acceptable(joined(tool.name, tool.namespace, this.#rule));
    if (this.#ownByWire.has(this.#wireKey(wire, tool.namespace)))
      wire = this.#acceptable(`${wire.slice(0, this.#rule.maxLength - 9)}_${shortHash(key)}`);
    this.#wireByOwn.set(key, wire);
    const own = { name: tool.name, kind, wire, ...(tool.namespace !== undefined && { namespace: tool.namespace }) };
    this.#ownByWire.set(this.#wireKey(wire, tool.namespace), own);
    if (tool.namespace !== undefined && !this.#rule.namespace) {
      losses.add('tool-namespace', path, `The tool "${tool.name}" of group "${tool.namespace}" is sent as "${wire}".`);
    } else if (wire !== tool.name) {
      losses.add('tool-name', path, `The tool "${tool.name}" is sent as "${wire}".`);
    }
    if (kind === 'custom' && !this.#rule.custom) {
      losses.add('tool-custom', path, `The free-text tool "${tool.name}" is sent as a function with one string.`);
    }
  }

  /** Where the target has groups, one name may stand in several of them. */
  #wireKey(wire: string, namespace: string | undefined): string {
    return this.#rule.namespace ? ownKey(wire, namespace) : wire;
  }

  #acceptable(name: string): string {
    const clean = name.replace(this.#rule.refused, '_');
    if (clean.length <= this.#rule.maxLength && clean !== '') return clean;
    return `${clean.slice(0, this.#rule.maxLength - 9)}_${shortHash(name)}`;
  }
}

function kindOf(tool: Tool): 'function' | 'custom' {
  return tool.type === 'custom' ? 'custom' : 'function';
}
function ownKey(name: string, namespace: string | undefined): string {
  return namespace === undefined ? name : `${namespace}\u0000${name}`;
}
function joined(name: string, namespace: string | undefined, rule: ToolNameRule): string {
  return namespace === undefined || rule.namespace ? name : `${namespace}__${name}`;
}
function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/**
 * Gives the calls of a reply their own names, groups and kinds back. A free-text tool's input is held until its JSON
 * wrapper is complete and then comes as one delta.
 */
export function toolCallRestorer(names: ToolNames): (event: ChatEvent) => readonly ChatEvent[] {
  if (names.unchanged) return (event) => [event];
  const held = new Map<number, string>();
  return (event) => {
    if (event.type === 'part-start' && event.part.type === 'tool-call') {
      const restored = restoreHead(event, names);
      if (restored.part.type === 'tool-call' && restored.part.kind !== event.part.kind) held.set(event.index, '');
      return [restored];
    }
    if (event.type === 'part-delta' && held.has(event.index)) {
      held.set(event.index, (held.get(event.index) ?? '') + event.text);
      return [];
    }
    if (event.type === 'part-end' && held.has(event.index)) {
      const json = held.get(event.index) ?? '';
      held.delete(event.index);
      const text = asString(asObject(parseJson(json))?.[CUSTOM_INPUT]) ?? json;
      return [{ type: 'part-delta', index: event.index, text }, event];
    }
    return [event];
  };
}

function restoreHead(event: PartStartEvent, names: ToolNames): PartStartEvent {
  if (event.part.type !== 'tool-call') return event;
  const own = names.own(event.part.name, event.part.namespace);
  return own === undefined ? event : { ...event, part: { ...event.part, ...own } };
}
