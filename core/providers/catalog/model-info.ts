/** What is known of a model: sizes, capabilities, price. Any member may be unknown. */
export interface ModelInfo {
  /** The id at the provider, as sent upstream. */
  readonly id: string;
  readonly name?: string;
  readonly type?: 'chat' | 'embedding' | 'image' | 'audio' | 'rerank' | 'moderation';
  readonly contextTokens?: number;
  readonly maxOutputTokens?: number;
  readonly capabilities?: {
    readonly tools?: boolean;
    readonly vision?: boolean;
    readonly reasoning?: boolean;
    readonly structuredOutput?: boolean;
  };
  /** How reasoning is asked for, where the protocol has two ways (see EncodeTarget). */
  readonly reasoningStyle?: 'effort' | 'budget';
  readonly price?: Price;
  /** ISO date on which the vendor stopped or stops serving it. */
  readonly retiredOn?: string;
  /** The vendor's successor of a retired model. */
  readonly replacedBy?: string;
  /** Other names under which people ask for it. */
  readonly aliases?: readonly string[];
  readonly custom?: boolean;
  /** A sentence for a person who asks for it: the vendor no longer lists it, or knows it by another name. */
  readonly note?: string;
}

/** US dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cachedInput?: number;
  readonly cacheWrite?: number;
  readonly cacheWrite1h?: number;
  readonly reasoning?: number;
  /** ISO date of the data set the figure comes from. */
  readonly asOf?: string;
}
