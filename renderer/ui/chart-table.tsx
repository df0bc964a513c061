import { useTranslation } from 'react-i18next';
import tableStyles from './data-table.module.css';

export interface ChartTableProps {
  readonly label: string;
  /** The series by name. */
  readonly heads: readonly string[];
  readonly rows: readonly { readonly label: string; readonly cells: readonly string[] }[];
}

/** A chart's figures. */
export function ChartTable({ label, heads, rows }: ChartTableProps) {
  const { t } = useTranslation();
  return (
    <div
      className={tableStyles.frame}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
      tabIndex={0}
    >
      <table className={tableStyles.table} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{t('chart.at')}</th>
            {heads.map((head) => (
              <th key={head} scope="col" data-numeric>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.label}>
              <th scope="row">{row.label}</th>
              {row.cells.map((cell, index) => (
                <td key={heads[index]} data-numeric>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
