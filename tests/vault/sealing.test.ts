import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../core/base/secret.ts';
import { sealingVault } from '../../core/vault/sealing.ts';

const vault = sealingVault(Buffer.alloc(32, 7), 'a test');
const place = 'provider_connections/c1/api_key';

describe('seal and open', () => {
  it('give the secret back, whatever its characters', () => {
    for (const value of ['sk-1', '', 'Schlüssel 🔑', 'x'.repeat(10_000)])
      expect(vault.open(vault.seal(new Secret(value), place), place).reveal()).toBe(value);
  });

  it('write enc:v2 with nonce, ciphertext and tag, another nonce each time, and nothing readable', () => {
    const [first, second] = [vault.seal(new Secret('sk-secret'), place), vault.seal(new Secret('sk-secret'), place)];
    expect(first).toMatch(/^enc:v2:[\w-]{16}\.[\w-]{12}\.[\w-]{22}$/);
    expect(first).not.toBe(second);
    expect(first).not.toContain(Buffer.from('sk-secret').toString('base64url'));
  });

  it('refuse a value altered in any of its parts', () => {
    const sealed = vault.seal(new Secret('sk-secret'), place);
    const start = 'enc:v2:'.length;
    for (let index = start; index < sealed.length; index += 1) {
      if (sealed[index] === '.') continue;
      const altered = sealed.slice(0, index) + (sealed[index] === 'A' ? 'Q' : 'A') + sealed.slice(index + 1);
      expect(() => vault.open(altered, place)).toThrow(`The secret at ${place} cannot be opened`);
    }
  });

  it('refuse a value moved to another row', () => {
    const sealed = vault.seal(new Secret('sk-secret'), place);
    expect(() => vault.open(sealed, 'provider_connections/c2/api_key')).toThrow(
      expect.objectContaining({ code: 'internal', message: expect.stringContaining('moved from another place') }),
    );
  });

  it('refuse a value sealed with another key', () => {
    const sealed = sealingVault(Buffer.alloc(32, 8), 'another').seal(new Secret('sk-secret'), place);
    expect(() => vault.open(sealed, place)).toThrow('sealed with another key');
  });

  it('refuse what is not sealed, a shortened tag included, without repeating it', () => {
    const sealed = vault.seal(new Secret('sk-secret'), place);
    for (const value of ['sk-plain', 'enc:v1:00:11:22', sealed.slice(0, -6), `${sealed}.x`, ''])
      expect(() => vault.open(value, place)).toThrow(
        `The secret at ${place} is not in the form the vault writes. Enter it again.`,
      );
  });

  it('keep opened secrets out of logs', () => {
    const opened = vault.open(vault.seal(new Secret('sk-secret'), place), place);
    expect(`${opened} ${JSON.stringify({ opened })} ${inspect({ opened })}`).not.toContain('sk-secret');
  });
});

describe('derive', () => {
  it('gives 32 bytes, the same for the same use only, and not the sealing key', () => {
    expect(vault.derive('api-keys')).toHaveLength(32);
    expect(vault.derive('api-keys')).toEqual(sealingVault(Buffer.alloc(32, 7), 'x').derive('api-keys'));
    expect(vault.derive('api-keys')).not.toEqual(vault.derive('sessions'));
    expect(vault.derive('api-keys')).not.toEqual(sealingVault(Buffer.alloc(32, 8), 'x').derive('api-keys'));
  });
});
