import { Tab, Tabs, TabTitleText } from '@patternfly/react-core';
import { useEffect, useRef, type KeyboardEvent } from 'react';

/** Arrows, Home and End go from tab to tab; Enter or Space shows it. */
function walk(event: KeyboardEvent<HTMLElement>) {
  const tabs = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="tab"]')];
  const at = tabs.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  const to = { ArrowRight: (at + 1) % tabs.length, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  tabs.at(to)?.focus();
}

/** The tabs of a page; where they do not all fit, the chosen one is scrolled to. `panel` is the id of what they show. */
export function PageTabs(props: {
  label: string;
  current: string;
  tabs: readonly { id: string; title: string }[];
  panel: string;
  choose: (id: string) => void;
}) {
  const { current } = props;
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const list = frame.current?.querySelector('[role="tablist"]');
    const tab = list?.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]');
    if (!list || !tab) return undefined;
    // Sideways only: the page itself stays where it is.
    const show = () => {
      const shift = tab.getBoundingClientRect().left - list.getBoundingClientRect().left;
      list.scrollTo({ left: list.scrollLeft + shift - (list.clientWidth - tab.clientWidth) / 2, behavior: 'instant' });
    };
    // The list gets narrower when the buttons for scrolling come.
    const observer = new ResizeObserver(show);
    observer.observe(list);
    return () => observer.disconnect();
  }, [current]);
  return (
    <div ref={frame} className="wharf-tabs" onKeyDown={walk}>
      <Tabs activeKey={current} onSelect={(_event, id) => props.choose(String(id))} aria-label={props.label} usePageInsets>
        {props.tabs.map((tab) => (
          <Tab key={tab.id} eventKey={tab.id} title={<TabTitleText>{tab.title}</TabTitleText>} tabContentId={props.panel} />
        ))}
      </Tabs>
    </div>
  );
}
