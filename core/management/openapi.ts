/** The OpenAPI document of the contract, served at `/api/openapi.json`. */
import { type OpenAPI, OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { contract } from './contract.ts';

/** OpenAPI 3.1; paths are relative to `/api`. */
export function openApiDocument(version: string): Promise<OpenAPI.Document> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  return generator.generate(contract, {
    info: {
      title: 'OmniRoute management',
      version,
      description: 'Every call needs the session cookie of /api/auth/login or an API key with the management scope.',
    },
    servers: [{ url: '/api' }],
    security: [{ session: [] }, { bearer: [] }],
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'auth_token' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
  });
}
