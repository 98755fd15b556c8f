import { Checkbox, MenuToggle, Skeleton } from '@patternfly/react-core';
import { EllipsisVIcon } from '@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon';
import {
  ActionsColumn,
  Table,
  Tbody,
  Td,
  Th,
  Thead,
  Tr,
  type CustomActionsToggleProps,
  type IAction,
  type TdProps,
} from '@patternfly/react-table';
import { useRef, type ReactNode } from 'react';
import { Failure } from './Failure';
import { useKeptFocus } from './useKeptFocus';

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ReactNode;
  /** What to sort by when the head is clicked; the server or the page does it. */
  sort?: string;
  /** What sortRows() compares. */
  value?: (row: Row) => string | number;
  number?: boolean;
  modifier?: TdProps['modifier'];
  /** Left out on narrow screens. */
  wide?: boolean;
  width?: TdProps['width'];
  /** A sign or button without a name, in the corner of the card that a row is on narrow screens. */
  corner?: boolean;
}

export interface Sort {
  by: string;
  descending: boolean;
}

export interface Selection {
  selected: ReadonlySet<string>;
  set: (selected: ReadonlySet<string>) => void;
}

interface Props<Row> {
  label: string;
  columns: Column<Row>[];
  /** undefined: still on their way. */
  rows: Row[] | undefined;
  keyOf: (row: Row) => string;
  /** What people call a row, for screen readers: "Actions for v1.2". Its key by default. */
  nameOf?: (row: Row) => string;
  error?: unknown;
  retry?: () => void;
  /** Shown when there is nothing. */
  empty: ReactNode;
  sort?: Sort | undefined;
  onSort?: (sort: Sort) => void;
  selection?: Selection | undefined;
  actions?: (row: Row) => IAction[];
  /** How many lines of skeleton, so that nothing jumps when the rows come. */
  expected?: number;
  /** The rows are of the last question, the next ones are on their way. */
  stale?: boolean;
}

const kManyColumns = 6;

/** What can be done with a row. A dialog that an action opens gives the focus back to the button, as the menu is gone. */
function RowActions({ items, name }: { items: IAction[]; name: string }) {
  const frame = useRef<HTMLDivElement>(null);
  const returning = items.map((item): IAction => {
    const { onClick } = item;
    if (!onClick) return item;
    return {
      ...item,
      onClick: (...given) => {
        frame.current?.querySelector<HTMLElement>('button[aria-expanded]')?.focus();
        onClick(...given);
      },
    };
  });
  const toggle = ({ onToggle, isOpen, isDisabled, toggleRef }: CustomActionsToggleProps) => (
    <MenuToggle
      ref={toggleRef}
      variant="plain"
      icon={<EllipsisVIcon />}
      aria-label={`Actions for ${name}`}
      isExpanded={isOpen}
      isDisabled={isDisabled}
      onClick={onToggle}
    />
  );
  return (
    <div ref={frame}>
      <ActionsColumn items={returning} actionsToggle={toggle} />
    </div>
  );
}

/** A table of one page of rows: skeleton, error, emptiness, selection, sorting; lines become cards on narrow screens. */
export function DataTable<Row>(props: Props<Row>) {
  const { columns, rows, keyOf, selection, actions, sort, onSort, nameOf = keyOf } = props;
  const keys = rows?.map(keyOf) ?? [];
  const { frame, follow } = useKeptFocus(rows && keys);
  if (props.error && !rows) {
    return <Failure error={props.error} retry={props.retry} />;
  }
  if (rows?.length === 0) {
    return (
      <div ref={frame} tabIndex={-1}>
        {props.empty}
      </div>
    );
  }
  const every = keys.length > 0 && keys.every((key) => selection?.selected.has(key));
  const select = (wanted: string[], on: boolean) => {
    const next = new Set(selection?.selected);
    for (const key of wanted) {
      if (on) next.add(key);
      else next.delete(key);
    }
    selection?.set(next);
  };
  const heads = columns.map((column, index) => ({
    ...column,
    sorting:
      column.sort && onSort
        ? {
            columnIndex: index,
            sortBy: {
              ...(sort?.by === column.sort ? { index } : {}),
              direction: sort?.descending ? ('desc' as const) : ('asc' as const),
            },
            onSort: (_event: unknown, _index: number, direction: string) =>
              onSort({ by: column.sort ?? '', descending: direction === 'desc' }),
          }
        : undefined,
  }));
  // What has many columns becomes cards on tablets, too.
  const many = columns.length > kManyColumns;
  const table = (
    <Table
      aria-label={props.label}
      variant="compact"
      gridBreakPoint={many ? 'grid-lg' : 'grid-md'}
      aria-busy={!rows || props.stale ? true : undefined}
      className={[props.stale ? 'wharf-stale' : '', many ? 'wharf-many' : ''].join(' ')}
    >
      <Thead>
        <Tr>
          {selection && (
            <Th
              aria-label="Select"
              select={{ isSelected: every, onSelect: (_event, on) => select(keys, on), isDisabled: !rows }}
            />
          )}
          {heads.map((column) => (
            <Th
              key={column.title}
              className={[column.number ? 'wharf-number' : '', column.wide ? 'wharf-wide' : ''].join(' ')}
              modifier={column.modifier === 'fitContent' ? 'fitContent' : 'nowrap'}
              {...(column.width ? { width: column.width } : {})}
              {...(column.sorting ? { sort: column.sorting } : {})}
            >
              {column.title}
            </Th>
          ))}
          {actions && <Th screenReaderText="Actions" />}
        </Tr>
      </Thead>
      <Tbody>
        {rows
          ? rows.map((row, index) => {
              const key = keyOf(row);
              const items = actions?.(row) ?? [];
              return (
                <Tr key={key} isRowSelected={selection?.selected.has(key) ?? false} onFocus={() => follow(key)}>
                  {selection && (
                    <Td className="pf-v6-c-table__check">
                      <Checkbox
                        id={`select-${index}`}
                        aria-label={`Select ${nameOf(row)}`}
                        isChecked={selection.selected.has(key)}
                        onChange={(_event, on) => select([key], on)}
                      />
                    </Td>
                  )}
                  {columns.map((column) => (
                    <Td
                      key={column.title}
                      dataLabel={column.title}
                      className={[
                        column.number ? 'wharf-number' : '',
                        column.wide ? 'wharf-wide' : '',
                        column.corner ? 'pf-v6-c-table__favorite' : '',
                      ].join(' ')}
                      {...(column.modifier ? { modifier: column.modifier } : {})}
                    >
                      <div className="wharf-cell">{column.cell(row)}</div>
                    </Td>
                  ))}
                  {actions && <Td isActionCell>{items.length > 0 && <RowActions items={items} name={nameOf(row)} />}</Td>}
                </Tr>
              );
            })
          : Array.from({ length: props.expected ?? 8 }, (_, line) => (
              <Tr key={line}>
                <Td colSpan={columns.length + (selection ? 1 : 0) + (actions ? 1 : 0)}>
                  <Skeleton screenreaderText={line ? '' : 'Loading'} />
                </Td>
              </Tr>
            ))}
      </Tbody>
    </Table>
  );
  return (
    <div ref={frame} tabIndex={-1}>
      {table}
    </div>
  );
}
