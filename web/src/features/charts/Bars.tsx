import type { ReactNode } from 'react';
import './charts.css';

export interface Bar {
  key: string;
  name: ReactNode;
  value: number;
  text: string;
  /** Class of the bar's colour; the first of the series by default. */
  color?: string;
}

/** Lying bars with their names and numbers: a table that everybody reads. */
export function Bars({ title, head, bars }: { title: string; head: string; bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  return (
    <table className="wharf-bars">
      <caption className="pf-v6-screen-reader">{title}</caption>
      <thead className="pf-v6-screen-reader">
        <tr>
          <th scope="col">Name</th>
          <th scope="col">{head}</th>
        </tr>
      </thead>
      <tbody>
        {bars.map((bar) => (
          <tr key={bar.key}>
            <th scope="row" className="wharf-break">
              {bar.name}
            </th>
            <td>
              <svg width="100%" height="14" aria-hidden="true">
                <rect
                  className={bar.color ?? 'wharf-series-0'}
                  width={`${bar.value ? Math.max((bar.value / most) * 100, 0.5) : 0}%`}
                  height="14"
                  rx="2"
                />
              </svg>
              <span>{bar.text}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
