/** What each client needs to be told, ready to be copied. Where no file is named, it goes into the client's own settings. */

export interface Setting {
  readonly origin: string;
  readonly model: string;
  readonly apiKey: string;
}

export interface Client {
  readonly id: string;
  readonly name: string;
  /** Where the text goes; names a text: `where.<where>`. */
  readonly where: 'terminal' | 'toml' | 'cursor' | 'settings' | 'opencode' | 'code';
  readonly text: (setting: Setting) => string;
}

export const CLIENTS: readonly Client[] = [
  {
    ...{ id: 'claude-code', name: 'Claude Code', where: 'terminal' },
    text: ({ origin, model, apiKey }) =>
      `ANTHROPIC_BASE_URL=${origin} \\\nANTHROPIC_AUTH_TOKEN=${apiKey} \\\nANTHROPIC_MODEL=${model} claude`,
  },
  {
    ...{ id: 'codex-cli', name: 'Codex', where: 'toml' },
    text: ({ origin, model }) =>
      [
        ...[`model = "${model}"`, 'model_provider = "omniroute"', '', '[model_providers.omniroute]'],
        ...['name = "OmniRoute"', `base_url = "${origin}/v1"`, 'wire_api = "responses"', 'env_key = "OMNIROUTE_KEY"'],
      ].join('\n'),
  },
  { ...{ id: 'cursor', name: 'Cursor', where: 'cursor' }, text: fields },
  { ...{ id: 'cline', name: 'Cline, Roo Code, Continue', where: 'settings' }, text: fields },
  {
    ...{ id: 'opencode', name: 'opencode', where: 'opencode' },
    text: ({ origin, model, apiKey }) =>
      JSON.stringify(
        {
          provider: {
            omniroute: {
              npm: '@ai-sdk/openai-compatible',
              name: 'OmniRoute',
              options: { baseURL: `${origin}/v1`, apiKey },
              models: { [model]: {} },
            },
          },
          model: `omniroute/${model}`,
        },
        null,
        2,
      ),
  },
  {
    ...{ id: 'gemini-tool', name: 'Gemini CLI', where: 'terminal' },
    text: ({ origin, model, apiKey }) =>
      `GOOGLE_GEMINI_BASE_URL=${origin} \\\nGEMINI_API_KEY=${apiKey} \\\ngemini -m ${model}`,
  },
  {
    ...{ id: 'openai-sdk', name: 'OpenAI SDK', where: 'code' },
    text: ({ origin, apiKey }) => `new OpenAI({ baseURL: '${origin}/v1', apiKey: '${apiKey}' })`,
  },
  {
    ...{ id: 'anthropic-sdk', name: 'Anthropic SDK', where: 'code' },
    text: ({ origin, apiKey }) => `new Anthropic({ baseURL: '${origin}', apiKey: '${apiKey}' })`,
  },
  {
    ...{ id: 'curl', name: 'curl', where: 'terminal' },
    text: ({ origin, model, apiKey }) =>
      [
        `curl ${origin}/v1/chat/completions \\`,
        `  -H 'Authorization: Bearer ${apiKey}' -H 'Content-Type: application/json' \\`,
        `  -d '{"model":"${model}","messages":[{"role":"user","content":"Hi"}]}'`,
      ].join('\n'),
  },
];

function fields({ origin, model, apiKey }: Setting): string {
  return `Base URL  ${origin}/v1\nAPI key   ${apiKey}\nModel     ${model}`;
}
