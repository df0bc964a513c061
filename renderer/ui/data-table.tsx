/**
 * A table that is read and used from the keyboard: arrows move between rows, Enter opens one, headers sort. With
 * `isVirtual` only the rows in sight are in the document, for lists of any length.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type KeyboardEvent, type ReactNode, useMemo, useState } from 'react';
import styles from './data-table.module.css';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** Makes the column sortable. */
  readonly sortBy?: (row: Row) => string | number;
  /** Numbers stand at the end. */
  readonly isNumeric?: boolean;
  /** A CSS width, as `120px` or `30%`; virtual tables need one for each column but one. */
  readonly width?: string;
  /** Left out below 1,024 px, where there is no room. */
  readonly isExtra?: boolean;
}

export interface DataTableProps<Row> {
  /** What the table is of, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Click or Enter on a row. */
  readonly onOpen?: (row: Row) => void;
  /** Shown in place of rows when there are none. */
  readonly empty?: ReactNode;
  readonly isVirtual?: boolean;
  /** Height of a virtual table's window; default 60 vh. */
  readonly height?: string;
  /** Called when the last rows come into sight: load more. */
  readonly onEnd?: () => void;
}

interface Sorting {
  readonly id: string;
  readonly isDescending: boolean;
}

const ROW_PX = 37;
const OVERSCAN = 12;

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, empty, isVirtual = false, height = '60vh' } = props;
  // A state, not a ref: the virtual body asks for it before refs of what stands around it are set.
  const [frame, setFrame] = useState<HTMLDivElement | null>(null);
  const [sorting, setSorting] = useState<Sorting>();
  const sorted = useMemo(() => sortRows(rows, columns, sorting), [rows, columns, sorting]);
  if (rows.length === 0 && empty !== undefined) return <>{empty}</>;
  return (
    <div
      ref={setFrame}
      className={styles.frame}
      style={isVirtual ? { maxBlockSize: height } : undefined}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
      tabIndex={0}
    >
      <table aria-label={label} className={styles.table} data-virtual={isVirtual} aria-rowcount={rows.length + 1}>
        <colgroup>
          {columns.map((column) => (
            <col
              key={column.id}
              style={column.width === undefined ? undefined : { width: column.width }}
              className={extra(column)}
            />
          ))}
        </colgroup>
        <Head {...props} sorting={sorting} onSort={(id) => setSorting(nextSorting(sorting, id))} />
        {isVirtual ? <VirtualBody {...props} rows={sorted} frame={frame} /> : <PlainBody {...props} rows={sorted} />}
      </table>
    </div>
  );
}

interface HeadProps<Row> extends DataTableProps<Row> {
  readonly sorting: Sorting | undefined;
  readonly onSort: (id: string) => void;
}

function Head<Row>({ columns, isVirtual, sorting, onSort }: HeadProps<Row>) {
  return (
    <thead>
      <tr>
        {columns.map((column) => {
          const isSorted = sorting?.id === column.id;
          const direction = sorting?.isDescending === true ? 'descending' : 'ascending';
          return (
            <th
              key={column.id}
              scope="col"
              data-numeric={column.isNumeric}
              className={extra(column)}
              style={flexWidth(column, isVirtual)}
              {...(isSorted && { 'aria-sort': direction })}
            >
              {column.sortBy === undefined ? (
                column.header
              ) : (
                <button type="button" className={styles.sort} onClick={() => onSort(column.id)}>
                  {column.header}
                  <span aria-hidden="true">{isSorted ? (sorting.isDescending ? ' ↓' : ' ↑') : ''}</span>
                </button>
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

function PlainBody<Row>(props: DataTableProps<Row>) {
  return (
    <tbody onKeyDown={moveBetweenRows}>
      {props.rows.map((row, index) => (
        <TableRow key={props.rowKey(row)} {...props} row={row} index={index} />
      ))}
    </tbody>
  );
}

function VirtualBody<Row>(props: DataTableProps<Row> & { readonly frame: HTMLDivElement | null }) {
  const { rows, rowKey, frame, onEnd } = props;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    onChange: ({ range }) => {
      if (range !== null && range.endIndex >= rows.length - OVERSCAN) onEnd?.();
    },
  });
  return (
    <tbody onKeyDown={moveBetweenRows} style={{ blockSize: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map(({ index, start }) => {
        const row = rows[index];
        if (row === undefined) return null;
        return (
          <TableRow
            key={rowKey(row)}
            {...props}
            row={row}
            index={index}
            style={{ transform: `translateY(${start}px)` }}
          />
        );
      })}
    </tbody>
  );
}

interface RowProps<Row> extends DataTableProps<Row> {
  readonly row: Row;
  readonly index: number;
  readonly style?: CSSProperties;
}

function TableRow<Row>({ row, index, columns, isVirtual, onOpen, style }: RowProps<Row>) {
  const open = onOpen === undefined ? undefined : () => onOpen(row);
  return (
    <tr
      tabIndex={index === 0 || open !== undefined ? 0 : -1}
      aria-rowindex={index + 2}
      data-openable={open !== undefined}
      style={style}
      onClick={(event) => {
        if (!isOwnControl(event.target)) open?.();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.target === event.currentTarget) open?.();
      }}
    >
      {columns.map((column) => (
        <td
          key={column.id}
          data-numeric={column.isNumeric}
          className={extra(column)}
          style={flexWidth(column, isVirtual)}
        >
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

/** Arrow keys, Home and End move the focus from row to row. */
function moveBetweenRows(event: KeyboardEvent<HTMLElement>): void {
  const row = event.target instanceof Element ? event.target.closest('tr') : null;
  if (row === null || row !== event.target) return;
  const body = event.currentTarget;
  const next = {
    ArrowDown: row.nextElementSibling,
    ArrowUp: row.previousElementSibling,
    Home: body.firstElementChild,
    End: body.lastElementChild,
  }[event.key];
  if (!(next instanceof HTMLElement)) return;
  event.preventDefault();
  next.focus();
}

function isOwnControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('button, a, input, select, label, [role="switch"]') !== null;
}

function extra<Row>({ isExtra }: Column<Row>): string | undefined {
  return isExtra === true ? styles.extra : undefined;
}

/** Rows of a virtual table are flex boxes, to which a `col` says nothing. */
function flexWidth<Row>({ width }: Column<Row>, isVirtual = false): CSSProperties | undefined {
  return isVirtual && width !== undefined ? { flex: `0 0 ${width}` } : undefined;
}

function nextSorting(now: Sorting | undefined, id: string): Sorting | undefined {
  if (now?.id !== id) return { id, isDescending: false };
  return now.isDescending ? undefined : { id, isDescending: true };
}

function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorting: Sorting | undefined,
): readonly Row[] {
  const key = columns.find(({ id }) => id === sorting?.id)?.sortBy;
  if (sorting === undefined || key === undefined) return rows;
  const sign = sorting.isDescending ? -1 : 1;
  return rows.toSorted((left, right) => sign * compare(key(left), key(right)));
}

function compare(left: string | number, right: string | number): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left).localeCompare(String(right), undefined, { numeric: true });
}
