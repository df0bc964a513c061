/** The conversation API that Kiro speaks: facts.md A.4 and the service model in aws/amazon-q-developer-cli. */
import { asObject, asString, type JsonObject, objectsOf } from '../../../core/base/json.ts';
import { awsEvent, readConversation } from '../codewhisperer-wire.ts';
import { sendJson } from '../upstream.ts';
import {
  type AccountUpstream,
  absentRules,
  type GoodTokens,
  headerRules,
  type ModelCall,
  nextTurn,
  piecesOf,
  startService,
  type Turn,
} from './upstream.ts';

export const PROFILE = 'arn:aws:codewhisperer:eu-central-1:123456789012:profile/ABCDEF';
const TOP_LEVEL = new Set(['conversationState', 'profileArn', 'inferenceConfig']);

/** The region is the first segment of the path, as the host's name would have it. */
export function startKiro(tokens: GoodTokens, region: string, profile = PROFILE): Promise<AccountUpstream> {
  return startService({
    tokens,
    rules: (received) => {
      const { body } = received;
      return [
        ['The path is wrong.', received.path === `/${region}/generateAssistantResponse`],
        ...headerRules(received, {
          accept: 'application/vnd.amazon.eventstream',
          'x-amz-target': 'AmazonCodeWhispererStreamingService.GenerateAssistantResponse',
          'amz-sdk-request': 'attempt=1; max=3',
          'amz-sdk-invocation-id': /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
        }),
        ...absentRules(received, ['user-agent', 'x-amz-user-agent']),
        ['The profile is missing.', body['profileArn'] === profile],
        ...Object.keys(body).map((name) => [`Unexpected member ${name}.`, TOP_LEVEL.has(name)] as const),
        [`Improperly formed request. ${faultOf(body)}`, faultOf(body) === ''],
      ];
    },
    refuse: (response, status, message) => {
      const type = status === 401 ? 'ExpiredTokenException' : 'ValidationException';
      sendJson(response, { __type: `com.amazon.aws.codewhisperer#${type}`, message }, status);
    },
    answer: ({ body }, response) => {
      const user = asObject(asObject(asObject(body['conversationState'])?.['currentMessage'])?.['userInputMessage']);
      const context = asObject(user?.['userInputMessageContext']);
      const [answered] = objectsOf(context?.['toolResults']);
      const result = answered && asString(objectsOf(answered['content'])[0]?.['text']);
      const tools = objectsOf(context?.['tools']).map((tool) => asObject(tool['toolSpecification'])?.['name'] ?? null);
      const turn = nextTurn({ tools, result });
      response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
      response.end(Buffer.concat(eventsOf(turn)));
    },
  });
}

/** What breaks the conversation's rules; empty when nothing does. Results belong to the calls of the turn before. */
function faultOf(body: JsonObject): string {
  try {
    const { messages } = readConversation(body);
    const called = new Set<string>();
    for (const { parts } of messages) {
      for (const part of parts) {
        if (part.type === 'tool-call') called.add(part.id);
        if (part.type === 'tool-result' && !called.has(part.callId)) return 'A result has no call.';
      }
    }
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : 'It cannot be read.';
  }
}

function eventsOf(turn: Turn): Buffer[] {
  return [
    ...(turn.type === 'text'
      ? [...turn.text].map((content) => awsEvent('assistantResponseEvent', { content }))
      : callEvents(turn.call)),
    awsEvent('contextUsageEvent', { contextUsagePercentage: 0.5 }),
    awsEvent('meteringEvent', { unit: 'credit', unitPlural: 'credits', usage: 0.02 }),
  ];
}

function callEvents(call: ModelCall): Buffer[] {
  const { id: toolUseId, name } = call;
  const pieces = [...piecesOf(call).map((input) => ({ input })), { stop: true }];
  return pieces.map((piece) => awsEvent('toolUseEvent', { toolUseId, name, ...piece }));
}
