import { useTranslation } from 'react-i18next';
import { TileGrid } from '../../ui/section.tsx';
import styles from './combos.module.css';
import { TEMPLATE_NAMES, TEMPLATES, type TemplateName } from './templates.ts';

/** The combos to start from, each with what it is for and whom it asks. */
export function TemplateCards({ onChoose }: { readonly onChoose: (name: TemplateName) => void }) {
  const { t } = useTranslation('combos');
  return (
    <TileGrid minWidthPx={200} isFilling>
      {TEMPLATE_NAMES.map((name) => (
        <button key={name} type="button" className={styles.template} onClick={() => onChoose(name)}>
          <strong>{name}</strong>
          <span className={styles.quiet}>{t(`template.${name}`)}</span>
          <span className={styles.chain}>
            {TEMPLATES[name].map((model) => (
              <code key={model}>{model}</code>
            ))}
          </span>
        </button>
      ))}
    </TileGrid>
  );
}
