/** The dashboard's entry: fonts, styles, language, and the application into the page. */
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app/styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { startLanguages } from './ui/languages.ts';
import { followHistory } from './ui/location.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no #root.');
await startLanguages();
followHistory();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
