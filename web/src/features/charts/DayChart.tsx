import { useEffect, useId, useRef, useState } from 'react';
import type { Day } from '@/features/logs/days';
import { niceTop } from './scale';
import './charts.css';

export interface Series {
  key: string;
  title: string;
}

const kHeight = 190;
const kLeft = 40;
const kBottom = 24;
const kTop = 8;
const kShort = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', timeZone: 'UTC' });

function dayWords(day: string): string {
  return kShort.format(Date.parse(day));
}

/** Width of what holds the picture, so that its letters keep their size. */
function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWidth(Math.max(element.clientWidth, 200)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { box, width };
}

/** Columns by day, one colour a series; the numbers stand in a table for screen readers. */
export function DayChart({ title, days, series }: { title: string; days: readonly Day[]; series: readonly Series[] }) {
  const id = useId();
  const { box, width } = useWidth();
  const totals = days.map(({ counts }) => series.reduce((sum, { key }) => sum + (counts[key] ?? 0), 0));
  const top = niceTop(Math.max(0, ...totals));
  const plot = kHeight - kTop - kBottom;
  const slot = (width - kLeft) / Math.max(days.length, 1);
  const every = Math.max(1, Math.ceil(days.length / Math.max(Math.floor((width - kLeft) / 70), 1)));
  const y = (value: number) => kTop + plot - (value / top) * plot;
  return (
    <figure className="wharf-chart" ref={box}>
      <svg width={width} height={kHeight} viewBox={`0 0 ${width} ${kHeight}`} role="img" aria-labelledby={id}>
        <title id={id}>{title}</title>
        {[0, top / 2, top].map((value) => (
          <g key={value}>
            <line className="wharf-chart-line" x1={kLeft} x2={width} y1={y(value)} y2={y(value)} />
            <text className="wharf-chart-text" x={kLeft - 8} y={y(value) + 4} textAnchor="end">
              {value}
            </text>
          </g>
        ))}
        {days.map(({ day, counts }, index) => {
          let below = 0;
          const x = kLeft + index * slot;
          const wide = Math.min(Math.max(slot * 0.7, 1), 40);
          return (
            <g key={day}>
              <title>{`${dayWords(day)}: ${series.map(({ key, title: name }) => `${counts[key] ?? 0} ${name}`).join(', ')}`}</title>
              <rect x={x} y={kTop} width={slot} height={plot} fill="transparent" />
              {series.map(({ key }, color) => {
                const count = counts[key] ?? 0;
                if (!count) return null;
                const from = y(below);
                below += count;
                return (
                  <rect
                    key={key}
                    className={`wharf-series-${color}`}
                    x={x + (slot - wide) / 2}
                    y={y(below)}
                    width={wide}
                    height={from - y(below)}
                  />
                );
              })}
              {index % every === 0 && (
                <text className="wharf-chart-text" x={x + slot / 2} y={kHeight - 6} textAnchor={index === 0 && slot < 50 ? 'start' : 'middle'}>
                  {dayWords(day)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <figcaption className="wharf-legend" aria-hidden="true">
        {series.map(({ key, title: name }, color) => (
          <span key={key}>
            <svg width="12" height="12">
              <rect className={`wharf-series-${color}`} width="12" height="12" rx="2" />
            </svg>
            {name}
          </span>
        ))}
      </figcaption>
      <table className="pf-v6-screen-reader">
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">Day</th>
            {series.map(({ key, title: name }) => (
              <th key={key} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map(({ day, counts }) => (
            <tr key={day}>
              <th scope="row">{day}</th>
              {series.map(({ key }) => (
                <td key={key}>{counts[key] ?? 0}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
