/** The one document behind `/setup`, `/login` and `/console`; the script shows the part that fits. */
const field = (id: string, label: string, attributes: string, hint = ''): string =>
  `<p class="field"><label for="${id}">${label}</label><input id="${id}" name="${id.split('-')[1] ?? id}" autocomplete="off" spellcheck="false" ${attributes}${
    hint === '' ? '' : ` aria-describedby="${id}-hint"`
  }>${hint === '' ? '' : `<small id="${id}-hint">${hint}</small>`}</p>`;

const password = (id: string, label: string, autocomplete: string, hint = ''): string =>
  field(id, label, `type="password" required autocomplete="${autocomplete}"`, hint).replace('autocomplete="off" ', '');

const section = (id: string, title: string, empty: string, form: string): string =>
  `<section aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2><ul id="${id}-list" aria-busy="true"><li class="quiet">Loading…</li></ul>
<template id="${id}-empty">${empty}</template><form id="${id}-form" method="post">${form}<p class="message" role="alert"></p></form></section>`;

export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>OmniRoute</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/console/style.css"><script type="module" src="/console/script.js"></script>
</head>
<body>
<header><strong>OmniRoute</strong><button id="endpoint" type="button" class="pill" hidden></button><span id="status" role="status"></span><button id="sign-out" type="button" hidden>Sign out</button></header>
<noscript><p class="card">This page needs JavaScript. The API under /api works without it.</p></noscript>
<main>
<form id="setup" class="card" method="post" hidden><h1>Set a password</h1><p id="setup-text">It protects your provider keys on this computer.</p>
${password('setup-password', 'Password', 'new-password', 'At least 8 characters.')}${password('setup-repeat', 'Password again', 'new-password')}
<button class="primary">Set password</button><p class="message" role="alert"></p></form>
<form id="login" class="card" method="post" hidden><h1>Sign in</h1>
${password('login-password', 'Password', 'current-password')}<button class="primary">Sign in</button><p class="message" role="alert"></p></form>
<div id="console" hidden>
${section(
  'providers',
  'Providers',
  'No provider yet. Add a key to send requests.',
  `${field('providers-provider', 'Provider', 'list="provider-names" required placeholder="openai"')}<datalist id="provider-names"></datalist>
${field('providers-name', 'Name', 'required placeholder="work"')}${password('providers-apiKey', 'API key', 'off', 'Stored encrypted. It is never shown again.').replace(' required', '')}<button class="primary">Add key</button>`,
)}
${section(
  'provider-nodes',
  'Custom endpoints',
  'No custom endpoint. Add a local server or any compatible API.',
  `${field('nodes-name', 'Name', 'required placeholder="My server"')}${field('nodes-prefix', 'Prefix', 'required placeholder="mine"', 'Models are then called mine/model-name.')}
<p class="field"><label for="nodes-type">Protocol</label><select id="nodes-type" name="type"><option value="openai-compatible:chat">OpenAI chat completions</option><option value="openai-compatible:responses">OpenAI responses</option><option value="anthropic-compatible">Anthropic messages</option><option value="gemini-compatible">Gemini</option></select></p>
${field('nodes-baseUrl', 'Base URL', 'type="url" required placeholder="http://localhost:8000/v1"')}<button class="primary">Add endpoint</button>`,
)}
${section(
  'keys',
  'API keys for your tools',
  'No key yet. Tools on this computer work without one unless you require it.',
  `<p id="new-key" class="secret" role="status" hidden></p>${field('keys-name', 'Name', 'required placeholder="laptop"')}
<p class="field check"><input id="keys-management" name="management" type="checkbox"><label for="keys-management">May also manage OmniRoute</label></p><button class="primary">Create key</button>`,
)}
<section aria-labelledby="curl-title"><h2 id="curl-title">From the command line</h2><p>Create a key that may manage OmniRoute, then:</p><pre id="curl" tabindex="0"></pre></section>
</div>
</main>
</body>
</html>
`;
