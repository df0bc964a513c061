/** Which links of a page are handed to the person's browser. */
import { expect, it } from 'vitest';
import { isForBrowser } from '../../main/desktop/links.ts';

it.each([
  'https://github.com/login/device',
  'https://claude.ai/oauth/authorize?code=true&redirect_uri=http://localhost:54545/callback',
  'http://localhost:20128/api/openapi.json',
  'http://127.0.0.1:8080/oauth/authorize?state=x',
  'http://127.1.2.3/',
  'http://[::1]:9000/',
  // URLs have many spellings of one address.
  'http://2130706433/',
  'HTTP://LOCALHOST/',
])('%s is opened', (url) => {
  expect(isForBrowser(url)).toBe(true);
});

it.each([
  'http://example.com/',
  'http://192.168.1.5/',
  'http://0.0.0.0/',
  'http://localhost.example.com/',
  'http://127.0.0.1.example.com/',
  'http://example.com/http://localhost/',
  'http://localhost@example.com/',
  'http://ada:secret@localhost/',
  'https://ada:secret@example.com/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'kiro://kiro.kiroAgent/authenticate-success',
  'smb://localhost/share',
  'localhost:20128',
  '/settings',
  '',
])('%s is not', (url) => {
  expect(isForBrowser(url)).toBe(false);
});
