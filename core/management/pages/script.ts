/** What the plain pages do. It runs in the browser, builds every row from text nodes and knows only the REST contract. */
export const SCRIPT = String.raw`const $ = (id) => document.getElementById(id);
const show = (id) => { for (const part of ['setup', 'login', 'console']) $(part).hidden = part !== id; };
const status = (text) => { $('status').textContent = text; };

async function api(method, path, body) {
  let response;
  try {
    response = await window.fetch('/api' + path, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Error('OmniRoute does not answer. Is it still running?');
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  if (answer.error?.code === 'AUTH_001') { show('login'); $('sign-out').hidden = true; }
  throw new Error(answer.error?.message ?? 'That did not work (status ' + response.status + ').');
}

function onSubmit(form, work) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    const message = form.querySelector('.message');
    message.textContent = '';
    button.disabled = true;
    try {
      await work(Object.fromEntries(new FormData(form)));
      form.reset();
    } catch (error) {
      message.textContent = error.message;
      form.querySelector('input').focus();
    } finally {
      button.disabled = false;
    }
  });
}

function row(text, detail, actions) {
  const item = document.createElement('li');
  const label = document.createElement('span');
  label.textContent = text;
  const mark = document.createElement('span');
  mark.textContent = detail.text;
  mark.className = detail.state ?? 'quiet';
  item.append(label, mark);
  for (const [name, work] of actions) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = name;
    button.setAttribute('aria-label', name + ' ' + text);
    button.addEventListener('click', async () => {
      button.disabled = true;
      try { await work(); } catch (error) { status(error.message); } finally { button.disabled = false; }
    });
    item.append(button);
  }
  return item;
}

async function fill(part, member, toRow) {
  const list = $(part + '-list');
  try {
    const all = (await api('GET', '/' + part))[member];
    list.replaceChildren(...all.map(toRow));
    if (all.length === 0) {
      const item = document.createElement('li');
      item.className = 'quiet';
      item.textContent = $(part + '-empty').innerHTML;
      list.append(item);
    }
  } catch (error) {
    list.replaceChildren(row(error.message, { text: '■', state: 'bad' }, [['Try again', () => fill(part, member, toRow)]]));
  }
  list.setAttribute('aria-busy', 'false');
}

const remove = (part, item) => async () => {
  if (!confirm('Remove ' + item.name + '? This cannot be undone.')) return;
  await api('DELETE', '/' + part + '/' + encodeURIComponent(item.id));
  status(item.name + ' was removed.');
  await refresh();
};
const health = { active: ['● works', 'good'], success: ['● works', 'good'], error: ['■ fails', 'bad'], expired: ['■ expired', 'bad'], unavailable: ['◐ unavailable', 'bad'] };

function refresh() {
  return Promise.all([
    fill('providers', 'connections', (item) => {
      const [text, state] = health[item.testStatus] ?? ['○ not tested', 'quiet'];
      const test = async () => {
        status('Testing ' + item.name + '…');
        const outcome = await api('POST', '/providers/' + encodeURIComponent(item.id) + '/test');
        status(outcome.valid ? item.name + ' works (' + Math.round(outcome.latencyMs) + ' ms).' : item.name + ': ' + outcome.error);
        await refresh();
      };
      return row(item.name + ' · ' + item.provider, { text, state }, [['Test', test], ['Remove', remove('providers', item)]]);
    }),
    fill('provider-nodes', 'nodes', (item) => row(item.name + ' · ' + item.prefix + '/… · ' + item.baseUrl, { text: item.type }, [['Remove', remove('provider-nodes', item)]])),
    fill('keys', 'keys', (item) => row(item.name + ' · …' + item.hint, { text: item.scopes.join(', ') }, [['Remove', remove('keys', item)]])),
  ]);
}

async function openConsole() {
  history.replaceState(null, '', '/console');
  show('console');
  $('sign-out').hidden = false;
  await refresh();
  const { catalog } = await api('GET', '/models/catalog');
  const { nodes } = await api('GET', '/provider-nodes');
  const named = Object.values(catalog).map((entry) => [entry.provider, nodes.find((node) => node.id === entry.provider)?.name ?? entry.name]);
  $('provider-names').replaceChildren(...named.map(([id, name]) => new Option(name, id)));
}

const endpoint = location.origin + '/v1';
$('endpoint').textContent = endpoint.replace(/^https?:\/\//, '');
$('endpoint').hidden = false;
$('endpoint').setAttribute('aria-label', 'Copy ' + endpoint);
$('endpoint').addEventListener('click', async () => {
  try { await navigator.clipboard.writeText(endpoint); status('Copied.'); } catch { status('Copy it by hand: ' + endpoint); }
});
$('curl').textContent = [
  'curl ' + location.origin + '/api/providers -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\',
  '  -d \'{"provider":"openai","apiKey":"sk-…","name":"work"}\'',
  'curl ' + location.origin + '/api/provider-nodes -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\',
  '  -d \'{"name":"My server","prefix":"mine","type":"openai-compatible","apiType":"chat","baseUrl":"http://localhost:8000/v1"}\'',
  'curl ' + location.origin + '/api/keys -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" -d \'{"name":"laptop"}\'',
].join('\n');

onSubmit($('setup'), async ({ password, repeat }) => {
  if (password !== repeat) throw new Error('The two passwords differ.');
  await api('POST', '/auth/setup', { token: location.hash.slice(1), password });
  await openConsole();
});
onSubmit($('login'), async ({ password }) => {
  await api('POST', '/auth/login', { password });
  await openConsole();
});
onSubmit($('providers-form'), async ({ provider, name, apiKey }) => {
  await api('POST', '/providers', apiKey === '' ? { provider, name } : { provider, name, apiKey });
  await refresh();
});
onSubmit($('provider-nodes-form'), async ({ name, prefix, type, baseUrl }) => {
  const [kind, apiType] = type.split(':');
  const { node } = await api('POST', '/provider-nodes', { name, prefix, type: kind, apiType, baseUrl });
  $('provider-names').append(new Option(node.name, node.id));
  status('Added. If it needs a key, add one under Providers.');
  await refresh();
});
onSubmit($('keys-form'), async ({ name, management }) => {
  const made = await api('POST', '/keys', { name, scopes: management === 'on' ? ['inference', 'management'] : ['inference'] });
  $('new-key').textContent = 'Copy it now, it is shown this once: ' + made.key;
  $('new-key').hidden = false;
  await refresh();
});
$('sign-out').addEventListener('click', async () => {
  await api('POST', '/auth/logout').catch((error) => status(error.message));
  location.assign('/login');
});

try {
  const { authenticated, needsSetup } = await api('GET', '/auth/status');
  if (authenticated) await openConsole();
  else if (needsSetup) {
    show('setup');
    if (location.hash.length < 2) $('setup-text').textContent = 'Open the set-up link that OmniRoute printed when it started.';
    $('setup-password').focus();
  } else {
    show('login');
    $('login-password').focus();
  }
} catch (error) {
  status(error.message);
}
`;
