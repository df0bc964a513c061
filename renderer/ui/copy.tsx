/** Copying what a person needs elsewhere: said aloud, and shown, when it is done. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { announce } from './announce.ts';
import styles from './copy.module.css';

const SHOWN_MS = 1_500;

/** Puts text on the clipboard; `isCopied` is true for a moment after. */
export function useCopy(): { readonly isCopied: boolean; readonly copy: (text: string) => void } {
  const { t } = useTranslation();
  const [isCopied, setIsCopied] = useState(false);
  const copy = (text: string): void => {
    void putOnClipboard(text).then((done) => {
      announce(done ? t('copy.done') : t('copy.failed'));
      setIsCopied(done);
      if (done) setTimeout(() => setIsCopied(false), SHOWN_MS);
    });
  };
  return { isCopied, copy };
}

async function putOnClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** @param label what is copied, for the button's name: "Copy the OpenAI address" */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const { t } = useTranslation();
  const { isCopied, copy } = useCopy();
  return (
    <Tooltip label={isCopied ? t('copy.done') : label}>
      <ActionIcon aria-label={label} onClick={() => copy(text)}>
        {isCopied ? <IconCheck size={16} aria-hidden="true" /> : <IconCopy size={16} aria-hidden="true" />}
      </ActionIcon>
    </Tooltip>
  );
}

/** One line of monospaced text with its copy button; long text scrolls within. */
export function CopyField({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className={styles.field}>
      <code className={styles.text} title={text} dir="ltr">
        {text}
      </code>
      <CopyButton text={text} label={label} />
    </div>
  );
}

/** Several lines, as they go into a file or a terminal. */
export function CopyBlock({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className={styles.block}>
      <section
        className={styles.lines}
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
        tabIndex={0}
      >
        <pre dir="ltr">{text}</pre>
      </section>
      <CopyButton text={text} label={label} />
    </div>
  );
}
